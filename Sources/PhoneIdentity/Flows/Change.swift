import ConsentLedger
import IdentityTypes
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

// Another number or e-mail address takes the place of the one there is, or is the first.
extension IdentityService {
    /// Takes a right code that was sent to another number or address of somebody.
    func change(
        of subject: SubjectID, _ guess: RightGuess, _ consents: [ConsentDecision]
    ) async throws(IdentityError) -> Outcome {
        try refuse(consents)
        return guess.method.isPhone ? try await changeNumber(of: subject, guess) : try await changeEmail(of: subject, guess)
    }

    private func changeNumber(of subject: SubjectID, _ guess: RightGuess) async throws(IdentityError) -> Outcome {
        let ticket = try Self.ticket { () throws(OTPError) in try guess.content() }
        let (tags, region) = (
            NumberTags(uniqueness: ticket.tag, epoch: ticket.epoch, budget: guess.tag), ticket.region
        )
        guard let (present, _) = try await enrolment(of: subject), present.state == .active else { throw .unknownPseudonym }
        var prepared: PreparedNumber?
        if try await place(of: tags.uniqueness)?.claim == nil {
            do { prepared = try await vault.seal(another: ticket.number, for: subject, record: present.record) } catch {
                throw IdentityError(error)
            }
        }
        let candidate = prepared
        let (outcome, isStored) = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> (Outcome, Bool) in
            guard let (found, record) = try await enrolment(of: subject), found.state == .active else { throw .unknownPseudonym }
            let place = try await place(of: tags.uniqueness)
            var enrolment = found
            enrolment.number = .init(
                tag: tags.uniqueness, epoch: tags.epoch, region: region, metadataVersion: PhoneMetadata.version, lastProof: now)
            var isStored = false
            let outcome = try await stageChange(
                to: enrolment, from: record, old: found.number?.tag, tags, at: place, guess, .numberChanged, in: &commit
            ) { commit throws(IdentityError) in
                guard let candidate else { throw Self.changedHands }
                vault.stage(candidate, in: &commit)
                isStored = true
            }
            return (outcome, isStored)
        }
        if let candidate, isStored { await confirm(candidate.deposit) }
        return outcome
    }

    private func changeEmail(of subject: SubjectID, _ guess: RightGuess) async throws(IdentityError) -> Outcome {
        let ticket = try Self.addressTicket { () throws(OTPError) in try guess.content() }
        let tags = NumberTags(uniqueness: ticket.tag, epoch: ticket.epoch, budget: guess.tag)
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Outcome in
            guard let (found, record) = try await enrolment(of: subject), found.state == .active else { throw .unknownPseudonym }
            let place = try await place(of: tags.uniqueness)
            var enrolment = found
            enrolment.email = .init(tag: tags.uniqueness, epoch: tags.epoch, lastProof: now)
            return try await stageChange(
                to: enrolment, from: record, old: found.email?.tag, tags, at: place, guess, .emailChanged, in: &commit)
        }
    }

    private func stageChange(
        to changed: Enrolment, from record: StoredRecord, old: UniquenessTag?, _ tags: NumberTags, at place: TagPlace?, _ guess: RightGuess,
        _ kind: Outcome.Kind, in commit: inout StagedCommit,
        _ stageMore: (inout StagedCommit) throws(IdentityError) -> Void = { _ in }
    ) async throws(IdentityError) -> Outcome {
        // Begun before the account was recovered, or a recovery stopped: by whoever it was taken back from.
        guard changed.securedAt <= guess.begunAt else { throw Self.proofMismatch }
        var enrolment = changed
        let isTheirs = place?.claim?.subject == enrolment.subject
        let isTaken = place?.claim != nil && !isTheirs
        let outcome = Outcome(isTaken ? .alreadyClaimed : kind, enrolment.subject, at: now)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return earlier
        case .now(let taken): counts = taken
        }
        let action: AuditAction = isTaken ? .alreadyEnrolled : kind == .numberChanged ? .numberChanged : .emailChanged
        outbox.record([event(action, .verification, enrolment.audit, counts, guess)], in: &commit)
        guard !isTaken else {
            commit.check(record)
            return outcome
        }
        enrolment.note(guess.method, assurance(of: guess), at: now)
        commit.put(enrolment.encoded, at: record.key, replacing: record)
        // Proven again, nothing else.
        guard !isTheirs else { return outcome }
        do throws(StorageError) {
            guard let place else { preconditionFailure("A number and an address have a place.") }
            try vault.stageClaim(by: enrolment.subject, record: enrolment.record, tags, at: place, in: &commit)
            if let old { try await vault.stageRemoval(ofClaim: old, by: enrolment.subject, in: &commit) }
        } catch {
            throw IdentityError(error)
        }
        try stageMore(&commit)
        try stage(kind == .numberChanged ? .numberChanged : .emailChanged, for: enrolment, in: &commit)
        return outcome
    }
}
