public import IdentityTypes
import Messaging
public import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
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

    /// The same of a code that is sent again by another way.
    private func offer(_ method: MethodKind, for begun: BegunChallenge) throws(IdentityError) {
        switch (begun.purpose, begun.subject) {
        case (.verification, nil): try offer(method, for: .signUp)
        case (.accountRecovery, _): try offer(method, for: .recovery)
        case (.verification, _), (.stepUpVerification, _): break
        }
    }
}
