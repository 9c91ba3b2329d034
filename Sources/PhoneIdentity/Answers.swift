public import IdentityTypes
public import OTPEngine
public import RecordStorage
public import SealedStore

/// Why somebody is asked for a code.
public enum Occasion: Hashable, Sendable {
    /// A new account for a number.
    case signUp
    /// Back into an account by its number.
    case recovery
    /// The person behind a pseudonym proves the number again, before something sensitive.
    case stepUp(Pseudonym)

    var challengePurpose: ChallengePurpose {
        switch self {
        case .signUp: .verification
        case .recovery: .accountRecovery
        case .stepUp: .stepUpVerification
        }
    }
}

/// What `begin` and `resend` answer: accepted. Never "sent", and the same whether the number is known or not.
public struct ChallengeReceipt: Hashable, Sendable {
    /// For the host's client, which brings it back; the number is in it, sealed, and nowhere else.
    public let token: ChallengeToken
    /// When the code stops being valid.
    public let expiresAt: Timestamp
    /// From when on `resend` may be asked, as far as the number's budgets go.
    public let resendAfter: Timestamp
    /// How many digits to type.
    public let digits: Int
}

/// What a right code led to, and what makes this device no stranger the next time.
public struct CompletedChallenge: Hashable, Sendable {
    public let verdict: Verdict
    /// For a cookie of the host's, which ``Requester`` brings back: with it the device draws on budgets of its own for this number, and gets
    /// in while strangers have used up the number's.
    public let deviceToken: DeviceToken
}

/// What a right code led to.
public enum Verdict: Hashable, Sendable {
    /// A new account.
    case enrolled(Pseudonym)
    /// The number has an account. The pseudonym comes only while the host has not acknowledged a fresh enrolment; else offer recovery.
    case alreadyEnrolled(Pseudonym?)
    /// Let in.
    case recovered(Pseudonym)
    /// The number was not proven recently, and may have a new owner. Tell the account's owner by whatever other means you have, who can
    /// `stopRecovery`; a recovery that is begun and completed from `until` on lets the person in, for as long as ``RecoveryPolicy/window``.
    case recoveryWaits(until: Timestamp)
    /// Proven again. The proof is good for 15 minutes, and opens the person's history once (`export`).
    case steppedUp(Pseudonym, StepUpProof)
}
