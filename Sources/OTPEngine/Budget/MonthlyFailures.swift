import RecordStorage

/// Failures by calendar month (UTC), over the present month and the twelve before it.
///
/// Thirteen counters, since twelve would cover only eleven full months, and the promise is a year.
struct MonthlyFailures: Hashable, Sendable {
    static let months = 13

    /// The month of the first count, in months since the year 0; counts of older months follow.
    private(set) var newest: UInt32 = 0
    /// The counts of the newest eight months and of those before, in place; three lanes are never used.
    private var young = SIMD8<UInt16>()
    private var old = SIMD8<UInt16>()

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
        get { age < 8 ? young[age] : old[age - 8] }
        set { if age < 8 { young[age] = newValue } else { old[age - 8] = newValue } }
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
        return (0..<max(0, Self.months - max(0, age))).reduce(0) { $0 + Int(self[$1]) }
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
    // Thirteen counts of two bytes: four at a time, as they lie in the row.

    func write(to writer: inout ByteWriter) {
        writer.u32(newest)
        for age in stride(from: 0, to: 12, by: 4) {
            writer.u64((age..<age + 4).reduce(0) { $0 << 16 | UInt64(self[$1]) })
        }
        writer.u16(self[12])
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let newest = try reader.u32()
        guard newest <= Self.latestMonth else { throw MalformedBytes() }
        let (young, middle, old, oldest) = (try reader.u64(), try reader.u64(), try reader.u64(), try reader.u16())
        self.init(newest: newest) { age in
            let four = age < 4 ? young : age < 8 ? middle : old
            return age == 12 ? oldest : UInt16(truncatingIfNeeded: four >> UInt64(48 - age % 4 * 16))
        }
    }
}
