import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Authenticated encryption agrees with others")
struct AEADTests {
    @Test func itMatchesTheXChaChaDraft() throws {
        for line in try vectors("xchacha-draft-03") {
            try check(
                key: line[0], nonce: bytes(line[1]), data: bytes(line[2]), plaintext: bytes(line[3]), sealed: bytes(line[4]), isValid: true)
        }
    }

    @Test func itMatchesWycheproof() throws {
        let lines = try vectors("wycheproof-xchacha20-poly1305")
        #expect(lines.count == 315)
        for line in lines {
            try check(
                key: line[2], nonce: bytes(line[3]), data: bytes(line[4]), plaintext: bytes(line[5]), sealed: bytes(line[6]),
                isValid: line[1] == "valid")
        }
    }

    @Test func theReferenceMatchesRFC8439() throws {
        for line in try vectors("rfc8439-chacha20-poly1305") {
            let fields = try line.dropFirst().map { $0 == "1" ? [] : try bytes($0) }
            switch line[0] {
            case "block": #expect(ChaChaReference.block(key: fields[0], counter: 1, nonce: fields[1]) == fields[3])
            case "poly1305": #expect(ChaChaReference.authenticate(fields[1], key: fields[0]) == fields[2])
            case "hchacha": #expect(ChaChaReference.subkey(key: fields[0], nonce: fields[1]) == fields[2])
            default:
                #expect(ChaChaReference.seal(fields[3], key: fields[0], nonce: fields[1], associatedData: fields[2]) == fields[4])
            }
        }
    }

    @Test func itMatchesTheReferenceOnRandomInputs() throws {
        let random = SeededRandomSource(seed: 8_439)
        for count in 0..<300 {
            let (key, nonce) = (random.bytes(32), random.bytes(24))
            let (data, plaintext) = (random.bytes(count % 37), random.bytes(count))
            let expected = ChaChaReference.sealLong(plaintext, key: key, nonce: nonce, associatedData: data)
            let secret = SecretBytes(copying: key)
            #expect(plaintext.withUnsafeBytes { AEAD.seal($0, key: secret, nonce: nonce, associatedData: data) } == expected)
        }
    }

    private func check(key: String, nonce: [UInt8], data: [UInt8], plaintext: [UInt8], sealed: [UInt8], isValid: Bool) throws {
        let key = SecretBytes(copying: try bytes(key))
        guard isValid else {
            #expect(throws: CryptoError.self) { _ = try AEAD.open(sealed, key: key, nonce: nonce, associatedData: data) }
            return
        }
        #expect(plaintext.withUnsafeBytes { AEAD.seal($0, key: key, nonce: nonce, associatedData: data) } == sealed)
        let opened = try AEAD.open(sealed, key: key, nonce: nonce, associatedData: data)
        #expect(opened.withUnsafeBytes { Array($0) } == plaintext)
    }
}
