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
    ///   - account: of a recovery, whose. An app's code is asked for where ``Requester/deviceToken`` shows a device that has proven the number, or
    ///     ``Requester/pseudonym`` says that you have signed the person in by something else, such as a password.
    /// - Returns: what the client needs, with the token for ``complete(_:answer:attempt:requester:consents:)``.
    /// - Throws: ``IdentityError``: `.methodNotOffered`, `.methodTooWeak`, `.unknownPseudonym`, `.erasing`, a `phone.` code, `otp.tooManySends`,
    ///   `otp.locked`, `otp.networkLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `.busy`, a storage or vault code, what the method throws.
    public func begin(
        _ occasion: Occasion, by method: MethodKind, account: AccountName? = nil, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        try await observing(.begin) { () async throws(IdentityError) in
            guard !method.sendsCode, let known = methods[method] else {
                throw .methodNotOffered("This method is begun with a number or an address, or is not there at all.")
            }
            try offer(method, for: occasion)
            let requester = try await checked(Self.requester(requester, for: occasion))
            do throws(OTPError) { try engine.refuseIfLimited(requester) } catch { throw IdentityError(error) }
            let tags = try await tags(of: account, on: occasion)
            let fresh = engine.freshTag()
            let (begun, tag) = try await committing {
                (commit: inout StagedCommit) async throws(IdentityError) -> (BegunChallenge, BudgetTag) in
                let asked = try await asked(occasion, known, account, tags, requester, in: &commit)
                let tag = known.answersCanBeGuessed ? asked.tag : fresh
                do throws(OTPError) {
                    let begun = try await engine.stageBegin(
                        occasion.challengePurpose, by: method, because: occasion.reason, tag: tag, subject: asked.subject,
                        isDeliverable: asked.isSomebody, requester: requester, sealing: GuardedBytes(copying: []), in: &commit)
                    return (begun, tag)
                } catch {
                    throw IdentityError(error)
                }
            }
            let prompt: [UInt8]
            do throws(OTPError) {
                prompt = try await known.prompt(for: try await engine.question(of: begun, tag: tag, naming: named))
            } catch {
                throw IdentityError(error)
            }
            return receipt(begun, prompt: prompt, language: language)
        }
    }

    /// Whom a method is to be asked about.
    private struct Asked {
        /// Of answers that can be guessed.
        let tag: BudgetTag
        /// Of somebody who is not there, a decoy's.
        let subject: SubjectID?
        let isSomebody: Bool
    }

    /// What a person remembers of an account, as tags; `nil` where nothing has to be looked up.
    private func tags(of account: AccountName?, on occasion: Occasion) async throws(IdentityError) -> NumberTags? {
        guard case .recovery = occasion, let account else { return nil }
        if case .pseudonym = account { return nil }
        return try await tags(of: account)
    }

    private func asked(
        _ occasion: Occasion, _ method: any VerificationMethod, _ account: AccountName?, _ tags: NumberTags?, _ requester: Requester,
        in commit: inout StagedCommit
    ) async throws(IdentityError) -> Asked {
        switch (occasion, account) {
        case (.signUp, _): return Asked(tag: engine.freshTag(), subject: nil, isSomebody: true)
        case (.stepUp(let pseudonym, let reason), _):
            let (enrolment, record) = try await person(pseudonym)
            commit.check(record)
            try refuseIfTooWeak(method.assurance, for: reason, enrolment)
            try await refuseIfNotSetUp(method.kind, enrolment)
            guard method.kind != .guardian else { throw .methodNotOffered("A guardian answers at a sign-up and a recovery.") }
            return Asked(tag: engine.methodTag(of: enrolment.subject), subject: enrolment.subject, isSomebody: true)
        case (.recovery, .pseudonym(let pseudonym)):
            let (enrolment, record) = try await person(pseudonym)
            commit.check(record)
            guard method.kind != .authenticatorApp || requester.pseudonym == pseudonym else { throw Self.appNeedsMore }
            let own = engine.methodTag(of: enrolment.subject)
            return Asked(tag: engine.methodTag(of: own, method.kind), subject: enrolment.subject, isSomebody: true)
        case (.recovery, .some):
            guard let tags else { preconditionFailure("A number and an address have tags.") }
            guard method.kind != .authenticatorApp || engine.isKnownDevice(requester, for: tags.budget) else { throw Self.appNeedsMore }
            let claim: Claim?
            do { claim = try await vault.claim(of: tags.uniqueness) } catch { throw IdentityError(error) }
            return Asked(
                tag: engine.methodTag(of: tags.budget, method.kind), subject: claim?.subject ?? engine.decoy(of: tags.budget),
                isSomebody: claim != nil)
        case (.recovery, nil): throw .methodNotOffered("A recovery without a number to send to names the account.")
        case (.newHolder, _), (.newNumber, _), (.newEmail, _):
            throw .methodNotOffered("A number or address is proven by a code that is sent to it.")
        }
    }

    /// Thirty wrong codes close an app for most of a year: that is nothing to leave to strangers who know a number or a name.
    private static var appNeedsMore: IdentityError {
        .methodNotOffered(
            "An app's code is asked for on a device that has proven the number, or of whom the host has signed in by something else.")
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
}
