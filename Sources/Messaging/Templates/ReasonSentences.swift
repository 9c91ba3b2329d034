public import IdentityTypes

/// What a person is told about why they are asked again, in the message and on the host's page.
public enum ReasonSentences {
    /// One sentence.
    ///
    /// - Parameter language: BCP 47; see ``CodeTemplate/language(for:)``.
    public static func sentence(for reason: StepUpReason, language: String) -> String {
        LanguageTexts.find(language).reasons[reason]
    }
}
