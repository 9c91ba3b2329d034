import CryptoPrimitives
import RecordStorage

/// A signed tree head. Source: C2SP tlog-checkpoint in a C2SP signed-note.
///
/// Three lines (origin, size in decimal, root in base 64), an empty line, and a line `— name base64(hash 4 ‖ signature 64)`.
public struct Checkpoint: Hashable, Sendable {
    /// The name of the log.
    public let origin: String
    public let head: TreeHead

    init(origin: String, head: TreeHead) {
        self.origin = origin
        self.head = head
    }

    /// What is signed.
    var body: [UInt8] { Array("\(origin)\n\(head.size)\n\(Base64.encode(head.root))\n".utf8) }

    /// The whole note.
    func note(signedBy key: borrowing SigningKey, as name: LogKey) -> [UInt8] {
        body + Array("\n\u{2014} \(name.name) \(Base64.encode(name.hash + key.sign(body)))\n".utf8)
    }

    /// Reads a note and checks that `key` signed it. Signatures of other keys, such as witnesses, are passed over.
    ///
    /// - Throws: ``AuditError`` with code `.malformed` or `.badSignature`.
    public init(verifying note: [UInt8], by key: LogKey) throws(AuditError) {
        let path = TilePath.checkpoint
        guard note.count <= 65_536, String(validating: note, as: UTF8.self) != nil,
            note.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }), note.last == 0x0A, let end = Self.bodyEnd(note)
        else { throw AuditError(.malformed, "The checkpoint is not a signed note.", path: path) }
        let body = Array(note[..<end])
        try Self.verify(body, lines: String(decoding: note[(end + 1)...], as: UTF8.self), key)
        let lines = String(decoding: body, as: UTF8.self).dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }), let size = UInt64(lines[1]), String(size) == lines[1],
            let root = Base64.decode(lines[2]), root.count == MerkleHash.length
        else { throw AuditError(.malformed, "The signed text is not a checkpoint: origin, size and root.", path: path) }
        guard lines[0] == key.name else {
            throw AuditError(.badSignature, "The checkpoint is of the log \(lines[0]), the key of \(key.name).", path: path)
        }
        self.init(origin: String(lines[0]), head: TreeHead(size: size, root: root))
    }

    /// The length of the text: up to and with the line feed before the last empty line.
    private static func bodyEnd(_ note: [UInt8]) -> Int? {
        (1..<note.count).last { note[$0] == 0x0A && note[$0 - 1] == 0x0A }
    }

    private static func verify(_ body: [UInt8], lines: String, _ key: LogKey) throws(AuditError) {
        let path = TilePath.checkpoint
        var isSigned = false
        for line in lines.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}", let signature = Base64.decode(parts[2]), signature.count > 4 else {
                throw AuditError(.badSignature, "A signature line of the checkpoint cannot be read.", path: path)
            }
            guard parts[1] == key.name, Array(signature[..<4]) == key.hash else { continue }
            guard SignatureVerification.isValid(Array(signature[4...]), of: body, by: key.publicKey) else {
                throw AuditError(.badSignature, "The signature of \(key.name) does not belong to this checkpoint.", path: path)
            }
            isSigned = true
        }
        guard isSigned else {
            throw AuditError(.badSignature, "The checkpoint has no signature of \(key.name) under this key.", path: path)
        }
    }
}
