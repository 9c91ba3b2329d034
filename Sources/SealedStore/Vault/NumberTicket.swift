package import CryptoPrimitives
package import IdentityTypes
import RecordStorage

/// A number on its way between begin and completion: sealed inside the challenge token, stored nowhere.
///
/// 73 bytes: the number's 32-byte plaintext, its uniqueness tag 32, the tag's epoch u32, the channel u8, the region as 3 ASCII
/// characters filled up with zeros, whether it is a new holder's u8. The tag goes along so that completion asks the evaluator for nothing.
package struct NumberTicket: ~Copyable {
    package static let length = 73

    package let number: SecretNumber
    package let tag: UniquenessTag
    package let epoch: UInt32
    /// How the code goes out: 0 a text, 1 a call because it was asked for, 2 a call because nothing else reaches the line.
    package let channel: UInt8
    package var isFixedLine: Bool { channel == 2 }
    /// Up to 3 characters.
    package let region: String
    /// Whether whoever asks says that the account which has the number is not theirs.
    package let isNewHolder: Bool

    /// For sealing.
    package static func encode(
        _ number: borrowing SecretNumber, tags: NumberTags, channel: UInt8, region: String, isNewHolder: Bool = false
    ) -> SecretBytes {
        SecretBytes(count: length) { target in
            number.withPlaintext { target.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: target[32...]).copyBytes(from: tags.uniqueness.bytes)
            var epoch = ByteWriter()
            epoch.u32(tags.epoch)
            UnsafeMutableRawBufferPointer(rebasing: target[64...]).copyBytes(from: epoch.bytes + [channel] + region.utf8.prefix(3))
            target[72] = isNewHolder ? 1 : 0
        }
    }

    /// - Throws: ``VaultError`` with code `.refused` when the bytes are no ticket.
    package init(_ bytes: borrowing SecretBytes) throws(VaultError) {
        let refusal = VaultError(.refused, "The challenge token holds no number in a known format.")
        guard bytes.count == Self.length else { throw refusal }
        guard let tag = UniquenessTag(bytes: bytes.slice(32, 32).withUnsafeBytes { Array($0) }) else { throw refusal }
        do { number = try SecretNumber(plaintext: bytes.slice(0, 32)) } catch { throw refusal }
        self.tag = tag
        epoch = bytes.slice(64, 4).withUnsafeBytes { $0.reduce(0) { $0 << 8 | UInt32($1) } }
        channel = bytes.withUnsafeBytes { $0[68] }
        region = bytes.withUnsafeBytes { String(decoding: $0[69..<72].prefix { $0 != 0 }, as: UTF8.self) }
        isNewHolder = bytes.withUnsafeBytes { $0[72] == 1 }
    }
}

extension NumberVault {
    /// Takes a number over from where it was typed: the one way into guarded memory.
    ///
    /// - Parameter e164: `+` and ASCII digits.
    /// - Throws: ``VaultError`` with code `.refused` for anything else.
    package static func guarded(e164: Span<UInt8>) throws(VaultError) -> SecretNumber {
        let refusal = VaultError(.refused, "A number is a plus sign and 3 to 30 digits.")
        guard e164.count > 1, e164[0] == 0x2B else { throw refusal }
        let result: SecretNumber? = e164.withUnsafeBufferPointer { bytes in
            try? SecretNumber(digits: UnsafeBufferPointer(rebasing: bytes[1...]))
        }
        guard let result else { throw refusal }
        return result
    }
}
