import CryptoPrimitives
import RecordStorage

/// Who signs the roster: Ed25519 keys, and how many of them it takes. Every party has it in its keyring, so that no roster is taken
/// on anybody else's word.
///
/// Bytes: threshold u8, count u8, 32 bytes each.
public struct CustodianSet: Hashable, Sendable {
    /// At least 2.
    public let threshold: Int
    /// 32 bytes each.
    public let keys: [[UInt8]]

    /// - Parameters:
    ///   - threshold: 2…count.
    ///   - keys: 2…16 different ones.
    /// - Throws: ``VaultError`` with code `.refused`.
    public init(threshold: Int, keys: [[UInt8]]) throws(VaultError) {
        guard (2...16).contains(keys.count), (2...keys.count).contains(threshold), Set(keys).count == keys.count,
            keys.allSatisfy({ $0.count == 32 })
        else { throw VaultError(.refused, "A roster is signed by 2 to 16 custodians, at least two of whom must agree.") }
        self.threshold = threshold
        self.keys = keys
    }

    package init(bytes: [UInt8]) throws(VaultError) {
        let (threshold, keys) = try SignedMessage.decode(bytes, "list of custodians") { reader throws(MalformedBytes) in
            let threshold = Int(try reader.u8())
            var keys: [[UInt8]] = []
            for _ in 0..<(try reader.u8()) { keys.append(try reader.fixed(32)) }
            return (threshold, keys)
        }
        try self.init(threshold: threshold, keys: keys)
    }

    package var bytes: [UInt8] { [UInt8(threshold), UInt8(keys.count)] + keys.flatMap { $0 } }
}

extension CustodianSet {
    /// What a keyring names; `nil` where it names none.
    init?(in file: borrowing KeyringFile) throws(KeyringError) {
        guard let bytes = file.optionalValue("custodians") else { return nil }
        do { try self.init(bytes: bytes) } catch { throw KeyringError(.malformed, "\(file.name): \(error.reason)") }
    }
}
