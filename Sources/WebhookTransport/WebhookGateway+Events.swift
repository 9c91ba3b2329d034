#if HTTP
    import GatewayHTTP
    public import Messaging
    import RecordStorage

    /// What the adapter sends back: `{"events": [...]}`, signed.
    extension WebhookGateway {
        public func events(from request: WebhookRequest) throws(TransportError) -> [TransportEvent] {
            let signature = try WebhookSignature.check(request, settings.receivingSecrets, at: time.now())
            guard let document = request.body.withUnsafeBytes({ SecretJSON($0) }), let elements = document.elements("events") else {
                throw .malformedEvent
            }
            var events: [TransportEvent] = []
            for element in elements {
                guard let id = element.string("id"), (1...128).contains(id.utf8.count) else { throw .malformedEvent }
                switch element.string("type") {
                case "receipt": events.append(.receipt(try receipt(element, id)))
                case "inbound": if let message = inbound(element, id) { events.append(.inbound(message)) }
                default: throw .malformedEvent
                }
            }
            return try seen.events(signature, at: time.now(), events)
        }

        public func finish(_ request: WebhookRequest, isHandled: Bool) {
            guard let signature = try? WebhookSignature.check(request, settings.receivingSecrets, at: nil) else { return }
            seen.end(signature, isHandled: isHandled)
        }

        private func receipt(_ element: SecretJSON, _ id: String) throws(TransportError) -> DeliveryReceipt {
            let status: DeliveryReceipt.Status
            switch element.string("status") {
            case "under-way": status = .underWay
            case "delivered": status = .delivered
            case "failed": status = .failed(Self.cause(element.string("cause") ?? ""))
            default: throw .malformedEvent
            }
            return DeliveryReceipt(
                route: name, gatewayID: id, status: status, providerCode: element.string("code") ?? "",
                idempotencyKey: element.string("message"),
                time: element.integer("time").flatMap { seconds in
                    (0...253_402_300_799).contains(seconds) ? Timestamp(milliseconds: seconds * 1_000) : nil
                })
        }

        private func inbound(_ element: SecretJSON, _ id: String) -> InboundMessage? {
            let channel = element.string("channel").map { OutboundMessage.Channel(rawValue: $0) } ?? .sms
            guard let channel else { return nil }
            let message: InboundMessage?? = element.withString("from") { from in
                element.withString("text") { text in
                    InboundMessage(
                        from: from, text: text, to: element.string("to") ?? "", route: name, gatewayID: id, channel: channel)
                } ?? nil
            }
            return message ?? nil
        }
    }
#endif
