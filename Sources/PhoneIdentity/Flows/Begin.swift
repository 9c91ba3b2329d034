public import IdentityTypes
import Messaging
public import OTPEngine
public import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
    /// Sends a code to a number, typed any way people type it.
    ///
    /// Answers after its commit and before any gateway; a number that gets no message takes the same way and as long. One commit on the
    /// identity store. The number itself is stored nowhere: it is in the token, sealed.
    ///
    /// - Parameters:
    ///   - number: what the person typed.
    ///   - region: where it would be dialled from, such as `CH`; `nil` where only numbers with a country calling code are welcome.
    ///   - requester: the same session must complete it.
    ///   - language: BCP 47, of the message.
    /// - Throws: ``IdentityError``: a `phone.` code, `.numberNotValid`, `.lineTypeRefused`, `.regionRefused`, `otp.tooManySends`, `otp.locked`,
    ///   `otp.networkLimited`, `otp.adjacentNumbers`, `otp.rangeClosed`, `otp.countryLimited`, `otp.deploymentLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `transport.queueFull`, `.busy`, `otp.unavailable`, a storage or vault code; for a step-up also
    ///   `.unknownPseudonym`, `.erasing`, `consent.notGiven`, `consent.withdrawn`, `consent.expired`. Nothing is sent then, and
    ///   nothing written, unless a store stayed silent about its commit (`.busy`).
    public func begin(
        _ occasion: Occasion, number: String, region: Region?, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        let parsed: PhoneNumber
        do { parsed = try PhoneNumber(parsing: number, region: region) } catch { throw IdentityError(error) }
        return try await begin(occasion, parsed, requester, language)
    }

    /// The same from UTF-8 bytes, which may be any bytes.
    public func begin(
        _ occasion: Occasion, number: Span<UInt8>, region: Region?, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        let parsed: PhoneNumber
        do { parsed = try PhoneNumber(parsing: number, region: region) } catch { throw IdentityError(error) }
        return try await begin(occasion, parsed, requester, language)
    }

    private func begin(
        _ occasion: Occasion, _ typed: PhoneNumber, _ requester: Requester, _ language: String
    ) async throws(IdentityError) -> ChallengeReceipt {
        let channel = try environment.policy.numbers.check(typed)
        guard environment.transport.capabilities.channels.contains(channel) else {
            throw IdentityError(
                TransportError(
                    .unsupported, "The transport has no \(channel.rawValue), which this kind of line needs: give a mobile number."))
        }
        let (route, requester) = (Self.route(of: typed, channel), Self.requester(requester, for: occasion))
        do throws(OTPError) { try engine.refuseIfLimited(route, requester: requester) } catch { throw IdentityError(error) }
        // The one place where a number becomes a secret.
        let number = try Self.guarded(typed)
        let place: MessageQueue.Reservation
        do { place = try queue.reserve() } catch { throw IdentityError(error) }
        let tags: NumberTags
        do { tags = try await vault.tags(of: number) } catch { throw IdentityError(error) }
        let ticket = NumberTicket.encode(
            number, tags: tags, channel: channel == .voice ? 1 : 0, region: typed.region?.code ?? "")

        let begun = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in
            let (subject, isDeliverable) = try await addressee(of: occasion, tags, in: &commit)
            do throws(OTPError) {
                return try await engine.stageBegin(
                    occasion.challengePurpose, tag: tags.budget, subject: subject, isDeliverable: isDeliverable, route: route,
                    requester: requester, sealing: ticket, in: &commit)
            } catch {
                throw IdentityError(error)
            }
        }
        place.fill(item(for: begun, number: number, channel: channel, language: language))
        return receipt(begun)
    }

    /// Work that lets a client past `otp.networkLimited` once: solved, it comes back as the requester's ``Requester/proof``.
    ///
    /// - Throws: ``IdentityError``: `otp.requesterInvalid`.
    public func puzzle(for requester: Requester) throws(IdentityError) -> ProofPuzzle {
        do throws(OTPError) { return try engine.puzzle(for: requester) } catch { throw IdentityError(error) }
    }

    /// What the abuse guard has to know of a number: where it is, which numbers are beside it.
    private static func route(of typed: PhoneNumber, _ channel: OutboundMessage.Channel) -> SendRoute {
        typed.withE164Bytes { bytes in
            let code = typed.callingCode.value
            // Past the plus sign and the country calling code.
            let head = 1 + String(code).utf8.count
            func prefix(_ count: Int) -> [UInt8] { (0..<min(max(count, 0), bytes.count)).map { bytes[$0] } }
            return SendRoute(
                countryCallingCode: UInt16(code), kind: channel == .voice ? .voice : .text, range: prefix(head + 4),
                block: prefix(bytes.count - 2))
        }
    }

    /// A step-up's first code is its own account's, whether or not the host says so twice.
    private static func requester(_ requester: Requester, for occasion: Occasion) -> Requester {
        guard case .stepUp(let pseudonym) = occasion, requester.pseudonym == nil else { return requester }
        var requester = requester
        requester.pseudonym = pseudonym
        return requester
    }

    /// Whom a challenge is about, and whether its code goes out. Reads the same records whoever the number belongs to.
    private func addressee(
        of occasion: Occasion, _ tags: NumberTags, in commit: inout StagedCommit
    ) async throws(IdentityError) -> (SubjectID?, isDeliverable: Bool) {
        switch occasion {
        case .signUp: return (nil, true)
        case .recovery:
            // Nobody can make the service write to numbers it does not know; a decoy takes the same way.
            do {
                let claim = try await vault.claim(of: tags.uniqueness)
                return (claim?.subject, claim != nil)
            } catch {
                throw IdentityError(error)
            }
        case .stepUp(let pseudonym):
            let (enrolment, record) = try await person(pseudonym)
            try await stageStepUp(of: enrolment, record, in: &commit)
            return (enrolment.subject, enrolment.tag == tags.uniqueness)
        }
    }

    /// A step-up's message rests on a consent that holds when its commit is made.
    private func stageStepUp(of enrolment: Enrolment, _ record: StoredRecord, in commit: inout StagedCommit) async throws(IdentityError) {
        let grant: Grant<Purposes.StepUpVerification>
        do { grant = try await consentRecords.grant(Purposes.StepUpVerification.self, of: enrolment.subject) } catch {
            throw IdentityError(error)
        }
        do { try grant.stage(in: &commit, now: now) } catch { throw IdentityError(error) }
        commit.check(record)
        grant.spend()
    }

    /// Sends a challenge's code again: the same code, the same expiry, no tries given back.
    ///
    /// - Parameter requester: the session the challenge was begun in.
    /// - Throws: ``IdentityError``: a token's code, `otp.tooManySends`, `otp.locked`, `otp.networkLimited`, `otp.rangeClosed`,
    ///   `otp.countryLimited`, `otp.deploymentLimited`, `otp.proofInvalid`, `otp.exhausted`, `otp.expired`, `otp.alreadyCompleted`,
    ///   `otp.challengeNotFound` (also for another session), `otp.requesterInvalid`, `transport.queueFull`, `.busy` or a storage code; of a step-up
    ///   also `.unknownPseudonym`, `.erasing`, `consent.notGiven`, `consent.withdrawn`, `consent.expired`.
    public func resend(_ token: ChallengeToken, requester: Requester, language: String = "en") async throws(IdentityError)
        -> ChallengeReceipt
    {
        let place: MessageQueue.Reservation
        do { place = try queue.reserve() } catch { throw IdentityError(error) }
        let begun = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in
            let begun: BegunChallenge
            do throws(OTPError) { begun = try await engine.stageResend(token, requester: requester, in: &commit) } catch {
                throw IdentityError(error)
            }
            if begun.purpose == .stepUpVerification, let subject = begun.subject {
                let (enrolment, record) = try await activePerson(subject)
                try await stageStepUp(of: enrolment, record, in: &commit)
            }
            return begun
        }
        let ticket = try Self.ticket { () throws(OTPError) in try begun.content() }
        place.fill(item(for: begun, number: ticket.number, channel: ticket.channel == 1 ? .voice : .sms, language: language))
        return receipt(begun)
    }

    /// What `begin` sealed into the token.
    static func ticket(_ content: () throws(OTPError) -> GuardedBytes) throws(IdentityError) -> NumberTicket {
        let bytes: GuardedBytes
        do { bytes = try content() } catch { throw IdentityError(error) }
        do { return try NumberTicket(bytes) } catch { throw IdentityError(error) }
    }

    static func guarded(_ typed: PhoneNumber) throws(IdentityError) -> GuardedNumber {
        do {
            return try typed.withE164Bytes { bytes throws(VaultError) -> GuardedNumber in try NumberVault.guarded(e164: bytes) }
        } catch {
            throw IdentityError(error)
        }
    }

    // MARK: Messages

    /// Renders the message of a challenge; for a decoy all the same, and then sends nothing.
    private func item(
        for begun: BegunChallenge, number: borrowing GuardedNumber, channel: OutboundMessage.Channel, language: String
    ) -> MessageQueue.Item {
        let minutes = max(1, Int((begun.expiresAt - now).components.seconds + 59) / 60)
        let text = environment.policy.template.render(code: begun.code(), minutes: minutes, language: language)
        let message =
            switch begun.purpose {
            case .verification: self.message(Purposes.Verification.self, begun, number, text, channel)
            case .accountRecovery: self.message(Purposes.AccountRecovery.self, begun, number, text, channel)
            case .stepUpVerification: self.message(Purposes.StepUpVerification.self, begun, number, text, channel)
            }
        guard begun.isDeliverable else {
            message.wipe()
            return .nothing
        }
        return .message(message)
    }

    private func message<Use: MessagingPurpose>(
        _ use: Use.Type, _ begun: BegunChallenge, _ number: borrowing GuardedNumber, _ text: borrowing GuardedBytes,
        _ channel: OutboundMessage.Channel
    ) -> OutboundMessage {
        let grant = consentRecords.grantForChallenge(use, challenge: begun.id.bytes)
        let message = OutboundMessage(
            to: number.duplicate(), text: text.duplicate(), channel: channel, grant: grant,
            idempotencyKey: Hexadecimal.encode(begun.id.bytes) + "-\(begun.sends)")
        grant.spend()
        return message
    }

    private func receipt(_ begun: BegunChallenge) -> ChallengeReceipt {
        ChallengeReceipt(token: begun.token, expiresAt: begun.expiresAt, resendAfter: begun.resendAfter, digits: begun.digits)
    }
}
