public import Messaging

/// How messages are handed to an adapter of the host's own, in front of whatever gateway it has.
public struct WebhookSettings: Sendable {
    /// Stands in records and reports: see ``MessageTransport/name``.
    public var name: String
    /// Where messages are posted to.
    public var url: String
    /// Sign messages; 32 bytes or more each. Of two while one replaces the other, each makes a signature, and the adapter takes either.
    public var sendingSecrets: [GatewaySecret]
    /// Sign what comes back: others than those above. Either of two is good while one replaces the other; none where nothing comes back.
    public var receivingSecrets: [GatewaySecret]
    public var channels: Set<OutboundMessage.Channel>
    /// Countries by their ITU calling codes that this route serves; `nil`: all.
    public var countries: Set<UInt16>?
    public var http = HTTPSettings()

    public init(
        name: String = "webhook", url: String, sendingSecrets: [GatewaySecret], receivingSecrets: [GatewaySecret] = [],
        channels: Set<OutboundMessage.Channel> = [.sms]
    ) {
        (self.name, self.url, self.channels) = (name, url, channels)
        (self.sendingSecrets, self.receivingSecrets) = (sendingSecrets, receivingSecrets)
    }
}
