import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage

// What a challenge sends, and what its page is told.
extension IdentityService {
    /// Renders the message of a challenge; for a decoy all the same, and then sends nothing.
    func item(
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
            price: price(begun, channel), expiresAt: begun.expiresAt, grant: grant,
            name: MessageName(owner: begun.id.bytes, send: begun.sends))
        grant.spend()
        return message
    }

    /// Of a text in another language than the first perhaps, whose reason is not known before its commit: the longest counts.
    func parts(_ purpose: ChallengePurpose, _ language: String) -> Int {
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
