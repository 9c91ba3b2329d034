import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization

@testable import OTPEngine

/// A clock that stands still until a test moves it. Sleeping only lets others run.
final class StoppedClock: TimeSource {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp = Timestamp(milliseconds: 1_795_478_400_000)) {
        time = Mutex(start)
    }

    func now() -> Timestamp { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        await Task.yield()
        if Task.isCancelled { throw CancellationError() }
    }
}

/// SplitMix64 under a lock: the same bytes in every run.
final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) {
        state = Mutex(seed)
    }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: next()) }
    }
}

/// Puts each event into a row of the commit, so that a test sees what was really recorded.
struct RowRecorder: EventRecorder {
    static let collection: RecordCollection = "test-events"

    func record(_ events: [AuditEvent], in commit: inout StagedCommit) {
        for event in events {
            let text = "\(event.action) \(event.details.map { "\($0.name)=\($0.value)" }.joined(separator: " "))"
            commit.insert(
                Array(text.utf8), at: RecordKey(partition: Partition(rawValue: 0), collection: Self.collection, row: event.shard))
        }
    }

    func acknowledged(_ events: [[UInt8]]) async throws(StorageError) {}
}

/// A store that fails as told, commit by commit.
final class FaultyStore: RecordStore {
    enum Fault {
        case none, conflict, unavailable
        /// The connection breaks after, or before, the commit took effect.
        case unknownLanded, unknownLost
        /// A conflict, and from then on no read succeeds.
        case conflictAndReadsFail
    }

    let wrapped = InMemoryRecordStore()
    private let plan = Mutex<[Fault]>([])
    private let readsFail = Mutex(false)
    private let commits = Mutex(0)

    /// Commits that took effect.
    var landed: Int { commits.withLock { $0 } }
    func next(_ faults: Fault...) { plan.withLock { $0 = faults } }
    func failReads(_ fail: Bool) { readsFail.withLock { $0 = fail } }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        if readsFail.withLock({ $0 }) { throw StorageError(.unavailable, "As the test wants it.") }
        return try await wrapped.records(at: keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await wrapped.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        let fault = plan.withLock { $0.isEmpty ? .none : $0.removeFirst() }
        switch fault {
        case .none: break
        case .conflict: throw StorageError(.conflict, "As the test wants it.")
        case .unavailable: throw StorageError(.unavailable, "As the test wants it.")
        case .unknownLost: throw StorageError(.outcomeUnknown, "As the test wants it.")
        case .conflictAndReadsFail:
            failReads(true)
            throw StorageError(.conflict, "As the test wants it.")
        case .unknownLanded: break
        }
        try await wrapped.commit(changes)
        commits.withLock { $0 += 1 }
        if fault == .unknownLanded { throw StorageError(.outcomeUnknown, "As the test wants it.") }
    }
}

/// A store in memory that counts what is asked of it.
final class CountingStore: RecordStore {
    struct Counts: Hashable {
        var reads = 0
        var commits = 0
    }

    private let wrapped = InMemoryRecordStore()
    private let counts = Mutex(Counts())

    /// Since the last time it was asked.
    func take() -> Counts {
        counts.withLock { counts in
            defer { counts = Counts() }
            return counts
        }
    }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        counts.withLock { $0.reads += 1 }
        return try await wrapped.records(at: keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        counts.withLock { $0.reads += 1 }
        return try await wrapped.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        counts.withLock { $0.commits += 1 }
        try await wrapped.commit(changes)
    }
}

/// A store in memory whose every operation lets many others in between.
final class SlowStore: RecordStore {
    private let wrapped = InMemoryRecordStore()
    private let counts = Mutex((deployment: 0, conflicts: 0))

    /// Commits that wrote the row of the deployment's budget.
    var deploymentCommits: Int { counts.withLock { $0.deployment } }
    var conflicts: Int { counts.withLock { $0.conflicts } }

    private func wait() async { for _ in 0..<8 { await Task.yield() } }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        await wait()
        return try await wrapped.records(at: keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await wrapped.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        await wait()
        let key = SharedBudgetKey.deployment.recordKey(.standard)
        do {
            try await wrapped.commit(changes)
            if changes.contains(where: { $0.key == key }) { counts.withLock { $0.deployment += 1 } }
        } catch {
            counts.withLock { $0.conflicts += 1 }
            throw error
        }
    }
}

/// One deployment, its clock and its store; as many engines as a test has processes.
struct TestBench {
    let clock = StoppedClock()
    let store = FaultyStore()
    let random: SeededRandom
    let deployment: DeploymentID
    let abuse: AbusePolicy
    let engine: ChallengeEngine
    let requester = Requester(session: Array("session".utf8))

    init(_ seed: UInt64 = 1, policy: ChallengePolicy = .standard, abuse: AbusePolicy = .standard) {
        random = SeededRandom(seed)
        deployment = DeploymentID(random: random)
        self.abuse = abuse
        engine = Self.engine(clock, store, random, deployment, policy, codeKeys: Self.keys(1), tokenKeys: Self.keys(2), abuse)
    }

    /// Another process with the same keys, and a queue of its own.
    func another(codeKeys: RootKeys = keys(1), tokenKeys: RootKeys = keys(2), policy: ChallengePolicy = .standard) -> ChallengeEngine {
        Self.engine(clock, store, random, deployment, policy, codeKeys: codeKeys, tokenKeys: tokenKeys, abuse)
    }

    /// The same over a store of its own.
    func another(over store: some RecordStore) -> ChallengeEngine {
        Self.engine(clock, store, random, deployment, .standard, codeKeys: Self.keys(1), tokenKeys: Self.keys(2), abuse)
    }

    private static func engine(
        _ clock: StoppedClock, _ store: some RecordStore, _ random: SeededRandom, _ deployment: DeploymentID, _ policy: ChallengePolicy,
        codeKeys: RootKeys, tokenKeys: RootKeys, _ abuse: AbusePolicy
    ) -> ChallengeEngine {
        try! ChallengeEngine(
            store: store, deployment: deployment, partitions: .standard, time: clock, random: random, recorder: RowRecorder(),
            codeKeys: codeKeys, tokenKeys: tokenKeys, budgetKey: budgetKey,
            policy: policy, abuse: abuse, retry: ConflictRetry(attempts: 200))
    }

    static var budgetKey: BudgetKey { BudgetKey(secret: SecretBytes(random: SeededRandom(3))) }
    static func key(_ id: UInt32) -> RootKey { RootKey(id: id, secret: SecretBytes(random: SeededRandom(UInt64(id)))) }
    static func keys(_ id: UInt32, previous: UInt32? = nil) -> RootKeys {
        RootKeys(current: key(id), previous: previous.map(key))
    }

    static func tag(_ seed: UInt64) -> BudgetTag { BudgetTag(bytes: SeededRandom(seed &+ 1_000_000).bytes(32))! }
    static func content(_ byte: UInt8 = 7) -> SecretBytes {
        SecretBytes(count: 68) { $0.initializeMemory(as: UInt8.self, repeating: byte) }
    }

    func begin(_ tag: BudgetTag = tag(0), purpose: ChallengePurpose = .verification, deliverable: Bool = true) async throws(OTPError)
        -> BegunChallenge
    {
        try await engine.begin(
            purpose, tag: tag, subject: nil, isDeliverable: deliverable, requester: requester, sealing: Self.content())
    }

    func attempt() -> AttemptID { AttemptID(random: random) }

    func attempts(_ tag: BudgetTag = tag(0)) async throws -> NumberAttempts? {
        try await store.wrapped.record(at: NumberAttempts.key(of: tag, in: .standard)).map {
            try decodeRecord($0, NumberAttempts.init(from:))
        }
    }

    /// Pays with the right code and completes.
    @discardableResult
    func succeed(_ challenge: BegunChallenge, _ engine: ChallengeEngine? = nil, attempt: AttemptID? = nil) async throws -> Completion {
        let engine = engine ?? self.engine
        let paid = try await engine.pay(
            challenge.token, code: right(challenge), attempt: attempt ?? self.attempt(), requester: requester)
        switch paid {
        case .right(let guess): return try await engine.complete(guess, outcome: Array("welcome".utf8))
        case .repeated(let repeated): return .repeated(outcome: repeated.outcome)
        }
    }

    /// A guess with a wrong code.
    func fail(_ challenge: BegunChallenge, _ engine: ChallengeEngine? = nil, attempt: AttemptID? = nil) async throws(OTPError) {
        _ = try await (engine ?? self.engine).pay(
            challenge.token, code: try wrong(challenge), attempt: attempt ?? self.attempt(), requester: requester)
    }

    func right(_ challenge: BegunChallenge) throws(OTPError) -> SubmittedCode {
        try SubmittedCode(utf8: challenge.code().withUnsafeBytes { Array($0) })
    }

    func wrong(_ challenge: BegunChallenge, by offset: UInt8 = 1) throws(OTPError) -> SubmittedCode {
        var digits = challenge.code().withUnsafeBytes { Array($0) }
        digits[0] = 0x30 + (digits[0] - 0x30 + offset) % 10
        return try SubmittedCode(utf8: digits)
    }

    /// The code with which an operation was refused, or "none".
    func refusal<Value: ~Copyable>(_ operation: () async throws(OTPError) -> Value) async -> OTPError.Code? {
        do {
            _ = try await operation()
            return nil
        } catch {
            return error.code
        }
    }
}
