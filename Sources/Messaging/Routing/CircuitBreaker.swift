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

/// Opens after failures in a row and lets one message through when its rest is over; a success closes it. Pure but for the lock.
final class CircuitBreaker: Sendable {
    enum Permission: Hashable, Sendable {
        case pass
        /// The one that tells whether the route works again.
        case probe
        case rest(until: Timestamp)
    }

    private struct State {
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
            guard let until = state.restsUntil else { return .pass }
            guard now >= until, !state.isProbing else { return .rest(until: until) }
            state.isProbing = true
            return .probe
        }
    }

    func succeeded() { state.withLock { $0 = State() } }

    /// A probe that came to no end, as it was cancelled: the next one may try.
    func gaveUp() { state.withLock { $0.isProbing = false } }

    /// - Parameter pause: as long as the gateway itself asks for.
    func failed(at now: Timestamp, pause: Duration?) {
        state.withLock { state in
            state.failures += 1
            state.isProbing = false
            guard state.failures >= max(policy.failures, 1) || state.restsUntil != nil || pause != nil else { return }
            let rest = min(policy.rest * (1 << min(state.rests, 8)), policy.longestRest)
            state.restsUntil = now + max(rest, min(pause ?? .zero, policy.longestRest))
            state.rests += 1
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
}
