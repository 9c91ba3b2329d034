public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The party that alone holds the second store: shred and history keys, in a process, store and backups of its own.
///
/// Without a subject's shred key its sealed record is noise, in every backup of the identity store too; so erasing is deleting
/// 32 bytes here. The host may put keys in and ask for deletion; what comes out is metered, counted and tied to an order.
public protocol KeyService: Sendable {
    /// Keeps the keys of a new subject. One commit on the key service's store. Nothing refers to them until the host's own commit.
    func put(_ deposit: borrowing KeyDeposit) async throws(VaultError)

    /// Hands out a shred key for one order, once.
    func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes

    /// Hands out a history key against a step-up that is at most 15 minutes old, once.
    func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes

    /// Deletes both keys of a subject. Asked again, also about somebody it never heard of, it signs a receipt with the present time.
    ///
    /// - Throws: ``VaultError`` with code `.erasurePending` while older pages of the store still hold the keys: ask again.
    func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt

    /// Deposits that were made before a time and that nobody has confirmed; at most `limit`, oldest first within each partition.
    func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference]

    /// Says that the record of these deposits is there, so that no sweep asks again.
    func confirm(_ deposits: [DepositReference]) async throws(VaultError)

    /// Deletes a deposit whose record never came and, its place being taken by a tombstone, never can.
    func discard(_ deposit: DepositReference) async throws(VaultError)
}

/// The keys of one new subject on their way into the key service.
public struct KeyDeposit: ~Copyable, Sendable {
    package let subject: SubjectID
    package let record: RecordID
    package let generation: UInt64
    /// Where in the identity store the record will be.
    package let vaultKey: RecordKey
    /// 32 bytes.
    package let shredKey: SecretBytes
    /// X25519, 32 bytes.
    package let historyKey: SecretBytes
}

/// A deposit that waits for its record.
public struct DepositReference: Hashable, Sendable {
    package let subject: SubjectID
    package let madeAt: Timestamp
    package let vaultKey: RecordKey
}

/// Asks the key service for one record's shred key, for one use.
public struct ReleaseOrder: Hashable, Sendable {
    /// Spent once. 16 bytes, the id of the grant the use rests on.
    package let id: [UInt8]
    package let subject: SubjectID
    package let record: RecordID
    package let purpose: PurposeCode
    package let deadline: Timestamp

    package init(id: [UInt8], subject: SubjectID, record: RecordID, purpose: PurposeCode, deadline: Timestamp) {
        self.id = id
        self.subject = subject
        self.record = record
        self.purpose = purpose
        self.deadline = deadline
    }
}
