import CryptoPrimitives
import RecordStorage

/// The public key of a log, in the one line that `log.pub` holds: `name+hash+key`.
///
/// `hash` is 8 hexadecimal digits, the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key 32); `key` is base 64 of
/// 0x01 ‖ public key. Source: C2SP signed-note; the text is the one `golang.org/x/mod/sumdb/note` reads.
public struct LogKey: Hashable, Sendable {
    /// The name of the log, which is the origin line of its checkpoints.
    public let name: String
    /// Ed25519, 32 bytes.
    public let publicKey: [UInt8]

    /// - Throws: ``AuditError`` with code `.badKey`.
    public init(name: String, publicKey: [UInt8]) throws(AuditError) {
        guard Self.isName(name) else {
            throw AuditError(.badKey, "A log's name has no spaces, no control characters and no plus sign, and is not empty.")
        }
        guard publicKey.count == 32 else { throw AuditError(.badKey, "A log's public key has 32 bytes.") }
        self.name = name
        self.publicKey = publicKey
    }

    /// - Parameter text: one line; a line feed after it is allowed.
    /// - Throws: ``AuditError`` with code `.badKey`.
    public init(_ text: String) throws(AuditError) {
        let line = text.hasSuffix("\n") ? String(text.dropLast()) : text
        // Base 64 has plus signs too, so only the first two part the fields.
        let parts = line.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let key = Base64.decode(parts[2]), key.count == 33, key[0] == 1 else {
            throw AuditError(.badKey, "The key is not a line of the form name+hash+key with an Ed25519 key.")
        }
        try self.init(name: String(parts[0]), publicKey: Array(key[1...]))
        guard Hexadecimal.encode(hash) == parts[1] else {
            throw AuditError(.badKey, "The key's hash does not belong to its name and bytes; the line was changed or cut.")
        }
    }

    /// The line of `log.pub`, without a line feed.
    public var text: String { "\(name)+\(Hexadecimal.encode(hash))+\(Base64.encode([1] + publicKey))" }

    /// Four bytes that tell which key a signature line is from.
    var hash: [UInt8] { Array(SHA256.hash(Array(name.utf8) + [0x0A, 0x01] + publicKey)[..<4]) }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar != "+" && !scalar.properties.isWhitespace && scalar.value >= 0x20 && scalar.value != 0x7F
            }
    }
}
