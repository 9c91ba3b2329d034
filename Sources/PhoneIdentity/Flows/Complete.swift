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
