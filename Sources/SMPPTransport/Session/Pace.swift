#if SMPP
    import GatewayConnection
    import NIOCore

    /// Lets so many messages a second through; up to a tenth of a second's at once.
    struct Pace {
        private let interval: Int64
        private let burst: Int64
        /// When the next message is due, were they spread evenly.
        private var due: NIODeadline

        init?(perSecond rate: Int?, now: NIODeadline) {
            guard let rate, rate > 0 else { return nil }
            interval = max(1, 1_000_000_000 / Int64(rate))
            burst = max(0, Int64(rate) / 10 - 1) * interval
            due = now
        }

        /// When the next message may go: now, or later.
        func opening(now: NIODeadline) -> NIODeadline { max(now, due - .nanoseconds(burst)) }

        mutating func take(now: NIODeadline) { due = max(due, now) + .nanoseconds(interval) }
    }

    /// Nothing is sent for a while after the message centre said that it has too much: longer each time it says so in a row.
    struct ThrottlePause {
        private let bounds: ClosedRange<Duration>
        private var next: Duration
        private(set) var end: NIODeadline

        init(_ bounds: ClosedRange<Duration>, now: NIODeadline) {
            self.bounds = bounds
            next = bounds.lowerBound
            end = now
        }

        func left(now: NIODeadline) -> Duration { end > now ? .nanoseconds((end - now).nanoseconds) : .zero }

        /// - Returns: whether a new pause begins; what was sent before it began is answered in the course of it.
        mutating func begin(now: NIODeadline) -> Bool {
            guard end <= now else { return false }
            end = now + next.timeAmount
            next = min(next * 2, bounds.upperBound)
            return true
        }

        /// A message was taken. During a pause that says nothing: it was sent before.
        mutating func relax(now: NIODeadline) {
            if end <= now { next = bounds.lowerBound }
        }
    }
#endif
