import RecordStorage

/// The name of a way in which a person shows that it is them: 1 to 32 lowercase ASCII letters, digits and hyphens.
///
/// A host's own methods have names of their own, such as `passkey` or `invitation`.
public struct MethodKind: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String

    /// `nil` for anything but 1 to 32 lowercase ASCII letters, digits and hyphens.
    public init?(rawValue: String) {
        guard RecordCollection(rawValue: rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }

    public init(stringLiteral value: StaticString) {
        guard let kind = Self(rawValue: value.description) else {
            preconditionFailure("A method's name is 1 to 32 lowercase ASCII letters, digits and hyphens.")
        }
        self = kind
    }

    /// A code by text message.
    public static let sms: Self = "sms"
    /// A code that is spoken to whoever takes the call.
    public static let voice: Self = "voice"
    /// A code by e-mail.
    public static let email: Self = "email"
    /// A code of an authenticator app (RFC 6238).
    public static let authenticatorApp: Self = "authenticator-app"
    /// One of the codes that a person was given to keep, each good once.
    public static let recoveryCode: Self = "recovery-code"
    /// A person with a proven number who answers for this one.
    public static let guardian: Self = "guardian"

    /// Whether a code of ours goes out, which can be sent again.
    public var sendsCode: Bool { self == .sms || self == .voice || self == .email }
    /// Whether it shows possession of the number.
    public var isPhone: Bool { self == .sms || self == .voice }
    /// Whether this library brings it.
    package var isBuiltIn: Bool { sendsCode || self == .authenticatorApp || self == .recoveryCode || self == .guardian }
}

/// What a right answer shows, weakest first.
public enum Assurance: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Somebody vouches for the person, or an address answered that others may read: e-mail, an invitation, a guardian.
    case vouched = 1
    /// Possession of a phone number, which a carrier can give to somebody else. Source: NIST SP 800-63B-4 §3.1.3.3, restricted authenticators.
    case restricted = 2
    /// Possession of a secret that nobody else has: an authenticator app, a recovery code.
    case possession = 3
    /// The same, and it answers to nobody but the service itself: a passkey.
    case phishingResistant = 4

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
