public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage
import Synchronization

/// What came of a guess that was paid for.
public enum PaidGuess: Sendable {
    /// It is right: complete the challenge with it.
    case right(RightGuess)
    /// This very attempt completed the challenge before: the outcome that was stored then.
    case repeated(RepeatedGuess)

    static func repeated(_ paid: ChallengeEngine.Payment, outcome: [UInt8]) -> Self {
        .repeated(RepeatedGuess(paid, outcome))
    }
}

/// An attempt that completed its challenge before.
public struct RepeatedGuess: Hashable, Sendable {
    /// What was stored then.
    public let outcome: [UInt8]
    public let challenge: ChallengeID
    public let device: DeviceToken
    public let method: MethodKind
    public let reason: StepUpReason?

    init(_ paid: ChallengeEngine.Payment, _ outcome: [UInt8]) {
        self.outcome = outcome
        challenge = paid.challenge.id
        device = paid.device.token
        (method, reason) = (paid.challenge.method, paid.challenge.reason)
    }
}

/// A guess that was paid for, then compared, and is right. Copying it gains nothing: the row lets one completion through.
public struct RightGuess: Sendable {
    /// Made before the code was looked at, so that a right one takes no longer to tell.
    let payment: ChallengeEngine.Payment
    let requester: Requester
    /// What the completion uses up beside the challenge.
    package let use: (any AnswerUse)?

    init(_ payment: ChallengeEngine.Payment, by requester: Requester, use: (any AnswerUse)?) {
        (self.payment, self.requester, self.use) = (payment, requester, use)
    }

    public var challenge: ChallengeID { payment.challenge.id }
    public var purpose: ChallengePurpose { payment.challenge.purpose }
    public var subject: SubjectID? { payment.challenge.subject }
    /// How it was answered, and why it was asked.
    public var method: MethodKind { payment.challenge.method }
    public var reason: StepUpReason? { payment.challenge.reason }
    public var tag: BudgetTag { payment.opened.tag }
    /// When the challenge was begun and when its code stops being valid.
    public var begunAt: Timestamp { payment.challenge.created }
    public var expiresAt: Timestamp { payment.challenge.expires }
    /// For the device this guess came from, which has proven the number once the completion is committed.
    public var device: DeviceToken { payment.device.token }

    fileprivate func stageUse(in commit: inout StagedCommit) async throws(OTPError) { try await use?.stage(in: &commit) }

    /// What was sealed into the token at begin.
    ///
    /// - Throws: ``OTPError`` with code `.tokenForged`.
    public func content() throws(OTPError) -> SecretBytes {
        guard case .live(let secret) = payment.challenge.state else { throw .tokenForged }
        return try TokenSealer.openInner(payment.opened, rowSecret: secret)
    }
}

extension RightGuess: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What became of a completion.
public enum Completion: Hashable, Sendable {
    /// This one: the challenge is consumed when the commit succeeds. The counts are for the caller's own entry.
    case taken(ChallengeCounts)
    /// This very attempt did it before, perhaps by a commit whose outcome was unknown: the outcome that was stored then. Nothing was staged.
    case repeated(outcome: [UInt8])
}

extension ChallengeEngine {
    /// Pays for a guess at a code, and compares it once the payment is committed.
    ///
    /// A payment whose commit's outcome is unknown counts as made and is not compared: `.busy`. The same attempt with the same
    /// code may then be sent again; it is not paid twice and gets the answer it would have had.
    ///
    /// - Parameter attempt: chosen by the client before its first try, and kept while it repeats itself.
    /// - Throws: ``OTPError``: `.wrongCode` after a payment; without one `.malformedCode`, `.tooManyGuesses`, `.locked`, `.exhausted`, `.expired`,
    ///   `.alreadyCompleted`, `.challengeNotFound` (also of a challenge that is answered otherwise), a token's, `.networkLimited`,
    ///   `.proofInvalid`, `.requesterInvalid`, `.unavailable`, `.cancelled`; either way `.busy`.
    public func pay(
        _ token: ChallengeToken, code: SubmittedCode, attempt: AttemptID, requester: Requester
    ) async throws(OTPError) -> PaidGuess {
        let (paid, derivation) = try await paid(token, .code(code), attempt, requester) { $0.sendsCode }
        if let outcome = paid.outcome { return .repeated(paid, outcome: outcome) }
        guard derivation.accepts(code) else { throw .wrongCode(triesLeft: paid.challenge.triesLeft) }
        return .right(RightGuess(paid, by: requester, use: nil))
    }

    /// The same for an answer to whichever method the challenge was begun with.
    ///
    /// - Parameters:
    ///   - methods: the challenge's is among them.
    ///   - naming: somebody whom the challenge is about; `nil` where they are gone, and of a decoy.
    /// - Throws: as ``pay(_:code:attempt:requester:)``; `.challengeNotFound` also when its method is not among them; what the method throws.
    package func pay(
        _ token: ChallengeToken, answer: MethodAnswer, attempt: AttemptID, requester: Requester, methods: VerificationMethods = .codes,
        naming: (SubjectID) async throws(OTPError) -> NamedPerson?
    ) async throws(OTPError) -> PaidGuess {
        if case .response(let bytes) = answer, bytes.count > MethodAnswer.responseLimit { throw .malformedResponse }
        let (paid, derivation) = try await paid(token, answer, attempt, requester) { methods[$0] != nil }
        if let outcome = paid.outcome { return .repeated(paid, outcome: outcome) }
        let challenge = paid.challenge
        guard let method = methods[challenge.method] else { throw .challengeNotFound }
        let question = try await question(challenge, derivation, paid.opened.tag, paid.digest, naming)
        let found = try await method.check(answer, to: question)
        guard challenge.isDeliverable else { throw .wrongCode(triesLeft: challenge.triesLeft) }
        let use: (any AnswerUse)?
        switch found {
        case .wrong: throw .wrongCode(triesLeft: challenge.triesLeft)
        case .right: use = nil
        case .rightUsing(let used): use = used
        }
        return .right(RightGuess(paid, by: requester, use: use))
    }

    /// What a method is asked once the challenge is begun, for what its client needs.
    ///
    /// - Parameter tag: the challenge's.
    package func question(
        of begun: BegunChallenge, tag: BudgetTag, naming: (SubjectID) async throws(OTPError) -> NamedPerson?
    ) async throws(OTPError) -> MethodQuestion {
        try await question(begun.challenge, begun.derivation, tag, nil, naming)
    }

    private func question(
        _ challenge: Challenge, _ derivation: CodeDerivation, _ tag: BudgetTag, _ attempt: AttemptDigest?,
        _ naming: (SubjectID) async throws(OTPError) -> NamedPerson?
    ) async throws(OTPError) -> MethodQuestion {
        // A code needs nobody's name: one read is all that a guess at it costs.
        guard challenge.purpose != .verification, !challenge.method.sendsCode else {
            return MethodQuestion(challenge, derivation, nil, persona: [], attempt: attempt)
        }
        // Of a decoy nobody's, but always the same one.
        let subject = challenge.subject ?? decoy(of: tag)
        let person = try await naming(subject)
        return MethodQuestion(
            challenge, derivation, challenge.isDeliverable ? person : nil, persona: methodTag("SPNI/v1/persona", subject.bytes).bytes,
            attempt: attempt)
    }

    /// A guess on its way through its payment: once that is acknowledged, and only then, what was typed is looked at.
    final class Payment: Sendable {
        /// As the payment leaves it.
        let challenge: Challenge
        /// Where this very attempt completed the challenge before: what was stored then, and nothing is compared.
        let outcome: [UInt8]?
        let opened: TokenSealer.Opened
        let digest: AttemptDigest
        let device: ProvenDevice
        /// What it took from its network.
        let guess: BudgetLeases.Use?
        private let rows: Mutex<Rows?>

        init(
            _ permission: ChallengeDecision.Permission, _ opened: TokenSealer.Opened, _ digest: AttemptDigest, _ device: ProvenDevice,
            rows: Rows, guess: BudgetLeases.Use?
        ) {
            guard let challenge = rows.number.attempts.challenge(opened.id) else { preconditionFailure("A payment leaves its challenge.") }
            outcome = if case .repeatOutcome(let outcome) = permission { outcome } else { nil }
            (self.challenge, self.opened) = (challenge, opened)
            (self.digest, self.device, self.guess) = (digest, device, guess)
            self.rows = Mutex(rows)
        }

        /// Rows that are most likely still the newest: given out once instead of reading them, as only a commit that they fail tells otherwise.
        func takeRows() -> Rows? { rows.withLock { $0.take() } }
    }

    private func paid(
        _ token: ChallengeToken, _ answer: MethodAnswer, _ attempt: AttemptID, _ requester: Requester,
        _ isAnswered: (MethodKind) -> Bool
    ) async throws(OTPError) -> (Payment, CodeDerivation) {
        let opened = try sealer.open(token)
        let binding = try RequesterBinding(requester)
        let isKnown = devices.isKnown(requester.deviceToken, for: opened.tag, at: time.now())
        let solved = try solved(requester)
        return try await commits.run(opened.tag) { (commit: inout StagedCommit) async throws(OTPError) -> (Payment, CodeDerivation) in
            func decided(_ rows: Rows) throws(OTPError) -> (ChallengeDecision, CodeDerivation, AttemptDigest, Timestamp) {
                guard let challenge = rows.number.attempts.challenge(opened.id), challenge.purpose == opened.purpose,
                    isAnswered(challenge.method)
                else { throw .challengeNotFound }
                let derivation = try self.derivation(of: challenge, opened.tag)
                let (digest, now) = (derivation.digest(of: attempt, submitting: answer), time.now())
                let decision = try decide(
                    rows.number.attempts, .guess(opened.id, binding, digest, digits: answer.digits), policy, at: now,
                    payers: payers(rows, isKnownDevice: isKnown))
                return (decision, derivation, digest, now)
            }
            func payment(
                _ permission: ChallengeDecision.Permission, _ digest: AttemptDigest, _ now: Timestamp, _ rows: Rows,
                _ guess: BudgetLeases.Use?
            ) -> Payment {
                let device = ProvenDevice(devices: devices, tag: opened.tag, time: now)
                return Payment(permission, opened, digest, device, rows: rows, guess: guess)
            }
            let hold: BudgetHold?
            do throws(OTPError) {
                let uses = try usesOfGuess(requester, isKnown ? .known : Standing(requester.proof))
                hold = uses.isEmpty ? nil : try await self.hold(uses, for: commit)
            } catch {
                // What was paid for is answered, whatever its network has used up since.
                guard error.code == .networkLimited else { throw error }
                let rows = try await rows(of: opened.tag, account: requester.pseudonym).0
                guard let (decision, derivation, digest, now) = try? decided(rows), decision.state == rows.number.attempts else {
                    throw error
                }
                return (payment(decision.permission, digest, now, rows, nil), derivation)
            }
            let keys = (solved.map { [$0.recordKey(partitions)] } ?? []) + (hold?.carried.map { $0.use.key.recordKey(partitions) } ?? [])
            var (rows, records) = try await rows(of: opened.tag, account: requester.pseudonym, and: keys)
            let (decision, derivation, digest, now) = try decided(rows)
            let paidRows = stage(decision, of: rows, at: now, in: &commit)
            // An attempt asked again is not paid again, here either.
            guard !commit.isEmpty else { return (payment(decision.permission, digest, now, paidRows, nil), derivation) }
            if let solved {
                guard records.removeFirst() == nil else { throw .proofInvalid }
                commit.insert([1], at: solved.recordKey(partitions), expiresAt: solved.expiresAt)
            }
            if let hold { try stage(hold, records, at: now, in: &commit) }
            return (payment(decision.permission, digest, now, paidRows, hold?.guess), derivation)
        }
    }

    /// Consumes the challenge in the caller's commit, together with what rests on it, and gives the guess back.
    ///
    /// Starts from the rows as the payment left them, and reads them anew each further time: after a conflict call it again with a new commit.
    ///
    /// - Parameter outcome: what the same attempt is answered with until the challenge expires; at most 64 bytes.
    /// - Throws: ``OTPError`` with code `.alreadyCompleted` (another attempt was faster), `.expired`, `.challengeNotFound`, `.unavailable`,
    ///   `.cancelled`.
    public func stageCompletion(
        of guess: RightGuess, outcome: [UInt8], in commit: inout StagedCommit
    ) async throws(OTPError) -> Completion {
        let rows = if let paid = guess.payment.takeRows() { paid } else { try await rows(of: guess) }
        let now = time.now()
        let decision = try decide(
            rows.number.attempts,
            .complete(
                guess.challenge, guess.payment.challenge.binding, guess.payment.digest, generation: guess.payment.challenge.generation,
                outcome: outcome), policy, at: now,
            payers: payers(
                rows, isKnownDevice: devices.isKnown(guess.requester.deviceToken, for: guess.tag, at: now)))
        switch decision.permission {
        case .repeatOutcome(let outcome): return .repeated(outcome: outcome)
        case .take(let counts):
            try await guess.stageUse(in: &commit)
            stage(decision, of: rows, at: now, in: &commit)
            noteCompletion(of: counts, guess.payment.opened.drawn, guess.payment.guess, guess.requester, in: &commit)
            return .taken(counts)
        case .send, .compare, .nothing: preconditionFailure("A completion permits taking or repeating.")
        }
    }

    /// Consumes the challenge in a commit of its own, where nothing rests on it.
    ///
    /// - Throws: ``OTPError`` as ``stageCompletion(of:outcome:in:)``, and `.busy`.
    public func complete(_ guess: RightGuess, outcome: [UInt8]) async throws(OTPError) -> Completion {
        try await commits.run(guess.tag) { (commit: inout StagedCommit) async throws(OTPError) -> Completion in
            try await stageCompletion(of: guess, outcome: outcome, in: &commit)
        }
    }

    private func rows(of guess: RightGuess) async throws(OTPError) -> Rows {
        try await rows(of: guess.tag, account: guess.requester.pseudonym).0
    }

    /// A key that is gone has taken its codes with it.
    private func derivation(of challenge: Challenge, _ tag: BudgetTag) throws(OTPError) -> CodeDerivation {
        guard let derivation = CodeDerivation(of: challenge, tag: tag, deployment: deployment, keys: codeKeys) else { throw .expired }
        return derivation
    }
}
