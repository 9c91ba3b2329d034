import OTPEngine
import RecordStorage

/// When a number, an address or somebody's word lets a person back in.
///
/// Numbers are given to new people: whoever proves a number today need not be who proved it last year. So recovery by number alone
/// needs a recent proof; else it waits, visibly, and the owner can stop it. And whoever says that the account is not theirs
/// (``Occasion/newHolder``) waits as long for the number alone, which the owner keeps by proving it again. So does one by less than the person has shown before, such as an
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

    // MARK: The number alone

    /// What becomes of a number that has an account, once somebody who says that it is not theirs has proven it.
    enum TakeOver: Hashable, Sendable {
        case stays
        case waits(until: Timestamp, isNew: Bool)
        case goes
    }

    /// Decides it, and notes in the enrolment what follows. Pure.
    ///
    /// Whoever has the number keeps it: the owner by proving it again, which a stop of a recovery is not. So nobody is shut out for ever by
    /// somebody who has it no more.
    func decideTakeOver(_ enrolment: inout Enrolment, wasReassigned: Bool?, at now: Timestamp) -> TakeOver {
        guard let number = enrolment.number, now >= number.lastProof + recentProof, wasReassigned != false else { return .stays }
        if wasReassigned == true { return .goes }
        if let since = number.wantedSince, now < since + waitingTime + window {
            return now < since + waitingTime ? .waits(until: since + waitingTime, isNew: false) : .goes
        }
        enrolment.number?.wantedSince = now
        return .waits(until: now + waitingTime, isNew: true)
    }

    /// From when on somebody else would get the number.
    func takeOverWaitsUntil(_ enrolment: Enrolment, at now: Timestamp) -> Timestamp? {
        guard let since = enrolment.number?.wantedSince, now < since + waitingTime + window else { return nil }
        return since + waitingTime
    }

    /// From when on the first recovery that waits would let somebody in.
    func waitsUntil(_ enrolment: Enrolment, at now: Timestamp) -> Timestamp? {
        enrolment.recoveryWaits.filter { now < $0.askedAt + waitingTime + window }.map { $0.askedAt + waitingTime }.min()
    }
}
