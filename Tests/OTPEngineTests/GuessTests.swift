import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A guess is paid for before it is compared, and a challenge is consumed once")
struct GuessTests {
    @Test("of 64 right completions in parallel, over two processes, exactly one wins", arguments: 0..<6 as Range<UInt64>)
    func oneWins(seed: UInt64) async throws {
        let bench = try TestBench(seed, policy: ChallengePolicy(tries: 10))
        let engines = [bench.engine, bench.another(policy: bench.engine.policy)]
        let challenge = try await bench.begin()
        let won = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
            for index in 0..<64 {
                group.addTask {
                    if case .taken = try? await bench.succeed(challenge, engines[index % 2]) { true } else { false }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        #expect(try await bench.attempts()?.challenges.first?.isCompleted == true)
    }

    @Test("of 64 wrong codes in parallel, over two processes, exactly five are compared", arguments: 0..<6 as Range<UInt64>)
    func fiveCompared(seed: UInt64) async throws {
        let bench = TestBench(seed)
        let engines = [bench.engine, bench.another()]
        let challenge = try await bench.begin()
        let codes = await withTaskGroup(of: OTPError.Code?.self, returning: [OTPError.Code?].self) { group in
            for index in 0..<64 {
                group.addTask {
                    await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, engines[index % 2]) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == .wrongCode } == 5)
        #expect(codes.count { $0 == .exhausted } == 59)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.resend(challenge) } == .exhausted)
    }

    @Test("64 numbers all succeed at once")
    func everybody() async throws {
        let bench = TestBench(5)
        let done = try await withThrowingTaskGroup(of: Completion.self, returning: Int.self) { group in
            for seed in 0..<64 as Range<UInt64> {
                group.addTask { try await bench.succeed(bench.begin(TestBench.tag(seed))) }
            }
            return try await group.reduce(0) { $0 + ($1 == .taken(ChallengeCounts(sends: 1, guesses: 1)) ? 1 : 0) }
        }
        #expect(done == 64)
    }

    @Test("the same attempt asked again gets the same answer, unpaid; any other is refused")
    func repeats() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let wrong = bench.attempt()
        for _ in 0..<4 {
            do throws(OTPError) {
                try await bench.fail(challenge, attempt: wrong)
                Issue.record("A wrong code was accepted.")
            } catch {
                #expect(error.code == .wrongCode && error.triesLeft == 4)
            }
        }
        #expect(try await bench.attempts()?.guesses.consecutive == 1)

        // The same attempt with another code is another guess.
        let attempt = wrong
        #expect(try await bench.succeed(challenge, attempt: attempt) == .taken(ChallengeCounts(sends: 1, guesses: 2)))
        let row = try await bench.attempts()
        for _ in 0..<3 { #expect(try await bench.succeed(challenge, attempt: attempt) == .repeated(outcome: Array("welcome".utf8))) }
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, attempt: attempt) } == .alreadyCompleted)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .alreadyCompleted)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.resend(challenge) } == .alreadyCompleted)
        #expect(try await bench.attempts() == row)

        bench.clock.advance(.seconds(600))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge, attempt: attempt) } == .expired)
    }

    @Test("a right guess is given back: budgets, run and year are as they were")
    func refund() async throws {
        let bench = TestBench()
        let first = try await bench.begin()
        for _ in 0..<3 { _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(first) } }
        bench.clock.advance(.seconds(60))
        let second = try await bench.begin()
        let before = try #require(try await bench.attempts()).guesses
        try await bench.succeed(second)
        var after = try #require(try await bench.attempts()).guesses
        #expect(after.consecutive == 0)
        after.consecutive = before.consecutive
        #expect(after.failures == before.failures)
        #expect(after.hour == before.hour && after.day == before.day)
    }

    @Test("twenty honest step-ups a day close nothing")
    func honest() async throws {
        var sends = SendPolicy()
        sends.hourlyLimit = 60
        sends.dailyLimit = 200
        sends.longestCoolDown = .seconds(30)
        let bench = try TestBench(1, policy: ChallengePolicy(sends: sends))
        for _ in 0..<40 {
            let challenge = try await bench.begin(purpose: .stepUpVerification)
            try await bench.succeed(challenge)
            bench.clock.advance(.seconds(600))
        }
    }

    @Test("what cannot be the code costs nothing")
    func malformedIsFree() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let row = try await bench.attempts()
        let code = try SubmittedCode("12345678")
        #expect(
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.pay(challenge.token, code: code, attempt: bench.attempt(), requester: bench.requester)
            } == .malformedCode)
        #expect(try await bench.attempts() == row)
    }

    @Test("a stolen token is told nothing and costs its owner nothing", arguments: ["", "sessioN", "session "])
    func stolen(session: String) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let row = try await bench.attempts()
        let thief = Requester(session: Array(session.utf8))
        let expected: OTPError.Code = session.isEmpty ? .requesterInvalid : .challengeNotFound
        let code = try bench.right(challenge)
        #expect(
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.pay(challenge.token, code: code, attempt: bench.attempt(), requester: thief)
            } == expected)
        #expect(
            await bench.refusal { () async throws(OTPError) in try await bench.engine.resend(challenge.token, requester: thief) }
                == expected)
        #expect(try await bench.attempts() == row)
    }

    @Test("a decoy passes every step, pays like any other, and no code is right")
    func decoy() async throws {
        let bench = TestBench()
        let decoy = try await bench.begin(purpose: .accountRecovery, deliverable: false)
        let real = try await bench.begin(TestBench.tag(1), purpose: .accountRecovery)
        #expect(decoy.token.text.utf8.count == real.token.text.utf8.count)
        #expect(decoy.digits == real.digits && decoy.resendAfter == real.resendAfter && decoy.expiresAt == real.expiresAt)
        for left in [4, 3] {
            do throws(OTPError) {
                _ = try await bench.pay(decoy)
                Issue.record("A decoy was right.")
            } catch {
                #expect(error == .wrongCode(triesLeft: left))
            }
        }
        bench.clock.advance(.seconds(30))
        #expect(try await bench.resend(decoy).code().count == 6)
    }

    @Test("an expired code is refused, also when the clock is then set back")
    func expiry() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        bench.clock.advance(.milliseconds(599_999))
        _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge) }
        bench.clock.advance(.milliseconds(1))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .expired)
        bench.clock.advance(.seconds(-3_600))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .expired)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.resend(challenge) } == .expired)
    }

    @Test("a guess that was right in time completes nothing after expiry")
    func completionAfterExpiry() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        guard case .right(let guess) = try await bench.pay(challenge) else { throw OTPError.busy }
        #expect(try guess.content().withUnsafeBytes { Array($0) } == [UInt8](repeating: 7, count: 68))
        bench.clock.advance(.seconds(600))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.engine.complete(guess, outcome: []) } == .expired)
    }

    @Test("a completion stands or falls with its caller's commit")
    func staged() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        guard case .right(let guess) = try await bench.pay(challenge) else { throw OTPError.busy }
        let key = RecordKey(partition: Partition(rawValue: 0), collection: "claim", row: [1])

        var rival = StagedCommit(random: bench.random)
        rival.insert([1], at: key)
        var commit = StagedCommit(random: bench.random)
        #expect(
            try await bench.engine.stageCompletion(of: guess, outcome: [9], in: &commit) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
        commit.insert([2], at: key)
        try await rival.commit(to: bench.store)
        let lost = commit
        await #expect(throws: StorageError.self) { try await lost.commit(to: bench.store) }
        #expect(try await bench.attempts()?.challenges.first?.isCompleted == false)

        commit = StagedCommit(random: bench.random)
        _ = try await bench.engine.stageCompletion(of: guess, outcome: [9], in: &commit)
        try await commit.commit(to: bench.store)
        commit = StagedCommit(random: bench.random)
        #expect(try await bench.engine.stageCompletion(of: guess, outcome: [8], in: &commit) == .repeated(outcome: [9]))
        #expect(commit.isEmpty)
    }

    @Test("once a challenge is over, its row no longer holds what its token needs")
    func rowSecretDies() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        guard case .live(let secret) = try #require(try await bench.attempts()?.challenges.first).state else { throw OTPError.busy }
        try await bench.succeed(challenge)
        let value = try #require(try await bench.store.wrapped.record(at: NumberAttempts.key(of: TestBench.tag(0), in: .standard))).value
        #expect(!value.indices.contains { Array(value[$0...].prefix(32)) == secret.value.bytes })
    }
}

extension TestBench {
    /// Pays with the right code.
    func pay(_ challenge: BegunChallenge, attempt: AttemptID? = nil) async throws(OTPError) -> PaidGuess {
        try await engine.pay(challenge.token, code: try right(challenge), attempt: attempt ?? self.attempt(), requester: requester)
    }

    func resend(_ challenge: BegunChallenge) async throws(OTPError) -> BegunChallenge {
        try await engine.resend(challenge.token, requester: requester)
    }
}
