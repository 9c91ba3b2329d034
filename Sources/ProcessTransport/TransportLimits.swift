#if Processes
    import NIOCore

    /// How much one end of the transport lets the other take, and for how long.
    ///
    /// Both ends need the same `payload`; the rest may differ.
    public struct TransportLimits: Hashable, Sendable {
        /// Bytes of a request or an answer, 1...4,294,967,295.
        public var payload = 1 << 20
        /// Requests under way on one connection; more wait, and the server does not read them from the socket.
        public var requestsUnderWay = 64
        /// Requests that wait inside a client for a connection or a place on it; more throw ``ProcessError/Code/unavailable``.
        public var waitingRequests = 1024
        /// Connections a server serves at a time.
        public var connections = 256
        /// Connections that have not yet said who they are. One more closes the oldest of them, so that silent ones cannot keep others out.
        public var handshakes = 64
        /// From opening a connection to the server's welcome.
        public var handshakeTimeout: Duration = .seconds(5)
        /// From a frame's first byte to its last, and how long the other end may leave what it is sent unread.
        public var frameTimeout: Duration = .seconds(10)
        /// A connection without requests is closed after this time. Give a client less than its server.
        public var idleTimeout: Duration = .seconds(60)
        /// How long a server that stops lets requests under way finish; then their tasks are cancelled.
        public var grace: Duration = .seconds(10)

        public init() {}

        /// For a server whose clients have the limits above: they are the ones to close what is idle, so that no request ever meets
        /// the server's closing.
        public static var serving: TransportLimits {
            var limits = TransportLimits()
            limits.idleTimeout = .seconds(300)
            return limits
        }
    }

    extension Duration {
        /// At most a year, which no timer of ours outlives.
        var timeAmount: TimeAmount { TimeAmount(min(max(self, .zero), .seconds(365 * 86_400))) }
    }
#else
    @available(*, unavailable, message: "TransportLimits needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct TransportLimits {}
#endif
