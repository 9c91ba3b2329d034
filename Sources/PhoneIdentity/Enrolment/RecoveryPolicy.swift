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
        case wait(until: Timestamp, isNew: Bool)
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

        /// A text and a call wait together.
        fileprivate var way: MethodKind { method.isPhone ? .sms : method }
    }

    /// Decides on a recovery whose answer was right, and notes in the enrolment what follows. Pure.
    func decide(_ enrolment: inout Enrolment, _ showing: Showing, at now: Timestamp) -> Verdict {
        let strongest = enrolment.strongest
        func letIn() -> Verdict {
            enrolment.note(showing.method, showing.assurance, at: now)
            enrolment.recoveryWaits = []
            enrolment.securedAt = now
            return .letIn
        }
        if showing.assurance >= .possession { return letIn() }
        if let until = enrolment.recoveryStoppedUntil, now < until { return .stopped(until: until) }
        if showing.method.isPhone, let number = enrolment.number {
            // Whoever has it now is somebody else, however long they wait.
            if showing.wasReassigned == true { return .stopped(until: now + stopHolds) }
            if !showing.simIsNew, now < number.lastProof + recentProof || showing.wasReassigned == false { return letIn() }
        } else if strongest <= showing.assurance || showing.method == .guardian && strongest < .possession {
            // A guardian answers for whoever has nothing that nobody else can have; an address for whoever has shown nothing more.
            return letIn()
        }
        enrolment.recoveryWaits.removeAll { now >= $0.askedAt + waitingTime + window }
        if let wait = enrolment.recoveryWaits.first(where: { $0.method == showing.way }) {
            guard now >= wait.askedAt + waitingTime else { return .wait(until: wait.askedAt + waitingTime, isNew: false) }
            return letIn()
        }
        enrolment.recoveryWaits.append(.init(method: showing.way, askedAt: now))
        return .wait(until: now + waitingTime, isNew: true)
    }

    /// From when on the first recovery that waits would let somebody in.
    func waitsUntil(_ enrolment: Enrolment, at now: Timestamp) -> Timestamp? {
        enrolment.recoveryWaits.filter { now < $0.askedAt + waitingTime + window }.map { $0.askedAt + waitingTime }.min()
    }
}
