#if Processes
    import NIOCore
    import NIOSSL

    /// One connection on the client's side: what was sent on it and waits for an answer.
    final class ClientConnection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private enum State {
            case greeting
            case ready
            /// No more requests; answers may come still.
            case ending
            case closed
        }

        private let role: String
        private let user: UInt32?
        private let limits: TransportLimits
        private let core: ClientCore

        private var context: ChannelHandlerContext?
        private var state = State.greeting
        private var wasWelcomed = false
        private var assembler: FrameAssembler
        private var lastID: UInt64 = 0
        private var calls: [UInt64: WaitingCall] = [:]
        private var ids: [ObjectIdentifier: UInt64] = [:]
        /// Sent, and nobody waits for them any more. They keep their places: the server may still be at work on them.
        private var abandoned: Set<UInt64> = []
        private var failure: ProcessError?
        private var lastUse = NIODeadline.now()
        private var greeting = Deadline()
        private var unfinishedFrame = Deadline()
        private var idle = Deadline()

        init(role: String, user: UInt32?, limits: TransportLimits, core: ClientCore) {
            self.role = role
            self.user = user
            self.limits = limits
            self.core = core
            assembler = FrameAssembler(limit: limits.payload)
        }

        // MARK: For the core

        /// How many more requests may be under way.
        var places: Int { state == .ready ? max(0, limits.requestsUnderWay - calls.count - abandoned.count) : 0 }

        func send(_ call: WaitingCall) {
            guard let context else { return }
            lastID += 1
            calls[lastID] = call
            ids[ObjectIdentifier(call.call)] = lastID
            lastUse = .now()
            write(Frame(id: lastID, payload: call.payload), context)
        }

        func abandon(_ name: ObjectIdentifier, _ error: ProcessError) {
            guard let id = ids[name], let call = take(id) else { return }
            abandoned.insert(id)
            call.end(.failure(error))
            // A server that leaves so many without an answer is left.
            if abandoned.count > limits.requestsUnderWay / 2 { end() }
        }

        func close() { context?.close(promise: nil) }

        private func take(_ id: UInt64) -> WaitingCall? {
            guard let call = calls.removeValue(forKey: id) else { return nil }
            let name = ObjectIdentifier(call.call)
            ids[name] = nil
            core.forget(name)
            return call
        }

        private func write(_ frame: Frame, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(frame.bytes(context.channel.allocator)), promise: nil)
        }

        // MARK: Beginning

        func handlerAdded(context: ChannelHandlerContext) {
            self.context = context
        }

        func channelActive(context: ChannelHandlerContext) {
            greeting.set(limits.handshakeTimeout, on: context.eventLoop) {
                self.fail(ProcessError(.unavailable, "The server did not answer in time when it was greeted."), context)
            }
            guard let user else { return greet(context) }
            ProcessCredentials.read(context.channel).assumeIsolated().whenComplete { result in
                guard case .success(.process(user, _, _)) = result else {
                    return self.fail(
                        ProcessError(.refused, "The process at the socket does not run as user \(user): nothing was sent to it."), context
                    )
                }
                self.greet(context)
            }
        }

        private func greet(_ context: ChannelHandlerContext) {
            write(Frame(id: 0, payload: Array(role.utf8)), context)
        }

        private func welcome(_ context: ChannelHandlerContext) {
            greeting.clear()
            state = .ready
            wasWelcomed = true
            lastUse = .now()
            watchIdleness(limits.idleTimeout, context)
            core.connectionOpened(self)
        }

        private func watchIdleness(_ time: Duration, _ context: ChannelHandlerContext) {
            idle.set(time, on: context.eventLoop) {
                let left = self.lastUse + self.limits.idleTimeout.timeAmount - .now()
                guard !self.calls.isEmpty || left > .zero else { return self.end() }
                self.watchIdleness(left > .zero ? .nanoseconds(left.nanoseconds) : self.limits.idleTimeout, context)
            }
        }

        // MARK: What comes in

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            assembler.append(&bytes)
            var isAnyComplete = false
            do {
                while state != .closed, let frame = try assembler.next() {
                    isAnyComplete = true
                    receive(frame, context)
                }
            } catch {
                return failMalformed(context)
            }
            if state == .ready { core.placeIsFree() }
            watchUnfinishedFrame(isAnyComplete, context)
        }

        private func watchUnfinishedFrame(_ isAnyComplete: Bool, _ context: ChannelHandlerContext) {
            if isAnyComplete || !assembler.isMidFrame { unfinishedFrame.clear() }
            guard assembler.isMidFrame, !unfinishedFrame.isSet, state != .closed else { return }
            unfinishedFrame.set(limits.frameTimeout, on: context.eventLoop) {
                self.fail(ProcessError(.unavailable, "The server left an answer unfinished for too long."), context)
            }
        }

        private func receive(_ frame: Frame, _ context: ChannelHandlerContext) {
            guard frame.id > 0 else { return receiveGreeting(frame, context) }
            if let call = take(frame.id) {
                lastUse = .now()
                call.end(.success(frame.payload))
            } else if abandoned.remove(frame.id) == nil {
                return failMalformed(context)
            }
            if state == .ending, calls.isEmpty { context.close(promise: nil) }
        }

        private func receiveGreeting(_ frame: Frame, _ context: ChannelHandlerContext) {
            switch try? Greeting(frame.payload) {
            case .welcome where state == .greeting: welcome(context)
            case .closing(let reason, let lastBegun):
                failure = failure(for: reason)
                for id in calls.keys where id > lastBegun {
                    take(id)?.end(.failure(ProcessError(.unavailable, "The server closed the connection before it began this request.")))
                }
                end()
            default: failMalformed(context)
            }
        }

        private func failure(for reason: ClosingReason) -> ProcessError {
            switch reason {
            case .roleNotAllowed:
                ProcessError(.refused, "The server does not let this process be \(role): see its list of peers.")
            case .tooManyConnections: ProcessError(.unavailable, "The server has as many connections as it takes: try again later.")
            case .stopping, .idle: ProcessError(.unavailable, "The server closed the connection: try again.")
            case .malformed:
                ProcessError(.unavailable, "The server could not read what it was sent: do both ends have the same version and limits?")
            case .defect: ProcessError(.unavailable, "The server has an answer that it cannot send: see what it observed.")
            }
        }

        // MARK: The end

        /// Takes no more requests, and closes once those under way have their answers.
        private func end() {
            guard state == .ready || state == .greeting else { return }
            let wasReady = state == .ready
            state = .ending
            if calls.isEmpty { context?.close(promise: nil) }
            if wasReady { core.connectionEnded(self) }
        }

        private func failMalformed(_ context: ChannelHandlerContext) {
            fail(ProcessError(.unavailable, "What came is no answer to anything: is another program listening there?"), context)
        }

        private func fail(_ error: ProcessError, _ context: ChannelHandlerContext) {
            if failure == nil { failure = error }
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            guard state == .greeting, Self.isRefusal(error) else {
                return fail(ProcessError(.unavailable, "The connection was lost."), context)
            }
            fail(
                ProcessError(.refused, "TLS came to nothing: see that each end lists the other's certificate, and that neither expired."),
                context)
        }

        /// Whether one of the two ends said no, in contrast to a server that is gone in the middle of the handshake.
        private static func isRefusal(_ error: any Error) -> Bool {
            switch error {
            case NIOSSLError.uncleanShutdown: false
            case NIOSSLError.handshakeFailed(.sslError(let causes)): !causes.contains(.eofDuringHandshake)
            default: error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            greeting.clear()
            unfinishedFrame.clear()
            idle.clear()
            let wasReady = state == .ready
            state = .closed
            for id in calls.keys.sorted() {
                take(id)?.end(.failure(ProcessError(.outcomeUnknown, "The connection was lost after the request was sent.")))
            }
            if wasReady { core.connectionEnded(self) }
            if !wasWelcomed {
                core.connectionFailed(
                    failure
                        ?? ProcessError(
                            .unavailable,
                            "The server closed the connection without a word: it is stopping, or does not list this process's user."))
            }
            self.context = nil
            context.fireChannelInactive()
        }
    }
#endif
