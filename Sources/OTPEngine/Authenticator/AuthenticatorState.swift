package import IdentityTypes
package import RecordStorage

/// The secret of an authenticator app as its row holds it: sealed, under a name that stays when it is sealed under another key.
package struct SealedAuthenticatorSecret: Hashable, Sendable {
    /// 16 random bytes.
    package let id: [UInt8]
    package let parameters: AuthenticatorParameters
    package internal(set) var keyID: UInt32
    /// A ``CryptoPrimitives/CommittingAEAD``.
    var box: [UInt8]
}

/// Recovery codes as their row holds them: digests, and the sealed key that they are made with.
package struct RecoverySet: Hashable, Sendable {
    /// Codes of a new set.
    package static let size = 10

    package internal(set) var keyID: UInt32
    /// A ``CryptoPrimitives/CommittingAEAD`` of 32 bytes.
    var box: [UInt8]
    /// 16 bytes each, of the codes that have not been used.
    package internal(set) var digests: [[UInt8]]
}

/// What somebody claims to have.
package enum AuthenticatorGuessKind: UInt8, Hashable, Sendable, CaseIterable {
    /// A code of the app that is set up.
    case code = 1
    /// The first code of an app that is being set up.
    case enrolment = 2
    case recoveryCode = 3
}

/// All that counts for one person's authenticator app: budgets, secrets and recovery codes, in one record.
///
/// One record, so that every promise about guesses is a promise about one key. Format: `Documentation/Formats.md`.
package struct AuthenticatorState: Hashable, Sendable {
    /// A guess that was paid for and has not taken effect, for as long as the same attempt may ask again.
    package struct Payment: Hashable, Sendable {
        package let kind: AuthenticatorGuessKind
        package let digest: AttemptDigest
        package let time: Timestamp
    }

    /// The attempt that took effect last, kept so that it gets its answer again.
    package struct Answer: Hashable, Sendable {
        package let digest: AttemptDigest
        package let time: Timestamp
        package let outcome: [UInt8]
    }

    /// A secret that waits for its first right code.
    package struct Pending: Hashable, Sendable {
        package let secret: SealedAuthenticatorSecret
        package let begun: Timestamp
        package let expires: Timestamp

        /// As with a challenge: hosts' clocks may differ by a minute, and a clock set back gives no second life.
        func hasExpired(at now: Timestamp) -> Bool { now >= expires || now < begun - .seconds(60) }
    }

    package struct Active: Hashable, Sendable {
        package internal(set) var secret: SealedAuthenticatorSecret
        package let since: Timestamp
        /// The latest time step whose code took effect: neither it nor an earlier one does again.
        package internal(set) var lastStep: UInt64
    }

    package static let collection: RecordCollection = "authenticator"
    /// More than the two budgets let come together in ``memory``.
    static let paymentLimit = 16
    /// How long an attempt may ask again.
    static let memory: Duration = .seconds(120)
    /// Bytes of an outcome.
    package static let outcomeLimit = 64

    var budget = AuthenticatorBudget()
    var recoveryGuesses = GuessBudget()
    package internal(set) var payments: [Payment] = []
    package internal(set) var answer: Answer?
    package internal(set) var pending: Pending?
    package internal(set) var active: Active?
    package internal(set) var recovery: RecoverySet?

    package init() {}

    package static func key(of subject: SubjectID, in partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: collection, row: subject.bytes)
    }

    /// When nothing in it matters any more; `nil` as long as an app is set up.
    func restsAt(_ policy: AuthenticatorPolicy) -> Timestamp? {
        guard active == nil, recovery == nil else { return nil }
        let rest = max(budget.restsAt(policy), recoveryGuesses.restsAt(policy.recoveryGuesses))
        return pending.map { max(rest, $0.expires) } ?? rest
    }

    /// Whether something of `time` may still be asked about.
    static func remembers(_ time: Timestamp, at now: Timestamp) -> Bool {
        now < time + memory && now >= time - .seconds(60)
    }

    func payment(of digest: AttemptDigest, _ kind: AuthenticatorGuessKind, at now: Timestamp) -> Payment? {
        payments.first { $0.digest == digest && $0.kind == kind && Self.remembers($0.time, at: now) }
    }

    /// Takes out what is over.
    mutating func forget(at now: Timestamp) {
        payments.removeAll { now >= $0.time + Self.memory }
        if let answer, now >= answer.time + Self.memory { self.answer = nil }
        if let pending, pending.hasExpired(at: now) { self.pending = nil }
    }
}
