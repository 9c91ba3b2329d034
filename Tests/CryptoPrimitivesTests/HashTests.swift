import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Hashes agree with others")
struct HashTests {
    @Test func labelledHashesMatchAnIndependentImplementation() throws {
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

    /// Source: RFC 4231 §4.3, §4.7.
    @Test func signaturesOfGatewaysTakeKeysOfAnyLength() throws {
        for (key, message, expected) in [
            (Array("Jefe".utf8), "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            (
                [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ] {
            let secret = SecretBytes(copying: key)
            let message = SecretBytes(copying: Array(message.utf8))
            let signature = message.withUnsafeBytes { HMACSHA256.sign($0, key: secret) }
            #expect(signature.withUnsafeBytes { Hexadecimal.encode($0) } == expected)
        }
    }

    /// The official vectors have no label: they reach the hash below it.
    @Test func keyedHashesMatchTheReferenceImplementation() throws {
        let key = SecretBytes(copying: Array(0..<64))
        let lines = try vectors("blake2b-keyed")
        #expect(lines.count == 256)
        for (count, line) in lines.enumerated() {
            let input = (0..<count).map { UInt8($0) }
            var hash = key.withUnsafeBytes { BLAKE2b(key: $0, length: 64) }
            input[..<(count / 2)].withUnsafeBytes { hash.update($0) }
            input[(count / 2)...].withUnsafeBytes { hash.update($0) }
            #expect(hash.finish() == (try bytes(line[0])), "\(count) bytes")
        }
    }

    @Test func passphraseKeysMatchTheReferenceImplementation() throws {
        for line in try vectors("argon2id") {
            let work = PassphraseWork(operations: try #require(UInt32(line[0])), memory: try #require(UInt32(line[1])))
            let key = try work.key(passphrase: SecretBytes(copying: try bytes(line[2])), salt: try bytes(line[3]))
            #expect(key.withUnsafeBytes { Array($0) } == (try bytes(line[4])))
        }
    }

    @Test func sha1MatchesTheStandard() throws {
        for line in try vectors("rfc3174-sha1") {
            let (message, times) = (try bytes(line[0]), try #require(Int(line[1])))
            let hash = withTemporaryBytes(SHA1.memoryLength + SHA1.length) { memory in
                let target = UnsafeMutableRawBufferPointer(rebasing: memory[SHA1.memoryLength...])
                var state = SHA1(in: memory)
                for _ in 0..<times { state.update(message) }
                state.finish(into: target)
                return Array(target)
            }
            #expect(hash == (try bytes(line[2])), "\(times) times \(message.count) bytes")
        }
    }

    @Test func authenticatorsUnderKeysOfAnyLengthMatchTheStandards() throws {
        for line in try vectors("rfc2202-rfc4231-hmac") {
            let key = SecretBytes(copying: try bytes(line[1]))
            let message = try bytes(line[2])
            let made = line[0] == "sha1" ? HMACSHA1.authenticate(message, key: key) : HMACSHA512.authenticate(message, key: key)
            #expect(made.withUnsafeBytes { Array($0) } == (try bytes(line[3])), "\(line[0]), key of \(key.count) bytes")
        }
    }
}
