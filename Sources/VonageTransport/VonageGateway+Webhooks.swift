#if HTTP
    import CryptoPrimitives
    import GatewayHTTP
    public import Messaging
    import RecordStorage

    /// What Vonage tells the host's web server.
    extension VonageGateway {
        public func events(from request: WebhookRequest) throws(TransportError) -> [TransportEvent] {
            let (document, identifier) = try signedDocument(of: request)
            return try seen.events(
                Array(identifier.utf8), at: time.now(), Self.events(document, message: request.queryItem("message"), route: name))
        }

        public func finish(_ request: WebhookRequest, isHandled: Bool) {
            guard let (_, identifier) = try? signedDocument(of: request, isNew: false) else { return }
            seen.end(Array(identifier.utf8), isHandled: isHandled)
        }

        /// What a call says after a key was pressed. Answer with its body and content type, and hand its events to the same handler as others.
        ///
        /// - Throws: ``TransportError`` with code `.eventRefused`: it is not Vonage that asks, or the code's time is over.
        public func voiceResponse(to request: WebhookRequest) throws(TransportError) -> VoiceResponse {
            let (document, _) = try signedDocument(of: request)
            guard let seal, let voice = settings.voice, let id = document.string("uuid"), Self.isIdentifier(id),
                let sealed = request.queryItem("script")
            else { throw .malformedEvent }
            let isPressed = document.withString("dtmf", "digits") { !$0.isEmpty } ?? false
            let (said, message) = try seal.open(sealed) { script, code, message in
                // Nothing more to do ends the call.
                guard isPressed else { return (SecretText { $0.text("[]") }, message) }
                let language = SpokenLanguage.tag(for: script.language, own: voice.languages)
                return (NCCO.parts(script, code: code, language: language), message)
            }
            let receipt = DeliveryReceipt(route: name, gatewayID: id, status: .delivered, idempotencyKey: message, time: time.now())
            return VoiceResponse(
                contentType: "application/json", body: said.withBytes { Array($0) }, events: isPressed ? [.receipt(receipt)] : [])
        }

        // MARK: Signatures

        /// The body that Vonage signed, and the signature's own name.
        /// - Parameter isNew: not of a request that was looked at before, whose time may be over by now.
        private func signedDocument(
            of request: WebhookRequest, isNew: Bool = true
        ) throws(TransportError) -> (document: SecretJSON, identifier: String) {
            guard request.method == "POST", request.body.count <= 65_536, let header = request.header("Authorization"),
                header.prefix(7).lowercased() == "bearer ",
                let token = SignedWebToken(String(header.dropFirst(7)), secrets: settings.signatureSecrets),
                constantTimeEquals(SHA256.hash(request.body), token.payloadHash),
                settings.signedAPIKey == nil || token.apiKey == settings.signedAPIKey
            else { throw .notTheGateways }
            guard !isNew || SignatureWindow.contains(token.issuedAt, at: time.now()) else { throw .outOfTime }
            guard let document = request.body.withUnsafeBytes({ SecretJSON($0) }) else { throw .malformedEvent }
            return (document, token.identifier)
        }

        // MARK: Events

        private static func events(_ document: SecretJSON, message: String?, route: String) -> [TransportEvent] {
            if let id = document.string("message_uuid"), isIdentifier(id) {
                guard let status = document.string("status") else {
                    return inbound(document, id, route).map { [.inbound($0)] } ?? []
                }
                let code = VonageCode.code(type: document.string("error", "type"), title: document.string("error", "title"))
                return messageStatus(status, code).map {
                    [
                        .receipt(
                            DeliveryReceipt(
                                route: route, gatewayID: id, status: $0, providerCode: code, idempotencyKey: document.string("client_ref")))
                    ]
                } ?? []
            }
            guard let id = document.string("uuid"), isIdentifier(id), let status = document.string("status").flatMap(callStatus) else {
                return []
            }
            return [.receipt(DeliveryReceipt(route: route, gatewayID: id, status: status, idempotencyKey: message))]
        }

        /// Source: https://developer.vonage.com/en/messages/concepts/messages-status-callbacks
        private static func messageStatus(_ status: String, _ code: String) -> DeliveryReceipt.Status? {
            switch status {
            case "submitted": .underWay
            case "delivered", "read": .delivered
            case "rejected": .failed(VonageCode.cause(of: code) ?? .unknown)
            case "undeliverable": .failed(VonageCode.cause(of: code) ?? .gatewayDown)
            default: nil
            }
        }

        /// A call that ended well may have ended at a voicemail: that somebody heard the code is known by the key press alone.
        /// Source: https://developer.vonage.com/en/voice/voice-api/webhook-reference
        private static func callStatus(_ status: String) -> DeliveryReceipt.Status? {
            switch status {
            case "started", "ringing", "answered", "completed": .underWay
            case "busy", "timeout", "unanswered", "cancelled", "rejected": .failed(.unreachable)
            case "failed": .failed(.unknown)
            default: nil
            }
        }

        private static func inbound(_ document: SecretJSON, _ id: String, _ route: String) -> InboundMessage? {
            let channel = document.string("channel").flatMap(OutboundMessage.Channel.init)
            guard let channel, channel == .sms || channel == .whatsapp else { return nil }
            let message: InboundMessage?? = document.withString("from") { from in
                document.withString("text") { text in
                    InboundMessage(
                        from: from, text: text, to: document.string("to") ?? "", route: route, gatewayID: id, channel: channel)
                } ?? nil
            }
            return message ?? nil
        }
    }
#endif
