import CryptoPrimitives

/// ASCII text that goes straight into guarded memory, so that no string or array of it is ever made.
///
/// What writes the text runs twice, first only to be counted; so it must write the same both times.
struct SecretText {
    private let target: UnsafeMutableRawBufferPointer?
    private(set) var count = 0

    static func make(_ write: (inout SecretText) -> Void) -> SecretBytes {
        var counted = SecretText(target: nil)
        write(&counted)
        let count = counted.count
        return SecretBytes(count: count) { target in
            var text = SecretText(target: target)
            write(&text)
            precondition(text.count == count, "A text is written twice in the same way.")
        }
    }

    private init(target: UnsafeMutableRawBufferPointer?) { self.target = target }

    mutating func append(_ byte: UInt8) {
        if let target {
            precondition(count < target.count, "A text is written twice in the same way.")
            target[count] = byte
        }
        count += 1
    }

    /// Text that is no secret by itself.
    mutating func append(_ text: some StringProtocol) {
        for byte in text.utf8 { append(byte) }
    }

    /// A number of up to three digits, as decimals.
    mutating func append(decimal number: Int) {
        precondition((0...999).contains(number), "A number has up to three digits.")
        if number >= 100 { append(0x30 + UInt8(number / 100)) }
        if number >= 10 { append(0x30 + UInt8(number / 10 % 10)) }
        append(0x30 + UInt8(number % 10))
    }

    /// Everything but RFC 3986's unreserved characters as `%` and two hexadecimal digits.
    mutating func append(percentEncoding text: String) {
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: append(byte)
            default:
                append(0x25)
                append(Self.hexadecimal(byte >> 4))
                append(Self.hexadecimal(byte & 15))
            }
        }
    }

    private static func hexadecimal(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    /// Upper-case base 32 without padding; a space after every `group` characters, if there are to be any. Source: RFC 4648 §6.
    mutating func append(base32 secret: borrowing SecretBytes, group: Int = .max) {
        secret.withUnsafeBytes { bytes in
            let characters = (bytes.count * 8 + 4) / 5
            for index in 0..<characters {
                if index > 0, index % group == 0 { append(0x20) }
                var value: UInt8 = 0
                for bit in 5 * index..<5 * index + 5 {
                    value = value << 1 | (bit < 8 * bytes.count ? bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 : 0)
                }
                append(value < 26 ? 0x41 + value : 0x18 + value)
            }
        }
    }
}
