import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("What many numbers share is let out in slices, and never more than there is")
struct SharedBudgetTests {
    private static let start = Timestamp(milliseconds: 1_795_478_400_000)

    private static func rules(messages: Int = 100, money: Money = Money(1_000), growth: Int = 0) -> SharedRules {
        var policy = AbusePolicy()
        policy.deployment = DailyLimits(messages: messages, money: money)
        policy.network.hourlySends = messages
        policy.network.growth = max(growth, 1)
        return SharedRules(of: growth == 0 ? .deployment : .network(BudgetName(0)), policy)
    }

    @Test func slicesShrinkTowardsTheEndAndAddUpToTheLimit() throws {
        var (budget, sizes) = (SharedBudget(), [Int]())
        while case .success(let slice) = budget.grant(64, at: Money(micros: 1), now: Self.start, Self.rules(messages: 2_000)) {
            sizes.append(slice.messages)
        }
        #expect(sizes.reduce(0, +) == 2_000)
        #expect(sizes.first == 64 && sizes.last == 1 && sizes == sizes.sorted(by: >))
    }

    @Test func moneyEndsASliceToo() throws {
        var (budget, spent) = (SharedBudget(), 0)
        let price = Money(micros: 30_000)
        while case .success(let slice) = budget.grant(64, at: price, now: Self.start, Self.rules(messages: 1_000_000, money: Money(3))) {
            spent += slice.messages
            #expect(slice.money == price * slice.messages)
        }
        #expect(spent == 100)
    }

    @Test func aNewDayFillsItAndAClockThatGoesBackDoesNot() throws {
        var budget = SharedBudget()
        func empty(at time: Timestamp) -> Int {
            var count = 0
            while case .success(let slice) = budget.grant(8, at: .zero, now: time, Self.rules()) { count += slice.messages }
            return count
        }
        #expect(empty(at: Self.start) == 100)
        #expect(empty(at: Self.start - .seconds(86_400)) == 0)
        #expect(empty(at: Self.start + .seconds(86_400)) == 100)
        #expect(empty(at: Self.start) == 0)
        guard case .failure(let refusal) = budget.grant(1, at: .zero, now: Self.start + .seconds(86_400), Self.rules()) else {
            Issue.record("There was more than the limit.")
            return
        }
        #expect(refusal.until == Self.start + .seconds(2 * 86_400))
    }

    @Test func whatIsCompletedLetsANetworkGrow() throws {
        var budget = SharedBudget()
        let rules = Self.rules(messages: 20, growth: 3)
        func drain(_ time: Timestamp) -> Int {
            var count = 0
            while case .success(let slice) = budget.grant(1, at: .zero, now: time, rules) { count += slice.messages }
            return count
        }
        #expect(drain(Self.start) == 20)
        budget.take(BudgetReport(sent: 20, completed: 16), at: Self.start, rules)
        #expect(drain(Self.start) == 28, "3 times 16 in this hour")
        // Of a day with ten an hour about ten an hour are remembered.
        for hour in 1..<48 { budget.take(BudgetReport(sent: 14, completed: 10), at: Self.start + .seconds(3_600) * hour, rules) }
        #expect((20...30).contains(drain(Self.start + .seconds(3_600) * 49)))
        #expect(drain(Self.start + .seconds(3_600) * 1_000) == 20)
    }

    private static let range = SharedRules(of: .range(BudgetName(0x0102_0304_0506_0708)), .standard)

    @Test func aRangeThatNobodyCompletesInClosesWithinFiftyMessagesADay() {
        var (budget, sent) = (SharedBudget(), 0)
        for second in 0..<86_400 {
            let now = Self.start + .seconds(second)
            if case .success(let slice) = budget.grant(4, at: .zero, now: now, Self.range) {
                sent += slice.messages
                budget.take(BudgetReport(sent: slice.messages), at: now, Self.range)
            }
        }
        #expect(sent <= 50, "\(sent) messages")
        #expect(sent <= AbusePolicy.standard.range.credit + AbusePolicy.standard.range.probesOfADay)
    }

    @Test func aRangeThatConvertsStaysOpenAndOneThatRecoversOpensAgain() {
        var (budget, refused) = (SharedBudget(), 0)
        // Seven of ten are completed, a while after they are sent.
        for index in 0..<5_000 {
            let now = Self.start + .seconds(index * 60)
            guard case .success(let slice) = budget.grant(1, at: .zero, now: now, Self.range) else {
                refused += 1
                continue
            }
            budget.take(BudgetReport(sent: slice.messages, completed: index % 10 < 7 ? 1 : 0), at: now, Self.range)
        }
        #expect(refused == 0)
        // A pumping attack of half an hour closes it.
        let attack = Self.start + .seconds(400_000)
        var lost = 0
        while case .success(let slice) = budget.grant(4, at: .zero, now: attack, Self.range) { lost += slice.messages }
        #expect((40...200).contains(lost), "\(lost) messages")
        // An hour later one message may try, and opens it by being completed.
        let later = attack + .seconds(3_600)
        guard case .success(let probe) = budget.grant(4, at: .zero, now: later, Self.range) else {
            Issue.record("The range never tried again.")
            return
        }
        #expect(probe.messages == 1)
        if case .success = budget.grant(4, at: .zero, now: later, Self.range) { Issue.record("Two messages tried at once.") }
        budget.take(BudgetReport(sent: 1, completed: 1), at: later, Self.range)
        guard case .success = budget.grant(4, at: .zero, now: later, Self.range) else {
            Issue.record("A completed sign-up did not open the range.")
            return
        }
    }

    private static let country = SharedRules(of: .country(41), .standard)

    /// Takes slices until there is no credit left.
    private func drained(_ rules: SharedRules, at time: Timestamp) -> SharedBudget {
        var budget = SharedBudget()
        for _ in 0..<1_000 where budget.credit != 0 { _ = budget.grant(4, at: .zero, now: time, rules) }
        return budget
    }

    @Test func whatNoCreditPaidForGivesNoneBack() throws {
        var budget = drained(Self.country, at: Self.start)
        let slice = try budget.grant(64, at: .zero, now: Self.start, Self.country).get()
        #expect(slice.isTight && slice.messages > 1)
        let report = BudgetReport(unused: slice.messages, unusedUntil: slice.until)
        budget.take(report, at: Self.start, Self.country)
        #expect(budget.credit == 0)
    }

    @Test func aPumpedCountryOpensAgainBySixteenthsADay() throws {
        var budget = drained(Self.country, at: Self.start)
        budget.take(BudgetReport(), at: Self.start + .seconds(86_400), Self.country)
        #expect(budget.credit == 25_000)
        budget.take(BudgetReport(), at: Self.start + .seconds(86_400) * 40, Self.country)
        #expect(budget.credit == 400_000)
    }

    @Test func aRangeThatLostCreditIsRemembered() {
        let lost = drained(Self.range, at: Self.start)
        #expect(lost.restsAt(Self.range) > Self.start + .seconds(86_400) * 90)
        var whole = SharedBudget()
        whole.take(BudgetReport(), at: Self.start, Self.range)
        #expect(whole.restsAt(Self.range) < Self.start + .seconds(86_400) * 4)
    }

    @Test func vouchedPeopleBringProbesBackAndEarnNothing() {
        var budget = drained(Self.range, at: Self.start)
        var now = Self.start
        for _ in 0..<8 {
            now = max(now, budget.closedUntil)
            _ = budget.grant(4, at: .zero, now: now, Self.range)
        }
        #expect(budget.closedUntil == now + .seconds(86_400))
        budget.take(BudgetReport(vouchedFor: 1), at: now, Self.range)
        #expect(budget.credit == 0 && budget.closedUntil == now + .seconds(3_600))
    }

    @Test func aRowHasOneEncoding() throws {
        let random = SeededRandom(7)
        var budget = SharedBudget()
        for step in 0..<40 as Range<UInt64> {
            let now = Self.start + .seconds(Int64(step * 40_000))
            _ = budget.grant(Int(random.number(below: 9)) + 1, at: Money(micros: 5), now: now, Self.range)
            budget.take(
                BudgetReport(sent: Int(random.number(below: 80)), spent: Money(micros: 9), completed: Int(random.number(below: 9))),
                at: now,
                Self.range)
            let bytes = budget.encoded
            #expect(bytes.count == 84)
            var reader = ByteReader(bytes)
            #expect(try SharedBudget(from: &reader) == budget)
            for length in 0..<bytes.count {
                var short = ByteReader(Array(bytes.prefix(length)))
                #expect(throws: MalformedBytes.self) { try SharedBudget(from: &short) }
            }
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 0x81
                var reader = ByteReader(changed)
                if let read = try? SharedBudget(from: &reader) { #expect(read.encoded == changed) }
            }
        }
    }

    @Test("a network is what one household or carrier cannot leave by changing its address")
    func networks() {
        let same = [
            ["192.0.2.1", "192.0.2.254:51324", "::ffff:192.0.2.7", "0:0:0:0:0:FFFF:C000:0207", "[::ffff:192.0.2.9]:80"],
            [
                "2001:db8:1:2::1", "2001:DB8:1:ffff:1:2:3:4", "2001:db8:1::", "2001:0db8:0001::5%eth0", "[2001:db8:1::9]",
                "[2001:db8:1::9]:443",
            ], ["::1", "::2"],
        ]
        let prefixes = same.map { Set($0.map { NetworkPrefix.bytes(of: $0) }) }
        for prefix in prefixes { #expect(prefix.count == 1 && prefix.first! != nil) }
        #expect(Set(prefixes).count == same.count)
        for text in [
            "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1.2.3.-4", "01.2.3.0004", ":::", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7",
            "::+1", "٣.2.3.4", "1.2.3.4 ", "1.2.3.4:", "1.2.3.4:x", "1.2.3.4:123456", "[1::2", "[1::2]x", "[]", "unknown", "a.b.c.d:1",
            String(repeating: ":", count: 100_000),
        ] { #expect(NetworkPrefix.bytes(of: text) == nil, "\(text.prefix(20))") }
    }
}
