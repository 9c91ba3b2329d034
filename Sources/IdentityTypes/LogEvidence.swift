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

    package init(leaf: [UInt8], opening: [UInt8], index: UInt64, size: UInt64, path: [[UInt8]], checkpoint: [UInt8]) {
        (self.leaf, self.opening, self.index, self.size) = (leaf, opening, index, size)
        (self.path, self.checkpoint) = (path, checkpoint)
    }

    /// LP(leaf) LP(opening) index u64, size u64, count u8, 32 bytes each, LP(checkpoint).
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.prefixed(leaf)
        writer.prefixed(opening)
        writer.u64(index)
        writer.u64(size)
        writer.u8(UInt8(path.count))
        for hash in path { writer.fixed(hash) }
        writer.prefixed(checkpoint)
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        leaf = try reader.prefixed(atMost: 256)
        opening = try reader.prefixed(atMost: 65_536)
        (index, size) = (try reader.u64(), try reader.u64())
        var path: [[UInt8]] = []
        let count = try reader.u8()
        guard count <= 64 else { throw MalformedBytes() }
        for _ in 0..<count { path.append(try reader.fixed(32)) }
        self.path = path
        checkpoint = try reader.prefixed(atMost: 65_536)
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

    package init(
        action: AuditAction, purpose: PurposeCode?, approvalTier: UInt8, time: Timestamp, subject: SubjectID?, details: [AuditEvent.Detail]
    ) {
        (self.action, self.purpose, self.approvalTier, self.time) = (action, purpose, approvalTier, time)
        (self.subject, self.details) = (subject, details)
    }

    public func detail(_ name: String) -> String? { details.first { $0.name == name }?.value }
}

/// Checks evidence against a log's public key. `AuditLog`'s `LogKey` is the one for real use.
public protocol LogEvidenceVerifier: Sendable {
    /// - Returns: `nil` unless signature, inclusion and opening all hold.
    func entry(provenBy evidence: LogEvidence) -> LoggedEntry?
}

/// Gets the evidence for an entry out of a log. `AuditLog`'s `EvidenceSource` is the one for real use.
public protocol LogEvidenceSource: Sendable {
    /// - Returns: `nil` while no signed checkpoint has the entry.
    /// - Throws: ``StorageError`` where the log cannot be read or is damaged.
    func evidence(for entry: ProvableEntry) async throws(StorageError) -> LogEvidence?
}
