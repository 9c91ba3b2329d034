public import IdentityTypes
public import RecordStorage

/// How far a message has come, as far as anybody knows.
public enum DeliveryState: Hashable, Sendable {
    /// Recorded, and about to be handed to a gateway.
    case handingOver
    /// A gateway has taken it. Whether it arrives is another question.
    case handedOver
    case delivered
    /// A gateway said later that it will not arrive.
    case failed(ProviderRefusal.Cause)
    /// It certainly was not handed over.
    case notSent(ProviderRefusal.Cause)
    /// Nobody knows: the gateway did not answer, or the process died in between. A receipt settles it, or time does.
    case unknown

    /// Whether nothing changes it any more but what contradicts itself.
    public var isSettled: Bool {
        switch self {
        case .delivered, .failed, .notSent: true
        case .handingOver, .handedOver, .unknown: false
        }
    }

    public var name: String {
        switch self {
        case .handingOver: "handing-over"
        case .handedOver: "handed-over"
        case .delivered: "delivered"
        case .failed: "failed"
        case .notSent: "not-sent"
        case .unknown: "unknown"
        }
    }

    public var cause: ProviderRefusal.Cause? {
        switch self {
        case .failed(let cause), .notSent(let cause): cause
        case .handingOver, .handedOver, .delivered, .unknown: nil
        }
    }
}

/// One message on its way: what a support desk may see. Never number, words or code.
public struct MessageDelivery: Hashable, Sendable {
    let name: MessageName
    /// Which message of the challenge: 1 for the first; 0 of an order.
    public var send: Int { name.send }
    public let purpose: PurposeCode
    public let channel: OutboundMessage.Channel
    /// ITU; 0 where it is not known, and of an e-mail.
    public let countryCallingCode: UInt16
    /// Two letters, or empty.
    public let region: String
    public let numberClass: String
    let range: UInt64
    public let recordedAt: Timestamp
    /// Parts that a text was sent in, and is paid for.
    public var parts: Int
    /// What it costs, by the tariff or by the route's own price.
    public var cost: Money
    /// The transport that took it, or the one that was asked; empty before.
    public var route = ""
    public var state = DeliveryState.handingOver
    public var changedAt: Timestamp
    /// The gateway's own code for a refusal.
    public var providerCode = ""
    /// When a code of the challenge was right, where this was its last message.
    public var completedAt: Timestamp?
    /// Names that the gateway gave it: receipts come under each. Some give one for each part, others one for all.
    var names = 1
    /// Of those, under how many it was said to be delivered.
    var namesDelivered = 0

    /// How long a process needs at most to hand one over: after that it has died over it.
    static let handingOverLimit: Duration = .seconds(300)

    /// What is known at a time: a message whose handing over was never reported may have been sent.
    public func state(at now: Timestamp) -> DeliveryState {
        state == .handingOver && now >= changedAt + Self.handingOverLimit ? .unknown : state
    }

    /// Whether it has to be paid for.
    public var isPaidFor: Bool {
        if case .notSent = state { false } else { true }
    }

    init(_ message: OutboundMessage, at now: Timestamp) {
        let destination = message.destination
        (name, purpose, channel) = (message.name, message.purpose, message.channel)
        (countryCallingCode, region, range) = (destination.countryCallingCode, destination.region?.code ?? "", destination.range)
        numberClass = destination.lineType.map { "\($0)" } ?? ""
        (parts, cost) = (message.parts, message.price)
        (recordedAt, changedAt) = (now, now)
    }

    /// What a route learns from what has changed just now; kept in no row.
    package var feedback: RouteFeedback?

    /// Notes what a route learns from the change.
    mutating func noteFeedback(since before: MessageDelivery) {
        let event: RouteFeedback.Event
        switch state {
        case _ where completedAt != nil && before.completedAt == nil: event = .completed
        case .delivered where before.state != .delivered: event = .delivered
        case .failed where before.state != state: event = .failed
        default: return
        }
        feedback = RouteFeedback(route: route, countryCallingCode: countryCallingCode, channel: channel, event: event)
    }

    // MARK: What happens

    /// What the transport answered. A receipt may have come before.
    mutating func end(with receipt: MessageReceipt, at now: Timestamp) {
        route = Self.bounded(receipt.route)
        names = min(max(receipt.gatewayIDs.count, 1), 255)
        parts = max(parts, names)
        if let price = receipt.price { cost = price }
        guard state == .handingOver || state == .unknown else { return }
        (state, changedAt) = (.handedOver, now)
    }

    mutating func end(with error: TransportError, by transport: String, at now: Timestamp) {
        route = Self.bounded(error.refusal?.provider ?? transport)
        providerCode = error.refusal?.providerCode ?? ""
        guard state == .handingOver else { return }
        state = error.code == .maybeSent ? .unknown : .notSent(error.refusal?.cause ?? .unknown)
        changedAt = now
    }

    /// A host's transport may have a longer name than it should; a row would not be read back.
    private static func bounded(_ route: String) -> String {
        route.utf8.count <= 32 ? route : String(decoding: route.utf8.prefix(32).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
    }

    /// What a gateway says later, of one part. In any order.
    mutating func settle(_ status: DeliveryReceipt.Status, of route: String, providerCode: String, at now: Timestamp) {
        let before = state
        switch status {
        case .underWay:
            if state == .handingOver || state == .unknown { state = .handedOver }
        case .delivered:
            namesDelivered = min(namesDelivered + 1, names)
            if namesDelivered >= names { state = .delivered } else if state == .unknown { state = .handedOver }
        case .failed(let cause):
            // One part that is lost spoils the whole; what was seen to arrive has arrived.
            if state != .delivered {
                state = .failed(cause)
                self.providerCode = providerCode
            }
        }
        if self.route.isEmpty { self.route = Self.bounded(route) }
        if state != before { changedAt = now }
    }
}
