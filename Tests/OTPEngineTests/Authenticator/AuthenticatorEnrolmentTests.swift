import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("An app is set up by its first right code, and until then nothing changes")
struct AuthenticatorEnrolmentTests {
    private typealias Bench = AuthenticatorBench

    @Test(
        "set up, verified, removed, each with its entry",
        arguments: AuthenticatorParameters.Algorithm.allCases, AuthenticatorParameters.Digits.allCases)
    func whole(algorithm: AuthenticatorParameters.Algorithm, digits: AuthenticatorParameters.Digits) async throws {
        let bench = Bench()
        let parameters = AuthenticatorParameters(algorithm: algorithm, digits: digits)
        let (app, codes) = try await bench.enrol(parameters)
        #expect(try await bench.engine.standing(of: bench.person).parameters == parameters)
        #expect(try await bench.verify(app.code(at: bench.clock.now())) == .taken(recoveryCodesLeft: 10))
        #expect(try await bench.verify(codes.submitted(3)) == .taken(recoveryCodesLeft: 9))
        #expect(try await bench.engine.remove(of: bench.person))
        #expect(try await !bench.engine.remove(of: bench.person))
        #expect(try await bench.engine.standing(of: bench.person) == .init(activeSince: nil, parameters: nil, recoveryCodesLeft: 0))
        bench.clock.advance(.seconds(60))
        let late = try app.code(at: bench.clock.now())
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(late) } == .authenticatorNotFound)
        #expect(
            try await bench.events().sorted() == [
                "authenticatorEnrolled digits=\(digits.rawValue)", "authenticatorRemoved", "recoveryCodeUsed left=9",
            ])
    }

    @Test("a secret that waits too long lapses, also when the clock is then set back")
    func lapses() async throws {
        let bench = Bench()
        let app = try await bench.begin()
        func complete() async -> OTPError.Code? {
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.completeEnrolment(app.code(at: bench.clock.now()), of: bench.person, attempt: bench.attempt)
            }
        }
        bench.clock.advance(.seconds(900))
        #expect(await complete() == .expired)
        bench.clock.advance(.seconds(-1_000))
        #expect(await complete() == .expired)
        bench.clock.advance(.seconds(999))
        #expect(await complete() == nil)
    }

    @Test("the app before goes on until the new one's first code, and its recovery codes with it; then both are gone")
    func replaces() async throws {
        let bench = Bench()
        let (old, oldCodes) = try await bench.enrol()
        let new = try await bench.begin()
        #expect(try await bench.verify(old.code(at: bench.clock.now())) == .taken(recoveryCodesLeft: 10))
        let wrong = try new.wrong(at: bench.clock.now())
        #expect(
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.completeEnrolment(wrong, of: bench.person, attempt: bench.attempt)
            } == .wrongCode)
        #expect(try await bench.verify(oldCodes.submitted(0)) == .taken(recoveryCodesLeft: 9))
        let first = try new.code(at: bench.clock.now())
        _ = try await bench.engine.completeEnrolment(first, of: bench.person, attempt: bench.attempt)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(first) } == .codeUsed)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(oldCodes.submitted(1)) } == .wrongCode)
        bench.clock.advance(.seconds(60))
        let stale = try old.code(at: bench.clock.now())
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(stale) } == .wrongCode)
        #expect(try await bench.verify(new.code(at: bench.clock.now())) == .taken(recoveryCodesLeft: 10))
    }

    @Test("of two enrolments at once the later one counts, and a code of the earlier does not complete it")
    func twoEnrolments() async throws {
        let bench = Bench()
        let first = try await bench.begin()
        guard
            case .right(let guess) = try await bench.engine.payEnrolment(
                first.code(at: bench.clock.now()), of: bench.person, attempt: bench.attempt)
        else { throw OTPError.busy }
        let second = try await bench.begin()
        var commit = StagedCommit(random: bench.random)
        #expect(
            await bench.refusal { () async throws(OTPError) in try await bench.engine.stageEnrolment(of: guess, outcome: [], in: &commit) }
                .map { $0 } == .expired)
        _ = try await bench.engine.completeEnrolment(second.code(at: bench.clock.now()), of: bench.person, attempt: bench.attempt)
    }

    @Test("the same attempt at another secret or at other recovery codes is another guess, and paid again")
    func otherTarget() async throws {
        let bench = Bench()
        let (_, codes) = try await bench.enrol()
        let attempt = bench.attempt
        let code = try SubmittedCode("000000")
        for count in 1...5 {
            let app = try await bench.begin()
            let isRight = (-1...1).contains {
                (try? app.code(at: bench.clock.now(), steps: $0))?.digits.withUnsafeBytes { $0.allSatisfy { $0 == 0x30 } } == true
            }
            try #require(!isRight, "take another seed")
            for _ in 0..<3 {
                #expect(
                    await bench.refusal { () async throws(OTPError) in
                        try await bench.engine.completeEnrolment(code, of: bench.person, attempt: attempt)
                    } == .wrongCode)
            }
            #expect(try await bench.state.budget.guesses.consecutive == UInt16(count))
        }
        _ = try await bench.engine.replaceRecoveryCodes(of: bench.person)
        for count in 1...3 {
            let old = try codes.submitted(0)
            for _ in 0..<3 {
                #expect(
                    await bench.refusal { () async throws(OTPError) in
                        try await bench.engine.verify(old, of: bench.person, attempt: attempt)
                    } == .wrongCode)
            }
            #expect(try await bench.state.recoveryGuesses.consecutive == UInt16(count))
            _ = try await bench.engine.replaceRecoveryCodes(of: bench.person)
        }
    }

    @Test("an enrolment that was answered is answered again the same")
    func repeats() async throws {
        let bench = Bench()
        let app = try await bench.begin()
        let (attempt, code) = (bench.attempt, try app.code(at: bench.clock.now()))
        guard case .enrolled = try await bench.engine.completeEnrolment(code, of: bench.person, attempt: attempt, outcome: [7]) else {
            throw OTPError.busy
        }
        let state = try await bench.state
        guard case .repeated(let outcome) = try await bench.engine.completeEnrolment(code, of: bench.person, attempt: attempt) else {
            throw OTPError.busy
        }
        #expect(outcome == [7])
        #expect(try await bench.state == state)
    }

    @Test("of 32 first codes in parallel one sets the app up, with the recovery codes that it was answered with")
    func parallel() async throws {
        let bench = Bench()
        let app = try await bench.begin()
        let code = try app.code(at: bench.clock.now())
        let engines = [bench.engine, bench.another()]
        let sets = await withTaskGroup(of: RecoveryCodes?.self, returning: [RecoveryCodes].self) { group in
            for index in 0..<32 {
                group.addTask {
                    let done = try? await engines[index % 2].completeEnrolment(code, of: bench.person, attempt: bench.attempt)
                    if case .enrolled(let codes) = done { return codes } else { return nil }
                }
            }
            return await group.reduce(into: []) { if let codes = $1 { $0.append(codes) } }
        }
        #expect(sets.count == 1)
        #expect(try await bench.verify(#require(sets.first).submitted(0)) == .taken(recoveryCodesLeft: 9))
    }

    @Test("new recovery codes replace all, used and unused")
    func newRecoveryCodes() async throws {
        let bench = Bench()
        #expect(
            await bench.refusal { () async throws(OTPError) in try await bench.engine.replaceRecoveryCodes(of: bench.person) }
                == .authenticatorNotFound)
        let (_, old) = try await bench.enrol()
        _ = try await bench.verify(old.submitted(0))
        let new = try await bench.engine.replaceRecoveryCodes(of: bench.person)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(old.submitted(1)) } == .wrongCode)
        #expect(try await bench.verify(new.submitted(1)) == .taken(recoveryCodesLeft: 9))
        #expect(try await bench.events().contains("recoveryCodesReplaced"))
    }

    @Test("removing and setting up again refills no budget")
    func budgetsStay() async throws {
        let bench = Bench()
        var compared = 0
        for _ in 0..<4 {
            guard let (app, _) = try? await bench.enrol() else { break }
            for _ in 0..<10 {
                let wrong = try app.wrong(at: bench.clock.now())
                if await bench.refusal({ () async throws(OTPError) in try await bench.verify(wrong) }) == .wrongCode { compared += 1 }
            }
            try await bench.engine.remove(of: bench.person)
        }
        #expect(compared == 6)
    }

    @Test("a sweep deletes what holds nothing any more, and nothing else")
    func sweep() async throws {
        let bench = Bench()
        let partition = PartitionCount.standard.partition(of: bench.person.id.bytes)
        _ = try await bench.begin()
        bench.clock.advance(.seconds(3_599))
        #expect(try await bench.engine.sweep(partition).changed == 0)
        bench.clock.advance(.seconds(1))
        #expect(try await bench.engine.sweep(partition).changed == 1)
        let (app, _) = try await bench.enrol()
        _ = await bench.refusal { () async throws(OTPError) in try await bench.verify(app.wrong(at: bench.clock.now())) }
        bench.clock.advance(.seconds(10 * 365 * 86_400))
        #expect(try await bench.engine.sweep(partition).changed == 0)
        _ = try await bench.verify(app.code(at: bench.clock.now()))
        try await bench.engine.remove(of: bench.person)
        bench.clock.advance(.seconds(86_400))
        #expect(try await bench.engine.sweep(partition) == AuthenticatorPass(changed: 1))
        _ = try await bench.enrol()
        var commit = StagedCommit(random: bench.random)
        try await bench.engine.stageErasure(of: bench.person.id, in: &commit)
        try await commit.commit(to: bench.store)
        #expect(try await bench.store.wrapped.record(at: AuthenticatorState.key(of: bench.person.id, in: .standard)) == nil)
    }

    @Test("a rotation seals everything anew; then the key before can go, and without that it cannot")
    func rotation() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        let rotated = bench.another(keys: TestBench.keys(13, previous: 3))
        #expect(try await bench.verify(app.code(at: bench.clock.now()), rotated) == .taken(recoveryCodesLeft: 10))
        bench.clock.advance(.seconds(60))
        let gone = bench.another(keys: TestBench.keys(23, previous: 13))
        let state = try await bench.state
        let code = try app.code(at: bench.clock.now())
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code, gone) } == .authenticatorKeyUnknown)
        #expect(
            await bench.refusal { () async throws(OTPError) in try await bench.verify(codes.submitted(0), gone) }
                == .authenticatorKeyUnknown)
        #expect(try await bench.state == state, "a guess was paid that could not be compared")
        let partition = PartitionCount.standard.partition(of: bench.person.id.bytes)
        #expect(await bench.refusal { () async throws(OTPError) in try await gone.reseal(partition) } == .authenticatorKeyUnknown)
        #expect(try await rotated.reseal(partition).changed == 1)
        #expect(try await rotated.reseal(partition).changed == 0)
        #expect(try await bench.verify(code, gone) == .taken(recoveryCodesLeft: 10))
        #expect(try await bench.verify(codes.submitted(0), gone) == .taken(recoveryCodesLeft: 9))
    }
}
