/// What a route is judged by: what became of a message that it took.
public struct RouteFeedback: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case delivered
        case failed
        /// A code that came by it was right.
        case completed
    }

    /// The transport's name.
    public let route: String
    /// ITU.
    public let countryCallingCode: UInt16
    public let channel: OutboundMessage.Channel
    public let event: Event

    public init(route: String, countryCallingCode: UInt16, channel: OutboundMessage.Channel, event: Event) {
        (self.route, self.countryCallingCode, self.channel, self.event) = (route, countryCallingCode, channel, event)
    }
}
