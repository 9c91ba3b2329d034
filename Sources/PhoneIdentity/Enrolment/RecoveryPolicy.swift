import RecordStorage

/// When a number alone lets its owner back in.
///
/// Numbers are given to new people: whoever proves a number today need not be who proved it last year. So recovery by number alone
/// needs a recent proof; else it waits, visibly, and the owner can stop it.
public struct RecoveryPolicy: Hashable, Sendable {
    /// How recent. 45 days: the aging period before a US number may be given to someone else. Source: 47 CFR §52.15(f)(1)(ii).
    public var recentProof: Duration = .seconds(45 * 86_400)
    /// How long a recovery waits without one, so that an owner who still signs in can stop it.
    public var waitingTime: Duration = .seconds(7 * 86_400)
    /// How long after the waiting time it must be completed.
    public var window: Duration = .seconds(7 * 86_400)
    /// How long a stop by the owner holds.
    public var stopHolds: Duration = .seconds(30 * 86_400)

    public init() {}

    enum Verdict: Hashable, Sendable {
        case letIn
        /// Ask again from then on.
        case wait(until: Timestamp)
        case stopped(until: Timestamp)
    }

    /// Decides on a recovery whose code was right, and notes in the enrolment what follows. Pure.
    func decide(_ enrolment: inout Enrolment, at now: Timestamp) -> Verdict {
        if let until = enrolment.recoveryStoppedUntil, now < until { return .stopped(until: until) }
        if now < enrolment.lastProof + recentProof {
            enrolment.lastProof = max(now, enrolment.lastProof)
            enrolment.recoveryAskedAt = nil
            return .letIn
        }
        if let asked = enrolment.recoveryAskedAt, now < asked + waitingTime + window {
            guard now >= asked + waitingTime else { return .wait(until: asked + waitingTime) }
            enrolment.lastProof = now
            enrolment.recoveryAskedAt = nil
            return .letIn
        }
        enrolment.recoveryAskedAt = now
        return .wait(until: now + waitingTime)
    }
}
