internal import CPhoneMetadata

/// A way to group digits that a host wants for some of its numbers, instead of the one that the metadata knows.
///
/// ```swift
/// let dotted = CustomNumberFormat(groups: [3...3, 3...3, 4...4], template: "$1.$2.$3")
/// number.formatted(.international, using: [dotted])  // +1 201.555.0123
/// ```
public struct CustomNumberFormat: Sendable, Hashable {
    /// What the national significant number must begin with: one of these digit strings; empty if any number will do.
    public var leadingDigits: [String]
    /// How many digits each group takes, the first as many as it can; at most seven groups, each of at least one digit. A group whose least is below 0 or
    /// above 17 fits no number.
    public var groups: [ClosedRange<Int>]
    /// The number with `$1`…`$7` for its groups, such as `$1 $2-$3`.
    public var template: String
    /// For the national format, what is written instead of the first group: `$NP` for the national prefix and `$FG` for the group
    /// itself, as in `$NP$FG` or `($NP) $FG`; empty for the group alone. Without effect where numbers have no national prefix.
    public var nationalPrefixRule: String

    public init(leadingDigits: [String] = [], groups: [ClosedRange<Int>], template: String, nationalPrefixRule: String = "") {
        self.leadingDigits = leadingDigits
        self.groups = groups
        self.template = template
        self.nationalPrefixRule = nationalPrefixRule
    }

    /// How many digits go into each group; nil unless the format takes all of them and the leading digits are there.
    fileprivate func widths(of digits: [UInt8]) -> [Int]? {
        guard leadingDigits.isEmpty || leadingDigits.contains(where: { digits.starts(with: $0.utf8) }), !groups.isEmpty, groups.count <= 7,
            // What cannot be a number of digits is no group, and would overflow the sums.
            groups.allSatisfy({ (0...NationalDigits.capacity).contains($0.lowerBound) })
        else { return nil }
        var widths: [Int] = []
        var left = digits.count
        for (index, group) in groups.enumerated() {
            let needed = groups[(index + 1)...].reduce(0) { $0 + $1.lowerBound }
            let width = min(group.upperBound, left - needed)
            guard width >= max(group.lowerBound, 1) else { return nil }
            widths.append(width)
            left -= width
        }
        return left == 0 ? widths : nil
    }
}

extension PhoneNumber {
    /// Written out in the first of a host's own formats that fits; ungrouped if none does.
    public func formatted(_ format: Format, using formats: [CustomNumberFormat]) -> String {
        let digits = Array(nationalSignificantNumber.utf8)
        var body = digits
        for custom in formats {
            guard let widths = custom.widths(of: digits) else { continue }
            let prefix = Plans.regions[Int(plan.pointee.main_region)].dialled_national_prefix
            body = Self.fill(custom, digits, widths, nationalPrefix: format == .national ? TextBuffer.string(at: prefix) : [])
            if format == .rfc3966 { body = Self.hyphenated(body) }
            break
        }
        let front = TextBuffer.bytes { buffer in
            switch format {
            case .e164: buffer.append("+")
            case .international: buffer.append("+")
            case .rfc3966: buffer.append("tel:+")
            case .national: return
            }
            buffer.append(plan.pointee.calling_code)
            if format == .international { buffer.append(" ") }
            if format == .rfc3966 { buffer.append("-") }
        }
        let tail = TextBuffer.bytes { writeExtension(format, to: &$0) }
        return String(decoding: [front, body, tail].joined(), as: UTF8.self)
    }

    private static func fill(_ custom: CustomNumberFormat, _ digits: [UInt8], _ widths: [Int], nationalPrefix: [UInt8]) -> [UInt8] {
        var starts = [0]
        for width in widths { starts.append(starts[starts.count - 1] + width) }
        var result: [UInt8] = []
        var isFirst = true
        var template = Array(custom.template.utf8)[...]
        while let byte = template.popFirst() {
            guard byte == UInt8(ascii: "$"), let next = template.first, next > UInt8(ascii: "0"),
                Int(next - UInt8(ascii: "0")) <= widths.count
            else {
                result.append(byte)
                continue
            }
            template.removeFirst()
            let group = Int(next - UInt8(ascii: "0"))
            let taken = Array(digits[starts[group - 1]..<starts[group]])
            let hasRule = isFirst && !nationalPrefix.isEmpty && !custom.nationalPrefixRule.isEmpty
            result += hasRule ? apply(custom.nationalPrefixRule, prefix: nationalPrefix, group: taken) : taken
            isFirst = false
        }
        return result
    }

    private static func apply(_ rule: String, prefix: [UInt8], group: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(rule.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: "$NP".utf8) {
                result += prefix
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "$FG".utf8) {
                result += group
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// One hyphen for each run of punctuation, none in front.
    private static func hyphenated(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for character in String(decoding: text, as: UTF8.self).unicodeScalars {
            if Text.isPunctuation(character.value) {
                if !result.isEmpty, result.last != UInt8(ascii: "-") { result.append(UInt8(ascii: "-")) }
            } else {
                result += Array(String(Character(character)).utf8)
            }
        }
        return result
    }
}
