public import RecordStorage
import Synchronization

/// What a ``FaultyRecordStore`` does to one commit.
public enum CommitFault: Sendable, Hashable {
    /// Nothing: the commit goes to the store.
    case none
    /// `.conflict`, although every expectation may hold: a deadlock, a serialization failure.
    case conflict
    /// `.unavailable`, and nothing written.
    case unavailable
    /// `.outcomeUnknown`, after the commit was made: the answer was lost.
    case unknownButLanded
    /// `.outcomeUnknown`, and never made: the request was lost.
    case unknownAndLost
    /// `.outcomeUnknown`, and made only just before the next call to the store: the request was slow.
    case unknownAndLate
    /// Nothing, but this much later.
    case delay(Duration)
}

/// A store in front of another one that fails on command, by a script or by chance, exactly as the contract allows.
///
/// What an engine does with each of these answers is what its tests are about. A script comes first; when it is used up,
/// faults are drawn by their shares. Reads fail with `.unavailable` while ``failReads(_:)`` has some left.
public final class FaultyRecordStore: RecordStore {
    private struct State {
        var script: [CommitFault]
        var failingReads = 0
        var late: [[RecordChange]] = []
        var attempts = 0
    }

    private let store: any RecordStore
    private let time: any TimeSource
    private let draw: (@Sendable () -> CommitFault)?
    private let state: Mutex<State>

    /// Faults in this order, one a commit; afterwards none.
    public init(_ store: any RecordStore, script: [CommitFault] = [], time: any TimeSource = SystemTimeSource()) {
        self.store = store
        self.time = time
        draw = nil
        state = Mutex(State(script: script))
    }

    /// Faults by chance: of 1,000 commits, each fault meets as many as `perMille` says.
    public init(
        _ store: any RecordStore, perMille: [CommitFault: Int], random: any RandomSource, time: any TimeSource = SystemTimeSource()
    ) {
        precondition(perMille.values.allSatisfy { $0 >= 0 } && perMille.values.reduce(0, +) <= 1000, "Shares are at most 1,000 together.")
        self.store = store
        self.time = time
        // In an order that does not change from run to run, as a dictionary's does.
        let shares = perMille.sorted { String(describing: $0.key) < String(describing: $1.key) }
        draw = {
            var place = Int(random.number(below: 1000))
            for (fault, share) in shares {
                if place < share { return fault }
                place -= share
            }
            return .none
        }
        state = Mutex(State(script: []))
    }

    /// How many commits were asked of this store, failed ones included.
    public var attempts: Int { state.withLock { $0.attempts } }

    /// Appends to the script.
    public func schedule(_ faults: CommitFault...) {
        state.withLock { $0.script += faults }
    }

    /// Lets this many of the next reads fail.
    public func failReads(_ count: Int) {
        state.withLock { $0.failingReads = count }
    }

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        try await beforeRead()
        return try await store.records(at: keys)
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await beforeRead()
        return try await store.records(in: range, limit: limit)
    }

    public func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try RecordLimits.validate(changes)
        await land()
        let unknown = StorageError(.outcomeUnknown, "The connection was lost (a fault made for a test).")
        switch nextFault() {
        case .none: try await store.commit(changes)
        case .conflict: throw StorageError(.conflict, "The engine gave up on a deadlock (a fault made for a test).")
        case .unavailable: throw StorageError(.unavailable, "The store cannot be reached (a fault made for a test).")
        case .unknownButLanded:
            try await store.commit(changes)
            throw unknown
        case .unknownAndLost: throw unknown
        case .unknownAndLate:
            state.withLock { $0.late.append(changes) }
            throw unknown
        case .delay(let duration):
            do {
                try await time.sleep(for: duration)
            } catch {
                throw StorageError(.cancelled, "The task was cancelled before the commit began.")
            }
            try await store.commit(changes)
        }
    }

    /// Makes the commits that are late, as far as their expectations still hold.
    public func land() async {
        let late = state.withLock { state in
            defer { state.late = [] }
            return state.late
        }
        for changes in late { try? await store.commit(changes) }
    }

    private func nextFault() -> CommitFault {
        let scripted: CommitFault? = state.withLock { state in
            state.attempts += 1
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        return scripted ?? draw?() ?? .none
    }

    private func beforeRead() async throws(StorageError) {
        let fails = state.withLock { state in
            guard state.failingReads > 0 else { return false }
            state.failingReads -= 1
            return true
        }
        if fails { throw StorageError(.unavailable, "The store cannot be reached (a fault made for a test).") }
        await land()
    }
}
