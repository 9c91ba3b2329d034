extension OTPError.Code {
    /// The person has set up no authenticator app, or is setting up none.
    public static let authenticatorNotFound = Self(rawValue: "otp.authenticatorNotFound")
    /// The code was right and has been used; the app's next one will do.
    public static let codeUsed = Self(rawValue: "otp.codeUsed")
    /// The person's secret is sealed under a key that this process does not have.
    public static let authenticatorKeyUnknown = Self(rawValue: "otp.authenticatorKeyUnknown")
    /// Issuer or account cannot stand in an authenticator app.
    public static let labelInvalid = Self(rawValue: "otp.labelInvalid")
}

extension OTPError {
    static var authenticatorNotFound: Self {
        Self(.authenticatorNotFound, "No authenticator app is set up or being set up here; set one up, or use another method.")
    }
    static var codeUsed: Self { Self(.codeUsed, "This code was used already; wait for the app's next one, or take another recovery code.") }
    static var authenticatorKeyUnknown: Self {
        Self(.authenticatorKeyUnknown, "This authenticator's key is not here; share authenticator keys among all hosts, and keep them.")
    }
    static var labelInvalid: Self {
        Self(.labelInvalid, "An issuer has 1 to 64 bytes and an account 1 to 128, without colons and control characters.")
    }
    static var enrolmentExpired: Self { Self(.expired, "Setting up the app took too long; begin again with a new QR code.") }
    static var noRecoveryCodes: Self { Self(.exhausted, "All recovery codes are used; make new ones, or use another method.") }
    static var malformedAuthenticatorCode: Self {
        Self(.malformedCode, "This is no code of the app: type all its digits, and nothing else.")
    }
    static var malformedRecoveryCode: Self {
        Self(.malformedCode, "This is not a recovery code: type its fifteen letters and digits.")
    }
    static var wrongAuthenticatorCode: Self { Self(.wrongCode, "This is not the app's present code; type the one that it shows now.") }
    static var wrongRecoveryCode: Self { Self(.wrongCode, "This is none of the recovery codes that are left; check it and type it again.") }
    static var authenticatorTampered: Self {
        Self(.unavailable, "What is stored of this authenticator was not sealed for it; restore it from a backup, or remove it.")
    }
}
