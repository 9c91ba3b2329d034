import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

/// What went wrong elsewhere, each by the public thread that tells of it.
@Suite("What users of other systems were hurt by cannot happen here")
struct PriorArtTests {
    @Test("supabase/auth#2819: one code guessed for its whole life, from as many addresses as one likes")
    func aCodeGuessedFromManyAddresses() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        var refusals: [OTPError.Code?] = []
        for index in 0..<200 {
            let requester = Requester(session: bench.requester.session, network: "203.0.\(index).1")
            refusals.append(
                await bench.refusal { () throws(OTPError) in
                    try await bench.engine.pay(
                        challenge.token, code: bench.wrong(challenge, by: UInt8(index % 9 + 1)), attempt: bench.attempt(),
                        requester: requester)
                })
        }
        #expect(refusals.count { $0 == .wrongCode } == 5)
        #expect(Set(refusals.dropFirst(5)) == [.exhausted])
    }

    @Test("better-auth#11162: each resend refills the guesses")
    func resendsRefillNothing() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        var wrong = 0
        for _ in 0..<10 {
            for _ in 0..<3 {
                if await bench.refusal({ () throws(OTPError) in try await bench.fail(challenge) }) == .wrongCode { wrong += 1 }
            }
            bench.clock.advance(.seconds(50))
            _ = await bench.refusal { () throws(OTPError) in try await bench.resend(challenge) }
        }
        #expect(wrong == 5)
    }

    @Test("mesutpiskin/keycloak-2fa-email-authenticator#146: a setting makes the cap unreachable, 500 wrong codes in four seconds")
    func noSettingSwitchesTheCapOff() async throws {
        for (hour, day, row, tries) in [
            (11, 20, 100, 5), (10, 21, 100, 5), (10, 20, 101, 5), (10, 20, 100, 11), (0, 20, 100, 5), (.max, .max, .max, .max),
        ] {
            var guesses = GuessPolicy()
            (guesses.hourlyLimit, guesses.dailyLimit, guesses.consecutiveLimit) = (hour, day, row)
            #expect(throws: OTPError.self) { try ChallengePolicy(tries: tries, guesses: guesses) }
            #expect(throws: OTPError.self) {
                try ChallengePolicy(tries: tries, device: ExactPolicy(guesses: guesses), account: ExactPolicy(guesses: guesses))
            }
        }
        // The most that a policy allows, and the fastest that anybody asks.
        let bench = TestBench(policy: try ChallengePolicy(tries: 10))
        let challenge = try await bench.begin()
        var compared = 0
        for _ in 0..<500 {
            if await bench.refusal({ () throws(OTPError) in try await bench.fail(challenge) }) == .wrongCode { compared += 1 }
            bench.clock.advance(.milliseconds(8))
        }
        #expect(compared == GuessPolicy().hourly.burst)
    }

    @Test("wiz-sec/open-cvdb#383: parallel requests gave 1,587 guesses instead of 20")
    func parallelGuesses() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let engines = [bench.engine, bench.another(), bench.another()]
        let compared = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<1_000 {
                group.addTask {
                    await bench.refusal { () throws(OTPError) in try await bench.fail(challenge, engines[index % 3]) } == .wrongCode
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect((1...5).contains(compared), "\(compared)")
    }

    @Test("supabase/auth#2430: what is found by number is verified by the code of somebody else's challenge")
    func aCodeIsOneChallenges() async throws {
        let bench = TestBench()
        let (first, second) = (SubjectID(random: bench.random), SubjectID(random: bench.random))
        var challenges: [BegunChallenge] = []
        for (subject, purpose) in [(first, .stepUpVerification), (second, .stepUpVerification), (first, .accountRecovery)]
            as [(SubjectID, ChallengePurpose)]
        {
            bench.clock.advance(.seconds(121))
            challenges.append(
                try await bench.engine.begin(
                    purpose, tag: TestBench.tag(0), subject: subject, requester: bench.requester, sealing: TestBench.content()))
        }
        let codes = challenges.map { $0.code().withUnsafeBytes { Array($0) } }
        #expect(Set(codes).count == 3)
        let refusal = await bench.refusal { () throws(OTPError) in
            try await bench.engine.pay(
                challenges[1].token, code: try SubmittedCode(utf8: codes[0]), attempt: bench.attempt(), requester: bench.requester)
        }
        #expect(refusal == .wrongCode)
        guard
            case .right(let guess) = try await bench.engine.pay(
                challenges[1].token, code: try SubmittedCode(utf8: codes[1]), attempt: bench.attempt(), requester: bench.requester)
        else { return }
        #expect(guess.subject == second && guess.purpose == .stepUpVerification)
    }

    @Test("better-auth#11297: the code can be read in every dump and replica while it lives")
    func noCodeAtRest() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let code = challenge.code().withUnsafeBytes { Array($0) }
        let row = try #require(await bench.store.wrapped.record(at: NumberAttempts.key(of: TestBench.tag(0), in: .standard)))
        #expect(row.value.firstRange(of: code) == nil && row.key.row.firstRange(of: code) == nil)
        // Nor anything that a million tries lead to: whoever has all rows, and neither key, finds every code equally likely.
        #expect(row.value.firstRange(of: SHA256.hash(code)) == nil)
        let stranger = CodeDerivation(
            of: try #require(await bench.attempts()?.challenges.first), tag: TestBench.tag(0), deployment: bench.deployment,
            keys: RootKeys(current: RootKey(id: 1, secret: SecretBytes(random: SeededRandom(99)))))
        #expect(try #require(stranger).code().withUnsafeBytes { Array($0) } != code)
    }

    @Test("netzbegruenung/keycloak-mfa-plugins#444, #157, #175: a reload kills the older code, and the gateway's error log has it")
    func aResendRepeatsTheCode() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        #expect(challenge.resendAfter == bench.clock.now() + .seconds(30))
        #expect(await bench.refusal { () throws(OTPError) in try await bench.resend(challenge) } == .tooManySends)
        bench.clock.advance(.seconds(30))
        let again = try await bench.engine.resend(challenge.token, requester: bench.requester)
        let code = challenge.code().withUnsafeBytes { Array($0) }
        #expect(again.code().withUnsafeBytes { Array($0) } == code && again.expiresAt == challenge.expiresAt)
        var dumped = ""
        for value in [challenge, again, try bench.right(challenge)] as [Any] { dump(value, to: &dumped) }
        #expect(!dumped.contains(String(decoding: code, as: UTF8.self)))
    }

    @Test(
        "better-auth#3253, #10697: a code is good twice on one path, and a check is left out on another",
        arguments: ChallengePurpose.allCases)
    func oneRedemption(purpose: ChallengePurpose) async throws {
        let bench = TestBench()
        let challenge = try await bench.begin(purpose: purpose)
        _ = try await bench.succeed(challenge)
        for _ in 0..<3 {
            let refusal = await bench.refusal { () throws(OTPError) in
                try await bench.engine.pay(
                    challenge.token, code: try bench.right(challenge), attempt: bench.attempt(), requester: bench.requester)
            }
            #expect(refusal == .alreadyCompleted)
        }
    }

    @Test("supabase/auth#605: five messages per number and day were asked for, the answer was a captcha")
    func limitsAreOnByDefault() {
        let (policy, abuse) = (ChallengePolicy.standard, AbusePolicy.standard)
        #expect(policy.sends.dailyLimit <= 10 && policy.sends.hourlyLimit <= 5)
        #expect(abuse.network.hourlySends <= 20 && abuse.range.credit <= 40)
        #expect(abuse.otherCountries.money < Money(10_000) && abuse.deployment.money < Money(50_000))
        let bound = abuse.lossBound(.text, to: 41, ranges: 1_000)
        #expect(bound.messagesPerRange <= 50 && bound.moneyPerRange <= Money(micros: 300_000) * 50 && bound.moneyPerCountry <= Money(6_000))
    }

    @Test("wireapp/wire-server#776, linagora/twake-workplace#264: whole prefixes are banned by hand, and honest people are stuck")
    func aClosedRangeOpensByItself() async throws {
        let bench = TestBench()
        func begin(_ number: UInt64, _ proof: RequesterProof? = nil) async -> OTPError.Code? {
            await bench.refusal { () throws(OTPError) in
                try await bench.engine.begin(
                    .verification, tag: TestBench.tag(number),
                    route: SendRoute(countryCallingCode: 41, kind: .text, range: [1], block: [UInt8(truncatingIfNeeded: number)]),
                    requester: Requester(session: [1], proof: proof), sealing: TestBench.content())
            }
        }
        for number in 0..<60 as Range<UInt64> { _ = await begin(number) }
        #expect(await begin(100) == .rangeClosed)
        #expect(await begin(100, .checkedByHost) == nil)
        bench.clock.advance(.seconds(3_600 + 60))
        #expect(await begin(101) == nil)
    }
}
