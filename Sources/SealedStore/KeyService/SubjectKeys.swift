import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// A subject's row in the key service's store, or what stands there after its keys were deleted.
///
/// Version u8 = 1, subject 16, record 16, releases u32, vault key, shred key, count u8 of
/// shred keys to come, each with its body's digest 32 behind it, LP(wrapped history key), due (request's digest 32)?. A shred key: generation u64, made at i64, LP(wrapped key 104). Keys are wrapped by a committing AEAD under the key-encryption
/// key; subject, record and generation are the context. A row whose keys were deleted is the single byte 0; while it stands, a
/// deposit that was sent twice cannot bring them back.
struct SubjectKeys: Sendable {
    struct ShredKey: Sendable {
        let generation: UInt64
        let madeAt: Timestamp
        let wrapped: [UInt8]
        /// Of the body it is for, of one to come: 32 bytes; else none.
        var bodyDigest: [UInt8] = []
    }

    /// How many may be sealing one record anew at the same time.
    static let candidateLimit = 8

    let subject: SubjectID
    let record: RecordID
    var releases: UInt32
    let vaultKey: RecordKey
    var shred: ShredKey
    /// Beside it, while the record is being sealed anew, by one or by several.
    var candidates: [ShredKey] = []
    let wrappedHistoryKey: [UInt8]
    /// The request whose approvals carried shares of the present record's decryption.
    var due: [UInt8]?

    init(_ deposit: borrowing KeyDeposit, madeAt: Timestamp, keyEncryptionKey: borrowing SecretBytes, random: some RandomSource) {
        (subject, record, vaultKey) = (deposit.subject, deposit.record, deposit.vaultKey)
        releases = 0
        shred = Self.wrap(deposit.shredKey, subject, record, 0, madeAt, keyEncryptionKey, random)
        wrappedHistoryKey = CommittingAEAD.seal(
            deposit.historyKey, key: keyEncryptionKey, label: "SPNI/v1/history-wrap", context: Self.context(subject, record, 0),
            random: random)
    }

    /// The key of a record that is being sealed anew.
    static func wrap(
        _ deposit: borrowing ShredKeyDeposit, madeAt: Timestamp, keyEncryptionKey: borrowing SecretBytes, random: some RandomSource
    ) -> ShredKey {
        var key = wrap(deposit.shredKey, deposit.subject, deposit.record, deposit.generation, madeAt, keyEncryptionKey, random)
        key.bodyDigest = deposit.bodyDigest
        return key
    }

    private static func wrap(
        _ key: borrowing SecretBytes, _ subject: SubjectID, _ record: RecordID, _ generation: UInt64, _ madeAt: Timestamp,
        _ keyEncryptionKey: borrowing SecretBytes, _ random: some RandomSource
    ) -> ShredKey {
        ShredKey(
            generation: generation, madeAt: madeAt,
            wrapped: CommittingAEAD.seal(
                key, key: keyEncryptionKey, label: "SPNI/v1/shred-wrap", context: context(subject, record, generation), random: random))
    }

    func shredKey(under key: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        try unwrap(shred.wrapped, key, "SPNI/v1/shred-wrap", shred.generation)
    }

    func historyKey(under key: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        try unwrap(wrappedHistoryKey, key, "SPNI/v1/history-wrap", 0)
    }

    private func unwrap(
        _ box: [UInt8], _ key: borrowing SecretBytes, _ label: StaticString, _ generation: UInt64
    ) throws(VaultError) -> SecretBytes {
        do {
            return try CommittingAEAD.open(box, key: key, label: label, context: Self.context(subject, record, generation))
        } catch {
            throw VaultError(.refused, "A wrapped key does not open under this key service's keyring.")
        }
    }

    private static func context(_ subject: SubjectID, _ record: RecordID, _ generation: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u64(generation)
        return writer.bytes
    }

    /// The deposits of the keys that are here.
    var references: [DepositReference] { ([shred] + candidates).map(reference) }

    func reference(_ key: ShredKey) -> DepositReference {
        DepositReference(
            subject: subject, madeAt: key.madeAt, generation: key.generation, bodyDigest: key.bodyDigest, vaultKey: vaultKey)
    }

    // MARK: Bytes

    private static let boxLength = 32 + CommittingAEAD.overhead
    static let erased: [UInt8] = [0]

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 420)
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u32(releases)
        vaultKey.write(to: &writer)
        Self.write(shred, to: &writer)
        writer.u8(UInt8(candidates.count))
        for candidate in candidates {
            Self.write(candidate, to: &writer)
            writer.fixed(candidate.bodyDigest)
        }
        writer.prefixed(wrappedHistoryKey)
        writer.optional(due) { $0.fixed($1) }
        return writer.bytes
    }

    private static func write(_ key: ShredKey, to writer: inout ByteWriter) {
        writer.u64(key.generation)
        writer.time(key.madeAt)
        writer.prefixed(key.wrapped)
    }

    private static func shredKey(from reader: inout ByteReader) throws(MalformedBytes) -> ShredKey {
        let (generation, madeAt) = (try reader.u64(), try reader.time())
        return ShredKey(generation: generation, madeAt: madeAt, wrapped: try box(from: &reader))
    }

    private static func box(from reader: inout ByteReader) throws(MalformedBytes) -> [UInt8] {
        let box = try reader.prefixed(atMost: boxLength)
        guard box.count == boxLength else { throw MalformedBytes() }
        return box
    }

    /// - Returns: `nil` where the keys were deleted.
    static func read(_ record: StoredRecord) throws(StorageError) -> SubjectKeys? {
        if record.value == erased { return nil }
        return try decodeRecord(record) { reader throws(MalformedBytes) in try SubjectKeys(from: &reader) }
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16))
        else { throw MalformedBytes() }
        (self.subject, self.record) = (subject, record)
        releases = try reader.u32()
        vaultKey = try RecordKey(from: &reader)
        shred = try Self.shredKey(from: &reader)
        for _ in 0..<(try reader.u8()) {
            var candidate = try Self.shredKey(from: &reader)
            candidate.bodyDigest = try reader.fixed(32)
            candidates.append(candidate)
        }
        wrappedHistoryKey = try Self.box(from: &reader)
        due = try reader.optional { reader throws(MalformedBytes) in try reader.fixed(32) }
    }
}

extension DepositReference {
    /// In time order within a partition.
    var row: [UInt8] {
        var writer = ByteWriter()
        writer.time(madeAt)
        writer.fixed(subject.bytes)
        writer.u64(generation)
        writer.fixed(bodyDigest)
        return writer.bytes
    }

    /// u8 1, subject 16, made at time, generation u64, vault key, LP(body's digest).
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.time(madeAt)
        writer.u64(generation)
        vaultKey.write(to: &writer)
        writer.prefixed(bodyDigest)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        let (madeAt, generation) = (try reader.time(), try reader.u64())
        let vaultKey = try RecordKey(from: &reader)
        let digest = try reader.prefixed(atMost: 32)
        guard digest.count == (generation == 0 ? 0 : 32) else { throw MalformedBytes() }
        self.init(subject: subject, madeAt: madeAt, generation: generation, bodyDigest: digest, vaultKey: vaultKey)
    }
}
