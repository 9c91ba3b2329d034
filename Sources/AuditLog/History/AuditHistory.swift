public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// One entry about a subject, opened by its owner and checked against the public leaf.
public struct HistoryEntry: Hashable, Sendable {
    /// What is in the log.
    public let leaf: AuditLeaf
    public let time: Timestamp
    public let details: [AuditEvent.Detail]
}

/// What the log says about one subject, for the subject alone: the openings, each sealed to the subject's history key.
///
/// They are in rows of the subject's own, written with the events and gone with the subject; the log's tree needs none of them.
public struct AuditHistory: Sendable {
    private let store: LogRecords
    private let partitions: PartitionCount

    public init(store: some RecordStore, partitions: PartitionCount = .standard) {
        self.store = LogRecords(store)
        self.partitions = partitions
    }

    /// Every entry about a subject in the order of time, opened and checked.
    ///
    /// - Parameter secret: the subject's history key, 32 bytes.
    /// - Throws: ``AuditError``; `.badKey` when the key does not open an entry, `.badEntry` when an opening is not what its leaf
    ///   commits to, `.storage`. Events whose opening could not be sealed when they were recorded are left out.
    public func entries(of subject: SubjectID, with secret: borrowing SecretBytes) async throws(AuditError) -> [HistoryEntry] {
        var opened: [HistoryEntry] = []
        var after = subject.bytes
        while true {
            let rows = try await page(of: subject, after: after, limit: 200)
            for row in rows {
                for entry in try LogRecords.decode(row, EntryRecord.unpack) where !entry.opening.isEmpty {
                    opened.append(try Self.open(entry, of: subject, with: secret))
                }
            }
            guard let last = rows.last, rows.count == 200 else { return opened }
            after = last.key.row
        }
    }

    /// Stages the deletion of a subject's openings; the leaves stay, and say nothing without them.
    ///
    /// - Parameter limit: rows of one commit, 1...9,000.
    /// - Returns: whether these are all; `false`: commit, then stage again. Events recorded while the commit runs are not among
    ///   them, so the last call comes after the subject can do nothing more.
    public func stageErasure(
        of subject: SubjectID, in commit: inout StagedCommit, limit: Int = 2_000
    ) async throws(AuditError) -> Bool {
        let rows = try await page(of: subject, after: subject.bytes, limit: limit + 1)
        for row in rows.prefix(limit) { commit.delete(row) }
        return rows.count <= limit
    }

    /// Rows begin with the subject's 16 bytes, so they follow right after a row that would be just those.
    private func page(of subject: SubjectID, after: [UInt8], limit: Int) async throws(AuditError) -> [StoredRecord] {
        let range = RecordRange(partition: partitions.partition(of: subject.bytes), collection: LogRows.history, after: after)
        let rows = try await store.records(in: range, limit: limit)
        return Array(rows.prefix { $0.key.row.starts(with: subject.bytes) })
    }

    private static func open(
        _ entry: EntryRecord, of subject: SubjectID, with secret: borrowing SecretBytes
    ) throws(AuditError) -> HistoryEntry {
        let bytes: SecretBytes
        do {
            bytes = try OwnedBox.open(entry.opening, with: secret, label: EntryOpening.sealLabel, context: entry.leaf.bytes)
        } catch {
            throw AuditError(
                .badKey, "An entry of this history does not open with this key: the key is another one's, or rows were changed.")
        }
        let opening: EntryOpening
        do {
            opening = try EntryOpening(bytes: bytes.withUnsafeBytes { Array($0) })
        } catch {
            throw AuditError(.badEntry, "An opening has not the format of version 1.")
        }
        guard opening.commitment == entry.leaf.commitment, opening.subject == subject else {
            throw AuditError(.badEntry, "An opening is not the one its entry in the log commits to.")
        }
        return HistoryEntry(leaf: entry.leaf, time: opening.time, details: opening.details)
    }
}
