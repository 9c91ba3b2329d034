import RecordStorage

/// Failures by calendar month (UTC), over the present month and the twelve before it.
///
/// Thirteen counters, since twelve would cover only eleven full months, and the promise is a year.
struct MonthlyFailures: Hashable, Sendable {
    static let months = 13

    /// The month of `counts[0]`, in months since the year 0; counts of older months follow.
    private(set) var newest: UInt32 = 0
    private(set) var counts = [UInt16](repeating: 0, count: months)

    init() {}

    init(newest: UInt32, counts: [UInt16]) {
        precondition(counts.count == Self.months, "There is one count for each month.")
        self.newest = newest
        self.counts = counts
    }

    static func month(of time: Timestamp) -> UInt32 {
        let (year, month, _) = time.civilDate
        return UInt32(clamping: year * 12 + month - 1)
    }

    /// Failures in the year before `now`, and up to a month more.
    func total(at now: Timestamp) -> Int {
        let age = Int(Self.month(of: now)) - Int(newest)
        return counts.prefix(max(0, Self.months - max(0, age))).reduce(0) { $0 + Int($1) }
    }

    /// When no failure counts any more, if there is one.
    var restsAt: Timestamp? {
        guard let youngest = counts.firstIndex(where: { $0 > 0 }) else { return nil }
        let months = Int64(newest) - Int64(youngest) + Int64(Self.months)
        // By the mean month of the calendar, 146,097 days in 4,800 months, and three days late: a row that stays longer does no harm.
        return Timestamp(milliseconds: (months * 146_097 / 4_800 + 3 - 719_528) * 86_400_000)
    }

    mutating func add(at now: Timestamp) {
        let month = Self.month(of: now)
        if month > newest {
            let shift = min(Int(month - newest), Self.months)
            counts = [UInt16](repeating: 0, count: shift) + counts.dropLast(shift)
            newest = month
        }
        // A clock that went back counts into the newest month, and so forgets nothing.
        if counts[0] < .max { counts[0] += 1 }
    }

    /// Takes back what was added at `time`.
    mutating func remove(addedAt time: Timestamp) {
        let age = max(0, Int(newest) - Int(Self.month(of: time)))
        if age < Self.months, counts[age] > 0 { counts[age] -= 1 }
    }
}
