import CryptoPrimitives
package import IdentityTypes
package import RecordStorage

/// What somebody asks of a number's row.
package enum ChallengeEvent: Hashable, Sendable {
    /// A new challenge, whose first code is about to be sent.
    case begin(ChallengeRequest)
    /// The code of a challenge is about to be sent again.
    case resend(ChallengeID, RequesterBinding)
    /// An answer is about to be compared: a code of `digits` digits, or something else.
    case guess(ChallengeID, RequesterBinding, AttemptDigest, digits: Int?)
    /// A guess that was paid for, compared with the code of `generation`, and found right, is about to take effect.
    case complete(ChallengeID, RequesterBinding, AttemptDigest, generation: UInt32, outcome: [UInt8])
    /// Nobody asks; what is over may go.
    case sweep
}

/// What a new challenge is made from. Everything drawn at random is in it, so that ``decide(_:_:_:at:)`` draws nothing.
package struct ChallengeRequest: Hashable, Sendable {
    package let id: ChallengeID
    package let purpose: ChallengePurpose
    package let subject: SubjectID?
    package let binding: RequesterBinding
    package let isDeliverable: Bool
    package let method: MethodKind
    package let reason: StepUpReason?
    package let codeKeyID: UInt32
    package let rowSecret: RowSecret

    package init(
        id: ChallengeID, purpose: ChallengePurpose, subject: SubjectID?, binding: RequesterBinding, isDeliverable: Bool,
        method: MethodKind = .sms, reason: StepUpReason? = nil, codeKeyID: UInt32, rowSecret: RowSecret
    ) {
        self.id = id
        self.purpose = purpose
        self.subject = subject
        self.binding = binding
        self.isDeliverable = isDeliverable
        self.method = method
        self.reason = reason
        self.codeKeyID = codeKeyID
        self.rowSecret = rowSecret
    }
}

/// What becomes of a number's row, and what the asker may do once that is committed.
package struct ChallengeDecision: Hashable, Sendable {
    package enum Permission: Hashable, Sendable {
        /// Send the code of this challenge, once.
        case send(Challenge)
        /// Compare the guess with the code of this challenge.
        case compare(Challenge)
        /// Give the answer that was given before.
        case repeatOutcome([UInt8])
        /// The challenge is consumed; whatever rests on it may be committed with it.
        case take(ChallengeCounts)
        case nothing
    }

    package var state: NumberAttempts
    /// What becomes of the budgets of who asks.
    package var payers = RequesterBudgets()
    package var permission: Permission
    /// Challenges that left the row without having been completed; each is recorded in the same commit.
    package var ended: [Challenge] = []

    /// From when on another code can be sent to whoever asked for this one; in the past where it can be now.
    func resendAfter(_ policy: ChallengePolicy) -> Timestamp {
        if payers.isKnownDevice { return (state.devices ?? ExactBudget()).sends.earliest(policy.device.sends) }
        let number = state.sends.earliest(policy.sends)
        return payers.account.map { max(number, $0.sends.earliest(policy.account.sends)) } ?? number
    }
}

/// Decides what an event does to a number's row. Pure: the engine, the simulator and the exhaustive search call this one function.
///
/// A decision whose state differs must be committed at the version that was read before the permission is used; one whose
/// state is the same changes nothing and needs no commit.
///
/// - Throws: ``OTPError``: refused, and nothing changes.
package func decide(
    _ state: NumberAttempts, _ event: ChallengeEvent, _ policy: ChallengePolicy, at now: Timestamp,
    payers: RequesterBudgets = RequesterBudgets()
) throws(OTPError) -> ChallengeDecision {
    var next = Deciding(number: state, payers: payers, policy: policy, now: now)
    switch event {
    case .begin(let request):
        try next.spendSend(by: request.method)
        let ended = try next.number.makeRoom(at: now)
        let challenge = Challenge(
            id: request.id, purpose: request.purpose, subject: request.subject, binding: request.binding,
            isDeliverable: request.isDeliverable, method: request.method, reason: request.reason, codeKeyID: request.codeKeyID,
            generation: 0, digits: request.method.sendsCode ? next.digits : 0, tries: policy.tries, created: now,
            expires: now + policy.lifetime, sends: request.method.sendsCode ? 1 : 0, paid: [], state: .live(request.rowSecret))
        next.number.challenges.append(challenge)
        return next.permitting(.send(challenge), ended: ended)

    case .resend(let id, let binding):
        let index = try state.index(of: id, binding, at: now)
        var challenge = state.challenges[index]
        guard !challenge.isCompleted else { throw .alreadyCompleted }
        guard challenge.method.sendsCode else { throw .nothingToSend }
        guard challenge.triesLeft > 0 else { throw .exhausted }
        try next.spendSend(by: challenge.method)
        if next.digits > challenge.digits {
            // There were too many failures since: a longer code replaces the short one.
            challenge.digits = next.digits
            challenge.generation += 1
        }
        challenge.sends = min(challenge.sends + 1, Int(UInt16.max))
        next.number.challenges[index] = challenge
        return next.permitting(.send(challenge))

    case .guess(let id, let binding, let digest, let digits):
        let index = try state.index(of: id, binding, at: now)
        let challenge = state.challenges[index]
        if case .completed(let winner, let outcome) = challenge.state {
            guard winner == digest else { throw .alreadyCompleted }
            return next.permitting(.repeatOutcome(outcome))
        }
        guard challenge.digits == 0 || digits == challenge.digits else { throw .malformedCode }
        if challenge.payment(of: digest) != nil { return next.permitting(.compare(challenge)) }
        guard challenge.triesLeft > 0 else { throw .exhausted }
        try next.refuseIfLocked(by: challenge.method)
        // Not one guess more at a short code than the year allows, in whichever challenge: ask for the longer one.
        guard challenge.digits == 0 || challenge.digits >= next.digits else { throw .expired }
        let payer = try next.spendGuess(by: challenge.method)
        next.number.challenges[index].paid.append(.init(digest: digest, time: now, payer: payer))
        return next.permitting(.compare(next.number.challenges[index]))

    case .complete(let id, let binding, let digest, let generation, let outcome):
        let index = try state.index(of: id, binding, at: now)
        let challenge = state.challenges[index]
        if case .completed(let winner, let outcome) = challenge.state {
            guard winner == digest else { throw .alreadyCompleted }
            return next.permitting(.repeatOutcome(outcome))
        }
        guard challenge.isDeliverable, let payment = challenge.payment(of: digest) else { throw .challengeNotFound }
        guard challenge.generation == generation else { throw .expired }
        precondition(outcome.count <= Challenge.outcomeLimit, "An outcome has at most \(Challenge.outcomeLimit) bytes.")
        next.giveBack(payment, by: challenge.method)
        next.number.challenges[index].state = .completed(by: digest, outcome: outcome)
        return next.permitting(.take(challenge.counts))

    case .sweep:
        let ended = next.number.removeOver(at: now)
        return next.permitting(.nothing, ended: ended)
    }
}

/// The rows while a decision is made: who pays, and how long codes are for them.
private struct Deciding: ~Copyable {
    var number: NumberAttempts
    var payers: RequesterBudgets
    let policy: ChallengePolicy
    let now: Timestamp

    consuming func permitting(_ permission: ChallengeDecision.Permission, ended: [Challenge] = []) -> ChallengeDecision {
        ChallengeDecision(state: number, payers: payers, permission: permission, ended: ended)
    }

    /// Of the devices that have proven the number.
    private var devices: ExactBudget {
        get { number.devices ?? ExactBudget() }
        set { number.devices = newValue }
    }

    var digits: Int {
        let needsLongCodes =
            payers.isKnownDevice
            ? devices.guesses.needsLongCodes(at: now, policy.device.guesses) : number.guesses.needsLongCodes(at: now, policy.guesses)
        return needsLongCodes ? policy.longDigits : policy.digits
    }

    mutating func spendSend(by method: MethodKind) throws(OTPError) {
        guard !payers.isKnownDevice else { return try devices.spendSend(at: now, policy.device) }
        try number.budget.spendSend(at: now, policy.own(method))
        if method.sendsCode { try payers.account?.spendSend(at: now, policy.account) }
    }

    func refuseIfLocked(by method: MethodKind) throws(OTPError) {
        guard !payers.isKnownDevice else { return try devices.guesses.refuseIfLocked(at: now, policy.device.guesses) }
        try number.guesses.refuseIfLocked(at: now, policy.own(method).guesses)
        try payers.account?.guesses.refuseIfLocked(at: now, policy.account.guesses)
    }

    mutating func spendGuess(by method: MethodKind) throws(OTPError) -> GuessPayer {
        guard !payers.isKnownDevice else {
            try devices.guesses.spend(at: now, policy.device.guesses)
            return .device
        }
        try number.guesses.spend(at: now, policy.own(method).guesses)
        guard payers.account != nil else { return .number }
        try payers.account?.guesses.spend(at: now, policy.account.guesses)
        return .numberAndAccount
    }

    /// To whoever paid. An account that no longer shows itself has lost its guess.
    mutating func giveBack(_ payment: Challenge.PaidGuess, by method: MethodKind) {
        switch payment.payer {
        case .device: devices.guesses.giveBack(spentAt: payment.time, now: now, policy.device.guesses)
        case .numberAndAccount:
            payers.account?.guesses.giveBack(spentAt: payment.time, now: now, policy.account.guesses)
            fallthrough
        case .number: number.guesses.giveBack(spentAt: payment.time, now: now, policy.own(method).guesses)
        }
    }
}

extension NumberAttempts {
    /// Where the challenge is. A wrong binding means a stolen token, and is told nothing: the challenge is not there for it.
    fileprivate func index(of id: ChallengeID, _ binding: RequesterBinding, at now: Timestamp) throws(OTPError) -> Int {
        guard let index = challenges.firstIndex(where: { $0.id == id }), constantTimeEquals(challenges[index].binding.value, binding.value)
        else { throw .challengeNotFound }
        guard !challenges[index].hasExpired(at: now) else { throw .expired }
        return index
    }

    /// Takes out what the sweeper may take, and returns what of it was never completed.
    fileprivate mutating func removeOver(at now: Timestamp) -> [Challenge] {
        let over = challenges.filter { $0.sweepable <= now }
        challenges.removeAll { $0.sweepable <= now }
        return over.filter { !$0.isCompleted }
    }

    /// Makes room for one more. Where the sweeper is late and the budgets are wide, expired challenges go before their hour is over.
    fileprivate mutating func makeRoom(at now: Timestamp) throws(OTPError) -> [Challenge] {
        var ended = removeOver(at: now)
        guard challenges.count >= Self.challengeLimit else { return ended }
        ended += challenges.filter { $0.expires <= now }
        challenges.removeAll { $0.expires <= now }
        if challenges.count >= Self.challengeLimit, let first = challenges.map(\.expires).min() {
            throw .tooManySends(retryAfter: first - now)
        }
        return ended
    }
}
