import RecordStorage

/// Failures by calendar month (UTC), over the present month and the twelve before it.
///
/// Thirteen counters, since twelve would cover only eleven full months, and the promise is a year.
struct MonthlyFailures: Hashable, Sendable {
    static let months = 13

    /// The month of the first count, in months since the year 0; counts of older months follow.
    private(set) var newest: UInt32 = 0
    /// The counts, four to a word and the newest in its highest bits, as they lie in the row; the last word has one.
    private var young: UInt64 = 0
    private var middle: UInt64 = 0
    private var old: UInt64 = 0
    private var oldest: UInt64 = 0

    init() {}

    init(newest: UInt32, counts: [UInt16]) {
        precondition(counts.count == Self.months, "There is one count for each month.")
        self.init(newest: newest) { counts[$0] }
    }

    init<Failure: Error>(newest: UInt32, _ count: (_ age: Int) throws(Failure) -> UInt16) throws(Failure) {
        self.newest = newest
        for age in 0..<Self.months { self[age] = try count(age) }
    }

    /// The count of the month `age` months before the newest, 0..<``months``.
    private(set) subscript(age: Int) -> UInt16 {
        get { UInt16(truncatingIfNeeded: self[word: age / 4] >> Self.shift(age)) }
        set {
            let others = self[word: age / 4] & ~(0xFFFF << Self.shift(age))
            self[word: age / 4] = others | UInt64(newValue) << Self.shift(age)
        }
    }

    private static func shift(_ age: Int) -> UInt64 { UInt64(48 - age % 4 * 16) }

    private subscript(word index: Int) -> UInt64 {
        get {
            switch index {
            case 0: young
            case 1: middle
            case 2: old
            default: oldest
            }
        }
        set {
            switch index {
            case 0: young = newValue
            case 1: middle = newValue
            case 2: old = newValue
            default: oldest = newValue
            }
        }
    }

    var counts: [UInt16] { (0..<Self.months).map { self[$0] } }

    /// In the year 10,000: a row that names a later one is none of ours.
    static let latestMonth: UInt32 = 120_000

    static func month(of time: Timestamp) -> UInt32 {
        let (year, month, _) = time.civilDate
        return min(UInt32(clamping: year * 12 + month - 1), latestMonth)
    }

    /// Failures in the year before `now`, and up to a month more.
    func total(at now: Timestamp) -> Int {
        let age = Int(Self.month(of: now)) - Int(newest)
        return age <= 0 ? total : (0..<max(0, Self.months - age)).reduce(0) { $0 + Int(self[$1]) }
    }

    private var total: Int {
        func sum(_ word: UInt64) -> Int { Int(word >> 48) + Int(word >> 32 & 0xFFFF) + Int(word >> 16 & 0xFFFF) + Int(word & 0xFFFF) }
        return sum(young) + sum(middle) + sum(old) + sum(oldest)
    }

    /// When no failure counts any more, if there is one.
    var restsAt: Timestamp? {
        guard let youngest = (0..<Self.months).first(where: { self[$0] > 0 }) else { return nil }
        let months = Int64(newest) - Int64(youngest) + Int64(Self.months)
        // By the mean month of the calendar, 146,097 days in 4,800 months, and three days late: a row that stays longer does no harm.
        return Timestamp(milliseconds: (months * 146_097 / 4_800 + 3 - 719_528) * 86_400_000)
    }

    mutating func add(at now: Timestamp) {
        let month = Self.month(of: now)
        if month > newest {
            let (before, shift) = (self, Int(month - newest))
            self = Self(newest: month) { $0 < shift ? 0 : before[$0 - shift] }
        }
        // A clock that went back counts into the newest month, and so forgets nothing.
        if self[0] < .max { self[0] += 1 }
    }

    /// Takes back what was added at `time`.
    mutating func remove(addedAt time: Timestamp) {
        let age = max(0, Int(newest) - Int(Self.month(of: time)))
        if age < Self.months, self[age] > 0 { self[age] -= 1 }
    }
}

extension MonthlyFailures {
    func write(to writer: inout ByteWriter) {
        writer.u32(newest)
        writer.u64(young)
        writer.u64(middle)
        writer.u64(old)
        writer.u16(self[12])
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        newest = try reader.u32()
        guard newest <= Self.latestMonth else { throw MalformedBytes() }
        young = try reader.u64()
        middle = try reader.u64()
        old = try reader.u64()
        self[12] = try reader.u16()
    }
}
