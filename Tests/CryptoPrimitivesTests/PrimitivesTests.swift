import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Primitives agree with their standards")
struct PrimitivesTests {
    @Test func oprfBlindingAndEvaluationMatchRFC9497() throws {
        for line in try vectors("rfc9497-oprf-ristretto255") {
            let element = Ristretto255.hashToGroup(try bytes(line[1]))
            let blinded = try Ristretto255.multiply(element, by: SecretBytes(copying: try bytes(line[2])))
            #expect(blinded == (try bytes(line[3])))
            #expect(try Ristretto255.multiply(blinded, by: SecretBytes(copying: try bytes(line[0]))) == bytes(line[4]))
        }
    }

    @Test func signaturesMatchRFC8032() throws {
        for line in try vectors("rfc8032-ed25519") {
            let key = SigningKey(seed: SecretBytes(copying: try bytes(line[0])))
            let (publicKey, message, signature) = (try bytes(line[1]), try bytes(line[2]), try bytes(line[3]))
            #expect(key.publicKey == publicKey)
            #expect(key.sign(message) == signature)
            #expect(SignatureVerification.isValid(signature, of: message, by: publicKey))
            #expect(!SignatureVerification.isValid(signature, of: message + [0], by: publicKey))
            #expect(!SignatureVerification.isValid([], of: message, by: publicKey))
        }
    }

    @Test func aeadMatchesTheXChaChaDraft() throws {
        for line in try vectors("xchacha-draft-03") {
            let (nonce, data, plaintext, sealed) = (try bytes(line[1]), try bytes(line[2]), try bytes(line[3]), try bytes(line[4]))
            let key = SecretBytes(copying: try bytes(line[0]))
            let made = plaintext.withUnsafeBytes { AEAD.seal($0, key: key, nonce: nonce, associatedData: data) }
            #expect(made == sealed)
            let opened = try AEAD.open(sealed, key: key, nonce: nonce, associatedData: data)
            #expect(opened.withUnsafeBytes { Array($0) } == plaintext)
        }
    }

    @Test func hashesMatchAnIndependentImplementation() throws {
        for line in try vectors("keyed-hashes") {
            let key = SecretBytes(copying: try bytes(line[1]))
            let expected = try bytes(line[4])
            if line[0] == "hmac" {
                #expect(HMACSHA256.authenticate(try bytes(line[3]), key: key).withUnsafeBytes { Array($0) } == expected)
            } else {
                var hash = BLAKE2b(label: "SPNI/v1/test", key: key, length: expected.count)
                if line[3] != "none" { for field in line[3].split(separator: ",") { hash.append(try bytes(String(field))) } }
                #expect(hash.finish() == expected)
            }
        }
    }

    @Test func groupRefusesWhatIsNoElement() throws {
        let scalar = Ristretto255.scalar(random: SystemRandomSource())
        for bad in [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32), [UInt8](repeating: 1, count: 31)] {
            #expect(throws: CryptoError.self) { try Ristretto255.multiply(bad, by: scalar) }
        }
    }
}

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
