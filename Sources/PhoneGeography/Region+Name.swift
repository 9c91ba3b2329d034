internal import CPhoneGeography
internal import NumberPrefixes
public import PhoneNormalization

extension Region {
    /// The name of the region: `Schweiz`; nil without one in the language.
    ///
    /// No other language stands in for one that is missing. Of the tag only the language counts, not script and region.
    ///
    /// - Parameter language: A BCP 47 tag, see <doc:PhoneGeography#Languages>.
    /// - Complexity: O(languages in which the region has a name of its own), at most a few dozen; no allocation but the string's.
    ///
    /// Source: the region names that libphonenumber takes from Java.
    public func name(in language: String) -> String? {
        name(in: LanguageTag(language))
    }

    func name(in tag: LanguageTag) -> String? {
        guard tag.language != 0 else { return nil }
        let known = phone_geography_table_region_languages()[Int(tag.language & 0xFF) - 97]
        guard known >> UInt32(tag.language >> 8 - 97) & 1 != 0 else { return nil }
        guard let index = letterIndex else { return nil }
        let start = Int(phone_geography_table_region_starts()[index])
        guard start != 0 else { return nil }
        let names = phone_geography_table_region_names()
        var number = names[start]
        var next = start + 1
        while names[next] >> 16 != 0 {
            if names[next] >> 16 == UInt32(tag.language) { number = names[next] & 0xFFFF }
            next += 1
        }
        return number == 0 ? nil : PrefixTable.places.names.name(Int(number))
    }
}
