import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// A subject's row in the key service's store.
///
/// Version u8 = 1, subject 16, record 16, generation u64, made at i64, releases u32, vault key, LP(wrapped shred key), LP(wrapped
/// history key). Keys are wrapped by a committing AEAD under the key-encryption key; subject, record and generation are the context.
struct SubjectKeys: Sendable {
    let subject: SubjectID
    let record: RecordID
    let generation: UInt64
    let madeAt: Timestamp
    var releases: UInt32
    let vaultKey: RecordKey
    let wrappedShredKey: [UInt8]
    let wrappedHistoryKey: [UInt8]

    init(
        _ deposit: borrowing KeyDeposit, madeAt: Timestamp, keyEncryptionKey: borrowing SecretBytes, random: some RandomSource
    ) {
        subject = deposit.subject
        record = deposit.record
        generation = deposit.generation
        self.madeAt = madeAt
        releases = 0
        vaultKey = deposit.vaultKey
        let context = Self.context(deposit.subject, deposit.record, deposit.generation)
        wrappedShredKey = CommittingAEAD.seal(
            deposit.shredKey, key: keyEncryptionKey, label: "SPNI/v1/shred-wrap", context: context, random: random)
        wrappedHistoryKey = CommittingAEAD.seal(
            deposit.historyKey, key: keyEncryptionKey, label: "SPNI/v1/history-wrap", context: context, random: random)
    }

    func shredKey(under key: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        try unwrap(wrappedShredKey, key, "SPNI/v1/shred-wrap")
    }

    func historyKey(under key: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        try unwrap(wrappedHistoryKey, key, "SPNI/v1/history-wrap")
    }

    private func unwrap(_ box: [UInt8], _ key: borrowing SecretBytes, _ label: StaticString) throws(VaultError) -> SecretBytes {
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

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 420)
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u64(generation)
        writer.time(madeAt)
        writer.u32(releases)
        vaultKey.write(to: &writer)
        writer.prefixed(wrappedShredKey)
        writer.prefixed(wrappedHistoryKey)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16))
        else { throw MalformedBytes() }
        self.subject = subject
        self.record = record
        generation = try reader.u64()
        madeAt = try reader.time()
        releases = try reader.u32()
        vaultKey = try RecordKey(from: &reader)
        let boxLength = 32 + CommittingAEAD.overhead
        wrappedShredKey = try reader.prefixed(atMost: boxLength)
        wrappedHistoryKey = try reader.prefixed(atMost: boxLength)
        guard wrappedShredKey.count == boxLength, wrappedHistoryKey.count == boxLength else { throw MalformedBytes() }
    }
}

extension DepositReference {
    /// In time order within a partition.
    var row: [UInt8] {
        var writer = ByteWriter()
        writer.time(madeAt)
        writer.fixed(subject.bytes)
        return writer.bytes
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.time(madeAt)
        vaultKey.write(to: &writer)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        self.init(subject: subject, madeAt: try reader.time(), vaultKey: try RecordKey(from: &reader))
    }
}
