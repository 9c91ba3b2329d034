internal import CPhoneMetadata

extension Region {
    /// Whether a mobile number of the region can move to another carrier, so that its digits no longer tell the carrier.
    ///
    /// False for a region without a numbering plan. Source: libphonenumber's metadata, `mobileNumberPortableRegion`.
    public var hasMobileNumberPortability: Bool {
        guard let index = letterIndex else { return false }
        return phone_table_portable_regions()[index / 26] >> UInt32(index % 26) & 1 != 0
    }
}
