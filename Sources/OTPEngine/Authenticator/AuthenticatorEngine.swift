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
    let retry: ConflictRetry
    let queue = KeyedQueue<SubjectID>()
    /// Recovery codes that nobody has, for looking at what strangers type.
    let nobodys: (subject: SubjectID, set: RecoverySet)
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
        let nobody = SubjectID(random: random)
        nobodys = (nobody, sealer.seal(RecoveryCodes(random: random), of: nobody, random: random))
        self.policy = policy
        self.retry = retry
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

// MARK: - Rows and commits

extension AuthenticatorEngine {
    /// A person's row as it was read.
    struct Row: Sendable {
        let key: RecordKey
        let record: StoredRecord?
        let state: AuthenticatorState
    }

    func row(of subject: SubjectID) async throws(OTPError) -> Row {
        do {
            let key = AuthenticatorState.key(of: subject, in: partitions)
            let record = try await store.record(at: key)
            let state = try record.map { record throws(StorageError) in try decodeRecord(record, AuthenticatorState.init(from:)) }
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

    /// Runs `operation` in the person's queue and commits what it staged, again after each conflict.
    func committing<Value: Sendable>(
        _ subject: SubjectID, _ operation: (inout StagedCommit) async throws(OTPError) -> Value
    ) async throws(OTPError) -> Value {
        try await queue.run(subject, cancelled: OTPError(StorageError(.cancelled, "The task was cancelled while it waited."))) {
            () async throws(OTPError) -> Value in
            let result: Result<Value, OTPError>
            do throws(StorageError) {
                result = try await retry.run(time: time, random: random) { () async throws(StorageError) -> Result<Value, OTPError> in
                    var commit = StagedCommit(random: random)
                    let value: Value
                    do throws(OTPError) {
                        value = try await operation(&commit)
                    } catch {
                        return .failure(error)
                    }
                    if !commit.isEmpty { try await commit.commit(to: store) }
                    return .success(value)
                }
            } catch {
                throw OTPError(error)
            }
            return try result.get()
        }
    }
}
