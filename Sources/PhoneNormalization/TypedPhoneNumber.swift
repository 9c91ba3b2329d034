/// A phone number together with how it was typed: for writing it the way its owner does.
///
/// Holds the text, so it takes heap memory and knows more than a ``PhoneNumber``; keep that one. It prints masked.
public struct TypedPhoneNumber: Sendable, Hashable {
    /// Where the country calling code came from.
    public enum Origin: UInt8, Sendable, Hashable, CaseIterable {
        /// `+41 44 668 18 00`
        case plusSign
        /// `00 41 44 668 18 00`, dialled from a region whose international prefix is 00.
        case internationalPrefix
        /// `41 44 668 18 00`, which makes no sense as a number of the region itself.
        case withoutPlusSign
        /// `044 668 18 00`: it is that of the region the number is dialled from.
        case region
    }

    public let number: PhoneNumber
    public let origin: Origin
    /// What was typed. All of the number: never log it.
    public let text: String
    private let carrier: NationalDigits?

    /// Reads a number as ``PhoneNumber/init(parsing:region:)-(String,_)`` does, and remembers how it was written.
    ///
    /// - Throws: ``PhoneNumberError``, by code.
    public init(parsing text: String, region: Region?) throws(PhoneNumberError) {
        var trace = Trace()
        var bytes = text
        number = try bytes.withUTF8 { PhoneNumber.parse($0, region: region, trace: &trace) }.get()
        origin = trace.origin
        carrier = trace.carrier
        self.text = text
    }

    /// The carrier to route the call through, where the text names one, as people in Brazil or Colombia do; digits.
    public var carrierCode: String? {
        carrier.map { digits in
            String(decoding: TextBuffer.bytes { $0.append(digits, 0..<Int(digits.count)) }, as: UTF8.self)
        }
    }

    private struct Trace: ResolutionTrace {
        var origin = Origin.region
        var carrier: NationalDigits?

        mutating func note(_ origin: Origin) { self.origin = origin }

        mutating func note(carrierCode digits: Digits, _ range: @autoclosure () -> Range<Int>) {
            let range = range()
            guard !range.isEmpty else { return }
            carrier = NationalDigits(Digits(base: digits.base + range.lowerBound, count: min(range.count, NationalDigits.capacity)))
        }

        mutating func forgetCarrierCode() { carrier = nil }
    }
}

extension TypedPhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { number.description }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
