import IdentityTypes

/// Everything that is said in one language. The initializers demand every text, so that no language can miss one.
///
/// Marks: `{brand}`, `{code}` and `{minutes}` in the sentences of a code, `{brand}` and `{help}` in the replies. People are addressed politely. Digits
/// are ASCII in every language, for that is what people type and browsers look for.
///
/// A text message is put together of `code`, then `recovery` or a reason, `validity` and `warning`. In an alphabet that GSM 03.38 does not have a part
/// holds 70 characters, so there the four are short.
struct LanguageTexts: Sendable {
    /// BCP 47, in the case that is usual.
    let tag: String
    /// Who asks, and the code. In right-to-left languages it begins with a word of theirs, which makes the whole line run from right to left.
    let code: String
    /// How long it is good for.
    let validity: String
    let minutes: MinuteForms
    /// Never to pass it on.
    let warning: String
    /// What the code of a recovery does.
    let recovery: String
    let reasons: Reasons
    let voice: Voice
    let email: Email
    let replies: Replies
    let keywords: Keywords

    init(
        _ tag: String, code: String, validity: String, minutes: MinuteForms, warning: String, recovery: String, reasons: Reasons,
        voice: Voice,
        email: Email, replies: Replies, keywords: Keywords
    ) {
        (self.tag, self.code, self.validity, self.minutes, self.warning) = (tag, code, validity, minutes, warning)
        (self.recovery, self.reasons, self.voice) = (recovery, reasons, voice)
        (self.email, self.replies, self.keywords) = (email, replies, keywords)
    }

    /// What the code of a step-up does: one sentence for each ``StepUpReason``, whose subject is the code.
    struct Reasons: Sendable {
        let suspiciousSignIn: String
        let passwordChange: String
        let numberChange: String
        let emailChange: String
        let methodChange: String
        let dataExport: String
        let accountErasure: String
        let payment: String
        let guardianApproval: String
        let sensitiveChange: String
        let lostMethod: String

        subscript(reason: StepUpReason) -> String {
            switch reason {
            case .suspiciousSignIn: suspiciousSignIn
            case .passwordChange: passwordChange
            case .numberChange: numberChange
            case .emailChange: emailChange
            case .methodChange: methodChange
            case .dataExport: dataExport
            case .accountErasure: accountErasure
            case .payment: payment
            case .guardianApproval: guardianApproval
            case .sensitiveChange: sensitiveChange
            case .lostMethod: lostMethod
            }
        }
    }

    /// Of a call.
    struct Voice: Sendable {
        /// Said until a key is pressed.
        let prompt: String
        let greeting: String
        /// Before the digits, and before them again.
        let code: String
        let again: String
        let goodbye: String
    }

    /// Of an e-mail: a subject for each purpose, and what to do about a code that nobody asked for.
    struct Email: Sendable {
        let verification: String
        let recovery: String
        let stepUp: String
        let unasked: String
    }

    /// What is answered to a keyword; see ``KeywordReplies``.
    struct Replies: Sendable {
        let stopped: String
        let help: String
        let started: String
    }

    /// What people write to end messages, to get help and to get messages again, beside the English words; see ``InboundKeyword``.
    struct Keywords: Sendable {
        let stop: [String]
        let help: [String]
        let start: [String]
    }

    /// What the code does, where that has to be said: nothing at sign-up.
    func use(for purpose: PurposeCode, reason: StepUpReason?) -> String? {
        if let reason { return reasons[reason] }
        return switch purpose {
        case .accountRecovery: recovery
        case .stepUpVerification: reasons.sensitiveChange
        default: nil
        }
    }

    func subject(for purpose: PurposeCode) -> String {
        switch purpose {
        case .accountRecovery: email.recovery
        case .stepUpVerification: email.stepUp
        default: email.verification
        }
    }
}

extension LanguageTexts {
    /// In alphabetical order of their tags.
    static let all: [LanguageTexts] = [
        .ar, .bg, .bn, .ca, .cs, .da, .de, .el, .en, .es, .et, .fa, .fi, .fil, .fr, .he, .hi, .hr, .hu, .id, .it, .ja, .ko, .lt, .lv, .ms,
        .nb,
        .nl, .pl, .pt, .ptBR, .ro, .ru, .sk, .sl, .sv, .sw, .th, .tr, .uk, .ur, .vi, .zhHans, .zhHant,
    ]

    /// By tag in lower case.
    private static let byTag = Dictionary(uniqueKeysWithValues: all.map { ($0.tag.lowercased(), $0) })

    /// The texts for a language as ``LanguageFallback`` finds it.
    static func find(_ language: String) -> LanguageTexts {
        LanguageFallback.candidates(language).lazy.compactMap { byTag[$0] }.first ?? .en
    }
}
