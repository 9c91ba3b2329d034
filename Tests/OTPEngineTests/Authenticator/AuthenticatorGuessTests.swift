import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A guess at an authenticator is paid for before it is compared, and every code is used once")
struct AuthenticatorGuessTests {
    private typealias Bench = AuthenticatorBench

    @Test("of 1,000 wrong codes in parallel, over two processes, as many are compared as the budget has", arguments: 0..<3 as Range<UInt64>)
    func payWithinTheBudget(seed: UInt64) async throws {
        let bench = Bench(seed)
        let (app, _) = try await bench.enrol()
        let engines = [bench.engine, bench.another()]
        let wrong = try app.wrong(at: bench.clock.now())
        let codes = await withTaskGroup(of: OTPError.Code?.self, returning: [OTPError.Code?].self) { group in
            for index in 0..<1_000 {
                group.addTask { await bench.refusal { () async throws(OTPError) in try await bench.verify(wrong, engines[index % 2]) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == .wrongCode } == 6)
        #expect(codes.count { $0 == .tooManyGuesses } == 994)
        #expect(try await bench.state.budget.guesses.consecutive == 6)
    }

    @Test("of 64 right codes in parallel, over two processes, one takes effect", arguments: 0..<4 as Range<UInt64>)
    func usedOnce(seed: UInt64) async throws {
        let bench = Bench(seed)
        let (app, codes) = try await bench.enrol()
        let engines = [bench.engine, bench.another()]
        let code = try app.code(at: bench.clock.now())
        let taken = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
            for index in 0..<64 {
                group.addTask { if case .taken = try? await bench.verify(code, engines[index % 2]) { true } else { false } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
        let recovery = try codes.submitted(4)
        let used = await withTaskGroup(of: Bool.self, returning: Int.self) { group in
            for index in 0..<64 {
                group.addTask { if case .taken = try? await bench.verify(recovery, engines[index % 2]) { true } else { false } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(used == 1)
        #expect(try await bench.state.recovery?.digests.count == 9)
    }

    @Test("a code of the step before or after is right, once; one further away is not")
    func window() async throws {
        for steps in [-1, 0, 1] as [Int64] {
            let bench = Bench()
            let (app, _) = try await bench.enrol()
            let code = try app.code(at: bench.clock.now(), steps: steps)
            #expect(try await bench.verify(code) == .taken(recoveryCodesLeft: 10))
            #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .codeUsed)
            // Nor does an earlier step that nobody used come after it.
            let earlier = try app.code(at: bench.clock.now(), steps: steps - 1)
            let code2 = await bench.refusal { () async throws(OTPError) in try await bench.verify(earlier) }
            #expect(code2 == (steps == -1 ? .wrongCode : .codeUsed))
        }
        for steps in [-2, 2] as [Int64] {
            let bench = Bench()
            let (app, _) = try await bench.enrol()
            let code = try app.code(at: bench.clock.now(), steps: steps)
            #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .wrongCode)
        }
    }

    @Test("a clock that goes back gives no code a second life", arguments: [1, 30, 3_600, 86_400] as [Int64])
    func clockBack(seconds: Int64) async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        let code = try app.code(at: bench.clock.now())
        _ = try await bench.verify(code)
        bench.clock.advance(.seconds(seconds))
        bench.clock.advance(.seconds(-seconds))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .codeUsed)
        bench.clock.advance(.seconds(-seconds))
        let older = try app.code(at: bench.clock.now())
        // Nor does the budget move back, which may come first.
        let refused = await bench.refusal { () async throws(OTPError) in try await bench.verify(older) }
        #expect(refused == (seconds > 1_000 ? .tooManyGuesses : .codeUsed))
        bench.clock.advance(.seconds(seconds + 30))
        #expect(try await bench.verify(app.code(at: bench.clock.now())) == .taken(recoveryCodesLeft: 10))
    }

    @Test("a right code is given back: whoever types right is never stopped")
    func givenBack() async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        _ = await bench.refusal { () async throws(OTPError) in try await bench.verify(app.wrong(at: bench.clock.now())) }
        let failures = try await bench.state.budget.guesses.failures
        for _ in 0..<60 {
            _ = try await bench.verify(app.code(at: bench.clock.now()))
            bench.clock.advance(.seconds(30))
        }
        let state = try await bench.state
        #expect(
            state.budget.guesses.failures == failures && state.budget.shortFailures == failures && state.budget.guesses.consecutive == 0)
        #expect(state.payments.isEmpty)
    }

    @Test("the same attempt asked again gets the same answer, unpaid, for two minutes; with another code it is another guess")
    func repeats() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        let attempt = bench.attempt
        let wrong = try app.wrong(at: bench.clock.now())
        for _ in 0..<3 {
            #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(wrong, attempt: attempt) } == .wrongCode)
        }
        #expect(try await bench.state.budget.guesses.consecutive == 1)
        let code = try app.code(at: bench.clock.now())
        let outcome: [UInt8] = [1, 2, 3]
        #expect(
            try await bench.engine.verify(code, of: bench.person, attempt: attempt, outcome: outcome) == .taken(recoveryCodesLeft: 10))
        let state = try await bench.state
        for _ in 0..<3 { #expect(try await bench.verify(code, attempt: attempt) == .repeated(outcome: outcome)) }
        #expect(try await bench.state == state)
        let recovery = try codes.submitted(0)
        #expect(
            try await bench.engine.verify(recovery, of: bench.person, attempt: attempt, outcome: [4]) == .taken(recoveryCodesLeft: 9))
        #expect(
            try await bench.engine.verify(recovery, of: bench.person, attempt: attempt, outcome: [5]) == .repeated(outcome: [4]))
        bench.clock.advance(.seconds(120))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code, attempt: attempt) } == .wrongCode)
    }

    @Test("what cannot be right costs nothing")
    func free() async throws {
        let bench = Bench()
        let code = try SubmittedCode("123456")
        func refused(_ code: SubmittedCode) async -> OTPError.Code? {
            await bench.refusal { () async throws(OTPError) in try await bench.verify(code) }
        }
        #expect(await refused(code) == .authenticatorNotFound)
        let recovery = try RecoveryCodes(random: bench.random).submitted(0)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(recovery) } == .authenticatorNotFound)
        #expect(
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.completeEnrolment(code, of: bench.person, attempt: bench.attempt)
            } == .authenticatorNotFound)
        #expect(try await bench.store.wrapped.record(at: AuthenticatorState.key(of: bench.person.id, in: .standard)) == nil)

        let (_, codes) = try await bench.enrol()
        #expect(await refused(try SubmittedCode("12345678")) == .malformedCode)
        for index in 0..<10 {
            _ = try await bench.verify(codes.submitted(index))
            bench.clock.advance(.seconds(360))
        }
        let state = try await bench.state
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(codes.submitted(0)) } == .exhausted)
        #expect(try await bench.state == state)
    }

    @Test("recovery codes and the app's codes have budgets of their own, and a used recovery code is as wrong as any")
    func apart() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        let wrong = try app.wrong(at: bench.clock.now())
        for _ in 0..<7 { _ = await bench.refusal { () async throws(OTPError) in try await bench.verify(wrong) } }
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(wrong) } == .tooManyGuesses)
        #expect(try await bench.verify(codes.submitted(9)) == .taken(recoveryCodesLeft: 9))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(codes.submitted(9)) } == .wrongCode)
        let foreign = try RecoveryCodes(random: SeededRandom(77)).submitted(0)
        for _ in 0..<5 { #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(foreign) } == .wrongCode) }
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(foreign) } == .tooManyGuesses)
        #expect(try await bench.events().count { $0 == "recoveryCodeUsed left=9" } == 1)
    }

    @Test("an acceptance stands or falls with its caller's commit")
    func staged() async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        guard
            case .right(let guess) = try await bench.engine.pay(
                .code(app.code(at: bench.clock.now())), of: bench.person, attempt: bench.attempt)
        else { throw OTPError.busy }
        let key = RecordKey(partition: Partition(rawValue: 0), collection: "claim", row: [1])
        var rival = StagedCommit(random: bench.random)
        rival.insert([1], at: key)
        var commit = StagedCommit(random: bench.random)
        #expect(try await bench.engine.stageAcceptance(of: guess, outcome: [9], in: &commit) == .taken(recoveryCodesLeft: 10))
        commit.insert([2], at: key)
        try await rival.commit(to: bench.store)
        let lost = commit
        await #expect(throws: StorageError.self) { try await lost.commit(to: bench.store) }
        #expect(try await bench.state.payments.count == 1)
        commit = StagedCommit(random: bench.random)
        _ = try await bench.engine.stageAcceptance(of: guess, outcome: [9], in: &commit)
        try await commit.commit(to: bench.store)
        commit = StagedCommit(random: bench.random)
        #expect(try await bench.engine.stageAcceptance(of: guess, outcome: [8], in: &commit) == .repeated(outcome: [9]))
        #expect(commit.isEmpty)
        bench.clock.advance(.seconds(120))
        #expect(
            await bench.refusal { () async throws(OTPError) in try await bench.engine.stageAcceptance(of: guess, outcome: [8], in: &commit)
            }
                == .expired)
    }
}

@Suite("Guessing at an authenticator succeeds with at most one in ten thousand a year")
struct AuthenticatorYearTests {
    private let start = Timestamp(milliseconds: 1_795_478_400_000)

    /// Wrong guesses that a year from `start` lets through, and the chance that one of them was right.
    private func year(_ digits: AuthenticatorParameters.Digits, _ budget: inout AuthenticatorBudget) -> Int {
        let policy = AuthenticatorPolicy.standard
        var (now, spent) = (start, 0)
        while now < start + .seconds(365 * 86_400) {
            if (try? budget.spend(on: digits, at: now, policy)) != nil {
                spent += 1
                // The lock after a hundred in a row is what somebody avoids who is now and then right otherwise.
                if spent % 99 == 0 { budget.guesses.consecutive = 0 }
            } else {
                now = now + .seconds(1_800)
            }
        }
        return spent
    }

    /// What the likeliest code of each length comes up with, at three steps.
    private func chance(_ digits: AuthenticatorParameters.Digits) -> Double {
        var modulus = 1
        for _ in 0..<digits.rawValue { modulus *= 10 }
        return 3 * Double(((1 << 31) + modulus - 1) / modulus) / Double(1 << 31)
    }

    @Test("30 failures with 6 digits, 3,250 with 8, and less of both together")
    func arithmetic() {
        var short = AuthenticatorBudget()
        #expect(year(.six, &short) == 30)
        #expect(30 * chance(.six) < 1e-4)
        var long = AuthenticatorBudget()
        let failures = year(.eight, &long)
        #expect(failures == 3_250)
        #expect(3_250 * chance(.eight) < 1e-4)
        // Another app with eight digits after thirty failures with six, and the other way round.
        let rest = year(.eight, &short)
        #expect(rest == 310 && 30 * chance(.six) + Double(rest) * chance(.eight) < 1e-4)
        #expect(year(.six, &long) == 0)
        #expect(Double(AuthenticatorPolicy.unitsOfSixDigits) * chance(.eight) >= chance(.six))
    }

    @Test("closed codes open when their year is over and not earlier; a recovery code is taken meanwhile")
    func opens() async throws {
        let bench = AuthenticatorBench()
        let (app, codes) = try await bench.enrol()
        var wrong = 0
        for _ in 0..<400 where wrong < 30 {
            let code = try app.wrong(at: bench.clock.now())
            if await bench.refusal({ () async throws(OTPError) in try await bench.verify(code) }) == .wrongCode { wrong += 1 }
            bench.clock.advance(.seconds(4_400))
        }
        let last = bench.clock.now()
        var until: Timestamp?
        do throws(OTPError) {
            _ = try await bench.verify(app.code(at: last))
            Issue.record("A closed code was taken.")
        } catch {
            #expect(error.code == .locked)
            until = error.until
        }
        let opening = try #require(until)
        #expect(opening > last + .seconds(364 * 86_400) && opening < last + .seconds(400 * 86_400))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin() } == .locked)
        #expect(try await bench.verify(codes.submitted(0)) == .taken(recoveryCodesLeft: 9))

        // Eight digits are another matter.
        let long = try await bench.begin(.init(digits: .eight))
        _ = try await bench.engine.completeEnrolment(long.code(at: bench.clock.now()), of: bench.person, attempt: bench.attempt)
        bench.clock.advance(.seconds(60))
        #expect(try await bench.verify(long.code(at: bench.clock.now())) == .taken(recoveryCodesLeft: 10))
        bench.clock.advance(opening - bench.clock.now() - .milliseconds(1))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin() } == .locked)
        bench.clock.advance(.milliseconds(1))
        _ = try await bench.begin()
    }

    @Test(
        "the first of every month is found",
        arguments: [1970 * 12, 2024 * 12 + 1, 2024 * 12 + 2, 2026 * 12 + 11, 2100 * 12 + 2, 9999 * 12 + 11] as [UInt32])
    func months(month: UInt32) {
        let first = MonthlyFailures.start(ofMonth: month)
        #expect(MonthlyFailures.month(of: first) == month && first.civilDate.day == 1 && first.milliseconds % 86_400_000 == 0)
    }

    @Test(
        "no policy can be weaker than the bounds",
        arguments: [
            { try AuthenticatorPolicy(yearlyFailures: 31) }, { try AuthenticatorPolicy(yearlyFailures: 0) },
            { try AuthenticatorPolicy(enrolmentLifetime: .seconds(901)) }, { try AuthenticatorPolicy(enrolmentLifetime: .zero) },
            {
                var guesses = GuessPolicy()
                guesses.hourlyLimit = 11
                return try AuthenticatorPolicy(guesses: guesses)
            },
            {
                var guesses = GuessPolicy()
                guesses.dailyLimit = 21
                return try AuthenticatorPolicy(recoveryGuesses: guesses)
            },
        ] as [@Sendable () throws -> AuthenticatorPolicy])
    func bounds(make: @Sendable () throws -> AuthenticatorPolicy) {
        do {
            _ = try make()
            Issue.record("A weak policy was made.")
        } catch {
            #expect((error as? OTPError)?.code == .policyTooWeak)
        }
    }
}
