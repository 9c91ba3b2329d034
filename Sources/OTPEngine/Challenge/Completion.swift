public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage
import Synchronization

/// What came of a guess that was paid for.
public enum PaidGuess: Sendable {
    /// It is right: complete the challenge with it.
    case right(RightGuess)
    /// This very attempt completed the challenge before: the outcome that was stored then.
    case repeated(outcome: [UInt8], challenge: ChallengeID)
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
    let binding: RequesterBinding
    let digest: AttemptDigest
    let generation: UInt32
    private let opened: TokenSealer.Opened
    private let rowSecret: RowSecret
    /// The number's row as the payment left it.
    let paidRow: PaidRow

    init(
        _ challenge: Challenge, _ opened: TokenSealer.Opened, digest: AttemptDigest, rowSecret: RowSecret, paidRow: ChallengeEngine.Row
    ) {
        self.paidRow = PaidRow(paidRow)
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

/// A row that is most likely still the newest: used once instead of reading it, as only a commit that it fails tells otherwise.
final class PaidRow: Sendable {
    private let row: Mutex<ChallengeEngine.Row?>

    init(_ row: ChallengeEngine.Row) { self.row = Mutex(row) }

    func take() -> ChallengeEngine.Row? { row.withLock { $0.take() } }
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
    ///   `.alreadyCompleted`, `.challengeNotFound`, a token's, `.requesterInvalid`, `.unavailable`, `.cancelled`; either way `.busy`.
    public func pay(
        _ token: ChallengeToken, code: SubmittedCode, attempt: AttemptID, requester: Requester
    ) async throws(OTPError) -> PaidGuess {
        let opened = try sealer.open(token)
        let binding = try RequesterBinding(requester)
        let (permission, digest, paidRow) = try await committing(opened.tag) {
            (commit: inout StagedCommit) async throws(OTPError) -> (ChallengeDecision.Permission, AttemptDigest, Row) in
            let row = try await row(of: opened.tag)
            guard let challenge = row.attempts.challenge(opened.id), challenge.purpose == opened.purpose else { throw .challengeNotFound }
            let digest = try derivation(of: challenge, opened.tag).digest(of: attempt, submitting: code)
            let now = time.now()
            let decision = try decide(row.attempts, .guess(opened.id, binding, digest, digits: code.count), policy, at: now)
            let paidRow = stage(decision, of: row, at: now, in: &commit)
            return (decision.permission, digest, paidRow)
        }
        // Only from here on, with the payment acknowledged, is the code looked at.
        switch permission {
        case .repeatOutcome(let outcome): return .repeated(outcome: outcome, challenge: opened.id)
        case .compare(let challenge):
            guard try derivation(of: challenge, opened.tag).accepts(code), case .live(let secret) = challenge.state else {
                throw .wrongCode(triesLeft: challenge.triesLeft)
            }
            return .right(RightGuess(challenge, opened, digest: digest, rowSecret: secret, paidRow: paidRow))
        case .send, .take, .nothing: preconditionFailure("A guess permits comparing or repeating.")
        }
    }

    /// Consumes the challenge in the caller's commit, together with what rests on it, and gives the guess back.
    ///
    /// Starts from the row as the payment left it, and reads it anew each further time: after a conflict call it again with a new commit.
    ///
    /// - Parameter outcome: what the same attempt is answered with until the challenge expires; at most 64 bytes.
    /// - Throws: ``OTPError`` with code `.alreadyCompleted` (another attempt was faster), `.expired`, `.challengeNotFound`, `.unavailable`.
    public func stageCompletion(
        of guess: RightGuess, outcome: [UInt8], in commit: inout StagedCommit
    ) async throws(OTPError) -> Completion {
        let row = if let paid = guess.paidRow.take() { paid } else { try await row(of: guess.tag) }
        let now = time.now()
        let decision = try decide(
            row.attempts,
            .complete(guess.challenge, guess.binding, guess.digest, generation: guess.generation, outcome: outcome), policy, at: now)
        switch decision.permission {
        case .repeatOutcome(let outcome): return .repeated(outcome: outcome)
        case .take(let counts):
            stage(decision, of: row, at: now, in: &commit)
            return .taken(counts)
        case .send, .compare, .nothing: preconditionFailure("A completion permits taking or repeating.")
        }
    }

    /// Consumes the challenge in a commit of its own, where nothing rests on it.
    public func complete(_ guess: RightGuess, outcome: [UInt8]) async throws(OTPError) -> Completion {
        try await committing(guess.tag) { (commit: inout StagedCommit) async throws(OTPError) -> Completion in
            try await stageCompletion(of: guess, outcome: outcome, in: &commit)
        }
    }

    /// A key that is gone has taken its codes with it.
    private func derivation(of challenge: Challenge, _ tag: BudgetTag) throws(OTPError) -> CodeDerivation {
        guard let derivation = CodeDerivation(of: challenge, tag: tag, deployment: deployment, keys: codeKeys) else { throw .expired }
        return derivation
    }
}
