import Synchronization

/// A store in memory: for tests, for simulations, and for trying the library out. Nothing survives the process.
public final class InMemoryRecordStore: RecordStore {
    /// The records of one partition and collection: rows in order, found by bisection.
    private struct Rows {
        let collection: RecordCollection
        private(set) var records: [StoredRecord] = []
        /// The first eight bytes of each row, which mostly decide: side by side, where the rows themselves are all over memory.
        private var heads: [UInt64] = []

        init(_ collection: RecordCollection) { self.collection = collection }

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

        func version(at row: [UInt8]) -> RecordVersion? {
            let (index, found) = index(of: row)
            return found ? records[index].version : nil
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
            if row.count >= 8 { return UInt64(bigEndian: row.span.bytes.unsafeLoadUnaligned(as: UInt64.self)) }
            return row.reduce(0) { $0 << 8 | UInt64($1) } << UInt64(8 * (8 - row.count))
        }
    }

    /// All of it: few collections in each partition, so that looking through them is faster than hashing.
    private struct Shelves {
        private var partitions: [[Rows]] = []

        /// Which of its partition's a collection is.
        private func place(_ partition: Partition, _ collection: RecordCollection) -> Int? {
            guard partition.rawValue < partitions.count else { return nil }
            return partitions[Int(partition.rawValue)].firstIndex { $0.collection == collection }
        }

        func rows(_ partition: Partition, _ collection: RecordCollection) -> Rows? {
            place(partition, collection).map { partitions[Int(partition.rawValue)][$0] }
        }

        func record(at key: RecordKey) -> StoredRecord? {
            guard let place = place(key.partition, key.collection) else { return nil }
            return partitions[Int(key.partition.rawValue)][place].record(at: key.row)
        }

        func version(at key: RecordKey) -> RecordVersion? {
            guard let place = place(key.partition, key.collection) else { return nil }
            return partitions[Int(key.partition.rawValue)][place].version(at: key.row)
        }

        mutating func apply(_ change: RecordChange) {
            let key = change.key
            while partitions.count <= key.partition.rawValue { partitions.append([]) }
            let partition = Int(key.partition.rawValue)
            let place = place(key.partition, key.collection) ?? partitions[partition].count
            if place == partitions[partition].count { partitions[partition].append(Rows(key.collection)) }
            partitions[partition][place].apply(change)
        }
    }

    private let shelves = Mutex(Shelves())

    public init() {}

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        shelves.withLock { shelves in
            keys.map { shelves.record(at: $0) }
        }
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        shelves.withLock { shelves in
            guard limit > 0, let rows = shelves.rows(range.partition, range.collection) else { return [] }
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
            guard changes.allSatisfy({ shelves.version(at: $0.key) == $0.expectedVersion }) else { return false }
            for change in changes { shelves.apply(change) }
            return true
        }
        guard holds else { throw StorageError(.conflict, "A record was not at the version this commit expects.") }
    }
}
