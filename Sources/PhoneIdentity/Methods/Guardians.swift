public import IdentityTypes
public import OTPEngine
import PhoneNormalization
import RecordStorage
public import SealedStore

extension IdentityService {
    /// Asks for a guardian's word, for somebody who signs up without a number of their own.
    ///
    /// The invitation goes to the guardian by whatever way the two have: a link, a QR code. The guardian, signed in and with a number of their own,
    /// answers by ``answer(guardianInvitation:as:proof:approving:)``; the claim then completes a sign-up begun with `.guardian`.
    ///
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `.busy` or a storage code.
    public func requestGuardian() async throws(IdentityError) -> GuardianRequest {
        try offer(.guardian, for: .signUp)
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            guardians.stageRequest(isSignUp: true, subject: nil, in: &commit)
        }
    }

    /// Asks the guardian of an account to let its owner back in; the same answer whether there is such an account or not.
    ///
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `.unknownPseudonym`, `.erasing`, a `phone.` code, `.busy`, a storage or vault code.
    public func requestGuardian(recovering account: AccountName) async throws(IdentityError) -> GuardianRequest {
        try offer(.guardian, for: .recovery)
        let subject = try await subject(of: account)
        return try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            guardians.stageRequest(isSignUp: false, subject: subject, in: &commit)
        }
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
    ///   - guardian: a person with a proven number and no guardian of their own; of a recovery, the account's own guardian.
    ///   - proof: of their step-up for ``StepUpReason/guardianApproval``.
    /// - Throws: ``IdentityError``: `otp.invitationInvalid`, `.guardianRefused`, `.proofMismatch`, `.unknownPseudonym`, `.erasing`, `.busy` or a
    ///   storage code.
    public func answer(
        guardianInvitation invitation: String, as guardian: Pseudonym, proof: StepUpProof, approving isApproved: Bool
    ) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            let (enrolment, record) = try await person(guardian)
            try check(proof, of: enrolment, for: .guardianApproval)
            let request: (StoredRecord, GuardianRequestState)
            do throws(OTPError) { request = try await guardians.request(invitation: invitation) } catch { throw IdentityError(error) }
            guard enrolment.number != nil, enrolment.guardian == nil else { throw Self.guardianRefused }
            if request.1.isSignUp {
                guard Int(enrolment.wards) < environment.policy.methods.wardLimit else { throw Self.guardianRefused }
            } else {
                guard let subject = request.1.subject, let ward = try await self.enrolment(of: subject)?.0,
                    ward.guardian == enrolment.subject
                else { throw Self.guardianRefused }
            }
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

    /// One ward more, in the commit of the ward's enrolment.
    func stageWard(of guardian: SubjectID, in commit: inout StagedCommit) async throws(IdentityError) {
        guard let (found, record) = try await enrolment(of: guardian), found.state == .active, found.number != nil,
            Int(found.wards) < environment.policy.methods.wardLimit
        else { throw Self.guardianRefused }
        var enrolment = found
        enrolment.wards += 1
        commit.put(enrolment.encoded, at: record.key, replacing: record)
    }

    /// One fewer, in the commit that takes the ward's rows away.
    func stageEndOfGuardianship(of ward: Enrolment, in commit: inout StagedCommit) async throws(StorageError) {
        guard let guardian = ward.guardian, let record = try await store.record(at: Enrolment.key(guardian, environment.partitions))
        else { return }
        var enrolment = try Enrolment(record)
        guard enrolment.wards > 0 else { return }
        enrolment.wards -= 1
        commit.put(enrolment.encoded, at: record.key, replacing: record)
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
