/// A transport whose receipts and inbound messages come to the host's web server.
public protocol WebhookReceiver: MessageTransport {
    /// Checks who sent a request, and says what it means.
    ///
    /// - Returns: nothing where it means nothing to this library, such as a message from a short code, and of a repeat of what was handled.
    /// - Throws: ``TransportError`` with code `.eventRefused`: it is not signed by the gateway, or is too old; with `.eventUnderWay`: it came
    ///   before, and ``finish(_:isHandled:)`` was not called for it yet.
    func events(from request: WebhookRequest) throws(TransportError) -> [TransportEvent]

    /// Notes how the handling of a request went. What could not be handled is taken when the gateway sends it again; what was handled means
    /// nothing more. Whoever calls ``events(from:)`` calls this too; without it a repeat is taken again after a minute.
    func finish(_ request: WebhookRequest, isHandled: Bool)
}

extension WebhookReceiver {
    /// Hands what a request means to the handler. Answer the gateway with 200 or 204 when this returns, with 403 when it throws
    /// ``TransportError/Code/eventRefused``, and with 500 when it throws anything else: then it is taken when it is sent
    /// again. Every event is handed over, also after one that the handler refuses.
    public func receive(_ request: WebhookRequest, _ handler: any TransportEventHandler) async throws {
        var failure: (any Error)?
        // One that cannot be handled, however often it comes, keeps none of the others away.
        for event in try events(from: request) {
            do { try await handler.receive(event) } catch { failure = failure ?? error }
        }
        finish(request, isHandled: failure == nil)
        if let failure { throw failure }
    }
}
