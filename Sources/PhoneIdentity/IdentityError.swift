public import AuditLog
public import ConsentLedger
public import Messaging
public import OTPEngine
public import PhoneNormalization
public import RecordStorage
public import SealedStore

/// Why the service did not do what it was asked.
///
/// One stable code for each cause, whichever module it comes from; `Documentation/Errors.md` lists them all with what to do.
public struct IdentityError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// What was typed has the form of a number, but no numbering plan assigns it: ask the person to check it.
        public static let numberNotValid = Self(rawValue: "identity.numberNotValid")
        /// A kind of line that cannot be a person's own, such as a premium rate number: ask for another number.
        public static let lineTypeRefused = Self(rawValue: "identity.lineTypeRefused")
        /// The service takes no numbers from this country.
        public static let regionRefused = Self(rawValue: "identity.regionRefused")
        /// The pseudonym was never given, or its person was erased.
        public static let unknownPseudonym = Self(rawValue: "identity.unknownPseudonym")
        /// The pseudonym is another consumer's, where only the host's own will do.
        public static let foreignPseudonym = Self(rawValue: "identity.foreignPseudonym")
        /// As many consumers as there may be have a pseudonym of this person.
        public static let tooManyConsumers = Self(rawValue: "identity.tooManyConsumers")
        /// The person's erasure has begun; nothing but finishing it is possible.
        public static let erasing = Self(rawValue: "identity.erasing")
        /// The owner stopped a recovery of this account; the number alone does not recover it now.
        public static let recoveryStopped = Self(rawValue: "identity.recoveryStopped")
        /// No account for this number, which the person has proven to be theirs: offer to sign up.
        public static let noAccount = Self(rawValue: "identity.noAccount")
        /// Consents are decided at sign-up or for a pseudonym, not in this flow.
        public static let consentsNotExpected = Self(rawValue: "identity.consentsNotExpected")
        /// The number shown for an export is not the subject's or comes without a fresh proof, or the proof is another person's.
        public static let proofMismatch = Self(rawValue: "identity.proofMismatch")
        /// What was typed is no e-mail address.
        public static let emailNotValid = Self(rawValue: "identity.emailNotValid")
        /// The service does not offer this method here, or the person does not have it: offer another.
        public static let methodNotOffered = Self(rawValue: "identity.methodNotOffered")
        /// The method shows less than the reason demands and the person has: offer a stronger one.
        public static let methodTooWeak = Self(rawValue: "identity.methodTooWeak")
        /// The number or the address, which the person has proven to be theirs, belongs to another account: offer to recover that one.
        public static let alreadyClaimed = Self(rawValue: "identity.alreadyClaimed")
        /// The SIM card of the number was changed lately: offer another method, or wait.
        public static let simChanged = Self(rawValue: "identity.simChanged")
        /// Who would answer as a guardian may not: they have no number, a guardian of their own, or as many wards as there may be.
        public static let guardianRefused = Self(rawValue: "identity.guardianRefused")
        /// Others were faster too often: try again with the same attempt.
        public static let busy = Self(rawValue: "identity.busy")
    }

    public let code: Code
    /// A sentence a person can act on. Never holds a number, a code, a key or what was typed.
    public let reason: String
    /// How long to wait, where waiting helps.
    public let retryAfter: Duration?
    /// After a wrong code: how many tries the challenge has left.
    public let triesLeft: Int?
    /// When a lock or a stop ends.
    public let until: Timestamp?

    public init(_ code: Code, _ reason: String, retryAfter: Duration? = nil, triesLeft: Int? = nil, until: Timestamp? = nil) {
        self.code = code
        self.reason = reason
        self.retryAfter = retryAfter
        self.triesLeft = triesLeft
        self.until = until
    }

    static var lineTypeRefused: IdentityError {
        IdentityError(Code.lineTypeRefused, "A code cannot reach a line of this kind; give a mobile or home number of your own.")
    }

    static var unknownPseudonym: IdentityError {
        IdentityError(
            Code.unknownPseudonym, "No person has this pseudonym: it was never given, or its person was erased.")
    }

    static var erasing: IdentityError {
        IdentityError(Code.erasing, "This person's erasure has begun; nothing but finishing it is possible.")
    }

    public init(_ error: PhoneNumberError) {
        self.init(Code(rawValue: error.code.rawValue), error.reason)
    }

    public init(_ error: StorageError) {
        self.init(Code(rawValue: error.code.rawValue), error.reason)
    }

    public init(_ error: VaultError) {
        // Also where the key service's own store failed: the code says which of the two stores it is not.
        self.init(Code(rawValue: error.code.rawValue), error.reason)
    }

    public init(_ error: ConsentError) {
        if let storage = error.storage { self.init(storage) } else { self.init(Code(rawValue: error.code.rawValue), error.reason) }
    }

    public init(_ error: AuditError) {
        if let storage = error.storage { self.init(storage) } else { self.init(Code(rawValue: error.code.rawValue), error.reason) }
    }

    public init(_ error: TransportError) {
        self.init(Code(rawValue: error.code.rawValue), error.reason)
    }

    public init(_ error: OTPError) {
        // A store that fails has one code, wherever in a flow it does.
        let storage = error.code == .unavailable ? error.storageCode?.rawValue : nil
        self.init(
            Code(rawValue: storage ?? error.code.rawValue), error.reason, retryAfter: error.retryAfter, triesLeft: error.triesLeft,
            until: error.until)
    }
}

extension IdentityError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
