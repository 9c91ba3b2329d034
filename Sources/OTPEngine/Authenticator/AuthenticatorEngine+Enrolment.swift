import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// What came of the first code of a new app, once it was paid for.
public enum PaidEnrolment: Sendable {
    /// It is right: set the app up with it.
    case right(RightEnrolment)
    /// This very attempt set the app up before: the outcome that was stored then.
    case repeated(outcome: [UInt8])
}

/// The first code of a new app, paid for, then compared, and right. Copying it gains nothing.
public struct RightEnrolment: Sendable {
    public let person: AuditSubject
    fileprivate let secret: [UInt8]
    fileprivate let step: UInt64
    fileprivate let digest: AttemptDigest
}

extension RightEnrolment: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What became of an enrolment's first right code.
public enum EnrolmentCompletion: Sendable {
    /// The app is set up once the commit succeeds; show the codes only then, and once: nothing else has them.
    case enrolled(RecoveryCodes)
    /// This very attempt did it before. Its recovery codes went with that answer: make new ones if it never arrived.
    case repeated(outcome: [UInt8])
}

extension AuthenticatorEngine {
    /// Draws a secret for a person's app, in a commit of its own. What was set up before goes on until the new one's first code.
    ///
    /// The host has made sure that it is the person who asks: whoever sees what this returns has the app.
    ///
    /// - Throws: ``OTPError`` with code `.locked` (a code of so few digits may not be tried this year: take eight), `.busy`, `.unavailable` or
    ///   `.cancelled`.
    public func beginEnrolment(
        of person: AuditSubject, label: AuthenticatorLabel, parameters: AuthenticatorParameters = .standard
    ) async throws(OTPError) -> AuthenticatorEnrolment {
        try await commits.run(person.id) { (commit: inout StagedCommit) async throws(OTPError) -> AuthenticatorEnrolment in
            try await stageEnrolmentBegin(of: person, label: label, parameters: parameters, in: &commit)
        }
    }

    /// The same in the caller's commit. Show nothing before that has succeeded.
    public func stageEnrolmentBegin(
        of person: AuditSubject, label: AuthenticatorLabel, parameters: AuthenticatorParameters = .standard, in commit: inout StagedCommit
    ) async throws(OTPError) -> AuthenticatorEnrolment {
        let secret = SecretBytes(count: parameters.algorithm.secretLength, random: random)
        let sealed = sealer.seal(secret, of: person.id, id: random.bytes(16), parameters, random: random)
        let row = try await row(of: person.id)
        let now = time.now()
        let decision = try decide(row.state, .beginEnrolment(sealed), policy, at: now)
        stage(decision, of: row, at: now, in: &commit)
        return AuthenticatorEnrolment(
            secret: secret, parameters: parameters, label: label, expiresAt: now + policy.enrolmentLifetime)
    }

    /// Pays for the first code of a new app, and compares it once the payment is committed. Guesses at it count with those at the app before.
    ///
    /// - Throws: as ``pay(_:of:attempt:)``; and `.expired` when the enrolment took too long.
    public func payEnrolment(
        _ code: SubmittedCode, of person: AuditSubject, attempt: AttemptID
    ) async throws(OTPError) -> PaidEnrolment {
        switch try await pay(.enrolment(code), of: person.id, attempt: attempt) {
        case .repeated(let outcome): .repeated(outcome: outcome)
        case .code(let secret, let step, let digest):
            .right(RightEnrolment(person: person, secret: secret, step: step, digest: digest))
        case .recoveryCode: preconditionFailure("The code of an app is no recovery code.")
        }
    }

    /// The same, and sets the app up in a commit of its own.
    ///
    /// - Throws: as ``payEnrolment(_:of:attempt:)`` and ``stageEnrolment(of:outcome:in:)``.
    public func completeEnrolment(
        _ code: SubmittedCode, of person: AuditSubject, attempt: AttemptID, outcome: [UInt8] = []
    ) async throws(OTPError) -> EnrolmentCompletion {
        switch try await payEnrolment(code, of: person, attempt: attempt) {
        case .repeated(let outcome): return .repeated(outcome: outcome)
        case .right(let guess):
            return try await commits.run(person.id) { (commit: inout StagedCommit) async throws(OTPError) -> EnrolmentCompletion in
                try await stageEnrolment(of: guess, outcome: outcome, in: &commit)
            }
        }
    }

    /// Sets the app up in the caller's commit: its secret takes the place of the one before, and so do its recovery codes.
    ///
    /// - Throws: ``OTPError`` with code `.expired` (two minutes have gone by, or another enrolment was begun), `.unavailable`.
    public func stageEnrolment(
        of guess: RightEnrolment, outcome: [UInt8], in commit: inout StagedCommit
    ) async throws(OTPError) -> EnrolmentCompletion {
        let codes = RecoveryCodes(random: random)
        let set = sealer.seal(codes, of: guess.person.id, random: random)
        let row = try await row(of: guess.person.id)
        let now = time.now()
        let decision = try decide(
            row.state, .accept(.enrolment(secret: guess.secret, step: guess.step, set), guess.digest, outcome: outcome), policy, at: now)
        if case .repeatOutcome(let outcome) = decision.permission { return .repeated(outcome: outcome) }
        stage(decision, of: row, at: now, in: &commit)
        let digits = decision.state.active?.secret.parameters.digits.rawValue ?? 0
        record(.authenticatorEnrolled, guess.person, at: now, [.init("digits", digits)], in: &commit)
        return .enrolled(codes)
    }

    /// Draws new recovery codes in a commit of its own. Those before are worth nothing once it succeeds.
    ///
    /// - Throws: ``OTPError`` with code `.authenticatorNotFound`, `.busy`, `.unavailable` or `.cancelled`.
    public func replaceRecoveryCodes(of person: AuditSubject) async throws(OTPError) -> RecoveryCodes {
        try await commits.run(person.id) { (commit: inout StagedCommit) async throws(OTPError) -> RecoveryCodes in
            try await stageRecoveryCodes(of: person, in: &commit)
        }
    }

    /// The same in the caller's commit. Show nothing before that has succeeded.
    public func stageRecoveryCodes(of person: AuditSubject, in commit: inout StagedCommit) async throws(OTPError) -> RecoveryCodes {
        let codes = RecoveryCodes(random: random)
        let set = sealer.seal(codes, of: person.id, random: random)
        let row = try await row(of: person.id)
        let now = time.now()
        stage(try decide(row.state, .replaceRecoveryCodes(set), policy, at: now), of: row, at: now, in: &commit)
        record(.recoveryCodesReplaced, person, at: now, in: &commit)
        return codes
    }
}
