import RecordStorage
import Synchronization

/// A store with one defect that one task alone never meets.
final class RacyRecordStore: RecordStore {
    enum Defect: CaseIterable {
        /// A read puts into the cache what it found before a commit that has emptied the cache meanwhile.
        case fillsItsCacheTooLate
        /// Checks are looked at before the transaction and not held.
        case looksAtChecksBeforehand
        /// While it is busy, deletions are confirmed and made a little later.
        case deletesLater
        /// Changes are applied one after another, and what a conflict leaves is put back over whatever others wrote meanwhile.
        case putsBackOverOthers
        /// Commits that wait together share a transaction; if one conflicts all are taken back, and only that one is told.
        case takesBackItsNeighbours
        /// While it is busy, ranges come from an index that is written after the confirmation.
        case rangesLagBehind
        /// The answer of a commit is lost now and then while it is busy, and what the second attempt says is passed on.
        case passesOnTheSecondAnswer
        /// Asks whether the task was cancelled when the commit is made.
        case looksForCancellationTooLate
    }

    private struct State {
        var cache: [RecordKey: StoredRecord?] = [:]
        var busy = 0
        var commits = 0
        var waiting: [(changes: [RecordChange], continuation: CheckedContinuation<StorageError?, Never>)] = []
        var isDraining = false
    }

    private let defect: Defect
    private let store = InMemoryRecordStore()
    private let index = InMemoryRecordStore()
    private let state = Mutex(State())

    init(_ defect: Defect) { self.defect = defect }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        guard defect == .fillsItsCacheTooLate else { return try await store.records(at: keys) }
        let cached = state.withLock { state in keys.compactMap { state.cache[$0] } }
        if cached.count == keys.count { return cached }
        let found = try await store.records(at: keys)
        await Task.yield()
        state.withLock { state in for (key, record) in zip(keys, found) { state.cache[key] = .some(record) } }
        return found
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await (defect == .rangesLagBehind ? index : store).records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try RecordLimits.validate(changes)
        let (isBusy, number) = state.withLock { state in
            state.busy += 1
            state.commits += 1
            return (state.busy > 1, state.commits)
        }
        defer { state.withLock { $0.busy -= 1 } }
        // As long as the way to a database.
        await Task.yield()
        switch defect {
        case .fillsItsCacheTooLate:
            try await store.commit(changes)
            state.withLock { state in for change in changes { state.cache[change.key] = nil } }
        case .looksAtChecksBeforehand:
            let checks = changes.filter(\.isCheck)
            let found = try await store.records(at: checks.map(\.key))
            guard zip(checks, found).allSatisfy({ $0.expectedVersion == $1?.version }) else { throw Self.conflict }
            for _ in 0..<5 { await Task.yield() }
            let writes = changes.filter { !$0.isCheck }
            if !writes.isEmpty { try await store.commit(writes) }
        case .deletesLater:
            try await store.commit(isBusy ? changes.map { $0.isDeletion ? .check($0.key, version: $0.expectedVersion!) : $0 } : changes)
            let deletions = changes.filter(\.isDeletion)
            guard isBusy, !deletions.isEmpty else { return }
            Task { [store] in
                try? await Task.sleep(for: .milliseconds(1))
                for deletion in deletions { try? await store.commit([deletion]) }
            }
        case .putsBackOverOthers: try await oneByOne(changes)
        case .takesBackItsNeighbours: try await together(changes)
        case .rangesLagBehind:
            try await store.commit(changes)
            guard isBusy else { return await copyToIndex(changes.map(\.key)) }
            Task {
                try? await Task.sleep(for: .milliseconds(1))
                await copyToIndex(changes.map(\.key))
            }
        case .passesOnTheSecondAnswer:
            try await store.commit(changes)
            if isBusy, number % 5 == 0 { try await store.commit(changes) }
        case .looksForCancellationTooLate:
            let store = store
            let failure = await Task { () -> StorageError? in
                do throws(StorageError) { try await store.commit(changes) } catch { return error }
                return nil
            }.value
            if let failure { throw failure }
            if Task.isCancelled { throw StorageError(.cancelled, "Not true.") }
        }
    }

    private static let conflict = StorageError(.conflict, "As it should.")

    private func oneByOne(_ changes: [RecordChange]) async throws(StorageError) {
        var undo: [(RecordKey, StoredRecord?)] = []
        for change in changes {
            do {
                let before = try await store.record(at: change.key)
                try await store.commit([change])
                undo.append((change.key, before))
                await Task.yield()
            } catch {
                for (key, record) in undo { await set(key, to: record, in: store) }
                throw error
            }
        }
    }

    private func together(_ changes: [RecordChange]) async throws(StorageError) {
        let failure = await withCheckedContinuation { continuation in
            let drains = state.withLock { state in
                state.waiting.append((changes, continuation))
                defer { state.isDraining = true }
                return !state.isDraining
            }
            if drains { Task { await drain() } }
        }
        if let failure { throw failure }
    }

    private func drain() async {
        while true {
            await Task.yield()
            let batch = state.withLock { state in
                defer { state.waiting = [] }
                state.isDraining = !state.waiting.isEmpty
                return state.waiting
            }
            if batch.isEmpty { return }
            var undo: [(RecordKey, StoredRecord?)] = []
            var failures: [StorageError?] = []
            for (changes, _) in batch {
                let before = (try? await store.records(at: changes.map(\.key))) ?? []
                do throws(StorageError) {
                    try await store.commit(changes)
                    undo += zip(changes.map(\.key), before)
                    failures.append(nil)
                } catch {
                    failures.append(error)
                }
            }
            if failures.contains(where: { $0 != nil }) {
                for (key, record) in undo.reversed() { await set(key, to: record, in: store) }
            }
            for ((_, continuation), failure) in zip(batch, failures) { continuation.resume(returning: failure) }
        }
    }

    private func copyToIndex(_ keys: [RecordKey]) async {
        for key in keys { await set(key, to: try? await store.record(at: key), in: index) }
    }

    /// Makes a key hold this record, whatever it held.
    private func set(_ key: RecordKey, to record: StoredRecord?, in store: InMemoryRecordStore) async {
        guard let current = try? await store.records(at: [key])[0], current != record else {
            if let record, (try? await store.record(at: key)) == .some(nil) {
                try? await store.commit([
                    .put(key, expecting: nil, version: record.version, value: record.value, expiresAt: record.expiresAt)
                ])
            }
            return
        }
        try? await store.commit([.delete(key, version: current.version)])
        if let record {
            try? await store.commit([.put(key, expecting: nil, version: record.version, value: record.value, expiresAt: record.expiresAt)])
        }
    }
}

/// One of several stores over the same data. It keeps what it read until it commits itself: right as long as it is alone.
final class CachingRecordStore: RecordStore {
    private struct State {
        var cache: [RecordKey: StoredRecord?] = [:]
        var commits = 0
        var underWay = 0
    }

    private let database: any RecordStore
    private let state = Mutex(State())

    init(_ database: any RecordStore) { self.database = database }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        let (cached, commits) = state.withLock { state in (state.underWay == 0 ? keys.compactMap { state.cache[$0] } : [], state.commits) }
        if cached.count == keys.count { return cached }
        let found = try await database.records(at: keys)
        state.withLock { state in
            guard state.underWay == 0, state.commits == commits else { return }
            for (key, record) in zip(keys, found) { state.cache[key] = .some(record) }
        }
        return found
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await database.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        state.withLock { state in
            state.underWay += 1
            state.commits += 1
            state.cache = [:]
        }
        defer { state.withLock { $0.underWay -= 1 } }
        try await database.commit(changes)
    }
}

extension RecordChange {
    fileprivate var isCheck: Bool { if case .check = self { true } else { false } }
    fileprivate var isDeletion: Bool { if case .delete = self { true } else { false } }
}
