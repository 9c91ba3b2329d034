internal import CPhoneMetadata

/// A number in a format, with places for the digits that have not been typed yet.
struct TypingTemplate: Sendable {
    /// As many digits as a template is made for.
    static let longest = 15
    private static let place: UInt8 = 1

    private var text: [UInt8] = []
    private var next = 0

    init() {}

    /// - Parameter longest: how many digits, which the format must take.
    init(_ format: phone_format, longest: Int) {
        let groups = DigitGroups(format, count: longest)
        var next = phone_table_strings() + Int(format.international)
        while next.pointee != 0 {
            if next.pointee < 8 {
                text += [UInt8](repeating: Self.place, count: groups[Int(next.pointee) - 1].count)
            } else {
                text.append(next.pointee)
            }
            next += 1
        }
    }

    /// Fills the next place. - Returns: the text up to it; nil if all are filled.
    mutating func fill(_ digit: UInt8) -> [UInt8]? {
        while next < text.count, text[next] != Self.place { next += 1 }
        guard next < text.count else { return nil }
        text[next] = digit
        return Array(text[...next])
    }

    /// All places filled in the order of the digits.
    func filled(with digits: [UInt8]) -> [UInt8] {
        var digits = digits.makeIterator()
        return text.map { $0 == Self.place ? digits.next() ?? $0 : $0 }
    }
}
