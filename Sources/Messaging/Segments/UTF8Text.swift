/// Reads UTF-8 where it lies, in guarded memory, without a `String` of it.
package enum UTF8Text {
    /// The character that begins at `position`, and of how many bytes it is; `nil` where there is none.
    ///
    /// Overlong forms, surrogates and what lies beyond U+10FFFF are none.
    /// Source: Unicode 16.0, table 3-7.
    static func scalar(in text: UnsafeRawBufferPointer, at position: Int) -> (Unicode.Scalar, length: Int)? {
        let first = UInt32(text[position])
        let (length, smallest): (Int, UInt32) =
            switch first {
            case 0x00...0x7F: (1, 0)
            case 0xC2...0xDF: (2, 0x80)
            case 0xE0...0xEF: (3, 0x800)
            case 0xF0...0xF4: (4, 0x10000)
            default: (0, 0)
            }
        guard length > 0, position + length <= text.count else { return nil }
        var value = length == 1 ? first : first & (0xFF >> UInt32(length + 1))
        for index in 1..<max(length, 1) {
            let byte = UInt32(text[position + index])
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | byte & 0x3F
        }
        guard value >= smallest, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    /// The character at `position`, which moves behind it; U+FFFD for a byte that begins none.
    package static func next(in text: UnsafeRawBufferPointer, _ position: inout Int) -> Unicode.Scalar {
        guard let (scalar, length) = scalar(in: text, at: position) else {
            position += 1
            return "\u{FFFD}"
        }
        position += length
        return scalar
    }
}
