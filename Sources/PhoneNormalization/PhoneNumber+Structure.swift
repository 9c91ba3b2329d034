internal import CPhoneMetadata

extension PhoneNumber {
    /// Whether the digits tell a place: a fixed line, or a mobile of a country whose mobiles have area codes.
    public var isGeographical: Bool {
        switch type {
        case .fixedLine, .fixedLineOrMobile: true
        case .mobile: Self.areMobilesGeographical(plan.pointee.calling_code)
        default: false
        }
    }

    /// How many digits in front of the national significant number name the network or the area; 0 if it has no such part.
    ///
    /// Source: ITU-T E.164, national destination code. In Argentina, the 9 that marks mobiles is counted with the area code.
    public var nationalDestinationCodeLength: Int {
        let formats = FormatSet(plan.pointee.international_formats)
        guard let format = formats.format(of: national) else { return 0 }
        let groups = digitRuns(of: format)
        guard groups.count > 1 else { return 0 }
        return type == .mobile && plan.pointee.calling_code == 54 ? groups[0] + groups[1] : groups[0]
    }

    /// How many digits in front of the national significant number are an area code that may be left out within the area; 0 without one.
    ///
    /// Only geographical numbers have one.
    public var areaCodeLength: Int {
        guard let region, region != .world, isGeographical else { return 0 }
        let code = plan.pointee.calling_code
        // Where there is no national prefix all digits are always dialled; Mexico has area codes nevertheless.
        let home = Plans.regionIndex(letters: region.letters).map { Plans.regions[$0] }
        let hasPrefix = home.map { phone_table_strings()[Int($0.dialled_national_prefix)] != 0 } ?? false
        guard hasPrefix || hasItalianZero || code == 52 else { return 0 }
        // In China, mobiles are geographical and have no area code.
        if type == .mobile, code == 86 { return 0 }
        return nationalDestinationCodeLength
    }

    private var hasItalianZero: Bool { national.count > 1 && national[0] == 0 }

    /// The numbers of digits between separators when the national significant number is written in a format.
    private func digitRuns(of format: phone_format) -> [Int] {
        let groups = DigitGroups(format, count: Int(national.count))
        var runs: [Int] = []
        var isInRun = false
        for byte in TextBuffer.bytes({ $0.append(template: format.international, national, groups) }) {
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            if isDigit, isInRun { runs[runs.count - 1] += 1 } else if isDigit { runs.append(1) }
            isInRun = isDigit
        }
        return runs
    }

    private static func areMobilesGeographical(_ code: UInt16) -> Bool {
        var codes = phone_table_geographical_mobile_codes()
        while codes.pointee != 0, codes.pointee != code { codes += 1 }
        return codes.pointee != 0
    }

    /// What the number of digits says about numbers of one type: ``Possibility/invalidLength`` for a type the plan does not have.
    public func possibility(as type: NumberType) -> Possibility {
        let region = Int(plan.pointee.main_region)
        if type == .unknown { return possibility }
        guard type == .fixedLineOrMobile else { return Plans.possibility(of: Int(national.count), Plans.kind(type, in: region)) }
        let (fixed, mobile) = (Plans.kind(.fixedLine, in: region), Plans.kind(.mobile, in: region))
        guard let fixed, fixed.lengths != 0 else { return Plans.possibility(of: Int(national.count), mobile) }
        guard let mobile, mobile.lengths != 0 else { return Plans.possibility(of: Int(national.count), fixed) }
        return Plans.possibility(
            of: Int(national.count),
            phone_lengths(lengths: fixed.lengths | mobile.lengths, local_lengths: fixed.local_lengths | mobile.local_lengths))
    }

    /// The number with as many digits left out at its end as make it valid, for what was typed too long; nil if none is.
    public var truncatedToValid: PhoneNumber? {
        var number = self
        while !number.isValid {
            guard number.national.count > 2, number.national.leadingZeros < Int(number.national.count) - 1 else { return nil }
            number = number.droppingLastDigit
            guard number.possibility != .tooShort else { return nil }
        }
        return number
    }

    private var droppingLastDigit: PhoneNumber {
        var number = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount) { memory in
            let scratch = Scratch(memory)
            for index in 0..<Int(national.count) - 1 { scratch.digits[index] = national[index] }
            return PhoneNumber(code: Int(code), national: scratch.finish(count: Int(national.count) - 1))
        }
        number.extensionStorage = extensionStorage
        return number
    }
}

extension PhoneNumber {
    fileprivate init?(example: [UInt8], region: Region?) {
        var trace = NoTrace()
        let parsed = example.withUnsafeBufferPointer { Self.parse($0, region: region, trace: &trace) }
        guard case .success(let number) = parsed else { return nil }
        self = number
    }
}

extension Region {
    /// The types of numbers that the region's plan has; never ``NumberType/fixedLineOrMobile`` or ``NumberType/unknown``.
    public var numberTypes: Set<NumberType> {
        guard let index = Plans.regionIndex(letters: letters) else { return [] }
        return Plans.kinds(of: index)
    }

    /// What is dialled in front of a number within the country, such as 0; nil where nothing is.
    public var nationalPrefix: String? {
        guard let index = Plans.regionIndex(letters: letters) else { return nil }
        let prefix = TextBuffer.text { $0.append(stringAt: Plans.regions[index].dialled_national_prefix) }.filter { $0 != "~" }
        return prefix.isEmpty ? nil : prefix
    }

    /// A number of the region as the metadata gives them for examples, which may be somebody's; a fixed line's unless told otherwise.
    ///
    /// - Returns: nil if the plan has no number of the type or names none.
    public func exampleNumber(_ type: NumberType = .fixedLine) -> PhoneNumber? {
        guard let index = Plans.regionIndex(letters: letters) else { return nil }
        let example = Plans.example(type, in: index)
        return example.isEmpty ? nil : PhoneNumber(example: example, region: self)
    }

    /// A number that has the region's look and is not valid: an example for tests and for pages that must not show somebody's number.
    public var invalidExampleNumber: PhoneNumber? {
        guard let index = Plans.regionIndex(letters: letters) else { return nil }
        var digits = Plans.example(.fixedLine, in: index)
        while digits.count > 2 {
            digits.removeLast()
            if let number = PhoneNumber(example: digits, region: self), !number.isValid { return number }
        }
        return nil
    }
}

extension CountryCallingCode {
    /// The types of numbers under a code that belongs to no region; empty for the code of a region.
    public var numberTypes: Set<NumberType> {
        guard let index = Plans.codeIndex(value: value), regions == [.world] else { return [] }
        return Plans.kinds(of: Int(Plans.codes[index].main_region))
    }

    /// An example number of a code that belongs to no region; nil for the code of a region.
    public var exampleNumber: PhoneNumber? {
        guard let index = Plans.codeIndex(value: value), regions == [.world] else { return nil }
        let plan = Int(Plans.codes[index].main_region)
        for type in [NumberType.mobile, .tollFree, .sharedCost, .voip, .voicemail, .universalAccess, .premiumRate] {
            let example = Plans.example(type, in: plan)
            if !example.isEmpty { return PhoneNumber(example: Array("+\(value)".utf8) + example, region: nil) }
        }
        return nil
    }
}

extension Plans {
    private static let kindsPerRegion = 10

    /// In the order of the generator's `KINDS`.
    private static func position(of type: NumberType) -> Int {
        switch type {
        case .mobile: 9
        case .fixedLine, .fixedLineOrMobile: 8
        default: Int(type.rawValue)
        }
    }

    private static func row(_ type: NumberType, in region: Int) -> phone_kind {
        phone_table_kinds()[region * kindsPerRegion + position(of: type)]
    }

    /// The possible lengths of a type; nil where the plan does not know it.
    static func kind(_ type: NumberType, in region: Int) -> phone_lengths? {
        let row = row(type, in: region)
        return row.lengths == 0 ? nil : phone_table_kind_lengths()[Int(row.lengths)]
    }

    static func example(_ type: NumberType, in region: Int) -> [UInt8] {
        guard type != .unknown else { return [] }
        return TextBuffer.string(at: row(type, in: region).example)
    }

    static func kinds(of region: Int) -> Set<NumberType> {
        Set(
            NumberType.allCases.filter { type in
                guard type != .fixedLineOrMobile, type != .unknown else { return false }
                return kind(type, in: region).map { $0.lengths != 0 } ?? false
            })
    }

    static func possibility(of count: Int, _ kind: phone_lengths?) -> Possibility {
        guard let kind else { return .invalidLength }
        let bit: UInt32 = 1 << UInt32(count)
        if kind.local_lengths & bit != 0 { return .possibleLocally }
        if kind.lengths & bit != 0 { return .possible }
        if kind.lengths == 0 { return .tooLong }
        if count < kind.lengths.trailingZeroBitCount { return .tooShort }
        return count > 31 - kind.lengths.leadingZeroBitCount ? .tooLong : .invalidLength
    }
}
