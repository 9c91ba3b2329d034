/// The one thing a host's database must do: keep versioned records, and change several of them at once or not at all.
///
/// The contract, which `RecordStoreConformance` in `PhoneIdentityTesting` checks:
/// - **Atomic and durable.** When ``commit(_:)`` returns, every change lasts; when it throws anything but
///   `.outcomeUnknown`, none was made and none will be.
/// - **Linearizable per key.** A read that starts after a commit returned sees it. Reading several keys is not a snapshot.
/// - **Expectations.** Each change names the version it expects, and all of a commit's hold together when it is made: commits are
///   serializable among each other. If one does not hold the commit throws `.conflict`; so do deadlocks and serialization failures.
/// - **Expiry permits, never hides.** A record is returned until something deletes it.
/// - **Cancellation.** A cancelled commit either has not begun, or tells its real outcome. Stores never swallow an outcome.
/// - **Late commits.** One whose outcome is unknown lands within an hour or never (``RecordLimits/lateness``); an engine's timeouts see to that.
/// - **Limits.** Rows up to 255 bytes, values up to 1 MiB, commits up to 10,000 changes; beyond that `.tooLarge`.
///   An empty commit, two changes of one key, and a put whose new version equals the expected one are `.invalidChange`.
///
/// One store serves one deployment.
public protocol RecordStore: Sendable {
    /// The current records under `keys`, in the order asked; `nil` where there is none. Not a snapshot of several keys.
    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?]

    /// Up to `limit` records of one partition and collection in row order (unsigned bytes), after a position.
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord]

    /// All of the changes or none.
    func commit(_ changes: [RecordChange]) async throws(StorageError)
}

extension RecordStore {
    /// The current record under `key`, or `nil`.
    public func record(at key: RecordKey) async throws(StorageError) -> StoredRecord? {
        try await records(at: [key]).first ?? nil
    }
}

/// The sizes every store accepts, and past which it answers `.tooLarge`.
public enum RecordLimits {
    /// Bytes of a row.
    public static let row = 255
    /// Bytes of a value: 1 MiB.
    public static let value = 1_048_576
    /// Changes of one commit.
    public static let changes = 10_000
    /// How long after it was sent a commit of unknown outcome may still land: an hour. A record that was inserted by a commit without any
    /// other expectation is not swept earlier, since the same commit, sent again meanwhile, would insert it once more.
    public static let lateness: Duration = .seconds(3_600)

    /// Refuses what no store may accept. Adapters call this first, so that all of them refuse alike.
    ///
    /// - Throws: ``StorageError`` with code `.invalidChange` or `.tooLarge`.
    public static func validate(_ changes: [RecordChange]) throws(StorageError) {
        guard !changes.isEmpty else { throw StorageError(.invalidChange, "A commit without a change has nothing to expect; leave it out.") }
        guard changes.count <= self.changes else {
            throw StorageError(.tooLarge, "A commit has at most \(self.changes) changes; split the work.")
        }
        guard changesEachKeyOnce(changes) else {
            throw StorageError(.invalidChange, "A commit changes each key once; merge the changes first.")
        }
        for change in changes {
            guard change.key.row.count <= row else { throw StorageError(.tooLarge, "A row has at most \(row) bytes.") }
            if case .put(_, let expected, let version, let content, _) = change {
                guard content.count <= value else { throw StorageError(.tooLarge, "A value has at most \(value) bytes.") }
                guard expected != version else {
                    throw StorageError(.invalidChange, "A new version is drawn for every put and never used again.")
                }
            }
        }
    }

    /// Up to so many are compared one with another, which is faster than hashing them.
    static let fewChanges = 16

    private static func changesEachKeyOnce(_ changes: [RecordChange]) -> Bool {
        guard changes.count <= fewChanges else { return Set(changes.lazy.map(\.key)).count == changes.count }
        return changes.indices.allSatisfy { index in
            let key = changes[index].key
            return changes[..<index].allSatisfy { $0.key != key }
        }
    }
}
