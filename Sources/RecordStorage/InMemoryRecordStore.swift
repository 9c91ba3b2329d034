import Synchronization

/// A store in memory: for tests, for simulations, and for trying the library out. Nothing survives the process.
public final class InMemoryRecordStore: RecordStore {
    private struct Shelf: Hashable {
        let partition: Partition
        let collection: RecordCollection
    }

    /// The records of one partition and collection: rows in order, found by bisection.
    private struct Rows {
        var records: [StoredRecord] = []

        /// The place of `row`, or where it would be.
        func index(of row: [UInt8]) -> (index: Int, found: Bool) {
            var low = 0
            var high = records.count
            while low < high {
                let middle = (low + high) / 2
                if records[middle].key.row.lexicographicallyPrecedes(row) { low = middle + 1 } else { high = middle }
            }
            return (low, low < records.count && records[low].key.row == row)
        }
    }

    private let shelves = Mutex<[Shelf: Rows]>([:])

    public init() {}

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        shelves.withLock { shelves in
            keys.map { Self.record(at: $0, in: shelves) }
        }
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        shelves.withLock { shelves in
            guard limit > 0, let rows = shelves[Shelf(partition: range.partition, collection: range.collection)] else { return [] }
            var start = 0
            if let after = range.after {
                let (index, found) = rows.index(of: after)
                start = found ? index + 1 : index
            }
            return Array(rows.records[start...].prefix(limit))
        }
    }

    public func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try RecordLimits.validate(changes)
        if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the commit began.") }
        let holds = shelves.withLock { shelves in
            guard changes.allSatisfy({ Self.record(at: $0.key, in: shelves)?.version == $0.expectedVersion }) else { return false }
            for change in changes { Self.apply(change, to: &shelves) }
            return true
        }
        guard holds else { throw StorageError(.conflict, "A record was not at the version this commit expects.") }
    }

    private static func record(at key: RecordKey, in shelves: [Shelf: Rows]) -> StoredRecord? {
        guard let rows = shelves[Shelf(partition: key.partition, collection: key.collection)] else { return nil }
        let (index, found) = rows.index(of: key.row)
        return found ? rows.records[index] : nil
    }

    private static func apply(_ change: RecordChange, to shelves: inout [Shelf: Rows]) {
        let shelf = Shelf(partition: change.key.partition, collection: change.key.collection)
        let (index, found) = shelves[shelf, default: Rows()].index(of: change.key.row)
        switch change {
        case .check: break
        case .delete: shelves[shelf]?.records.remove(at: index)
        case .put(let key, _, let version, let value, let expiresAt):
            let record = StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
            if found { shelves[shelf]?.records[index] = record } else { shelves[shelf, default: Rows()].records.insert(record, at: index) }
        }
    }
}
