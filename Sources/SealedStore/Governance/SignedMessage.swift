import CryptoPrimitives
import RecordStorage

/// How governance messages are signed: Ed25519 over a BLAKE2b-256 of a label and the bytes, so that no message can be taken for one of
/// another kind.
enum SignedMessage {
    static func digest(_ label: StaticString, _ bytes: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(label: label)
        hash.append(bytes)
        return hash.finish()
    }

    /// Reads a whole message with `read`. - Throws: ``VaultError`` with code `.malformed`.
    static func decode<Value>(
        _ bytes: [UInt8], _ name: String, _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(VaultError) -> Value {
        do {
            var reader = ByteReader(bytes)
            let value = try read(&reader)
            try reader.finish()
            return value
        } catch {
            throw VaultError(.malformed, "This is no \(name) of a version that is known here, or it was cut.")
        }
    }
}
