import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A token opens for this deployment alone, and nobody once its challenge is over")
struct TokenTests {
    @Test("every flipped bit is refused, and so is every other length")
    func forgery() async throws {
        let bench = TestBench()
        let token = try await bench.begin().token
        #expect(token.bytes.count == 223 && token.text.utf8.count == 298)
        let refusals: Set<OTPError.Code> = [.tokenMalformed, .tokenKeyUnknown, .tokenForged]
        var seen: Set<OTPError.Code> = []
        func refuses(_ bytes: [UInt8]) {
            do throws(OTPError) {
                _ = try bench.engine.sealer.open(try ChallengeToken(Base64URL.encode(bytes)))
                Issue.record("A changed token was opened.")
            } catch {
                #expect(refusals.contains(error.code))
                seen.insert(error.code)
            }
        }
        for index in token.bytes.indices {
            for bit in 0..<8 {
                var bytes = token.bytes
                bytes[index] ^= 1 << bit
                refuses(bytes)
            }
        }
        for length in 0..<token.bytes.count { refuses(Array(token.bytes.prefix(length))) }
        refuses(token.bytes + [0])
        #expect(seen == refusals)
    }

    @Test("text that is no token is malformed", arguments: ["", "!", "AAAA", String(repeating: "A", count: 2_000), "é"])
    func malformed(text: String) {
        #expect(throws: OTPError.tokenMalformed) { try ChallengeToken(text) }
    }

    @Test("a token comes back whole from its text")
    func text() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        #expect(try ChallengeToken(challenge.token.text) == challenge.token)
        #expect(try challenge.content().withUnsafeBytes { Array($0) } == [UInt8](repeating: 7, count: 68))
    }

    @Test("a token carries nothing, or as much as it may", arguments: [0, 869])
    func content(count: Int) async throws {
        let bench = TestBench()
        let content = SecretBytes(count: count, random: bench.random)
        let challenge = try await bench.engine.begin(.verification, tag: TestBench.tag(0), requester: bench.requester, sealing: content)
        let token = try ChallengeToken(challenge.token.text)
        guard
            case .right(let guess) = try await bench.engine.pay(
                token, code: bench.right(challenge), attempt: bench.attempt(), requester: bench.requester)
        else { throw OTPError.busy }
        #expect(try guess.content().withUnsafeBytes { Array($0) } == content.withUnsafeBytes { Array($0) })
    }

    @Test("the keys before a rotation open and verify; those before that are gone")
    func rotation() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let rotated = bench.another(codeKeys: TestBench.keys(11, previous: 1), tokenKeys: TestBench.keys(12, previous: 2))
        _ = await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, rotated) }
        #expect(try await bench.attempts()?.challenges.first?.paid.count == 1)

        let tokenGone = bench.another(codeKeys: TestBench.keys(11, previous: 1), tokenKeys: TestBench.keys(22, previous: 12))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, tokenGone) } == .tokenKeyUnknown)
        let codeGone = bench.another(codeKeys: TestBench.keys(21, previous: 11), tokenKeys: TestBench.keys(12, previous: 2))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, codeGone) } == .expired)
        #expect(try await bench.attempts()?.challenges.first?.paid.count == 1)

        try await bench.succeed(challenge, rotated)
    }

    @Test("a key under another's id forges nothing")
    func keyUnderAnotherID() async throws {
        let bench = TestBench()
        let challenge = try await bench.begin()
        let impostor = RootKey(id: 2, secret: SecretBytes(random: SeededRandom(99)))
        let other = bench.another(tokenKeys: RootKeys(current: impostor))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, other) } == .tokenForged)
    }

    @Test("another deployment with the same keys refuses it")
    func otherDeployment() async throws {
        let bench = TestBench(1)
        let token = try await bench.begin().token
        #expect(throws: OTPError.tokenForged) { try TestBench(2).engine.sealer.open(token) }
    }

    @Test("without the row's secret, all keys together do not open the number")
    func rowSecretNeeded() async throws {
        let bench = TestBench()
        let opened = try bench.engine.sealer.open(try await bench.begin().token)
        #expect(throws: OTPError.tokenForged) {
            try TokenSealer.openInner(opened, rowSecret: RowSecret(random: bench.random)).count
        }
    }

    @Test("a token whose challenge is in no row is told so")
    func noRow() async throws {
        let bench = TestBench(1)
        let challenge = try await bench.begin()
        // The same deployment on an empty store, as after a restore of a backup.
        let restored = TestBench(1)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.fail(challenge, restored.engine) } == .challengeNotFound)
    }
}
