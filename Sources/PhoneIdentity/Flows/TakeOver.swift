import ConsentLedger
public import IdentityTypes
import OTPEngine
import RecordStorage
public import SealedStore

// A number that somebody new has goes to them, and nothing else does: the account that had it keeps its data and is opened to nobody.
extension IdentityService {
    /// Takes a right code of somebody who says that the account which has this number is not theirs.
    ///
    /// - Returns: the host's pseudonym too, where the enrolment was made just now.
    func takeOver(
        _ number: borrowing GuardedNumber, from claim: Claim, _ tags: NumberTags, region: String, _ guess: RightGuess,
        _ consents: [ConsentDecision]
    ) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) {
        guard let present = try await enrolment(of: claim.subject)?.0, present.state == .active else { throw Self.formerIsErasing }
        var wasReassigned: Bool?
        if let lastProof = present.number?.lastProof, now >= lastProof + environment.policy.recovery.recentProof {
            wasReassigned = await self.wasReassigned(number, since: lastProof)
        }
        let known = wasReassigned
        var supposed = present
        var sealed: (prepared: PreparedEnrolment, emptied: PreparedNumber)?
        if case .goes = environment.policy.recovery.decideTakeOver(&supposed, wasReassigned: known, at: now) {
            do throws(VaultError) {
                let emptied = try await vault.seal(another: .absent, for: present.subject, record: present.record)
                sealed = (try await vault.seal(number, for: SubjectID(random: environment.random)), emptied)
            } catch {
                throw IdentityError(error)
            }
        }
        let candidate = sealed
        let (answer, isTaken) = try await committing {
            (commit: inout StagedCommit) async throws(IdentityError) -> ((Outcome, fresh: Pseudonym?), Bool) in
            let place = try await self.place(of: tags.uniqueness)
            guard let place, place.claim?.subject == present.subject else {
                // By another attempt, unless it was this very one: then it is answered as it was then.
                guard let holder = place?.claim?.subject else { throw Self.changedHands }
                return ((try await noteAlreadyEnrolled(holder, guess, in: &commit), nil), false)
            }
            guard case (var former, let record)? = try await enrolment(of: present.subject), former.state == .active else {
                throw Self.formerIsErasing
            }
            switch environment.policy.recovery.decideTakeOver(&former, wasReassigned: known, at: now) {
            case .stays: return ((try await noteAlreadyEnrolled(former.subject, guess, in: &commit), nil), false)
            case .waits(let until, let isNew):
                let outcome = try await stageWait(until: until, isNew: isNew, former, record, guess, in: &commit)
                return ((outcome, nil), false)
            case .goes:
                guard let candidate else { throw Self.changedHands }
                let enrolled = try await stageEnrolment(
                    candidate.prepared, at: place, tags, region, guess, consents, from: former.subject, in: &commit)
                guard enrolled.fresh != nil else { return (enrolled, false) }
                try stageLoss(of: former, record, candidate.emptied, in: &commit)
                return (enrolled, true)
            }
        }
        if let candidate, isTaken { await confirm(candidate.emptied.deposit) }
        return answer
    }

    private func stageWait(
        until: Timestamp, isNew: Bool, _ former: Enrolment, _ record: StoredRecord, _ guess: RightGuess, in commit: inout StagedCommit
    ) async throws(IdentityError) -> Outcome {
        let outcome = Outcome(.takeOverWaits, former.subject, at: until)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return earlier
        case .now(let taken): counts = taken
        }
        commit.put(former.encoded, at: record.key, replacing: record)
        outbox.record([event(.takeOverWaiting, .verification, former.audit, counts, guess)], in: &commit)
        if isNew { try stage(.takeOverWaits(until: until), for: former, in: &commit) }
        return outcome
    }

    /// The number goes from the record too: what is sent to the person, or shown by it, must not reach who has it now.
    private func stageLoss(
        of person: Enrolment, _ record: StoredRecord, _ emptied: PreparedNumber, in commit: inout StagedCommit
    ) throws(IdentityError) {
        var former = person
        former.number = nil
        former.methods.removeAll { $0.kind.isPhone }
        former.recoveryWaits.removeAll { $0.method.isPhone }
        commit.put(former.encoded, at: record.key, replacing: record)
        vault.stage(emptied, in: &commit)
        outbox.record(
            [AuditEvent(.numberLost, purpose: .verification, at: now, subject: former.audit, random: environment.random)], in: &commit)
        try stage(.numberLost, for: former, in: &commit)
    }

    /// Only of a record that this very commit stored: of any other the sweep finds out, which compares.
    func confirm(_ deposit: DepositReference) async {
        do { try await environment.keyService.confirm([deposit]) } catch {
            environment.observer.observe(Observation(.keyService, "confirmation-waits", errorCode: error.code.rawValue))
        }
    }

    static var formerIsErasing: IdentityError {
        IdentityError(.erasing, "The earlier account of this number is being erased: try again in a moment with the same attempt.")
    }

    static var changedHands: IdentityError {
        IdentityError(.busy, "The number changed hands this moment: try again with the same attempt.")
    }

    // MARK: Nothing left

    /// On your word alone, for somebody who is signed in with you and has no method left, since their number went to somebody else: good for
    /// setting up a new number, address or app within 15 minutes.
    ///
    /// - Throws: ``IdentityError``: `.methodTooWeak` when there is a method that they can show, `.unknownPseudonym`, `.erasing`, `.busy` or a
    ///   storage code.
    public func proofOnHostsWord(of pseudonym: Pseudonym) async throws(IdentityError) -> StepUpProof {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> StepUpProof in
            let (enrolment, record) = try await person(pseudonym)
            guard enrolment.tier == .unverified else {
                throw IdentityError(.methodTooWeak, "This person has a method to show: ask for a step-up by it.")
            }
            commit.check(record)
            outbox.record(
                [AuditEvent(.provenByHost, purpose: nil, at: now, subject: enrolment.audit, random: environment.random)], in: &commit)
            return vault.stepUpProof(
                subject: enrolment.subject, challenge: environment.random.bytes(14), at: now, for: .lostMethod)
        }
    }
}
