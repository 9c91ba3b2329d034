import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Sets up authenticator apps, and pays for and takes their codes and recovery codes.
///
/// As with ``ChallengeEngine``, each method reads the person's row, lets `decide(_:_:_:at:)` decide, and stages. The `stage…` forms leave
/// the commit to the caller: when that commit meets a conflict, start a new `StagedCommit` and call again. The others queue per
/// person, commit, and repeat after a conflict a bounded number of times; then they answer `.busy`.
///
/// A store that fails never grants anything: the error is `.unavailable` or `.busy`.
public struct AuthenticatorEngine: Sendable {
    let store: any RecordStore
    let partitions: PartitionCount
    let time: any TimeSource
    let random: any RandomSource
    let recorder: any EventRecorder
    let sealer: AuthenticatorSealer
    /// For each person, who comes first is done first.
    let commits: CommitQueue<SubjectID>
    /// Recovery codes that nobody has, for looking at what strangers type.
    let nobodys: Nobodys
    public let policy: AuthenticatorPolicy

    /// - Parameters:
    ///   - partitions: fixed for the life of the deployment.
    ///   - recorder: gets the entries of what is set up, removed and used.
    ///   - keys: what secrets are sealed under. Shared by all hosts, and kept apart from the store: whoever has both has the secrets. The one
    ///     before stays until ``reseal(_:after:limit:)`` has been through all partitions.
    public init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount = .standard, time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource(), recorder: any EventRecorder, keys: RootKeys,
        policy: AuthenticatorPolicy = .standard
    ) {
        self.init(
            store: store, deployment: deployment, partitions: partitions, time: time, random: random, recorder: recorder, keys: keys,
            policy: policy, retry: ConflictRetry())
    }

    package init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount, time: any TimeSource, random: any RandomSource,
        recorder: any EventRecorder, keys: RootKeys, policy: AuthenticatorPolicy, retry: ConflictRetry
    ) {
        self.store = store
        self.partitions = partitions
        self.time = time
        self.random = random
        self.recorder = recorder
        let sealer = AuthenticatorSealer(deployment: deployment, keys: keys)
        self.sealer = sealer
        nobodys = Nobodys(sealer, random)
        self.policy = policy
        commits = CommitQueue(store: store, time: time, random: random, retry: retry)
    }

    /// What a person has set up, for showing it to them.
    ///
    /// - Throws: ``OTPError`` with code `.unavailable`, `.busy` or `.cancelled`.
    public func standing(of person: AuditSubject) async throws(OTPError) -> AuthenticatorStanding {
        let state = try await row(of: person.id).state
        return AuthenticatorStanding(
            activeSince: state.active?.since, parameters: state.active?.secret.parameters,
            recoveryCodesLeft: state.recovery?.digests.count ?? 0)
    }
}

/// What a person has set up.
public struct AuthenticatorStanding: Hashable, Sendable {
    /// Since when an app is set up; `nil` where none is.
    public let activeSince: Timestamp?
    public let parameters: AuthenticatorParameters?
    /// 0...10.
    public let recoveryCodesLeft: Int
}

/// An app with recovery codes that nobody has.
struct Nobodys: Sendable {
    let subject: SubjectID
    let set: RecoverySet
    /// With app and codes.
    let row: [UInt8]
    let version: RecordVersion

    init(_ sealer: AuthenticatorSealer, _ random: some RandomSource) {
        subject = SubjectID(random: random)
        set = sealer.seal(RecoveryCodes(random: random), of: subject, random: random)
        var state = AuthenticatorState()
        let parameters = AuthenticatorParameters.standard
        let secret = SecretBytes(count: parameters.algorithm.secretLength, random: random)
        state.active = .init(
            secret: sealer.seal(secret, of: subject, id: random.bytes(16), parameters, random: random),
            since: Timestamp(milliseconds: 0), lastStep: 0)
        state.recovery = set
        row = state.encoded
        version = RecordVersion(random: random)
    }
}

// MARK: - Rows and commits

extension AuthenticatorEngine {
    /// A person's row as it was read.
    struct Row: Sendable {
        let key: RecordKey
        let record: StoredRecord?
        let state: AuthenticatorState
    }

    /// - Parameter readsNobodys: whether, where there is no row, one like those of others is read and not used.
    func row(of subject: SubjectID, orNobodys readsNobodys: Bool = false) async throws(OTPError) -> Row {
        do {
            let key = AuthenticatorState.key(of: subject, in: partitions)
            let record = try await store.record(at: key)
            let state = try record.map { record throws(StorageError) in try decodeRecord(record, AuthenticatorState.init(from:)) }
            if record == nil, readsNobodys {
                let nobody = StoredRecord(key: key, version: nobodys.version, value: nobodys.row, expiresAt: nil)
                _ = try decodeRecord(nobody, AuthenticatorState.init(from:))
            }
            return Row(key: key, record: record, state: state ?? AuthenticatorState())
        } catch {
            throw OTPError(error)
        }
    }

    /// Puts what was decided into the commit; nothing where nothing changes.
    ///
    /// The row goes when it is swept and never here: a commit of unknown outcome that inserted it may still land for an hour.
    func stage(_ decision: AuthenticatorDecision, of row: Row, at now: Timestamp, in commit: inout StagedCommit) {
        guard decision.state != row.state else { return }
        let rest = decision.state.restsAt(policy).map { max($0, now + RecordLimits.lateness) }
        commit.put(decision.state.encoded, at: row.key, replacing: row.record, expiresAt: rest)
    }

    func record(
        _ action: AuditAction, _ person: AuditSubject, at now: Timestamp, _ details: [AuditEvent.Detail] = [], in commit: inout StagedCommit
    ) {
        recorder.record(
            [AuditEvent(action, purpose: nil, at: now, subject: person, details: details, random: random)], in: &commit)
    }
}
