/// What an app shows beside its codes: who issued them, and for which account.
///
/// Both go into the key URI and are kept nowhere. Never put a phone number there: it would be on every backup of the app.
public struct AuthenticatorLabel: Hashable, Sendable {
    let issuer: String
    let account: String

    /// - Parameters:
    ///   - issuer: the service's name; 1 to 64 bytes.
    ///   - account: what the person knows the account by; 1 to 128 bytes.
    /// - Throws: ``OTPError`` with code `.labelInvalid` for other lengths, for a colon (which apps take for the end of the issuer) and for
    ///   control characters.
    public init(issuer: String, account: String) throws(OTPError) {
        for (text, limit) in [(issuer, 64), (account, 128)] {
            guard (1...limit).contains(text.utf8.count), text.unicodeScalars.allSatisfy(Self.allows) else { throw .labelInvalid }
        }
        (self.issuer, self.account) = (issuer, account)
    }

    private static func allows(_ scalar: Unicode.Scalar) -> Bool {
        scalar != ":" && scalar.properties.generalCategory != .control
    }
}

extension AuthenticatorLabel: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
