public import Messaging
public import SealedStore

/// Hands a number that the sender opened to a gateway, with one of the texts the sender knows, and forgets it.
///
/// No text has a place for the number, and none can be given by whoever orders the message: an order names a text.
public struct MessagingRecipient: NumberRecipient {
    private let transport: any MessageTransport
    private let texts: [String: Text]

    /// What a template's name stands for.
    public struct Text: Hashable, Sendable {
        public var words: String
        public var channel: OutboundMessage.Channel

        /// - Parameter words: 1 to 1,600 bytes.
        public init(_ words: String, channel: OutboundMessage.Channel = .sms) {
            (self.words, self.channel) = (words, channel)
        }
    }

    /// - Parameter texts: by the name of the template.
    public init(_ transport: any MessageTransport, texts: [String: Text]) {
        (self.transport, self.texts) = (transport, texts)
    }

    public func check(_ order: DispatchOrder) throws(VaultError) {
        guard let text = texts[order.template] else {
            throw VaultError(.requestRefused, "The sender knows no text of this name: add it to the sender, or order another.")
        }
        guard transport.capabilities.channels.contains(text.channel) else {
            throw VaultError(.requestRefused, "The sender's gateway has no such channel: order a text for another.")
        }
    }

    public func deliver(_ order: DispatchOrder, to number: borrowing GuardedNumber) async throws(VaultError) {
        try check(order)
        guard let text = texts[order.template] else { return }
        let message = OutboundMessage(
            to: number.duplicate(), words: text.words, channel: text.channel, destination: MessageDestination(number),
            orderedFor: order.purpose,

            MessageName(owner: order.idBytes, send: 0))
        defer { message.wipe() }
        do {
            _ = try await transport.send(message)
        } catch {
            throw VaultError(.notDelivered, error.reason)
        }
    }
}
