#if SMTP
    import GatewayConnection
    public import IdentityTypes
    public import Messaging
    import NIOCore
    import NIOPosix
    import NIOSSL
    public import RecordStorage

    /// A mail server that takes e-mails for delivery: the host's own relay, or a provider's (RFC 5321, RFC 6409).
    ///
    /// Connections are opened as messages come, kept for the next ones, and closed when they are idle. What became of a message is told as it is: before its end is
    /// given to the socket nothing was sent, and where no answer comes to that, nobody knows, and ``send(_:)`` throws `.maybeSent`. That a server took a message does
    /// not mean that it arrives: bounces go to the envelope's sender.
    public final class SMTPGateway: MessageTransport {
        public let name: String
        public let capabilities: TransportCapabilities

        private let settings: SMTPSettings
        let loop: any EventLoop
        let pool: NIOLoopBoundBox<ConnectionPool>

        /// - Parameters:
        ///   - observer: Told of `transport`: connected, connection-failed, retried, unknown, unreadable, unexpected-answer.
        ///   - time: For the `Date` of messages.
        /// - Throws: ``SMTPError`` with code `.invalidSetting`.
        public init(
            _ settings: SMTPSettings, observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource()
        ) throws(SMTPError) {
            try settings.check()
            self.settings = settings
            name = settings.name
            capabilities = TransportCapabilities(channels: [.email], concurrency: settings.connections)
            let tls = settings.security == .plaintextOnThisMachine ? nil : try Self.context(settings)
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            self.loop = loop
            pool = .makeBoxSendingValue(
                ConnectionPool(settings, tls: tls, time: time, loop: loop, observer: observer), eventLoop: loop)
        }

        deinit {
            loop.execute { [pool] in pool.value.shutDown() }
        }

        /// Returns when the server has taken the message.
        ///
        /// Waits for its turn where every connection is busy, `waitTimeout` at most. Cancelling the task ends that, and whatever comes before the end of the message
        /// is given to the socket; after that the answer is waited for, `grace` at most.
        ///
        /// - Returns: the server's own name of the message where its answer has one, else the Message-ID without its brackets.
        /// - Throws: ``TransportError`` with code `.notSent` where the server does not have it, with its refusal where there is one; `.refused`; `.maybeSent` where no
        ///   answer came to the whole of it; `.unsupported` for anything but an e-mail.
        public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            guard message.channel == .email else { throw TransportError(.unsupported, "SMTP carries e-mails and nothing else.") }
            // So that what no server would get costs no connection.
            let address = message.withContent { content in MailAddress(content.recipient) != nil }
            guard let address else { throw .wiped }
            guard address else { throw MailFault.address.error(provider: name, of: message.destination) }
            let call = Call()
            let deadline = NIODeadline.now() + settings.waitTimeout.timeAmount
            let result: Result<String, TransportError> = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    loop.execute { [pool] in
                        pool.value.submit(Transaction(message, call: call, deadline: deadline, continuation: continuation))
                    }
                }
            } onCancel: {
                // Seen by `submit` if this comes first.
                call.isCancelled.store(true, ordering: .releasing)
                loop.execute { [pool] in pool.value.cancel(call) }
            }
            return MessageReceipt(route: name, gatewayIDs: [try result.get()])
        }

        private static func context(_ settings: SMTPSettings) throws(SMTPError) -> NIOSSLContext {
            do { return try GatewayTLS.context(authorities: settings.authorities) } catch {
                throw SMTPError(.invalidSetting, GatewayTLS.unreadable(settings.authorities))
            }
        }
    }

    extension SMTPGateway: CustomStringConvertible, CustomReflectable {
        public var description: String { "SMTPGateway \(name)" }
        public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }
#else
    @available(*, unavailable, message: "SMTPGateway needs SwiftNIO: enable the package trait SMTP of swift-phone-identity.")
    public final class SMTPGateway {}
#endif
