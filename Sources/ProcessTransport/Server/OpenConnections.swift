#if Processes
    import NIOCore
    import Synchronization

    /// The connections of one server: how many there may be, and all of them when it stops.
    final class OpenConnections: Sendable {
        private struct State {
            var channels: [ObjectIdentifier: any Channel] = [:]
            /// Those that have not said who they are, oldest first.
            var ungreeted: [ObjectIdentifier] = []
            var isStopping = false
        }

        private let limits: TransportLimits
        private let state = Mutex(State())

        init(limits: TransportLimits) { self.limits = limits }

        enum Admission {
            case admitted
            case stopping
            /// Admitted, and this one, the oldest silent one, makes room for it.
            case instead(of: any Channel)
        }

        func admit(_ channel: any Channel) -> Admission {
            state.withLock { state in
                guard !state.isStopping else { return .stopping }
                state.channels[ObjectIdentifier(channel)] = channel
                state.ungreeted.append(ObjectIdentifier(channel))
                guard state.ungreeted.count > limits.handshakes, let oldest = state.channels[state.ungreeted.removeFirst()] else {
                    return .admitted
                }
                return .instead(of: oldest)
            }
        }

        /// Counts a connection among those that are served.
        ///
        /// - Returns: `false` where there are as many as may be.
        func greet(_ channel: any Channel) -> Bool {
            state.withLock { state in
                guard state.channels.count - state.ungreeted.count < limits.connections else { return false }
                state.ungreeted.removeAll { $0 == ObjectIdentifier(channel) }
                return true
            }
        }

        /// Once nothing of it is under way any more, so that a caller who reconnects gets no more than its share.
        func remove(_ channel: any Channel) {
            state.withLock { state in
                state.channels[ObjectIdentifier(channel)] = nil
                state.ungreeted.removeAll { $0 == ObjectIdentifier(channel) }
            }
        }

        /// Admits nobody from now on.
        func stop() -> [any Channel] {
            state.withLock { state in
                state.isStopping = true
                return Array(state.channels.values)
            }
        }
    }
#endif
