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
    ///   `.consentsNotExpected`, `.noAccount`, `.recoveryStopped`, `.alreadyClaimed`, `.simChanged`, `.unknownPseudonym` (erased meanwhile). After `.busy`, `otp.busy`,
    ///   `otp.unavailable`, `vault.unavailable` or a storage code: send the same attempt with the same code again; it is not paid twice.
    public func complete(
        _ token: ChallengeToken, code: String, attempt: AttemptID, requester: Requester, consents: [ConsentDecision] = []
    ) async throws(IdentityError) -> CompletedChallenge {
        try await complete(token, answer: .code(code), attempt: attempt, requester: requester, consents: consents)
    }

    /// The same for an answer to any method.
    ///
    /// - Throws: ``IdentityError`` as ``complete(_:code:attempt:requester:consents:)``; of an authenticator app also `otp.codeUsed`,
    ///   `otp.authenticatorNotFound`, `otp.authenticatorKeyUnknown`; of a guardian `.guardianRefused`; what a host's own method throws.
    public func complete(
        _ token: ChallengeToken, answer: VerificationAnswer, attempt: AttemptID, requester: Requester, consents: [ConsentDecision] = []
    ) async throws(IdentityError) -> CompletedChallenge {
        try await observing(.complete) { () async throws(IdentityError) in
            do throws(ConsentError) { try ConsentRecords.validate(consents) } catch { throw IdentityError(error) }
            let requester = try await checked(requester)
            switch try await paid(token, answer, attempt, requester) {
            case .repeated(let repeated):
                return try await completed(
                    try Self.outcome(repeated.outcome), challenge: repeated.challenge, repeated.method, repeated.reason, repeated.device)
            case .right(let guess):
                let outcome: Outcome
                switch (guess.purpose, guess.subject) {
                case (.verification, nil):
                    let (enrolled, fresh) = try await enrol(guess, consents)
                    if let fresh {
                        note(guess, enrolled)
                        return CompletedChallenge(
                            verdict: .enrolled(fresh), deviceToken: guess.method.isPhone ? guess.device : nil, proof: nil)
                    }
                    outcome = enrolled
                case (.verification, let subject?): outcome = try await change(of: subject, guess, consents)
                case (.accountRecovery, _): outcome = try await recover(guess, consents)
                case (.stepUpVerification, _): outcome = try await stepUp(guess, consents)
                }
                note(guess, outcome)
                return try await completed(outcome, challenge: guess.challenge, guess.method, guess.reason, guess.device)
            }
        }
    }

    private func paid(
        _ token: ChallengeToken, _ answer: VerificationAnswer, _ attempt: AttemptID, _ requester: Requester
    ) async throws(IdentityError) -> PaidGuess {
        do throws(OTPError) {
            return try await engine.pay(
                token, answer: try answer.parsed(), attempt: attempt, requester: requester, methods: methods, naming: named)
        } catch {
            throw IdentityError(error)
        }
    }

    /// Somebody whom a challenge is about; `nil` of a decoy, and where they are gone.
    func named(_ subject: SubjectID) async throws(OTPError) -> NamedPerson? {
        do throws(StorageError) {
            let record = try await store.record(at: Enrolment.key(subject, environment.partitions))
            // Of nobody the work is done on somebody who is not there, so that it takes as long.
            let enrolment = try Enrolment(record ?? nobody)
            let person = NamedPerson(try pseudonym(of: enrolment, for: .host), enrolment.audit)
            return record == nil || enrolment.state != .active ? nil : person
        } catch {
            throw OTPError(failing: error)
        }
    }

    func assurance(of guess: RightGuess) -> Assurance { methods[guess.method]?.assurance ?? .vouched }

    // MARK: Sign-up

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
    private func enrol(
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

    // MARK: Recovery

    private func recover(_ guess: RightGuess, _ consents: [ConsentDecision]) async throws(IdentityError) -> Outcome {
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

    /// Whether the number or address that was just proven is still this person's.
    func isStillTheirs(_ enrolment: Enrolment, _ guess: RightGuess) throws(IdentityError) -> Bool {
        if guess.method.isPhone {
            return try Self.ticket { () throws(OTPError) in try guess.content() }.tag == enrolment.number?.tag
        }
        if guess.method == .email {
            return try Self.addressTicket { () throws(OTPError) in try guess.content() }.tag == enrolment.email?.tag
        }
        return true
    }

    // MARK: Step-up

    private func stepUp(_ guess: RightGuess, _ consents: [ConsentDecision]) async throws(IdentityError) -> Outcome {
        try refuse(consents)
        if guess.method.isPhone {
            let ticket = try Self.ticket { () throws(OTPError) in try guess.content() }
            if await simIsNew(ticket.number) {
                throw IdentityError(.simChanged, "The SIM card of this number was changed lately: use another method, or wait.")
            }
        }
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Outcome in
            guard let subject = guess.subject, let (found, record) = try await enrolment(of: subject), found.state == .active else {
                throw IdentityError(.unknownPseudonym, "This person was erased since the challenge began.")
            }
            guard try isStillTheirs(found, guess) else {
                throw IdentityError(.unknownPseudonym, "The number or address is no longer this person's.")
            }
            var enrolment = found
            enrolment.note(guess.method, assurance(of: guess), at: now)
            let outcome = Outcome(.steppedUp, subject, at: now)
            let counts: ChallengeCounts
            switch try await take(guess, outcome, in: &commit) {
            case .before(let earlier): return earlier
            case .now(let taken): counts = taken
            }
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record([event(.steppedUp, .stepUpVerification, enrolment.audit, counts, guess)], in: &commit)
            return outcome
        }
    }

    // MARK: Together

    enum Taken {
        case now(ChallengeCounts)
        /// This very attempt took it before, by a commit whose outcome was not known: what it led to then.
        case before(Outcome)
    }

    /// Consumes the challenge in this commit.
    func take(_ guess: RightGuess, _ outcome: Outcome, in commit: inout StagedCommit) async throws(IdentityError) -> Taken {
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

    func place(of tag: UniquenessTag?) async throws(IdentityError) -> TagPlace? {
        guard let tag else { return nil }
        do { return try await vault.place(of: tag) } catch { throw IdentityError(error) }
    }

    func refuse(_ consents: [ConsentDecision]) throws(IdentityError) {
        guard consents.isEmpty else {
            throw IdentityError(.consentsNotExpected, "Consents come with a sign-up; otherwise record them for the pseudonym.")
        }
    }

    func event(
        _ action: AuditAction, _ purpose: PurposeCode, _ subject: AuditSubject, _ counts: ChallengeCounts, _ guess: RightGuess
    ) -> AuditEvent {
        AuditEvent(
            action, purpose: purpose, at: now, subject: subject, details: counts.details(guess.method, guess.reason),
            delayClass: counts.leafClass, random: environment.random)
    }

    // MARK: Answers

    private func completed(
        _ outcome: Outcome, challenge: ChallengeID, _ method: MethodKind, _ reason: StepUpReason?, _ device: DeviceToken
    ) async throws(IdentityError) -> CompletedChallenge {
        let verdict = try await answer(outcome, challenge: challenge, reason, method)
        var proof: StepUpProof?
        if case .recovered = verdict, let subject = outcome.subject {
            proof = vault.stepUpProof(
                subject: subject, challenge: challenge.bytes, at: outcome.time, for: .lostMethod, isByNumber: method.isPhone)
        }
        return CompletedChallenge(verdict: verdict, deviceToken: method.isPhone ? device : nil, proof: proof)
    }

    /// What an outcome means to the host now: the same for the first answer and for every repetition.
    private func answer(
        _ outcome: Outcome, challenge: ChallengeID, _ reason: StepUpReason?, _ method: MethodKind
    ) async throws(IdentityError) -> Verdict {
        switch outcome.kind {
        case .noAccount: throw IdentityError(.noAccount, "This number has no account: offer to sign up.")
        case .recoveryWaits: return .recoveryWaits(until: outcome.time)
        case .takeOverWaits: return .takeOverWaits(until: outcome.time)
        case .recoveryStopped:
            throw IdentityError(
                .recoveryStopped,
                "Recovery by this alone is closed, by the owner or because the number has changed hands: use another method.",
                retryAfter: outcome.time - now,
                until: outcome.time)
        case .alreadyClaimed:
            throw IdentityError(.alreadyClaimed, "This belongs to another account: recover that one, or give another.")
        case .enrolled, .alreadyEnrolled, .recovered, .steppedUp, .numberChanged, .emailChanged: break
        }
        guard let subject = outcome.subject, let (enrolment, _) = try await enrolment(of: subject), enrolment.state == .active else {
            throw IdentityError(.unknownPseudonym, "The person this attempt was about was erased since.")
        }
        let pseudonym = try hostPseudonym(of: enrolment)
        switch outcome.kind {
        case .enrolled: return .enrolled(pseudonym)
        case .recovered: return .recovered(pseudonym)
        case .numberChanged: return .numberChanged(pseudonym)
        case .emailChanged: return .emailChanged(pseudonym)
        case .alreadyEnrolled:
            let isFresh = !enrolment.isAcknowledged && now < enrolment.enrolledAt + environment.policy.acknowledgementTime
            return .alreadyEnrolled(isFresh ? pseudonym : nil)
        default:
            let proof = vault.stepUpProof(
                subject: subject, challenge: challenge.bytes, at: outcome.time, for: reason ?? .sensitiveChange,
                isByNumber: method.isPhone)
            return .steppedUp(pseudonym, proof)
        }
    }
}
