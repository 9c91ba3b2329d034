#if Processes
    import NIOCore

    /// A timer of an event loop that can be set anew. Used on that loop only.
    struct Deadline {
        private var scheduled: Scheduled<Void>?

        var isSet: Bool { scheduled != nil }

        mutating func set(_ duration: Duration, on loop: any EventLoop, _ action: @escaping () -> Void) {
            scheduled?.cancel()
            scheduled = loop.assumeIsolated().scheduleTask(in: duration.timeAmount, action)
        }

        mutating func clear() {
            scheduled?.cancel()
            scheduled = nil
        }
    }
#endif
