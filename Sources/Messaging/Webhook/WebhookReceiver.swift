/// A transport whose receipts and inbound messages come to the host's web server.
public protocol WebhookReceiver: MessageTransport {
    /// Checks who sent a request and that it is new, and says what it means.
    ///
    /// - Returns: nothing where it means nothing to this library, such as a message from a short code.
    /// - Throws: ``TransportError`` with code `.eventRefused`: it is not signed by the gateway, is too old, or was there before.
    func events(from request: WebhookRequest) throws(TransportError) -> [TransportEvent]

    /// Takes the same request once more, when the gateway sends it again: for one whose events could not be handled.
    func readmit(_ request: WebhookRequest)
}

extension WebhookReceiver {
    /// Hands what a request means to the handler. Answer the gateway with 200 or 204 when this returns, with 403 when it throws
    /// ``TransportError/Code/eventRefused``, and with 500 when it throws anything else: then it is sent again, and taken.
    public func receive(_ request: WebhookRequest, _ handler: any TransportEventHandler) async throws {
        let events = try events(from: request)
        do {
            for event in events { try await handler.receive(event) }
        } catch {
            readmit(request)
            throw error
        }
    }
}
