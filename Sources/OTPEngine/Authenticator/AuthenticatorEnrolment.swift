import CryptoPrimitives
public import RecordStorage

/// A new secret on its way into a person's app, while its first code is waited for.
///
/// Everything here is the secret in another dress: it is in guarded memory, cannot be printed, and is lent, once, to whatever shows it to the
/// person. Nothing of it may be logged, cached or kept.
public final class AuthenticatorEnrolment: Sendable {
    public let parameters: AuthenticatorParameters
    /// When the first code must have come.
    public let expiresAt: Timestamp
    private let secret: SecretBytes
    private let uri: SecretBytes

    init(secret: consuming SecretBytes, parameters: AuthenticatorParameters, label: AuthenticatorLabel, expiresAt: Timestamp) {
        self.parameters = parameters
        self.expiresAt = expiresAt
        uri = Self.uri(of: secret, parameters, label)
        self.secret = secret
    }

    /// The key URI, `otpauth://totp/…`, in ASCII: a link that a telephone opens in its app.
    /// Source: Google Authenticator, "Key Uri Format"; RFC 3986; RFC 4648 §6.
    public func withURI<Value: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try uri.withUnsafeBytes(body)
    }

    /// A QR code of the URI: an SVG that stands alone, in UTF-8. Serve it with `Cache-Control: no-store`.
    ///
    /// - Parameter title: what a screen reader says of it; it should name the other way, ``withTypedSecret(_:)``.
    public func withQRCode<Value: ~Copyable, Failure: Error>(
        title: String = "QR code for an authenticator app", _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The longest URI has 3 · (64 + 64 + 128) bytes of labels and 171 of everything else.
        guard let code = QRCode(uri) else { preconditionFailure("Every key URI has a QR code.") }
        return try code.svg(title: title).withUnsafeBytes(body)
    }

    /// The secret for people who type it: upper-case base 32 in groups of four, with spaces between.
    public func withTypedSecret<Value: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try SecretText.make { $0.append(base32: secret, group: 4) }.withUnsafeBytes(body)
    }

    private static func uri(
        of secret: borrowing SecretBytes, _ parameters: AuthenticatorParameters, _ label: AuthenticatorLabel
    ) -> SecretBytes {
        SecretText.make { text in
            text.append("otpauth://totp/")
            text.append(percentEncoding: label.issuer)
            text.append(":")
            text.append(percentEncoding: label.account)
            text.append("?secret=")
            text.append(base32: secret)
            text.append("&issuer=")
            text.append(percentEncoding: label.issuer)
            text.append("&algorithm=")
            text.append(parameters.algorithm.name)
            text.append("&digits=")
            text.append(decimal: Int(parameters.digits.rawValue))
            text.append("&period=")
            text.append(decimal: Int(AuthenticatorParameters.period))
        }
    }
}

extension AuthenticatorEnrolment: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
