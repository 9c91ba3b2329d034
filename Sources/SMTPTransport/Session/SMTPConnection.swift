#if SMTP
    import GatewayConnection
    import Messaging
    import NIOCore

    /// One connection to the mail server, with one message at a time. Used on its event loop only.
    ///
    /// Of what a server may do to it, RFC 3207 §6 and the bounds of ``ReplyParser`` name the most; the rule here is that an answer that comes before its
    /// command was written ends the connection.
    final class SMTPConnection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        /// What an answer is awaited to.
        enum Step: Hashable, Sendable {
            case greeting, ehlo, startTLS
            /// AUTH LOGIN asks for the user, then for the password.
            case loginUser, loginSecret
            case authentication
            case sender, recipient, data, content
            case reset, quit

            var stage: Stage {
                switch self {
                case .greeting, .ehlo, .startTLS: .session
                case .loginUser, .loginSecret, .authentication: .authentication
                case .sender: .sender
                case .recipient: .recipient
                case .data, .content, .reset, .quit: .content
                }
            }

            /// Other answers may repeat the recipient, and nobody reads them.
            var wantsText: Bool { self == .ehlo || self == .content }
        }

        enum Phase: Hashable, Sendable {
            case opening
            case idle
            /// A message is on its way: envelope, then text.
            case envelope
            case text
            /// All of the message was given to the socket, its end included.
            case committed
            /// What the envelope came to is known; answers that are still to come are awaited, then it is reset.
            case draining
            case closing
        }

        let pool: ConnectionPool
        let loop: any EventLoop
        var settings: SMTPSettings { pool.settings }
        var channel: (any Channel)?
        var context: ChannelHandlerContext?
        var phase = Phase.opening
        var isSecure = false
        var extensions = ServerExtensions()
        /// In the order in which their commands were written.
        var pending: CircularBuffer<Step> = [.greeting]
        private var parser = ReplyParser()
        var timer = Deadline()
        private var graceTimer = Deadline()

        var transaction: Transaction?
        /// Header and body, until they are written or given up.
        var mail: EncodedMail?
        /// RCPT, and where they go in one piece MAIL and DATA around it.
        var commands: ByteBuffer?
        private var carried = 0
        /// Whether the server may have closed it, or have had enough of it, for no fault of the message's.
        private var wasIdle = false

        init(_ pool: ConnectionPool, loop: any EventLoop, for transaction: Transaction) {
            (self.pool, self.loop, self.transaction) = (pool, loop, transaction)
        }

        /// Whose message is on it.
        var call: Call? { transaction?.call }

        // MARK: Opening

        func join(_ channel: any Channel) {
            // Given up meanwhile.
            guard phase == .opening else { return channel.close(promise: nil) }
            self.channel = channel
            if settings.security == .plaintextOnThisMachine, !isLocal(channel.remoteAddress) {
                return sessionFailed("The mail server's name leads to another machine, and without TLS nothing goes there.")
            }
            wait(settings.timeouts.greeting)
            do {
                if settings.security == .implicitTLS { try addTLS(channel) }
                try channel.pipeline.syncOperations.addHandler(self)
            } catch {
                return sessionFailed("TLS cannot be begun.")
            }
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
        }

        func isUnreachable() {
            guard phase == .opening else { return }
            sessionFailed("The mail server cannot be reached: see its name, its port, and the network.")
        }

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }

        // MARK: What comes in

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            guard phase != .closing else { return }
            parser.append(bytes.readableBytesView)
            // Whatever is here was said before this turn's commands are written.
            var due = pending.count
            while phase != .closing {
                let reply: Reply?
                do {
                    reply = try parser.next(keepingText: pending.first?.wantsText ?? false)
                } catch {
                    pool.observe("unreadable")
                    return lost("The mail server's answer is none.")
                }
                guard let reply else { break }
                guard due > 0, let step = pending.popFirst() else { return unasked(reply) }
                due -= 1
                let hasMore = due == 0 && parser.holdsBytes
                // A refusal, or the answer to a message, holds whatever comes behind it; nothing else is believed of such a server.
                if hasMore, !reply.isNegative, step != .content { return unasked(nil) }
                timer.clear()
                take(reply, to: step)
                if hasMore, phase != .closing { return unasked(nil) }
                if phase != .closing, phase != .idle, phase != .text, !pending.isEmpty, !timer.isSet { wait(settings.timeouts.command) }
            }
            if phase != .closing, due == 0, parser.holdsBytes { unasked(nil) }
        }

        /// An answer to nothing. During the text a server may say that it has enough.
        private func unasked(_ reply: Reply?) {
            if let reply, reply.isNegative, phase == .text {
                settle(.failure(meaning(reply, .content)))
                return close()
            }
            if phase == .idle { return close() }
            pool.observe("unexpected-answer")
            lost("The mail server answered before it was asked.")
        }

        private func take(_ reply: Reply, to step: Step) {
            switch step {
            case .greeting, .ehlo, .startTLS, .loginUser, .loginSecret, .authentication: open(reply, step)
            case .sender, .recipient, .data: envelope(reply, step)
            case .content: answered(reply)
            case .reset: reply.isPositive ? finish() : close()
            case .quit: close()
            }
        }

        /// Connection, TLS and account are there.
        func isOpen() {
            pool.observe("connected")
            phase = .idle
            guard let transaction else { return rest() }
            self.transaction = nil
            carry(transaction)
        }

        // MARK: Between messages

        /// The message is over, one way or the other.
        func finish() {
            phase = .idle
            carried += 1
            carried >= settings.messagesPerConnection ? quit() : rest()
        }

        func rest() {
            wasIdle = true
            wait(settings.idleTimeout) { [weak self] in self?.quit() }
            pool.isFree(self)
        }

        func carry(_ transaction: Transaction) {
            timer.clear()
            self.transaction = transaction
            begin(transaction)
        }

        // MARK: Outcomes

        func settle(_ result: Result<String, TransportError>) {
            graceTimer.clear()
            wipe()
            transaction?.settle(result)
            transaction = nil
        }

        private func wipe() {
            mail?.bytes.wipe(counting: pool)
            commands?.wipe(counting: pool)
            (mail, commands) = (nil, nil)
        }

        func meaning(_ reply: Reply, _ stage: Stage) -> TransportError {
            ReplyMeaning.error(
                reply, at: stage, provider: settings.name, of: transaction?.message.destination ?? .unknown)
        }

        /// Whether a refusal says only that this connection has served for long enough: then another gets the message.
        func movesOn(_ reply: Reply, _ step: Step) -> Bool {
            guard wasIdle || carried > 0, let transaction, !transaction.isRetried,
                reply.code == 421 || step == .sender && reply.isTemporary
            else { return false }
            leaveTo(pool, transaction)
            return true
        }

        private func leaveTo(_ pool: ConnectionPool, _ transaction: Transaction) {
            wipe()
            self.transaction = nil
            close()
            pool.retry(transaction)
        }

        /// There will be no connection; nothing was sent.
        func sessionFailed(_ reason: String, _ reply: Reply? = nil, at stage: Stage = .session) {
            let error = reply.map { meaning($0, stage) } ?? unavailable(reason)
            pool.observe("connection-failed", errorCode: error.refusal?.cause.rawValue)
            settle(.failure(error))
            close()
        }

        private func unavailable(_ reason: String) -> TransportError {
            let refusal = ProviderRefusal(
                .gatewayDown, provider: settings.name, providerCode: "", of: transaction?.message.destination ?? .unknown)
            return TransportError(.notSent, reason, refusal: refusal)
        }

        /// The connection is of no more use.
        func lost(_ reason: String, mayRetry: Bool = true) {
            switch phase {
            case .opening: return sessionFailed(reason)
            case .committed:
                pool.observe("unknown")
                settle(.failure(TransportError(.maybeSent, reason, refusal: unavailable(reason).refusal)))
            case .envelope, .text:
                guard let transaction else { break }
                if mayRetry, wasIdle, !transaction.isRetried, phase == .envelope { return leaveTo(pool, transaction) }
                settle(.failure(unavailable(reason)))
            case .idle, .draining, .closing: break
            }
            close()
        }

        /// The task of the message was cancelled.
        func cancel() {
            guard phase == .committed else {
                settle(.failure(.cancelled))
                return close()
            }
            graceTimer.set(settings.grace, on: loop) { [weak self] in
                self?.lost("The task was cancelled before the mail server had answered.")
            }
        }

        // MARK: Time and the end

        func wait(_ time: Duration) {
            wait(time) { [weak self] in self?.lost("The mail server did not answer in its time.", mayRetry: false) }
        }

        private func wait(_ time: Duration, _ action: @escaping () -> Void) { timer.set(time, on: loop, action) }

        /// In good order (RFC 5321 §4.1.1.10), without waiting for it.
        func quit() {
            guard phase == .idle, let context else { return close() }
            phase = .closing
            timer.clear()
            pool.remove(self)
            write("QUIT\r\n")
            context.close(promise: nil)
        }

        func close() {
            // Whatever leads here, no message is left without an outcome.
            if transaction != nil {
                let error = unavailable("The connection to the mail server was lost.")
                settle(.failure(phase == .committed ? TransportError(.maybeSent, error.reason, refusal: error.refusal) : error))
            }
            phase = .closing
            timer.clear()
            graceTimer.clear()
            pool.remove(self)
            channel?.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            lost(
                GatewayTLS.isFailure(error) && phase == .opening
                    ? "TLS with the mail server came to nothing: see its certificate, and the authorities in the settings."
                    : "The connection to the mail server was lost.")
        }

        func channelInactive(context: ChannelHandlerContext) {
            lost("The connection to the mail server was lost.")
            self.context = nil
            context.fireChannelInactive()
        }
    }
#endif
