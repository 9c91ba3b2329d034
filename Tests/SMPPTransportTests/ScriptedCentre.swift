#if SMPP
    import NIOCore
    import NIOPosix
    import Synchronization

    @testable import SMPPTransport

    /// A message centre in this process, which answers as it is told to: a script says of each PDU whether it saw to it.
    final class ScriptedCentre: Sendable {
        /// One connection, on its event loop.
        final class Session: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer

            private let centre: ScriptedCentre
            private var assembler = UnitAssembler()
            private(set) var context: ChannelHandlerContext?
            /// Of a script's own.
            var held: [ProtocolUnit] = []

            init(_ centre: ScriptedCentre) { self.centre = centre }

            func channelActive(context: ChannelHandlerContext) {
                self.context = context
                let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
                centre.sessions.withLock { $0.append((context.eventLoop, bound)) }
            }

            func channelInactive(context: ChannelHandlerContext) { self.context = nil }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                var bytes = unwrapInboundIn(data)
                assembler.append(&bytes)
                while let unit = try? assembler.next() {
                    centre.log.withLock { $0.append(unit) }
                    if !centre.script(unit, self) { answer(unit) }
                }
            }

            /// What a centre that is well does.
            func answer(_ unit: ProtocolUnit, status: CommandStatus = .ok, id: String? = nil) {
                guard !unit.command.isAnswer else { return }
                var body = ByteBuffer()
                switch unit.command {
                case .bindTransceiver, .bindReceiver, .bindTransmitter: body.writeCString("centre")
                case .submit where status == .ok: body.writeCString(id ?? "id-\(unit.sequence)")
                default: break
                }
                send(ProtocolUnit(unit.command.answer, status: status, sequence: unit.sequence, body: body))
                if unit.command == .unbind { close() }
            }

            func send(_ unit: ProtocolUnit) { raw(unit.bytes) }
            func raw(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
            func close() { context?.close(promise: nil) }
            /// Reads no more.
            func fallAsleep() { context?.channel.setOption(.autoRead, value: false).whenComplete { _ in } }
        }

        private let script: @Sendable (ProtocolUnit, Session) -> Bool
        private let log = Mutex<[ProtocolUnit]>([])
        private let sessions = Mutex<[(any EventLoop, NIOLoopBound<Session>)]>([])
        private let listener = Mutex<(any Channel)?>(nil)

        init(receiveBuffer: Int? = nil, _ script: @escaping @Sendable (ProtocolUnit, Session) -> Bool = { _, _ in false }) async throws {
            self.script = script
            var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Session(self)) }
                }
            if let receiveBuffer { bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: receiveBuffer) }
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            listener.withLock { $0 = channel }
        }

        var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }
        var units: [ProtocolUnit] { log.withLock { $0 } }
        func units(_ command: Command) -> [ProtocolUnit] { units.filter { $0.command == command } }
        var submitted: [ShortMessage] { units(.submit).compactMap { try? ShortMessage(.submit, $0.body) } }

        /// Does something on the latest connection.
        func act(_ body: @escaping @Sendable (Session) -> Void) {
            guard let (loop, session) = sessions.withLock({ $0.last }) else { return }
            loop.execute { body(session.value) }
        }

        deinit {
            listener.withLock { $0?.close(promise: nil) }
        }
    }
#endif
