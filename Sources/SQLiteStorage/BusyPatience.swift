#if SQLite
    import Foundation
    import Synchronization

    /// How long the writer waits for another process, with pauses that grow: 0.1 ms doubling to 5 ms.
    ///
    /// SQLite's own busy timeout goes to pauses of 100 ms, and a process that sleeps that long beside one that commits
    /// every half millisecond hardly ever gets its turn.
    final class BusyPatience: Sendable {
        private struct State {
            var longest: Duration
            var since: ContinuousClock.Instant = .now
        }

        private let state: Mutex<State>

        init(longest: Duration) {
            state = Mutex(State(longest: longest))
        }

        /// Called by SQLite, on the writer's queue, each time it finds the file busy. Whether it shall try again.
        func waits(_ attempt: Int) -> Bool {
            let goesOn = state.withLock { state in
                if attempt == 0 { state.since = .now }
                return state.since.duration(to: .now) < state.longest
            }
            if goesOn { Thread.sleep(forTimeInterval: min(0.0001 * Double(1 << min(attempt, 6)), 0.005)) }
            return goesOn
        }

        /// Runs `body`, on the writer's queue, with less patience.
        func limited<Value, Failure: Error>(to shorter: Duration, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
            let longest = state.withLock { state in
                defer { state.longest = min(state.longest, shorter) }
                return state.longest
            }
            defer { state.withLock { $0.longest = longest } }
            return try body()
        }
    }
#endif
