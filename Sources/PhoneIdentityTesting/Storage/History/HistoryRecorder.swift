public import RecordStorage
import Synchronization

/// Writes down what is asked of the stores it wraps, and what they answer, as one ``RecordHistory``.
///
/// ```swift
/// let recorder = HistoryRecorder()
/// let store = recorder.record(MyStore())
/// // Many tasks use the store at once.
/// if let violation = recorder.history.violation() { throw violation }
/// ```
///
/// Several stores over the same database may have one recorder. It keeps every value that is read or written.
public final class HistoryRecorder: Sendable {
    private struct State {
        var tick = 0
        var operations: [RecordHistory.Operation] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// A store that writes down what goes through it to `store`.
    public func record(_ store: any RecordStore) -> some RecordStore {
        RecordedStore(store: store, recorder: self)
    }

    /// What was answered until now, and the commits under way.
    public var history: RecordHistory {
        state.withLock { RecordHistory($0.operations) }
    }

    fileprivate func begin() -> Int {
        state.withLock { state in
            state.tick += 1
            return state.tick
        }
    }

    /// A commit is in the history from its beginning: it may land and never be answered.
    fileprivate func begin(_ changes: [RecordChange]) -> Int {
        state.withLock { state in
            state.tick += 1
            state.operations.append(RecordHistory.Operation(.commit(changes, .unknown), began: state.tick, ended: .max))
            return state.operations.count - 1
        }
    }

    fileprivate func end(_ place: Int, _ changes: [RecordChange], _ outcome: RecordHistory.Outcome) {
        state.withLock { state in
            state.tick += 1
            state.operations[place].call = .commit(changes, outcome)
            state.operations[place].ended = state.tick
        }
    }

    fileprivate func end(_ call: RecordHistory.Call, began: Int) {
        state.withLock { state in
            state.tick += 1
            state.operations.append(RecordHistory.Operation(call, began: began, ended: state.tick))
        }
    }
}

private struct RecordedStore: RecordStore {
    let store: any RecordStore
    let recorder: HistoryRecorder

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        let began = recorder.begin()
        let answer = try await store.records(at: keys)
        recorder.end(.read(keys, answer: answer), began: began)
        return answer
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        let began = recorder.begin()
        let answer = try await store.records(in: range, limit: limit)
        recorder.end(.range(range, limit: limit, answer: answer), began: began)
        return answer
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        let place = recorder.begin(changes)
        do {
            try await store.commit(changes)
            recorder.end(place, changes, .made)
        } catch {
            recorder.end(place, changes, error.code == .outcomeUnknown ? .unknown : .refused(error.code))
            throw error
        }
    }
}
