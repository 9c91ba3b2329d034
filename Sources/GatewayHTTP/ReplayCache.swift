import CryptoPrimitives
package import Messaging
package import RecordStorage
import Synchronization

/// Knows what came in already, for at least as long as a signature is good, in bounded memory.
///
/// One process's: another host of the same deployment does not see it. Handlers take an event any number of times, so that a repeat costs work
/// and changes nothing.
package final class ReplayCache: Sendable {
    /// What is known of something that comes in.
    package enum Sight {
        case new
        /// It came before, and nobody knows yet whether it could be handled.
        case underWay
        case handled
    }

    private enum Known {
        case underWay(since: Timestamp)
        case handled
    }

    /// After which something counts as given up: its handling takes no longer, or nobody says that it ended.
    private static let patience: Duration = .seconds(60)

    private struct State {
        /// What came since `beganAt`, and what came in the time before that.
        var recent: [[UInt8]: Known] = [:]
        var earlier: [[UInt8]: Known] = [:]
        var beganAt: Timestamp?
    }

    private let state = Mutex(State())
    private let window: Duration
    private let capacity: Int

    /// - Parameter capacity: names at most; what comes faster pushes the earliest out.
    package init(window: Duration, capacity: Int = 100_000) {
        (self.window, self.capacity) = (window, capacity)
    }

    /// Takes a name that is new.
    package func begin(_ name: [UInt8], at now: Timestamp) -> Sight {
        let name = Self.short(name)
        return state.withLock { state in
            let age = state.beganAt.map { now - $0 } ?? .zero
            if state.beganAt == nil || age >= window || age < .zero || state.recent.count >= capacity / 2 {
                // A clock that went back forgets nothing.
                state.earlier =
                    age >= window + window
                    ? [:]
                    : age < .zero && state.recent.count + state.earlier.count <= capacity
                        ? state.recent.merging(state.earlier) { recent, _ in recent } : state.recent
                (state.recent, state.beganAt) = ([:], now)
            }
            switch state.recent[name] ?? state.earlier[name] {
            case .handled: return .handled
            case .underWay(let since) where now >= since && now < since + Self.patience: return .underWay
            case .underWay, nil:
                state.earlier[name] = nil
                state.recent[name] = .underWay(since: now)
                return .new
            }
        }
    }

    /// Notes how that went: what could not be handled is new the next time.
    package func end(_ name: [UInt8], isHandled: Bool) {
        let name = Self.short(name)
        state.withLock { state in
            if state.recent[name] != nil { state.recent[name] = isHandled ? .handled : nil }
            if state.earlier[name] != nil { state.earlier[name] = isHandled ? .handled : nil }
        }
    }

    var count: Int { state.withLock { $0.recent.count + $0.earlier.count } }

    private static func short(_ name: [UInt8]) -> [UInt8] { Array(SHA256.hash(name).prefix(16)) }
}

extension ReplayCache {
    /// Takes what came, or says that it means nothing more.
    ///
    /// - Throws: ``TransportError`` with code `.eventUnderWay`.
    package func events(
        _ name: [UInt8], at now: Timestamp, _ events: [TransportEvent]
    ) throws(TransportError) -> [TransportEvent] {
        switch begin(name, at: now) {
        case .new: return events
        case .handled: return []
        case .underWay: throw .underWay
        }
    }
}
