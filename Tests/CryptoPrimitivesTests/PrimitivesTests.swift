import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Boxes open only as they were sealed")
struct BoxTests {
    let random = SystemRandomSource()

    @Test func everyBitOfACommittingBoxCounts() throws {
        let key = SecretBytes(random: random)
        let secret = SecretBytes(copying: Array("thirty-two bytes of something!!!".utf8))
        let box = CommittingAEAD.seal(secret, key: key, label: "SPNI/v1/test", context: [1, 2, 3], random: random)
        #expect(box.count == 32 + CommittingAEAD.overhead)
        let opened = try CommittingAEAD.open(box, key: key, label: "SPNI/v1/test", context: [1, 2, 3])
        #expect(opened.withUnsafeBytes { Array($0) } == Array("thirty-two bytes of something!!!".utf8))
        for bit in 0..<box.count * 8 {
            var changed = box
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CryptoError.self) { _ = try CommittingAEAD.open(changed, key: key, label: "SPNI/v1/test", context: [1, 2, 3]) }
        }
        for cut in 0..<box.count {
            #expect(throws: CryptoError.self) {
                _ = try CommittingAEAD.open(Array(box[..<cut]), key: key, label: "SPNI/v1/test", context: [1, 2, 3])
            }
        }
        #expect(throws: CryptoError.self) { _ = try CommittingAEAD.open(box, key: key, label: "SPNI/v1/test", context: [1, 2]) }
        #expect(throws: CryptoError.self) { _ = try CommittingAEAD.open(box, key: key, label: "SPNI/v1/other", context: [1, 2, 3]) }
    }

    @Test func everyBitOfASealedBoxCounts() throws {
        let secret = SecretBytes(random: random)
        let publicKey = X25519.publicKey(of: secret)
        let message: [UInt8] = Array(0..<32)
        let box = try message.withUnsafeBytes { plaintext throws(CryptoError) in
            try SealedBox.seal(plaintext, to: publicKey, label: "SPNI/v1/test", context: [9], random: random)
        }
        #expect(box.count == 112)
        #expect(try SealedBox.open(box, with: secret, label: "SPNI/v1/test", context: [9]).withUnsafeBytes { Array($0) } == message)
        for bit in 0..<box.count * 8 {
            var changed = box
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            // X25519 ignores the highest bit of a point; the hash over the point does not.
            #expect(throws: CryptoError.self) { _ = try SealedBox.open(changed, with: secret, label: "SPNI/v1/test", context: [9]) }
        }
        #expect(throws: CryptoError.self) {
            _ = try SealedBox.open(box, with: SecretBytes(random: random), label: "SPNI/v1/test", context: [9])
        }
    }

    @Test func aSealedBoxRefusesPointsOfLowOrder() {
        #expect(throws: CryptoError.self) {
            _ = try [UInt8](repeating: 7, count: 4).withUnsafeBytes { plaintext throws(CryptoError) in
                try SealedBox.seal(plaintext, to: [UInt8](repeating: 0, count: 32), label: "SPNI/v1/test", context: [], random: random)
            }
        }
    }
}

@Suite("Guarded memory")
struct GuardedMemoryTests {
    @Test func releasedSlotsAreWiped() {
        let mark: [UInt8] = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        var address: UnsafeRawPointer?
        do {
            let secret = SecretBytes(copying: mark)
            address = secret.withUnsafeBytes { $0.baseAddress }
            #expect(secret.withUnsafeBytes { Array($0) } == mark)
        }
        // The slot still belongs to its slab, so it may be read.
        let after = UnsafeRawBufferPointer(start: address, count: mark.count)
        #expect(Array(after) != mark)
    }

    @Test(arguments: [0, 1, 31, 32, 33, 64, 65, 256, 257, 1_024, 1_025, 100_000])
    func everySizeHoldsItsBytes(count: Int) {
        let secret = SecretBytes(count: count, random: SystemRandomSource())
        #expect(secret.count == count)
        let copy = secret.duplicate()
        #expect(secret.withUnsafeBytes { a in copy.withUnsafeBytes { constantTimeEquals(a, $0) } })
    }

    @Test func slotsAreNeverSharedBetweenTasks() async {
        await withTaskGroup { group in
            for value in UInt8(0)..<16 {
                group.addTask {
                    for _ in 0..<500 {
                        let secret = SecretBytes(count: 32) { target in for index in 0..<32 { target[index] = value } }
                        await Task.yield()
                        #expect(secret.withUnsafeBytes { $0.allSatisfy { $0 == value } })
                    }
                }
            }
        }
    }

    @Test func aNumberHasOneEncoding() throws {
        let number = try secretNumber("41446681800")
        let plaintext = number.withPlaintext { Array($0) }
        #expect(plaintext.count == 32)
        #expect(try SecretNumber(plaintext: SecretBytes(copying: plaintext)).equals(number))
        var changes = [plaintext, plaintext, plaintext, plaintext]
        changes[0][31] = 1
        changes[1][0] = 2
        changes[2][1] = 31
        changes[3][5] = 0x2B
        for changed in changes {
            #expect(throws: CryptoError.self) { _ = try SecretNumber(plaintext: SecretBytes(copying: changed)) }
        }
        for bad in ["", "1", "12", "+41446681800", "4144668180a", String(repeating: "1", count: 31)] {
            #expect(throws: CryptoError.self) { _ = try secretNumber(bad) }
        }
    }
}
