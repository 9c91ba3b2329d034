import IdentityTypes
import RecordStorage

/// Which budget that many numbers share. In this order they are taken, so that nobody waits in a circle.
enum SharedBudgetKey: Hashable, Sendable {
    case deployment
    case country(UInt16)
    case range(BudgetName)
    case network(BudgetName)
    /// Wrong codes of a network.
    case guesses(BudgetName)
    /// Adjacent numbers: in this process's memory alone.
    case block(BudgetName)

    static let collection: RecordCollection = "budget"

    /// Whether hosts share it through a row.
    var isShared: Bool { if case .block = self { false } else { true } }

    /// What it is found by within its partition; orders budgets of one kind too.
    var row: [UInt8] {
        switch self {
        case .deployment: [1]
        case .country(let code): [2, UInt8(code >> 8), UInt8(code & 0xFF)]
        case .range(let name): [3] + name.bytes
        case .network(let name): [4] + name.bytes
        case .guesses(let name): [5] + name.bytes
        case .block(let name): [6] + name.bytes
        }
    }

    /// The row as a number: which of two budgets goes first where nothing else decides.
    var order: (UInt64, UInt8) { (row.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }, row[0]) }

    func recordKey(_ partitions: PartitionCount) -> RecordKey {
        let place: [UInt8] =
            switch self {
            case .deployment: [0, 0]
            case .country(let code): [UInt8(code >> 8), UInt8(code & 0xFF)]
            case .range(let name), .network(let name), .guesses(let name), .block(let name): name.bytes
            }
        return RecordKey(partition: partitions.partition(of: place), collection: Self.collection, row: row)
    }
}

/// How a shared budget is filled.
struct SharedRules: Hashable, Sendable {
    let window: Duration
    var messages: Int
    var money = Money(micros: .max)
    /// How many messages each completion of the window and of the last day stands for; 0: the limit does not grow.
    var growth = 0
    var conversion: ConversionLimits?
    /// Whether what is not converted closes it, or only tightens what rests on it.
    var closes = true

    init(of key: SharedBudgetKey, _ policy: AbusePolicy) {
        let (hour, day) = (Duration.seconds(3_600), Duration.seconds(86_400))
        switch key {
        case .deployment: self.init(day, policy.deployment)
        case .country(let code):
            self.init(day, policy.limits(of: code))
            conversion = policy.country
            closes = false
        case .range:
            self.init(day, DailyLimits(messages: .max, money: Money(micros: .max)))
            conversion = policy.range
        case .network:
            self.init(hour, DailyLimits(messages: policy.network.hourlySends, money: Money(micros: .max)))
            growth = policy.network.growth
        case .guesses:
            self.init(hour, DailyLimits(messages: policy.network.hourlyWrongGuesses, money: Money(micros: .max)))
            growth = policy.network.growth
        case .block:
            self.init(hour, DailyLimits(messages: policy.adjacentNumbers, money: Money(micros: .max)))
        }
    }

    private init(_ window: Duration, _ limits: DailyLimits) {
        self.window = window
        messages = limits.messages
        money = limits.money
    }

    func window(at now: Timestamp) -> UInt32 {
        UInt32(clamping: now.milliseconds / window.wholeMilliseconds)
    }

    func end(of index: UInt32) -> Timestamp {
        Timestamp(milliseconds: (Int64(index) + 1) * window.wholeMilliseconds)
    }
}

/// What a process tells a shared budget of the time since it last did.
struct BudgetReport: Hashable, Sendable {
    var sent = 0
    var spent = Money.zero
    var completed = 0
    /// What the messages of completed challenges had cost.
    var earned = Money.zero
    /// Granted and not used.
    var unused = 0
    var unusedMoney = Money.zero
    /// Of what is unused, what credit had paid for: nothing of a slice that was let out when there was none.
    var unusedCredit = 0
    /// Completions of people for whom the host vouched: they earn nothing, and show that there are people.
    var vouchedFor = 0
    /// The end of the window that the unused slice was of: it goes back into no other.
    var unusedUntil = Timestamp(milliseconds: 0)

    var isEmpty: Bool { self == Self() }

    mutating func subtract(_ other: BudgetReport) {
        sent -= other.sent
        spent = Money(micros: spent.micros - other.spent.micros)
        completed -= other.completed
        vouchedFor -= other.vouchedFor
        earned = Money(micros: earned.micros - other.earned.micros)
    }
}

/// One budget that many numbers share, as its row holds it. Pure: hosts take slices of it, and nothing here draws or waits.
struct SharedBudget: Hashable, Sendable {
    struct Counts: Hashable, Sendable {
        var sent: UInt32 = 0
        var completed: UInt32 = 0
        var spent = Money.zero
        var earned = Money.zero
    }

    struct Slice: Hashable, Sendable {
        let messages: Int
        let money: Money
        let until: Timestamp
        /// Its conversion's credit is used up: it was let out all the same, and what rests on a country's has to have conversions of its own.
        let isTight: Bool
    }

    /// Of the window that is counted: its number since 1970, what was let out in it, and what became of that.
    private(set) var window: UInt32 = 0
    private(set) var granted: UInt32 = 0
    private(set) var grantedMoney = Money.zero
    private(set) var counts = Counts()
    private(set) var before = Counts()
    /// Completions of about the last day.
    private(set) var trust: UInt32 = 0
    /// Messages that may be lost, in thousandths; of a new budget its whole credit.
    private(set) var credit: Int32 = -1
    /// Times it closed since something was last completed, and until when it is closed.
    private(set) var closures: UInt8 = 0
    private(set) var closedUntil = Timestamp(milliseconds: 0)
    /// How many of a thousand messages are usually completed.
    private(set) var baseline: UInt16 = 600

    init() {}

    /// Takes in what a process tells.
    mutating func take(_ report: BudgetReport, at now: Timestamp, _ rules: SharedRules) {
        roll(to: rules.window(at: now), rules)
        counts.sent = Self.sum(counts.sent, report.sent)
        counts.completed = Self.sum(counts.completed, report.completed)
        counts.spent = counts.spent + report.spent
        counts.earned = counts.earned + report.earned
        if report.unusedUntil == rules.end(of: window) {
            granted = Self.sum(granted, -report.unused)
            grantedMoney = Money(micros: max(0, grantedMoney.micros - report.unusedMoney.micros))
        }
        guard let conversion = rules.conversion else { return }
        if report.completed + report.vouchedFor > 0 {
            closures = 0
            closedUntil = min(closedUntil, now + conversion.firstProbe)
        }
        let earned = report.completed * 1_000_000 / (Int(baseline) * 3 / 4) + report.unusedCredit * 1_000
        credit = Int32(clamping: min(Int(credit) + earned, 1_000 * cap(conversion)))
    }

    /// Lets a slice out: `wanted` messages, less near the budget's end, and money for them at `price`.
    ///
    /// - Returns: `nil` when nothing may be let out before the time given.
    mutating func grant(
        _ wanted: Int, at price: Money, now: Timestamp, _ rules: SharedRules
    ) -> Result<Slice, SharedRefusal> {
        roll(to: rules.window(at: now), rules)
        let end = rules.end(of: window)
        let left = limit(rules) - Int(granted)
        let leftMoney = rules.money.micros - grantedMoney.micros
        guard left > 0, leftMoney >= price.micros else { return .failure(SharedRefusal(until: end)) }
        // A sixteenth of what is left: hosts that hold slices and send nothing keep little from the others.
        var messages = min(wanted, max(1, left / 16))
        if price > .zero { messages = min(messages, max(1, Int(leftMoney / 16 / price.micros))) }
        var isTight = false
        if rules.conversion != nil {
            if credit >= 1_000 {
                messages = min(messages, max(1, Int(credit) / 16_000))
            } else if rules.closes {
                guard now >= closedUntil else { return .failure(SharedRefusal(until: closedUntil)) }
                messages = 1
                isTight = true
            } else {
                isTight = true
            }
            spendCredit(messages, now, rules)
        }
        granted = Self.sum(granted, messages)
        grantedMoney = grantedMoney + price * messages
        return .success(Slice(messages: messages, money: price * messages, until: end, isTight: isTight))
    }

    /// Whether anybody completed anything here today or yesterday.
    var isProven: Bool { completedLately > 0 }

    private var completedLately: Int { Int(counts.completed) + Int(before.completed) }

    /// When nothing of it matters any more. Without its row a range has its whole credit again, which must not be had by waiting a few days.
    func restsAt(_ rules: SharedRules) -> Timestamp {
        let quiet = max(rules.end(of: window) + rules.window, closedUntil) + .seconds(86_400)
        guard let conversion = rules.conversion, Int(credit) < 1_000 * conversion.credit else { return quiet }
        return quiet + .seconds(90 * 86_400)
    }

    private mutating func spendCredit(_ messages: Int, _ now: Timestamp, _ rules: SharedRules) {
        guard let conversion = rules.conversion else { return }
        credit = Int32(clamping: max(0, Int(credit) - 1_000 * messages))
        guard rules.closes, credit < 1_000 else { return }
        closures = closures == .max ? closures : closures + 1
        var pause = conversion.firstProbe
        for _ in 1..<max(Int(closures), 1) where pause < .seconds(86_400) { pause *= 2 }
        closedUntil = now + min(pause, .seconds(86_400))
    }

    private func limit(_ rules: SharedRules) -> Int {
        guard rules.growth > 0 else { return rules.messages }
        return max(rules.messages, rules.growth * max(completedLately, Int(trust) / 24))
    }

    /// What is completed in days lets more be under way at once.
    private func cap(_ conversion: ConversionLimits) -> Int {
        conversion.credit + completedLately / 64
    }

    /// A clock that went back opens no new window.
    private mutating func roll(to index: UInt32, _ rules: SharedRules) {
        if credit < 0, let conversion = rules.conversion { credit = Int32(clamping: 1_000 * conversion.credit) }
        guard index > window else { return }
        if counts.sent >= 50 {
            let rate = min(max(Int(counts.completed) * 1_000 / Int(counts.sent), 200), 900)
            baseline = UInt16(Int(baseline) + (rate - Int(baseline)) / 4)
        }
        let gap = index - window
        trust = Self.sum(trust, Int(counts.completed))
        for _ in 0..<min(gap, 400) { trust -= UInt32((UInt64(trust) + 12) / 24) }
        before = gap == 1 ? counts : Counts()
        counts = Counts()
        (window, granted, grantedMoney) = (index, 0, .zero)
        // A country has no probes: where nobody gets a code nobody completes, and it would never open again.
        if !rules.closes, let conversion = rules.conversion {
            let whole = 1_000 * conversion.credit
            let regained = Int(credit) + Int(min(gap, 16)) * 1_000 * max(1, conversion.credit / 16)
            credit = Int32(clamping: max(Int(credit), min(regained, whole)))
        }
    }

    private static func sum(_ count: UInt32, _ change: Int) -> UInt32 { UInt32(clamping: Int(count) + change) }
}

/// Nothing is let out before then.
struct SharedRefusal: Error, Hashable {
    let until: Timestamp
}

extension SharedBudget {
    private static let format: UInt8 = 1

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 88)
        writer.u8(Self.format)
        writer.u32(window)
        writer.u32(granted)
        writer.i64(grantedMoney.micros)
        for counts in [counts, before] {
            writer.u32(counts.sent)
            writer.u32(counts.completed)
            writer.i64(counts.spent.micros)
            writer.i64(counts.earned.micros)
        }
        writer.u32(trust)
        writer.u32(UInt32(bitPattern: credit))
        writer.u8(closures)
        writer.time(closedUntil)
        writer.u16(baseline)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == Self.format else { throw MalformedBytes() }
        window = try reader.u32()
        granted = try reader.u32()
        grantedMoney = Money(micros: try reader.i64())
        counts = try Self.counts(from: &reader)
        before = try Self.counts(from: &reader)
        trust = try reader.u32()
        credit = Int32(bitPattern: try reader.u32())
        closures = try reader.u8()
        closedUntil = try reader.time()
        baseline = try reader.u16()
        guard (200...900).contains(baseline), credit >= -1, grantedMoney >= .zero else { throw MalformedBytes() }
    }

    private static func counts(from reader: inout ByteReader) throws(MalformedBytes) -> Counts {
        let counts = Counts(
            sent: try reader.u32(), completed: try reader.u32(), spent: Money(micros: try reader.i64()),
            earned: Money(micros: try reader.i64()))
        guard counts.spent >= .zero, counts.earned >= .zero else { throw MalformedBytes() }
        return counts
    }
}
