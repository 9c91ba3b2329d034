public import IdentityTypes
public import RecordStorage

/// Begins challenges, pays for guesses, and consumes a challenge exactly once.
///
/// Each method reads the number's row, lets `decide(_:_:_:at:)` decide, and stages. The `stage…` forms leave the commit to
/// the caller, who adds changes of its own: when that commit meets a conflict, start a new `StagedCommit` and call again. The
/// others queue per number, commit, and repeat after a conflict a bounded number of times; then they answer `.busy`.
///
/// A store that fails never grants anything: the error is `.unavailable` or `.busy`.
public struct ChallengeEngine: Sendable {
    let store: any RecordStore
    let deployment: DeploymentID
    let partitions: PartitionCount
    let time: any TimeSource
    let random: any RandomSource
    let recorder: any EventRecorder
    let codeKeys: RootKeys
    let sealer: TokenSealer
    let retry: ConflictRetry
    let queue = KeyedQueue<BudgetTag>()
    public let policy: ChallengePolicy

    /// - Parameters:
    ///   - partitions: fixed for the life of the deployment.
    ///   - recorder: gets the entry of each challenge that ends without having been completed.
    ///   - codeKeys: what codes are derived from. Shared by all hosts; two valid at a time.
    ///   - tokenKeys: what tokens are sealed under. Shared by all hosts; two valid at a time.
    public init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount = .standard, time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource(), recorder: any EventRecorder, codeKeys: RootKeys, tokenKeys: RootKeys,
        policy: ChallengePolicy = .standard
    ) {
        self.init(
            store: store, deployment: deployment, partitions: partitions, time: time, random: random, recorder: recorder,
            codeKeys: codeKeys, tokenKeys: tokenKeys, policy: policy, retry: ConflictRetry())
    }

    package init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount, time: any TimeSource, random: any RandomSource,
        recorder: any EventRecorder, codeKeys: RootKeys, tokenKeys: RootKeys, policy: ChallengePolicy, retry: ConflictRetry
    ) {
        self.store = store
        self.deployment = deployment
        self.partitions = partitions
        self.time = time
        self.random = random
        self.recorder = recorder
        self.codeKeys = codeKeys
        sealer = TokenSealer(deployment: deployment, keys: tokenKeys)
        self.policy = policy
        self.retry = retry
    }
}

// MARK: - Rows and commits

extension ChallengeEngine {
    /// A number's row as it was read, or as a commit left it.
    struct Row: Sendable {
        let key: RecordKey
        let record: StoredRecord?
        let attempts: NumberAttempts
    }

    func row(of tag: BudgetTag) async throws(OTPError) -> Row {
        do {
            let key = NumberAttempts.key(of: tag, in: partitions)
            let record = try await store.record(at: key)
            let attempts = try record.map { record throws(StorageError) in try decodeRecord(record, NumberAttempts.init(from:)) }
            return Row(key: key, record: record, attempts: attempts ?? NumberAttempts())
        } catch {
            throw OTPError(error)
        }
    }

    /// Puts what was decided into the commit; nothing where nothing changes.
    ///
    /// - Returns: the row as it is once the commit has succeeded.
    @discardableResult
    func stage(_ decision: ChallengeDecision, of row: Row, at now: Timestamp, in commit: inout StagedCommit) -> Row {
        guard decision.state != row.attempts else { return row }
        let rest = decision.state.restsAt(policy)
        let record: StoredRecord?
        if let current = row.record, decision.state.challenges.isEmpty, rest <= now {
            commit.delete(current)
            record = nil
        } else {
            record = commit.put(decision.state.encoded, at: row.key, replacing: row.record, expiresAt: rest)
        }
        if !decision.ended.isEmpty { recorder.record(decision.ended.map { endEvent(of: $0, at: now) }, in: &commit) }
        return Row(key: row.key, record: record, attempts: decision.state)
    }

    /// Runs `operation` in the number's queue and commits what it staged, again after each conflict.
    func committing<Value: Sendable>(
        _ tag: BudgetTag, _ operation: (inout StagedCommit) async throws(OTPError) -> Value
    ) async throws(OTPError) -> Value {
        try await queue.run(tag, cancelled: OTPError(StorageError(.cancelled, "The task was cancelled while it waited."))) {
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
