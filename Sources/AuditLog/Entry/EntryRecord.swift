import IdentityTypes
package import RecordStorage

/// A leaf with what is kept beside it in the database: for an event that names nobody its opening as it is, in a history the sealed one.
package struct EntryRecord: Hashable, Sendable {
    package let leaf: AuditLeaf
    package let opening: [UInt8]

    /// Rows are what a database charges for, so entries share them: version u8 = 1, count u32, each entry leaf 59 ‖ LP(opening).
    static func pack(_ entries: some Collection<EntryRecord>) -> [UInt8] {
        var writer = ByteWriter(capacity: 8 + entries.count * 80)
        writer.u8(1)
        writer.u32(UInt32(entries.count))
        for entry in entries {
            writer.fixed(entry.leaf.bytes)
            writer.prefixed(entry.opening)
        }
        return writer.bytes
    }

    package static func unpack(_ record: StoredRecord) throws(StorageError) -> [EntryRecord] {
        try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            let count = try reader.u32()
            var entries: [EntryRecord] = []
            for _ in 0..<count {
                entries.append(EntryRecord(leaf: try AuditLeaf(from: &reader), opening: try reader.prefixed()))
            }
            return entries
        }
    }
}

/// Where the log's rows are. What belongs to the log as a whole lives in the first partition: it has one writer at a time.
enum LogRows {
    static let outbox: RecordCollection = "outbox"
    static let history: RecordCollection = "history"
    static let entries: RecordCollection = "log-entry"
    static let partition = Partition(rawValue: 0)
    static let head = RecordKey(partition: partition, collection: "log-head", row: [])
    static let lease = RecordKey(partition: partition, collection: "log-lease", row: [])

    /// The row of entries that starts at `index`.
    static func entries(from index: UInt64) -> RecordKey {
        RecordKey(partition: partition, collection: entries, row: bigEndian(index))
    }

    static func outbox(in partition: Partition, at time: Timestamp, random: some RandomSource) -> RecordKey {
        RecordKey(partition: partition, collection: outbox, row: bigEndian(milliseconds(time)) + random.bytes(16))
    }

    static func history(of subject: SubjectID, at time: Timestamp, event: [UInt8], partitions: PartitionCount) -> RecordKey {
        RecordKey(
            partition: partitions.partition(of: subject.bytes), collection: history,
            row: subject.bytes + bigEndian(milliseconds(time)) + event)
    }

    /// Before 1970 counts as 1970: rows only need an order.
    private static func milliseconds(_ time: Timestamp) -> UInt64 { UInt64(clamping: time.milliseconds) }

    static func bigEndian(_ value: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: 8)
        writer.u64(value)
        return writer.bytes
    }
}
