public import RecordStorage
import Synchronization

/// A clock that stands still until it is moved by hand. Whoever sleeps wakes when the clock is moved past their time.
public final class ManualTimeSource: TimeSource {
    private struct Sleeper {
        let id: UInt64
        let wakesAt: Timestamp
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Timestamp
        var nextID: UInt64 = 0
        var sleepers: [Sleeper] = []
        /// Cancelled before they lay down.
        var cancelledEarly: Set<UInt64> = []
    }

    private let state: Mutex<State>

    /// A clock that shows `start`; without one, 2026-01-01T00:00:00Z.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
        state = Mutex(State(now: start))
    }

    public func now() -> Timestamp {
        state.withLock { $0.now }
    }

    /// How many sleep now.
    public var sleeperCount: Int {
        state.withLock { $0.sleepers.count }
    }

    /// When the first of those who sleep will wake.
    public var nextWake: Timestamp? {
        state.withLock { $0.sleepers.map(\.wakesAt).min() }
    }

    /// Moves the clock forward.
    public func advance(by duration: Duration) {
        jump { $0 + duration }
    }

    /// Sets the clock, forward or back. Nobody wakes by a step back, and nobody's sleep becomes longer than what was asked plus the step.
    public func set(to time: Timestamp) {
        jump { _ in time }
    }

    public func sleep(for duration: Duration) async throws(CancellationError) {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let woke = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelledEarly.remove(id) != nil { return false }
                    let wakesAt = state.now + duration
                    if wakesAt <= state.now { return true }
                    state.sleepers.append(Sleeper(id: id, wakesAt: wakesAt, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let sleeper: Sleeper? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelledEarly.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelledEarly.remove(id) }
        guard woke else { throw CancellationError() }
    }

    /// Wakes in the order of time, and among equals in the order they lay down.
    private func jump(_ move: (Timestamp) -> Timestamp) {
        let awake = state.withLock { state in
            state.now = move(state.now)
            let awake = state.sleepers.filter { $0.wakesAt <= state.now }.sorted { ($0.wakesAt, $0.id) < ($1.wakesAt, $1.id) }
            state.sleepers.removeAll { $0.wakesAt <= state.now }
            return awake
        }
        for sleeper in awake { sleeper.continuation.resume(returning: true) }
    }
}
