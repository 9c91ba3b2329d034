import ConsentLedger
import IdentityTypes
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
    /// What a new person shows at their sign-up.
    private struct SignUp: ~Copyable {
        let number: GuardedNumber
        /// Of the number or the address; `nil` where there is neither.
        let tags: NumberTags?
        let region: String
        let isNewHolder: Bool

        private init(_ number: consuming GuardedNumber, _ tags: NumberTags?, region: String = "", isNewHolder: Bool = false) {
            (self.tags, self.region, self.isNewHolder) = (tags, region, isNewHolder)
            self.number = number
        }

        static func read(_ guess: RightGuess) throws(IdentityError) -> SignUp {
            if guess.method.isPhone {
                let ticket = try IdentityService.ticket { () throws(OTPError) in try guess.content() }
                let tags = NumberTags(uniqueness: ticket.tag, epoch: ticket.epoch, budget: guess.tag)
                return SignUp(ticket.number.duplicate(), tags, region: ticket.region, isNewHolder: ticket.isNewHolder)
            }
            guard guess.method == .email else { return SignUp(GuardedNumber.absent, nil) }
            let ticket = try IdentityService.addressTicket { () throws(OTPError) in try guess.content() }
            return SignUp(
                GuardedNumber.absent, NumberTags(uniqueness: ticket.tag, epoch: ticket.epoch, budget: guess.tag))
        }
    }

    /// - Returns: the host's pseudonym too, where the enrolment was made just now.
    func enrol(
        _ guess: RightGuess, _ consents: [ConsentDecision]
    ) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) {
        let signUp = try SignUp.read(guess)
        // Before anything is deposited.
        if let approval = guess.use as? GuardianApproval { _ = try await guardian(approval.guardian) }
        let (tags, region) = (signUp.tags, signUp.region)
        var prepared: PreparedEnrolment?
        var first: Staged<(Outcome, fresh: Pseudonym?)>?
        // Sealed at most once, and only when there is no claim: one put in the key service.
        let place = try await self.place(of: tags?.uniqueness)
        if signUp.isNewHolder, let tags, let claim = place?.claim {
            return try await takeOver(signUp.number, from: claim, tags, region: region, guess, consents)
        }
        if place?.claim == nil {
            let staged: Result<Staged<(Outcome, fresh: Pseudonym?)>?, IdentityError>
            do {
                staged = try await vault.seal(signUp.number, for: SubjectID(random: environment.random)) { sealed in
                    prepared = sealed
                    return await self.staging { (commit: inout StagedCommit) async throws(IdentityError) in
                        try await stageEnrolment(sealed, at: place, tags, region, guess, consents, in: &commit)
                    }
                }
            } catch {
                throw IdentityError(error)
            }
            first = try staged.get()
        }
        let candidate = prepared
        return try await committing(first) { (commit: inout StagedCommit) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) in
            let place = try await self.place(of: tags?.uniqueness)
            if let claim = place?.claim {
                return (try await noteAlreadyEnrolled(claim.subject, guess, in: &commit), nil)
            }
            guard let prepared = candidate else {
                // The claim that stood there is gone: its person was erased in between.
                throw Self.changedHands
            }
            return try await stageEnrolment(prepared, at: place, tags, region, guess, consents, in: &commit)
        }
    }

    /// - Parameter former: from whom the number is taken.
    func stageEnrolment(
        _ prepared: PreparedEnrolment, at place: TagPlace?, _ tags: NumberTags?, _ region: String, _ guess: RightGuess,
        _ consents: [ConsentDecision], from former: SubjectID? = nil, in commit: inout StagedCommit
    ) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) {
        let subject = prepared.audit.id
        let outcome = Outcome(.enrolled, subject, at: now)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return (earlier, nil)
        case .now(let taken): counts = taken
        }
        let (wrappedSeed, pseudonym) = pseudonyms.draw(for: subject)
        var enrolment = Enrolment(
            subject: subject, record: prepared.record, historyKey: prepared.audit.historyKey, wrappedSeed: wrappedSeed, enrolledAt: now)
        if let tags, guess.method.isPhone {
            enrolment.number = .init(
                tag: tags.uniqueness, epoch: tags.epoch, region: region, metadataVersion: PhoneMetadata.version, lastProof: now)
        } else if let tags {
            enrolment.email = .init(tag: tags.uniqueness, epoch: tags.epoch, lastProof: now)
        }
        enrolment.note(guess.method, assurance(of: guess), at: now)
        if let approval = guess.use as? GuardianApproval {
            enrolment.guardian = approval.guardian
            try await stage(ward: subject, of: approval.guardian, in: &commit)
        }
        do throws(StorageError) {
            if let tags, let place {
                try vault.stageClaim(by: subject, record: prepared.record, tags, at: place, from: former, in: &commit)
            }
        } catch {
            throw IdentityError(error)
        }
        vault.stage(prepared, in: &commit)
        commit.insert(enrolment.encoded, at: Enrolment.key(subject, environment.partitions))
        pseudonyms.stage(pseudonym, of: subject, for: .host, in: &commit)
        var events = [event(.enrolled, .verification, enrolment.audit, counts, guess)]
        do { events += try await consentRecords.stage(consents, of: enrolment.audit, in: &commit) } catch { throw IdentityError(error) }
        outbox.record(events, underNew: prepared.historyKey, in: &commit)
        return (outcome, pseudonym)
    }

    func noteAlreadyEnrolled(
        _ subject: SubjectID, _ guess: RightGuess, in commit: inout StagedCommit
    ) async throws(IdentityError) -> Outcome {
        // Looked at first: a challenge is not spent on an account that is about to be gone.
        guard let (enrolment, record) = try await enrolment(of: subject), enrolment.state == .active else {
            throw Self.formerIsErasing
        }
        let outcome = Outcome(.alreadyEnrolled, subject, at: now)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return earlier
        case .now(let taken): counts = taken
        }
        // An erasure that begins meanwhile would not find this entry in the person's history, and leave it behind.
        commit.check(record)
        outbox.record([event(.alreadyEnrolled, .verification, enrolment.audit, counts, guess)], in: &commit)
        return outcome
    }
}
