#if SMTP
    import NIOCore

    /// A timer of an event loop that can be set anew. Used on that loop only.
    struct Deadline {
        private var scheduled: Scheduled<Void>?

        var isSet: Bool { scheduled != nil }

        mutating func set(_ duration: Duration, on loop: any EventLoop, _ action: @escaping () -> Void) {
            set(.now() + duration.timeAmount, on: loop, action)
        }

        mutating func set(_ deadline: NIODeadline, on loop: any EventLoop, _ action: @escaping () -> Void) {
            scheduled?.cancel()
            scheduled = loop.assumeIsolated().scheduleTask(deadline: deadline, action)
        }

        mutating func clear() {
            scheduled?.cancel()
            scheduled = nil
        }
    }

    extension Duration {
        /// At most a year, which no timer of ours outlives.
        var timeAmount: TimeAmount { TimeAmount(min(max(self, .zero), .seconds(365 * 86_400))) }
    }
#endif
