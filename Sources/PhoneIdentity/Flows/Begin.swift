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
    private func channel(_ method: MethodKind, usual: OutboundMessage.Channel) throws(IdentityError) -> OutboundMessage.Channel {
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

    /// The same of a code that is sent again by another way.
    private func offer(_ method: MethodKind, for begun: BegunChallenge) throws(IdentityError) {
        switch (begun.purpose, begun.subject) {
        case (.verification, nil): try offer(method, for: .signUp)
        case (.accountRecovery, _): try offer(method, for: .recovery)
        case (.verification, _), (.stepUpVerification, _): break
        }
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
    /// - Parameters:
    ///   - method: `.voice` for a call after a text that never came, `.sms` the other way round; `nil` as before.
    ///   - requester: the session the challenge was begun in.
    /// - Throws: ``IdentityError``: a token's code, `otp.tooManySends`, `otp.locked`, `otp.networkLimited`, `otp.rangeClosed`,
    ///   `otp.countryLimited`, `otp.deploymentLimited`, `otp.proofInvalid`, `otp.exhausted`, `otp.expired`, `otp.alreadyCompleted`,
    ///   `otp.nothingToSend`, `otp.challengeNotFound` (also for another session), `otp.requesterInvalid`, `.methodNotOffered`,
    ///   `transport.queueFull`, `.busy` or a storage code; of a step-up also `.unknownPseudonym`, `.erasing`, `consent.notGiven`,
    ///   `consent.withdrawn`, `consent.expired`.
    public func resend(
        _ token: ChallengeToken, by method: MethodKind? = nil, requester: Requester, language: String = "en"
    ) async throws(IdentityError) -> ChallengeReceipt {
        try await observing(.resend) { () async throws(IdentityError) in
            let place: MessageQueue.Reservation
            do throws(TransportError) { place = try queue.reserve() } catch { throw IdentityError(error) }
            let asked: OutboundMessage.Channel? =
                if let method { try channel(method, usual: .sms) } else { nil }
            let requester = try await checked(requester)
            let begun = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in
                let begun: BegunChallenge
                do throws(OTPError) {
                    begun = try await engine.stageResend(
                        token, as: asked.map { $0 == .voice ? .voice : .text }, requester: requester, in: &commit
                    ) { purpose in parts(purpose, language) }
                } catch {
                    throw IdentityError(error)
                }
                if begun.purpose == .stepUpVerification, let subject = begun.subject {
                    let (enrolment, record) = try await activePerson(subject)
                    try await stageStepUp(of: enrolment, record, in: &commit)
                }
                guard let asked else { return begun }
                try offer(MethodKind(asked), for: begun)
                guard begun.method.isPhone else { throw .methodNotOffered("A code for an e-mail address is not sent to a number.") }
                if asked == .sms, try Self.ticket({ () throws(OTPError) in try begun.content() }).isFixedLine {
                    throw .methodNotOffered("A text does not reach a fixed line: ask for a call.")
                }
                return begun
            }
            if begun.method == .email {
                let ticket = try Self.addressTicket { () throws(OTPError) in try begun.content() }
                place.fill(item(for: begun, to: .address(ticket.address.duplicate()), channel: .email, language: language))
                return receipt(begun, language: language)
            } else {
                let ticket = try Self.ticket { () throws(OTPError) in try begun.content() }
                let channel = asked ?? (ticket.channel == 0 ? .sms : .voice)
                place.fill(
                    item(
                        for: begun, to: .number(ticket.number.duplicate()), channel: channel,
                        in: ticket.region.isEmpty ? nil : Region(ticket.region),
                        ticket.isFixedLine ? .fixedLine : nil, language: language))
                return receipt(begun, by: MethodKind(channel), isFixedLine: ticket.isFixedLine, language: language)
            }
        }
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

    // MARK: Messages

    /// Renders the message of a challenge; for a decoy all the same, and then sends nothing.
    private func item(
        for begun: BegunChallenge, to recipient: consuming OutboundMessage.Recipient, channel: OutboundMessage.Channel,
        in region: Region? = nil, _ lineType: NumberType? = nil, language: String
    ) -> MessageQueue.Item {
        let destination = MessageDestination(
            countryCallingCode: begun.countryCallingCode, region: region, lineType: lineType, range: begun.range)
        let minutes = max(1, Int((begun.expiresAt - now).components.seconds + 59) / 60)
        let message =
            switch begun.purpose {
            case .verification: self.message(Purposes.Verification.self, begun, recipient, destination, minutes, language, channel)
            case .accountRecovery: self.message(Purposes.AccountRecovery.self, begun, recipient, destination, minutes, language, channel)
            case .stepUpVerification:
                self.message(Purposes.StepUpVerification.self, begun, recipient, destination, minutes, language, channel)
            }
        guard begun.isDeliverable else {
            message.wipe()
            return .nothing
        }
        return .message(message)
    }

    private func message<Use: MessagingPurpose>(
        _ use: Use.Type, _ begun: BegunChallenge, _ recipient: consuming OutboundMessage.Recipient,
        _ destination: MessageDestination, _ minutes: Int, _ language: String, _ channel: OutboundMessage.Channel
    ) -> OutboundMessage {
        let grant = consentRecords.grantForChallenge(use, challenge: begun.id.bytes)
        let words = environment.policy.template.render(
            code: begun.code(), minutes: minutes, language: language, purpose: grant.purpose, channel: channel, reason: begun.reason)
        let message = OutboundMessage(
            to: recipient, words, channel: channel, destination: destination, parts: channel == .sms ? begun.parts : 1,
            price: price(begun, channel),
            grant: grant,
            name: MessageName(owner: begun.id.bytes, send: begun.sends))
        grant.spend()
        return message
    }

    /// Of a text in another language than the first perhaps, whose reason is not known before its commit: the longest counts.
    private func parts(_ purpose: ChallengePurpose, _ language: String) -> Int {
        let reasons: [StepUpReason?] = purpose == .stepUpVerification ? StepUpReason.allCases : [nil]
        return reasons.map { reason in
            environment.policy.template.segments(
                language: language, purpose: purpose.code, reason: reason, digits: environment.policy.challenges.digits
            ).count
        }.max() ?? 1
    }

    /// By the host's tariff.
    private func price(_ begun: BegunChallenge, _ channel: OutboundMessage.Channel) -> Money {
        let tariff = environment.policy.abuse.tariff
        return switch channel {
        case .sms, .whatsapp: tariff.price(.text, to: begun.countryCallingCode) * begun.parts
        case .voice: tariff.price(.voice, to: begun.countryCallingCode)
        case .email: .zero
        }
    }

    /// - Parameter sent: by what it goes this time.
    func receipt(
        _ begun: BegunChallenge, by sent: MethodKind? = nil, isFixedLine: Bool = false, prompt: [UInt8] = [], language: String
    ) -> ChallengeReceipt {
        ChallengeReceipt(
            token: begun.token, expiresAt: begun.expiresAt, resendAfter: begun.resendAfter, digits: begun.digits, method: begun.method,
            prompt: prompt, sentence: begun.reason.map { ReasonSentences.sentence(for: $0, language: language) },
            reference: ChallengeReference(begun.id), otherMethods: otherMethods(than: sent ?? begun.method, begun, isFixedLine))
    }

    private func otherMethods(than sent: MethodKind, _ begun: BegunChallenge, _ isFixedLine: Bool) -> [MethodKind] {
        let offered: Set<MethodKind>
        switch (begun.purpose, begun.subject) {
        case (.verification, nil): offered = environment.policy.methods.signUp
        case (.accountRecovery, _): offered = environment.policy.methods.recovery
        // Who changes a number or steps up is signed in: their page knows what they have.
        case (.verification, _), (.stepUpVerification, _): offered = [.sms, .voice]
        }
        let channels = environment.transport.capabilities.channels
        var others: [MethodKind] = []
        if sent == .sms, channels.contains(.voice) { others.append(.voice) }
        if sent == .voice, channels.contains(.sms), !isFixedLine { others.append(.sms) }
        others.removeAll { !offered.contains($0) }
        for method in offered.sorted(by: { $0.rawValue < $1.rawValue }) where !method.isPhone && method != sent {
            if method != .email || channels.contains(.email) { others.append(method) }
        }
        return others
    }
}

extension MethodKind {
    /// How a message travels, as a method.
    init(_ channel: OutboundMessage.Channel) {
        self =
            switch channel {
            case .sms, .whatsapp: .sms
            case .voice: .voice
            case .email: .email
            }
    }
}

extension IdentityError {
    static func methodNotOffered(_ reason: String) -> Self { Self(Code.methodNotOffered, reason) }
}
