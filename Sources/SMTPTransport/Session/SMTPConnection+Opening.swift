#if SMTP
    import GatewayConnection
    import NIOCore

    /// Greeting, EHLO, STARTTLS, AUTH.
    extension SMTPConnection {
        func addTLS(_ channel: any Channel) throws {
            guard let tls = pool.tls else { throw ChannelError.inappropriateOperationForState }
            try channel.pipeline.syncOperations.addHandler(
                GatewayTLS.handler(tls, for: settings.serverName ?? settings.host), position: .first)
            isSecure = true
        }

        func isLocal(_ address: SocketAddress?) -> Bool {
            guard let text = address?.ipAddress else { return false }
            return text == "::1" || text.hasPrefix("127.")
        }

        func write(_ text: String) {
            guard let context else { return }
            context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
        }

        private func ask(_ command: String, _ step: Step) {
            pending.append(step)
            wait(settings.timeouts.command)
            write(command + "\r\n")
        }

        func open(_ reply: Reply, _ step: Step) {
            switch (step, reply.code) {
            case (.greeting, 220): ask("EHLO \(settings.ehloNameInUse)", .ehlo)
            case (.ehlo, 250): greeted(reply)
            case (.startTLS, 220): secure()
            case (.loginUser, 334): answerSecretly(.loginSecret) { [user = credentials?.user ?? ""] in $0.append(contentsOf: user.utf8) }
            case (.loginSecret, 334): answerSecretly(.authentication) { [self] in appendSecret(to: &$0) }
            case (.authentication, 235): isOpen()
            case (.startTLS, 400...): sessionFailed("The mail server does not begin TLS, which is demanded.")
            case (_, 400...): sessionFailed("", reply, at: step.stage)
            default: sessionFailed("The mail server answers what nobody asked.")
            }
        }

        private var credentials: SMTPSettings.Credentials? { settings.credentials }

        private func greeted(_ reply: Reply) {
            // What was said before TLS counts for nothing after it (RFC 3207 §4.2).
            extensions = ServerExtensions(reply)
            if settings.security == .startTLS, !isSecure {
                guard extensions.startTLS else {
                    return sessionFailed("The mail server offers no STARTTLS, which is demanded; or somebody between took it out.")
                }
                return ask("STARTTLS", .startTLS)
            }
            authenticate()
        }

        /// Bytes that came behind the answer have ended the connection before this (CVE-2021-33515 and others).
        private func secure() {
            guard let channel else { return }
            do {
                try addTLS(channel)
            } catch {
                return sessionFailed("TLS cannot be begun.")
            }
            extensions = ServerExtensions()
            // Nothing of it leaves before the certificate is verified.
            ask("EHLO \(settings.ehloNameInUse)", .ehlo)
        }

        private func authenticate() {
            guard let credentials else { return isOpen() }
            switch extensions.mechanisms.first {
            case .plain:
                // RFC 4616 §2, RFC 4954 §4: with the command, as both need a round less.
                answerSecretly(.authentication, prefix: "AUTH PLAIN ") { [self] bytes in
                    bytes.append(0)
                    bytes.append(contentsOf: credentials.user.utf8)
                    bytes.append(0)
                    appendSecret(to: &bytes)
                }
            case .login: ask("AUTH LOGIN", .loginUser)
            case nil: sessionFailed("The mail server takes no account by AUTH PLAIN or LOGIN.")
            }
        }

        /// Collects bytes in base64 as they come.
        struct SecretLine {
            private var encoder = Base64Lines(lineLength: nil)
            private(set) var buffer: ByteBuffer

            init(prefix: String, allocator: ByteBufferAllocator) {
                // 255 bytes of user, 255 of password: grown later, the buffer would leave a copy behind.
                buffer = allocator.buffer(capacity: 1_024)
                buffer.writeString(prefix)
            }

            mutating func append(_ byte: UInt8) { encoder.write(byte, to: &buffer) }
            mutating func append(contentsOf bytes: some Sequence<UInt8>) { for byte in bytes { append(byte) } }

            mutating func finish() {
                encoder.finish(&buffer)
                buffer.writeStaticString("\r\n")
            }
        }

        private func appendSecret(to line: inout SecretLine) {
            credentials?.secret.bytes.withUnsafeBytes { line.append(contentsOf: $0) }
        }

        private func answerSecretly(_ step: Step, prefix: String = "", _ fill: (inout SecretLine) -> Void) {
            guard let context else { return }
            var line = SecretLine(prefix: prefix, allocator: context.channel.allocator)
            fill(&line)
            line.finish()
            pending.append(step)
            wait(settings.timeouts.command)
            writeSecret(line.buffer, context)
        }

        /// Writes what is wiped once the socket has it, in the next turn of the event loop: in this one SwiftNIO still holds what it has just written,
        /// and wiping would make a copy. What the kernel and TLS keep is out of reach.
        func writeSecret(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ then: ((Bool) -> Void)? = nil) {
            let secret = NIOLoopBound(WrittenSecret(bytes, pool), eventLoop: context.eventLoop)
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in
                context.eventLoop.execute { secret.value.wipe() }
                then?((try? result.get()) != nil)
            }
            context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        }
    }

    private final class WrittenSecret {
        private var bytes: ByteBuffer
        private let pool: ConnectionPool

        init(_ bytes: ByteBuffer, _ pool: ConnectionPool) { (self.bytes, self.pool) = (bytes, pool) }

        func wipe() { bytes.wipe(counting: pool) }
    }

    extension ByteBuffer {
        mutating func wipe(counting pool: ConnectionPool) {
            let place = withUnsafeReadableBytes(\.baseAddress)
            wipe()
            pool.countWipe(isInPlace: place == withUnsafeReadableBytes(\.baseAddress))
        }
    }
#endif
