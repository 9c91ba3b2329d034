public import RecordStorage

/// Why a challenge, a code or a setting was refused.
///
/// Tells a caller by ``code`` alone whether to fix the input, wait, begin again or call someone. Never holds a number, a
/// tag, a code or a key.
public struct OTPError: Error, Hashable, Sendable {
    /// What a caller decides by. New codes may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// No such challenge for this requester: never begun, long over, or begun in another session.
        public static let challengeNotFound = Self(rawValue: "otp.challengeNotFound")
        /// The code's time is over, or a longer code has replaced it: begin again or ask for the code again.
        public static let expired = Self(rawValue: "otp.expired")
        /// Not the code; ``OTPError/triesLeft`` says how many tries the challenge has left.
        public static let wrongCode = Self(rawValue: "otp.wrongCode")
        /// What was typed cannot be a code of this challenge. Costs no guess, since it could never have been right.
        public static let malformedCode = Self(rawValue: "otp.malformedCode")
        /// The number has had its codes for now: wait ``OTPError/retryAfter``.
        public static let tooManySends = Self(rawValue: "otp.tooManySends")
        /// The number, or the authenticator app, has had its guesses for now: wait ``OTPError/retryAfter``.
        public static let tooManyGuesses = Self(rawValue: "otp.tooManyGuesses")
        /// Too many wrong codes in a row, or at an authenticator app in a year: closed to codes until ``OTPError/until``. Other methods stay open.
        public static let locked = Self(rawValue: "otp.locked")
        /// The client's network has had its codes or its wrong guesses for now: offer a proof of work, another method, or wait
        /// ``OTPError/retryAfter``.
        public static let networkLimited = Self(rawValue: "otp.networkLimited")
        /// Codes to this range of numbers are hardly ever used: offer another method, let a check of the host's own vouch for the person, or wait
        /// ``OTPError/retryAfter``. A device that has proven the number is never stopped by it.
        public static let rangeClosed = Self(rawValue: "otp.rangeClosed")
        /// One after another of adjacent numbers asked for a code: offer another method, let a check of the host's own vouch for the person, or wait
        /// ``OTPError/retryAfter``.
        public static let adjacentNumbers = Self(rawValue: "otp.adjacentNumbers")
        /// What may be sent to this country in a day is used up: wait ``OTPError/retryAfter``, or raise the limit.
        public static let countryLimited = Self(rawValue: "otp.countryLimited")
        /// What the deployment may send in a day is used up: raise the limit, if people mean it.
        public static let deploymentLimited = Self(rawValue: "otp.deploymentLimited")
        /// The proof of work is another session's, expired, used or wrong: solve a new puzzle.
        public static let proofInvalid = Self(rawValue: "otp.proofInvalid")
        /// The challenge has no tries left: begin again.
        public static let exhausted = Self(rawValue: "otp.exhausted")
        /// The method sends nothing, so there is nothing to send again: ask for the answer.
        public static let nothingToSend = Self(rawValue: "otp.nothingToSend")
        /// The guardian's invitation or the claim to it was never made here, is over, or was answered.
        public static let invitationInvalid = Self(rawValue: "otp.invitationInvalid")
        /// The challenge was completed by another attempt.
        public static let alreadyCompleted = Self(rawValue: "otp.alreadyCompleted")
        /// The text is no challenge token.
        public static let tokenMalformed = Self(rawValue: "otp.tokenMalformed")
        /// The token was not made by this deployment, or was changed.
        public static let tokenForged = Self(rawValue: "otp.tokenForged")
        /// The token was made under a key this process does not have: it is older than the rotation, or the keys are not shared.
        public static let tokenKeyUnknown = Self(rawValue: "otp.tokenKeyUnknown")
        /// The requester's session binding is empty or above 256 bytes, or its network is no IP address.
        public static let requesterInvalid = Self(rawValue: "otp.requesterInvalid")
        /// A setting is weaker than this library allows; the reason names the bound.
        public static let policyTooWeak = Self(rawValue: "otp.policyTooWeak")
        /// Others were faster too often, or the store did not say what became of a commit: try again with the same attempt.
        public static let busy = Self(rawValue: "otp.busy")
        /// The store failed; nothing is decided without it. ``OTPError/storageCode`` says how.
        public static let unavailable = Self(rawValue: "otp.unavailable")
        /// The task was cancelled before anything was written.
        public static let cancelled = Self(rawValue: "otp.cancelled")
    }

    public let code: Code
    /// A sentence a person can act on.
    public let reason: String
    /// With `.wrongCode`: tries left, 0 or more.
    public private(set) var triesLeft: Int?
    /// With `.tooManySends`, `.tooManyGuesses` and the limits that many numbers share: how long to wait.
    public private(set) var retryAfter: Duration?
    /// With `.locked`: when the lock ends.
    public private(set) var until: Timestamp?
    /// With `.unavailable` and `.busy`, where the store is the cause.
    public private(set) var storageCode: StorageError.Code?

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension OTPError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}

extension OTPError {
    static var challengeNotFound: Self { Self(.challengeNotFound, "There is no such challenge for this session; begin again.") }
    static var expired: Self { Self(.expired, "This code is no longer valid; ask for another.") }
    static var malformedCode: Self { Self(.malformedCode, "This is not a code: type the digits of the message, nothing else.") }
    static var exhausted: Self { Self(.exhausted, "This challenge has no tries left; begin again.") }
    static var alreadyCompleted: Self { Self(.alreadyCompleted, "This challenge was completed by another attempt.") }
    static var invitationInvalid: Self { Self(.invitationInvalid, "This request for a guardian is over or was never made here; ask anew.") }
    static var malformedResponse: Self { Self(.malformedCode, "This answer is no answer to this method, or too long.") }
    static var nothingToSend: Self { Self(.nothingToSend, "This method sends nothing: ask for the answer, or begin with another method.") }
    static var tokenMalformed: Self {
        Self(.tokenMalformed, "This is no challenge token; send back the one that begin returned, unchanged.")
    }
    static var tokenForged: Self { Self(.tokenForged, "This challenge token was not made by this deployment, or was changed.") }
    static var tokenKeyUnknown: Self {
        Self(.tokenKeyUnknown, "This challenge token's key is not here; begin again, and share token keys among all hosts.")
    }
    static var busy: Self { Self(.busy, "This is busy; try again in a moment with the same attempt.") }

    static func wrongCode(triesLeft: Int) -> Self {
        var error = Self(.wrongCode, "This is not the code; check the message and type it again.")
        error.triesLeft = triesLeft
        return error
    }

    static func tooManySends(retryAfter: Duration) -> Self {
        var error = Self(.tooManySends, "This number was sent enough codes for now; wait before asking for another.")
        error.retryAfter = retryAfter
        return error
    }

    static func tooManyGuesses(retryAfter: Duration) -> Self {
        var error = Self(.tooManyGuesses, "Too many codes were tried; wait before trying another.")
        error.retryAfter = retryAfter
        return error
    }

    static func locked(until: Timestamp) -> Self {
        var error = Self(.locked, "Too many wrong codes closed this way in; use another method until the lock ends.")
        error.until = until
        return error
    }

    static var proofInvalid: Self { Self(.proofInvalid, "This proof is not good for this session any more; solve a new puzzle.") }

    /// A budget that many numbers share is used up. One sentence for the person, whichever it is: who attacks learns nothing by it.
    static func limited(_ key: SharedBudgetKey, until: Timestamp, at now: Timestamp) -> Self {
        let code: Code =
            switch key {
            case .deployment: .deploymentLimited
            case .country: .countryLimited
            case .range: .rangeClosed
            case .network, .guesses: .networkLimited
            case .block: .adjacentNumbers
            }
        var error = Self(code, "A code cannot be sent or tried right now; try again later, or choose another way.")
        error.retryAfter = max(until - now, .seconds(1))
        return error
    }

    static func policyTooWeak(_ bound: String) -> Self {
        Self(.policyTooWeak, "The policy is outside what is safe: \(bound).")
    }

    /// For whoever reads records on a method's behalf.
    package init(failing error: StorageError) { self.init(error) }

    /// What a failure of the store means to somebody with a code in hand: nothing is decided, so nothing is granted.
    init(_ error: StorageError) {
        switch error.code {
        case .conflict, .outcomeUnknown: self = .busy
        case .cancelled: self.init(.cancelled, "The task was cancelled; nothing was decided.")
        default: self.init(.unavailable, "The store failed, and no code is sent or accepted without it; see the storage code.")
        }
        storageCode = error.code
    }
}
