import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Something typed, and what it is claimed to be.
public enum AuthenticatorGuess: Sendable {
    /// A code of the app that is set up.
    case code(SubmittedCode)
    case recoveryCode(SubmittedRecoveryCode)

    fileprivate var typed: TypedGuess {
        switch self {
        case .code(let code): .code(code)
        case .recoveryCode(let code): .recoveryCode(code)
        }
    }
}

/// The same with the first code of an app that is being set up, which takes effect in another way.
enum TypedGuess: Sendable {
    case code(SubmittedCode)
    case enrolment(SubmittedCode)
    case recoveryCode(SubmittedRecoveryCode)

    var kind: AuthenticatorGuessKind {
        switch self {
        case .code: .code
        case .enrolment: .enrolment
        case .recoveryCode: .recoveryCode
        }
    }

    fileprivate var digits: Int? {
        switch self {
        case .code(let code), .enrolment(let code): code.count
        case .recoveryCode: nil
        }
    }
}

/// What came of a guess that was paid for.
public enum PaidAuthenticatorGuess: Sendable {
    /// It is right: let it take effect.
    case right(RightAuthenticatorGuess)
    /// This very attempt took effect before: the outcome that was stored then.
    case repeated(outcome: [UInt8])
}

/// A guess that was paid for, then compared, and is right. Copying it gains nothing: the row lets one take effect, within two minutes.
public struct RightAuthenticatorGuess: Sendable {
    public let person: AuditSubject
    fileprivate let proof: AuthenticatorProof
    fileprivate let digest: AttemptDigest
}

extension RightAuthenticatorGuess: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a payment that was acknowledged led to.
enum ComparedGuess {
    /// The secret's id, and the step of the code.
    case code(secret: [UInt8], step: UInt64, AttemptDigest)
    case recoveryCode(digest: [UInt8], AttemptDigest)
    case repeated([UInt8])
}

/// What became of a right guess.
public enum AuthenticatorAcceptance: Hashable, Sendable {
    /// It takes effect when the commit succeeds; so many recovery codes are left then.
    case taken(recoveryCodesLeft: Int)
    /// This very attempt did before, perhaps by a commit whose outcome was unknown: the outcome that was stored then. Nothing was staged.
    case repeated(outcome: [UInt8])
}

extension AuthenticatorEngine {
    /// Pays for a guess, and compares it once the payment is committed.
    ///
    /// A payment whose commit's outcome is unknown counts as made and is not compared: `.busy`. The same attempt with the same code may be
    /// sent again within two minutes; it is not paid twice, and compared by the clock of the payment.
    ///
    /// Ask only whoever has shown something else already, such as a password or the number: 30 wrong codes close an app for most of a year,
    /// which is nothing to leave to strangers.
    ///
    /// - Parameter attempt: chosen by the client before its first try, and kept while it repeats itself.
    /// - Throws: ``OTPError``: `.wrongCode` and `.codeUsed` after a payment; without one `.malformedCode`, `.tooManyGuesses`, `.locked`,
    ///   `.authenticatorNotFound`, `.exhausted` (no recovery code is left), `.authenticatorKeyUnknown`, `.unavailable`, `.cancelled`; either way
    ///   `.busy`.
    public func pay(
        _ guess: AuthenticatorGuess, of person: AuditSubject, attempt: AttemptID
    ) async throws(OTPError) -> PaidAuthenticatorGuess {
        switch try await pay(guess.typed, of: person.id, attempt: attempt) {
        case .repeated(let outcome): .repeated(outcome: outcome)
        case .code(let secret, let step, let digest):
            .right(RightAuthenticatorGuess(person: person, proof: .code(secret: secret, step: step), digest: digest))
        case .recoveryCode(let code, let digest):
            .right(RightAuthenticatorGuess(person: person, proof: .recoveryCode(digest: code), digest: digest))
        }
    }

    func pay(_ guess: TypedGuess, of subject: SubjectID, attempt: AttemptID) async throws(OTPError) -> ComparedGuess {
        let (digest, state, permission) = try await commits.run(subject) {
            (commit: inout StagedCommit) async throws(OTPError) -> (AttemptDigest, AuthenticatorState, AuthenticatorDecision.Permission) in
            let row = try await row(of: subject)
            let now = time.now()
            let digest = sealer.digest(of: attempt, submitting: guess, at: row.state.target(of: guess.kind), by: subject)
            let decision = try decide(row.state, .guess(guess.kind, digest, digits: guess.digits), policy, at: now)
            // What could not be compared is not paid.
            if case .compare = decision.permission, let keyID = row.state.keyID(for: guess.kind) { try sealer.key(keyID) }
            stage(decision, of: row, at: now, in: &commit)
            return (digest, decision.state, decision.permission)
        }
        // Only from here on, with the payment acknowledged, is what was typed looked at.
        switch permission {
        case .repeatOutcome(let outcome): return .repeated(outcome)
        case .compare(let paidAt): return try compare(guess, of: subject, with: state, at: paidAt, digest)
        case .take, .nothing: preconditionFailure("A guess permits comparing or repeating.")
        }
    }

    private func compare(
        _ guess: TypedGuess, of subject: SubjectID, with state: AuthenticatorState, at time: Timestamp, _ attempt: AttemptDigest
    ) throws(OTPError) -> ComparedGuess {
        switch guess {
        case .code(let code):
            guard let active = state.active else { throw .authenticatorNotFound }
            let step = try step(of: code, active.secret, of: subject, at: time)
            guard step > active.lastStep else { throw .codeUsed }
            return .code(secret: active.secret.id, step: step, attempt)
        case .enrolment(let code):
            guard let pending = state.pending else { throw .authenticatorNotFound }
            return .code(secret: pending.secret.id, step: try step(of: code, pending.secret, of: subject, at: time), attempt)
        case .recoveryCode(let code):
            guard let recovery = state.recovery else { throw .authenticatorNotFound }
            let digest = sealer.digest(code.characters, of: subject, key: try sealer.recoveryKey(of: recovery, subject))
            // Looks at all of them, however early one fits.
            guard recovery.digests.reduce(false, { constantTimeEquals($1, digest) || $0 }) else { throw .wrongRecoveryCode }
            return .recoveryCode(digest: digest, attempt)
        }
    }

    private func step(
        of code: SubmittedCode, _ sealed: SealedAuthenticatorSecret, of subject: SubjectID, at time: Timestamp
    ) throws(OTPError) -> UInt64 {
        let secret = try sealer.open(sealed, of: subject)
        guard let step = sealed.parameters.step(of: code, secret: secret, at: time) else { throw .wrongAuthenticatorCode }
        return step
    }

    /// Which of a person's recovery codes was typed; `nil` where it is none of them, or there are none.
    ///
    /// Counts nothing: a code is one of 28¹⁵, which nobody guesses, and what has to be limited is limited by the challenge that it answers. So
    /// strangers who try their luck close nothing to the owner.
    func recoveryCode(typed code: SubmittedRecoveryCode, of subject: SubjectID) async throws(OTPError) -> [UInt8]? {
        // Of somebody who has none the work is done on what nobody has, so that it takes as long.
        let own = try await row(of: subject, orNobodys: true).state.recovery
        let (set, holder) = own.map { ($0, subject) } ?? (nobodys.set, nobodys.subject)
        let digest = sealer.digest(code.characters, of: holder, key: try sealer.recoveryKey(of: set, holder))
        let isOne = set.digests.reduce(false) { constantTimeEquals($1, digest) || $0 }
        return isOne && own != nil ? digest : nil
    }

    /// Uses a recovery code up in the caller's commit.
    ///
    /// - Throws: ``OTPError`` with code `.codeUsed` when something else was faster, `.unavailable`.
    func stageUse(ofRecoveryCode digest: [UInt8], by person: AuditSubject, in commit: inout StagedCommit) async throws(OTPError) {
        let row = try await row(of: person.id)
        let now = time.now()
        let decision = try decide(row.state, .useRecoveryCode(digest: digest), policy, at: now)
        stage(decision, of: row, at: now, in: &commit)
        record(.recoveryCodeUsed, person, at: now, [.init("left", decision.state.recovery?.digests.count ?? 0)], in: &commit)
    }

    /// Lets a right code or recovery code take effect in the caller's commit, once, and gives the guess back.
    ///
    /// - Parameter outcome: what the same attempt is answered with for two minutes; at most 64 bytes.
    /// - Throws: ``OTPError`` with code `.codeUsed` (another attempt was faster), `.expired` (two minutes have gone by, or the app was removed or
    ///   replaced), `.unavailable`.
    public func stageAcceptance(
        of guess: RightAuthenticatorGuess, outcome: [UInt8], in commit: inout StagedCommit
    ) async throws(OTPError) -> AuthenticatorAcceptance {
        let row = try await row(of: guess.person.id)
        let now = time.now()
        let decision = try decide(row.state, .accept(guess.proof, guess.digest, outcome: outcome), policy, at: now)
        if case .repeatOutcome(let outcome) = decision.permission { return .repeated(outcome: outcome) }
        stage(decision, of: row, at: now, in: &commit)
        let left = decision.state.recovery?.digests.count ?? 0
        if guess.proof.kind == .recoveryCode { record(.recoveryCodeUsed, guess.person, at: now, [.init("left", left)], in: &commit) }
        return .taken(recoveryCodesLeft: left)
    }

    /// Pays for a code of the app, compares it, and lets it take effect in a commit of its own, where nothing rests on it.
    public func verify(
        _ code: SubmittedCode, of person: AuditSubject, attempt: AttemptID, outcome: [UInt8] = []
    ) async throws(OTPError) -> AuthenticatorAcceptance {
        try await verify(.code(code), person, attempt, outcome)
    }

    /// The same for a recovery code.
    public func verify(
        _ code: SubmittedRecoveryCode, of person: AuditSubject, attempt: AttemptID, outcome: [UInt8] = []
    ) async throws(OTPError) -> AuthenticatorAcceptance {
        try await verify(.recoveryCode(code), person, attempt, outcome)
    }

    private func verify(
        _ guess: AuthenticatorGuess, _ person: AuditSubject, _ attempt: AttemptID, _ outcome: [UInt8]
    ) async throws(OTPError) -> AuthenticatorAcceptance {
        switch try await pay(guess, of: person, attempt: attempt) {
        case .repeated(let outcome): return .repeated(outcome: outcome)
        case .right(let right):
            return try await commits.run(person.id) { (commit: inout StagedCommit) async throws(OTPError) -> AuthenticatorAcceptance in
                try await stageAcceptance(of: right, outcome: outcome, in: &commit)
            }
        }
    }
}

extension AuthenticatorState {
    /// What a guess is compared with, by its name: the same code at another secret, or at other recovery codes, is another guess.
    fileprivate func target(of kind: AuthenticatorGuessKind) -> [UInt8] {
        switch kind {
        case .code: active?.secret.id ?? []
        // Once it is confirmed, its attempt is still recognised.
        case .enrolment: (pending?.secret ?? active?.secret)?.id ?? []
        case .recoveryCode: recovery.map { Array($0.box.prefix(AEAD.nonceLength)) } ?? []
        }
    }

    fileprivate func keyID(for kind: AuthenticatorGuessKind) -> UInt32? {
        switch kind {
        case .code: active?.secret.keyID
        case .enrolment: pending?.secret.keyID
        case .recoveryCode: recovery?.keyID
        }
    }
}
