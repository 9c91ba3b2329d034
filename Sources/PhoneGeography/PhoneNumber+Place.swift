internal import NumberPrefixes
public import PhoneNormalization

extension PhoneNumber {
    /// Where the number is from: `Zürich`, `Mountain View, CA`, or `Schweiz` where no place is known; nil for a number that is not valid,
    /// and where nothing is known.
    ///
    /// A number whose digits tell no place (``PhoneNormalization/PhoneNumber/isGeographical``) is from a region only.
    ///
    /// - Parameters:
    ///   - language: A BCP 47 tag, see <doc:PhoneGeography#Languages>.
    ///   - region: Where the reader is. The name of the region is enough for a number from another one; nil to name the place wherever
    ///     it is.
    /// - Complexity: O(digits), times the regions that share the country calling code where no place is known; no allocation
    ///   but the string's.
    ///
    /// Source: libphonenumber, `getDescriptionForNumber`; its empty string is nil here.
    public func geographicDescription(in language: String, from region: Region? = nil) -> String? {
        guard isValid else { return nil }
        return isGeographical ? geographicDescriptionOfPrefix(in: language, from: region) : countryName(in: language)
    }

    /// Where the numbers with the same first digits are from, without a look at whether the number is valid and whether its
    /// digits tell a place.
    ///
    /// - Parameters: as of ``geographicDescription(in:from:)``.
    /// - Complexity: as of ``geographicDescription(in:from:)``.
    ///
    /// Source: libphonenumber, `getDescriptionForValidNumber`; its empty string is nil here.
    public func geographicDescriptionOfPrefix(in language: String, from region: Region? = nil) -> String? {
        let tag = LanguageTag(language)
        if let region, region != self.region {
            return self.region.flatMap { $0.name(in: tag) }
        }
        return PrefixTable.places.name(for: withoutMobileToken, in: tag) ?? onlyRegion?.name(in: tag)
    }

    /// The name of the region the number is from: `Schweiz`; nil if it could be from several, and where the region has no name in the
    /// language.
    ///
    /// No other language stands in for one that is missing. Of the tag only the language counts, not script and region.
    ///
    /// - Parameter language: A BCP 47 tag, see <doc:PhoneGeography#Languages>.
    /// - Complexity: O(digits), times the regions that share the country calling code; no allocation but the string's.
    ///
    /// Source: libphonenumber, `getCountryNameForNumber`; its empty string is nil here.
    public func countryName(in language: String) -> String? {
        onlyRegion?.name(in: LanguageTag(language))
    }

    /// The number as it is dialled without the digit that marks mobiles, as places are known by their area codes.
    private var withoutMobileToken: PhoneNumber {
        guard let token = callingCode.mobileToken?.utf8.first else { return self }
        return withE164Bytes { bytes in
            // Behind the plus sign and the country calling code.
            let national = bytes.extracting(droppingFirst: callingCode.value < 10 ? 2 : callingCode.value < 100 ? 3 : 4)
            guard national[0] == token else { return self }
            // Digits that are no number without the token are looked up as they are.
            return (try? PhoneNumber(parsing: national.extracting(droppingFirst: 1), region: callingCode.mainRegion)) ?? self
        }
    }
}
