public import AuditLog
import ConsentLedger
import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

/// Asks people for a phone number and never becomes a danger to them: sign-up, recovery, step-up, consents, export, erasure.
///
/// Make one with ``open(_:)``, keep ``run()`` going beside your server, and call the flows from any task:
/// `begin(_:number:region:by:requester:language:)` sends a code, ``complete(_:code:attempt:requester:consents:)`` takes it and answers with
/// a pseudonym, the only name by which the rest of your system knows the person.
public struct IdentityService: Sendable {
    let environment: IdentityEnvironment
    /// The identity store, authenticated.
    let store: any RecordStore
    let engine: ChallengeEngine
    let authenticator: AuthenticatorEngine
    let guardians: GuardianMethod
    /// Those of this library and the host's own.
    let methods: VerificationMethods
    let vault: NumberVault
    let pseudonyms: PseudonymIndex
    let consentRecords: ConsentRecords
    let outbox: AuditOutbox
    /// The row of somebody who is not there, read where a stranger names an account that is not.
    let nobody: StoredRecord
    let history: AuditHistory
    let queue: MessageQueue
    let deliveries: DeliveryLedger
    let completions = CompletionNotes()
    let retry = ConflictRetry()

    /// Opens the deployment's store, or makes a new one its own.
    ///
    /// - Throws: ``IdentityError`` with a storage code; `storage.wrongDeployment` when the store is another's; `vault.rosterOutdated` when a
    ///   newer roster than the environment's was used with this store; `otp.policyTooWeak` when a limit of the policy is none.
    public static func open(_ environment: IdentityEnvironment) async throws(IdentityError) -> IdentityService {
        let service: IdentityService
        do { service = try IdentityService(environment) } catch { throw IdentityError(error) }
        do {
            try await Deployment.open(
                service.store, id: environment.keyring.deployment, partitions: environment.partitions,
                epoch: environment.keyring.indexEpoch, now: environment.time.now(), random: environment.random)
        } catch {
            throw IdentityError(error)
        }
        if let roster = environment.roster { try await service.take(roster) }
        return service
    }

    private func take(_ roster: Roster) async throws(IdentityError) {
        do throws(VaultError) {
            try await SeenRoster.take(roster, in: store, time: environment.time, random: environment.random)
        } catch {
            if let storage = error.storage { throw IdentityError(storage) }
            throw IdentityError(error)
        }
    }

    private init(_ environment: IdentityEnvironment) throws(OTPError) {
        self.environment = environment
        let (keyring, partitions) = (environment.keyring, environment.partitions)
        let (time, random) = (environment.time, environment.random)
        let store: any RecordStore = Self.authenticated(environment.identityStore, by: keyring)
        self.store = store
        outbox = AuditOutbox(partitions: partitions, time: time, random: random)
        history = AuditHistory(store: store, partitions: partitions)
        queue = MessageQueue(capacity: environment.policy.queueCapacity)
        deliveries = DeliveryLedger(store: store, partitions: partitions, key: keyring.deliveryRoot(), time: time, random: random)
        engine = try ChallengeEngine(
            store: store, deployment: keyring.deployment, partitions: partitions, time: time, random: random, recorder: outbox,
            codeKeys: Self.rootKeys(keyring.codeRoots()), tokenKeys: Self.rootKeys(keyring.tokenRoots()),
            budgetKey: BudgetKey(secret: keyring.budgetRoot()), policy: environment.policy.challenges, abuse: environment.policy.abuse)
        authenticator = AuthenticatorEngine(
            store: store, deployment: keyring.deployment, partitions: partitions, time: time, random: random, recorder: outbox,
            keys: Self.rootKeys(keyring.authenticatorRoots()), policy: environment.policy.authenticator)
        guardians = GuardianMethod(
            store: store, partitions: partitions, key: BudgetKey(secret: keyring.budgetRoot()), time: time, random: random)
        methods = VerificationMethods.codes.adding(
            [AuthenticatorMethod.app(authenticator), AuthenticatorMethod.recoveryCodes(authenticator), guardians] + environment.methods)
        vault = NumberVault(
            store: store, partitions: partitions, keyring: keyring, roster: environment.roster,
            keyService: environment.keyService, evaluator: environment.tagEvaluator, random: random)
        pseudonyms = PseudonymIndex(store: store, partitions: partitions, keyring: keyring, random: random)
        nobody = Self.nobody(pseudonyms, partitions, at: time.now(), random: random)
        consentRecords = ConsentRecords(store: store, partitions: partitions, recorder: outbox, time: time, random: random)
    }

    private static func nobody(
        _ pseudonyms: PseudonymIndex, _ partitions: PartitionCount, at now: Timestamp, random: any RandomSource
    ) -> StoredRecord {
        let subject = SubjectID(random: random)
        let number = Enrolment.Number(
            tag: UniquenessTag(bytes: random.bytes(32))!, epoch: 1, region: "CH", metadataVersion: PhoneMetadata.version, lastProof: now)
        var enrolment = Enrolment(
            subject: subject, record: RecordID(random: random), number: number, historyKey: random.bytes(32),
            wrappedSeed: pseudonyms.draw(for: subject).wrappedSeed, enrolledAt: now)
        enrolment.note(.sms, .restricted, at: now)
        return StoredRecord(
            key: Enrolment.key(subject, partitions), version: RecordVersion(random: random), value: enrolment.encoded,
            expiresAt: nil)
    }

    private static func rootKeys(_ roots: [HostKeyring.Root]) -> RootKeys {
        RootKeys(
            current: RootKey(id: roots[0].id, secret: roots[0].copy()),
            previous: roots.count > 1 ? RootKey(id: roots[1].id, secret: roots[1].copy()) : nil)
    }

    private static func authenticated(_ store: some RecordStore, by keyring: HostKeyring) -> any RecordStore {
        keyring.authenticated(store)
    }

    /// The log's public key, as `log.pub` holds it: what auditors verify with.
    public var logKey: LogKey { environment.log.signer.key }

    var now: Timestamp { environment.time.now() }
}

// MARK: - Reading people

extension IdentityService {
    /// A person's row, with its version.
    func enrolment(of subject: SubjectID) async throws(IdentityError) -> (Enrolment, StoredRecord)? {
        do {
            guard let record = try await store.record(at: Enrolment.key(subject, environment.partitions)) else { return nil }
            return (try Enrolment(record), record)
        } catch {
            throw IdentityError(error)
        }
    }

    /// The person behind a pseudonym, whichever consumer's it is.
    ///
    /// - Throws: `.unknownPseudonym` or `.erasing`.
    func person(_ pseudonym: Pseudonym) async throws(IdentityError) -> (Enrolment, StoredRecord) {
        let subject: SubjectID?
        do { subject = try await pseudonyms.subject(of: pseudonym) } catch { throw IdentityError(error) }
        guard let subject else { throw IdentityError.unknownPseudonym }
        return try await activePerson(subject, ifGone: .erasing)
    }

    /// - Parameter gone: what to say where there is no row. Of somebody whom a pseudonym still leads to it is the erasure that took it.
    /// - Throws: `.erasing`, or `gone`.
    func activePerson(
        _ subject: SubjectID, ifGone gone: IdentityError = .unknownPseudonym
    ) async throws(IdentityError) -> (Enrolment, StoredRecord) {
        guard let found = try await enrolment(of: subject) else { throw gone }
        guard found.0.state == .active else { throw IdentityError.erasing }
        return found
    }

    func hostPseudonym(of enrolment: Enrolment) throws(IdentityError) -> Pseudonym {
        do { return try pseudonym(of: enrolment, for: .host) } catch { throw IdentityError(error) }
    }

    func pseudonym(of enrolment: Enrolment, for consumer: Consumer) throws(StorageError) -> Pseudonym {
        do {
            return try pseudonyms.pseudonym(
                of: enrolment.subject, wrappedSeed: enrolment.wrappedSeed, linkGeneration: enrolment.linkGeneration, for: consumer)
        } catch {
            throw StorageError(.corrupt, error.reason)
        }
    }

    /// What was read and decided, on its way to its commit.
    struct Staged<Value: Sendable>: Sendable {
        let commit: StagedCommit
        let value: Value
    }

    /// Reads and decides once; `nil` where a conflict shows already.
    func staging<Value: Sendable>(
        _ decide: (inout StagedCommit) async throws(IdentityError) -> Value
    ) async -> Result<Staged<Value>?, IdentityError> {
        var commit = StagedCommit(random: environment.random)
        do throws(IdentityError) {
            let value = try await decide(&commit)
            return .success(Staged(commit: commit, value: value))
        } catch {
            return error.code.rawValue == StorageError.Code.conflict.rawValue ? .success(nil) : .failure(error)
        }
    }

    /// Reads, decides and commits, again after each conflict.
    ///
    /// - Parameter first: what was already decided, for the first commit.
    func committing<Value: Sendable>(
        _ first: Staged<Value>? = nil, _ decide: (inout StagedCommit) async throws(IdentityError) -> Value
    ) async throws(IdentityError) -> Value {
        let result: Result<Value, IdentityError>
        var first = first
        do throws(StorageError) {
            result = try await retry.run(time: environment.time, random: environment.random) {
                () async throws(StorageError) -> Result<Value, IdentityError> in
                let staged: Staged<Value>
                if let decided = first.take() {
                    staged = decided
                } else {
                    switch await staging(decide) {
                    case .success(let decided?): staged = decided
                    case .success(nil): throw StorageError(.conflict, "What was read has changed meanwhile.")
                    case .failure(let error): return .failure(error)
                    }
                }
                if !staged.commit.isEmpty { try await staged.commit.commit(to: store) }
                return .success(staged.value)
            }
        } catch {
            guard error.code != .conflict, error.code != .outcomeUnknown else {
                throw IdentityError(.busy, "Others were faster too often, or the store did not answer: try again with the same attempt.")
            }
            throw IdentityError(error)
        }
        return try result.get()
    }
}
