import Synchronization

/// A store in memory: for tests, for simulations, and for trying the library out. Nothing survives the process.
public final class InMemoryRecordStore: RecordStore {
    private struct Shelf: Hashable {
        let partition: Partition
        let collection: RecordCollection

        init(partition: Partition, collection: RecordCollection) {
            (self.partition, self.collection) = (partition, collection)
        }

        init(of key: RecordKey) { self.init(partition: key.partition, collection: key.collection) }
    }

    /// The records of one partition and collection: rows in order, found by bisection.
    private struct Rows {
        private(set) var records: [StoredRecord] = []
        /// The first eight bytes of each row, which mostly decide: side by side, where the rows themselves are all over memory.
        private var heads: [UInt64] = []

        /// The place of `row`, or where it would be.
        func index(of row: [UInt8]) -> (index: Int, found: Bool) {
            let head = Self.head(of: row)
            var low = 0
            var high = records.count
            while low < high {
                let middle = (low + high) / 2
                var isBefore = heads[middle] < head
                if heads[middle] == head {
                    let other = records[middle].key.row
                    if other == row { return (middle, true) }
                    isBefore = other.lexicographicallyPrecedes(row)
                }
                if isBefore { low = middle + 1 } else { high = middle }
            }
            return (low, false)
        }

        func record(at row: [UInt8]) -> StoredRecord? {
            let (index, found) = index(of: row)
            return found ? records[index] : nil
        }

        mutating func apply(_ change: RecordChange) {
            let (index, found) = index(of: change.key.row)
            switch change {
            case .check: break
            case .delete:
                records.remove(at: index)
                heads.remove(at: index)
            case .put(let key, _, let version, let value, let expiresAt):
                let record = StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
                if found {
                    records[index] = record
                } else {
                    records.insert(record, at: index)
                    heads.insert(Self.head(of: key.row), at: index)
                }
            }
        }

        /// A shorter row is filled up with zeros, which leaves it before all that begin with it, or beside them.
        private static func head(of row: [UInt8]) -> UInt64 {
            var head: UInt64 = 0
            for index in 0..<8 { head = head << 8 | (index < row.count ? UInt64(row[index]) : 0) }
            return head
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
            for change in changes { shelves[Shelf(of: change.key), default: Rows()].apply(change) }
            return true
        }
        guard holds else { throw StorageError(.conflict, "A record was not at the version this commit expects.") }
    }

    private static func record(at key: RecordKey, in shelves: [Shelf: Rows]) -> StoredRecord? {
        shelves[Shelf(of: key)]?.record(at: key.row)
    }
}
