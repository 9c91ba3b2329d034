public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The key service inside the host's own process: a lesser profile, for development and small hosts.
///
/// It has its own keyring and is the only holder of its store, but whoever takes over the process has both. ``profile`` says so.
public final class LocalKeyService: KeyService, TagEvaluator {
    /// What an operator is told about this arrangement.
    public static let profile = "key service in-process (development profile: whoever controls this process controls the keys)"

    /// How many shred keys are released on one day.
    public struct Budget: Hashable, Sendable {
        public var releasesPerDay: UInt32
        public init(releasesPerDay: UInt32 = 500) { self.releasesPerDay = releasesPerDay }
    }

    private let store: any RecordStore
    private let keyring: KeyServiceKeyring
    private let partitions: PartitionCount
    private let time: any TimeSource
    private let random: any RandomSource
    private let budget: Budget
    private let forgetOldPages: @Sendable () async throws(StorageError) -> Bool
    private let retry = ConflictRetry()

    /// - Parameters:
    ///   - store: of its own; nobody else may hold it.
    ///   - forgetOldPages: makes the store let go of older copies of what was deleted, and tells whether it could
    ///     (SQLite: `truncateWriteAheadLog`). Erasure is pending until it can.
    public init(
        store: any RecordStore, keyring: KeyServiceKeyring, partitions: PartitionCount = .standard, budget: Budget = Budget(),
        time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource(),
        forgetOldPages: @escaping @Sendable () async throws(StorageError) -> Bool
    ) {
        func authenticated(_ store: some RecordStore) -> any RecordStore {
            AuthenticatedStore(store, key: BLAKE2b(label: "SPNI/v1/key-store-mac", key: keyring.keyEncryptionKey).finishSecret())
        }
        self.store = authenticated(store)
        self.keyring = keyring
        self.partitions = partitions
        self.budget = budget
        self.time = time
        self.random = random
        self.forgetOldPages = forgetOldPages
    }

    // MARK: Tags

    public func evaluate(_ element: [UInt8]) async throws(VaultError) -> NumberTags {
        do {
            let uniqueness = try Ristretto255.multiply(element, by: keyring.indexKey)
            let budget = try Ristretto255.multiply(element, by: keyring.budgetKey)
            return NumberTags(
                uniqueness: UniquenessTag(bytes: uniqueness)!, epoch: keyring.indexEpoch, budget: BudgetTag(bytes: budget)!)
        } catch {
            throw VaultError(.refused, "What was sent to the tag evaluator is no element of the group.")
        }
    }

    // MARK: Deposits

    public func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) {
        let keys = SubjectKeys(deposit, madeAt: time.now(), keyEncryptionKey: keyring.keyEncryptionKey, random: random)
        let reference = DepositReference(subject: keys.subject, madeAt: keys.madeAt, vaultKey: keys.vaultKey)
        var commit = StagedCommit(random: random)
        commit.insert(keys.encoded, at: keysKey(keys.subject))
        commit.insert(reference.encoded, at: pendingKey(reference))
        do { try await commit.commit(to: store) } catch { throw VaultError(error) }
    }

    public func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        var found: [DepositReference] = []
        do {
            for partition in partitions.all where found.count < limit {
                let range = RecordRange(partition: partition, collection: "pending")
                for record in try await store.records(in: range, limit: limit - found.count) {
                    let reference = try decodeRecord(record) { reader throws(MalformedBytes) in try DepositReference(from: &reader) }
                    guard reference.madeAt < before else { break }
                    found.append(reference)
                }
            }
        } catch { throw VaultError(error) }
        return found
    }

    public func confirm(_ deposits: [DepositReference]) async throws(VaultError) {
        guard !deposits.isEmpty else { return }
        try await change { commit throws(StorageError) -> Decision<Void> in
            for case let record? in try await store.records(at: deposits.map(pendingKey)) { commit.delete(record) }
            return .commit(())
        }
    }

    public func discard(_ deposit: DepositReference) async throws(VaultError) {
        try await change { commit throws(StorageError) -> Decision<Void> in
            // Only what still waits: a confirmed deposit has a record, and is deleted by an erasure alone.
            let found = try await store.records(at: [pendingKey(deposit), keysKey(deposit.subject)])
            guard let pending = found[0] else { return .commit(()) }
            commit.delete(pending)
            if let keys = found[1] { commit.delete(keys) }
            return .commit(())
        }
        _ = try await forget()
    }

    // MARK: Erasure

    public func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt {
        try await change { commit throws(StorageError) -> Decision<Void> in
            guard let record = try await store.record(at: keysKey(subject)) else { return .commit(()) }
            let keys = try decodeRecord(record) { reader throws(MalformedBytes) in try SubjectKeys(from: &reader) }
            commit.delete(record)
            let reference = DepositReference(subject: subject, madeAt: keys.madeAt, vaultKey: keys.vaultKey)
            if let pending = try await store.record(at: pendingKey(reference)) { commit.delete(pending) }
            return .commit(())
        }
        guard try await forget() else {
            throw VaultError(.erasurePending, "The keys are deleted; a long reader still holds older pages of the store. Ask again.")
        }
        return ErasureReceipt(deployment: keyring.deployment, subject: subject, erasedAt: time.now(), key: keyring.signingKey)
    }

    private func forget() async throws(VaultError) -> Bool {
        do { return try await forgetOldPages() } catch { throw VaultError(error) }
    }

    // MARK: Releases

    public func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        let now = time.now()
        guard now < order.deadline else { throw VaultError(.orderRefused, "The order's deadline has passed.") }
        let keys = try await release(subject: order.subject, spending: order.id, until: order.deadline, now: now, metered: true)
        guard keys.record == order.record else { throw VaultError(.refused, "The order names a record that is not this subject's.") }
        return try keys.shredKey(under: keyring.keyEncryptionKey)
    }

    public func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes {
        let now = time.now()
        guard proof.isGood(at: now, key: keyring.proofKey) else {
            throw VaultError(.orderRefused, "The proof of a step-up is older than 15 minutes or not genuine: ask for a step-up again.")
        }
        let keys = try await release(
            subject: proof.subject, spending: proof.challenge, until: proof.provenAt + StepUpProof.lifetime, now: now, metered: false)
        return try keys.historyKey(under: keyring.keyEncryptionKey)
    }

    /// Counts a release, spends its order and meters the day in one commit, before any key leaves.
    private func release(
        subject: SubjectID, spending order: [UInt8], until: Timestamp, now: Timestamp, metered: Bool
    ) async throws(VaultError) -> SubjectKeys {
        let spentKey = RecordKey(partition: partitions.partition(of: order), collection: "spent", row: order)
        let meterKey = RecordKey(partition: Partition(rawValue: 0), collection: "meter", row: [])
        return try await change { commit throws(StorageError) -> Decision<SubjectKeys> in
            let found = try await store.records(at: [keysKey(subject), spentKey, meterKey])
            guard let record = found[0] else { return .refuse(VaultError(.notFound, "This subject has no keys here, or was erased.")) }
            guard found[1] == nil else { return .refuse(VaultError(.orderRefused, "This order was used before.")) }
            var keys = try decodeRecord(record) { reader throws(MalformedBytes) in try SubjectKeys(from: &reader) }
            keys.releases += 1
            commit.put(keys.encoded, at: record.key, replacing: record)
            commit.insert([1], at: spentKey, expiresAt: until + .seconds(3600))
            guard metered else { return .commit(keys) }
            let day = now.seconds / 86_400
            var (countedDay, count): (Int64, UInt32) = (day, 0)
            if let meter = found[2] {
                (countedDay, count) = try decodeRecord(meter) { reader throws(MalformedBytes) in (try reader.i64(), try reader.u32()) }
            }
            // A clock that goes back stays on the day that was counted last.
            if day > countedDay { (countedDay, count) = (day, 0) }
            guard count < budget.releasesPerDay else {
                return .refuse(VaultError(.releaseBudget, "As many records as one day allows were opened; wait or raise the budget."))
            }
            var writer = ByteWriter()
            writer.i64(countedDay)
            writer.u32(count + 1)
            commit.put(writer.bytes, at: meterKey, replacing: found[2])
            return .commit(keys)
        }
    }

    // MARK: Store

    private enum Decision<Value: Sendable>: Sendable {
        case commit(Value)
        case refuse(VaultError)
    }

    /// Reads, decides and commits; a refusal, or a decision that stages nothing, commits nothing.
    private func change<Value>(
        _ decide: (inout StagedCommit) async throws(StorageError) -> Decision<Value>
    ) async throws(VaultError) -> Value {
        let decision: Decision<Value>
        do {
            decision = try await retry.run(time: time, random: random) { () async throws(StorageError) -> Decision<Value> in
                var commit = StagedCommit(random: random)
                let decision = try await decide(&commit)
                if case .commit = decision, !commit.isEmpty { try await commit.commit(to: store) }
                return decision
            }
        } catch {
            throw VaultError(error)
        }
        switch decision {
        case .commit(let value): return value
        case .refuse(let error): throw error
        }
    }

    private func keysKey(_ subject: SubjectID) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: "keys", row: subject.bytes)
    }

    private func pendingKey(_ reference: DepositReference) -> RecordKey {
        RecordKey(partition: partitions.partition(of: reference.subject.bytes), collection: "pending", row: reference.row)
    }
}
