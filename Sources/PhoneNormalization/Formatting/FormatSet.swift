internal import CPhoneMetadata

/// An ordered list of formats of the generated tables.
struct FormatSet: Sendable, Hashable {
    private let index: UInt16

    @inline(__always)
    init(_ index: UInt16) {
        self.index = index
    }

    private var set: UnsafePointer<phone_format_set> {
        @inline(__always) get { phone_table_format_sets() + Int(index) }
    }

    /// The first format that fits a number by its leading digits and by its length.
    func format(of national: NationalDigits) -> phone_format? {
        let fitting = byLeadingDigits(national) & byLength(Int(national.count))
        return fitting == 0 ? nil : self[fitting.trailingZeroBitCount]
    }

    subscript(index: Int) -> phone_format {
        @inline(__always) get { phone_table_formats()[Int(set.pointee.first_format) + index] }
    }

    var count: Int { Int(set.pointee.count) }

    /// A bit for each format whose leading digits the number has.
    func byLeadingDigits(_ national: NationalDigits) -> UInt32 {
        Self.walk(from: set.pointee.start, count: Int(national.count)) { national[$0] } | set.pointee.always
    }

    /// A bit for each format that takes so many digits, 0...17.
    func byLength(_ count: Int) -> UInt32 {
        withUnsafePointer(to: set.pointee.by_length) { lengths in
            UnsafeRawPointer(lengths).load(fromByteOffset: count * 4, as: UInt32.self)
        }
    }

    /// A bit for each format that may still fit when only the first digits of a number, three ASCII digits at least, have been typed.
    func byTypedDigits(_ digits: [UInt8]) -> UInt32 {
        let level = min(digits.count - 3, Int(set.pointee.level_count) - 1)
        let start = phone_table_typing_levels()[Int(set.pointee.levels) + level]
        return Self.walk(from: start, count: digits.count) { digits[$0] & 15 } | set.pointee.always
    }

    @inline(__always)
    private static func walk(from start: UInt16, count: Int, _ digit: (Int) -> UInt8) -> UInt32 {
        let successors = phone_table_leading_successors()
        let outputs = phone_table_leading_outputs()
        var state = Int(start)
        var fitting = outputs[state]
        for index in 0..<count {
            state = Int(successors[state * 10 + Int(digit(index))])
            if state == 0 { break }
            fitting |= outputs[state]
        }
        return fitting
    }
}

extension phone_format {
    /// What the rule for the national prefix says.
    struct Rules: OptionSet {
        let rawValue: UInt8
        static let hasRule = Rules(rawValue: 1)
        /// Nothing is put in front of the first group, brackets aside.
        static let firstGroupAlone = Rules(rawValue: 2)
        static let prefixIsOptional = Rules(rawValue: 4)
        static let hasCarrierRule = Rules(rawValue: 8)
        /// There is a space or a hyphen between prefix and number.
        static let isSpaced = Rules(rawValue: 16)
        /// Can be written while it is typed: digits and punctuation only, all groups in their order.
        static let isTypable = Rules(rawValue: 32)
        static let hasDigitsInFront = Rules(rawValue: 64)
    }

    var prefixRules: Rules { Rules(rawValue: rules) }

    func takes(_ count: Int) -> Bool {
        count >= Int(shortest) && count <= Int(longest) && widths(count) != 0
    }

    /// Four bits for each group of a number of so many digits, the first lowest.
    func widths(_ count: Int) -> UInt32 {
        phone_table_format_widths()[Int(widths) + count - Int(shortest)]
    }
}

/// Where the groups of a number begin and end.
struct DigitGroups {
    // Where each group begins, and behind the last the end, in five bits each.
    private var starts: UInt64 = 0
    private(set) var count = 0

    /// - Precondition: the format takes so many digits.
    init(_ format: phone_format, count digits: Int) {
        self.init(widths: format.widths(digits))
    }

    init(widths: UInt32) {
        var widths = widths
        var offset: UInt64 = 0
        while widths != 0 {
            starts |= offset << UInt64(count * 5)
            count += 1
            offset += UInt64(widths & 15)
            widths >>= 4
        }
        starts |= offset << UInt64(count * 5)
    }

    /// The digits of a group, from 0.
    subscript(index: Int) -> Range<Int> {
        Int(starts >> UInt64(index * 5) & 31)..<Int(starts >> UInt64(index * 5 + 5) & 31)
    }
}

extension TextBuffer {
    /// A template of the generated strings, with the groups of a number in their places.
    mutating func append(template: UInt16, _ national: NationalDigits, _ groups: DigitGroups, carrierCode: String = "") {
        var next = phone_table_strings() + Int(template)
        while next.pointee != 0 {
            switch next.pointee {
            case 1...7: append(national, groups[Int(next.pointee) - 1])
            case 8: for byte in carrierCode.utf8 { append(byte) }
            case let byte: append(byte)
            }
            next += 1
        }
    }
}
