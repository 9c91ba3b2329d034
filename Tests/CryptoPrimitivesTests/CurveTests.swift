import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Signatures and key agreement agree with others")
struct CurveTests {
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

    /// Of those that a verifier may accept, keys of small order are refused: anything verifies under them.
    @Test func signaturesAreJudgedAsByWycheproof() throws {
        let lines = try vectors("wycheproof-ed25519")
        #expect(lines.count == 210)
        for line in lines {
            let isValid = SignatureVerification.isValid(try bytes(line[4]), of: try bytes(line[3]), by: try bytes(line[2]))
            if line[1] != "mixed-order" { #expect(isValid == (line[1] == "valid"), "\(line[0])") }
        }
    }

    @Test func agreementMatchesRFC7748() throws {
        for line in try vectors("rfc7748-x25519") {
            switch line[0] {
            case "once": #expect(try agree(bytes(line[1]), bytes(line[2])) == bytes(line[3]))
            case "base": #expect(X25519.publicKey(of: SecretBytes(copying: try bytes(line[1]))) == (try bytes(line[2])))
            default:
                var (scalar, point) = ([9] + [UInt8](repeating: 0, count: 31), [9] + [UInt8](repeating: 0, count: 31))
                for _ in 0..<(try #require(Int(line[1]))) { (scalar, point) = (try agree(scalar, point), scalar) }
                #expect(scalar == (try bytes(line[2])))
            }
        }
    }

    /// Where the shared secret would be zero, there is none.
    @Test func agreementMatchesWycheproof() throws {
        let lines = try vectors("wycheproof-x25519")
        #expect(lines.count == 518)
        for line in lines {
            let (publicKey, secret, shared) = (try bytes(line[2]), try bytes(line[3]), try bytes(line[4]))
            if shared.allSatisfy({ $0 == 0 }) {
                #expect(throws: CryptoError.self, "\(line[0])") { try agree(secret, publicKey) }
            } else {
                #expect(try agree(secret, publicKey) == shared, "\(line[0])")
            }
        }
    }

    private func agree(_ secret: [UInt8], _ publicKey: [UInt8]) throws(CryptoError) -> [UInt8] {
        try X25519.agree(secret: SecretBytes(copying: secret), publicKey: publicKey).withUnsafeBytes { Array($0) }
    }
}
