/// Prints messages instead of sending them: for a terminal during development, never for people.
///
/// Number and code are in the open there, as its name says.
public struct ConsoleTransport: MessageTransport {
    public let name = "console"
    public let capabilities = TransportCapabilities(channels: Set(OutboundMessage.Channel.allCases))
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets a line; standard output unless said.
    public init(write: @escaping @Sendable (String) -> Void = { print($0) }) {
        self.write = write
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let line = message.withContent { content in
            let recipient = (message.channel == .email ? "" : "+") + String(decoding: content.recipient, as: UTF8.self)
            return "[\(message.channel.rawValue) to \(recipient)] " + String(decoding: content.text, as: UTF8.self)
        }
        guard let line else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        write(line)
        return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
    }
}
