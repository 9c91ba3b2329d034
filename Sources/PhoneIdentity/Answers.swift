public import IdentityTypes
public import OTPEngine
public import PhoneNormalization
public import RecordStorage
public import SealedStore

/// Why somebody is asked for a code.
public enum Occasion: Hashable, Sendable {
    /// A new account for a number.
    case signUp
    /// The same of whoever says that the account which has the number is not theirs: it was somebody else's before. That account keeps
    /// everything but the number; see ``RecoveryPolicy``. Offer it beside recovery after ``Verdict/alreadyEnrolled(_:)``.
    case newHolder
    /// Back into an account by its number.
    case recovery
    /// The person behind a pseudonym shows again that it is them, and is told why; good for that reason alone.
    case stepUp(Pseudonym, because: StepUpReason = .sensitiveChange)
    /// Another number for the person behind a pseudonym, or their first: the code goes to that number. The proof is of a step-up for
    /// ``StepUpReason/numberChange``, or of a recovery.
    case newNumber(Pseudonym, StepUpProof)
    /// Another e-mail address, or the first; with a proof for ``StepUpReason/emailChange``, or of a recovery.
    case newEmail(Pseudonym, StepUpProof)

    var challengePurpose: ChallengePurpose {
        switch self {
        case .signUp, .newHolder, .newNumber, .newEmail: .verification
        case .recovery: .accountRecovery
        case .stepUp: .stepUpVerification
        }
    }

    var reason: StepUpReason? {
        if case .stepUp(_, let reason) = self { reason } else { nil }
    }

    /// Whose account pays beside the number.
    var pseudonym: Pseudonym? {
        switch self {
        case .signUp, .newHolder, .recovery: nil
        case .stepUp(let pseudonym, _), .newNumber(let pseudonym, _), .newEmail(let pseudonym, _): pseudonym
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
    /// How many digits to type; 0 where the answer is none of ours.
    public let digits: Int
    /// How the person has to answer.
    public let method: MethodKind
    /// What the client needs for the answer, of a host's own method; else nothing.
    public let prompt: [UInt8]
    /// Why the person is asked, to show beside the field; of a step-up alone.
    public let sentence: String?
    /// Names the challenge to a support desk, which `phone-identity explain` tells what became of its messages: 26 letters and digits that complete
    /// nothing. Show it small, beside "no code?".
    public let reference: ChallengeReference
    /// What to offer to whoever gets no code, from ``resendAfter`` on: the other way to the same number (`resend`), then what else this occasion can
    /// be begun with. The same whatever became of the message, and whether or not the number is known.
    public let otherMethods: [MethodKind]
}

/// Whose account is to be recovered, by what the person remembers of it.
public enum AccountName: Hashable, Sendable {
    /// As it is typed, and where it would be dialled from. Nothing is sent to it.
    case number(String, region: Region? = nil)
    case email(EmailAddress)
    /// By the host's own sign-in name, which it has looked up. What an answer can be guessed, and an app, then needs more: see
    /// ``IdentityService/begin(_:by:account:requester:language:)``.
    case pseudonym(Pseudonym)
}

/// What a person answers. Prints as `<redacted>`.
public enum VerificationAnswer: Sendable {
    /// Of a message or of an authenticator app, as typed.
    case code(String)
    case recoveryCode(String)
    /// Bytes from the client for a host's own method, at most 16 KiB.
    case response([UInt8])
    /// The claim of a ``GuardianRequest`` that was approved.
    case guardianClaim(String)

    func parsed() throws(OTPError) -> MethodAnswer {
        switch self {
        case .code(let text): .code(try SubmittedCode(text))
        case .recoveryCode(let text): .recoveryCode(try SubmittedRecoveryCode(text))
        case .response(let bytes): .response(bytes)
        case .guardianClaim(let text): .response(Array(text.utf8.prefix(MethodAnswer.responseLimit)))
        }
    }
}

extension VerificationAnswer: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a right code led to, and what makes this device no stranger the next time.
public struct CompletedChallenge: Hashable, Sendable {
    public let verdict: Verdict
    /// For a cookie of the host's, which ``Requester`` brings back: with it the device draws on budgets of its own for this number, and gets
    /// in while strangers have used up the number's. `nil` where no number was proven: keep the one there is.
    public let deviceToken: DeviceToken?
    /// Of a recovery that let in: with it what was lost can be replaced (number, e-mail, app), for 15 minutes.
    public let proof: StepUpProof?
}

/// What a right code led to.
public enum Verdict: Hashable, Sendable {
    /// A new account.
    case enrolled(Pseudonym)
    /// The number has an account. The pseudonym comes only while the host has not acknowledged a fresh enrolment; else offer recovery.
    case alreadyEnrolled(Pseudonym?)
    /// Let in.
    case recovered(Pseudonym)
    /// The number was not proven recently, and may have a new owner, or the proof is weaker than what the account has. The owner is told
    /// through ``IdentityEnvironment/notices``, and can `stopRecovery`; a recovery that is begun and completed from `until` on lets the person in, for as long as ``RecoveryPolicy/window``.
    case recoveryWaits(until: Timestamp)
    /// The number has an account whose owner may still have it. They are told, and keep it if they prove it again; else whoever begins and
    /// completes an ``Occasion/newHolder`` from `until` on, for as long as ``RecoveryPolicy/window``, gets an account of their own with it.
    case takeOverWaits(until: Timestamp)
    /// The number is theirs now, and the one before it no longer.
    case numberChanged(Pseudonym)
    case emailChanged(Pseudonym)
    /// Proven again. The proof is good for 15 minutes, and opens the person's history once (`export`).
    case steppedUp(Pseudonym, StepUpProof)
}
