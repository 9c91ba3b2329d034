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
                switch try await standing(of: deposit, record, now: now) {
                case .there: confirmed.append(deposit)
                case .neverComes: orphans.append(deposit)
                case .mayCome: break
                }
            }
        } catch {
            throw VaultError(error)
        }
        try await keyService.confirm(confirmed)
        for orphan in orphans { try await keyService.discard(orphan) }
        return (confirmed.count, orphans.count)
    }

    private enum Standing {
        case there
        /// Not there, and from now on it cannot come.
        case neverComes
        case mayCome
    }

    private func standing(of deposit: DepositReference, _ record: StoredRecord?, now: Timestamp) async throws(StorageError) -> Standing {
        if deposit.generation > 0 { return try await resealStanding(of: deposit, record, now: now) }
        return try await hasRecord(deposit, record, now: now) ? .there : .neverComes
    }

    private func hasRecord(_ deposit: DepositReference, _ record: StoredRecord?, now: Timestamp) async throws(StorageError) -> Bool {
        if let record { return try Self.body(record) != nil }
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
            return try Self.body(record) != nil
        }
    }

    /// Whether the record that was sealed anew under this deposit is there. Where another one is, an hour later, its row gets a new version
    /// first, so that the commit, which may still be on its way, can no longer land when its key is taken back.
    private func resealStanding(
        of deposit: DepositReference, _ record: StoredRecord?, now: Timestamp
    ) async throws(StorageError) -> Standing {
        guard let record, let body = try Self.body(record) else { return .neverComes }
        if body.digest == deposit.bodyDigest { return .there }
        // Whoever was faster has moved the row, so the commit of this one fails.
        if body.header.generation >= deposit.generation { return .neverComes }
        guard deposit.madeAt < now - Self.patience else { return .mayCome }
        var commit = StagedCommit(random: random)
        commit.put(record.value, at: record.key, replacing: record, expiresAt: record.expiresAt)
        do throws(StorageError) {
            try await commit.commit(to: store)
            return .neverComes
        } catch {
            guard error.code == .conflict else { throw error }
            // Somebody moved it this moment: the next sweep sees who.
            return .mayCome
        }
    }

    /// `nil` of a tombstone.
    private static func body(_ record: StoredRecord) throws(StorageError) -> SealedBody? {
        let found = try decodeRecord(record) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
        guard case .sealed(let body, _) = found else { return nil }
        return body
    }
}
