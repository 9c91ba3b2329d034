import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A store that fails grants nothing, and a crash loses nothing")
struct FaultTests {
    @Test("a conflict is decided again")
    func conflict() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        bench.store.next(.conflict, .conflict, .conflict)
        #expect(try await bench.succeed(challenge) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
    }

    @Test("after the last conflict the answer is busy, never wrong, and the code was not looked at")
    func busy() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let impatient = try ChallengeEngine(
            store: bench.store, deployment: bench.deployment, partitions: .standard, time: bench.clock, random: bench.random,
            recorder: RowRecorder(), codeKeys: TestBench.keys(1), tokenKeys: TestBench.keys(2),
            budgetKey: TestBench.budgetKey, policy: .standard,
            retry: ConflictRetry(attempts: 3))
        for isRight in [true, false] {
            bench.store.next(.conflict, .conflict, .conflict)
            let code = isRight ? try bench.right(challenge) : try bench.wrong(challenge)
            #expect(
                await bench.refusal { () async throws(OTPError) in
                    try await impatient.pay(challenge.token, code: code, attempt: bench.attempt(), requester: bench.requester)
                } == .busy)
        }
        #expect(try await bench.attempts()?.challenges.first?.paid.isEmpty == true)
    }

    @Test("a payment whose outcome is unknown is not compared; asked again it is paid once", arguments: [true, false])
    func unknown(landed: Bool) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let attempt = bench.attempt()
        let first: FaultyStore.Fault = landed ? .unknownLanded : .unknownLost
        // The store stays silent while the commit tries to learn what became of it.
        bench.store.next(first, .unavailable, .unavailable, .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge, attempt: attempt) } == .busy)
        #expect(try await bench.attempts()?.guesses.consecutive == (landed ? 1 : 0))
        #expect(try await bench.succeed(challenge, attempt: attempt) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
    }

    @Test("a payment that landed is never called unwritten, even when its own version cannot be read")
    func unknownAndUnreadable() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let attempt = bench.attempt()
        bench.store.next(.unknownLanded, .conflictAndReadsFail)
        do throws(OTPError) {
            _ = try await bench.pay(challenge, attempt: attempt)
            Issue.record("A payment of unknown outcome was compared.")
        } catch {
            #expect(error.code == .busy && error.storageCode == .outcomeUnknown)
        }
        bench.store.failReads(false)
        #expect(try await bench.succeed(challenge, attempt: attempt) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
    }

    @Test("an outcome that becomes known in time is a plain success", arguments: [true, false])
    func settled(landed: Bool) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        bench.store.next(landed ? .unknownLanded : .unknownLost)
        #expect(try await bench.succeed(challenge) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
    }

    @Test("a completion whose outcome is unknown gets the same answer again", arguments: [true, false])
    func unknownCompletion(landed: Bool) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let attempt = bench.attempt()
        guard case .right(let guess) = try await bench.pay(challenge, attempt: attempt) else { throw OTPError.busy }
        bench.store.next(landed ? .unknownLanded : .unknownLost, .unavailable, .unavailable, .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.engine.complete(guess, outcome: [1]) } == .busy)
        let again = try await bench.engine.complete(guess, outcome: [2])
        #expect(again == (landed ? .repeated(outcome: [1]) : .taken(ChallengeCounts(sends: 1, guesses: 1))))
    }

    @Test("a crash after the payment: the same attempt goes on where it was, with another process, for nothing")
    func crashAfterPay() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let attempt = bench.attempt()
        _ = try await bench.pay(challenge, attempt: attempt)
        for _ in 0..<4 { _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge) } }
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .exhausted)
        #expect(try await bench.succeed(challenge, bench.another(), attempt: attempt) == .taken(ChallengeCounts(sends: 1, guesses: 5)))
    }

    @Test("a store that is down refuses everything")
    func down() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        bench.store.failReads(true)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.resend(challenge) } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin(TestBench.tag(3)) } == .unavailable)
        bench.store.failReads(false)
        bench.store.next(.unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge) } == .unavailable)
        #expect(try await bench.attempts()?.challenges.first?.paid.isEmpty == true)
    }

    @Test("a damaged row is refused, not replaced")
    func damaged() async throws {
        let bench = TestBench()
        let key = NumberAttempts.key(of: TestBench.tag(0), in: .standard)
        var commit = StagedCommit(random: bench.random)
        commit.insert([1, 2, 3], at: key)
        try await commit.commit(to: bench.store)
        do throws(OTPError) {
            _ = try await bench.begin()
            Issue.record("A damaged row was taken for none.")
        } catch {
            #expect(error.code == .unavailable && error.storageCode == .corrupt)
        }
    }

    @Test("a cancelled guess is either not paid, or paid and recognised")
    func cancelled() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let attempt = bench.attempt()
        let task = Task {
            await bench.refusal { () async throws(OTPError) in try await bench.pay(challenge, attempt: attempt) }
        }
        task.cancel()
        let code = await task.value
        #expect(code == nil || code == .cancelled)
        #expect(try await bench.succeed(challenge, attempt: attempt) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
    }
}
