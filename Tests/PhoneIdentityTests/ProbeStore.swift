import RecordStorage
import Synchronization

/// Whether the process that works on a deployment's stores is alive. Once dead, none of its calls reaches a store.
final class Lifeline: Sendable {
    private let dead = Mutex(false)
    var isDead: Bool { dead.withLock { $0 } }
    func cut() { dead.withLock { $0 = true } }
    func revive() { dead.withLock { $0 = false } }
}

/// A store that counts, remembers, and fails as told.
final class ProbeStore: RecordStore {
    enum Fault: Sendable, CaseIterable {
        /// An answer that is no success; the process lives on.
        case conflict, unavailable, full
        /// The connection breaks before the commit is made, after it, or it is made only at ``land()``.
        case unknownLost, unknownLanded, unknownLate
        /// The process dies before the commit is made, after it, or it is made only at ``land()``.
        case killedBefore, killedAfter, killedLate
    }

    private struct State {
        var attempts = 0
        var made: [[RecordChange]] = []
        var plan: [Int: Fault] = [:]
        var late: [[RecordChange]] = []
        var unreadable: Set<RecordCollection> = []
        var read: [RecordCollection] = []
        var found: [StoredRecord] = []
        var readsFail = false
        var keys: Set<RecordKey> = []
        var beforeCommit: (@Sendable () async -> Void)?
    }

    let wrapped = InMemoryRecordStore()
    private let lifeline: Lifeline
    private let state = Mutex(State())

    init(_ lifeline: Lifeline = Lifeline()) {
        self.lifeline = lifeline
    }

    // MARK: What a test asks

    /// Commits that took effect since ``reset()``.
    var made: [[RecordChange]] { state.withLock { $0.made } }
    /// Collections of the records asked for since ``reset()``, in order.
    var read: [RecordCollection] { state.withLock { $0.read } }
    /// Records that were found by their keys since ``reset()``, in order.
    var found: [StoredRecord] { state.withLock { $0.found } }

    func reset() {
        state.withLock { state in
            state.attempts = 0
            state.made = []
            state.read = []
            state.found = []
            state.plan = [:]
        }
    }

    /// The fault of the `step`th commit from now, the first being 1.
    func plan(_ fault: Fault, at step: Int) { state.withLock { $0.plan[$0.attempts + step] = fault } }
    func plan(_ fault: Fault, forever: Bool) { for step in 1...(forever ? 200 : 1) { plan(fault, at: step) } }
    func failReads(_ fail: Bool) { state.withLock { $0.readsFail = fail } }
    func makeUnreadable(_ collection: RecordCollection) { state.withLock { _ = $0.unreadable.insert(collection) } }
    /// Runs once, right before the next commit.
    func beforeNextCommit(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.beforeCommit = body } }

    /// Every record there is, by key.
    func rows() async throws -> [StoredRecord] {
        let keys = state.withLock { $0.keys.sorted() }
        return try await wrapped.records(at: keys).compactMap { $0 }
    }

    func rows(_ collection: RecordCollection) async throws -> [StoredRecord] {
        try await rows().filter { $0.key.collection == collection }
    }

    /// Makes what is late, as far as its expectations still hold.
    func land() async {
        let late = state.withLock { state in
            defer { state.late = [] }
            return state.late
        }
        for changes in late { try? await make(changes) }
    }

    // MARK: What the library asks

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        try beforeRead(keys.map(\.collection))
        let records = try await wrapped.records(at: keys)
        state.withLock { $0.found += records.compactMap { $0 } }
        return records
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try beforeRead([range.collection])
        return try await wrapped.records(in: range, limit: limit)
    }

    private func beforeRead(_ collections: [RecordCollection]) throws(StorageError) {
        let mayRead = state.withLock { state in
            state.read += collections
            return !state.readsFail && state.unreadable.isDisjoint(with: collections)
        }
        guard mayRead, !lifeline.isDead else { throw Self.unavailable }
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        let body = state.withLock { state in
            defer { state.beforeCommit = nil }
            return state.beforeCommit
        }
        await body?()
        guard !lifeline.isDead else { throw Self.unavailable }
        let fault = state.withLock { state in
            state.attempts += 1
            return state.plan.removeValue(forKey: state.attempts)
        }
        let unknown = StorageError(.outcomeUnknown, "As the test wants it.")
        switch fault {
        case nil: try await make(changes)
        case .conflict: throw StorageError(.conflict, "As the test wants it.")
        case .unavailable: throw Self.unavailable
        case .full: throw StorageError(.full, "As the test wants it.")
        case .unknownLost: throw unknown
        case .unknownLanded:
            try await make(changes)
            throw unknown
        case .unknownLate:
            state.withLock { $0.late.append(changes) }
            throw unknown
        case .killedBefore:
            lifeline.cut()
            throw Self.unavailable
        case .killedAfter:
            try await make(changes)
            lifeline.cut()
            throw Self.unavailable
        case .killedLate:
            state.withLock { $0.late.append(changes) }
            lifeline.cut()
            throw Self.unavailable
        }
    }

    private func make(_ changes: [RecordChange]) async throws(StorageError) {
        try await wrapped.commit(changes)
        state.withLock { state in
            state.made.append(changes)
            for case .put(let key, _, _, _, _) in changes { state.keys.insert(key) }
        }
    }

    private static let unavailable = StorageError(.unavailable, "As the test wants it.")
}
