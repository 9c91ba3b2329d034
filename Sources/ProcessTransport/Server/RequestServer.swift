#if Processes
    import NIOCore
    import NIOPosix
    public import RecordStorage
    import Synchronization

    /// Answers requests of other processes, of those alone that its policy lists.
    ///
    /// What a request and its answer mean is the handler's: both are bytes. Requests of one connection run at the same time, up to the limit, and
    /// are answered in any order. A request that was taken is carried out to its end even if the caller is gone by then.
    public final class RequestServer: Sendable {
        private struct Running {
            var listener: (any Channel)?
            var isStopping = false
            var hasRun = false
        }

        private let endpoint: ServerEndpoint
        private let peers: PeerPolicy
        private let limits: TransportLimits
        private let time: any TimeSource
        private let observe: @Sendable (ServerEvent) -> Void
        private let handler: @Sendable (Peer, [UInt8]) async -> [UInt8]
        private let connections: OpenConnections
        private let running = Mutex(Running())
        private let graceIsOver: AsyncStream<Void>
        private let endGrace: AsyncStream<Void>.Continuation

        /// - Parameters:
        ///   - time: What certificates expire by.
        ///   - observe: Told of every connection, on a thread that must not be kept waiting.
        ///   - handler: Called once for each request, from many tasks at a time. An answer has 1 byte to `limits.payload`.
        public init(
            endpoint: ServerEndpoint, peers: PeerPolicy, limits: TransportLimits = TransportLimits(),
            time: any TimeSource = SystemTimeSource(), observe: @escaping @Sendable (ServerEvent) -> Void = { _ in },
            handler: @escaping @Sendable (Peer, [UInt8]) async -> [UInt8]
        ) {
            self.endpoint = endpoint
            self.peers = peers
            self.limits = limits
            self.time = time
            self.observe = observe
            self.handler = handler
            connections = OpenConnections(limits: limits)
            (graceIsOver, endGrace) = AsyncStream.makeStream()
        }

        /// Serves until ``stop()`` is called or the task is cancelled; call it once.
        ///
        /// Then it takes no more connections and requests, answers those it has taken within `limits.grace`, cancels the handlers that are still
        /// busy, waits for them, and returns. Where the task is cancelled, the handlers' tasks are so at once, as children of it: a handler that
        /// heeds that ends early, and its answer still goes out. Prefer ``stop()``.
        ///
        /// - Throws: ``ProcessError`` with code `.addressInUse` or `.invalidSetting`.
        public func run() async throws(ProcessError) {
            let isFirst = running.withLock { running in
                defer { running.hasRun = true }
                return !running.hasRun
            }
            precondition(isFirst, "A RequestServer runs once: make another one.")
            switch endpoint {
            case .unixSocket(let path, let mode):
                let socket = try SocketFile(listeningAt: path, mode: mode)
                defer { socket.remove() }
                let listener = try await listening("at \(path)") { bootstrap in
                    try await bootstrap.bind(socket.descriptor) { self.accept($0) }
                }
                observe(.listening(port: nil))
                await serve(listener)
            case .tls(let host, let port, let identity):
                let tls = try PinnedTLS(identity: identity, pins: Set(peers.certificates.keys), isServer: true, time: time)
                let listener = try await listening("on \(host), port \(port)") { bootstrap in
                    try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port) {
                        self.accept($0, tls)
                    }
                }
                observe(.listening(port: listener.channel.localAddress?.port))
                await serve(listener)
            }
        }

        /// Begins the end of ``run()``, and returns at once. Called before it, lets it return at once.
        public func stop() {
            let (isFirst, listener) = running.withLock { running in
                defer { running.isStopping = true }
                return (!running.isStopping, running.listener)
            }
            guard isFirst else { return }
            let open = connections.stop()
            listener?.close(promise: nil)
            for channel in open { channel.pipeline.fireUserInboundEventTriggered(ServerConnection.Order.stop) }
            let loop = MultiThreadedEventLoopGroup.singleton.any()
            loop.scheduleTask(in: limits.grace.timeAmount) { [endGrace] in
                for channel in open { channel.close(promise: nil) }
                endGrace.finish()
            }
        }

        // MARK: Listening

        private typealias Connection = NIOAsyncChannel<ServerRequest, Never>

        private func listening(
            _ place: String, _ bind: (ServerBootstrap) async throws -> NIOAsyncChannel<Connection?, Never>
        ) async throws(ProcessError) -> NIOAsyncChannel<Connection?, Never> {
            let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            do {
                return try await bind(bootstrap)
            } catch {
                if let error = error as? IOError, error.errnoCode == EADDRINUSE {
                    throw ProcessError(.addressInUse, "Another process listens \(place): stop it, or choose another place.")
                }
                throw ProcessError(.invalidSetting, "Cannot listen \(place): \(error).")
            }
        }

        private func accept(_ channel: any Channel) -> EventLoopFuture<Connection?> {
            ProcessCredentials.read(channel).flatMap { identity in
                self.peers.roles(of: identity).isEmpty ? self.refuse(channel, identity) : self.admit(channel, process: identity)
            }.flatMapError { _ in
                // The peer is gone already.
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(nil)
            }
        }

        private func accept(_ channel: any Channel, _ tls: PinnedTLS) -> EventLoopFuture<Connection?> {
            let options = channel.setOption(.tcpOption(.tcp_nodelay), value: 1)
                .and(channel.setOption(.socketOption(.so_keepalive), value: 1))
            return options.flatMap { _ in self.admit(channel, tls: tls) }.flatMapError { _ in
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(nil)
            }
        }

        private func refuse(_ channel: any Channel, _ identity: Peer.Identity) -> EventLoopFuture<Connection?> {
            if case .process(let user, _, _) = identity { observe(.refused(.unknownUser(user))) }
            channel.close(promise: nil)
            return channel.eventLoop.makeSucceededFuture(nil)
        }

        private func admit(
            _ channel: any Channel, process: Peer.Identity? = nil, tls: PinnedTLS? = nil
        ) -> EventLoopFuture<Connection?> {
            switch connections.admit(channel) {
            case .stopping:
                channel.close(promise: nil)
                return channel.eventLoop.makeSucceededFuture(nil)
            case .instead(let oldest): oldest.close(promise: nil)
            case .admitted: break
            }
            return channel.eventLoop.makeCompletedFuture {
                let connection = ServerConnection(
                    process: process, tls: tls, policy: self.peers, limits: self.limits, connections: self.connections,
                    observe: self.observe)
                if let tls { try channel.pipeline.syncOperations.addHandler(tls.serverHandler()) }
                try channel.pipeline.syncOperations.addHandlers(FlushOncePerTick(), connection)
                return try Connection(wrappingChannelSynchronously: channel)
            }
        }

        // MARK: Serving

        private func serve(_ listener: NIOAsyncChannel<Connection?, Never>) async {
            let isStopping = running.withLock { running in
                running.listener = listener.channel
                return running.isStopping
            }
            if isStopping { listener.channel.close(promise: nil) }
            await withTaskCancellationHandler {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.serveConnections(of: listener) }
                    group.addTask { [graceIsOver] in
                        for await _ in graceIsOver {}
                        // A task that is cancelled sees the stream's end at once; its handlers know already.
                    }
                    await group.next()
                    group.cancelAll()
                }
            } onCancel: {
                stop()
            }
        }

        private func serveConnections(of listener: NIOAsyncChannel<Connection?, Never>) async {
            await withDiscardingTaskGroup { group in
                // Its only error is that it was closed.
                try? await listener.executeThenClose { accepted, _ in
                    for try await case let connection? in accepted {
                        group.addTask { await self.serve(connection) }
                    }
                }
                stop()
            }
        }

        private func serve(_ connection: Connection) async {
            let channel = connection.channel
            defer { connections.remove(channel) }
            try? await connection.executeThenClose { requests, _ in
                await withTaskGroup(of: Void.self) { group in
                    var underWay = 0
                    do {
                        for try await request in requests {
                            if underWay == limits.requestsUnderWay {
                                await group.next()
                                underWay -= 1
                            }
                            underWay += 1
                            group.addTask { await self.answer(request, on: channel) }
                        }
                    } catch {
                        // The connection is broken or the task cancelled; what was taken is still carried out.
                    }
                }
                channel.pipeline.fireUserInboundEventTriggered(ServerConnection.Order.answered)
                try await channel.closeFuture.get()
            }
        }

        private func answer(_ request: ServerRequest, on channel: any Channel) async {
            let answer = await handler(request.peer, request.frame.payload)
            // Its place is free once the socket has taken the answer. Nobody may be there to take it any more.
            try? await channel.writeAndFlush(Frame(id: request.frame.id, payload: answer)).get()
        }
    }
#else
    @available(*, unavailable, message: "RequestServer needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public final class RequestServer {}
#endif
