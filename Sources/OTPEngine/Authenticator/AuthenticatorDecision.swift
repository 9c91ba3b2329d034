package import RecordStorage

/// What somebody asks of a person's authenticator row.
package enum AuthenticatorEvent: Hashable, Sendable {
    /// A secret was drawn for an app that is to be set up.
    case beginEnrolment(SealedAuthenticatorSecret)
    /// Something typed is about to be compared; with a recovery code `digits` is nothing.
    case guess(AuthenticatorGuessKind, AttemptDigest, digits: Int?)
    /// A guess that was paid for, compared and found right is about to take effect.
    case accept(AuthenticatorProof, AttemptDigest, outcome: [UInt8])
    /// A recovery code that was found right is about to be used up, by whoever has counted the guess elsewhere.
    case useRecoveryCode(digest: [UInt8])
    /// New recovery codes were drawn.
    case replaceRecoveryCodes(RecoverySet)
    /// What the row keeps was sealed anew under the key of this id.
    case reseal(keyID: UInt32, secret: [UInt8], recovery: [UInt8]?)
    case remove
}

/// What was found right.
package enum AuthenticatorProof: Hashable, Sendable {
    /// The code of a time step of the secret with this id.
    case code(secret: [UInt8], step: UInt64)
    /// The same of the secret that waits; with it come the recovery codes.
    case enrolment(secret: [UInt8], step: UInt64, RecoverySet)
    case recoveryCode(digest: [UInt8])

    package var kind: AuthenticatorGuessKind {
        switch self {
        case .code: .code
        case .enrolment: .enrolment
        case .recoveryCode: .recoveryCode
        }
    }
}

/// What becomes of the row, and what the asker may do once that is committed.
package struct AuthenticatorDecision: Hashable, Sendable {
    package enum Permission: Hashable, Sendable {
        /// Compare, by the clock as it was when the guess was paid for.
        case compare(paidAt: Timestamp)
        /// Give the answer that was given before.
        case repeatOutcome([UInt8])
        /// The guess takes effect; whatever rests on it may be committed with it.
        case take
        case nothing
    }

    package var state: AuthenticatorState
    package var permission: Permission
}

/// Decides what an event does to a person's authenticator row. Pure, like the decision about a number's row.
///
/// A decision whose state differs must be committed at the version that was read before the permission is used.
///
/// - Throws: ``OTPError``: refused, and nothing changes.
package func decide(
    _ state: AuthenticatorState, _ event: AuthenticatorEvent, _ policy: AuthenticatorPolicy, at now: Timestamp
) throws(OTPError) -> AuthenticatorDecision {
    var next = state
    next.forget(at: now)
    switch event {
    case .beginEnrolment(let secret):
        // Its first code could not be paid for.
        try next.budget.refuseIfClosed(to: secret.parameters.digits, at: now, policy)
        next.pending = .init(secret: secret, begun: now, expires: now + policy.enrolmentLifetime)
        return AuthenticatorDecision(state: next, permission: .nothing)

    case .guess(let kind, let digest, let digits):
        if let answer = state.answer(to: digest, at: now) { return AuthenticatorDecision(state: state, permission: .repeatOutcome(answer)) }
        try next.expect(kind, digits: digits, in: state)
        if let payment = state.payment(of: digest, kind, at: now) {
            return AuthenticatorDecision(state: state, permission: .compare(paidAt: payment.time))
        }
        try next.pay(kind, at: now, policy)
        // A clock that went back left it there: this is another payment.
        next.payments.removeAll { $0.digest == digest }
        // The oldest would go first, were there ever too many: it stays paid and cannot take effect.
        next.payments = next.payments.suffix(AuthenticatorState.paymentLimit - 1) + [.init(kind: kind, digest: digest, time: now)]
        return AuthenticatorDecision(state: next, permission: .compare(paidAt: now))

    case .accept(let proof, let digest, let outcome):
        precondition(outcome.count <= AuthenticatorState.outcomeLimit, "An outcome has at most \(AuthenticatorState.outcomeLimit) bytes.")
        if let answer = state.answer(to: digest, at: now) { return AuthenticatorDecision(state: state, permission: .repeatOutcome(answer)) }
        guard let payment = state.payment(of: digest, proof.kind, at: now) else { throw .expired }
        try next.accept(proof, payment, policy, at: now)
        next.payments.removeAll { $0.digest == digest }
        next.answer = .init(digest: digest, time: now, outcome: outcome)
        return AuthenticatorDecision(state: next, permission: .take)

    case .useRecoveryCode(let digest):
        guard let index = next.recovery?.digests.firstIndex(of: digest) else { throw .codeUsed }
        next.recovery?.digests.remove(at: index)
        return AuthenticatorDecision(state: next, permission: .take)

    case .replaceRecoveryCodes(let recovery):
        guard next.active != nil else { throw .authenticatorNotFound }
        next.recovery = recovery
        return AuthenticatorDecision(state: next, permission: .nothing)

    case .reseal(let keyID, let secret, let recovery):
        guard next.active != nil else { throw .authenticatorNotFound }
        next.active?.secret.keyID = keyID
        next.active?.secret.box = secret
        if let recovery {
            next.recovery?.keyID = keyID
            next.recovery?.box = recovery
        }
        return AuthenticatorDecision(state: next, permission: .nothing)

    case .remove:
        // The budgets stay: setting up another app would refill them.
        (next.pending, next.active, next.recovery, next.answer, next.payments) = (nil, nil, nil, nil, [])
        return AuthenticatorDecision(state: next, permission: state.active == nil ? .nothing : .take)
    }
}

extension AuthenticatorState {
    fileprivate func answer(to digest: AttemptDigest, at now: Timestamp) -> [UInt8]? {
        guard let answer, answer.digest == digest, Self.remembers(answer.time, at: now) else { return nil }
        return answer.outcome
    }

    /// Refuses, for nothing, what could not be right.
    fileprivate func expect(_ kind: AuthenticatorGuessKind, digits: Int?, in before: AuthenticatorState) throws(OTPError) {
        switch kind {
        case .code:
            guard let active else { throw .authenticatorNotFound }
            guard digits == Int(active.secret.parameters.digits.rawValue) else { throw .malformedAuthenticatorCode }
        case .enrolment:
            guard let pending else { throw before.pending == nil ? .authenticatorNotFound : .enrolmentExpired }
            guard digits == Int(pending.secret.parameters.digits.rawValue) else { throw .malformedAuthenticatorCode }
        case .recoveryCode:
            guard let recovery else { throw .authenticatorNotFound }
            guard !recovery.digests.isEmpty else { throw .noRecoveryCodes }
        }
    }

    fileprivate mutating func pay(_ kind: AuthenticatorGuessKind, at now: Timestamp, _ policy: AuthenticatorPolicy) throws(OTPError) {
        switch kind {
        case .code, .enrolment:
            guard let secret = kind == .code ? active?.secret : pending?.secret else { throw .authenticatorNotFound }
            try budget.spend(on: secret.parameters.digits, at: now, policy)
        case .recoveryCode: try recoveryGuesses.spend(at: now, policy.recoveryGuesses)
        }
    }

    /// Lets a right guess take effect once, and gives it back.
    fileprivate mutating func accept(
        _ proof: AuthenticatorProof, _ payment: Payment, _ policy: AuthenticatorPolicy, at now: Timestamp
    ) throws(OTPError) {
        switch proof {
        case .code(let id, let step):
            guard let current = active, current.secret.id == id else { throw .expired }
            guard step > current.lastStep else { throw .codeUsed }
            active?.lastStep = step
            budget.giveBack(current.secret.parameters.digits, spentAt: payment.time, now: now, policy)
        case .enrolment(let id, let step, let codes):
            guard let confirmed = pending, confirmed.secret.id == id else { throw .expired }
            active = Active(secret: confirmed.secret, since: now, lastStep: step)
            (pending, recovery) = (nil, codes)
            budget.giveBack(confirmed.secret.parameters.digits, spentAt: payment.time, now: now, policy)
        case .recoveryCode(let digest):
            guard let index = recovery?.digests.firstIndex(of: digest) else { throw .codeUsed }
            recovery?.digests.remove(at: index)
            recoveryGuesses.giveBack(spentAt: payment.time, now: now, policy.recoveryGuesses)
        }
    }
}
