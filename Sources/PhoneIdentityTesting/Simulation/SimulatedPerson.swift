import IdentityTypes
import Messaging
import OTPEngine
public import PhoneIdentity
import RecordStorage
import Synchronization

/// Somebody with a phone, or without it, and a client that repeats itself until it knows.
///
/// What a flow of a host's own is written with: see ``IdentitySimulation/flows``.
public struct SimulatedPerson: Sendable {
    let deployment: SimulatedDeployment
    /// The number that they own or are after, in E.164.
    public let number: String
    let tags: NumberTags

    private var world: SimulatedProcess { deployment.world }
    private var watch: PromiseWatch { deployment.watch }
    /// What decides what happens, by the seed.
    public var scheduler: SimulationScheduler { deployment.scheduler }

    /// Asks one of the hosts.
    public func call<Value: Sendable>(
        _ what: String, _ body: @Sendable (IdentityService) async throws(IdentityError) -> Value
    ) async -> SimulatedAnswer<Value> {
        await deployment.host.call(what, body)
    }

    /// Lets so many milliseconds pass.
    public func pause(_ milliseconds: ClosedRange<Int>) async { await world.pause(scheduler.duration(milliseconds)) }

    /// Notes that a promise was broken.
    public func breaks(_ promise: String) { watch.breaks(promise) }

    /// Asks until there is an answer that asking again would not change.
    ///
    /// - Parameter times: how often; without it mostly until the end of all patience, and sometimes only once.
    /// - Returns: `nil` after as many times without one.
    public func insist<Value: Sendable>(
        _ what: String, times: Int? = nil, _ body: @Sendable (IdentityService) async throws(IdentityError) -> Value
    ) async -> Result<Value, IdentityError>? {
        for _ in 0..<(times ?? (scheduler.draw(below: 5) == 0 ? 1 : 12)) {
            switch await call(what, body) {
            case .done(let value): return .success(value)
            case .refused(let error):
                if Self.mayPass(error) {
                    await pause(200...4_000)
                } else {
                    return .failure(error)
                }
            case .lost: await pause(100...3_000)
            }
        }
        return nil
    }

    private static func mayPass(_ error: IdentityError) -> Bool {
        [
            "identity.busy", "otp.busy", "otp.unavailable", "otp.cancelled", "vault.unavailable", "vault.erasurePending",
            "storage.unavailable", "storage.full", "storage.cancelled", "storage.outcomeUnknown", "storage.conflict",
            "transport.queueFull", "identity.erasing",
        ].contains(error.code.rawValue)
    }

    // MARK: A challenge

    /// A challenge as its client holds it.
    struct Begun: Sendable {
        let occasion: Occasion
        let session: [UInt8]
        let startedAt: Timestamp
        var receipt: ChallengeReceipt
        var requester: Requester { Requester(session: session) }
    }

    enum NotBegun: Error {
        case refused(IdentityError)
        case gaveUp
    }

    func begin(_ occasion: Occasion) async throws(NotBegun) -> Begun {
        let startedAt = scheduler.now
        for _ in 0..<8 {
            let session = (0..<8).map { _ in UInt8(scheduler.draw(below: 256)) }
            let number = number
            let answer = await call("begin") { service throws(IdentityError) in
                try await service.begin(occasion, number: number, region: nil, requester: Requester(session: session))
            }
            switch answer {
            case .done(let receipt): return Begun(occasion: occasion, session: session, startedAt: startedAt, receipt: receipt)
            case .lost: await pause(500...5_000)
            case .refused(let error):
                if let wait = await patience(with: error) {
                    guard wait else { throw .refused(error) }
                } else {
                    throw .refused(error)
                }
            }
        }
        throw .gaveUp
    }

    /// Waits as long as an error says. - Returns: whether it is worth it; `nil` where waiting does not help.
    private func patience(with error: IdentityError) async -> Bool? {
        if Self.mayPass(error) {
            await pause(200...4_000)
            return true
        }
        guard error.code.rawValue == "otp.tooManySends", let wait = error.retryAfter else { return nil }
        guard wait <= .seconds(130) else { return false }
        await world.pause(wait + .milliseconds(10))
        return true
    }

    /// The code that the phone shows for a challenge; asks for it again when none comes.
    func code(of begun: inout Begun) async -> String? {
        for round in 0..<3 {
            for _ in 0..<12 {
                await pause(500...3_000)
                if let code = shownCode(of: begun) { return code }
            }
            guard round < 2 else { break }
            let (token, requester) = (begun.receipt.token, begun.requester)
            switch await call("resend", { service throws(IdentityError) in try await service.resend(token, requester: requester) }) {
            case .done(let receipt): begun.receipt = receipt
            case .lost: break
            case .refused(let error): if await patience(with: error) == nil { return nil }
            }
        }
        return nil
    }

    private func shownCode(of begun: Begun) -> String? {
        guard let challenge = watch.challenge(of: begun.session) else { return nil }
        let prefix = Hexadecimal.encode(challenge.id.bytes)
        guard let message = deployment.gateway.messages(to: number).last(where: { $0.idempotencyKey.hasPrefix(prefix) }) else { return nil }
        return DevelopmentInbox.code(in: message.text, digits: challenge.digits)
    }

    func wrongCode(_ digits: Int, than right: String? = nil) -> String {
        while true {
            let code = String((0..<digits).map { _ in Character("\(scheduler.draw(below: 10))") })
            if code != right { return code }
        }
    }

    var attempt: AttemptID { AttemptID(random: deployment.random) }

    // MARK: A guess

    /// What a guess came to.
    enum Guessed: Sendable {
        case verdict(Verdict)
        case refused(IdentityError)
        case gaveUp
    }

    /// Submits a code until the answer is definite, always as the same attempt.
    func submit(
        _ begun: Begun, _ code: String, attempt: AttemptID, right: String? = nil, consents: [ConsentDecision] = [], times: Int? = nil
    ) async -> Guessed {
        let (token, requester, started) = (begun.receipt.token, begun.requester, scheduler.now)
        let answer = await insist("complete \(code == right ? "with the right code" : "with a wrong code")", times: times) {
            service throws(IdentityError) in
            try await service.complete(token, code: code, attempt: attempt, requester: requester, consents: consents).verdict
        }
        switch answer {
        case nil: return .gaveUp
        case .success(let verdict):
            check(verdict, begun, code, attempt, right, since: started)
            return .verdict(verdict)
        case .failure(let error):
            check(error, begun, code, attempt, right, since: started)
            return .refused(error)
        }
    }

    private func check(
        _ verdict: Verdict, _ begun: Begun, _ code: String, _ attempt: AttemptID, _ right: String?, since started: Timestamp
    ) {
        watch.told(attempt.bytes, session: begun.session)
        if code != right { breaks("a wrong code was taken for the right one") }
        if !watch.wins(attempt.bytes, session: begun.session) { breaks("two attempts completed one challenge") }
        let tag = tags.uniqueness.bytes
        switch verdict {
        case .enrolled(let pseudonym), .recovered(let pseudonym), .steppedUp(let pseudonym, _), .alreadyEnrolled(let pseudonym?),
            .numberChanged(let pseudonym), .emailChanged(let pseudonym):
            if !watch.names(pseudonym.bytes, holderOf: tag, since: started) {
                breaks("a pseudonym was answered that is not the number's")
            }
            if !watch.isAnsweredAlways(pseudonym.bytes, attempt.bytes) { breaks("one attempt got two answers") }
        case .alreadyEnrolled(nil):
            if !watch.wasClaimed(tag, since: begun.startedAt) { breaks("a number without an account was called enrolled") }
        case .recoveryWaits, .takeOverWaits: break
        }
    }

    private func check(
        _ error: IdentityError, _ begun: Begun, _ code: String, _ attempt: AttemptID, _ right: String?, since started: Timestamp
    ) {
        switch error.code.rawValue {
        case "otp.wrongCode":
            watch.told(attempt.bytes, session: begun.session)
            if code == right, watch.challenge(of: begun.session)?.generation == 0 { breaks("the right code was called wrong") }
        case "identity.noAccount":
            watch.told(attempt.bytes, session: begun.session)
            if !watch.wasFree(tags.uniqueness.bytes, since: begun.startedAt) { breaks("an account was denied that was there all the time") }
        case "otp.malformedCode", "otp.expired", "otp.exhausted", "otp.alreadyCompleted", "otp.challengeNotFound", "otp.tooManyGuesses",
            "otp.locked", "identity.unknownPseudonym":
            break
        default: breaks("a guess got an answer that is none: \(error.code.rawValue)")
        }
    }

    // MARK: The whole way

    /// Proves the number, in one of the ways people do: at once, with slips, twice, in parallel.
    ///
    /// - Parameter isCareful: types the right code at once, and waits for the answer.
    func prove(
        _ occasion: Occasion, consents: [ConsentDecision] = [], isCareful: Bool = false
    ) async throws(NotBegun) -> Verdict? {
        var begun = try await begin(occasion)
        guard let code = await code(of: &begun) else { return nil }
        if !isCareful, scheduler.draw(below: 3) == 0 {
            for _ in 0..<scheduler.draw(in: 1...2) {
                _ = await submit(begun, wrongCode(code.count, than: code), attempt: attempt, right: code)
            }
        }
        let attempts: [AttemptID]
        switch isCareful ? 5 : scheduler.draw(below: 6) {
        case 0:
            // The same attempt through two hosts, as a client does that did not wait.
            let one = attempt
            attempts = [one, one]
        case 1: attempts = [attempt, attempt]
        default: attempts = [attempt]
        }
        let now = begun
        let answers = await withTaskGroup { group in
            for attempt in attempts { group.addTask { await submit(now, code, attempt: attempt, right: code, consents: consents) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        if scheduler.draw(below: 4) == 0 {
            // Asked again, as after a reload.
            _ = await submit(begun, code, attempt: attempts[0], right: code, consents: consents)
        }
        for case .verdict(let verdict) in answers { return verdict }
        return nil
    }
}
