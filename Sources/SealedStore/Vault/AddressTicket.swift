package import CryptoPrimitives
package import IdentityTypes
import RecordStorage

/// An e-mail address on its way between begin and completion, as ``NumberTicket`` is for a number: in the challenge token, sealed.
///
/// The address's uniqueness tag 32, the tag's epoch u32, the address in UTF-8.
package struct AddressTicket: ~Copyable {
    package let address: SecretBytes
    package let tag: UniquenessTag
    package let epoch: UInt32

    /// For sealing.
    package static func encode(_ address: borrowing SecretBytes, tags: NumberTags) -> SecretBytes {
        var head = ByteWriter(capacity: 36)
        head.fixed(tags.uniqueness.bytes)
        head.u32(tags.epoch)
        return SecretBytes(count: 36 + address.count) { target in
            target.copyBytes(from: head.bytes)
            let tail = UnsafeMutableRawBufferPointer(rebasing: target[36...])
            address.withUnsafeBytes { tail.copyMemory(from: $0) }
        }
    }

    /// - Throws: ``VaultError`` with code `.refused` when the bytes are no ticket.
    package init(_ bytes: borrowing SecretBytes) throws(VaultError) {
        guard bytes.count > 36, let tag = UniquenessTag(bytes: bytes.slice(0, 32).withUnsafeBytes { Array($0) }) else {
            throw VaultError(.refused, "The challenge token holds no address in a known format.")
        }
        self.tag = tag
        epoch = bytes.slice(32, 4).withUnsafeBytes { $0.reduce(0) { $0 << 8 | UInt32($1) } }
        address = bytes.slice(36, bytes.count - 36)
    }
}
