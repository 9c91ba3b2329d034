import RecordStorage
import Synchronization

/// What the recorder and the sequencer of one process tell each other: rows that may be there, and who waits for which event.
///
/// Nothing of it has to last: it spares the sequencer from looking into every partition, and wakes those who wait.
final class Acknowledgements: Sendable {
    /// Rows remembered, and ids of sequenced events remembered.
    private static let capacity = 65_536
    /// After this long a row whose commit was never seen is forgotten: its commit failed, or another process sequenced it.
    private static let patience: Duration = .seconds(30)

    private struct Waiter {
        let events: [[UInt8]]
        let continuation: CheckedContinuation<StorageError?, Never>
    }

    private struct State {
        var rows: [RecordKey: (events: [[UInt8]], since: Timestamp)] = [:]
        var rowOf: [[UInt8]: RecordKey] = [:]
        /// Ids of the latest sequenced events, in a ring.
        var recent: Set<[UInt8]> = []
        var ring: [[UInt8]] = []
        var ringStart = 0
        var waiters: [UInt64: Waiter] = [:]
        var cancelledEarly: Set<UInt64> = []
        var nextID: UInt64 = 0
        /// The sequencers that work on this outbox.
        var sequencers: Set<[UInt8]> = []
    }

    /// What a round of the sequencer owes to those who waited when it began.
    struct Ticket {
        /// Rows that may be there.
        let rows: [RecordKey]
        /// The rows of those who wait.
        let awaitedRows: [RecordKey]
        let waiters: [UInt64]
        /// Somebody waits for an event this process does not know: every partition has to be looked into.
        let needsScan: Bool
    }

    private let state = Mutex(State())

    /// A sequencer works.
    func attach(_ sequencer: [UInt8]) {
        state.withLock { _ = $0.sequencers.insert(sequencer) }
    }

    /// A sequencer no longer works; after the last one those who wait are told.
    func detach(_ sequencer: [UInt8]) {
        let waiters: [Waiter] = state.withLock { state in
            state.sequencers.remove(sequencer)
            guard state.sequencers.isEmpty else { return [] }
            defer { state.waiters = [:] }
            return Self.inOrder(state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(returning: Self.stopped) }
    }

    private static var stopped: StorageError {
        StorageError(.unavailable, "No sequencer works in this process; run one and ask again. What was recorded stays recorded.")
    }

    func expect(_ events: [[UInt8]], at row: RecordKey, since time: Timestamp) {
        state.withLock { state in
            // Beyond the capacity rows are left to the sequencer's scan.
            guard state.rows.count < Self.capacity else { return }
            state.rows[row] = (events, time)
            for event in events { state.rowOf[event] = row }
        }
    }

    var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }
    var hasRows: Bool { state.withLock { !$0.rows.isEmpty } }

    func openRound(at now: Timestamp) -> Ticket {
        state.withLock { state in
            for (row, expected) in state.rows where now - expected.since > Self.patience { Self.forget(row, &state) }
            let awaited = state.waiters.values.flatMap(\.events).filter { !state.recent.contains($0) }
            let awaitedRows = awaited.compactMap { state.rowOf[$0] }
            return Ticket(
                rows: Array(state.rows.keys), awaitedRows: Array(Set(awaitedRows)), waiters: state.waiters.keys.sorted(),
                needsScan: awaitedRows.count < awaited.count)
        }
    }

    /// These events are in a checkpoint that lasts.
    func sequenced(_ events: [[UInt8]], at rows: [RecordKey]) {
        let done: [Waiter] = state.withLock { state in
            for row in rows { Self.forget(row, &state) }
            for event in events where state.recent.insert(event).inserted {
                if state.ring.count < Self.capacity {
                    state.ring.append(event)
                } else {
                    state.recent.remove(state.ring[state.ringStart])
                    state.ring[state.ringStart] = event
                    state.ringStart = (state.ringStart + 1) % Self.capacity
                }
            }
            let done = state.waiters.filter { $0.value.events.allSatisfy(state.recent.contains) }
            for id in done.keys { state.waiters[id] = nil }
            return Self.inOrder(done)
        }
        for waiter in done { waiter.continuation.resume(returning: nil) }
    }

    /// Everything that was committed before the round began and is not in `remaining` is in a checkpoint that lasts.
    func closeRound(_ ticket: Ticket, remaining: Set<[UInt8]> = []) {
        let done: [Waiter] = state.withLock { state in
            ticket.waiters.compactMap { id in
                guard let waiter = state.waiters[id], remaining.isDisjoint(with: waiter.events) else { return nil }
                for event in waiter.events { state.rowOf[event].map { Self.forget($0, &state) } }
                state.waiters[id] = nil
                return waiter
            }
        }
        for waiter in done { waiter.continuation.resume(returning: nil) }
    }

    /// In the order they came, so that a seeded run is the same each time.
    private static func inOrder(_ waiters: [UInt64: Waiter]) -> [Waiter] {
        waiters.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func forget(_ row: RecordKey, _ state: inout State) {
        for event in state.rows.removeValue(forKey: row)?.events ?? [] { state.rowOf[event] = nil }
    }

    func wait(for events: [[UInt8]]) async throws(StorageError) {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let cancelled = StorageError(.cancelled, "The task was cancelled while it waited; what was recorded stays recorded.")
        let failure: StorageError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: StorageError?? = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return .some(cancelled) }
                    if events.allSatisfy(state.recent.contains) { return .some(nil) }
                    guard !state.sequencers.isEmpty else { return .some(Self.stopped) }
                    state.waiters[id] = Waiter(events: events, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
                state.cancelledEarly.insert(id)
                return nil
            }
            waiter?.continuation.resume(returning: cancelled)
        }
        state.withLock { _ = $0.cancelledEarly.remove(id) }
        if let failure { throw failure }
    }
}
