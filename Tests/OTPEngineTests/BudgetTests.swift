import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A number's budgets span its challenges, and nothing resets them")
struct BudgetTests {
    @Test("the pause doubles from 30 seconds to 15 minutes, and starts anew after an hour of quiet")
    func coolDown() throws {
        let policy = SendPolicy()
        #expect((1...8).map { policy.pause(after: $0) } == [30, 60, 120, 240, 480, 900, 900, 900].map { .seconds($0) })
        var budget = SendBudget()
        var now = Timestamp(milliseconds: 1_795_478_400_000)
        try budget.spend(at: now, policy)
        #expect(budget.earliest(policy) == now + .seconds(30))
        #expect(throws: OTPError.tooManySends(retryAfter: .milliseconds(1))) { try budget.spend(at: now + .milliseconds(29_999), policy) }
        now = now + .seconds(30)
        try budget.spend(at: now, policy)
        #expect(budget.earliest(policy) == now + .seconds(60))
        now = now + .seconds(3_600)
        try budget.spend(at: now, policy)
        #expect(budget.run == 1)
    }

    @Test("5 codes an hour and 10 a day, at most half as many again in any window, whoever asks however")
    func sends() async throws {
        let bench = TestBench()
        var sent: [Timestamp] = []
        var challenge: BegunChallenge?
        for step in 0..<(3 * 24 * 60) {
            if let live = challenge, step % 3 > 0 {
                if await bench.refusal({ () async throws(OTPError) in try await bench.resend(live) }) == nil {
                    sent.append(bench.clock.now())
                }
            } else if let begun = try? await bench.begin() {
                challenge = begun
                sent.append(bench.clock.now())
            }
            bench.clock.advance(.seconds(60))
        }
        for time in sent {
            #expect(sent.count { $0 >= time && $0 < time + .seconds(3_600) } <= 7)
            #expect(sent.count { $0 >= time && $0 < time + .seconds(86_400) } <= 15)
        }
        #expect(sent.count >= 30)
    }

    @Test("resends and new challenges refill no guesses: an attacker gets what the table says, for months")
    func guesses() async throws {
        let bench = TestBench()
        var wrong: [Timestamp] = []
        var locked = false
        var challenge = try await bench.begin()
        for _ in 0..<(12 * 24 * 12) {
            for _ in 0..<8 {
                let code = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge) }
                if code == .wrongCode { wrong.append(bench.clock.now()) } else if code == .locked { locked = true }
                if code == .exhausted || code == .expired, let next = try? await bench.begin() {
                    challenge = next
                } else if code != .wrongCode {
                    _ = try? await bench.resend(challenge)
                    break
                }
            }
            if locked { break }
            bench.clock.advance(.seconds(300))
        }
        for time in wrong {
            #expect(wrong.count { $0 >= time && $0 < time + .seconds(3_600) } <= 15)
            #expect(wrong.count { $0 >= time && $0 < time + .seconds(86_400) } <= 30)
        }
        #expect(locked)
        #expect(wrong.count == 100)
        #expect(challenge.digits == 8)
    }

    @Test("100 failures in a row close the number for 30 days; a right code would have ended the run")
    func lock() throws {
        let policy = GuessPolicy()
        var budget = GuessBudget()
        var now = Timestamp(milliseconds: 1_795_478_400_000)
        for _ in 0..<99 {
            try budget.spend(at: now, policy)
            now = now + .seconds(4_400)
        }
        var lucky = budget
        try lucky.spend(at: now, policy)
        #expect(lucky.lockedUntil(at: now, policy) == now + policy.lock)
        // The hundredth is still compared; were it right, the lock would go with it.
        lucky.giveBack(spentAt: now, now: now, policy)
        #expect(lucky.lockedUntil(at: now, policy) == nil)

        try budget.spend(at: now, policy)
        let end = now + policy.lock
        #expect(throws: OTPError.locked(until: end)) { try budget.spend(at: now + .seconds(86_400), policy) }
        #expect(throws: OTPError.locked(until: end)) { try budget.spend(at: now - .seconds(86_400), policy) }
        #expect(throws: OTPError.locked(until: end)) { try budget.spend(at: end - .milliseconds(1), policy) }
        try budget.spend(at: end, policy)
        #expect(budget.consecutive == 1)
        #expect(budget.restsAt(policy) > end + .seconds(365 * 86_400))
    }

    @Test("after 20 failures in a year codes have 8 digits; the code in hand is not tried once more, and a success resets nothing")
    func longCodes() async throws {
        let bench = TestBench()
        var last: BegunChallenge?
        var wrong = 0
        for _ in 0..<10 where wrong < 20 {
            let challenge = try await bench.begin()
            #expect(challenge.digits == 6)
            last = challenge
            for _ in 0..<5 where await bench.refusal({ () async throws(OTPError) in try await bench.fail(challenge) }) == .wrongCode {
                wrong += 1
                if wrong % 5 == 4 { break }
                if wrong == 20 { break }
            }
            if wrong < 20 { bench.clock.advance(.seconds(86_400)) }
        }
        try #require(wrong == 20)
        let short = try #require(last)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(short) } == .expired)
        bench.clock.advance(.seconds(60))
        let long = try await bench.resend(short)
        #expect(long.digits == 8 && long.code().count == 8 && long.expiresAt == short.expiresAt)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.pay(short) } == .malformedCode)
        try await bench.succeed(long)
        bench.clock.advance(.seconds(30 * 86_400))
        #expect(try await bench.begin().digits == 8)
        bench.clock.advance(.seconds(400 * 86_400))
        #expect(try await bench.begin().digits == 6)
    }

    @Test("no budget moves back when the clock does", arguments: [1, 60, 3_600, 86_400, 90 * 86_400] as [Int64])
    func clockBack(seconds: Int64) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        for _ in 0..<5 { _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge) } }
        bench.clock.advance(.seconds(30))
        let second = try await bench.begin()
        _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(second) }
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(second) } == .tooManyGuesses)
        bench.clock.advance(.seconds(-seconds))
        let code = await bench.refusal { () async throws(OTPError) in try await bench.fail(second) }
        #expect(code == .tooManyGuesses || code == .expired)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin() } == .tooManySends)
        #expect(try await bench.attempts()?.guesses.failures.total(at: bench.clock.now()) == 6)
    }

    @Test("another number's budgets are its own")
    func apart() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        for _ in 0..<6 { _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge) } }
        try await bench.succeed(bench.begin(TestBench.tag(1)))
    }

    @Test(
        "no policy can be weaker than the bounds",
        arguments: [
            { try ChallengePolicy(digits: 5) }, { try ChallengePolicy(digits: 11) }, { try ChallengePolicy(lifetime: .seconds(601)) },
            { try ChallengePolicy(lifetime: .zero) }, { try ChallengePolicy(tries: 0) }, { try ChallengePolicy(tries: 11) },
            { try ChallengePolicy(guesses: changed { $0.hourlyLimit = 11 }) },
            { try ChallengePolicy(guesses: changed { $0.dailyLimit = 21 }) },
            { try ChallengePolicy(guesses: changed { $0.consecutiveLimit = 101 }) },
            { try ChallengePolicy(guesses: changed { $0.lock = .seconds(60) }) },
            { try ChallengePolicy(guesses: changed { $0.yearlyFailuresBeforeLongCodes = 21 }) },
            { try ChallengePolicy(sends: changed { $0.coolDown = .zero }) },
            { try ChallengePolicy(sends: changed { $0.dailyLimit = 201 }) },
            { try ChallengePolicy(sends: changed { $0.hourlyLimit = 0 }) },
            { try ChallengePolicy(sends: changed { $0.quiet = .seconds(1) }) },
        ] as [@Sendable () throws -> ChallengePolicy])
    func bounds(make: @Sendable () throws -> ChallengePolicy) {
        do {
            _ = try make()
            Issue.record("A weak policy was made.")
        } catch {
            #expect((error as? OTPError)?.code == .policyTooWeak)
        }
    }

    @Test("what is at the bounds can be made")
    func atTheBounds() throws {
        #expect(try ChallengePolicy(digits: 10, lifetime: .seconds(600), tries: 10).longDigits == 10)
        #expect(try ChallengePolicy() == .standard)
    }
}

private func changed(_ change: (inout GuessPolicy) -> Void) -> GuessPolicy {
    var policy = GuessPolicy()
    change(&policy)
    return policy
}

private func changed(_ change: (inout SendPolicy) -> Void) -> SendPolicy {
    var policy = SendPolicy()
    change(&policy)
    return policy
}
