import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("An authenticator's row has one encoding, and nothing else is one")
struct AuthenticatorRowTests {
    private func state(_ random: SeededRandom) -> AuthenticatorState {
        func time() -> Timestamp { Timestamp(milliseconds: Int64(bitPattern: random.next())) }
        func one(of count: Int) -> Int { Int(random.number(below: UInt64(count))) }
        func failures() -> MonthlyFailures {
            MonthlyFailures(newest: UInt32(one(of: 120_001)), counts: (0..<13).map { _ in UInt16(one(of: 65_536)) })
        }
        func budget() -> GuessBudget {
            var budget = GuessBudget()
            (budget.hour, budget.day, budget.lastGuess) = (time(), time(), time())
            (budget.consecutive, budget.failures) = (UInt16(one(of: 65_536)), failures())
            return budget
        }
        func secret() -> SealedAuthenticatorSecret {
            let algorithm = AuthenticatorParameters.Algorithm.allCases[one(of: 3)]
            return SealedAuthenticatorSecret(
                id: random.bytes(16), parameters: .init(algorithm: algorithm, digits: .allCases[one(of: 2)]),
                keyID: UInt32(one(of: 1 << 32)),
                box: random.bytes(algorithm.secretLength + 72))
        }
        var state = AuthenticatorState()
        (state.budget.guesses, state.budget.shortFailures, state.recoveryGuesses) = (budget(), failures(), budget())
        state.payments = (0..<one(of: 17)).map { _ in
            .init(kind: .allCases[one(of: 3)], digest: AttemptDigest(bytes: random.bytes(16)), time: time())
        }
        if one(of: 2) == 1 {
            state.answer = .init(digest: AttemptDigest(bytes: random.bytes(16)), time: time(), outcome: random.bytes(one(of: 65)))
        }
        if one(of: 2) == 1 { state.pending = .init(secret: secret(), begun: time(), expires: time()) }
        if one(of: 2) == 1 { state.active = .init(secret: secret(), since: time(), lastStep: random.next()) }
        if one(of: 2) == 1 {
            state.recovery = .init(
                keyID: UInt32(one(of: 1 << 32)), box: random.bytes(104), digests: (0..<one(of: 11)).map { _ in random.bytes(16) })
        }
        return state
    }

    private func decode(_ bytes: [UInt8]) throws(MalformedBytes) -> AuthenticatorState {
        var reader = ByteReader(bytes)
        let state = try AuthenticatorState(from: &reader)
        try reader.finish()
        return state
    }

    @Test("what is written is read", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        let state = state(SeededRandom(seed))
        #expect(try decode(state.encoded) == state)
    }

    @Test("every truncation is refused, and everything after the end", arguments: 0..<20 as Range<UInt64>)
    func truncation(seed: UInt64) {
        let bytes = state(SeededRandom(seed)).encoded
        for length in 0..<bytes.count { #expect(throws: MalformedBytes.self) { try decode(Array(bytes.prefix(length))) } }
        #expect(throws: MalformedBytes.self) { try decode(bytes + [0]) }
    }

    @Test("a changed bit is refused or is another row: no two encodings mean the same", arguments: 0..<6 as Range<UInt64>)
    func canonical(seed: UInt64) {
        let bytes = state(SeededRandom(seed)).encoded
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if let read = try? decode(changed), read.encoded != changed { Issue.record("bit \(bit) means nothing") }
        }
    }

    @Test("bytes that are no row are refused, however long", arguments: 0..<200 as Range<UInt64>)
    func hostile(seed: UInt64) {
        let random = SeededRandom(seed)
        var bytes = random.bytes(Int(random.number(below: 2_000)))
        if !bytes.isEmpty { bytes[0] = 1 }
        if let read = try? decode(bytes) { #expect(read.encoded == bytes) }
    }

    @Test("a payment or a recovery code twice is refused")
    func duplicates() {
        var twice = AuthenticatorState()
        let payment = AuthenticatorState.Payment(
            kind: .code, digest: AttemptDigest(bytes: [UInt8](repeating: 1, count: 16)), time: Timestamp(milliseconds: 0))
        twice.payments = [payment, payment]
        #expect(throws: MalformedBytes.self) { try decode(twice.encoded) }
        twice.payments = []
        let digest = [UInt8](repeating: 2, count: 16)
        twice.recovery = .init(keyID: 1, box: [UInt8](repeating: 0, count: 104), digests: [digest, digest])
        #expect(throws: MalformedBytes.self) { try decode(twice.encoded) }
    }

    @Test("rows have the sizes that the format says, and are in the partition of the subject")
    func sizes() async throws {
        #expect(AuthenticatorState().encoded.count == 148)
        let bench = AuthenticatorBench()
        _ = try await bench.enrol()
        var state = try await bench.state
        state.answer = nil
        #expect(state.encoded.count == 148 + 130 + 269)
        let key = AuthenticatorState.key(of: bench.person.id, in: .large)
        #expect(key.partition == PartitionCount.large.partition(of: bench.person.id.bytes) && key.row == bench.person.id.bytes)
    }
}
