#if SMPP || SMTP
    package import NIOCore

    /// A timer of an event loop that can be set anew. Used on that loop only.
    package struct Deadline {
        private var scheduled: Scheduled<Void>?

        package init() {}

        package var isSet: Bool { scheduled != nil }

        package mutating func set(_ duration: Duration, on loop: any EventLoop, _ action: @escaping () -> Void) {
            set(.now() + duration.timeAmount, on: loop, action)
        }

        package mutating func set(_ deadline: NIODeadline, on loop: any EventLoop, _ action: @escaping () -> Void) {
            scheduled?.cancel()
            scheduled = loop.assumeIsolated().scheduleTask(deadline: deadline, action)
        }

        package mutating func clear() {
            scheduled?.cancel()
            scheduled = nil
        }
    }

    extension Duration {
        /// At most a year, which no timer of ours outlives.
        package var timeAmount: TimeAmount { TimeAmount(min(max(self, .zero), .seconds(365 * 86_400))) }
    }
#endif
