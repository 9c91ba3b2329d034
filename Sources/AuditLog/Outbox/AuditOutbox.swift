package import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Records events in the very commit of what they record, for the sequencer to put into the log.
///
/// One call stages one row in `outbox` with the public leaves, and one row in `history` for each subject with the sealed
/// openings of its events. A sign-up's events so cost two rows.
public final class AuditOutbox: ProvableEventRecorder {
    let partitions: PartitionCount
    private let time: any TimeSource
    private let random: any RandomSource
    let acknowledgements = Acknowledgements()

    /// - Parameter partitions: the deployment's.
    public init(
        partitions: PartitionCount = .standard, time: some TimeSource = SystemTimeSource(), random: some RandomSource = SystemRandomSource()
    ) {
        self.partitions = partitions
        self.time = time
        self.random = random
    }

    /// Stages the events; an empty list stages nothing.
    public func record(_ events: [AuditEvent], in commit: inout StagedCommit) {
        stage(events, in: &commit)
    }

    public func recordProvably(_ event: AuditEvent, in commit: inout StagedCommit) -> ProvableEntry {
        ProvableEntry(stage([event], in: &commit)[0])
    }

    /// Stages the first events of a person whose history key was drawn just now.
    ///
    /// - Precondition: all of them are about that person.
    package func record(_ events: [AuditEvent], underNew key: OwnedBox.DirectKey, in commit: inout StagedCommit) {
        precondition(Set(events.map(\.subject)).count <= 1 && events.allSatisfy { $0.subject != nil }, "A history is one person's.")
        stage(events, underNew: key, in: &commit)
    }

    @discardableResult
    private func stage(
        _ events: [AuditEvent], underNew key: OwnedBox.DirectKey? = nil, in commit: inout StagedCommit
    ) -> [RecordedEntry] {
        guard let first = events.first else { return [] }
        var recorded: [RecordedEntry] = []
        var entries: [EntryRecord] = []
        var histories: [SubjectID: [EntryRecord]] = [:]
        for event in events {
            let opening = EntryOpening(event, random: random)
            let leaf = AuditLeaf(event, commitment: opening.commitment)
            recorded.append(RecordedEntry(leaf: leaf.bytes, opening: opening.bytes))
            entries.append(EntryRecord(leaf: leaf, opening: event.subject == nil ? opening.bytes : []))
            guard let subject = event.subject else { continue }
            let sealed =
                if let key { opening.sealed(under: key, leaf: leaf, random: random) } else {
                    opening.sealed(to: subject.historyKey, leaf: leaf, random: random)
                }
            histories[subject.id, default: []].append(EntryRecord(leaf: leaf, opening: sealed))
        }
        let row = LogRows.outbox(in: partitions.partition(of: first.shard), at: first.time, random: random)
        commit.insert(EntryRecord.pack(entries), at: row)
        // In the order of the events, so that a seeded run is the same each time.
        for event in events {
            guard let subject = event.subject?.id, let history = histories.removeValue(forKey: subject) else { continue }
            commit.insert(
                EntryRecord.pack(history), at: LogRows.history(of: subject, at: event.time, event: event.id, partitions: partitions))
        }
        acknowledgements.expect(events.map(\.id), at: row, since: time.now())
        return recorded
    }

    /// Waits until the events are in a signed checkpoint that lasts.
    ///
    /// The caller vouches that the commit which recorded them succeeded. Events of this process are known by their rows. For
    /// others, such as those of a process that was killed, one round that looks into every partition tells: what was committed
    /// before and is in no outbox is in the log. No index of events is kept for it, which would cost a row each.
    ///
    /// - Throws: ``StorageError``; `.cancelled`, and `.unavailable` when no ``LogSequencer`` works on this outbox or it stopped.
    public func acknowledged(_ events: [[UInt8]]) async throws(StorageError) {
        guard !events.isEmpty else { return }
        try await acknowledgements.wait(for: events)
    }

    /// Waits until everything that was recorded in `store` before this call, by whichever process, is in a signed checkpoint that lasts.
    ///
    /// - Throws: ``AuditError`` with code `.storage` and the cause, as of ``acknowledged(_:)``.
    public func acknowledgeAll(in store: some RecordStore) async throws(AuditError) {
        var events: [[UInt8]] = []
        for row in try await LogRecords(store).outbox(in: partitions) {
            events += try LogRecords.decode(row, EntryRecord.unpack).map(\.leaf.id)
        }
        // The event that nobody recorded stands for rows that just left the outbox, towards a checkpoint that is not out yet.
        do { try await acknowledged(events + [random.bytes(16)]) } catch { throw AuditError(error) }
    }
}
