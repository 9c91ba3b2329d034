/// The value of a `tel:` URI's `phone-context`: the beginning of a number, or a domain name.
///
/// Source: RFC 3966 §3, as libphonenumber reads it.
enum PhoneContext {
    static func isValid(_ text: SymbolText, _ value: Range<Int>) -> Bool {
        guard let first = value.first else { return false }
        return text.symbols[first] == UInt8(ascii: "+") ? isNumber(text, value) : isDomain(text, value)
    }

    /// A plus sign, then digits and visual separators, at least one of them a digit.
    private static func isNumber(_ text: SymbolText, _ value: Range<Int>) -> Bool {
        var hasDigit = false
        for index in value.dropFirst() {
            switch text.symbols[index] {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): continue
            case let symbol where Symbol.traits(symbol).contains(.digit): hasDigit = true
            default: return false
            }
        }
        return hasDigit
    }

    /// Labels of letters, digits and inner hyphens between dots, the last beginning with a letter; a dot may follow it.
    private static func isDomain(_ text: SymbolText, _ value: Range<Int>) -> Bool {
        var end = value.upperBound
        if text.symbols[end - 1] == UInt8(ascii: ".") { end -= 1 }
        var labelStart = value.lowerBound
        for index in value.lowerBound...end {
            if index < end, text.symbols[index] != UInt8(ascii: ".") { continue }
            guard isLabel(text, labelStart..<index) else { return false }
            if index == end { return Symbol.traits(text.symbols[labelStart]).contains(.asciiLetter) }
            labelStart = index + 1
        }
        return false
    }

    private static func isLabel(_ text: SymbolText, _ label: Range<Int>) -> Bool {
        guard let first = label.first, let last = label.last else { return false }
        for index in label {
            let isAlphanumeric = !Symbol.traits(text.symbols[index]).isDisjoint(with: [.asciiLetter, .digit])
            guard isAlphanumeric || (text.symbols[index] == UInt8(ascii: "-") && index != first && index != last) else { return false }
        }
        return true
    }
}
