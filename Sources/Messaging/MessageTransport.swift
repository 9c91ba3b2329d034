/// What a transport can do.
public struct TransportCapabilities: Hashable, Sendable {
    public var channels: Set<OutboundMessage.Channel>
    /// Messages at the same time.
    public var concurrency: Int

    public init(channels: Set<OutboundMessage.Channel>, concurrency: Int = 8) {
        self.channels = channels
        self.concurrency = concurrency
    }
}

/// What a gateway said when it took a message.
public struct MessageReceipt: Hashable, Sendable {
    /// The gateway's own name for the message; delivery receipts come back under it.
    public let gatewayID: String

    public init(gatewayID: String) {
        self.gatewayID = gatewayID
    }
}

/// Why a message was not handed over.
public struct TransportError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// It certainly was not sent, and may be tried again.
        public static let notSent = Self(rawValue: "transport.notSent")
        /// It may have been sent: do not repeat it unasked.
        public static let maybeSent = Self(rawValue: "transport.maybeSent")
        /// The gateway refuses this message for good.
        public static let refused = Self(rawValue: "transport.refused")
        /// The transport has no such channel.
        public static let unsupported = Self(rawValue: "transport.unsupported")
        /// As many messages wait already as the queue holds: nothing was queued; try again in a moment.
        public static let queueFull = Self(rawValue: "transport.queueFull")
    }

    public let code: Code
    /// Never holds a number or a text.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}

/// A way to a person: a gateway, or for development an inbox that nothing leaves.
///
/// Contract: `send` returns when the gateway has taken the message, and throws with a code that tells the truth about what may have
/// been sent. It keeps neither number nor text, and logs neither. It is called from several tasks at once.
public protocol MessageTransport: Sendable {
    var capabilities: TransportCapabilities { get }
    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt
}
