public import IdentityTypes

/// What a transport can do.
public struct TransportCapabilities: Hashable, Sendable {
    public var channels: Set<OutboundMessage.Channel>
    /// Messages at the same time.
    public var concurrency: Int
    /// ITU country calling codes that it serves; `nil`: all.
    public var countries: Set<UInt16>?
    /// Whether it tells later what became of a message.
    public var givesReceipts: Bool
    /// Whether it takes a message with the same ``OutboundMessage/idempotencyKey`` only once, so that one whose outcome is unknown may be repeated.
    public var refusesRepeats: Bool

    public init(
        channels: Set<OutboundMessage.Channel>, concurrency: Int = 8, countries: Set<UInt16>? = nil, givesReceipts: Bool = false,
        refusesRepeats: Bool = false
    ) {
        self.channels = channels
        self.concurrency = concurrency
        self.countries = countries
        self.givesReceipts = givesReceipts
        self.refusesRepeats = refusesRepeats
    }

    public func serve(_ message: OutboundMessage) -> Bool {
        channels.contains(message.channel)
            && (countries?.contains(message.destination.countryCallingCode) ?? true || message.channel == .email)
    }
}

/// What a gateway said when it took a message.
public struct MessageReceipt: Hashable, Sendable {
    /// The name of the transport that handed it over.
    public let route: String
    /// The gateway's own names for the message, one for each part it was sent in; delivery receipts come back under them. Each at most 128 bytes.
    public let gatewayIDs: [String]
    /// What the route asks for it, where it knows; else the host's tariff counts.
    public var price: Money?

    public init(route: String, gatewayIDs: [String], price: Money? = nil) {
        (self.route, self.gatewayIDs, self.price) = (route, gatewayIDs, price)
    }
}

/// A way to a person: a gateway, or for development an inbox that nothing leaves.
///
/// Contract: `send` returns when the gateway has taken the message, and throws with a code that tells the truth about what may have
/// been sent. It keeps neither number nor text, and logs neither. It is called from several tasks at once, also before and after ``run(_:)``.
public protocol MessageTransport: Sendable {
    /// Stands in records and reports: 1 to 32 ASCII letters, digits and hyphens, the same after every start.
    var name: String { get }
    var capabilities: TransportCapabilities { get }
    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt

    /// Keeps up what the transport needs, such as a connection, and gives out what comes in by it, until the task is cancelled. What the handler
    /// does not take is not confirmed to the gateway, which then sends it again.
    func run(_ events: any TransportEventHandler) async

    /// Hears what became of messages, to choose between routes by it. Returns at once.
    func note(_ feedback: RouteFeedback)
}

extension MessageTransport {
    /// Nothing: for gateways whose events come to the host's web server.
    public func run(_ events: any TransportEventHandler) async {}

    /// Nothing: for a transport that is one route.
    public func note(_ feedback: RouteFeedback) {}
}
