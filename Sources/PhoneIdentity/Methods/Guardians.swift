public import IdentityTypes
public import OTPEngine
import PhoneNormalization
import RecordStorage
public import SealedStore

/// What a guardian is asked.
public enum GuardianQuestion: Hashable, Sendable {
    /// To answer for somebody new.
    case signUp
    /// To let a ward back in, by the host's own pseudonym.
    case recovery(of: Pseudonym)
}

extension IdentityService {
    /// Asks for a guardian's word, for somebody who signs up without a number of their own.
    ///
    /// The invitation goes to the guardian by whatever way the two have: a link, a QR code. The guardian, signed in and with a number of their own,
    /// answers by ``answer(guardianInvitation:to:as:proof:approving:)``; the claim then completes a sign-up begun with `.guardian`.
    ///
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `otp.networkLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `.busy` or a storage code.
    public func requestGuardian(by requester: Requester) async throws(IdentityError) -> GuardianRequest {
        try offer(.guardian, for: .signUp)
        return try await request(isSignUp: true, nil, requester)
    }

    /// Asks the guardian of an account to let its owner back in; the same answer whether there is such an account or not.
    ///
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `.unknownPseudonym`, `.erasing`, a `phone.` code, `otp.networkLimited`, `otp.proofInvalid`,
    ///   `otp.requesterInvalid`, `.busy`, a storage or vault code.
    public func requestGuardian(
        recovering account: AccountName, by requester: Requester
    ) async throws(IdentityError) -> GuardianRequest {
        try offer(.guardian, for: .recovery)
        return try await request(isSignUp: false, account, requester)
    }

    private func request(
        isSignUp: Bool, _ account: AccountName?, _ requester: Requester
    ) async throws(IdentityError) -> GuardianRequest {
        try await observing(.begin) { () async throws(IdentityError) in
            let requester = try await checked(requester)
            do throws(OTPError) { try engine.refuseIfLimited(requester) } catch { throw IdentityError(error) }
            let subject: SubjectID? = if let account { try await self.subject(of: account) } else { nil }
            return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> GuardianRequest in
                do throws(OTPError) { try await engine.stageQuestion(by: requester, in: &commit) } catch { throw IdentityError(error) }
                return guardians.stageRequest(isSignUp: isSignUp, subject: subject, in: &commit)
            }
        }
    }

    /// What an invitation asks of a guardian, to be shown to them before they answer.
    ///
    /// - Throws: ``IdentityError``: `otp.invitationInvalid`, `.guardianRefused` (it is about somebody whose guardian this is not),
    ///   `.unknownPseudonym`, `.erasing` or a storage code.
    public func guardianQuestion(invitation: String, to guardian: Pseudonym) async throws(IdentityError) -> GuardianQuestion {
        let (enrolment, _) = try await person(guardian)
        let request: (StoredRecord, GuardianRequestState)
        do throws(OTPError) { request = try await guardians.request(invitation: invitation) } catch { throw IdentityError(error) }
        return try await question(request.1, enrolment)
    }

    private func question(_ request: GuardianRequestState, _ guardian: Enrolment) async throws(IdentityError) -> GuardianQuestion {
        guard !request.isSignUp else { return .signUp }
        guard let subject = request.subject, let ward = try await enrolment(of: subject)?.0, ward.guardian == guardian.subject,
            ward.state == .active
        else { throw Self.guardianRefused }
        return .recovery(of: try hostPseudonym(of: ward))
    }

    /// Where a request stands, for who asked.
    ///
    /// - Throws: ``IdentityError``: `otp.invitationInvalid` or a storage code.
    public func guardianAnswer(claim: String) async throws(IdentityError) -> GuardianAnswer {
        do throws(OTPError) { return try await guardians.answer(claim: claim) } catch { throw IdentityError(error) }
    }

    /// Takes a guardian's answer.
    ///
    /// - Parameters:
    ///   - question: what the guardian was shown, as ``guardianQuestion(invitation:to:)`` told it: nobody vouches for a new account and lets
    ///     somebody into an old one.
    ///   - guardian: a person with a proven number and no guardian of their own; of a recovery, the account's own guardian.
    ///   - proof: of their step-up for ``StepUpReason/guardianApproval``.
    /// - Throws: ``IdentityError``: `otp.invitationInvalid`, `.guardianRefused`, `.proofMismatch`, `.unknownPseudonym`, `.erasing`, `.busy` or a
    ///   storage code.
    public func answer(
        guardianInvitation invitation: String, to question: GuardianQuestion, as guardian: Pseudonym, proof: StepUpProof,
        approving isApproved: Bool
    ) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            let (enrolment, record) = try await person(guardian)
            try check(proof, of: enrolment, for: .guardianApproval)
            let request: (StoredRecord, GuardianRequestState)
            do throws(OTPError) { request = try await guardians.request(invitation: invitation) } catch { throw IdentityError(error) }
            guard enrolment.number != nil, enrolment.guardian == nil else { throw Self.guardianRefused }
            guard try await self.question(request.1, enrolment) == question else { throw Self.guardianRefused }
            if request.1.isSignUp, !mayHaveAnotherWard(enrolment) { throw Self.guardianRefused }
            commit.check(record)
            guardians.stageAnswer(isApproved ? .approved(by: enrolment.subject, at: now) : .denied, to: request, in: &commit)
            outbox.record(
                [
                    AuditEvent(
                        isApproved ? .guardianApproved : .guardianDenied, purpose: request.1.isSignUp ? .verification : .accountRecovery,
                        at: now, subject: enrolment.audit, random: environment.random)
                ], in: &commit)
        }
    }

    static var guardianRefused: IdentityError {
        IdentityError(
            .guardianRefused,
            "A guardian has a proven number, no guardian of their own, and not too many wards; of a recovery it is the account's own.")
    }

    private func mayHaveAnotherWard(_ guardian: Enrolment) -> Bool {
        Int(guardian.wards) < min(environment.policy.methods.wardLimit, Int(UInt8.max))
    }

    /// Who may take in a ward; else refused.
    func guardian(_ subject: SubjectID) async throws(IdentityError) -> (Enrolment, StoredRecord) {
        guard let (found, record) = try await enrolment(of: subject), found.state == .active, found.number != nil,
            mayHaveAnotherWard(found)
        else { throw Self.guardianRefused }
        return (found, record)
    }

    /// One ward more, in the commit of the ward's enrolment.
    func stage(ward: SubjectID, of guardian: SubjectID, in commit: inout StagedCommit) async throws(IdentityError) {
        var (enrolment, record) = try await self.guardian(guardian)
        enrolment.wards += 1
        record = commit.put(enrolment.encoded, at: record.key, replacing: record)
        commit.insert([1], at: wardKey(guardian, ward))
    }

    /// Where it is noted whose guardian somebody is.
    private func wardKey(_ guardian: SubjectID, _ ward: SubjectID) -> RecordKey {
        RecordKey(partition: environment.partitions.partition(of: guardian.bytes), collection: "ward", row: guardian.bytes + ward.bytes)
    }

    /// One fewer, in the commit that takes the ward's rows away.
    func stageEndOfGuardianship(of ward: Enrolment, in commit: inout StagedCommit) async throws(StorageError) {
        guard let guardian = ward.guardian else { return }
        let found = try await store.records(at: [Enrolment.key(guardian, environment.partitions), wardKey(guardian, ward.subject)])
        if let note = found[1] { commit.delete(note) }
        guard let record = found[0] else { return }
        var enrolment = try Enrolment(record)
        guard enrolment.wards > 0 else { return }
        enrolment.wards -= 1
        commit.put(enrolment.encoded, at: record.key, replacing: record)
    }

    /// Wards whose guardian is being erased have none from then on. At most a commit's worth.
    ///
    /// - Returns: whether these were all.
    func stageEndOfGuardianship(by guardian: SubjectID, in commit: inout StagedCommit) async throws(StorageError) -> Bool {
        let range = RecordRange(
            partition: environment.partitions.partition(of: guardian.bytes), collection: "ward", after: guardian.bytes)
        let notes = try await store.records(in: range, limit: 300).filter { $0.key.row.starts(with: guardian.bytes) }
        for note in notes {
            commit.delete(note)
            guard let ward = SubjectID(bytes: Array(note.key.row.dropFirst(16))),
                let record = try await store.record(at: Enrolment.key(ward, environment.partitions))
            else { continue }
            var enrolment = try Enrolment(record)
            guard enrolment.guardian == guardian else { continue }
            enrolment.guardian = nil
            commit.put(enrolment.encoded, at: record.key, replacing: record)
        }
        return notes.isEmpty
    }

    /// Whose account a person names; `nil` where there is none.
    private func subject(of account: AccountName) async throws(IdentityError) -> SubjectID? {
        if case .pseudonym(let pseudonym) = account { return try await person(pseudonym).0.subject }
        let tag = try await tags(of: account).uniqueness
        do { return try await vault.claim(of: tag)?.subject } catch { throw IdentityError(error) }
    }

    /// What a person remembers of an account, as tags.
    ///
    /// - Precondition: it is no pseudonym.
    func tags(of account: AccountName) async throws(IdentityError) -> NumberTags {
        switch account {
        case .pseudonym: preconditionFailure("A pseudonym names a person and has no tag.")
        case .number(let typed, let region):
            let parsed: PhoneNumber
            do { parsed = try PhoneNumber(parsing: typed, region: region) } catch { throw IdentityError(error) }
            let number = try Self.guarded(parsed)
            do { return try await vault.tags(of: number) } catch { throw IdentityError(error) }
        case .email(let email):
            let address = email.guarded
            do { return try await vault.tags(ofAddress: address) } catch { throw IdentityError(error) }
        }
    }
}
