import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("Strangers do not shut the owner's device out, and it gains nothing elsewhere")
struct DeviceTests {
    /// The token that a right code brings.
    private func prove(_ bench: TestBench, _ tag: BudgetTag = TestBench.tag(0)) async throws -> String {
        let challenge = try await bench.begin(tag)
        guard case .right(let guess) = try await pay(bench, challenge, try bench.right(challenge)) else { throw Missing() }
        _ = try await bench.engine.complete(guess, outcome: [1])
        return guess.device.text
    }

    private struct Missing: Error {}

    private func pay(
        _ bench: TestBench, _ challenge: BegunChallenge, _ code: SubmittedCode, device: String? = nil, account: Pseudonym? = nil
    ) async throws(OTPError) -> PaidGuess {
        try await bench.engine.pay(
            challenge.token, code: code, attempt: bench.attempt(), requester: requester(bench, device, account))
    }

    private func begin(
        _ bench: TestBench, device: String? = nil, account: Pseudonym? = nil, _ tag: BudgetTag = TestBench.tag(0)
    ) async throws(OTPError) -> BegunChallenge {
        try await bench.engine.begin(
            .verification, tag: tag, requester: requester(bench, device, account), sealing: TestBench.content())
    }

    private func requester(_ bench: TestBench, _ device: String?, _ account: Pseudonym?) -> Requester {
        Requester(session: bench.requester.session, deviceToken: device, pseudonym: account)
    }

    @Test func theOwnersDeviceGetsInWhileANumberIsLocked() async throws {
        let bench = TestBench()
        let device = try await prove(bench)
        var policy = GuessPolicy()
        policy.consecutiveLimit = 5
        let host = bench.another(policy: try ChallengePolicy(guesses: policy))
        bench.clock.advance(.seconds(7_200))
        let attacked = try await host.begin(.verification, tag: TestBench.tag(0), requester: bench.requester, sealing: TestBench.content())
        for _ in 0..<5 { #expect(await bench.refusal { () throws(OTPError) in try await bench.fail(attacked, host) } == .wrongCode) }
        bench.clock.advance(.seconds(7_200))
        let refused = await bench.refusal { () throws(OTPError) in
            try await host.begin(.verification, tag: TestBench.tag(0), requester: bench.requester, sealing: TestBench.content())
        }
        #expect(refused == .locked)

        let owner = requester(bench, device, nil)
        let challenge = try await host.begin(.verification, tag: TestBench.tag(0), requester: owner, sealing: TestBench.content())
        let code = try bench.right(challenge)
        guard case .right(let guess) = try await host.pay(challenge.token, code: code, attempt: bench.attempt(), requester: owner) else {
            throw Missing()
        }
        #expect(try await host.complete(guess, outcome: [2]) == .taken(ChallengeCounts(sends: 1, guesses: 1)))
        // The lock on strangers holds.
        #expect(try #require(await bench.attempts()).guesses.lockedUntil(at: bench.clock.now(), policy) != nil)
    }

    @Test func aFloodOfCodesLeavesTheOwnersDeviceItsOwn() async throws {
        let bench = TestBench()
        let device = try await prove(bench)
        for _ in 0..<40 {
            bench.clock.advance(.seconds(300))
            _ = await bench.refusal { () throws(OTPError) in try await bench.begin() }
        }
        #expect(await bench.refusal { () throws(OTPError) in try await bench.begin() } == .tooManySends)
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, device: device) } == nil)
    }

    @Test func aDeviceHasABudgetToo() async throws {
        let bench = TestBench()
        let device = try await prove(bench)
        bench.clock.advance(.seconds(86_400))
        var wrong = 0
        for _ in 0..<6 {
            guard let challenge = try? await begin(bench, device: device) else { break }
            for _ in 0..<5 {
                let refusal = await bench.refusal { () throws(OTPError) in
                    try await pay(bench, challenge, bench.wrong(challenge), device: device)
                }
                if refusal == .wrongCode { wrong += 1 }
            }
            bench.clock.advance(.seconds(61))
        }
        #expect(wrong == GuessPolicy().hourly.burst)
        #expect(try #require(await bench.attempts()).guesses.failures.total(at: bench.clock.now()) == 0, "the number paid nothing")
    }

    @Test func aTokenIsGoodForItsNumberAloneAndForALimitedTime() async throws {
        let bench = TestBench()
        let text = try await prove(bench)
        let devices = bench.engine.devices
        func isKnown(_ text: String, _ tag: BudgetTag = TestBench.tag(0)) -> Bool { devices.isKnown(text, for: tag, at: bench.clock.now()) }
        func isOurs(_ text: String) -> Bool { devices.isOurs(text, at: bench.clock.now()) }
        #expect(text.utf8.count == 55 && isKnown(text) && isOurs(text))
        #expect(!isKnown(text, TestBench.tag(1)))
        let bytes = try #require(Base64URL.decode(text))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            let isOfTheHead = bit / 8 < 25
            #expect(!(isKnown(Base64URL.encode(changed)) && isOurs(Base64URL.encode(changed))))
            #expect(isKnown(Base64URL.encode(changed)) == (9..<25).contains(bit / 8))
            #expect(isOurs(Base64URL.encode(changed)) == !isOfTheHead)
        }
        for hostile in ["", "A", String(repeating: "A", count: 55), String(repeating: "é", count: 38), text + "A", String(text.dropLast())]
        {
            #expect(!isKnown(hostile) && !isOurs(hostile))
        }
        bench.clock.advance(DeviceToken.life - .milliseconds(1))
        #expect(isKnown(text) && isOurs(text))
        bench.clock.advance(.milliseconds(1))
        #expect(!isKnown(text) && !isOurs(text))
        var dumped = ""
        dump(DeviceToken(text: text), to: &dumped)
        #expect("\(DeviceToken(text: text))" == "<redacted>" && !dumped.contains(text))
    }

    /// Who holds a number for a while could else collect devices, and go on guessing with them once it is somebody else's.
    @Test func provingANumberOftenMakesNoBudgetLarger() async throws {
        let bench = TestBench()
        var tokens: [String] = []
        for _ in 0..<12 {
            tokens.append(try await prove(bench))
            bench.clock.advance(.seconds(86_400))
        }
        var (sent, wrong) = (0, 0)
        for _ in 0..<24 {
            for token in tokens {
                guard let challenge = try? await begin(bench, device: token) else { continue }
                sent += 1
                for other in tokens {
                    let refusal = await bench.refusal { () throws(OTPError) in
                        try await pay(bench, challenge, bench.wrong(challenge), device: other)
                    }
                    if refusal == .wrongCode { wrong += 1 }
                }
            }
            bench.clock.advance(.seconds(3_600))
        }
        #expect((5...15).contains(sent), "\(sent) messages in a day")
        #expect((10...30).contains(wrong), "\(wrong) guesses in a day")
    }

    @Test func anAccountIsCountedOverItsNumbers() async throws {
        let bench = TestBench()
        let account = Pseudonym(bytes: bench.random.bytes(20))
        var sent = 0
        for seed in 1..<20 as Range<UInt64> {
            if await bench.refusal({ () throws(OTPError) in try await begin(bench, account: account, TestBench.tag(seed)) }) == nil {
                sent += 1
            }
            bench.clock.advance(.seconds(60))
        }
        // Three at once, and one every twelve minutes after that.
        #expect(sent == 4, "\(sent)")
        #expect(await bench.refusal { () throws(OTPError) in try await begin(bench, TestBench.tag(30)) } == nil)
    }

    @Test func aRightGuessIsGivenBackToWhoeverPaid() async throws {
        let bench = TestBench()
        let account = Pseudonym(bytes: bench.random.bytes(20))
        let device = try await prove(bench)
        for (device, account) in [(nil, account), (device, nil), (device, account)] as [(String?, Pseudonym?)] {
            for _ in 0..<30 {
                bench.clock.advance(.seconds(86_400))
                let challenge = try await begin(bench, device: device, account: account)
                guard case .right(let guess) = try await pay(bench, challenge, try bench.right(challenge), device: device, account: account)
                else { throw Missing() }
                _ = try await bench.engine.complete(guess, outcome: [])
            }
        }
        for row in try await bench.store.wrapped.records(
            in: RecordRange(
                partition: NumberAttempts.key(of: TestBench.tag(0), in: .standard).partition, collection: NumberAttempts.collection),
            limit: 10)
        {
            let attempts = try decodeRecord(row, NumberAttempts.init(from:))
            for budget in [attempts.budget, try #require(attempts.devices)] {
                #expect(budget.guesses.failures.total(at: bench.clock.now()) == 0 && budget.guesses.consecutive == 0)
            }
        }
        let row = try #require(await bench.store.wrapped.record(at: NumberAttempts.key(of: account, TestBench.budgetKey, in: .standard)))
        #expect(try decodeRecord(row, NumberAttempts.init(from:)).guesses.failures.total(at: bench.clock.now()) == 0)
    }

    @Test func whatIsReadAndCommittedForAGuessAndABegin() async throws {
        let counting = CountingStore()
        let bench = TestBench()
        let device = try await prove(bench)
        let engine = bench.another(over: counting)
        for who in [
            bench.requester, requester(bench, device, nil), requester(bench, nil, Pseudonym(bytes: bench.random.bytes(20))),
        ] {
            bench.clock.advance(.seconds(86_400))
            let challenge = try await engine.begin(.verification, tag: TestBench.tag(5), requester: who, sealing: TestBench.content())
            #expect(counting.take() == .init(reads: 1, commits: 1), "begin")
            let wrong = try bench.wrong(challenge)
            _ = await bench.refusal { () throws(OTPError) in
                try await engine.pay(challenge.token, code: wrong, attempt: bench.attempt(), requester: who)
            }
            #expect(counting.take() == .init(reads: 1, commits: 1), "a wrong guess")
            guard
                case .right(let guess) = try await engine.pay(
                    challenge.token, code: try bench.right(challenge), attempt: bench.attempt(), requester: who)
            else { throw Missing() }
            _ = try await engine.complete(guess, outcome: [])
            #expect(counting.take() == .init(reads: 1, commits: 2), "a right guess")
        }
    }
}
