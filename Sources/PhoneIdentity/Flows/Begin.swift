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
    ///   - method: `.sms` or `.voice`, as the person asks for; `nil` is a text, and for a fixed line a call.
    ///   - requester: the same session must complete it.
    ///   - language: BCP 47, of the message.
    /// - Throws: ``IdentityError``: a `phone.` code, `.numberNotValid`, `.lineTypeRefused`, `.regionRefused`, `.methodNotOffered`, `.methodTooWeak`,
    ///   `otp.tooManySends`, `otp.locked`, `otp.networkLimited`, `otp.adjacentNumbers`, `otp.rangeClosed`, `otp.countryLimited`,
    ///   `otp.deploymentLimited`, `otp.proofInvalid`, `otp.requesterInvalid`, `transport.queueFull`, `.busy`, `otp.unavailable`, a storage or
    ///   vault code; about a pseudonym also `.unknownPseudonym`, `.erasing`, of a step-up `consent.notGiven`, `consent.withdrawn`,
    ///   `consent.expired`, of another number `.proofMismatch`. Nothing is sent then, and nothing written, unless a store stayed silent about
    ///   its commit (`.busy`).
    public func begin(
        _ occasion: Occasion, number: String, region: Region?, by method: MethodKind? = nil, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        let parsed: PhoneNumber
        do { parsed = try PhoneNumber(parsing: number, region: region) } catch { throw refused(IdentityError(error)) }
        return try await begin(occasion, parsed, method, requester, language)
    }

    /// The same from UTF-8 bytes, which may be any bytes.
    public func begin(
        _ occasion: Occasion, number: Span<UInt8>, region: Region?, by method: MethodKind? = nil, requester: Requester,
        language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        let parsed: PhoneNumber
        do { parsed = try PhoneNumber(parsing: number, region: region) } catch { throw refused(IdentityError(error)) }
        return try await begin(occasion, parsed, method, requester, language)
    }

    private func begin(
        _ occasion: Occasion, _ typed: PhoneNumber, _ method: MethodKind?, _ requester: Requester, _ language: String
    ) async throws(IdentityError) -> ChallengeReceipt {
        try await observing(.begin) { () async throws(IdentityError) in
            if case .newEmail = occasion { throw .methodNotOffered("Another e-mail address is proven by a code to that address.") }
            let usual = try environment.policy.numbers.check(typed)
            let channel = try channel(method ?? MethodKind(usual), usual: usual)
            try offer(MethodKind(channel), for: occasion)
            let requester = try await checked(Self.requester(requester, for: occasion))
            let route = route(of: typed, channel, occasion, language)
            do throws(OTPError) { try engine.refuseIfLimited(route, requester: requester) } catch { throw IdentityError(error) }
            // The one place where a number becomes a secret.
            let number = try Self.guarded(typed)
            let place: MessageQueue.Reservation
            do throws(TransportError) { place = try queue.reserve() } catch { throw IdentityError(error) }
            let tags: NumberTags
            do throws(VaultError) { tags = try await vault.tags(of: number) } catch { throw IdentityError(error) }
            try await refuseByCarrier(number, occasion, tags.budget, requester)
            let ticket = NumberTicket.encode(
                number, tags: tags, channel: usual == .voice ? 2 : channel == .voice ? 1 : 0, region: typed.region?.code ?? "",
                isNewHolder: occasion == .newHolder)
            let begun = try await begin(
                occasion, by: MethodKind(channel), tags.budget, route, requester, sealing: ticket
            ) { commit throws(IdentityError) in
                try await addressee(of: occasion, tags, showing: .restricted, in: &commit) { $0.number?.tag }
            }
            place.fill(
                item(
                    for: begun, to: .number(number.duplicate()), channel: channel, in: typed.region, typed.type, language: language))
            return receipt(begun, isFixedLine: usual == .voice, language: language)
        }
    }

    /// Sends a code to an e-mail address.
    ///
    /// The address is stored nowhere: it is in the token, sealed, and what lasts is a tag of it, as of a number. An address belongs to one
    /// account.
    ///
    /// - Parameter occasion: not ``Occasion/newHolder`` and not ``Occasion/newNumber(_:_:)``.
    /// - Throws: ``IdentityError`` as `begin(_:number:region:by:requester:language:)`, but none about a number.
    public func begin(
        _ occasion: Occasion, email: EmailAddress, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        try await observing(.begin) { () async throws(IdentityError) in
            switch occasion {
            case .newHolder, .newNumber: throw .methodNotOffered("A number is proven by a code to that number.")
            case .signUp, .recovery, .stepUp, .newEmail: break
            }
            try offer(.email, for: occasion)
            guard environment.transport.capabilities.channels.contains(.email) else {
                throw .methodNotOffered("The transport sends no e-mail: offer another method.")
            }
            let requester = try await checked(Self.requester(requester, for: occasion))
            do throws(OTPError) { try engine.refuseIfLimited(.email, requester: requester) } catch { throw IdentityError(error) }
            let address = email.guarded
            let place: MessageQueue.Reservation
            do throws(TransportError) { place = try queue.reserve() } catch { throw IdentityError(error) }
            let tags: NumberTags
            do throws(VaultError) { tags = try await vault.tags(ofAddress: address) } catch { throw IdentityError(error) }
            let begun = try await begin(
                occasion, by: .email, tags.budget, .email, requester, sealing: AddressTicket.encode(address, tags: tags)
            ) { commit throws(IdentityError) in
                try await addressee(of: occasion, tags, showing: .vouched, in: &commit) { $0.email?.tag }
            }
            place.fill(item(for: begun, to: .address(address.duplicate()), channel: .email, language: language))
            return receipt(begun, language: language)
        }
    }

    private func begin(
        _ occasion: Occasion, by method: MethodKind, _ tag: BudgetTag, _ route: SendRoute, _ requester: Requester,
        sealing ticket: borrowing GuardedBytes,
        _ addressee: (inout StagedCommit) async throws(IdentityError) -> (SubjectID?, isDeliverable: Bool)
    ) async throws(IdentityError) -> BegunChallenge {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in
            let (subject, isDeliverable) = try await addressee(&commit)
            do throws(OTPError) {
                return try await engine.stageBegin(
                    occasion.challengePurpose, by: method, because: occasion.reason, tag: tag, subject: subject,
                    isDeliverable: isDeliverable, route: route, requester: requester, sealing: ticket, in: &commit)
            } catch {
                throw IdentityError(error)
            }
        }
    }

    /// Work that lets a client past `otp.networkLimited` once: solved, it comes back as the requester's ``Requester/proof``.
    ///
    /// - Throws: ``IdentityError``: `otp.requesterInvalid`.
    public func puzzle(for requester: Requester) throws(IdentityError) -> ProofPuzzle {
        do throws(OTPError) { return try engine.puzzle(for: requester) } catch { throw IdentityError(error) }
    }

    /// The channel that a person asked for, or the one that reaches this kind of line.
    func channel(_ method: MethodKind, usual: OutboundMessage.Channel) throws(IdentityError) -> OutboundMessage.Channel {
        let channel: OutboundMessage.Channel
        switch method {
        case .sms: channel = .sms
        case .voice: channel = .voice
        default: throw .methodNotOffered("A number gets a text or a call; other methods are begun without it.")
        }
        guard channel == .voice || usual == .sms else {
            throw .methodNotOffered("A text does not reach a fixed line: ask for a call.")
        }
        guard environment.transport.capabilities.channels.contains(channel) else {
            throw IdentityError(
                TransportError(
                    .unsupported, "The transport has no \(channel.rawValue), which this kind of line needs: give a mobile number."))
        }
        return channel
    }

    /// Refuses what the service's policy does not offer on this occasion.
    func offer(_ method: MethodKind, for occasion: Occasion) throws(IdentityError) {
        let offered: Bool =
            switch occasion {
            case .signUp, .newHolder: environment.policy.methods.signUp.contains(method)
            case .recovery: environment.policy.methods.recovery.contains(method)
            case .stepUp, .newNumber, .newEmail: true
            }
        guard offered else { throw .methodNotOffered("This service does not offer this method here: choose another.") }
    }

    /// What the abuse guard has to know of a number: where it is, which numbers are beside it.
    private func route(
        of typed: PhoneNumber, _ channel: OutboundMessage.Channel, _ occasion: Occasion, _ language: String
    ) -> SendRoute {
        let challenges = environment.policy.challenges
        // Beforehand, so that a message that is dearer is paid for from the day's money as that.
        let parts =
            channel == .voice
            ? 1
            : environment.policy.template.segments(
                language: language, purpose: occasion.challengePurpose.code, reason: occasion.reason, digits: challenges.digits
            ).count
        return typed.withE164Bytes { bytes in
            let code = typed.callingCode.value
            // Past the plus sign and the country calling code.
            let head = 1 + String(code).utf8.count
            func prefix(_ count: Int) -> [UInt8] { (0..<min(max(count, 0), bytes.count)).map { bytes[$0] } }
            return SendRoute(
                countryCallingCode: UInt16(code), kind: channel == .voice ? .voice : .text, parts: parts, range: prefix(head + 4),
                block: prefix(bytes.count - 2))
        }
    }

    /// What is asked about an account is its own, whether or not the host says so twice.
    static func requester(_ requester: Requester, for occasion: Occasion) -> Requester {
        guard let pseudonym = occasion.pseudonym, requester.pseudonym == nil else { return requester }
        var requester = requester
        requester.pseudonym = pseudonym
        return requester
    }

    /// Whom a challenge is about, and whether its code goes out. Reads the same records whoever the number or address belongs to.
    private func addressee(
        of occasion: Occasion, _ tags: NumberTags, showing assurance: Assurance, in commit: inout StagedCommit,
        _ own: (Enrolment) -> UniquenessTag?
    ) async throws(IdentityError) -> (SubjectID?, isDeliverable: Bool) {
        switch occasion {
        case .signUp, .newHolder: return (nil, true)
        case .recovery:
            // Nobody can make the service write to numbers it does not know; a decoy takes the same way.
            do {
                let claim = try await vault.claim(of: tags.uniqueness)
                return (claim?.subject, claim != nil)
            } catch {
                throw IdentityError(error)
            }
        case .stepUp(let pseudonym, let reason):
            let (enrolment, record) = try await person(pseudonym)
            try refuseIfTooWeak(assurance, for: reason, enrolment)
            try await stageStepUp(of: enrolment, record, in: &commit)
            return (enrolment.subject, own(enrolment) == tags.uniqueness)
        case .newNumber(let pseudonym, let proof), .newEmail(let pseudonym, let proof):
            let (enrolment, record) = try await person(pseudonym)
            let isNumber = if case .newNumber = occasion { true } else { false }
            try check(proof, of: enrolment, for: isNumber ? .numberChange : .emailChange)
            commit.check(record)
            return (enrolment.subject, true)
        }
    }

    func refuseIfTooWeak(_ assurance: Assurance, for reason: StepUpReason, _ enrolment: Enrolment) throws(IdentityError) {
        guard environment.policy.methods.allows(assurance, for: reason, strongest: enrolment.strongest) else {
            throw IdentityError(.methodTooWeak, "This needs a stronger method than that: offer the person's number, app or passkey.")
        }
    }

    /// Refuses a proof that is another person's, of another reason, or too old.
    func check(_ proof: StepUpProof, of enrolment: Enrolment, for action: StepUpReason) throws(IdentityError) {
        guard proof.subject == enrolment.subject, proof.provenAt >= enrolment.securedAt, vault.isGood(proof, for: action, at: now) else {
            throw Self.proofMismatch
        }
    }

    static var proofMismatch: IdentityError {
        IdentityError(.proofMismatch, "This needs a step-up of this person for this very reason, at most 15 minutes ago.")
    }

    /// A step-up's message rests on a consent that holds when its commit is made.
    func stageStepUp(of enrolment: Enrolment, _ record: StoredRecord, in commit: inout StagedCommit) async throws(IdentityError) {
        let grant: Grant<Purposes.StepUpVerification>
        do { grant = try await consentRecords.grant(Purposes.StepUpVerification.self, of: enrolment.subject) } catch {
            throw IdentityError(error)
        }
        do { try grant.stage(in: &commit, now: now) } catch { throw IdentityError(error) }
        commit.check(record)
        grant.spend()
    }

    /// What `begin` sealed into the token.
    static func ticket(_ content: () throws(OTPError) -> GuardedBytes) throws(IdentityError) -> NumberTicket {
        let bytes: GuardedBytes
        do { bytes = try content() } catch { throw IdentityError(error) }
        do { return try NumberTicket(bytes) } catch { throw IdentityError(error) }
    }

    static func addressTicket(_ content: () throws(OTPError) -> GuardedBytes) throws(IdentityError) -> AddressTicket {
        let bytes: GuardedBytes
        do { bytes = try content() } catch { throw IdentityError(error) }
        do { return try AddressTicket(bytes) } catch { throw IdentityError(error) }
    }

    static func guarded(_ typed: PhoneNumber) throws(IdentityError) -> GuardedNumber {
        do {
            return try typed.withE164Bytes { bytes throws(VaultError) -> GuardedNumber in try NumberVault.guarded(e164: bytes) }
        } catch {
            throw IdentityError(error)
        }
    }
}

extension IdentityError {
    static func methodNotOffered(_ reason: String) -> Self { Self(Code.methodNotOffered, reason) }
}
