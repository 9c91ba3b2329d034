import ConsentLedger
import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore

extension IdentityService {
    func recover(_ guess: RightGuess, _ consents: [ConsentDecision]) async throws(IdentityError) -> Outcome {
        try refuse(consents)
        let showing = try await showing(guess)
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Outcome in
            guard let subject = guess.subject, let (found, record) = try await enrolment(of: subject), found.state == .active,
                try isStillTheirs(found, guess)
            else {
                // Erased since the challenge began, or the number is no longer theirs.
                let outcome = Outcome(.noAccount, nil, at: now)
                let counts: ChallengeCounts
                switch try await take(guess, outcome, in: &commit) {
                case .before(let earlier): return earlier
                case .now(let taken): counts = taken
                }
                outbox.record(
                    [
                        AuditEvent(
                            .recoveryNotFound, purpose: .accountRecovery, at: now, shard: guess.challenge.bytes,
                            details: counts.details(guess.method, guess.reason), delayClass: counts.leafClass,
                            random: environment.random)
                    ], in: &commit)
                return outcome
            }
            var enrolment = found
            let (kind, action, time): (Outcome.Kind, AuditAction, Timestamp)
            var isNew = false
            switch environment.policy.recovery.decide(&enrolment, showing, at: now) {
            case .letIn: (kind, action, time) = (.recovered, .recovered, now)
            case .wait(let until, let new):
                (kind, action, time) = (.recoveryWaits, .recoveryWaiting, until)
                isNew = new
            case .stopped(let until): (kind, action, time) = (.recoveryStopped, .recoveryStopped, until)
            }
            let outcome = Outcome(kind, subject, at: time)
            let counts: ChallengeCounts
            switch try await take(guess, outcome, in: &commit) {
            case .before(let earlier): return earlier
            case .now(let taken): counts = taken
            }
            if let approval = guess.use as? GuardianApproval, approval.guardian != found.guardian { throw Self.guardianRefused }
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record([event(action, .accountRecovery, enrolment.audit, counts, guess)], in: &commit)
            if kind == .recovered { try stage(.recovered, for: enrolment, in: &commit) }
            if isNew { try stage(.recoveryWaits(until: time), for: enrolment, in: &commit) }
            return outcome
        }
    }

    /// What outside services know, asked only now that the code was right, and so of no stranger's number.
    private func showing(_ guess: RightGuess) async throws(IdentityError) -> RecoveryPolicy.Showing {
        var showing = RecoveryPolicy.Showing(method: guess.method, assurance: assurance(of: guess))
        guard guess.method.isPhone, let subject = guess.subject else { return showing }
        let ticket = try Self.ticket { () throws(OTPError) in try guess.content() }
        showing.simIsNew = await simIsNew(ticket.number)
        if let lastProof = try await enrolment(of: subject)?.0.number?.lastProof,
            now >= lastProof + environment.policy.recovery.recentProof
        {
            showing.wasReassigned = await wasReassigned(ticket.number, since: lastProof)
        }
        return showing
    }
}
