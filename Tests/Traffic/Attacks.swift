import IdentityTypes
import OTPEngine
import RecordStorage

/// Sends codes to numbers that pay the attacker, each time from another network, and completes none.
final class Pumping {
    let traffic: Traffic
    let country: UInt16
    let ranges: Int
    /// Messages that went out, by range.
    var messages: [Int: Int] = [:]
    var refused: [String: Int] = [:]

    /// Whether people have numbers there too, or the attacker's carrier alone.
    let isUsed: Bool

    init(_ traffic: Traffic, country: UInt16, ranges: Int, isUsed: Bool) {
        (self.traffic, self.country, self.ranges, self.isUsed) = (traffic, country, ranges, isUsed)
    }

    /// As often as that, until the end of the run.
    func plan(every pause: Duration, after delay: Duration) {
        traffic.timeline.after(delay) { [unowned self] in await send(every: pause) }
    }

    private func send(every pause: Duration) async {
        let range = traffic.dice.below(ranges)
        let number = Number(country: country, range: isUsed ? range : 5_000 + range, rest: traffic.dice.below(100_000))
        do throws(OTPError) {
            _ = try await traffic.begin(number, session: traffic.random.bytes(16), network: traffic.dice.bot())
            messages[range, default: 0] += 1
        } catch {
            refused[error.code.rawValue, default: 0] += 1
        }
        traffic.timeline.after(pause) { [unowned self] in await send(every: pause) }
    }

    var total: Int { messages.values.reduce(0, +) }
    var mostInARange: Int { messages.values.max() ?? 0 }
    var loss: Money { traffic.policy.tariff.price(.text, to: country) * total }
}

/// Guesses the codes of one number for as long as the run lasts, as fast as the budgets let it, each time from another network.
final class Guessing {
    let traffic: Traffic
    let victim: Number
    var guesses = 0
    var successes = 0
    /// The sum over guesses of the chance of each.
    var chance = 0.0
    /// When messages reached the victim because of it.
    var messages: [Timestamp] = []

    init(_ traffic: Traffic, victim: Number) { (self.traffic, self.victim) = (traffic, victim) }

    func plan() { traffic.timeline.after(traffic.dice.seconds(0...3_600)) { [unowned self] in await begin() } }

    private func begin() async {
        do throws(OTPError) {
            let session = traffic.random.bytes(16)
            let challenge = try await traffic.begin(victim, session: session, network: traffic.dice.bot())
            messages.append(traffic.timeline.now)
            await guess(challenge, session)
        } catch {
            again(error)
        }
    }

    private func guess(_ challenge: BegunChallenge, _ session: [UInt8]) async {
        do throws(OTPError) {
            let code = try traffic.drawnCode(challenge.digits)
            do throws(OTPError) {
                _ = try await traffic.guess(challenge, code, session: session, network: traffic.dice.bot())
                count(challenge.digits)
                successes += 1
            } catch {
                guard error.code == .wrongCode else { throw error }
                count(challenge.digits)
            }
            traffic.timeline.after(.seconds(1)) { [unowned self] in await guess(challenge, session) }
        } catch {
            switch error.code {
            // The challenge is over: the next one, when the budgets let it.
            case .exhausted, .expired, .alreadyCompleted: traffic.timeline.after(.seconds(1)) { [unowned self] in await begin() }
            // The number's guesses are used up for now. Waiting longer than a challenge lives ends in the next.
            default: wait(error, challenge, session)
            }
        }
    }

    private func wait(_ error: OTPError, _ challenge: BegunChallenge, _ session: [UInt8]) {
        let pause = error.retryAfter ?? .seconds(3_600)
        guard error.code == .tooManyGuesses, traffic.timeline.now + pause < challenge.expiresAt else { return again(error) }
        traffic.timeline.after(pause) { [unowned self] in await guess(challenge, session) }
    }

    private func again(_ error: OTPError) {
        let pause = error.until.map { $0 - traffic.timeline.now } ?? error.retryAfter ?? .seconds(3_600)
        traffic.timeline.after(max(pause, .seconds(1))) { [unowned self] in await begin() }
    }

    private func count(_ digits: Int) {
        guesses += 1
        var odds = 1.0
        for _ in 0..<digits { odds /= 10 }
        chance += odds
    }
}

/// Asks for codes to one number, again and again.
final class ResendFlood {
    let traffic: Traffic
    let victim: Number
    var messages: [Timestamp] = []

    init(_ traffic: Traffic, victim: Number) { (self.traffic, self.victim) = (traffic, victim) }

    func plan() { traffic.timeline.after(.zero) { [unowned self] in await send() } }

    private func send() async {
        let before = messages.count
        do throws(OTPError) {
            _ = try await traffic.begin(victim, session: traffic.random.bytes(16), network: traffic.dice.bot())
            messages.append(traffic.timeline.now)
        } catch {}
        traffic.timeline.after(.seconds(before == messages.count ? 20 : 31)) { [unowned self] in await send() }
    }

    /// The most in any window of that length.
    func most(in window: Duration) -> Int { Attacks.most(messages, in: window) }
}

enum Attacks {
    static func most(_ times: [Timestamp], in window: Duration) -> Int {
        var (most, first) = (0, 0)
        for last in times.indices {
            while times[first] + window <= times[last] { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }
}

/// The owner of a number, who logs in now and then: on the device that has proven it, or on a new one.
final class Owner {
    let traffic: Traffic
    let number: Number
    let usesKnownDevice: Bool
    private let network: String
    private var device: String?
    var logins = 0
    var failures: [String: Int] = [:]

    init(_ traffic: Traffic, number: Number, usesKnownDevice: Bool) {
        (self.traffic, self.number, self.usesKnownDevice) = (traffic, number, usesKnownDevice)
        network = traffic.dice.home()
    }

    /// Signs up now, before any attack, and logs in that often.
    func signUpAndPlan(every pause: Duration) async {
        await logIn()
        traffic.timeline.after(pause) { [unowned self] in await logIn(every: pause) }
    }

    private func logIn(every pause: Duration) async {
        await logIn()
        traffic.timeline.after(pause + traffic.dice.seconds(0...3_600)) { [unowned self] in await logIn(every: pause) }
    }

    private func logIn() async {
        do throws(OTPError) {
            let (session, device) = (traffic.random.bytes(16), usesKnownDevice ? device : nil)
            let challenge = try await traffic.begin(number, session: session, network: network, device: device)
            let code = try traffic.code(of: challenge)
            self.device = try await traffic.guess(challenge, code, session: session, network: network, device: device)
            logins += 1
        } catch {
            failures[error.code.rawValue, default: 0] += 1
        }
    }
}
