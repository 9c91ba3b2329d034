public import PhoneNormalization

extension CodeTemplate {
    /// The language that most people in a region read, among those there are: for whoever is written to without having said one.
    ///
    /// Source: CLDR 45, likely subtags and territory information.
    public static func language(of region: Region) -> String { languagesOfRegions[region.code] ?? "en" }

    private static let languagesOfRegions: [String: String] = {
        let regions: [(language: String, regions: String)] = [
            ("ar", "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TD TN YE"), ("bg", "BG"), ("bn", "BD"), ("ca", "AD"),
            ("cs", "CZ"), ("da", "DK GL"), ("de", "AT CH DE LI LU"), ("el", "CY GR"),
            ("es", "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE"), ("et", "EE"), ("fa", "AF IR"), ("fi", "FI"),
            ("fil", "PH"), ("fr", "BE BF BI BJ BL CD CF CG CI CM FR GA GF GN GP HT MC MF MG ML MQ NC NE PF PM RE SN TG WF YT"),
            ("he", "IL"),
            ("hi", "IN"), ("hr", "BA HR"), ("hu", "HU"), ("id", "ID"), ("it", "IT SM VA"), ("ja", "JP"), ("ko", "KP KR"), ("lt", "LT"),
            ("lv", "LV"), ("ms", "BN MY"), ("nb", "NO SJ"), ("nl", "AW BQ CW NL SR SX"), ("pl", "PL"), ("pt", "AO CV GW MO MZ PT ST TL"),
            ("pt-BR", "BR"), ("ro", "MD RO"), ("ru", "BY KG KZ RU"), ("sk", "SK"), ("sl", "SI"), ("sr", "ME RS XK"), ("sv", "AX SE"),
            ("sw", "KE TZ UG"), ("th", "TH"), ("tr", "TR"), ("uk", "UA"), ("ur", "PK"), ("vi", "VN"), ("zh-Hans", "CN SG"),
            ("zh-Hant", "HK TW"),
        ]
        return Dictionary(
            uniqueKeysWithValues: regions.flatMap { entry in
                entry.regions.split(separator: " ").map { (String($0), language(for: entry.language)) }
            })
    }()
}
