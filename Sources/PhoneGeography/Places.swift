internal import CPhoneGeography
internal import NumberPrefixes

extension PrefixTable {
    /// The generated tables of places; they hold the names of regions as well.
    static var places: PrefixTable {
        PrefixTable(
            units: phone_geography_table_units(), tuples: phone_geography_table_tuples(),
            combinations: phone_geography_table_combinations(), languages: phone_geography_table_languages(),
            languageCount: PHONE_GEOGRAPHY_LANGUAGE_COUNT,
            names: NameTable(
                text: phone_geography_table_text(), blocks: phone_geography_table_text_blocks(),
                phrases: phone_geography_table_phrases(), firstLongCode: PHONE_GEOGRAPHY_FIRST_LONG_CODE,
                longest: PHONE_GEOGRAPHY_LONGEST_NAME))
    }
}
