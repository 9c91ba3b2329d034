public import ConsentLedger
public import IdentityTypes
import RecordStorage

extension IdentityService {
    /// Tells that the host has stored its own account for a pseudonym; from then on `.alreadyEnrolled` carries it no more.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.foreignPseudonym`, `.erasing`, `.busy` or a storage code.
    public func acknowledge(_ pseudonym: Pseudonym) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            var (enrolment, record) = try await hostPerson(pseudonym)
            guard !enrolment.isAcknowledged else { return }
            enrolment.isAcknowledged = true
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record(
                [AuditEvent(.enrolmentAcknowledged, purpose: nil, at: now, subject: enrolment.audit, random: environment.random)],
                in: &commit)
        }
    }

    /// Closes recovery by number alone for a while: the owner, signed in, says that a recovery under way is not theirs.
    ///
    /// For as long as ``RecoveryPolicy/stopHolds``. A recovery that waits is ended, and so is a change of number or e-mail address that was begun
    /// before. What nobody else can have, such as a recovery code, still lets in.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, `.busy` or a storage code.
    public func stopRecovery(_ pseudonym: Pseudonym) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            var (enrolment, record) = try await person(pseudonym)
            enrolment.recoveryWaits = []
            enrolment.securedAt = now
            enrolment.recoveryStoppedUntil = now + environment.policy.recovery.stopHolds
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            outbox.record(
                [
                    AuditEvent(
                        .recoveryStopped, purpose: .accountRecovery, at: now, subject: enrolment.audit, random: environment.random)
                ], in: &commit)
        }
    }

    /// Where every purpose stands that this person ever decided about.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing` or a storage code.
    public func consents(of pseudonym: Pseudonym) async throws(IdentityError) -> [ConsentState] {
        let (enrolment, _) = try await person(pseudonym)
        do { return try await consentRecords.states(of: enrolment.subject) } catch { throw IdentityError(error) }
    }

    /// Records what a person decided, with the words they were shown.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, `consent.notOptIn`, `consent.noticeIncomplete`, `consent.contradictory`, `.busy`
    ///   or a storage code.
    public func record(_ decisions: [ConsentDecision], for pseudonym: Pseudonym) async throws(IdentityError) {
        try await changeConsents(of: pseudonym) { subject, commit throws(ConsentError) in
            try await consentRecords.stage(decisions, of: subject, in: &commit)
        }
    }

    /// Withdraws a consent: one call, as giving is. From the answer on no new use of the number rests on it, also where it was given by a
    /// call that never got its answer.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, `consent.notOptIn`, `.busy` or a storage code.
    public func withdraw(_ purpose: PurposeCode, for pseudonym: Pseudonym, method: ConsentMethod = .settings) async throws(IdentityError) {
        try await changeConsents(of: pseudonym) { subject, commit throws(ConsentError) in
            try await consentRecords.stageWithdrawal(of: purpose, by: subject, method: method, in: &commit)
        }
    }

    /// Holds on to the person's row, so that nothing is recorded about somebody whose erasure has begun.
    private func changeConsents(
        of pseudonym: Pseudonym, _ stage: (AuditSubject, inout StagedCommit) async throws(ConsentError) -> [AuditEvent]
    ) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            let (enrolment, record) = try await person(pseudonym)
            let events: [AuditEvent]
            do throws(ConsentError) { events = try await stage(enrolment.audit, &commit) } catch { throw IdentityError(error) }
            guard !commit.isEmpty else { return }
            commit.check(record)
            outbox.record(events, in: &commit)
        }
    }
}
