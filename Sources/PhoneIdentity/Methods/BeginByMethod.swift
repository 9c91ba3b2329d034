public import IdentityTypes
public import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
    /// Begins a challenge that sends nothing: an authenticator app, a recovery code, a guardian's word, or a method of the host's own.
    ///
    /// At a recovery it takes as long and gives the same answer whether there is such an account or not.
    ///
    /// - Parameters:
    ///   - method: whose name is offered here; codes by text, call and e-mail are begun with the number or the address.
    ///   - account: of a recovery, whose.
    /// - Returns: what the client needs, with the token for ``complete(_:answer:attempt:requester:consents:)``.
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `.methodTooWeak`, `.unknownPseudonym`, `.erasing`, a `phone.` code, `otp.tooManySends`,
    ///   `otp.locked`, `otp.networkLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `.busy`, a storage or vault code, what the method throws.
    public func begin(
        _ occasion: Occasion, by method: MethodKind, account: AccountName? = nil, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        try await observingRefusals { () async throws(IdentityError) in
            guard !method.sendsCode, let known = methods[method] else {
                throw .methodNotOffered("This method is begun with a number or an address, or is not there at all.")
            }
            try offer(method, for: occasion)
            let requester = try await checked(Self.requester(requester, for: occasion))
            let asked = try await asked(occasion, known, account, requester)
            let begun = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in
                if let record = asked.record { commit.check(record) }
                do throws(OTPError) {
                    return try await engine.stageBegin(
                        occasion.challengePurpose, by: method, because: occasion.reason, tag: asked.tag, subject: asked.subject,
                        isDeliverable: asked.isSomebody, requester: requester, sealing: GuardedBytes(copying: []), in: &commit)
                } catch {
                    throw IdentityError(error)
                }
            }
            let prompt: [UInt8]
            do throws(OTPError) {
                prompt = try await known.prompt(for: try await engine.question(of: begun, tag: asked.tag, naming: named))
            } catch {
                throw IdentityError(error)
            }
            return receipt(begun, prompt: prompt, language: language)
        }
    }

    /// Whom a method is to be asked about.
    private struct Asked {
        let tag: BudgetTag
        let subject: SubjectID?
        let isSomebody: Bool
        /// That must still be so.
        var record: StoredRecord?
    }

    private func asked(
        _ occasion: Occasion, _ method: any VerificationMethod, _ account: AccountName?, _ requester: Requester
    ) async throws(IdentityError) -> Asked {
        switch occasion {
        case .signUp:
            // Nobody's yet: its answers are counted by challenge and network, and no method's answer can be guessed.
            return Asked(tag: BudgetTag(bytes: environment.random.bytes(32))!, subject: nil, isSomebody: true)
        case .stepUp(let pseudonym, let reason):
            let (enrolment, record) = try await person(pseudonym)
            try refuseIfTooWeak(method.assurance, for: reason, enrolment)
            try await refuseIfNotSetUp(method.kind, enrolment)
            guard method.kind != .guardian else { throw .methodNotOffered("A guardian answers at a sign-up and a recovery.") }
            return Asked(
                tag: engine.methodTag(of: enrolment.subject), subject: enrolment.subject, isSomebody: true, record: record)
        case .recovery:
            guard let account else { throw .methodNotOffered("A recovery without a number to send to names the account.") }
            return try await asked(of: account, method, requester)
        case .newNumber, .newEmail:
            throw .methodNotOffered("Another number or address is proven by a code that is sent to it.")
        }
    }

    /// Of somebody who is signed in it may show that there is no app.
    private func refuseIfNotSetUp(_ method: MethodKind, _ enrolment: Enrolment) async throws(IdentityError) {
        guard method == .authenticatorApp || method == .recoveryCode else { return }
        let standing: AuthenticatorStanding
        do throws(OTPError) { standing = try await authenticator.standing(of: enrolment.audit) } catch { throw IdentityError(error) }
        guard standing.activeSince != nil, method == .authenticatorApp || standing.recoveryCodesLeft > 0 else {
            throw .methodNotOffered("No authenticator app is set up, or no recovery code is left: offer another method.")
        }
    }

    private func asked(
        of account: AccountName, _ method: any VerificationMethod, _ requester: Requester
    ) async throws(IdentityError) -> Asked {
        if case .pseudonym(let pseudonym) = account {
            let (enrolment, record) = try await person(pseudonym)
            return Asked(tag: engine.methodTag(of: enrolment.subject), subject: enrolment.subject, isSomebody: true, record: record)
        }
        let tags = try await self.tags(of: account)
        // Thirty wrong codes close an app for most of a year: that is nothing to leave to strangers who know a number.
        guard method.kind != .authenticatorApp || engine.isKnownDevice(requester, for: tags.budget) else {
            throw .methodNotOffered(
                "An app's code is asked for on a device that has proven the number: use a recovery code or another way.")
        }
        let claim: Claim?
        do { claim = try await vault.claim(of: tags.uniqueness) } catch { throw IdentityError(error) }
        return Asked(tag: engine.methodTag(of: tags.budget), subject: claim?.subject, isSomebody: claim != nil)
    }
}
