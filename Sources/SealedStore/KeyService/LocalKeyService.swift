import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The key service itself, wherever it runs: `phone-identity key-service` runs it in a process of its own.
///
/// Inside the host's process it is a lesser profile, for development and small hosts: it has its own keyring and is the only holder of
/// its store, but whoever takes over the process has both. ``profile`` says so. Several may work on one store.
public final class LocalKeyService: KeyService, SenderKeyService, RevealKeyService, TagEvaluator {
    /// What an operator is told about this arrangement.
    public static let profile = "key service in-process (development profile: whoever controls this process controls the keys)"

    /// How many keys are released, and tags made for others, on one day.
    public struct Budget: Hashable, Sendable {
        /// For messages, and for sealing anew.
        public var releasesPerDay: UInt32
        /// For people.
        public var revealsPerDay: UInt32
        /// History keys, for their owners: whoever makes step-up proofs could ask for everybody's.
        public var historiesPerDay: UInt32
        /// Tags made for other processes: who is asked day and night could try a country's numbers through.
        public var evaluationsPerDay: UInt32
        /// Of them for the opener, who needs one for each record that is opened.
        public var openerEvaluationsPerDay: UInt32

        public init(
            releasesPerDay: UInt32 = 500, revealsPerDay: UInt32 = 20, historiesPerDay: UInt32 = 10_000,
            evaluationsPerDay: UInt32 = 200_000, openerEvaluationsPerDay: UInt32 = 100
        ) {
            (self.releasesPerDay, self.revealsPerDay, self.historiesPerDay) = (releasesPerDay, revealsPerDay, historiesPerDay)
            (self.evaluationsPerDay, self.openerEvaluationsPerDay) = (evaluationsPerDay, openerEvaluationsPerDay)
        }
    }

    let store: any RecordStore
    let keyring: KeyServiceKeyring
    let partitions: PartitionCount
    let time: any TimeSource
    let random: any RandomSource
    let budget: Budget
    let log: (any LogEvidenceVerifier)?
    let observer: any Observer
    private let forgetOldPages: @Sendable () async throws(StorageError) -> Bool
    private let retry = ConflictRetry()

    /// - Parameters:
    ///   - store: of its own; nobody else may hold it.
    ///   - log: the log's public key, with which the evidence of an approved reveal is checked; without it nothing is released to people.
    ///   - observer: is told of every opening by people on call, and of what an operator has to look at.
    ///   - forgetOldPages: makes the store let go of older copies of what was deleted, and tells whether it could
    ///     (SQLite: `truncateWriteAheadLog`). Erasure is pending until it can.
    public init(
        store: any RecordStore, keyring: KeyServiceKeyring, partitions: PartitionCount = .standard, budget: Budget = Budget(),
        log: (any LogEvidenceVerifier)? = nil, observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource(), forgetOldPages: @escaping @Sendable () async throws(StorageError) -> Bool
    ) {
        func authenticated(_ store: some RecordStore) -> any RecordStore {
            AuthenticatedStore(store, key: BLAKE2b(label: "SPNI/v1/key-store-mac", key: keyring.keyEncryptionKey).finishSecret())
        }
        self.store = authenticated(store)
        self.keyring = keyring
        self.partitions = partitions
        self.budget = budget
        self.log = log
        self.observer = observer
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

    /// The same, with a proof for each key that it is the one this key service always evaluates with.
    func evaluateProvably(_ element: [UInt8], random: any RandomSource) async throws(VaultError) -> ProvenTags {
        func proven(_ random: some RandomSource) throws(CryptoError) -> ProvenTags {
            let (uniqueness, indexProof) = try VOPRF.evaluate(blinded: [element], key: keyring.indexKey, random: random)
            let (budget, budgetProof) = try VOPRF.evaluate(blinded: [element], key: keyring.budgetKey, random: random)
            return ProvenTags(
                uniqueness: uniqueness[0], epoch: keyring.indexEpoch, budget: budget[0], indexProof: indexProof, budgetProof: budgetProof)
        }
        do { return try proven(random) } catch {
            throw VaultError(.refused, "What was sent to the tag evaluator is no element of the group.")
        }
    }

    // MARK: Store

    enum Decision<Value: Sendable>: Sendable {
        case commit(Value)
        case refuse(VaultError)
    }

    /// Reads, decides and commits; a refusal, or a decision that stages nothing, commits nothing.
    func change<Value>(
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

    func forget() async throws(VaultError) -> Bool {
        do { return try await forgetOldPages() } catch { throw VaultError(error) }
    }

    func keysKey(_ subject: SubjectID) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: "keys", row: subject.bytes)
    }

    func pendingKey(_ reference: DepositReference) -> RecordKey {
        RecordKey(
            partition: partitions.partition(of: reference.subject.bytes),
            collection: reference.generation == 0 ? Self.pending : Self.resealing, row: reference.row)
    }

    static let pending: RecordCollection = "pending"
    static let resealing: RecordCollection = "resealing"

    /// The row of a subject, where its keys are still here.
    func keys(of subject: SubjectID, in record: StoredRecord?) throws(StorageError) -> (SubjectKeys, StoredRecord)? {
        guard let record, let keys = try SubjectKeys.read(record) else { return nil }
        return (keys, record)
    }

    static var unknownSubject: VaultError { VaultError(.notFound, "This subject has no keys here, or was erased.") }
}
