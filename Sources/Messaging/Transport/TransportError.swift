/// Why a message was not handed over.
public struct TransportError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// It certainly was not sent, and may be tried again.
        public static let notSent = Self(rawValue: "transport.notSent")
        /// It may have been sent: do not repeat it unasked.
        public static let maybeSent = Self(rawValue: "transport.maybeSent")
        /// The gateway refuses this message for good; ``TransportError/refusal`` says why, where it tells.
        public static let refused = Self(rawValue: "transport.refused")
        /// The transport has no such channel.
        public static let unsupported = Self(rawValue: "transport.unsupported")
        /// As many messages wait already as the queue holds: nothing was queued; try again in a moment.
        public static let queueFull = Self(rawValue: "transport.queueFull")
        /// What came to a webhook is not signed by the gateway, or is too old.
        public static let eventRefused = Self(rawValue: "transport.eventRefused")
        /// What came to a webhook came before, and is being handled this moment: the gateway has to send it again.
        public static let eventUnderWay = Self(rawValue: "transport.eventUnderWay")
    }

    public let code: Code
    /// Never holds a number or a text.
    public let reason: String
    /// What the gateway said, in words that are the same for every gateway.
    public let refusal: ProviderRefusal?
    /// How long the gateway wants to be left alone.
    public let retryAfter: Duration?

    public init(_ code: Code, _ reason: String, refusal: ProviderRefusal? = nil, retryAfter: Duration? = nil) {
        (self.code, self.reason, self.refusal, self.retryAfter) = (code, reason, refusal, retryAfter)
    }

    /// A gateway's answer that is no success.
    public init(_ code: Code, _ refusal: ProviderRefusal, retryAfter: Duration? = nil) {
        self.init(code, refusal.description, refusal: refusal, retryAfter: retryAfter)
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
