import RecordStorage

/// A record store that speaks ``AuditError``.
struct LogRecords: Sendable {
    private let store: any RecordStore

    init(_ store: any RecordStore) { self.store = store }

    func record(at key: RecordKey) async throws(AuditError) -> StoredRecord? {
        do { return try await store.record(at: key) } catch { throw AuditError(error) }
    }

    func records(at keys: [RecordKey]) async throws(AuditError) -> [StoredRecord?] {
        do { return try await store.records(at: keys) } catch { throw AuditError(error) }
    }

    func records(in range: RecordRange, limit: Int) async throws(AuditError) -> [StoredRecord] {
        do { return try await store.records(in: range, limit: limit) } catch { throw AuditError(error) }
    }

    /// Every row that waits for the sequencer.
    func outbox(in partitions: PartitionCount) async throws(AuditError) -> [StoredRecord] {
        var rows: [StoredRecord] = []
        for partition in partitions.all {
            var range = RecordRange(partition: partition, collection: LogRows.outbox)
            while true {
                let page = try await records(in: range, limit: 500)
                rows += page
                guard let last = page.last, page.count == 500 else { break }
                range.after = last.key.row
            }
        }
        return rows
    }

    func commit(_ commit: StagedCommit) async throws(AuditError) {
        do { try await commit.commit(to: store) } catch { throw AuditError(error) }
    }

    /// Decodes a record; `.storage` with the cause `.corrupt` where it is damaged.
    static func decode<Value>(
        _ record: StoredRecord, _ decode: (StoredRecord) throws(StorageError) -> Value
    ) throws(AuditError) -> Value {
        do { return try decode(record) } catch { throw AuditError(error) }
    }
}
