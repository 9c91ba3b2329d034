internal import CPhoneMetadata

/// What follows the plus sign: one to three digits assigned by ITU-T Recommendation E.164, such as 41.
public struct CountryCallingCode: Sendable, Hashable, Comparable {
    /// The code as a number, 1...999.
    public let value: Int

    init(unchecked value: UInt16) {
        self.value = Int(value)
    }

    /// The code, or nil if no numbering plan has it.
    public init?(_ value: Int) {
        guard Plans.codeIndex(value: value) != nil else { return nil }
        self.value = value
    }

    /// Every code with a numbering plan, in ascending order.
    public static var all: [CountryCallingCode] {
        (0..<Plans.codeCount).map { CountryCallingCode(unchecked: Plans.codes[$0].calling_code) }
    }

    /// The regions that share the code, the one whose plan speaks for all of them first; ``Region/world`` for a
    /// code that belongs to no region.
    public var regions: [Region] {
        guard let index = Plans.codeIndex(value: value) else { return [] }
        let code = Plans.codes[index]
        return (0..<Int(code.region_count)).map { Plans.region(of: code, at: $0) }
    }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension CountryCallingCode: CustomStringConvertible {
    public var description: String { "+\(value)" }
}
