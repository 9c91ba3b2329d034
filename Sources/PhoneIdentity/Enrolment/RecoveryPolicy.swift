import OTPEngine
import RecordStorage

/// When a number, an address or somebody's word lets a person back in.
///
/// Numbers are given to new people: whoever proves a number today need not be who proved it last year. So recovery by number alone
/// needs a recent proof; else it waits, visibly, and the owner can stop it. So does one by less than the person has shown before, such as an
/// e-mail address of somebody with a number. What nobody else can have, a passkey, an app or a recovery code, lets in at once.
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

    /// What shows in a recovery, and what outside services know of it.
    struct Showing: Hashable, Sendable {
        let method: MethodKind
        let assurance: Assurance
        /// The SIM card is a new one: the number shows nothing yet.
        var simIsNew = false
        /// Whether somebody else has had the number since it was last proven, where that is known.
        var wasReassigned: Bool?
    }

    /// Decides on a recovery whose answer was right, and notes in the enrolment what follows. Pure.
    func decide(_ enrolment: inout Enrolment, _ showing: Showing, at now: Timestamp) -> Verdict {
        let strongest = enrolment.strongest
        func letIn() -> Verdict {
            enrolment.note(showing.method, showing.assurance, at: now)
            enrolment.recoveryAskedAt = nil
            return .letIn
        }
        if showing.assurance >= .possession { return letIn() }
        if let until = enrolment.recoveryStoppedUntil, now < until { return .stopped(until: until) }
        let isEnough =
            if showing.method.isPhone, let number = enrolment.number {
                !showing.simIsNew && showing.wasReassigned != true
                    && (now < number.lastProof + recentProof || showing.wasReassigned == false)
            } else {
                // A guardian answers for whoever was signed up by them; an address for whoever has shown nothing more.
                showing.method == .guardian || strongest <= showing.assurance
            }
        if isEnough { return letIn() }
        if let asked = enrolment.recoveryAskedAt, now < asked + waitingTime + window {
            guard now >= asked + waitingTime else { return .wait(until: asked + waitingTime) }
            return letIn()
        }
        enrolment.recoveryAskedAt = now
        return .wait(until: now + waitingTime)
    }
}
