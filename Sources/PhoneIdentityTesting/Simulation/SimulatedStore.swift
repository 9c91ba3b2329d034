import RecordStorage
import Synchronization

/// A database server at the other end of a bad network.
///
/// In front of a store that keeps the contract (one in memory, or a host's own) it does what the contract allows and people meet: answers that
/// are late or lost, commits that land long after their client gave up or died, disks that do not confirm, reads of several keys that see a
/// commit half. Each process has a client of its own; a commit on its way when the process dies may still land.
final class SimulatedStore: Sendable {
    private let name: String
    private let backing: any RecordStore
    /// Whether the store behind runs on threads of its own.
    private let isOutside: Bool
    private let scheduler: SimulationScheduler
    private let rates: FaultRates
    /// Told of each commit that took effect, at once and in order.
    private let watch: @Sendable ([RecordChange]) -> Void
    private let awayUntil = Mutex(Timestamp(milliseconds: .min))

    init(
        _ name: String, backing: (any RecordStore)?, on scheduler: SimulationScheduler, rates: FaultRates,
        watch: @escaping @Sendable ([RecordChange]) -> Void
    ) {
        self.name = name
        self.backing = backing ?? InMemoryRecordStore()
        isOutside = backing != nil
        self.scheduler = scheduler
        self.rates = rates
        self.watch = watch
    }

    /// The store as one process has it.
    func client(of process: SimulatedProcess) -> some RecordStore { Client(store: self, process: process) }

    /// Takes the server away for a while.
    func goAway(for duration: Duration) {
        awayUntil.withLock { $0 = max($0, scheduler.now + duration) }
        scheduler.note { "\(name) is away for \(duration)" }
    }

    func comeBack() { awayUntil.withLock { $0 = Timestamp(milliseconds: .min) } }

    private var isAway: Bool { awayUntil.withLock { scheduler.now < $0 } }

    /// What is there, whatever goes wrong elsewhere.
    func truth(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        try await asked { () async throws(StorageError) in try await backing.records(at: keys) }
    }

    private func asked<Value>(_ body: () async throws(StorageError) -> Value) async throws(StorageError) -> Value {
        isOutside ? try await scheduler.outside(body) : try await body()
    }

    private static let away = StorageError(.unavailable, "The store cannot be reached (a fault made for a test).")
    private static let unknown = StorageError(.outcomeUnknown, "The connection was lost (a fault made for a test).")

    // MARK: Commits

    private enum Course {
        case answered, lostRequest, lostAnswer, failedSync(isMade: Bool), refused, conflict
        case late(Duration)
    }

    private func course(of changes: [RecordChange]) -> Course {
        let faults = rates.current
        if isAway { return scheduler.draw(below: 3) == 0 ? .lostRequest : .refused }
        if scheduler.happens(perMille: faults.conflicts) { return .conflict }
        if scheduler.happens(perMille: faults.refusals) { return .refused }
        if scheduler.happens(perMille: faults.lostRequests) { return .lostRequest }
        if scheduler.happens(perMille: faults.lostAnswers) { return .lostAnswer }
        if scheduler.happens(perMille: faults.lateCommits) {
            switch scheduler.draw(below: 10) {
            case 0: return .late(.seconds(scheduler.draw(in: 300...latest(changes))))
            case 1...3: return .late(.seconds(scheduler.draw(in: 10...300)))
            default: return .late(scheduler.duration(1...10_000))
            }
        }
        if scheduler.happens(perMille: faults.failedSyncs) { return .failedSync(isMade: scheduler.draw(below: 2) == 0) }
        return .answered
    }

    /// Seconds that a commit may be late. One that only inserts lands within an hour, as the contract says; here with some time to spare for clocks
    /// that differ. One that expects a version is safe however late it is, and is made to be later than the contract allows.
    private func latest(_ changes: [RecordChange]) -> Int {
        changes.contains { $0.expectedVersion != nil } ? 9_000 : 3_500
    }

    private func latency() -> Duration {
        scheduler.happens(perMille: rates.current.delays) ? scheduler.duration(50...3_000) : scheduler.duration(0...12)
    }

    /// What a client sends; the reply comes, or never does.
    private func commit(_ changes: [RecordChange], from process: SimulatedProcess, _ reply: SimulatedReply<StorageError?>) {
        var course = course(of: changes)
        if scheduler.happens(perMille: rates.current.deaths) {
            switch scheduler.draw(below: 5) {
            case 0: course = .lostRequest
            case 1: course = .late(.seconds(scheduler.draw(in: 1...latest(changes))))
            case 2: course = .late(scheduler.duration(500...60_000))
            // While the sweeper has come for the keys of a sign-up, and its challenge is still there.
            case 3: course = .late(.seconds(min(scheduler.draw(in: 3_600...4_200), latest(changes))))
            default: break
            }
            scheduler.after(latency()) { process.kill() }
        }
        scheduler.note { "\(process.name) → \(name): \(Self.describe(changes)) … \(course)" }
        scheduler.after(latency()) { [self, course] in
            switch course {
            case .answered: apply(changes) { self.answer($0, reply) }
            case .conflict: answer(StorageError(.conflict, "The engine gave up on a deadlock (a fault made for a test)."), reply)
            case .refused: answer(Self.away, reply)
            case .lostRequest: answer(Self.unknown, reply, after: .seconds(2))
            case .lostAnswer: apply(changes) { _ in self.answer(Self.unknown, reply, after: .seconds(2)) }
            case .failedSync(let isMade):
                goAway(for: scheduler.duration(100...5_000))
                if isMade { apply(changes) { _ in } }
                answer(Self.unknown, reply)
            case .late(let delay):
                scheduler.after(delay) { self.apply(changes) { _ in } }
                answer(Self.unknown, reply, after: min(delay, .seconds(2)))
            }
        }
    }

    private func answer(_ failure: StorageError?, _ reply: SimulatedReply<StorageError?>, after more: Duration = .zero) {
        scheduler.after(latency() + more) { reply.send(failure) }
    }

    private func apply(_ changes: [RecordChange], _ done: @escaping @Sendable (StorageError?) -> Void) {
        Task(executorPreference: scheduler) { [self] in
            do throws(StorageError) {
                try await asked { () async throws(StorageError) in try await backing.commit(changes) }
                for case .put(_, _, let version, _, _) in changes { scheduler.mix(version.bytes) }
                scheduler.note { "\(name): made \(Self.describe(changes))" }
                watch(changes)
                done(nil)
            } catch {
                scheduler.note { "\(name): \(error.code.rawValue) \(Self.describe(changes))" }
                // A host's own store may not know itself; the truth is in it.
                if error.code == .outcomeUnknown, await hasLanded(changes) { watch(changes) }
                done(error)
            }
        }
    }

    private func hasLanded(_ changes: [RecordChange]) async -> Bool {
        for case .put(let key, _, let version, _, _) in changes {
            return (try? await truth(at: [key]).first)??.version == version
        }
        return false
    }

    private static func describe(_ changes: [RecordChange]) -> String {
        changes.map { change in
            let row = change.key.row.prefix(4).map { String($0, radix: 16) }.joined()
            return switch change {
            case .check: "check \(change.key.collection.rawValue)/\(row)"
            case .put(_, nil, _, _, _): "insert \(change.key.collection.rawValue)/\(row)"
            case .put: "update \(change.key.collection.rawValue)/\(row)"
            case .delete: "delete \(change.key.collection.rawValue)/\(row)"
            }
        }.prefix(12).joined(separator: ", ")
    }

    // MARK: A client

    private struct Client: RecordStore {
        let store: SimulatedStore
        let process: SimulatedProcess

        func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
            try await travel()
            var found = try await store.truth(at: keys)
            if keys.count > 1, store.scheduler.happens(perMille: store.rates.current.tornReads) {
                store.scheduler.note { "a read of several keys is torn" }
                guard await process.pause(store.latency()) else { throw SimulatedStore.away }
                // Some keys are read again. Chosen by their order, since who asks may have them from a set.
                let later = try await store.truth(at: keys)
                let line = keys.sorted()[store.scheduler.draw(below: keys.count)]
                for index in keys.indices where keys[index] < line { found[index] = later[index] }
            }
            guard await process.pause(store.latency()) else { throw SimulatedStore.away }
            return found
        }

        func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
            try await travel()
            let found = try await store.asked { () async throws(StorageError) in try await store.backing.records(in: range, limit: limit) }
            guard await process.pause(store.latency()) else { throw SimulatedStore.away }
            return found
        }

        func commit(_ changes: [RecordChange]) async throws(StorageError) {
            try RecordLimits.validate(changes)
            if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the commit began.") }
            guard !process.isDead else { throw SimulatedStore.away }
            let reply = SimulatedReply<StorageError?>()
            store.commit(changes, from: process, reply)
            guard let failure = await process.answer(reply) else { throw SimulatedStore.unknown }
            if let failure { throw failure }
        }

        /// A request on its way.
        private func travel() async throws(StorageError) {
            if Task.isCancelled { throw StorageError(.cancelled, "The task was cancelled before the read began.") }
            guard await process.pause(store.latency()), !store.isAway,
                !store.scheduler.happens(perMille: store.rates.current.failedReads)
            else { throw SimulatedStore.away }
        }
    }
}
