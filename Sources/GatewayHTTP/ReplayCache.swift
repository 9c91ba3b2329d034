import CryptoPrimitives
package import RecordStorage
import Synchronization

/// Knows what came in already, for at least as long as a signature is good, in bounded memory.
///
/// One process's: another host of the same deployment does not see it. Handlers take an event any number of times, so that a repeat costs work
/// and changes nothing.
package final class ReplayCache: Sendable {
    private struct State {
        /// What came since `beganAt`, and what came in the time before that.
        var recent: Set<[UInt8]> = []
        var earlier: Set<[UInt8]> = []
        var beganAt: Timestamp?
    }

    private let state = Mutex(State())
    private let window: Duration
    private let capacity: Int

    /// - Parameter capacity: names at most; what comes faster pushes the earliest out.
    package init(window: Duration, capacity: Int = 100_000) {
        (self.window, self.capacity) = (window, capacity)
    }

    /// - Returns: whether it is new.
    package func insert(_ name: [UInt8], at now: Timestamp) -> Bool {
        let name = Self.short(name)
        return state.withLock { state in
            let age = state.beganAt.map { now - $0 } ?? .zero
            if state.beganAt == nil || age >= window || age < .zero || state.recent.count >= capacity / 2 {
                // A clock that went back forgets nothing.
                state.earlier = age >= window + window ? [] : state.recent.union(age < .zero ? state.earlier : [])
                (state.recent, state.beganAt) = ([], now)
            }
            guard !state.recent.contains(name), !state.earlier.contains(name) else { return false }
            state.recent.insert(name)
            return true
        }
    }

    package func remove(_ name: [UInt8]) {
        let name = Self.short(name)
        state.withLock { state in
            state.recent.remove(name)
            state.earlier.remove(name)
        }
    }

    var count: Int { state.withLock { $0.recent.count + $0.earlier.count } }

    private static func short(_ name: [UInt8]) -> [UInt8] { Array(SHA256.hash(name).prefix(16)) }
}
