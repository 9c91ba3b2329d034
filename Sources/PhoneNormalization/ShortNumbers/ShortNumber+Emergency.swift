internal import CPhoneMetadata

extension ShortNumber {
    /// Whether the text, dialled as it stands in the region, is the number of an emergency service and nothing more.
    ///
    /// Punctuation, text in front, and digits of every script are read as people write them. A number with a plus sign is none:
    /// `+1 911` is not known to connect.
    ///
    /// - Complexity: O(length); no heap allocation.
    public static func isEmergency(_ dialled: String, in region: Region) -> Bool {
        var dialled = dialled
        return dialled.withUTF8 { matchesEmergency($0, in: region, allowsMore: false) }
    }

    /// Whether UTF-8 bytes, which may be any bytes, are the number of an emergency service and nothing more.
    public static func isEmergency(_ dialled: Span<UInt8>, in region: Region) -> Bool {
        dialled.withUnsafeBufferPointer { matchesEmergency($0, in: region, allowsMore: false) }
    }

    /// Whether dialling the text as it stands in the region may connect to an emergency service: its number, or its number
    /// with more digits behind it unless ``Region/emergencyNumbersAreExact``.
    ///
    /// Made for a dialler that must let emergency calls through: rather yes than no.
    ///
    /// - Complexity: O(length); no heap allocation.
    public static func connectsToEmergency(_ dialled: String, in region: Region) -> Bool {
        var dialled = dialled
        return dialled.withUTF8 { matchesEmergency($0, in: region, allowsMore: true) }
    }

    /// Whether dialling UTF-8 bytes, which may be any bytes, may connect to an emergency service.
    public static func connectsToEmergency(_ dialled: Span<UInt8>, in region: Region) -> Bool {
        dialled.withUnsafeBufferPointer { matchesEmergency($0, in: region, allowsMore: true) }
    }

    /// Walks the automaton while the text is read; the text may have any length.
    private static func matchesEmergency(_ bytes: UnsafeBufferPointer<UInt8>, in region: Region, allowsMore: Bool) -> Bool {
        guard let plan = ShortPlans.plan(of: region) else { return false }
        let mayGoOn = allowsMore && plan.pointee.emergency_is_exact == 0
        var digits = DialledDigits(bytes)
        var state = Int(plan.pointee.start)
        while let digit = digits.next() {
            state = Int(phone_table_short_successors()[state * 10 + Int(digit)])
            if state == 0 { return false }
            if mayGoOn, endsEmergencyNumber(state) { return true }
        }
        return endsEmergencyNumber(state)
    }

    private static func endsEmergencyNumber(_ state: Int) -> Bool {
        Facts(rawValue: phone_table_short_outputs()[state]).contains(.emergency)
    }
}

/// The digits of a text as they would be dialled; none if it begins with a plus sign.
///
/// Source: libphonenumber, `extractPossibleNumber` and `normalizeDigitsOnly`: without a limit, and without keypad letters.
private struct DialledDigits: IteratorProtocol {
    private var characters: Characters
    private var hasBegun = false
    private var hasEnded = false
    /// Nothing but spaces since a slash.
    private var isAfterSlash = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        characters = Characters(bytes)
    }

    mutating func next() -> UInt8? {
        while !hasEnded, let character = characters.next() {
            switch Self.kind(of: character) {
            case .decimal(let value):
                (hasBegun, isAfterSlash) = (true, false)
                return value
            case .digitOnly(let value):
                // A superscript or a digit in a circle: it cannot begin a number, and counts within one.
                isAfterSlash = false
                if hasBegun { return value }
            case .plus:
                hasEnded = !hasBegun
                isAfterSlash = false
            case .slash:
                isAfterSlash = hasBegun
            case .space:
                break
            case .x:
                // Another number's extension.
                hasEnded = isAfterSlash
            case .other:
                isAfterSlash = false
            }
        }
        return nil
    }

    private enum Kind {
        case decimal(UInt8)
        case digitOnly(UInt8)
        case plus, slash, space, x, other
    }

    private static func kind(of character: UInt32) -> Kind {
        switch character {
        case 0x2B, 0xFF0B: .plus
        case 0x2F, 0x5C: .slash
        case 0x20: .space
        case 0x78: .x
        default: Symbol.decimal(character).map { .decimal($0) } ?? Symbol.raised(character).map { .digitOnly($0) } ?? .other
        }
    }
}
