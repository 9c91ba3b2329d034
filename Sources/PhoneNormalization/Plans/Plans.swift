internal import CPhoneMetadata

/// The generated tables, and the walks through them.
///
/// Pointers lead into constant arrays of `CPhoneMetadata`; every index comes from those arrays or from a digit
/// 0...9, so no walk can leave them.
enum Plans {
    static var regionCount: Int { Int(PHONE_REGION_COUNT) }
    static var codeCount: Int { Int(PHONE_CODE_COUNT) }

    static var regions: UnsafePointer<phone_region> {
        @inline(__always) get { phone_table_regions() }
    }
    static var codes: UnsafePointer<phone_code> {
        @inline(__always) get { phone_table_codes() }
    }

    /// The index of a region's plan; nil for the world and for regions without one.
    @inline(__always)
    static func regionIndex(letters: UInt16) -> Int? {
        let first = Int(letters & 0xFF) - 65
        let second = Int(letters >> 8) - 65
        guard first >= 0, first < 26, second >= 0, second < 26 else { return nil }
        let entry = phone_table_region_by_letters()[first * 26 + second]
        return entry == 0 ? nil : Int(entry) - 1
    }

    @inline(__always)
    static func codeIndex(value: Int) -> Int? {
        guard value > 0, value < 1000 else { return nil }
        let entry = phone_table_code_by_value()[value]
        return entry == 0 ? nil : Int(entry) - 1
    }

    /// The index of a region's country calling code.
    @inline(__always)
    static func code(ofRegion index: Int) -> Int {
        // Every region's code is in the table of codes: the generator made both from one list.
        Int(phone_table_code_by_value()[Int(regions[index].calling_code)]) - 1
    }

    static func region(of code: phone_code, at position: Int) -> Region {
        Region(letters: regions[Int(phone_table_code_regions()[Int(code.first_region) + position])].letters)
    }

    /// What the number automaton says where a walk ended.
    @inline(__always)
    static func outcome(of state: UInt16) -> Outcome {
        Outcome(bits: phone_table_number_outputs()[Int(state)])
    }

    /// Walks the number automaton; the walk is over as soon as nothing can match any more.
    @inline(__always)
    static func walk(from start: UInt16, _ digits: Digits) -> UInt16 {
        let successors = phone_table_number_successors()
        var state = Int(start)
        for index in 0..<digits.count {
            state = Int(successors[state &* 10 &+ Int(digits.base[index])])
            if state == 0 { break }
        }
        return UInt16(truncatingIfNeeded: state)
    }

    static func walk(from start: UInt16, _ digits: NationalDigits) -> UInt16 {
        var state = Int(start)
        for index in 0..<Int(digits.count) { state = Int(phone_table_number_successors()[state * 10 + Int(digits[index])]) }
        return UInt16(state)
    }

    /// The match that a prefix pattern prefers at the beginning of the digits, if any.
    @inline(__always)
    static func prefix(from start: UInt16, _ digits: Digits) -> PrefixMatch? {
        let successors = phone_table_prefix_successors()
        let actions = phone_table_prefix_actions()
        var state = Int(start)
        var place = state &* 2
        var action = actions[place]
        var index = 0
        while index < digits.count {
            state = Int(successors[state &* 10 &+ Int(digits.base[index])])
            if state == 0 { break }
            index += 1
            let here = actions[state &* 2]
            if here != 0 { (action, place) = (here, state &* 2) }
        }
        if index == digits.count {
            let atEnd = actions[state &* 2 &+ 1]
            if atEnd != 0 { (action, place) = (atEnd, state &* 2 &+ 1) }
        }
        return action == 0 ? nil : PrefixMatch(action: action, place: UInt16(truncatingIfNeeded: place))
    }

    static func prefix(from start: UInt16, ascii: [UInt8]) -> PrefixMatch? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(ascii.count, 1)) { memory in
            for index in ascii.indices { memory[index] = ascii[index] & 15 }
            return memory.baseAddress.flatMap { prefix(from: start, Digits(base: UnsafePointer($0), count: ascii.count)) }
        }
    }

    /// What the number of digits says under a region's plan.
    @inline(__always)
    static func possibility(of count: Int, in region: UnsafePointer<phone_region>) -> Possibility {
        guard count < 32 else { return .tooLong }
        let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: count)
        if region.pointee.local_lengths & bit != 0 { return .possibleLocally }
        if region.pointee.lengths & bit != 0 { return .possible }
        if count < Int(region.pointee.shortest) { return .tooShort }
        return count > Int(region.pointee.longest) ? .tooLong : .invalidLength
    }
}

/// What is known about a national significant number once it was walked through its plan.
struct Outcome {
    let bits: UInt32

    /// The descriptions that make a number valid; the lowest bit is its type.
    private static let types: UInt32 = 1 << 11 - 1

    @inline(__always) var isValid: Bool { bits & Self.types != 0 }

    @inline(__always) var type: NumberType {
        let position = (bits & Self.types | 1 << 11).trailingZeroBitCount
        return NumberType(rawValue: UInt8(truncatingIfNeeded: position)) ?? .unknown
    }

    /// Whether the general pattern of the plan matches, its possible lengths aside.
    @inline(__always) var matchesGeneral: Bool { bits & 1 << 12 != 0 }

    /// Whether the line can only be called from within its own country.
    @inline(__always) var isDomesticOnly: Bool { bits & 1 << 13 != 0 }

    /// Which of a shared code's regions claims the number, from 1; 0 if none does.
    @inline(__always) var claim: Int { Int(bits >> 16) }
}

/// A match of a national or international prefix: how long it is and what it captured.
struct PrefixMatch {
    let action: UInt16
    /// Where the action stands in its table.
    let place: UInt16

    @inline(__always) var end: Int { Int(action >> 1 & 31) }
    @inline(__always) var captureStart: Int { Int(action >> 6 & 31) }
    /// 0 where no transform rule applies.
    @inline(__always) var captureEnd: Int { Int(action >> 11) }

    /// The digits that name a carrier; empty without one.
    var carrierCode: Range<Int> {
        let code = phone_table_prefix_carriers()[Int(place)]
        return Int(code & 31)..<Int(code >> 5)
    }
}
