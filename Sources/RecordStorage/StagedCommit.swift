/// The changes of one operation, collected from several engines, committed once.
///
/// Each engine reads, decides, and stages here what it wants to become true, with the versions it read; nothing is
/// visible before ``commit(to:)``, and then everything is. Staging is cheap and has no effect of its own, so an
/// operation that decides against itself just drops the value.
public struct StagedCommit: Sendable {
    /// The changes in the order they were staged.
    public private(set) var changes: [RecordChange] = []
    /// Where the change of a key is; empty while they are so few that looking through them is faster.
    private var places: [RecordKey: Int] = [:]
    private let versions: VersionSource
    private var disagreement = false
    package private(set) var companions: [any CommitCompanion] = []

    public init(random: any RandomSource) {
        self.init(versions: VersionSource(random: random, together: 8))
    }

    /// For an engine that makes many commits, and draws the versions of all of them.
    package init(versions: VersionSource) {
        self.versions = versions
    }

    public var isEmpty: Bool { changes.isEmpty }

    /// Demands that a record that a decision read is still as it was.
    public mutating func check(_ record: StoredRecord) {
        check(record.key, version: record.version)
    }

    public mutating func check(_ key: RecordKey, version: RecordVersion) {
        guard let place = place(of: key) else { return stage(.check(key, version: version)) }
        if changes[place].expectedVersion != version { disagreement = true }
    }

    /// Claims a key that has no record.
    public mutating func insert(_ value: [UInt8], at key: RecordKey, expiresAt: Timestamp? = nil) {
        put(value, at: key, expecting: nil, expiresAt: expiresAt)
    }

    /// Replaces a record that is still as it was read; inserts where `current` is `nil`.
    ///
    /// - Returns: the record as it is once the commit has succeeded.
    @discardableResult
    public mutating func put(
        _ value: [UInt8], at key: RecordKey, replacing current: StoredRecord?, expiresAt: Timestamp? = nil
    ) -> StoredRecord {
        put(value, at: key, expecting: current?.version, expiresAt: expiresAt)
    }

    /// - Returns: the record as it is once the commit has succeeded.
    @discardableResult
    public mutating func put(
        _ value: [UInt8], at key: RecordKey, expecting: RecordVersion?, expiresAt: Timestamp?
    ) -> StoredRecord {
        let version = versions.next()
        stage(.put(key, expecting: expecting, version: version, value: value, expiresAt: expiresAt))
        return StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
    }

    /// Deletes a record that is still as it was read.
    public mutating func delete(_ record: StoredRecord) {
        stage(.delete(record.key, version: record.version))
    }

    private mutating func stage(_ change: RecordChange) {
        guard let place = place(of: change.key) else {
            if !places.isEmpty { places[change.key] = changes.count }
            changes.append(change)
            return
        }
        guard case .check = changes[place] else {
            preconditionFailure("Two engines wrote the record of one key in one commit; a record has one owner.")
        }
        if changes[place].expectedVersion != change.expectedVersion { disagreement = true }
        changes[place] = change
    }

    private mutating func place(of key: RecordKey) -> Int? {
        guard changes.count > RecordLimits.fewChanges else { return changes.firstIndex { $0.key == key } }
        if places.isEmpty {
            for (place, change) in changes.enumerated() { places[change.key] = place }
        }
        return places[key]
    }

    /// Tells something outside the store what becomes of this commit. Dropped without being told, it knows that nothing was committed.
    package mutating func accompany(_ companion: some CommitCompanion) {
        companions.append(companion)
    }

    /// Commits all that was staged, or nothing.
    ///
    /// An outcome that the store calls unknown is settled here as far as it can be: the same changes are sent again,
    /// which applies them at most once, and the versions drawn for this commit tell whether it had landed.
    ///
    /// - Throws: ``StorageError``; `.conflict` when an expectation did not hold (read and decide again); `.outcomeUnknown` only when
    ///   the store stays unreachable or another writer has already moved every record that could tell.
    public func commit(to store: some RecordStore) async throws(StorageError) {
        do throws(StorageError) {
            if disagreement { throw StorageError(.conflict, "Two parts of this operation read different versions of one record.") }
            do {
                try await store.commit(changes)
            } catch {
                guard error.code == .outcomeUnknown else { throw error }
                try await settle(changes, in: store)
            }
        } catch {
            for companion in companions {
                if error.code == .outcomeUnknown { companion.outcomeUnknown() } else { companion.notCommitted() }
            }
            throw error
        }
        for companion in companions { companion.committed() }
    }

    private func settle(_ changes: [RecordChange], in store: some RecordStore) async throws(StorageError) {
        let unknown = StorageError(.outcomeUnknown, "The store did not answer; whether this was committed is not known.")
        for _ in 0..<3 {
            do {
                return try await store.commit(changes)
            } catch {
                switch error.code {
                case .conflict:
                    // A read that fails tells nothing: its "nothing was written" would be about the read.
                    if (try? await hasLanded(changes, in: store)) == true { return }
                    throw unknown
                case .outcomeUnknown, .unavailable: continue
                default: throw unknown
                }
            }
        }
        throw unknown
    }

    private func hasLanded(_ changes: [RecordChange], in store: some RecordStore) async throws(StorageError) -> Bool {
        var drawn: [RecordKey: RecordVersion] = [:]
        for case .put(let key, _, let version, _, _) in changes { drawn[key] = version }
        return try await store.records(at: Array(drawn.keys)).contains { record in
            record.map { drawn[$0.key] == $0.version } ?? false
        }
    }
}

/// What goes with a commit and is kept outside the store, such as a slice of a budget in memory.
package protocol CommitCompanion: AnyObject, Sendable {
    /// All of it was committed.
    func committed()
    /// Nothing of it was committed.
    func notCommitted()
    /// Whether it was committed is not known.
    func outcomeUnknown()
}
