public import RecordStorage

/// What can happen, with how it ended. The codes are part of the public leaf and never change their meaning.
///
/// ``consentExpired`` and ``deploymentOpened`` are reserved; nothing records them yet.
public enum AuditAction: UInt16, Hashable, Sendable, CaseIterable {
    // A challenge is one entry, written at its end.
    case enrolled = 1
    case alreadyEnrolled = 2
    case recovered = 3
    case recoveryNotFound = 4
    case recoveryWaiting = 5
    case recoveryStopped = 6
    case steppedUp = 7
    case challengeAbandoned = 8
    case challengeExhausted = 9
    /// Another number, or a first one, is the person's.
    case numberChanged = 10
    case emailChanged = 11
    /// Somebody else has the person's number now, and gets it unless the person proves it again.
    case takeOverWaiting = 12
    /// The number is somebody else's now; the person keeps everything but it.
    case numberLost = 13

    case consentGiven = 16
    case consentRefused = 17
    case consentWithdrawn = 18
    case consentExpired = 19

    case enrolmentAcknowledged = 24
    case exported = 25
    case historyReleased = 26
    case pseudonymGiven = 27

    case erasureBegun = 32
    case erased = 33
    case orphanSwept = 34

    // People asked for a number: each step is an entry before it takes effect.
    case revealRequested = 40
    case revealApproved = 41
    case revealDenied = 42
    case revealed = 43
    /// Shares of a record's decryption had been given out, and it was sealed anew without having been shown.
    case resealed = 44
    /// The key service let a key out; each one of a person is counted.
    case keyReleased = 45
    case breakGlassReviewed = 46
    case rosterAdopted = 47

    case usedOnHostAssertion = 48
    case deploymentOpened = 49

    case authenticatorEnrolled = 50
    case authenticatorRemoved = 51
    case recoveryCodeUsed = 52
    case recoveryCodesReplaced = 53
    /// A guardian answered for somebody, or refused to.
    case guardianApproved = 54
    case guardianDenied = 55
    /// Of somebody without any method, on the host's word: they may set one up.
    case provenByHost = 56
    /// Somebody wrote, and was answered.
    case conversationAnswered = 57

    /// Whether a challenge ends with such an entry. ``recoveryStopped`` may also be its owner's, who guessed nothing.
    public var endsChallenge: Bool {
        switch self {
        case .enrolled, .alreadyEnrolled, .recovered, .recoveryNotFound, .recoveryWaiting, .recoveryStopped, .steppedUp,
            .challengeAbandoned,
            .challengeExhausted, .numberChanged, .emailChanged, .takeOverWaiting:
            true
        default: false
        }
    }
}

/// Whom an entry is about, and the key under which its private part is sealed.
public struct AuditSubject: Hashable, Sendable {
    package let id: SubjectID
    /// The public half of the subject's history key, 32 bytes (X25519). Anybody may add to a history; only the key service can open one.
    package let historyKey: [UInt8]

    package init(id: SubjectID, historyKey: [UInt8]) {
        self.id = id
        self.historyKey = historyKey
    }
}

/// Something that happened, on its way into the log.
public struct AuditEvent: Hashable, Sendable {
    /// A private detail: a short name and a short text, such as a count. Never a number, a code, a key or a tag.
    public struct Detail: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: some CustomStringConvertible) {
            self.name = name
            self.value = value.description
        }
    }

    /// 16 random bytes, in the leaf.
    public let id: [UInt8]
    public let action: AuditAction
    public let purpose: PurposeCode?
    public let time: Timestamp
    public let subject: AuditSubject?
    /// What spreads entries over partitions: the subject's id, or before there is one the challenge's.
    package let shard: [UInt8]
    public let details: [Detail]
    /// 0: no human approval was involved.
    public let approvalTier: UInt8
    /// Of an entry that ends a challenge: how many guesses were evaluated. Else 0 where nothing was decided, or how long a decision took, coarsely.
    public let delayClass: UInt8

    /// - Parameter shard: at least 2 bytes, spread evenly.
    public init(
        _ action: AuditAction, purpose: PurposeCode?, at time: Timestamp, shard: [UInt8], details: [Detail] = [],
        approvalTier: UInt8 = 0, delayClass: UInt8 = 0, random: some RandomSource
    ) {
        self.init(
            id: random.bytes(16), action, purpose: purpose, at: time, subject: nil, shard: shard, details: details,
            approvalTier: approvalTier, delayClass: delayClass)
    }

    package init(
        _ action: AuditAction, purpose: PurposeCode?, at time: Timestamp, subject: AuditSubject, details: [Detail] = [],
        approvalTier: UInt8 = 0, delayClass: UInt8 = 0, random: some RandomSource
    ) {
        self.init(
            id: random.bytes(16), action, purpose: purpose, at: time, subject: subject, shard: subject.id.bytes, details: details,
            approvalTier: approvalTier, delayClass: delayClass)
    }

    private init(
        id: [UInt8], _ action: AuditAction, purpose: PurposeCode?, at time: Timestamp, subject: AuditSubject?, shard: [UInt8],
        details: [Detail], approvalTier: UInt8, delayClass: UInt8
    ) {
        self.id = id
        self.action = action
        self.purpose = purpose
        self.time = time
        self.subject = subject
        self.shard = shard
        self.details = details
        self.approvalTier = approvalTier
        self.delayClass = delayClass
    }
}

/// An entry as it was staged: the leaf that will be in the log, and what it commits to. Whoever has the second can prove what the first says.
package struct RecordedEntry: Hashable, Sendable {
    /// 59 bytes.
    package let leaf: [UInt8]
    package let opening: [UInt8]

    package init(leaf: [UInt8], opening: [UInt8]) {
        (self.leaf, self.opening) = (leaf, opening)
    }

    /// LP(leaf) LP(opening).
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.prefixed(leaf)
        writer.prefixed(opening)
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        (leaf, opening) = (try reader.prefixed(atMost: 256), try reader.prefixed(atMost: 65_536))
    }
}

/// An entry on its way back to who must prove it.
public struct ProvableEntry: Hashable, Sendable {
    package let entry: RecordedEntry
    package init(_ entry: RecordedEntry) { self.entry = entry }
}

/// Takes events into the commit of what they record.
///
/// `AuditLog`'s outbox is the one for real use. There is no silent default.
public protocol EventRecorder: Sendable {
    /// Stages the events; they are *recorded* when the commit is.
    func record(_ events: [AuditEvent], in commit: inout StagedCommit)

    /// Waits until the events, recorded by a commit that succeeded, are in a signed checkpoint that lasts: *acknowledged*.
    ///
    /// - Parameter events: ids of events.
    /// - Throws: ``StorageError``; `.cancelled` when the task is cancelled, `.unavailable` when no sequencer runs here or it stopped.
    func acknowledged(_ events: [[UInt8]]) async throws(StorageError)
}

/// A recorder whose entries can be proven to whoever must not act before something is on record.
public protocol ProvableEventRecorder: EventRecorder {
    /// Stages one event and hands back what proves it once it is in the log.
    func recordProvably(_ event: AuditEvent, in commit: inout StagedCommit) -> ProvableEntry
}
