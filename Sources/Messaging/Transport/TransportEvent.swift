public import RecordStorage

/// What comes back from a gateway.
public enum TransportEvent: Sendable {
    case receipt(DeliveryReceipt)
    case inbound(InboundMessage)
}

/// Takes what comes back from gateways.
///
/// Contract: an event may come twice, late, and before the call that sent its message has returned.
public protocol TransportEventHandler: Sendable {
    /// - Throws: what keeps the gateway's copy alive, so that it comes again.
    func receive(_ event: TransportEvent) async throws
}

/// What became of a message, as a gateway says.
public struct DeliveryReceipt: Hashable, Sendable {
    public enum Status: Hashable, Sendable {
        /// The gateway has it still.
        case underWay
        case delivered
        /// It will not arrive.
        case failed(ProviderRefusal.Cause)
    }

    /// The transport's name.
    public let route: String
    /// As ``MessageReceipt/gatewayIDs`` has it.
    public let gatewayID: String
    public let status: Status
    /// The gateway's own code, as ``ProviderRefusal/providerCode``.
    public let providerCode: String
    /// Our own ``OutboundMessage/idempotencyKey``, where the gateway echoes it: settles a message whose identifier never came.
    public let idempotencyKey: String?
    /// When the gateway says that it happened.
    public let time: Timestamp?

    public init(
        route: String, gatewayID: String, status: Status, providerCode: String = "", idempotencyKey: String? = nil, time: Timestamp? = nil
    ) {
        self.route = route
        self.gatewayID = gatewayID
        self.status = status
        self.providerCode = ProviderRefusal.plain(providerCode)
        self.idempotencyKey = idempotencyKey
        self.time = time
    }
}
