public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage
import Synchronization

/// What came of a guess that was paid for.
public enum PaidGuess: Sendable {
    /// It is right: complete the challenge with it.
    case right(RightGuess)
    /// This very attempt completed the challenge before: the outcome that was stored then.
    case repeated(outcome: [UInt8], challenge: ChallengeID, device: DeviceToken)
}

/// A guess that was paid for, then compared, and is right. Copying it gains nothing: the row lets one completion through.
public struct RightGuess: Sendable {
    public let challenge: ChallengeID
    public let purpose: ChallengePurpose
    public let subject: SubjectID?
    public let tag: BudgetTag
    /// When the challenge was begun and when its code stops being valid.
    public let begunAt: Timestamp
    public let expiresAt: Timestamp
    /// For the device this guess came from, which has proven the number once the completion is committed.
    public var device: DeviceToken { provenDevice.token }
    private let provenDevice: ProvenDevice
    let binding: RequesterBinding
    let requester: Requester
    let digest: AttemptDigest
    let generation: UInt32
    private let opened: TokenSealer.Opened
    private let rowSecret: RowSecret
    /// The rows as the payment left them.
    let paidRows: PaidRows
    /// What it took from its network.
    let paidGuess: BudgetLeases.Use?

    init(
        _ challenge: Challenge, _ opened: TokenSealer.Opened, by requester: Requester, digest: AttemptDigest, rowSecret: RowSecret,
        provenDevice: ProvenDevice, paidRows: PaidRows, paidGuess: BudgetLeases.Use?
    ) {
        self.paidRows = paidRows
        self.paidGuess = paidGuess
        self.requester = requester
        self.provenDevice = provenDevice
        self.challenge = challenge.id
        purpose = challenge.purpose
        subject = challenge.subject
        tag = opened.tag
        begunAt = challenge.created
        expiresAt = challenge.expires
        binding = challenge.binding
        self.digest = digest
        generation = challenge.generation
        self.opened = opened
        self.rowSecret = rowSecret
    }

    var drawn: TokenRoute { opened.drawn }

    /// What was sealed into the token at begin.
    ///
    /// - Throws: ``OTPError`` with code `.tokenForged`.
    public func content() throws(OTPError) -> SecretBytes {
        try TokenSealer.openInner(opened, rowSecret: rowSecret)
    }
}

extension RightGuess: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Rows that are most likely still the newest: used once instead of reading them, as only a commit that they fail tells otherwise.
final class PaidRows: Sendable {
    private let rows: Mutex<ChallengeEngine.Rows?>

    init(_ rows: ChallengeEngine.Rows) { self.rows = Mutex(rows) }

    func take() -> ChallengeEngine.Rows? { rows.withLock { $0.take() } }
}

/// What a guess has for its payment, once the commit with that has succeeded.
private struct Payment: Sendable {
    let permission: ChallengeDecision.Permission
    let derivation: CodeDerivation
    let digest: AttemptDigest
    let rows: PaidRows
    /// What it took from its network.
    var guess: BudgetLeases.Use?
}

/// What became of a completion.
public enum Completion: Hashable, Sendable {
    /// This one: the challenge is consumed when the commit succeeds. The counts are for the caller's own entry.
    case taken(ChallengeCounts)
    /// This very attempt did it before, perhaps by a commit whose outcome was unknown: the outcome that was stored then. Nothing was staged.
    case repeated(outcome: [UInt8])
}

extension ChallengeEngine {
    /// Pays for a guess, and compares it once the payment is committed.
    ///
    /// A payment whose commit's outcome is unknown counts as made and is not compared: `.busy`. The same attempt with the same
    /// code may then be sent again; it is not paid twice and gets the answer it would have had.
    ///
    /// - Parameter attempt: chosen by the client before its first try, and kept while it repeats itself.
    /// - Throws: ``OTPError``: `.wrongCode` after a payment; without one `.malformedCode`, `.tooManyGuesses`, `.locked`, `.exhausted`, `.expired`,
    ///   `.alreadyCompleted`, `.challengeNotFound`, a token's, `.networkLimited`, `.proofInvalid`,
    ///   `.requesterInvalid`, `.unavailable`, `.cancelled`; either way `.busy`.
    public func pay(
        _ token: ChallengeToken, code: SubmittedCode, attempt: AttemptID, requester: Requester
    ) async throws(OTPError) -> PaidGuess {
        let opened = try sealer.open(token)
        let binding = try RequesterBinding(requester)
        let isKnown = devices.isKnown(requester.deviceToken, for: opened.tag, at: time.now())
        let solved = try solved(requester)
        let payment = try await committing(opened.tag) { (commit: inout StagedCommit) async throws(OTPError) -> Payment in
            let hold: BudgetHold?
            do throws(OTPError) {
                let uses = try usesOfGuess(requester, isKnown ? .known : Standing(requester.proof))
                hold = uses.isEmpty ? nil : try await self.hold(uses, for: commit)
            } catch {
                // What was paid for is answered, whatever its network has used up since.
                guard error.code == .networkLimited else { throw error }
                let rows = try await rows(of: opened.tag, account: requester.pseudonym).0
                guard let challenge = rows.number.attempts.challenge(opened.id), challenge.purpose == opened.purpose else { throw error }
                let derivation = try self.derivation(of: challenge, opened.tag)
                let digest = derivation.digest(of: attempt, submitting: code)
                let decision = try? decide(
                    rows.number.attempts, .guess(opened.id, binding, digest, digits: code.count), policy, at: time.now(),
                    payers: payers(rows, isKnownDevice: isKnown))
                guard let decision, decision.state == rows.number.attempts else { throw error }
                return Payment(permission: decision.permission, derivation: derivation, digest: digest, rows: PaidRows(rows))
            }
            let keys = (solved.map { [$0.recordKey(partitions)] } ?? []) + (hold?.carried.map { $0.use.key.recordKey(partitions) } ?? [])
            var (rows, records) = try await rows(of: opened.tag, account: requester.pseudonym, and: keys)
            guard let challenge = rows.number.attempts.challenge(opened.id), challenge.purpose == opened.purpose else {
                throw .challengeNotFound
            }
            let derivation = try self.derivation(of: challenge, opened.tag)
            let digest = derivation.digest(of: attempt, submitting: code)
            let now = time.now()
            let decision = try decide(
                rows.number.attempts, .guess(opened.id, binding, digest, digits: code.count), policy, at: now,
                payers: payers(rows, isKnownDevice: isKnown))
            let paidRows = stage(decision, of: rows, at: now, in: &commit)
            var payment = Payment(permission: decision.permission, derivation: derivation, digest: digest, rows: PaidRows(paidRows))
            // An attempt asked again is not paid again, here either.
            guard !commit.isEmpty else { return payment }
            if let solved {
                guard records.removeFirst() == nil else { throw .proofInvalid }
                commit.insert([1], at: solved.recordKey(partitions), expiresAt: solved.expiresAt)
            }
            if let hold {
                try stage(hold, records, at: now, in: &commit)
                payment.guess = hold.guess
            }
            return payment
        }
        let device = ProvenDevice(devices: devices, tag: opened.tag, time: time.now())
        // Only from here on, with the payment acknowledged, is the code looked at.
        switch payment.permission {
        case .repeatOutcome(let outcome): return .repeated(outcome: outcome, challenge: opened.id, device: device.token)
        case .compare(let challenge):
            guard payment.derivation.accepts(code), case .live(let secret) = challenge.state else {
                throw .wrongCode(triesLeft: challenge.triesLeft)
            }
            return .right(
                RightGuess(
                    challenge, opened, by: requester, digest: payment.digest, rowSecret: secret, provenDevice: device,
                    paidRows: payment.rows, paidGuess: payment.guess))
        case .send, .take, .nothing: preconditionFailure("A guess permits comparing or repeating.")
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
        let rows = if let paid = guess.paidRows.take() { paid } else { try await rows(of: guess) }
        let now = time.now()
        let decision = try decide(
            rows.number.attempts,
            .complete(guess.challenge, guess.binding, guess.digest, generation: guess.generation, outcome: outcome), policy, at: now,
            payers: payers(
                rows, isKnownDevice: devices.isKnown(guess.requester.deviceToken, for: guess.tag, at: now)))
        switch decision.permission {
        case .repeatOutcome(let outcome): return .repeated(outcome: outcome)
        case .take(let counts):
            stage(decision, of: rows, at: now, in: &commit)
            noteCompletion(of: counts, guess.drawn, guess.paidGuess, guess.requester, in: &commit)
            return .taken(counts)
        case .send, .compare, .nothing: preconditionFailure("A completion permits taking or repeating.")
        }
    }

    /// Consumes the challenge in a commit of its own, where nothing rests on it.
    ///
    /// - Throws: ``OTPError`` as ``stageCompletion(of:outcome:in:)``, and `.busy`.
    public func complete(_ guess: RightGuess, outcome: [UInt8]) async throws(OTPError) -> Completion {
        try await committing(guess.tag) { (commit: inout StagedCommit) async throws(OTPError) -> Completion in
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
