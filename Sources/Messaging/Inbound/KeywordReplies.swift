/// What is answered to STOP, HELP and START, in every language there is a template in.
///
/// Each names the service and says what to send next. They are the one message that still goes to somebody who wants no more.
/// Source: CTIA, Messaging Principles and Best Practices (2023) §5.1.3 (the confirmation of an opt-out).
public struct KeywordReplies: Hashable, Sendable {
    /// The service's name; as ``CodeTemplate/brand``.
    public let brand: String
    /// Where people find help: an address of the web, a number or an e-mail address, 1 to 120 bytes without control characters.
    public let help: String

    /// - Precondition: both are within the bounds that they document; a host writes them once.
    public init(brand: String, help: String) {
        Brand.check(brand)
        precondition((1...120).contains(help.utf8.count), "Where to find help has 1 to 120 bytes: it stands in a text message.")
        precondition(
            !help.unicodeScalars.contains { $0.properties.generalCategory == .control }, "Where to find help has no control characters.")
        (self.brand, self.help) = (brand, help)
    }

    /// - Parameter language: BCP 47; see ``CodeTemplate/language(for:)``.
    package func text(for keyword: InboundKeyword, language: String) -> String {
        let replies = LanguageTexts.find(language).replies
        let text =
            switch keyword {
            case .stop: replies.stopped
            case .help: replies.help
            case .start: replies.started
            }
        // What the host wrote goes in last, so that nothing in it is taken for a mark.
        let (head, tail) = text.split(at: "{help}")
        return head.replacing(mark: "{brand}", with: brand)
            + (tail.map { help + $0.replacing(mark: "{brand}", with: brand) } ?? "")
    }
}
