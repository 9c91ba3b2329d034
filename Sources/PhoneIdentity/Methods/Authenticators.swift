public import IdentityTypes
public import OTPEngine
import RecordStorage
public import SealedStore

/// Who somebody is, as far as the service may rest on it.
public struct PersonStanding: Hashable, Sendable {
    public let tier: VerificationTier
    /// Every method that the person has completed, and when last.
    public let methods: [CompletedMethod]
    public let hasNumber: Bool
    public let hasEmail: Bool
    public let authenticator: AuthenticatorStanding
    /// From when on a recovery that waits would let somebody in; `nil` where none waits. The owner can `stopRecovery`.
    public let recoveryWaitsUntil: Timestamp?
    /// From when on somebody else would get the number; `nil` where nobody wants it. The owner keeps it by proving it again.
    public let takeOverWaitsUntil: Timestamp?
}

extension IdentityService {
    /// The person's tier, and what it was computed from.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing` or a storage code.
    public func standing(of pseudonym: Pseudonym) async throws(IdentityError) -> PersonStanding {
        let (enrolment, _) = try await person(pseudonym)
        let standing: AuthenticatorStanding
        do throws(OTPError) { standing = try await authenticator.standing(of: enrolment.audit) } catch { throw IdentityError(error) }
        return PersonStanding(
            tier: enrolment.tier, methods: enrolment.methods, hasNumber: enrolment.number != nil, hasEmail: enrolment.email != nil,
            authenticator: standing, recoveryWaitsUntil: environment.policy.recovery.waitsUntil(enrolment, at: now),
            takeOverWaitsUntil: environment.policy.recovery.takeOverWaitsUntil(enrolment, at: now))
    }

    /// Draws a secret for a person's authenticator app. What was set up before goes on until the new one's first code.
    ///
    /// - Parameters:
    ///   - proof: of a step-up for ``StepUpReason/methodChange``, or of a recovery.
    ///   - label: what the app shows.
    /// - Throws: ``IdentityError``: `.proofMismatch`, `.unknownPseudonym`, `.erasing`, `otp.locked`, `.busy` or a storage code.
    public func beginAuthenticator(
        of pseudonym: Pseudonym, proof: StepUpProof, label: AuthenticatorLabel, parameters: AuthenticatorParameters = .standard
    ) async throws(IdentityError) -> AuthenticatorEnrolment {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> AuthenticatorEnrolment in
            let (enrolment, record) = try await person(pseudonym)
            try check(proof, of: enrolment, for: .methodChange)
            commit.check(record)
            do throws(OTPError) {
                return try await authenticator.stageEnrolmentBegin(
                    of: enrolment.audit, label: label, parameters: parameters, in: &commit)
            } catch {
                throw IdentityError(error)
            }
        }
    }

    /// Takes the first code of a new app, and sets it up.
    ///
    /// - Returns: recovery codes, to be shown once; `nil` where this very attempt did it before and its answer was lost: make new ones.
    /// - Throws: ``IdentityError``: `otp.wrongCode`, `otp.malformedCode`, `otp.tooManyGuesses`, `otp.locked`, `otp.expired`,
    ///   `otp.authenticatorNotFound`, `otp.authenticatorKeyUnknown`, `.unknownPseudonym`, `.erasing`, `.busy` or a storage code.
    public func completeAuthenticator(
        of pseudonym: Pseudonym, code: String, attempt: AttemptID
    ) async throws(IdentityError) -> RecoveryCodes? {
        try await observing(.complete) { () async throws(IdentityError) in
            let guess: RightEnrolment
            let found = try await person(pseudonym).0
            do throws(OTPError) {
                switch try await authenticator.payEnrolment(try SubmittedCode(code), of: found.audit, attempt: attempt) {
                case .repeated: return nil
                case .right(let right): guess = right
                }
            } catch {
                throw IdentityError(error)
            }
            return try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> RecoveryCodes? in
                var (enrolment, record) = try await person(pseudonym)
                let completion: EnrolmentCompletion
                do throws(OTPError) { completion = try await authenticator.stageEnrolment(of: guess, outcome: [], in: &commit) } catch {
                    throw IdentityError(error)
                }
                guard case .enrolled(let codes) = completion else { return nil }
                enrolment.note(.authenticatorApp, .possession, at: now)
                commit.put(enrolment.encoded, at: record.key, replacing: record)
                try stage(.authenticatorChanged, for: enrolment, in: &commit)
                return codes
            }
        }
    }

    /// Draws new recovery codes. Those before are worth nothing from then on.
    ///
    /// - Throws: ``IdentityError``: `.proofMismatch`, `otp.authenticatorNotFound`, `.unknownPseudonym`, `.erasing`, `.busy` or a storage code.
    public func replaceRecoveryCodes(of pseudonym: Pseudonym, proof: StepUpProof) async throws(IdentityError) -> RecoveryCodes {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> RecoveryCodes in
            let (enrolment, record) = try await person(pseudonym)
            try check(proof, of: enrolment, for: .methodChange)
            commit.check(record)
            try stage(.recoveryCodesReplaced, for: enrolment, in: &commit)
            do throws(OTPError) { return try await authenticator.stageRecoveryCodes(of: enrolment.audit, in: &commit) } catch {
                throw IdentityError(error)
            }
        }
    }

    /// Takes away a person's app and recovery codes. Asked again, nothing more.
    ///
    /// - Throws: ``IdentityError``: `.proofMismatch`, `.unknownPseudonym`, `.erasing`, `.busy` or a storage code.
    public func removeAuthenticator(of pseudonym: Pseudonym, proof: StepUpProof) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            var (enrolment, record) = try await person(pseudonym)
            try check(proof, of: enrolment, for: .methodChange)
            do throws(OTPError) {
                guard try await authenticator.stageRemoval(of: enrolment.audit, in: &commit) else { return }
            } catch {
                throw IdentityError(error)
            }
            enrolment.methods.removeAll { $0.kind == .authenticatorApp || $0.kind == .recoveryCode }
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            try stage(.authenticatorChanged, for: enrolment, in: &commit)
        }
    }
}
