#if SMPP
    import NIOCore
    import RecordStorage

    /// Gives messages that came in a name, the same when one comes again.
    ///
    /// deliver_sm has none of its own, and the same words twice are two messages: so one is taken for a repetition only where its answer cannot have arrived,
    /// which is where it was not taken, or where its connection was lost since; and only for ``patience``.
    struct InboundNames {
        private struct Given {
            let name: String
            let connection: UInt64
            let since: NIODeadline
            var isAnswered = false
        }

        private let limit: Int
        private let patience: TimeAmount
        private var given: [Bytes16: Given] = [:]
        private var order: CircularBuffer<Bytes16> = []

        init(limit: Int = 4_096, patience: TimeAmount = .hours(1)) { (self.limit, self.patience) = (limit, patience) }

        /// - Parameters:
        ///   - connection: the number of the one it came by.
        ///   - isOpen: whether the one of that number is still there.
        mutating func name(
            _ content: Bytes16, by connection: UInt64, now: NIODeadline, isOpen: (UInt64) -> Bool, draw: () -> String
        ) -> String {
            var name: String?
            if let present = given[content] {
                let mayBeRepeated = !present.isAnswered || !isOpen(present.connection)
                name = mayBeRepeated && present.since + patience > now ? present.name : nil
            } else {
                while order.count >= limit, let oldest = order.popFirst() { given[oldest] = nil }
                order.append(content)
            }
            let chosen = name ?? draw()
            given[content] = Given(name: chosen, connection: connection, since: now)
            return chosen
        }

        mutating func answered(_ content: Bytes16) { given[content]?.isAnswered = true }
    }
#endif
