#if SMPP
    import GatewayConnection
    public import IdentityTypes
    public import Messaging
    import NIOCore
    import NIOPosix
    import NIOSSL
    public import RecordStorage
    import Synchronization

    /// A carrier's message centre, spoken to in SMPP 3.4.
    ///
    /// ``run(_:)`` keeps the connections; without it nothing is sent. A message is handed over once, and what became of it is told as it is: where the connection
    /// is lost between a message and its answer, nobody knows, and ``send(_:)`` throws `.maybeSent`.
    public final class SMPPGateway: MessageTransport {
        public let name: String
        public let capabilities: TransportCapabilities

        private let settings: SMPPSettings
        private let encoder: SubmitEncoder
        private let tagKey: TagKey
        private let tls: NIOSSLContext?
        private let time: any TimeSource
        private let random: any RandomSource
        private let counts = OutcomeCounts()
        private let loop: any EventLoop
        private let core: NIOLoopBoundBox<GatewayCore>
        /// What makes the parts of one message one.
        private let lastReference: Atomic<UInt16>
        private let isRunning = Atomic(false)

        /// - Parameters:
        ///   - observer: Told of `transport`: bound, bind-failed, unbound, reconnect, throttled, silent, unknown, settled, and of what came in and could not be used.
        ///   - time: What the pauses between connections are by.
        /// - Throws: ``SMPPError`` with code `.invalidSetting`.
        public init(
            _ settings: SMPPSettings, observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource(),
            random: any RandomSource = SystemRandomSource()
        ) throws(SMPPError) {
            try settings.check()
            self.settings = settings
            name = settings.name
            capabilities = TransportCapabilities(
                channels: [.sms], concurrency: settings.window * settings.connections, givesReceipts: settings.receipts != .none)
            encoder = SubmitEncoder(settings)
            let tagKey = TagKey(random: random)
            self.tagKey = tagKey
            tls = try settings.tls.map { tls throws(SMPPError) in try Self.context(tls) }
            (self.time, self.random) = (time, random)
            lastReference = Atomic(UInt16(truncatingIfNeeded: random.number(below: 65_536)))
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            self.loop = loop
            let inbox = GatewayInbox(settings, tagKey: tagKey, random: random, counts: counts)
            core = .makeBoxSendingValue(
                GatewayCore(settings, inbox: inbox, loop: loop, observer: observer, counts: counts), eventLoop: loop)
        }

        /// What became of everything so far.
        public var outcomes: SMPPOutcomes { counts.now }

        // MARK: Sending

        /// Returns when the message centre has taken every part of the message.
        ///
        /// Waits for its turn where the window is full or the message centre wants a pause, `responseTimeout` at most; cancelling the task ends that wait. Once it
        /// is written the answer is waited for, whatever becomes of the task.
        ///
        /// - Throws: ``TransportError`` with code `.notSent` where nothing of it was taken, with the carrier's refusal where there is one; `.refused`; `.maybeSent`
        ///   where no answer came, or where a part was taken and another was not; `.unsupported` for anything but a text message.
        public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            guard message.channel == .sms else { throw TransportError(.unsupported, "SMPP carries text messages and nothing else.") }
            let reference = lastReference.wrappingAdd(1, ordering: .relaxed).newValue
            let validityPeriod = SMPPSettings.validityPeriod(message.validity(atMost: settings.validity, at: time.now()))
            let prepared = message.withContent { [encoder, tagKey] content in
                let tags = tagKey.tags(content.recipient, idempotencyKey: message.idempotencyKey)
                // SMPP 3.4 §5.2.9: 21 octets with NUL.
                guard content.recipient.count <= 20 else { return (tags, [ByteBuffer]?.none) }
                return (
                    tags,
                    encoder.units(
                        to: content.recipient, text: content.text, reference: reference, userReference: tags.reference,
                        validityPeriod: validityPeriod)
                )
            }
            guard let (tags, units) = prepared else { throw TransportError(.refused, "The message was wiped before it was sent.") }
            guard let units else {
                throw TransportError(.refused, "The message has more than 255 parts, or its number more than 20 digits.")
            }
            let (call, destination) = (Call(), message.destination)
            let result: Result<[String], TransportError> = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    loop.execute { [core] in
                        let submission = Submission(
                            call: call, tags: tags, destination: destination, count: units.count, continuation: continuation)
                        core.value.submit(submission, units)
                    }
                }
            } onCancel: {
                // Seen by `submit` if this comes first.
                call.isCancelled.store(true, ordering: .releasing)
                loop.execute { [core] in core.value.cancel(call) }
            }
            return MessageReceipt(route: name, gatewayIDs: try result.get())
        }

        // MARK: Running

        /// Keeps the connections until the task is cancelled, and gives out receipts and inbound messages: up to 32 receipts at a time, inbound messages one after
        /// another. Once at a time.
        ///
        /// A deliver_sm is answered when the handler took its event; where it throws, with ESME_RX_T_APPN, so that it comes again. The parts of a long message
        /// but the last are answered before, since the message centre may wait for that. When it is cancelled it takes no more messages, waits for
        /// the answers to those under way, `grace` at most, unbinds, and closes.
        public func run(_ events: any TransportEventHandler) async {
            precondition(!isRunning.exchange(true, ordering: .acquiringAndReleasing), "An SMPPGateway runs once at a time.")
            defer { isRunning.store(false, ordering: .releasing) }
            let (receipts, receiptStream) = AsyncStream<Delivery>.makeStream()
            let (inbound, inboundStream) = AsyncStream<Delivery>.makeStream()
            await onLoop { $0.begin(receipts: receiptStream, inbound: inboundStream) }
            await withTaskCancellationHandler {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await Delivery.handle(receipts, events, atOnce: 32) }
                    group.addTask { await Delivery.handle(inbound, events, atOnce: 1) }
                    await withDiscardingTaskGroup { links in
                        for role in roles { links.addTask { await self.keepUp(role) } }
                    }
                    receiptStream.finish()
                    inboundStream.finish()
                }
            } onCancel: {
                loop.execute { [core] in core.value.stop() }
            }
            await onLoop { $0.ended() }
        }

        private func onLoop(_ body: @escaping @Sendable (GatewayCore) -> Void) async {
            // Its only error is that the loop was shut down, which this one never is.
            try? await loop.submit { [core] in body(core.value) }.get()
        }

        private var roles: [SMPPConnection.Role] {
            (0..<settings.connections).flatMap { _ -> [SMPPConnection.Role] in
                settings.bind == .transceiver ? [.transceiver] : [.transmitter, .receiver]
            }
        }

        /// Opens a connection, and again whenever it is lost.
        private func keepUp(_ role: SMPPConnection.Role) async {
            var failures = 0
            while !Task.isCancelled {
                failures = await connect(role) ? 0 : failures + 1
                if Task.isCancelled { return }
                let pause = reconnectPause(after: failures)
                loop.execute { [core] in core.value.attemptDue(in: pause) }
                do { try await time.sleep(for: pause) } catch { return }
            }
        }

        private func reconnectPause(after failures: Int) -> Duration {
            let bounds = settings.reconnectPause
            let longest = min(bounds.lowerBound * (1 << min(failures, 16)), bounds.upperBound)
            return longest / 2 + longest / 2 * Double(random.number(below: 1_024)) / 1_024
        }

        private struct Link: Sendable {
            let channel: any Channel
            let connection: NIOLoopBound<SMPPConnection>
        }

        /// - Returns: when the connection is over, whether it had been bound.
        private func connect(_ role: SMPPConnection.Role) async -> Bool {
            let bootstrap = ClientBootstrap(group: loop).connectTimeout(settings.connectTimeout.timeAmount)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1).channelOption(.socketOption(.so_keepalive), value: 1)
            do {
                let link = try await bootstrap.connect(host: settings.host, port: settings.port) { channel in
                    channel.eventLoop.makeCompletedFuture { try self.prepare(channel, role) }
                }
                try? await link.channel.closeFuture.get()
                return (try? await loop.submit { link.connection.value.wasBound }.get()) ?? false
            } catch {
                loop.execute { [core] in core.value.bindFailed("The message centre cannot be reached.", nil) }
                return false
            }
        }

        private func prepare(_ channel: any Channel, _ role: SMPPConnection.Role) throws -> Link {
            if let tls, let configured = settings.tls {
                try channel.pipeline.syncOperations.addHandler(
                    GatewayTLS.handler(tls, for: configured.serverName ?? settings.host))
            }
            let connection = SMPPConnection(role: role, core: core.value)
            try channel.pipeline.syncOperations.addHandler(connection)
            return Link(channel: channel, connection: NIOLoopBound(connection, eventLoop: channel.eventLoop))
        }

        private static func context(_ tls: SMPPSettings.TLS) throws(SMPPError) -> NIOSSLContext {
            do { return try GatewayTLS.context(authorities: tls.authorities) } catch {
                throw SMPPError(.invalidSetting, GatewayTLS.unreadable(tls.authorities))
            }
        }
    }
#else
    @available(*, unavailable, message: "SMPPGateway needs SwiftNIO: enable the package trait SMPP of swift-phone-identity.")
    public final class SMPPGateway {}
#endif
