import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Takes back keys whose record never came.
///
/// That a commit "never came" cannot be known: a killed client's commit may land seconds later. So the sweep first commits a tombstone
/// where the record would stand, expecting nothing there; the late commit, which expects the same, then fails. Only after the
/// tombstone is acknowledged is the key deleted.
public struct OrphanSweep: Sendable {
    /// How old a deposit is before it is looked at.
    public static let patience: Duration = .seconds(3600)
    /// How long a tombstone stands: longer than any commit can be on its way.
    public static let tombstoneLife: Duration = .seconds(30 * 86_400)

    private let store: any RecordStore
    private let keyService: any KeyService
    private let recorder: any EventRecorder
    private let random: any RandomSource

    public init(
        store: any RecordStore, keyService: any KeyService, recorder: any EventRecorder, random: any RandomSource = SystemRandomSource()
    ) {
        self.store = store
        self.keyService = keyService
        self.recorder = recorder
        self.random = random
    }

    /// Settles up to `limit` deposits that are older than ``patience``.
    ///
    /// - Returns: how many had their record, and how many keys were taken back.
    public func sweep(now: Timestamp, limit: Int = 500) async throws(VaultError) -> (confirmed: Int, sweptAway: Int) {
        let deposits = try await keyService.unconfirmed(before: now - Self.patience, limit: limit)
        guard !deposits.isEmpty else { return (0, 0) }
        var confirmed: [DepositReference] = []
        var orphans: [DepositReference] = []
        do {
            let records = try await store.records(at: deposits.map(\.vaultKey))
            for (deposit, record) in zip(deposits, records) {
                if try await hasRecord(deposit, record, now: now) { confirmed.append(deposit) } else { orphans.append(deposit) }
            }
        } catch {
            throw VaultError(error)
        }
        try await keyService.confirm(confirmed)
        for orphan in orphans { try await keyService.discard(orphan) }
        return (confirmed.count, orphans.count)
    }

    private func hasRecord(_ deposit: DepositReference, _ record: StoredRecord?, now: Timestamp) async throws(StorageError) -> Bool {
        if let record { return try Self.isSealed(record) }
        var commit = StagedCommit(random: random)
        commit.insert(VaultRecord.tombstone.encoded, at: deposit.vaultKey, expiresAt: now + Self.tombstoneLife)
        recorder.record([AuditEvent(.orphanSwept, purpose: nil, at: now, shard: deposit.subject.bytes, random: random)], in: &commit)
        do throws(StorageError) {
            try await commit.commit(to: store)
            return false
        } catch {
            guard error.code == .conflict else { throw error }
            // The record came after all, or another sweeper's tombstone: the two are told apart by reading again.
            guard let record = try await store.record(at: deposit.vaultKey) else { throw error }
            return try Self.isSealed(record)
        }
    }

    private static func isSealed(_ record: StoredRecord) throws(StorageError) -> Bool {
        try decodeRecord(record) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) } != .tombstone
    }
}
