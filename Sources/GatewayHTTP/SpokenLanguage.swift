/// Which of a gateway's voices speaks a language: they are named by language and country, and a gateway has not every country's.
package enum SpokenLanguage {
    private static let usual = [
        "ar": "ar-AE", "de": "de-DE", "en": "en-US", "es": "es-ES", "fr": "fr-FR", "it": "it-IT", "ja": "ja-JP", "nl": "nl-NL",
        "pt": "pt-PT",
    ]
    private static let others: Set = ["en-AU", "en-GB", "en-IN", "es-MX", "es-US", "fr-CA", "pt-BR"]

    /// - Parameters:
    ///   - language: BCP 47.
    ///   - own: what the host's settings say instead, by language.
    package static func tag(for language: String, own: [String: String]) -> String {
        let primary = String(language.prefix { $0 != "-" }).lowercased()
        if let tag = own[language] ?? own[primary] { return tag }
        return others.contains(language) ? language : usual[primary] ?? language
    }
}
