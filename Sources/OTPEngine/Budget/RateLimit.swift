import RecordStorage

/// So many in a period, counted exactly in one timestamp (GCRA): the theoretical arrival time, at which everything spent so
/// far will have been earned again at an even pace.
///
/// Lets a burst of `limit / 2 + 1` through at once and then one every `period / limit`, so that no half-open window as long
/// as the period passes more than one and a half times the limit. A clock that goes back earns nothing: the arrival time stays.
/// Source: ITU-T I.371, virtual scheduling algorithm.
public struct RateLimit: Sendable, Hashable {
    /// At least 1.
    public let limit: Int
    /// At least a second.
    public let period: Duration
    /// The pace in milliseconds, rounded up so that rounding never gives anything away.
    let interval: Int64

    public init(limit: Int, period: Duration) {
        precondition(limit >= 1 && period >= .seconds(1), "A rate is at least one in a period of at least a second.")
        self.limit = limit
        self.period = period
        interval = (period.wholeMilliseconds - 1) / Int64(limit) + 1
    }

    /// What is let through at once after rest.
    public var burst: Int { limit / 2 + 1 }

    /// When the next one passes; in the past where it passes now.
    func earliest(_ arrival: Timestamp) -> Timestamp {
        arrival.advanced(by: -interval * Int64(burst - 1))
    }

    func spend(_ arrival: inout Timestamp, at now: Timestamp) {
        arrival = max(arrival, now).advanced(by: interval)
    }

    /// Gives back what was spent at `spentAt`, less what time has earned since.
    ///
    /// Giving back the whole interval would let a bucket that refilled meanwhile hold one more than its burst: a right guess
    /// that waits for its completion would buy a stranger a wrong one. With the elapsed time taken off, the state is never
    /// better than had the guess not been made, and somebody who guesses right one time after another is never stopped.
    func giveBack(_ arrival: inout Timestamp, spentAt: Timestamp, now: Timestamp) {
        let earned = max(now - spentAt, .zero).wholeMilliseconds
        if earned < interval { arrival = arrival.advanced(by: earned - interval) }
    }
}
