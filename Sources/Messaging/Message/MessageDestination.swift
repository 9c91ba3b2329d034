public import PhoneNormalization

/// Where a message goes, as far as routes, prices and reports have to know: never the number.
public struct MessageDestination: Hashable, Sendable {
    /// ITU country calling code, 1...999; 0 of an e-mail address, and where it is not known.
    public let countryCallingCode: UInt16
    /// Two letters, such as `CH`.
    public let region: Region?
    public let lineType: NumberType?
    /// Names the numbers that begin alike, under a key of the host's; 0 where none is named.
    public let range: UInt64

    public init(countryCallingCode: UInt16, region: Region? = nil, lineType: NumberType? = nil, range: UInt64 = 0) {
        (self.countryCallingCode, self.region, self.lineType, self.range) = (countryCallingCode, region, lineType, range)
    }

    public static let unknown = Self(countryCallingCode: 0)
}
