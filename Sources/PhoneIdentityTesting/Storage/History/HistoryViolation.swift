import RecordStorage

/// A breach of the contract, and the few operations that prove it.
public struct HistoryViolation: Error, Hashable, CustomStringConvertible {
    /// What kind of breach it is. New kinds may be added.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// An answer without the right form: too many or too few records, another key's, out of order, another value than was put.
        case malformedAnswer = "malformed answer"
        /// A version that no commit put.
        case unknownVersion = "unknown version"
        /// One version in two commits: a defect of who commits.
        case reusedVersion = "reused version"
        /// A commit that was refused, cancelled ones among them, left something.
        case refusedCommitLanded = "refused commit that landed"
        /// Two commits were made that expected the same version of a record.
        case lostUpdate = "lost update"
        /// A key was claimed while it had a record.
        case twoWinners = "two winners"
        /// A commit of unknown outcome landed although what it expects was over.
        case lateOverwrite = "late overwrite"
        /// A commit was made although what it checks was over before it began.
        case staleExpectation = "stale expectation"
        /// A read returned what had been replaced before it began.
        case staleRead = "stale read"
        /// A record was there after its deletion.
        case deletionUndone = "deletion undone"
        /// A read returned an older state than another read before it.
        case nonMonotonicRead = "non-monotonic read"
        /// A record is gone that nobody deleted.
        case vanished = "vanished record"
        /// A range lacks a record that was there all the time.
        case missedByRange = "record missed by a range"
        /// Of one commit, one change is there and another is not.
        case halfCommit = "half of a commit"
        /// A version was there before the commit that puts it began.
        case foreseen = "effect before its cause"
        /// Commits that cannot have happened one after another: write skew.
        case notSerializable = "commits without an order"
    }

    public let kind: Kind
    /// The operations that prove it, by their place in the history.
    public let operations: [Int]
    /// What happened, in a sentence: keys and the first four bytes of versions in hexadecimal, no values.
    public let reason: String

    public var description: String { "\(kind.rawValue): \(reason)" }
}

extension RecordKey {
    /// `0007/claim/0aff`
    var shown: String {
        "\(Hexadecimal.encode([UInt8(partition.rawValue >> 8), UInt8(partition.rawValue & 255)]))/\(collection.rawValue)/\(Hexadecimal.encode(row))"
    }
}

extension RecordVersion {
    var shown: String { Hexadecimal.encode(bytes.prefix(4)) }
}
