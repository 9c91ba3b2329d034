public import RecordStorage

/// Writes messages into a directory instead of sending them, one file each: for trying out a sender in a process of its own, never for people.
///
/// Number and text are in the open there, as its name says. Files have mode 0600 and are named by the message's idempotency key.
public struct DevelopmentInboxDirectory: MessageTransport {
    private let path: String

    public let name = "development-inbox"
    public let capabilities = TransportCapabilities(channels: Set(OutboundMessage.Channel.allCases))

    /// - Throws: ``StorageError`` when the directory cannot be made.
    public init(path: String) throws(StorageError) {
        try DurableFile.createDirectory(path)
        self.path = path
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let content = message.withContent { content in
            (message.channel == .email ? [] : Array("+".utf8)) + Array(content.recipient) + Array("\n\(message.channel.rawValue)\n".utf8)
                + Array(content.text) + [0x0A]
        }
        guard let content else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        do {
            try DurableFile.replace("\(path)/\(message.idempotencyKey).message", with: content, mode: 0o600)
        } catch {
            throw TransportError(.notSent, error.reason)
        }
        return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
    }
}
