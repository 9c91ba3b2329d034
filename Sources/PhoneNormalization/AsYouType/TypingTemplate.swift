internal import CPhoneMetadata

/// A number in a format, with places for the digits that have not been typed yet.
struct TypingTemplate: Sendable {
    /// As many digits as a template is made for.
    static let longest = 15
    private static let place: UInt8 = 1

    private var text: [UInt8] = []
    private var next = 0

    /// Without places.
    mutating func clear() {
        text.removeAll(keepingCapacity: true)
        next = 0
    }

    /// Becomes the template of a format.
    ///
    /// - Parameter longest: how many digits, which the format must take.
    mutating func take(_ format: phone_format, longest: Int) {
        clear()
        Self.forEachByte(of: format, count: longest) { text.append($0) }
    }

    /// Fills the next place. - Returns: whether there was one.
    mutating func fill(_ digit: UInt8) -> Bool {
        while next < text.count, text[next] != Self.place { next += 1 }
        guard next < text.count else { return false }
        text[next] = digit
        next += 1
        return true
    }

    /// The text up to the place filled last.
    var filled: ArraySlice<UInt8> { text[..<next] }

    /// Writes a number in a format that takes so many digits.
    static func write(_ digits: [UInt8], in format: phone_format, to line: inout [UInt8]) {
        var next = 0
        forEachByte(of: format, count: digits.count) { byte in
            if byte == place, next < digits.count {
                line.append(digits[next])
                next += 1
            } else {
                line.append(byte)
            }
        }
    }

    @inline(__always)
    private static func forEachByte(of format: phone_format, count: Int, _ body: (UInt8) -> Void) {
        let groups = DigitGroups(format, count: count)
        var next = phone_table_strings() + Int(format.international)
        while next.pointee != 0 {
            if next.pointee < 8 {
                for _ in groups[Int(next.pointee) - 1] { body(place) }
            } else {
                body(next.pointee)
            }
            next += 1
        }
    }
}
