import CryptoPrimitives
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
    let devices: DeviceTokens
    let budgetKey: BudgetKey
    /// Of this process alone: it names what is in its memory alone, and a token that is read later tells nothing by it.
    let blockKey: BudgetKey
    let leases: BudgetLeases
    let puzzles: ProofPuzzles
    /// For each number, who comes first is done first.
    let commits: CommitQueue<BudgetTag>
    public let policy: ChallengePolicy

    /// - Parameters:
    ///   - partitions: fixed for the life of the deployment.
    ///   - recorder: gets the entry of each challenge that ends without having been completed.
    ///   - codeKeys: what codes are derived from. Shared by all hosts; two valid at a time.
    ///   - tokenKeys: what tokens are sealed under. Shared by all hosts; two valid at a time.
    ///   - budgetKey: what device tokens and the names of shared budgets rest on. Shared by all hosts, for the life of the deployment.
    ///   - abuse: what many numbers together may cost.
    /// - Throws: ``OTPError`` with code `.policyTooWeak` when a limit of `abuse` is none.
    public init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount = .standard, time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource(), recorder: any EventRecorder, codeKeys: RootKeys, tokenKeys: RootKeys,
        budgetKey: BudgetKey, policy: ChallengePolicy = .standard, abuse: AbusePolicy = .standard
    ) throws(OTPError) {
        try self.init(
            store: store, deployment: deployment, partitions: partitions, time: time, random: random, recorder: recorder,
            codeKeys: codeKeys, tokenKeys: tokenKeys, budgetKey: budgetKey, policy: policy, abuse: abuse,
            retry: ConflictRetry())
    }

    package init(
        store: any RecordStore, deployment: DeploymentID, partitions: PartitionCount, time: any TimeSource, random: any RandomSource,
        recorder: any EventRecorder, codeKeys: RootKeys, tokenKeys: RootKeys, budgetKey: BudgetKey, policy: ChallengePolicy,
        abuse: AbusePolicy = .standard, retry: ConflictRetry
    ) throws(OTPError) {
        try abuse.validate()
        self.store = store
        self.deployment = deployment
        self.partitions = partitions
        self.time = time
        self.random = random
        self.recorder = recorder
        self.codeKeys = codeKeys
        sealer = TokenSealer(deployment: deployment, keys: tokenKeys)
        devices = DeviceTokens(deployment: deployment, key: budgetKey)
        self.budgetKey = budgetKey
        blockKey = BudgetKey(secret: SecretBytes(random: random))
        leases = BudgetLeases(policy: abuse)
        puzzles = ProofPuzzles(deployment: deployment, key: budgetKey, difficulty: abuse.proofDifficulty)
        self.policy = policy
        commits = CommitQueue(store: store, time: time, random: random, retry: retry)
    }
}

// MARK: - Rows and commits

extension ChallengeEngine {
    /// The rows that an operation decides on, as they were read, or as a commit left them.
    struct Rows: Sendable {
        /// A row with a budget, or with all of a number. A class: each guess hands it on five times.
        final class Row: Sendable {
            let key: RecordKey
            let record: StoredRecord?
            let attempts: NumberAttempts

            init(key: RecordKey, record: StoredRecord?, attempts: NumberAttempts) {
                (self.key, self.record, self.attempts) = (key, record, attempts)
            }
        }

        let number: Row
        let account: Row?
    }

    /// Reads the number's row, that of who asks, and whatever else the operation needs, in one go.
    func rows(
        of tag: BudgetTag, account: Pseudonym? = nil, and others: [RecordKey] = []
    ) async throws(OTPError) -> (Rows, others: ArraySlice<StoredRecord?>) {
        var keys = [NumberAttempts.key(of: tag, in: partitions)]
        if let account { keys.append(NumberAttempts.key(of: account, budgetKey, in: partitions)) }
        let own = keys.count
        keys += others
        do {
            let records = try await store.records(at: keys)
            let account = own > 1 ? try Self.row(records[1], keys[1]) : nil
            return (Rows(number: try Self.row(records[0], keys[0]), account: account), records[own...])
        } catch {
            throw OTPError(error)
        }
    }

    func payers(_ rows: Rows, isKnownDevice: Bool) -> RequesterBudgets {
        RequesterBudgets(isKnownDevice: isKnownDevice, account: rows.account?.attempts.budget)
    }

    static func row(_ record: StoredRecord?, _ key: RecordKey) throws(StorageError) -> Rows.Row {
        guard let record else { return Rows.Row(key: key, record: nil, attempts: NumberAttempts()) }
        return Rows.Row(key: key, record: record, attempts: try decodeRecord(record, NumberAttempts.init(from:)))
    }

    /// Puts what was decided into the commit; nothing where nothing changes.
    ///
    /// - Returns: the rows as they are once the commit has succeeded.
    @discardableResult
    func stage(_ decision: ChallengeDecision, of rows: Rows, at now: Timestamp, in commit: inout StagedCommit) -> Rows {
        let account = decision.payers.account.flatMap { budget in
            rows.account.map { stage(NumberAttempts(budget), in: $0, policy.account, at: now, in: &commit) }
        }
        let next = Rows(number: stage(decision.state, in: rows.number, policy.number, at: now, in: &commit), account: account)
        if !decision.ended.isEmpty { recorder.record(decision.ended.map { endEvent(of: $0, at: now) }, in: &commit) }
        return next
    }

    private func stage(
        _ next: NumberAttempts, in row: Rows.Row, _ budget: ExactPolicy, at now: Timestamp, in commit: inout StagedCommit
    ) -> Rows.Row {
        guard next != row.attempts else { return row }
        let rest = next.restsAt(policy, budget)
        let record: StoredRecord?
        if let current = row.record, next.challenges.isEmpty, rest <= now {
            commit.delete(current)
            record = nil
        } else {
            record = commit.put(next.encoded, at: row.key, replacing: row.record, expiresAt: rest)
        }
        return Rows.Row(key: row.key, record: record, attempts: next)
    }
}
