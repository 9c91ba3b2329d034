/// A number that is dialled as it is and works within one country only: 112, a directory service, a code to send a text message to.
///
/// ```swift
/// let number = try ShortNumber(parsing: "611", region: "US")
/// number.isValid      // true
/// number.cost         // .tollFree
/// ```
///
/// The same digits may be one thing in Canada and another in Jamaica, although both have +1. With a region, the answers are that
/// region's; without one, they are those of all regions that share the country calling code, taken together as each property says.
/// Everything is worked out when the value is made.
///
/// For emergency calls, ask ``isEmergency(_:in:)-(String,_)`` and ``connectsToEmergency(_:in:)-(String,_)`` about the digits as
/// they are dialled. Source: libphonenumber, `ShortNumberInfo`.
public struct ShortNumber: Sendable, Hashable {
    /// The number, whose national significant number is what is dialled.
    public let number: PhoneNumber

    /// Where the number is dialled; nil for all regions of its country calling code.
    public let region: Region?

    private let facts: Facts

    /// Takes a number for a short number.
    ///
    /// - Parameters:
    ///   - number: Any number; its extension plays no part.
    ///   - region: Where it is dialled. In a region with another country calling code, the number is nothing at all.
    public init(_ number: PhoneNumber, region: Region? = nil) {
        self.number = number
        self.region = region
        let code = number.plan.pointee
        facts =
            region.map { ShortPlans.facts(of: number.national, code: code, from: $0) }
            ?? ShortPlans.facts(of: number.national, code: code)
    }

    /// Reads a short number from what a person typed in the region.
    ///
    /// - Parameters:
    ///   - text: As for ``PhoneNumber/init(parsing:region:)-(String,_)``.
    ///   - region: Where the number is dialled.
    /// - Throws: ``PhoneNumberError``, by code.
    public init(parsing text: String, region: Region) throws(PhoneNumberError) {
        self.init(try PhoneNumber(parsing: text, region: region), region: region)
    }

    /// Reads a short number from UTF-8 bytes, which may be any bytes.
    ///
    /// - Throws: ``PhoneNumberError``, by code.
    public init(parsing utf8: Span<UInt8>, region: Region) throws(PhoneNumberError) {
        self.init(try PhoneNumber(parsing: utf8, region: region), region: region)
    }
}

extension ShortNumber {
    /// What a call or a message costs whoever makes it; the more expensive, the greater.
    ///
    /// Unknown stands above the standard rate, as it may turn out to be more.
    public enum Cost: UInt8, Sendable, Hashable, CaseIterable, Comparable {
        case tollFree
        case standardRate
        case unknown
        case premiumRate

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// The digits to dial, 2...17 of them.
    public var digits: String { number.nationalSignificantNumber }

    /// Whether short numbers have so many digits; without a region, in any of the code's regions.
    public var isPossible: Bool { facts.contains(.possible) }

    /// Whether the number is assigned; without a region, in any of the code's regions. Not whether somebody answers.
    public var isValid: Bool { facts.contains(.valid) }

    /// What the number costs; without a region, the most it costs in any of the code's regions.
    ///
    /// Says nothing about validity: a number that is not valid may be in the range of a cost. Emergency numbers are free.
    public var cost: Cost { facts.cost }

    /// Whether the number leads elsewhere, or nowhere, with another carrier; without a region, in the first of the code's
    /// regions where it is valid. Says nothing about validity.
    public var isCarrierSpecific: Bool { facts.contains(.carrierSpecific) }

    /// Whether the number is mainly there to send text messages to or get them from; without a region, in the first of the
    /// code's regions where it is valid. Says nothing about validity.
    public var isSMSService: Bool { facts.contains(.smsService) }
}

extension ShortNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Masked like any ``PhoneNumber``, which may have been somebody's; ``digits`` has all of it.
    public var description: String { number.description }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
