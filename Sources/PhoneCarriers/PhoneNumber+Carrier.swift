internal import CPhoneCarriers
internal import NumberPrefixes
public import PhoneNormalization

extension PhoneNumber {
    /// Who was given the range that the mobile number or pager lies in: `Swisscom`; nil for other kinds of line, for a number that is not
    /// valid, and where the carrier is not known.
    ///
    /// Where numbers can be taken along (``PhoneNormalization/Region/hasMobileNumberPortability``), the line may be with another carrier
    /// by now; see ``safeCarrierName(in:)``.
    ///
    /// - Parameter language: A BCP 47 tag, see <doc:PhoneCarriers#Languages>.
    /// - Complexity: O(digits); no allocation but the string's.
    ///
    /// Source: libphonenumber, `getNameForNumber`; its empty string is nil here.
    public func carrierName(in language: String) -> String? {
        switch type {
        case .mobile, .fixedLineOrMobile, .pager: carrierNameOfPrefix(in: language)
        default: nil
        }
    }

    /// The carrier's name, if no number of the region can have moved to another one; nil otherwise, and where ``carrierName(in:)`` is.
    ///
    /// - Parameter language: A BCP 47 tag, see <doc:PhoneCarriers#Languages>.
    /// - Complexity: O(digits); no allocation but the string's.
    ///
    /// Source: libphonenumber, `getSafeDisplayName`; its empty string is nil here.
    public func safeCarrierName(in language: String) -> String? {
        if let region, region.hasMobileNumberPortability { return nil }
        return carrierName(in: language)
    }

    /// Who was given the range that begins with the number's first digits, without a look at whether it is valid and what kind
    /// of line it leads to.
    ///
    /// - Parameter language: A BCP 47 tag, see <doc:PhoneCarriers#Languages>.
    /// - Complexity: O(digits); no allocation but the string's.
    ///
    /// Source: libphonenumber, `getNameForValidNumber`; its empty string is nil here.
    public func carrierNameOfPrefix(in language: String) -> String? {
        PrefixTable.carriers.name(for: self, in: LanguageTag(language))
    }
}

extension PrefixTable {
    fileprivate static var carriers: PrefixTable {
        PrefixTable(
            units: phone_carrier_table_units(), tuples: phone_carrier_table_tuples(),
            combinations: phone_carrier_table_combinations(), languages: phone_carrier_table_languages(),
            languageCount: PHONE_CARRIER_LANGUAGE_COUNT,
            names: NameTable(
                text: phone_carrier_table_text(), blocks: phone_carrier_table_text_blocks(), phrases: phone_carrier_table_phrases(),
                firstLongCode: PHONE_CARRIER_FIRST_LONG_CODE, longest: PHONE_CARRIER_LONGEST_NAME))
    }
}
