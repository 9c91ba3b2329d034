public import RecordStorage

/// Shows that an entry is in a signed log: the leaf, what it commits to, and the way up to a checkpoint.
///
/// `AuditLog` makes it and checks it; whoever must not act before something is on record asks for one.
public struct LogEvidence: Hashable, Sendable {
    /// The public part, 59 bytes.
    public let leaf: [UInt8]
    /// Salt and private part.
    package let opening: [UInt8]
    /// The entry's place in the log.
    public let index: UInt64
    /// How many entries the checkpoint's tree has.
    public let size: UInt64
    /// 32-byte hashes, from the leaf up.
    public let path: [[UInt8]]
    /// The signed note.
    public let checkpoint: [UInt8]
    /// The size of the older tree that this one is shown to extend; 0 where whoever checks it had seen none.
    public let knownSize: UInt64
    /// 32-byte hashes in the order of RFC 9162; empty where there is nothing between the two trees, or this one is the smaller.
    public let consistency: [[UInt8]]

    package init(
        leaf: [UInt8], opening: [UInt8], index: UInt64, size: UInt64, path: [[UInt8]], checkpoint: [UInt8], knownSize: UInt64 = 0,
        consistency: [[UInt8]] = []
    ) {
        (self.leaf, self.opening, self.index, self.size) = (leaf, opening, index, size)
        (self.path, self.checkpoint) = (path, checkpoint)
        (self.knownSize, self.consistency) = (knownSize, consistency)
    }

    /// LP(leaf) LP(opening) index u64, size u64, hashes of the path, LP(checkpoint), known size u64, hashes of the consistency proof.
    /// Hashes: count u8, 32 bytes each.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.prefixed(leaf)
        writer.prefixed(opening)
        writer.u64(index)
        writer.u64(size)
        Self.write(path, to: &writer)
        writer.prefixed(checkpoint)
        writer.u64(knownSize)
        Self.write(consistency, to: &writer)
        return writer.bytes
    }

    private static func write(_ hashes: [[UInt8]], to writer: inout ByteWriter) {
        writer.u8(UInt8(hashes.count))
        for hash in hashes { writer.fixed(hash) }
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        leaf = try reader.prefixed(atMost: 256)
        opening = try reader.prefixed(atMost: 65_536)
        (index, size) = (try reader.u64(), try reader.u64())
        path = try Self.hashes(from: &reader)
        checkpoint = try reader.prefixed(atMost: 65_536)
        knownSize = try reader.u64()
        consistency = try Self.hashes(from: &reader)
    }

    private static func hashes(from reader: inout ByteReader) throws(MalformedBytes) -> [[UInt8]] {
        let count = try reader.u8()
        guard count <= 64 else { throw MalformedBytes() }
        var hashes: [[UInt8]] = []
        for _ in 0..<count { hashes.append(try reader.fixed(32)) }
        return hashes
    }
}

/// What an entry in the log says, once its evidence was checked.
public struct LoggedEntry: Hashable, Sendable {
    public let action: AuditAction
    public let purpose: PurposeCode?
    public let approvalTier: UInt8
    public let time: Timestamp
    package let subject: SubjectID?
    public let details: [AuditEvent.Detail]
    /// Of the signed tree that the entry was shown in.
    public let head: SeenLogHead

    package init(
        action: AuditAction, purpose: PurposeCode?, approvalTier: UInt8, time: Timestamp, subject: SubjectID?,
        details: [AuditEvent.Detail], head: SeenLogHead
    ) {
        (self.action, self.purpose, self.approvalTier, self.time) = (action, purpose, approvalTier, time)
        (self.subject, self.details, self.head) = (subject, details, head)
    }

    public func detail(_ name: String) -> String? { details.first { $0.name == name }?.value }
}

/// Checks evidence against a log's public key. `AuditLog`'s `LogKey` is the one for real use.
public protocol LogEvidenceVerifier: Sendable {
    /// - Returns: `nil` unless signature, inclusion and opening all hold.
    func entry(provenBy evidence: LogEvidence) -> LoggedEntry?

    /// Whether the tree of the evidence's checkpoint is the one that was seen before, or extends it.
    ///
    /// - Returns: `false` also where the evidence has no proof from exactly that size, and where its tree is the smaller.
    func isConsistent(_ evidence: LogEvidence, with seen: SeenLogHead) -> Bool
}

/// Gets the evidence for an entry out of a log. `AuditLog`'s `EvidenceSource` is the one for real use.
public protocol LogEvidenceSource: Sendable {
    /// - Parameter knownSize: of the tree that the evidence has to extend, 0 for none. Where the log is smaller, the evidence proves nothing
    ///   about it.
    /// - Returns: `nil` while no signed checkpoint has the entry.
    /// - Throws: ``StorageError`` where the log cannot be read or is damaged.
    func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(StorageError) -> LogEvidence?
}
