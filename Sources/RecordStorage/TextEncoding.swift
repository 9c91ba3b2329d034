/// Lowercase hexadecimal.
package enum Hexadecimal {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x57 + value
    }

    /// `nil` unless the text is pairs of hexadecimal digits.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x57
            case 0x41...0x46: byte - 0x37
            default: nil
            }
        }
        guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0 != nil }) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }
}

/// An alphabet of 2^`bits` ASCII characters, most significant bits first.
private struct Radix {
    let bits: Int
    let alphabet: [UInt8]
    let padding: Int

    func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 8 / bits + 4)
        var pending: UInt32 = 0
        var count = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 8
            while count >= bits {
                count -= bits
                text.append(alphabet[Int(pending >> UInt32(count)) & (1 << bits - 1)])
            }
            pending &= 1 << UInt32(count) - 1
        }
        if count > 0 { text.append(alphabet[Int(pending << UInt32(bits - count)) & (1 << bits - 1)]) }
        while padding > 0, !text.count.isMultiple(of: padding) { text.append(0x3D) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Accepts the one canonical encoding alone.
    func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            if character == 0x3D, padding > 0 { continue }
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            pending = pending << UInt32(bits) | UInt32(value)
            count += bits
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(count)))
                pending &= 1 << UInt32(count) - 1
            }
        }
        return encode(bytes) == text ? bytes : nil
    }
}

/// Lowercase base 32 without padding, alphabet `a-z2-7`. Source: RFC 4648 §6, in lower case.
package enum Base32 {
    private static let radix = Radix(bits: 5, alphabet: Array("abcdefghijklmnopqrstuvwxyz234567".utf8), padding: 0)
    package static func encode(_ bytes: [UInt8]) -> String { radix.encode(bytes) }
    package static func decode(_ text: some StringProtocol) -> [UInt8]? { radix.decode(text) }
}

/// Base 64 with padding. Source: RFC 4648 §4.
package enum Base64 {
    private static let radix = Radix(
        bits: 6, alphabet: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8), padding: 4)
    package static func encode(_ bytes: [UInt8]) -> String { radix.encode(bytes) }
    package static func decode(_ text: some StringProtocol) -> [UInt8]? { radix.decode(text) }
}

/// Base 64 for addresses and cookies, without padding. Source: RFC 4648 §5.
package enum Base64URL {
    private static let radix = Radix(
        bits: 6, alphabet: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8), padding: 0)
    package static func encode(_ bytes: [UInt8]) -> String { radix.encode(bytes) }
    package static func decode(_ text: some StringProtocol) -> [UInt8]? { radix.decode(text) }
}
