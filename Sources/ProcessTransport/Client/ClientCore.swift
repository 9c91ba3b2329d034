#if Processes
    import NIOCore
    import NIOPosix

    /// What a client knows: who waits, and the connection. Used on its event loop only.
    final class ClientCore {
        private enum Link {
            case none
            case connecting
            case ready(ClientConnection)
        }

        private let endpoint: ClientEndpoint
        private let tls: PinnedTLS?
        private let role: String
        private let limits: TransportLimits
        private let loop: any EventLoop

        private var link = Link.none
        private var waiting: [WaitingCall] = []
        /// Where each call that was sent is, and the timers of all.
        private var sent: [ObjectIdentifier: ClientConnection] = [:]
        private var timers: [ObjectIdentifier: Scheduled<Void>] = [:]
        /// Also those that only wait for their last answers.
        private var open: [ObjectIdentifier: any Channel] = [:]
        private var attempt: EventLoopFuture<Void>?
        private var isShutDown = false

        init(endpoint: ClientEndpoint, tls: PinnedTLS?, role: String, limits: TransportLimits, loop: any EventLoop) {
            self.endpoint = endpoint
            self.tls = tls
            self.role = role
            self.limits = limits
            self.loop = loop
        }

        // MARK: Calls

        func submit(_ call: WaitingCall) {
            guard !call.call.isCancelled.load(ordering: .acquiring) else { return call.end(.failure(Self.cancelled)) }
            guard !isShutDown else { return call.end(.failure(ProcessError(.unavailable, "This client was shut down."))) }
            guard waiting.count < limits.waitingRequests else {
                return call.end(.failure(ProcessError(.unavailable, "\(waiting.count) requests wait already: try again in a moment.")))
            }
            waiting.append(call)
            let name = ObjectIdentifier(call.call)
            timers[name] = loop.assumeIsolated().scheduleTask(deadline: call.deadline) { [weak self] in
                self?.abandon(
                    name, unsent: ProcessError(.unavailable, "The request could not be sent in its time: try again later."),
                    sent: ProcessError(.outcomeUnknown, "No answer came in the request's time."))
            }
            sendWaiting()
        }

        func cancel(_ call: Call) {
            abandon(
                ObjectIdentifier(call), unsent: Self.cancelled,
                sent: ProcessError(.outcomeUnknown, "The task was cancelled after the request was sent."))
        }

        private static let cancelled = ProcessError(.cancelled, "The task was cancelled before the request was sent.")

        private func abandon(_ name: ObjectIdentifier, unsent: ProcessError, sent error: ProcessError) {
            if let connection = sent[name] {
                connection.abandon(name, error)
            } else if let index = waiting.firstIndex(where: { ObjectIdentifier($0.call) == name }) {
                let call = waiting.remove(at: index)
                forget(name)
                call.end(.failure(unsent))
            }
        }

        /// What belongs to a call that has its outcome.
        func forget(_ name: ObjectIdentifier) {
            timers.removeValue(forKey: name)?.cancel()
            sent[name] = nil
        }

        private func sendWaiting() {
            guard !waiting.isEmpty else { return }
            switch link {
            case .none: connect()
            case .connecting: break
            case .ready(let connection):
                let count = min(connection.places, waiting.count)
                guard count > 0 else { return }
                for call in waiting.prefix(count) {
                    sent[ObjectIdentifier(call.call)] = connection
                    connection.send(call)
                }
                waiting.removeFirst(count)
            }
        }

        private func failWaiting(_ error: ProcessError) {
            let calls = waiting
            waiting = []
            for call in calls {
                forget(ObjectIdentifier(call.call))
                call.end(.failure(error))
            }
        }

        // MARK: The connection

        private func connect() {
            link = .connecting
            let bound = NIOLoopBound(self, eventLoop: loop)
            let bootstrap = ClientBootstrap(group: loop).connectTimeout(limits.handshakeTimeout.timeAmount).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.prepare(channel) }
            }
            let connected: EventLoopFuture<any Channel>
            switch endpoint {
            case .unixSocket(let path, _): connected = bootstrap.connect(unixDomainSocketPath: path)
            case .tls(let host, let port, _, _):
                connected = bootstrap.channelOption(.socketOption(.so_keepalive), value: 1)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            }
            attempt = connected.map { _ in }
            connected.assumeIsolated().whenFailure { error in
                self.connectionFailed(ProcessError(.unavailable, "The other process cannot be reached: \(error)."))
            }
        }

        private func prepare(_ channel: any Channel) throws {
            open[ObjectIdentifier(channel)] = channel
            let name = ObjectIdentifier(channel)
            channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in self?.open[name] = nil }
            var user: UInt32?
            if case .unixSocket(_, let expected) = endpoint { user = expected }
            if let tls { try channel.pipeline.syncOperations.addHandler(tls.clientHandler()) }
            try channel.pipeline.syncOperations.addHandlers(
                FlushOncePerTick(), ClientConnection(role: role, user: user, limits: limits, core: self))
        }

        /// The server has let this process in.
        func connectionOpened(_ connection: ClientConnection) {
            guard case .connecting = link, !isShutDown else { return connection.close() }
            link = .ready(connection)
            sendWaiting()
        }

        /// No connection came about.
        func connectionFailed(_ error: ProcessError) {
            guard case .connecting = link else { return }
            link = .none
            failWaiting(error)
        }

        /// A connection takes no more calls, or is gone.
        func connectionEnded(_ connection: ClientConnection) {
            guard case .ready(let present) = link, present === connection else { return }
            link = .none
            sendWaiting()
        }

        func placeIsFree() { sendWaiting() }

        func shutDown() -> EventLoopFuture<Void> {
            isShutDown = true
            failWaiting(ProcessError(.unavailable, "This client was shut down."))
            let channels = Array(open.values)
            for channel in channels { channel.close(promise: nil) }
            let attempt = self.attempt ?? loop.makeSucceededVoidFuture()
            return EventLoopFuture.andAllComplete(channels.map(\.closeFuture) + [attempt], on: loop)
        }
    }
#endif
