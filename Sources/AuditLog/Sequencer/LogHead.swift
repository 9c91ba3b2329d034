import RecordStorage

/// The head of the log as the database holds it: everything appending needs.
///
/// Value: version u8 = 1, size u64, root 32, epoch u64, frontier: count u8 and so many hashes of 32 bytes, largest subtree first.
struct LogHead: Hashable, Sendable {
    var frontier = MerkleFrontier()
    /// Whose term it was; only grows.
    var epoch: UInt64 = 0

    init() {}

    init(_ record: StoredRecord) throws(StorageError) {
        (frontier, epoch) = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            let size = try reader.u64()
            let root = try reader.fixed(MerkleHash.length)
            let epoch = try reader.u64()
            var hashes: [[UInt8]] = []
            for _ in 0..<(try reader.u8()) { hashes.append(try reader.fixed(MerkleHash.length)) }
            guard let frontier = MerkleFrontier(size: size, hashes: hashes), frontier.root == root else { throw MalformedBytes() }
            return (frontier, epoch)
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.u64(frontier.size)
        writer.fixed(frontier.root)
        writer.u64(epoch)
        writer.u8(UInt8(frontier.hashes.count))
        for hash in frontier.hashes { writer.fixed(hash) }
        return writer.bytes
    }
}

/// Who may sequence: a lease with a fencing epoch, moved by the very commits that sequence.
///
/// It keeps rivals from doing work twice. The log's safety does not rest on it, nor on any clock: every sequencing commit
/// moves lease and head from the exact versions it read. Value: version u8 = 1, holder 16, epoch u64, end i64 (milliseconds).
struct LogLease: Hashable, Sendable {
    var holder: [UInt8]
    var epoch: UInt64
    var end: Timestamp

    init(holder: [UInt8], epoch: UInt64, end: Timestamp) {
        self.holder = holder
        self.epoch = epoch
        self.end = end
    }

    init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            return LogLease(holder: try reader.fixed(16), epoch: try reader.u64(), end: try reader.time())
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.fixed(holder)
        writer.u64(epoch)
        writer.time(end)
        return writer.bytes
    }

    /// Whether somebody else holds it. An end farther off than a lease is long comes from a clock that was set back: it binds nobody.
    func excludes(_ candidate: [UInt8], at now: Timestamp, length: Duration) -> Bool {
        holder != candidate && now < end && end - now <= length + length
    }
}
