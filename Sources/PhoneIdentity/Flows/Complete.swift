public import ConsentLedger
public import IdentityTypes
public import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
    /// Takes the code a person typed, and does what the challenge was begun for.
    ///
    /// First a guess is paid for, in a commit; only then is the code compared. A right code gives the guess back in the commit that takes
    /// effect. The same attempt with the same code asked again, after a timeout or a crash, gets the same answer until the challenge expires.
    ///
    /// - Parameters:
    ///   - code: as typed: digits of any script, spaces and hyphens between them.
    ///   - attempt: drawn by the client before its first try, and kept while it repeats itself.
    ///   - requester: the session the challenge was begun in.
    ///   - consents: what the person decided while signing up, with the words they were shown; part of the same commit.
    /// - Throws: ``IdentityError``: `otp.wrongCode` (with the tries left), `otp.malformedCode`, `otp.expired`, `otp.exhausted`, `otp.alreadyCompleted`,
    ///   `otp.challengeNotFound` (also for another session), `otp.tooManyGuesses`, `otp.networkLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `otp.locked`, a token's code, a `consent.` code,
    ///   `.consentsNotExpected`, `.noAccount`, `.recoveryStopped`, `.unknownPseudonym` (erased meanwhile). After `.busy`, `otp.busy`,
    ///   `otp.unavailable`, `vault.unavailable` or a storage code: send the same attempt with the same code again; it is not paid twice.
    public func complete(
        _ token: ChallengeToken, code: String, attempt: AttemptID, requester: Requester, consents: [ConsentDecision] = []
    ) async throws(IdentityError) -> CompletedChallenge {
        do { try ConsentRecords.validate(consents) } catch { throw IdentityError(error) }
        let paid: PaidGuess
        do {
            paid = try await engine.pay(token, code: try SubmittedCode(code), attempt: attempt, requester: requester)
        } catch {
            throw IdentityError(error)
        }
        switch paid {
        case .repeated(let bytes, let challenge, let device):
            return CompletedChallenge(verdict: try await answer(try Self.outcome(bytes), challenge: challenge), deviceToken: device)
        case .right(let guess):
            let outcome: Outcome
            switch guess.purpose {
            case .verification:
                let (enrolled, fresh) = try await enrol(guess, consents)
                if let fresh { return CompletedChallenge(verdict: .enrolled(fresh), deviceToken: guess.device) }
                outcome = enrolled
            case .accountRecovery: outcome = try await recover(guess, consents)
            case .stepUpVerification: outcome = try await stepUp(guess, consents)
            }
            return CompletedChallenge(verdict: try await answer(outcome, challenge: guess.challenge), deviceToken: guess.device)
        }
    }

    // MARK: Sign-up

    /// - Returns: the host's pseudonym too, where the enrolment was made just now.
    private func enrol(
        _ guess: RightGuess, _ consents: [ConsentDecision]
    ) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) {
        let ticket = try Self.ticket { () throws(OTPError) in try guess.content() }
        let tags = NumberTags(uniqueness: ticket.tag, epoch: ticket.epoch, budget: guess.tag)
        let region = ticket.region
        var prepared: PreparedEnrolment?
        var first: Staged<(Outcome, fresh: Pseudonym?)>?
        // Sealed at most once, and only when there is no claim: one put in the key service.
        let place = try await self.place(of: ticket.tag)
        if place.claim == nil {
            let staged: Result<Staged<(Outcome, fresh: Pseudonym?)>?, IdentityError>
            do {
                staged = try await vault.seal(ticket.number, for: SubjectID(random: environment.random)) { sealed in
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
            let place = try await self.place(of: tags.uniqueness)
            if let claim = place.claim {
                return (try await noteAlreadyEnrolled(claim.subject, guess, in: &commit), nil)
            }
            guard let prepared = candidate else {
                // The claim that stood there is gone: its person was erased in between.
                throw IdentityError(.busy, "The number changed hands this moment: try again with the same attempt.")
            }
            return try await stageEnrolment(prepared, at: place, tags, region, guess, consents, in: &commit)
        }
    }

    private func stageEnrolment(
        _ prepared: PreparedEnrolment, at place: TagPlace, _ tags: NumberTags, _ region: String, _ guess: RightGuess,
        _ consents: [ConsentDecision], in commit: inout StagedCommit
    ) async throws(IdentityError) -> (Outcome, fresh: Pseudonym?) {
        let subject = prepared.audit.id
        let outcome = Outcome(.enrolled, subject, at: now)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return (earlier, nil)
        case .now(let taken): counts = taken
        }
        let (wrappedSeed, pseudonym) = pseudonyms.draw(for: subject)
        let enrolment = Enrolment(
            subject: subject, record: prepared.record, tag: tags.uniqueness, epoch: tags.epoch, historyKey: prepared.audit.historyKey,
            wrappedSeed: wrappedSeed, region: region, metadataVersion: PhoneMetadata.version, enrolledAt: now,
            lastProof: now)
        do { try vault.stage(prepared, tags: tags, at: place, in: &commit) } catch { throw IdentityError(error) }
        commit.insert(enrolment.encoded, at: Enrolment.key(subject, environment.partitions))
        pseudonyms.stage(pseudonym, of: subject, for: .host, in: &commit)
        var events = [event(.enrolled, .verification, enrolment.audit, counts)]
        do { events += try await consentRecords.stage(consents, of: enrolment.audit, in: &commit) } catch { throw IdentityError(error) }
        outbox.record(events, underNew: prepared.historyKey, in: &commit)
        return (outcome, pseudonym)
    }

    private func noteAlreadyEnrolled(
        _ subject: SubjectID, _ guess: RightGuess, in commit: inout StagedCommit
    ) async throws(IdentityError) -> Outcome {
        // Looked at first: a challenge is not spent on an account that is about to be gone.
        guard let (enrolment, record) = try await enrolment(of: subject), enrolment.state == .active else {
            throw IdentityError(
                .erasing, "The earlier account of this number is being erased: try again in a moment with the same attempt.")
        }
        let outcome = Outcome(.alreadyEnrolled, subject, at: now)
        let counts: ChallengeCounts
        switch try await take(guess, outcome, in: &commit) {
        case .before(let earlier): return earlier
        case .now(let taken): counts = taken
        }
        // An erasure that begins meanwhile would not find this entry in the person's history, and leave it behind.
        commit.check(record)
        outbox.record([event(.alreadyEnrolled, .verification, enrolment.audit, counts)], in: &commit)
        return outcome
    }

    // MARK: Recovery

    private func recover(_ guess: RightGuess, _ consents: [ConsentDecision]) async throws(IdentityError) -> Outcome {
        try refuse(consents)
        let tag = try Self.ticket { () throws(OTPError) in try guess.content() }.tag
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Outcome in
            let claim = try await place(of: tag).claim
            guard let claim, claim.subject == guess.subject, let (found, record) = try await enrolment(of: claim.subject),
                found.state == .active
            else {
                // Erased since the challenge began.
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
                            details: Self.details(counts),
                            random: environment.random)
                    ], in: &commit)
                return outcome
            }
            var enrolment = found
            let (kind, action, time): (Outcome.Kind, AuditAction, Timestamp)
            switch environment.policy.recovery.decide(&enrolment, at: now) {
            case .letIn: (kind, action, time) = (.recovered, .recovered, now)
            case .wait(let until): (kind, action, time) = (.recoveryWaits, .recoveryWaiting, until)
            case .stopped(let until): (kind, action, time) = (.recoveryStopped, .recoveryStopped, until)
            }
            let outcome = Outcome(kind, claim.subject, at: time)
            let counts: ChallengeCounts
            switch try await take(guess, outcome, in: &commit) {
            case .before(let earlier): return earlier
            case .now(let taken): counts = taken
            }
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record([event(action, .accountRecovery, enrolment.audit, counts)], in: &commit)
            return outcome
        }
    }

    // MARK: Step-up

    private func stepUp(_ guess: RightGuess, _ consents: [ConsentDecision]) async throws(IdentityError) -> Outcome {
        try refuse(consents)
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Outcome in
            guard let subject = guess.subject, let (found, record) = try await enrolment(of: subject), found.state == .active else {
                throw IdentityError(.unknownPseudonym, "This person was erased since the challenge began.")
            }
            var enrolment = found
            enrolment.lastProof = max(now, found.lastProof)
            let outcome = Outcome(.steppedUp, subject, at: now)
            let counts: ChallengeCounts
            switch try await take(guess, outcome, in: &commit) {
            case .before(let earlier): return earlier
            case .now(let taken): counts = taken
            }
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record([event(.steppedUp, .stepUpVerification, enrolment.audit, counts)], in: &commit)
            return outcome
        }
    }

    // MARK: Together

    private enum Taken {
        case now(ChallengeCounts)
        /// This very attempt took it before, by a commit whose outcome was not known: what it led to then.
        case before(Outcome)
    }

    /// Consumes the challenge in this commit.
    private func take(_ guess: RightGuess, _ outcome: Outcome, in commit: inout StagedCommit) async throws(IdentityError) -> Taken {
        let completion: Completion
        do {
            completion = try await engine.stageCompletion(of: guess, outcome: outcome.encoded, in: &commit)
        } catch {
            throw IdentityError(error)
        }
        switch completion {
        case .taken(let counts): return .now(counts)
        case .repeated(let bytes): return .before(try Self.outcome(bytes))
        }
    }

    private static func outcome(_ bytes: [UInt8]) throws(IdentityError) -> Outcome {
        guard let outcome = Outcome(bytes) else {
            throw IdentityError(
                StorageError(.corrupt, "A completed challenge holds no outcome in a known format; restore it from a backup."))
        }
        return outcome
    }

    private func place(of tag: UniquenessTag) async throws(IdentityError) -> TagPlace {
        do { return try await vault.place(of: tag) } catch { throw IdentityError(error) }
    }

    private func refuse(_ consents: [ConsentDecision]) throws(IdentityError) {
        guard consents.isEmpty else {
            throw IdentityError(.consentsNotExpected, "Consents come with a sign-up; otherwise record them for the pseudonym.")
        }
    }

    private static func details(_ counts: ChallengeCounts) -> [AuditEvent.Detail] {
        [.init("sends", counts.sends), .init("guesses", counts.guesses)]
    }

    private func event(
        _ action: AuditAction, _ purpose: PurposeCode, _ subject: AuditSubject, _ counts: ChallengeCounts
    ) -> AuditEvent {
        AuditEvent(action, purpose: purpose, at: now, subject: subject, details: Self.details(counts), random: environment.random)
    }

    // MARK: Answers

    /// What an outcome means to the host now: the same for the first answer and for every repetition.
    private func answer(_ outcome: Outcome, challenge: ChallengeID) async throws(IdentityError) -> Verdict {
        switch outcome.kind {
        case .noAccount: throw IdentityError(.noAccount, "This number has no account: offer to sign up.")
        case .recoveryWaits: return .recoveryWaits(until: outcome.time)
        case .recoveryStopped:
            throw IdentityError(
                .recoveryStopped, "The owner stopped recovery by number alone: use another method.", retryAfter: outcome.time - now,
                until: outcome.time)
        case .enrolled, .alreadyEnrolled, .recovered, .steppedUp: break
        }
        guard let subject = outcome.subject, let (enrolment, _) = try await enrolment(of: subject), enrolment.state == .active else {
            throw IdentityError(.unknownPseudonym, "The person this attempt was about was erased since.")
        }
        let pseudonym = try hostPseudonym(of: enrolment)
        switch outcome.kind {
        case .enrolled: return .enrolled(pseudonym)
        case .recovered: return .recovered(pseudonym)
        case .alreadyEnrolled:
            let isFresh = !enrolment.isAcknowledged && now < enrolment.enrolledAt + environment.policy.acknowledgementTime
            return .alreadyEnrolled(isFresh ? pseudonym : nil)
        default:
            return .steppedUp(pseudonym, vault.stepUpProof(subject: subject, challenge: challenge.bytes, at: outcome.time))
        }
    }
}
