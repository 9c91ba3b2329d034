/// In which languages a person might read what there is none of in their own.
enum LanguageFallback {
    /// Longer tags are nobody's: the longest that is registered has 33 characters.
    /// Source: RFC 5646 §4.4.1, which lets nobody cut below 35.
    private static let longest = 64

    /// The tag itself in lower case, then each of its parents: `de-ch-1996`, `de-ch`, `de`.
    ///
    /// Case does not matter, and underscores are taken for hyphens. Former tags become today's, Norwegian becomes Bokmål, and Chinese becomes
    /// one of its two scripts, by the script or else by the region.
    /// Source: RFC 4647 §3.4 (lookup); IANA Language Subtag Registry (`iw`, `in`, `tl`, `no`); CLDR likely subtags (`zh`).
    static func candidates(_ language: String) -> [String] {
        guard language.utf8.count <= longest else { return [] }
        var subtags = language.lowercased().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.map(String.init)
        switch subtags[0] {
        case "iw": subtags[0] = "he"
        case "in": subtags[0] = "id"
        case "tl": subtags[0] = "fil"
        case "no", "nn": subtags[0] = "nb"
        case "zh", "cmn", "yue": subtags = ["zh", script(ofChinese: subtags)]
        default: break
        }
        return (1...subtags.count).reversed().map { subtags[..<$0].joined(separator: "-") }
    }

    private static func script(ofChinese subtags: [String]) -> String {
        // Behind a single character come extensions, which may look like scripts and regions.
        let own = subtags.dropFirst().prefix { $0.utf8.count != 1 }
        if let script = own.first(where: { $0 == "hans" || $0 == "hant" }) { return script }
        let isTraditional = subtags[0] == "yue" || own.contains { ["tw", "hk", "mo"].contains($0) }
        return isTraditional ? "hant" : "hans"
    }
}
