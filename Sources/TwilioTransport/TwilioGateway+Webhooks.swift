#if HTTP
    import CryptoPrimitives
    import GatewayHTTP
    public import Messaging
    import RecordStorage

    /// What Twilio tells the host's web server.
    extension TwilioGateway {
        public func events(from request: WebhookRequest) throws(TransportError) -> [TransportEvent] {
            guard let fields = try signedFields(of: request) else { return [] }
            guard let event = try Self.event(fields, request, route: name) else { return [] }
            return try seen.events(event.replayName, at: time.now(), event.events)
        }

        public func finish(_ request: WebhookRequest, isHandled: Bool) {
            let fields = request.body.withUnsafeBytes { FormFields($0) }
            guard let fields, let event = try? Self.event(fields, request, route: name) else { return }
            seen.end(event.replayName, isHandled: isHandled)
        }

        /// What a call says after a key was pressed. Answer with its body and content type, and hand its events to the same handler as others.
        ///
        /// - Throws: ``TransportError`` with code `.eventRefused`: it is not Twilio that asks, or the code's time is over.
        public func voiceResponse(to request: WebhookRequest) throws(TransportError) -> VoiceResponse {
            guard let seal, let voice = settings.voice, let fields = try signedFields(of: request), let sid = fields.text("CallSid"),
                let sealed = request.queryItem("script")
            else { throw .malformedEvent }
            let isPressed = fields.withValue(of: "Digits") { !$0.isEmpty } ?? false
            let (said, message) = try seal.open(sealed) { script, code, message in
                guard isPressed else { return (SecretText { $0.text("<Response><Hangup/></Response>") }, message) }
                let language = SpokenLanguage.tag(for: script.language, own: voice.languages)
                return (TwiML.parts(script, code: code, language: language), message)
            }
            let receipt = DeliveryReceipt(
                route: name, gatewayID: sid, status: .delivered, idempotencyKey: message, time: time.now())
            return VoiceResponse(
                contentType: "text/xml; charset=utf-8", body: said.withBytes { Array($0) }, events: isPressed ? [.receipt(receipt)] : [])
        }

        // MARK: Signatures

        /// The form that Twilio signed.
        ///
        /// - Returns: `nil` where what it signed is JSON, which says nothing about messages.
        private func signedFields(of request: WebhookRequest) throws(TransportError) -> FormFields? {
            guard request.method == "POST", request.body.count <= 65_536, let header = request.header("X-Twilio-Signature"),
                let signature = Base64.decode(header)
            else { throw .notTheGateways }
            if let hash = request.queryItem("bodySHA256") {
                guard let expected = Hexadecimal.decode(hash), constantTimeEquals(SHA256.hash(request.body), expected),
                    TwilioSignature.isRight(signature, request.url, nil, settings.webhookTokens)
                else { throw .notTheGateways }
                return nil
            }
            guard let fields = request.body.withUnsafeBytes({ FormFields($0) }),
                TwilioSignature.isRight(signature, request.url, fields, settings.webhookTokens),
                fields.text("AccountSid") == settings.accountSID
            else { throw .notTheGateways }
            return fields
        }

        // MARK: Events

        private struct Event {
            let replayName: [UInt8]
            let events: [TransportEvent]
        }

        /// - Returns: `nil` where it is nothing about messages.
        private static func event(_ fields: FormFields, _ request: WebhookRequest, route: String) throws(TransportError) -> Event? {
            let message = request.queryItem("message")
            if let sid = fields.text("MessageSid") ?? fields.text("SmsSid") {
                guard isSID(sid) else { throw .malformedEvent }
                if fields.text("MessageStatus") == nil, let inbound = inbound(fields, sid, route) { return inbound }
                guard let status = fields.text("MessageStatus") else { return nil }
                return receipt(sid, status, messageStatus(status, fields), fields.text("ErrorCode") ?? "", message, route)
            }
            if let sid = fields.text("CallSid"), let status = fields.text("CallStatus") {
                guard isSID(sid) else { throw .malformedEvent }
                return receipt(sid, status, callStatus(status), fields.text("SipResponseCode") ?? "", message, route)
            }
            return nil
        }

        private static func receipt(
            _ sid: String, _ name: String, _ status: DeliveryReceipt.Status?, _ code: String, _ message: String?, _ route: String
        ) -> Event {
            let receipt = status.map {
                DeliveryReceipt(route: route, gatewayID: sid, status: $0, providerCode: code, idempotencyKey: message)
            }
            return Event(replayName: Array("\(sid) \(name)".utf8), events: receipt.map { [.receipt($0)] } ?? [])
        }

        /// Source: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
        private static func messageStatus(_ status: String, _ fields: FormFields) -> DeliveryReceipt.Status? {
            switch status {
            case "accepted", "scheduled", "queued", "sending", "sent": .underWay
            case "delivered", "read": .delivered
            case "undelivered", "failed":
                .failed(fields.text("ErrorCode").flatMap(Int64.init).flatMap(TwilioCode.cause) ?? .unknown)
            case "canceled": .failed(.expired)
            default: nil
            }
        }

        /// A call that ended well may have ended at a voicemail: that somebody heard the code is known by the key press alone.
        /// Source: https://www.twilio.com/docs/voice/api/call-resource
        private static func callStatus(_ status: String) -> DeliveryReceipt.Status? {
            switch status {
            case "queued", "initiated", "ringing", "in-progress", "completed": .underWay
            case "busy", "no-answer", "canceled": .failed(.unreachable)
            case "failed": .failed(.unknown)
            default: nil
            }
        }

        private static func inbound(_ fields: FormFields, _ sid: String, _ route: String) -> Event? {
            let prefix = Array("whatsapp:".utf8)
            let message: InboundMessage?? = fields.withValue(of: "From") { from in
                fields.withValue(of: "Body") { body in
                    let isWhatsApp = from.starts(with: prefix)
                    let number = isWhatsApp ? UnsafeRawBufferPointer(rebasing: from.dropFirst(prefix.count)) : from
                    return InboundMessage(
                        from: number, text: body, to: fields.text("To") ?? "", route: route, gatewayID: sid,
                        channel: isWhatsApp ? .whatsapp : .sms)
                } ?? nil
            }
            guard let message else { return nil }
            return Event(replayName: Array("\(sid) inbound".utf8), events: message.map { [.inbound($0)] } ?? [])
        }
    }
#endif
