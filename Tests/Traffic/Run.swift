// Traffic on one deployment of three hosts: honest people and attackers, in simulated time. Prints what attacks cost, who was sent away and
// how many guesses were evaluated, and judges it. The last line is `N passed, N failed`.
//
//   traffic [SEED…]     seed 1 unless said
import Foundation
import IdentityTypes
import OTPEngine
import RecordStorage

@main
struct Run {
    private static let day = Duration.seconds(86_400)

    static func main() async throws {
        let seeds = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        var report = Report()
        for seed in seeds.isEmpty ? [1] : seeds {
            report.say("seed \(seed)", indent: "")
            if getenv("FAST") == nil {
                try await honest(seed, &report)
                try await launchDay(seed, &report)
                try await pumping(seed, country: 371, ranges: 25, isUsed: false, &report)
                try await pumping(seed, country: 351, ranges: 20, isUsed: true, &report)
            }
            try await guessing(seed, &report)
            try await flood(seed, &report)
            try await lockOut(seed, &report)
        }
        report.say("\(report.passed) passed, \(report.failed) failed", indent: "")
        if report.failed > 0 { exit(1) }
    }

    private static var policy: AbusePolicy {
        var policy = AbusePolicy()
        policy.tariff = Country.tariff
        // Work that is really done, in a tenth of the time.
        policy.proofDifficulty = 16
        return policy
    }

    private static func honest(_ seed: UInt64, _ report: inout Report) async throws {
        let traffic = try Traffic(seed: seed, abuse: policy)
        traffic.planHonest(perDay: 30_000, for: day * 2)
        await traffic.run(for: day * 2)
        report.title("honest people in \(Country.all.count) countries, two days")
        report.people(traffic)
        report.bar("honest people sent away", traffic.refusedPerMille, atMost: 1, "of a thousand")
    }

    /// Nobody has a history yet, and everybody comes within three hours.
    private static func launchDay(_ seed: UInt64, _ report: inout Report) async throws {
        var policy = policy
        policy.deployment = DailyLimits(messages: 300_000, money: Money(30_000))
        policy.otherCountries = DailyLimits(messages: 60_000, money: Money(10_000))
        let traffic = try Traffic(seed: seed, abuse: policy)
        traffic.planHonest(perDay: 600_000, for: .seconds(3 * 3_600)) { _ in 1 }
        await traffic.run(for: .seconds(4 * 3_600))
        report.title("launch day: \(traffic.completed) people in three hours")
        report.people(traffic)
        report.bar("honest people sent away", traffic.refusedPerMille, atMost: 1, "of a thousand")
    }

    private static func pumping(
        _ seed: UInt64, country: UInt16, ranges: Int, isUsed: Bool, _ report: inout Report
    ) async throws {
        let traffic = try Traffic(seed: seed, abuse: policy)
        traffic.planHonest(perDay: 12_000, for: day * 2)
        let pumping = Pumping(traffic, country: country, ranges: ranges, isUsed: isUsed)
        pumping.plan(every: .milliseconds(500), after: day)
        await traffic.run(for: day * 2)
        let bound = traffic.policy.lossBound(.text, to: country, ranges: ranges)
        report.title(
            "a pumping attack: two codes a second to \(ranges) ranges of one country, which \(isUsed ? "all its people" : "nobody else") use, for a day"
        )
        report.people(traffic)
        report.say("refused to the attacker: \(pumping.refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        report.say("money lost: \(pumping.loss) in \(pumping.total) messages; stated in advance: \(bound.moneyPerCountry) at most")
        // The day of the attack has just ended.
        let attacked = try await traffic.hosts[0].spending(in: [country]).first { $0.country == country }?.yesterday
        report.say("the hosts' own report of the country that day: lost \(attacked?.lost ?? .zero) of \(attacked?.spent ?? .zero)")
        report.bar("messages in one range", Double(pumping.mostInARange), atMost: 50, "messages")
        // Where people use a range, what they complete lets a little more through.
        let honest = (attacked?.spent.micros ?? 0) - (attacked?.lost.micros ?? 0)
        report.bar(
            "money lost, of what was stated in advance beside what honest people spent there",
            Double(pumping.loss.micros) / Double(bound.moneyPerCountry.micros + honest), atMost: 1, "")
        report.bar(
            "what the report says is lost, of what the attack cost", Double(attacked?.lost.micros ?? 0) / Double(pumping.loss.micros),
            atLeast: 1, "")
        report.bar("honest people sent away", traffic.refusedPerMille, atMost: 1, "of a thousand")
    }

    private static func guessing(_ seed: UInt64, _ report: inout Report) async throws {
        let traffic = try Traffic(seed: seed, abuse: policy)
        var (attacks, owners): ([Guessing], [Owner]) = ([], [])
        for index in 0..<30 {
            let victim = Number(country: Country.all[index].code, range: index, rest: index)
            attacks.append(Guessing(traffic, victim: victim))
            // A third is never there, a third comes on a known device, a third on new ones.
            if index % 3 > 0 { owners.append(Owner(traffic, number: victim, usesKnownDevice: index % 3 == 1)) }
        }
        for owner in owners { await owner.signUpAndPlan(every: day * 9) }
        for attack in attacks { attack.plan() }
        await traffic.run(for: day * 365)
        report.title("a botnet that guesses at 30 numbers for a year, whose owners log in now and then")
        let guesses = attacks.map(\.guesses)
        report.say(
            "guesses evaluated per number and year: \(guesses.min() ?? 0) to \(guesses.max() ?? 0); successes: \(attacks.map(\.successes).reduce(0, +))"
        )
        let known = owners.filter(\.usesKnownDevice)
        report.say("log-ins on known devices: \(sum(known.map(\.logins))), not let in \(sum(known.map { sum($0.failures.values) }))")
        let new = owners.filter { !$0.usesKnownDevice }
        report.say("log-ins on new devices: \(sum(new.map(\.logins))), not let in meanwhile \(sum(new.map { sum($0.failures.values) }))")
        report.bar("guesses evaluated for any number", Double(guesses.min() ?? 0), atLeast: 300, "a year")
        report.bar("chance of success per number and year", attacks.map(\.chance).max() ?? 1, atMost: 1e-4, "")
        report.bar("owners on known devices not let in", Double(sum(known.map { sum($0.failures.values) })), atMost: 0, "log-ins")
    }

    private static func flood(_ seed: UInt64, _ report: inout Report) async throws {
        let traffic = try Traffic(seed: seed, abuse: policy)
        let victim = Number(country: 41, range: 3, rest: 77)
        let owner = Owner(traffic, number: victim, usesKnownDevice: true)
        await owner.signUpAndPlan(every: day / 2)
        let flood = ResendFlood(traffic, victim: victim)
        flood.plan()
        await traffic.run(for: day * 14)
        report.title("a flood of codes to one number, for two weeks")
        report.say("messages: \(flood.messages.count); money lost: \(traffic.policy.tariff.price(.text, to: 41) * flood.messages.count)")
        report.bar("messages in any hour", Double(flood.most(in: .seconds(3_600))), atMost: 7, "messages")
        report.bar("messages in any day", Double(flood.most(in: day)), atMost: 15, "messages")
        report.bar("the victim's log-ins on a known device", Double(owner.logins), atLeast: 26, "log-ins")
        report.say("not let in: \(owner.failures)")
        report.bar("of those not let in", Double(sum(owner.failures.values)), atMost: 0, "log-ins")
    }

    private static func lockOut(_ seed: UInt64, _ report: inout Report) async throws {
        let traffic = try Traffic(seed: seed, abuse: policy)
        let victim = Number(country: 49, range: 8, rest: 1_234)
        let owner = Owner(traffic, number: victim, usesKnownDevice: true)
        await owner.signUpAndPlan(every: day)
        let attack = Guessing(traffic, victim: victim)
        attack.plan()
        await traffic.run(for: day * 60)
        let stranger = await refusal { () throws(OTPError) in
            try await traffic.begin(victim, session: [9], network: "192.0.2.1")
        }
        report.title("wrong guesses that lock one number, for sixty days")
        report.say("guesses evaluated: \(attack.guesses); a stranger is answered: \(stranger ?? "a code")")
        report.bar("guesses evaluated", Double(attack.guesses), atLeast: 100, "guesses")
        report.bar("the victim's log-ins on a known device", Double(owner.logins), atLeast: 55, "log-ins")
        report.say("not let in: \(owner.failures)")
        report.bar("of those not let in", Double(sum(owner.failures.values)), atMost: 0, "log-ins")
    }

    private static func refusal<Value>(_ body: () async throws(OTPError) -> Value) async -> String? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error.code.rawValue
        }
    }

    private static func sum(_ counts: some Sequence<Int>) -> Int { counts.reduce(0, +) }
}

/// What is printed, and judged.
struct Report {
    private(set) var passed = 0
    private(set) var failed = 0

    func title(_ text: String) { say("\n\(text)", indent: "") }

    /// At once, also into a file: a run takes a while.
    func say(_ text: String, indent: String = "  ") { try? FileHandle.standardOutput.write(contentsOf: Data("\(indent)\(text)\n".utf8)) }

    func people(_ traffic: Traffic) {
        let away = traffic.turnedAway.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        say(
            "let in: \(traffic.completed), went away by themselves: \(traffic.abandoned), asked for a proof of work: \(traffic.asked), checked by the host: \(traffic.vouchedFor), sent away: \(away)"
        )
    }

    mutating func bar(_ name: String, _ value: Double, atMost limit: Double, _ unit: String) {
        judge(name, value, value <= limit, "at most \(limit.formatted())", unit)
    }

    mutating func bar(_ name: String, _ value: Double, atLeast limit: Double, _ unit: String) {
        judge(name, value, value >= limit, "at least \(limit.formatted())", unit)
    }

    private mutating func judge(_ name: String, _ value: Double, _ holds: Bool, _ limit: String, _ unit: String) {
        if holds { passed += 1 } else { failed += 1 }
        say("\(holds ? "ok  " : "FAIL") \(name): \(String(format: "%.3g", value)) \(unit) (\(limit))")
    }
}
