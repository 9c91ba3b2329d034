import CryptoPrimitives
import IdentityTypes
import OTPEngine
import PhoneIdentityTesting
import RecordStorage

/// Records nothing: what is counted here are messages, money and guesses.
struct NoRecorder: EventRecorder {
    func record(_ events: [AuditEvent], in commit: inout StagedCommit) {}
    func acknowledged(_ events: [[UInt8]]) async throws(StorageError) {}
}

/// One deployment on three hosts, and those who use it.
final class Traffic {
    let timeline: Timeline
    let hosts: [ChallengeEngine]
    let policy: AbusePolicy
    let random: SeededRandomSource
    var dice: Dice
    /// Honest people who were let in, who gave up by themselves, and who were sent away, by reason.
    var completed = 0
    var abandoned = 0
    var turnedAway: [String: Int] = [:]
    /// Honest people who had to prove that they are no flood.
    var asked = 0
    /// Honest people in ranges that an attack had closed, whom the host then checked itself.
    var vouchedFor = 0

    static let start = Timestamp(milliseconds: 1_795_478_400_000)
    /// Stays until somebody is sent away.
    private static let content: [UInt8] = [UInt8](repeating: 7, count: 68)

    init(seed: UInt64, abuse: AbusePolicy) throws {
        let (timeline, random) = (Timeline(start: Self.start), SeededRandomSource(seed: seed))
        let (store, deployment) = (InMemoryRecordStore(), DeploymentID(random: random))
        let keys = (0..<3).map { _ in random.bytes(32) }
        var hosts: [ChallengeEngine] = []
        for _ in 0..<3 {
            hosts.append(
                try ChallengeEngine(
                    store: store, deployment: deployment, time: timeline.clock, random: random, recorder: NoRecorder(),
                    codeKeys: RootKeys(current: RootKey(id: 1, secret: SecretBytes(copying: keys[0]))),
                    tokenKeys: RootKeys(current: RootKey(id: 1, secret: SecretBytes(copying: keys[1]))),
                    budgetKey: BudgetKey(secret: SecretBytes(copying: keys[2])), abuse: abuse))
        }
        (self.timeline, self.random, self.hosts, policy, dice) = (timeline, random, hosts, abuse, Dice(seed: seed &+ 1))
    }

    /// Any host, as a load balancer picks one.
    var host: ChallengeEngine { hosts[dice.below(hosts.count)] }

    func run(for duration: Duration) async {
        timeline.after(.seconds(60)) { [unowned self] in await settle() }
        await timeline.run(until: timeline.now + duration)
        for host in hosts { _ = try? await host.settleBudgets(idle: .zero) }
    }

    private func settle() async {
        for host in hosts { _ = try? await host.settleBudgets() }
        timeline.after(.seconds(60)) { [unowned self] in await settle() }
    }

    /// What the browser of somebody who is asked works out, or the host's own check.
    private func proof(of person: Person) throws(OTPError) -> RequesterProof? {
        if person.isVouchedFor { return .checkedByHost }
        return person.hasProof ? .work(try host.puzzle(for: Requester(session: person.session)).solve()) : nil
    }

    func begin(
        _ number: Number, session: [UInt8], network: String, device: String? = nil, proof: RequesterProof? = nil
    ) async throws(OTPError) -> BegunChallenge {
        try await host.begin(
            .verification, tag: number.tag, route: number.route,
            requester: Requester(session: session, network: network, deviceToken: device, proof: proof),
            sealing: SecretBytes(copying: Self.content))
    }

    /// - Returns: the device's token when the code is right.
    func guess(
        _ challenge: BegunChallenge, _ code: SubmittedCode, session: [UInt8], network: String, device: String? = nil
    ) async throws(OTPError) -> String {
        let host = host
        let paid = try await host.pay(
            challenge.token, code: code, attempt: AttemptID(random: random),
            requester: Requester(session: session, network: network, deviceToken: device))
        switch paid {
        case .right(let guess):
            _ = try await host.complete(guess, outcome: [1])
            return guess.device.text
        case .repeated(let repeated): return repeated.device.text
        }
    }

    /// What the message says.
    func code(of challenge: BegunChallenge) throws(OTPError) -> SubmittedCode {
        try SubmittedCode(utf8: challenge.code().withUnsafeBytes { Array($0) })
    }

    /// Digits that are drawn.
    func drawnCode(_ digits: Int) throws(OTPError) -> SubmittedCode {
        var text: [UInt8] = []
        for _ in 0..<digits { text.append(0x30 + UInt8(dice.below(10))) }
        return try SubmittedCode(utf8: text)
    }

    // MARK: Honest people

    /// Sign-ups of a day, most of them by day, as its people's evenings lie in it.
    func planHonest(perDay: Int, for duration: Duration, curve: (Double) -> Double = { 0.6 + 0.4 * abs(($0 - 12) / 12) }) {
        let days = Double(duration.components.seconds) / 86_400
        for _ in 0..<Int(Double(perDay) * days * 1.25) {
            let second = Double(dice.below(Int(duration.components.seconds)))
            let hour = (second / 3_600).truncatingRemainder(dividingBy: 24)
            guard dice.chance(100 * curve(hour)) else { continue }
            timeline.at(timeline.now + .seconds(second)) { [unowned self] in await arrive() }
        }
    }

    private func arrive() async {
        let (number, network) = dice.person()
        await signUp(Person(number: number, network: network, session: random.bytes(16)))
    }

    struct Person {
        let number: Number
        let network: String
        let session: [UInt8]
        var sends = 0
        var hasProof = false
        var isVouchedFor = false
    }

    private func signUp(_ person: Person) async {
        var person = person
        do throws(OTPError) {
            let challenge = try await begin(
                person.number, session: person.session, network: person.network, proof: try proof(of: person))
            person.sends += 1
            wait(for: challenge, person)
        } catch {
            switch error.code {
            case .networkLimited where !person.hasProof:
                // The browser works for two seconds.
                asked += 1
                person.hasProof = true
                timeline.after(.seconds(2)) { [unowned self, person] in await signUp(person) }
            case .rangeClosed where !person.isVouchedFor, .adjacentNumbers where !person.isVouchedFor:
                vouchedFor += 1
                person.isVouchedFor = true
                timeline.after(.seconds(20)) { [unowned self, person] in await signUp(person) }
            case .tooManySends:
                // Somebody typed this number before: another person with it, or this one, is told to wait, and does.
                timeline.after((error.retryAfter ?? .seconds(30)) + .seconds(1)) { [unowned self, person] in await signUp(person) }
            default: sendAway(error)
            }
        }
    }

    private func sendAway(_ error: OTPError) { turnedAway[error.code.rawValue, default: 0] += 1 }

    /// Of a hundred messages three do not arrive, and of a hundred people eight go away.
    private func wait(for challenge: BegunChallenge, _ person: Person) {
        if dice.chance(8) {
            abandoned += 1
        } else if dice.chance(97) {
            let isRight = dice.chance(94)
            timeline.after(dice.seconds(6...40)) { [unowned self] in await type(challenge, person, isRight: isRight) }
        } else if person.sends < 3 {
            timeline.after(dice.seconds(60...150)) { [unowned self] in await resend(challenge, person) }
        } else {
            abandoned += 1
        }
    }

    private func resend(_ challenge: BegunChallenge, _ person: Person) async {
        var person = person
        do throws(OTPError) {
            let requester = Requester(
                session: person.session, network: person.network, proof: try proof(of: person))
            let again = try await host.resend(challenge.token, requester: requester)
            person.sends += 1
            wait(for: again, person)
        } catch {
            switch error.code {
            case .networkLimited where !person.hasProof:
                asked += 1
                person.hasProof = true
                timeline.after(.seconds(2)) { [unowned self, person] in await resend(challenge, person) }
            case .tooManySends:
                timeline.after((error.retryAfter ?? .seconds(30)) + .seconds(1)) { [unowned self, person] in await resend(challenge, person)
                }
            case .rangeClosed where !person.isVouchedFor, .adjacentNumbers where !person.isVouchedFor:
                vouchedFor += 1
                person.isVouchedFor = true
                timeline.after(.seconds(20)) { [unowned self, person] in await resend(challenge, person) }
            case .expired: abandoned += 1
            default: sendAway(error)
            }
        }
    }

    private func type(_ challenge: BegunChallenge, _ person: Person, isRight: Bool) async {
        do throws(OTPError) {
            let code = isRight ? try code(of: challenge) : try drawnCode(challenge.digits)
            _ = try await guess(challenge, code, session: person.session, network: person.network)
            completed += 1
        } catch {
            switch error.code {
            case .wrongCode: timeline.after(dice.seconds(5...15)) { [unowned self] in await type(challenge, person, isRight: true) }
            case .expired: abandoned += 1
            default: sendAway(error)
            }
        }
    }

    /// Honest people sent away, of a thousand that were let in or sent away.
    var refusedPerMille: Double {
        let refused = turnedAway.values.reduce(0, +)
        return 1_000 * Double(refused) / Double(max(1, refused + completed + abandoned))
    }
}
