import RecordStorage
import Synchronization

/// When a route that fails is left alone, and when it is tried again.
public struct CircuitPolicy: Hashable, Sendable {
    /// Failures in a row after which the route is left alone, 1 or more.
    public var failures = 5
    /// How long, at first; doubled each time the one message that is let through fails as well.
    public var rest: Duration = .seconds(10)
    public var longestRest: Duration = .seconds(300)

    public init() {}
}

/// Opens after failures in a row and lets one message through when its rest is over; a success of that one closes it. What was under way when it
/// opened, or when it was tried, decides nothing any more.
final class CircuitBreaker: Sendable {
    /// What a message is let through with, and reports its end by.
    struct Pass: Hashable, Sendable {
        fileprivate let generation: Int
        /// The one that tells whether the route works again.
        let isProbe: Bool
    }

    enum Permission: Hashable, Sendable {
        case pass(Pass)
        case rest(until: Timestamp)
    }

    private struct State {
        var generation = 0
        var failures = 0
        var rests = 0
        var restsUntil: Timestamp?
        var isProbing = false
    }

    private let policy: CircuitPolicy
    private let state = Mutex(State())

    init(_ policy: CircuitPolicy) { self.policy = policy }

    func ask(at now: Timestamp) -> Permission {
        state.withLock { state in
            guard let until = state.restsUntil else { return .pass(Pass(generation: state.generation, isProbe: false)) }
            guard now >= until, !state.isProbing else { return .rest(until: until) }
            state.isProbing = true
            state.generation += 1
            return .pass(Pass(generation: state.generation, isProbe: true))
        }
    }

    func succeeded(_ pass: Pass) {
        state.withLock { state in
            guard pass.generation == state.generation else { return }
            state = State(generation: state.generation)
        }
    }

    /// It came to no end that says anything of the route: the next may try.
    func gaveUp(_ pass: Pass) {
        state.withLock { if pass.isProbe, pass.generation == $0.generation { $0.isProbing = false } }
    }

    /// - Parameter pause: as long as the gateway itself asks for.
    func failed(_ pass: Pass, at now: Timestamp, pause: Duration?) {
        state.withLock { state in
            guard pass.generation == state.generation else { return }
            state.failures += 1
            guard pass.isProbe || pause != nil || state.failures >= max(policy.failures, 1) else { return }
            let rest = min(policy.rest * (1 << min(state.rests, 8)), policy.longestRest)
            state.restsUntil = now + max(rest, min(pause ?? .zero, policy.longestRest))
            state.rests += 1
            state.isProbing = false
            state.generation += 1
        }
    }
}

extension TransportError {
    /// Whether it tells of the route, and not of this message: a number that does not exist fails everywhere.
    var isOfRoute: Bool {
        switch refusal?.cause {
        case .regionDisabled, .senderNotRegistered, .throttled, .insufficientFunds, .unauthorized, .malformed, .gatewayDown, .filtered: true
        case .numberInvalid, .unreachable, .lineTypeUnsupported, .optedOut, .expired: false
        case .unknown, nil: code == .notSent || code == .maybeSent
        }
    }

    /// Whether the route has only no room just now: the next may have, and this one is well.
    var isForWantOfRoom: Bool { refusal?.cause == .throttled && retryAfter == nil }
}
