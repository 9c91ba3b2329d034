#if SMTP
    import NIOCore
    import NIOPosix
    import NIOSSL
    import Synchronization

    @testable import SMTPTransport

    /// A mail server in this process, which answers as it is told to: a script says of each command whether it saw to it. `connect` is the connection itself, and
    /// `.` the end of a message.
    final class ScriptedServer: Sendable {
        struct Arrival: Hashable, Sendable {
            let sender: String
            let recipient: String
            /// Header and body with CRLF, dots as they were.
            let data: String
            let connection: Int
        }

        /// One connection, on its event loop.
        final class Session: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias OutboundOut = ByteBuffer

            private let server: ScriptedServer
            private var bytes: [UInt8] = []
            private(set) var context: ChannelHandlerContext?
            private var mail: [String]?
            private var envelope: [String] = []
            private(set) var taken = 0
            private(set) var number = 0
            private(set) var isSecure: Bool
            /// Of a script's own.
            var isRefused: Bool?

            init(_ server: ScriptedServer) {
                self.server = server
                isSecure = false
            }

            func channelActive(context: ChannelHandlerContext) {
                self.context = context
                let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
                number = server.sessions.withLock {
                    $0.append((context.eventLoop, bound))
                    return $0.count
                }
                perform("connect")
            }

            func channelInactive(context: ChannelHandlerContext) { self.context = nil }
            func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                bytes.append(contentsOf: unwrapInboundIn(data).readableBytesView)
                while let end = bytes.firstIndex(of: 0x0A) {
                    let line = String(decoding: bytes[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                    bytes.removeSubrange(...end)
                    guard mail != nil else {
                        perform(line)
                        continue
                    }
                    if line == "." { perform(".") } else { mail?.append(line.hasPrefix(".") ? String(line.dropFirst()) : line) }
                }
            }

            private func perform(_ command: String) {
                server.log.withLock { $0.append(command) }
                if !server.script(command, self) { answer(command) }
            }

            /// What a server that is well does.
            func answer(_ command: String) {
                switch command.split(separator: " ").first {
                case "connect": say("220 mail.example.org ready")
                case "EHLO": say(server.greeting(isSecure))
                case "MAIL", "RCPT":
                    envelope.append(command)
                    say("250 2.1.0 Ok")
                case "DATA": expectMail()
                case ".":
                    keep()
                    say("250 2.0.0 Ok: queued as Q\(number)x\(taken)abc")
                case "RSET":
                    forget()
                    say("250 2.0.0 Ok")
                case "AUTH": say("235 2.7.0 Authentication successful")
                case "STARTTLS": startTLS()
                case "QUIT":
                    say("221 2.0.0 Bye")
                    close()
                default: say("500 5.5.2 Error")
                }
            }

            func expectMail() {
                mail = []
                say("354 End data with <CR><LF>.<CR><LF>")
            }

            func keep() {
                taken += 1
                let arrival = Arrival(
                    sender: envelope.first ?? "", recipient: envelope.dropFirst().first ?? "",
                    data: (mail ?? []).map { $0 + "\r\n" }.joined(), connection: number)
                server.arrivals.withLock { $0.append(arrival) }
                (mail, envelope) = (nil, [])
            }

            func forget() { (mail, envelope) = (nil, []) }

            func startTLS(saying answer: String = "220 2.0.0 Ready") {
                say(answer)
                guard let context, let tls = server.tls else { return }
                try? context.channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
                isSecure = true
            }

            func secureFromTheStart(_ tls: NIOSSLContext, _ channel: any Channel) throws {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                isSecure = true
            }

            func say(_ lines: String) { raw(lines + "\r\n") }
            func raw(_ text: String) {
                guard let context else { return }
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            }
            func close() { context?.close(promise: nil) }
            func later(_ time: TimeAmount, _ body: @escaping @Sendable (Session) -> Void) {
                guard let context else { return }
                let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: time) { body(bound.value) }
            }
            /// Reads no more.
            func fallAsleep() { context?.channel.setOption(.autoRead, value: false).whenComplete { _ in } }
        }

        private let script: @Sendable (String, Session) -> Bool
        private let extensions: [String]
        private let tls: NIOSSLContext?
        private let log = Mutex<[String]>([])
        private let arrivals = Mutex<[Arrival]>([])
        private let sessions = Mutex<[(any EventLoop, NIOLoopBound<Session>)]>([])
        private let listener = Mutex<(any Channel)?>(nil)

        init(
            _ extensions: [String] = ["PIPELINING", "SIZE 10000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"],
            tls: NIOSSLContext? = nil,
            implicit: Bool = false, receiveBuffer: Int? = nil, _ script: @escaping @Sendable (String, Session) -> Bool = { _, _ in false }
        ) async throws {
            (self.script, self.extensions, self.tls) = (script, extensions, tls)
            var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let session = Session(self)
                        if implicit, let tls { try session.secureFromTheStart(tls, channel) }
                        try channel.pipeline.syncOperations.addHandler(session)
                    }
                }
            if let receiveBuffer { bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: receiveBuffer) }
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            listener.withLock { $0 = channel }
        }

        private func greeting(_ isSecure: Bool) -> String {
            let lines = ["mail.example.org"] + extensions.filter { !isSecure || $0 != "STARTTLS" }
            return lines.enumerated().map { "250\($0.offset == lines.count - 1 ? " " : "-")\($0.element)" }.joined(separator: "\r\n")
        }

        var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }
        var commands: [String] { log.withLock { $0 } }
        func count(_ verb: String) -> Int { commands.count { $0.hasPrefix(verb) } }
        var taken: [Arrival] { arrivals.withLock { $0 } }
        var connections: Int { sessions.withLock { $0.count } }

        /// Does something on the latest connection.
        func act(_ body: @escaping @Sendable (Session) -> Void) async throws {
            guard let (loop, session) = sessions.withLock({ $0.last }) else { return }
            try await loop.submit { body(session.value) }.get()
        }

        func stop() async throws { try await listener.withLock { $0 }?.close() }

        deinit { listener.withLock { $0?.close(promise: nil) } }
    }
#endif
