internal import CPhoneMetadata

/// A region with a numbering plan of its own: an ISO 3166-1 alpha-2 code such as `CH`, or `001` for
/// country calling codes that belong to no region.
///
/// Every two letters make a region; ``isSupported`` says whether there is a numbering plan for it.
public struct Region: Sendable, Hashable {
    /// The two letters, the first in the low byte; 0 for the world.
    let letters: UInt16

    init(letters: UInt16) {
        self.letters = letters
    }

    /// A region from its code, upper or lower case; nil unless it is two ASCII letters or `001`.
    public init?(_ code: String) {
        var bytes = code.utf8.makeIterator()
        guard let first = bytes.next(), let second = bytes.next() else { return nil }
        if let third = bytes.next() {
            guard first == UInt8(ascii: "0"), second == UInt8(ascii: "0"), third == UInt8(ascii: "1"), bytes.next() == nil else {
                return nil
            }
            letters = 0
            return
        }
        // Clearing bit 5 makes an ASCII letter upper case.
        let (high, low) = (first & 0xDF, second & 0xDF)
        let alphabet = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard alphabet.contains(high), alphabet.contains(low) else { return nil }
        letters = UInt16(high) | UInt16(low) << 8
    }

    /// `001`: the region of country calling codes such as +800 that belong to no country.
    public static let world = Region(letters: 0)

    /// Every region with a numbering plan, in order of its country calling code; without ``world``.
    public static var all: [Region] {
        (0..<Plans.regionCount).compactMap { index in
            let letters = Plans.regions[index].letters
            return letters == 0 ? nil : Region(letters: letters)
        }
    }

    /// Whether numbers without a country calling code can be read as this region's.
    public var isSupported: Bool {
        Plans.regionIndex(letters: letters) != nil
    }

    /// The code that numbers of this region begin with, such as 41; nil for ``world`` and for a region without a plan.
    public var callingCode: CountryCallingCode? {
        Plans.regionIndex(letters: letters).map { CountryCallingCode(unchecked: Plans.regions[$0].calling_code) }
    }

    /// The code as three digits or two upper-case letters.
    public var code: String {
        letters == 0
            ? "001" : String(decoding: [UInt8(truncatingIfNeeded: letters), UInt8(truncatingIfNeeded: letters >> 8)], as: UTF8.self)
    }
}

extension Region: ExpressibleByStringLiteral {
    /// A region written in source: `let home: Region = "CH"`.
    ///
    /// A literal that is no region code is a mistake in the program and stops it.
    public init(stringLiteral code: String) {
        guard let region = Region(code) else {
            preconditionFailure("A region is two letters such as CH, or 001.")
        }
        self = region
    }
}

extension Region: CustomStringConvertible {
    public var description: String { code }
}
