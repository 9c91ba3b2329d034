#if Processes
    import NIOCore
    import NIOSSL

    /// A request as the server's tasks see it.
    struct ServerRequest: Sendable {
        let peer: Peer
        let frame: Frame
    }

    /// One connection on the server's side: who is there, what may come next, and how long it may take.
    ///
    /// Inbound it hands on requests; outbound it takes frames that answer them.
    final class ServerConnection: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ServerRequest
        typealias OutboundIn = Frame
        typealias OutboundOut = ByteBuffer

        /// What the server's tasks tell the connection.
        enum Order: Sendable {
            /// Take no more requests.
            case stop
            /// Every request that was taken has been answered.
            case answered
        }

        private enum State {
            case awaitingRole
            case serving(Peer)
            /// Answers go out, what comes in is passed over.
            case closing(Peer?)
        }

        /// What is known of the peer before it says anything.
        private let process: Peer.Identity?
        private let tls: PinnedTLS?
        private let policy: PeerPolicy
        private let limits: TransportLimits
        private let connections: OpenConnections
        private let observe: @Sendable (ServerEvent) -> Void

        private var state = State.awaitingRole
        private var isOver = false
        private var ending: ServerEvent.Ending = .closedByPeer
        private var refusal: ServerEvent.Refusal = .noGreeting
        private var assembler: FrameAssembler
        private var lastBegun: UInt64 = 0
        private var underWay = 0
        private var lastUse = NIODeadline.now()
        /// Whether more is asked of the socket. Where it is not, an unfinished frame is ours to wait for.
        private var isReading = false
        private var greeting = Deadline()
        private var unfinishedFrame = Deadline()
        private var unreadAnswer = Deadline()
        private var idle = Deadline()
        private var lingering = Deadline()

        init(
            process: Peer.Identity?, tls: PinnedTLS?, policy: PeerPolicy, limits: TransportLimits, connections: OpenConnections,
            observe: @escaping @Sendable (ServerEvent) -> Void
        ) {
            self.process = process
            self.tls = tls
            self.policy = policy
            self.limits = limits
            self.connections = connections
            self.observe = observe
            assembler = FrameAssembler(limit: limits.payload)
        }

        func handlerAdded(context: ChannelHandlerContext) {
            greeting.set(limits.handshakeTimeout, on: context.eventLoop) { context.close(promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            end()
            context.fireChannelInactive()
        }

        /// A connection that is closed before it becomes active has no other end.
        func handlerRemoved(context: ChannelHandlerContext) { end() }

        private func end() {
            guard !isOver else { return }
            isOver = true
            greeting.clear()
            unfinishedFrame.clear()
            unreadAnswer.clear()
            idle.clear()
            lingering.clear()
            switch state {
            case .awaitingRole, .closing(nil): observe(.refused(refusal))
            case .serving(let peer), .closing(let peer?): observe(.closed(peer, ending))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if case .awaitingRole = state, error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError {
                refusal = .handshake
            }
            // Not handed on: the tasks learn of it by the end of the connection.
            context.close(promise: nil)
        }

        // MARK: What comes in

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            isReading = false
            if case .closing = state { return }
            var bytes = unwrapInboundIn(data)
            assembler.append(&bytes)
            var isAnyComplete = false
            do {
                while let frame = try assembler.next() {
                    isAnyComplete = true
                    receive(frame, context)
                    if case .closing = state { return }
                }
            } catch {
                return close(.malformed, .malformed, context)
            }
            watchUnfinishedFrame(isAnyComplete: isAnyComplete, context)
        }

        func read(context: ChannelHandlerContext) {
            isReading = true
            context.read()
        }

        private func receive(_ frame: Frame, _ context: ChannelHandlerContext) {
            switch state {
            case .awaitingRole: greet(frame, context)
            case .serving(let peer):
                guard frame.id > lastBegun else { return close(.malformed, .malformed, context) }
                lastBegun = frame.id
                underWay += 1
                lastUse = .now()
                context.fireChannelRead(wrapInboundOut(ServerRequest(peer: peer, frame: frame)))
            case .closing: break
            }
        }

        private func greet(_ frame: Frame, _ context: ChannelHandlerContext) {
            guard frame.id == 0, let role = Greeting.role(in: frame.payload) else { return close(.malformed, .malformed, context) }
            // Asked again after the handshake: a resumed TLS session is not verified anew.
            let certificate = (try? context.pipeline.syncOperations.nioSSL_peerCertificate()) ?? nil
            guard let identity = process ?? tls?.accepted(certificate).map(Peer.Identity.certificate) else {
                refusal = .handshake
                return context.close(promise: nil)
            }
            guard policy.roles(of: identity).contains(role) else {
                refusal = .roleNotAllowed(identity)
                return close(.roleNotAllowed, .closedByPeer, context)
            }
            guard connections.greet(context.channel) else {
                refusal = .tooManyConnections
                return close(.tooManyConnections, .closedByPeer, context)
            }
            greeting.clear()
            let peer = Peer(identity: identity, role: role)
            state = .serving(peer)
            observe(.opened(peer))
            send(.welcome, context)
            watchIdleness(limits.idleTimeout, context)
        }

        private func watchUnfinishedFrame(isAnyComplete: Bool, _ context: ChannelHandlerContext) {
            if isAnyComplete || !assembler.isMidFrame { unfinishedFrame.clear() }
            guard assembler.isMidFrame, !unfinishedFrame.isSet else { return }
            unfinishedFrame.set(limits.frameTimeout, on: context.eventLoop) {
                self.unfinishedFrame.clear()
                guard self.isReading else { return self.watchUnfinishedFrame(isAnyComplete: false, context) }
                self.ending = .stalled
                context.close(promise: nil)
            }
        }

        private func watchIdleness(_ time: Duration, _ context: ChannelHandlerContext) {
            idle.set(time, on: context.eventLoop) {
                guard case .serving = self.state else { return }
                let left = self.lastUse + self.limits.idleTimeout.timeAmount - .now()
                guard self.underWay > 0 || left > .zero else { return self.close(.idle, .idle, context) }
                self.watchIdleness(self.underWay > 0 ? self.limits.idleTimeout : .nanoseconds(left.nanoseconds), context)
            }
        }

        // MARK: What goes out

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let answer = unwrapOutboundIn(data)
            underWay -= 1
            lastUse = .now()
            guard (1...limits.payload).contains(answer.payload.count) else {
                promise?.fail(ChannelError.operationUnsupported)
                return close(.defect, .invalidAnswer, context)
            }
            context.write(wrapOutboundOut(answer.bytes(context.channel.allocator)), promise: promise)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if context.channel.isWritable {
                unreadAnswer.clear()
            } else {
                unreadAnswer.set(limits.frameTimeout, on: context.eventLoop) {
                    self.ending = .stalled
                    context.close(promise: nil)
                }
            }
            context.fireChannelWritabilityChanged()
        }

        private func send(_ greeting: Greeting, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(greeting.frame.bytes(context.channel.allocator)), promise: nil)
        }

        // MARK: The end

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            switch event as? Order {
            case .some where isOver: break
            case .stop: stop(context)
            case .answered:
                stop(context)
                linger(context)
            case nil: context.fireUserInboundEventTriggered(event)
            }
        }

        private func stop(_ context: ChannelHandlerContext) {
            guard case .serving(let peer) = state else {
                if case .awaitingRole = state { context.close(promise: nil) }
                return
            }
            state = .closing(peer)
            ending = .stopping
            send(.closing(.stopping, lastBegun: lastBegun), context)
            // Ends the tasks' sequence of requests; they answer what they have.
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }

        /// Says why, and closes once the peer has read it or had the time to.
        private func close(_ reason: ClosingReason, _ ending: ServerEvent.Ending, _ context: ChannelHandlerContext) {
            if case .closing = state { return }
            self.ending = ending
            if case .serving(let peer) = state { state = .closing(peer) } else { state = .closing(nil) }
            send(.closing(reason, lastBegun: lastBegun), context)
            linger(context)
        }

        /// Closing with bytes unread would take back what the peer has not read yet.
        private func linger(_ context: ChannelHandlerContext) {
            guard !lingering.isSet else { return }
            lingering.set(.milliseconds(500), on: context.eventLoop) { context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
        }
    }
#endif
