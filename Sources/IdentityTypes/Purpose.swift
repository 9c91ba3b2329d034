/// What a number may be used for. The set is closed: advertising, sale, sharing with third parties and training are
/// not in it, cannot be added from outside, and stored data that names anything else is refused.
public enum PurposeCode: UInt16, Hashable, Sendable, CaseIterable {
    /// Proving possession of a number at sign-up. Necessary for the contract.
    case verification = 1
    /// Letting the owner back in. Necessary for the contract.
    case accountRecovery = 2
    /// Review of a violation of the terms of service, by people, under two levels of approval. Recorded, not consented.
    case termsOfServiceReview = 3
    /// A duty by law. Recorded, not consented.
    case legalObligation = 4
    /// Warning of danger to the account or the person. Opt-in.
    case securityAlert = 16
    /// Notice about the service. Opt-in.
    case serviceAlert = 17
    /// News about the product the person uses. Opt-in.
    case productUpdate = 18
    /// Two-way messages. Opt-in.
    case conversation = 19
    /// Asking for a code again before something sensitive. Opt-in.
    case stepUpVerification = 20
    /// Linking what one person does in several places. Opt-in.
    case interactionLinking = 21

    /// Whether a use needs an opt-in given by the person; the others are necessary, and recorded.
    public var needsConsent: Bool { rawValue >= 16 }

    /// Whether people may see a number for it, under two levels of approval.
    public var allowsReveal: Bool {
        switch self {
        case .termsOfServiceReview, .legalObligation, .securityAlert: true
        default: false
        }
    }
}

/// Closes ``Purpose``: only this package makes tokens, one for each purpose there is.
public struct PurposeToken: Hashable, Sendable {
    public let code: PurposeCode

    package init(_ code: PurposeCode) {
        self.code = code
    }
}

/// A purpose as a type, so that a use for another purpose does not compile.
public protocol Purpose: Sendable {
    static var token: PurposeToken { get }
}

/// A purpose for which a message may be sent.
public protocol MessagingPurpose: Purpose {}

/// A purpose for which people may see a number, under two levels of approval.
public protocol RevealPurpose: Purpose {}

/// The purposes as types.
public enum Purposes {
    /// ``PurposeCode/verification``
    public enum Verification: MessagingPurpose { public static var token: PurposeToken { .init(.verification) } }
    /// ``PurposeCode/accountRecovery``
    public enum AccountRecovery: MessagingPurpose { public static var token: PurposeToken { .init(.accountRecovery) } }
    /// ``PurposeCode/termsOfServiceReview``
    public enum TermsOfServiceReview: RevealPurpose { public static var token: PurposeToken { .init(.termsOfServiceReview) } }
    /// ``PurposeCode/legalObligation``
    public enum LegalObligation: RevealPurpose { public static var token: PurposeToken { .init(.legalObligation) } }
    /// ``PurposeCode/securityAlert``
    public enum SecurityAlert: MessagingPurpose, RevealPurpose { public static var token: PurposeToken { .init(.securityAlert) } }
    /// ``PurposeCode/serviceAlert``
    public enum ServiceAlert: MessagingPurpose { public static var token: PurposeToken { .init(.serviceAlert) } }
    /// ``PurposeCode/productUpdate``
    public enum ProductUpdate: MessagingPurpose { public static var token: PurposeToken { .init(.productUpdate) } }
    /// ``PurposeCode/conversation``
    public enum Conversation: MessagingPurpose { public static var token: PurposeToken { .init(.conversation) } }
    /// ``PurposeCode/stepUpVerification``
    public enum StepUpVerification: MessagingPurpose { public static var token: PurposeToken { .init(.stepUpVerification) } }
    /// ``PurposeCode/interactionLinking``
    public enum InteractionLinking: Purpose { public static var token: PurposeToken { .init(.interactionLinking) } }
}
