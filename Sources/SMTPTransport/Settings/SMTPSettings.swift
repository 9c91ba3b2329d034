#if SMTP
    public import Messaging

    /// A mail server that takes messages for delivery, and how it wants to be spoken to: the host's own relay, or a provider's.
    public struct SMTPSettings: Sendable {
        /// How the connection is kept from being read. TLS is 1.2 or later, and the certificate is always verified, against the name or the address.
        public enum Security: Hashable, Sendable {
            /// In clear until STARTTLS, which is demanded (RFC 3207): a server that does not offer it gets nothing.
            case startTLS
            /// TLS from the first byte, as on port 465 (RFC 8314 §3.3).
            case implicitTLS
            /// None, for a relay on this very machine: only where the host is `127.0.0.1`, `::1` or `localhost`.
            case plaintextOnThisMachine
        }

        /// An account of the server's. Used with AUTH PLAIN, or LOGIN where the server has only that (RFC 4954).
        public struct Credentials: Sendable {
            /// 1 to 255 bytes of UTF-8 without control characters.
            public var user: String
            /// 1 to 255 bytes without NUL.
            public var secret: GatewaySecret

            public init(user: String, secret: GatewaySecret) { (self.user, self.secret) = (user, secret) }
        }

        /// How long each answer is waited for. Meant for a relay nearby, which answers at once or not at all; a code is worth nothing after ten minutes.
        public struct Timeouts: Hashable, Sendable {
            /// For the TCP connection alone.
            public var connect: Duration = .seconds(10)
            /// From the connection to the greeting, TLS included where it comes first.
            public var greeting: Duration = .seconds(30)
            /// For the answer to each command, and for TLS after STARTTLS.
            public var command: Duration = .seconds(30)
            /// For the socket to take the message.
            public var block: Duration = .seconds(30)
            /// From the end of the message to its answer. Whoever waits too short here does not know what became of it.
            public var acceptance: Duration = .seconds(120)

            public init() {}

            /// What RFC 5321 §4.5.3.2 has for a server anywhere in the world: 5, 5, 3 and 10 minutes.
            public static var rfc5321: Timeouts {
                var timeouts = Timeouts()
                (timeouts.greeting, timeouts.command, timeouts.block) = (.seconds(300), .seconds(300), .seconds(180))
                timeouts.acceptance = .seconds(600)
                return timeouts
            }
        }

        /// ``SMTPGateway/name``.
        public var name = "smtp"
        public var host: String
        /// 587 for submission, 465 with ``Security/implicitTLS`` (RFC 8314 §3).
        public var port: Int
        public var security: Security
        /// The name in the server's certificate, where it is not the host's.
        public var serverName: String?
        /// A PEM file with the authorities that may have signed the server's certificate; `nil`: those that the system trusts.
        public var authorities: String?
        /// `nil`: the server knows this host by its address.
        public var credentials: Credentials?

        /// The address in `From`: ASCII, at most 254 bytes. Its domain is the one that SPF, DKIM and DMARC have to know.
        public var from: String
        /// What people see before it; at most 100 bytes, no control characters. Empty: the address alone.
        public var fromName: String
        /// The address in MAIL, where bounces go; `nil`: that in `From`; empty: nowhere (`<>`).
        public var envelopeSender: String?
        /// What this host calls itself: a domain that leads to it, or an address literal such as `[192.0.2.7]`; `nil`: the domain of ``from``.
        public var ehloName: String?
        /// The domain of every Message-ID; `nil`: the domain of ``from``.
        public var messageDomain: String?

        /// Connections at most, 1...64, each with one message at a time; opened as they are needed.
        public var connections = 4
        /// A connection is closed after so many, 1...100,000. A server that has enough earlier says so, and the message goes by another connection.
        public var messagesPerConnection = 100
        /// A connection without a message is closed after so long.
        public var idleTimeout: Duration = .seconds(30)
        /// How long a message waits for a connection.
        public var waitTimeout: Duration = .seconds(30)
        /// How long an answer to what was sent is waited for once the task is cancelled.
        public var grace: Duration = .seconds(5)
        public var timeouts = Timeouts()

        public init(
            host: String, port: Int = 587, security: Security = .startTLS, from: String, fromName: String = "",
            credentials: Credentials? = nil
        ) {
            (self.host, self.port, self.security) = (host, port, security)
            (self.from, self.fromName, self.credentials) = (from, fromName, credentials)
        }
    }
#else
    @available(*, unavailable, message: "SMTPSettings needs SwiftNIO: enable the package trait SMTP of swift-phone-identity.")
    public struct SMTPSettings {}
#endif
