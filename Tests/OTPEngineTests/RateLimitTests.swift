import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A budget is exact, and no window passes more than one and a half times its limit")
struct RateLimitTests {
    private static let start = Timestamp(milliseconds: 1_795_478_400_000)

    /// The most that any half-open window of one period holds.
    private func densest(_ times: [Timestamp], in period: Duration) -> Int {
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while time - times[first] >= period { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    @Test("spending whenever it passes", arguments: 1...24)
    func greedy(limit: Int) {
        let rate = RateLimit(limit: limit, period: .seconds(3600))
        var arrival = Timestamp(milliseconds: 0)
        var now = Self.start
        var passed: [Timestamp] = []
        for _ in 0..<20_000 {
            if rate.earliest(arrival) <= now {
                rate.spend(&arrival, at: now)
                passed.append(now)
            }
            now = now + .seconds(1)
        }
        #expect(densest(passed, in: .seconds(3600)) <= limit + limit / 2)
        #expect(passed.prefix(while: { $0 == Self.start }).count <= rate.burst)
        // Nobody is kept from what is theirs: in the long run it is the limit.
        #expect(passed.count >= limit * 20_000 / 3600)
    }

    @Test("random arrivals, rights given back after random times, and a clock that goes back", arguments: 0..<60)
    func property(seed: UInt64) {
        let random = SeededRandom(seed)
        let limit = Int(random.number(below: 12)) + 1
        let rate = RateLimit(limit: limit, period: .seconds(3600))
        var arrival = Timestamp(milliseconds: 0)
        var now = Self.start
        var passed: [Timestamp] = []
        var pending: [Timestamp] = []
        for _ in 0..<2_000 {
            switch random.number(below: 8) {
            case 0: now = now + .seconds(Int64(random.number(below: 4_000)))
            case 1: now = now + .seconds(Int64(random.number(below: 30)))
            case 2 where !pending.isEmpty:
                let spentAt = pending.remove(at: Int(random.number(below: UInt64(pending.count))))
                rate.giveBack(&arrival, spentAt: spentAt, now: now)
                passed.remove(at: passed.lastIndex(of: spentAt)!)
            default:
                if rate.earliest(arrival) <= now {
                    rate.spend(&arrival, at: now)
                    passed.append(now)
                    if random.number(below: 3) == 0 { pending.append(now) }
                }
            }
        }
        #expect(densest(passed, in: .seconds(3600)) <= limit + limit / 2)
    }

    @Test("a guess given back never leaves the budget better than had it not been made", arguments: 0..<100)
    func givingBackBuysNothing(seed: UInt64) {
        let random = SeededRandom(seed)
        let rate = RateLimit(limit: Int(random.number(below: 20)) + 1, period: .seconds(3600))
        var with = Timestamp(milliseconds: 0)
        var without = with
        var now = Self.start
        var spentAt: Timestamp?
        for step in 0..<200 {
            now = now + .seconds(Int64(random.number(below: 900)))
            if step == 40 {
                rate.spend(&with, at: now)
                spentAt = now
            } else if step > 60, let time = spentAt {
                rate.giveBack(&with, spentAt: time, now: now)
                spentAt = nil
            } else if rate.earliest(with) <= now {
                rate.spend(&with, at: now)
                rate.spend(&without, at: now)
            }
            #expect(max(with, now) >= max(without, now) || spentAt != nil)
        }
    }

    @Test("an honest person is never stopped: right guesses one after another cost nothing")
    func honest() {
        let rate = RateLimit(limit: 10, period: .seconds(3600))
        var arrival = Timestamp(milliseconds: 0)
        var now = Self.start
        for _ in 0..<1_000 {
            #expect(rate.earliest(arrival) <= now)
            rate.spend(&arrival, at: now)
            let spentAt = now
            now = now + .seconds(2)
            rate.giveBack(&arrival, spentAt: spentAt, now: now)
        }
    }

    @Test("a clock that goes back earns nothing")
    func clockBack() {
        let rate = RateLimit(limit: 5, period: .seconds(3600))
        var arrival = Timestamp(milliseconds: 0)
        while rate.earliest(arrival) <= Self.start { rate.spend(&arrival, at: Self.start) }
        for seconds in [1, 3_600, 86_400, 31_536_000] as [Int64] {
            #expect(rate.earliest(arrival) > Self.start - .seconds(seconds))
        }
    }

    @Test("failures count for a year, whatever the month, and are then forgotten", arguments: 0..<24)
    func months(monthsOn: Int) {
        var failures = MonthlyFailures()
        let time = Self.start + .seconds(Int64(monthsOn) * 2_629_746)
        failures.add(at: time)
        #expect(failures.total(at: time + .seconds(365 * 86_400)) == 1)
        #expect(failures.total(at: time + .seconds(400 * 86_400)) == 0)
        let rest = failures.restsAt!
        #expect(failures.total(at: rest) == 0)
        #expect(rest < time + .seconds(403 * 86_400))
        // A clock that goes back forgets nothing.
        failures.add(at: time - .seconds(90 * 86_400))
        #expect(failures.total(at: time) == 2)
        #expect(failures.total(at: time - .seconds(90 * 86_400)) == 2)
        failures.add(at: time + .seconds(40 * 86_400))
        failures.remove(addedAt: time)
        #expect(failures.total(at: time + .seconds(40 * 86_400)) == 2)
    }
}
