#if HTTP
    import CryptoPrimitives
    import GatewayHTTP
    public import Messaging
    public import RecordStorage

    /// Sends text and WhatsApp messages through Vonage's Messages API and calls through its Voice API, and reads what Vonage tells the host's web
    /// server.
    ///
    /// Vonage cannot refuse a repeat, so that a message whose outcome is unknown is not sent again; its receipts echo the message's own name, and
    /// settle such a message all the same.
    public final class VonageGateway: WebhookReceiver {
        let settings: VonageSettings
        private let client: GatewayClient
        private let token: ApplicationToken?
        let time: any TimeSource
        private let random: any RandomSource
        let seen = ReplayCache(window: SignatureWindow.length + SignatureWindow.length)
        let seal: CallSeal?

        public let capabilities: TransportCapabilities
        public var name: String { settings.name }

        /// - Precondition: the settings' address begins with `https://`, calls have an application whose key is RSA in PEM, and there is a secret that
        ///   Vonage signs with, or no address for receipts and no calls.
        public init(_ settings: VonageSettings, time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource())
        {
            precondition(
                !settings.signatureSecrets.isEmpty || settings.statusURL == nil && settings.voice == nil,
                "Vonage signs receipts and calls with the signature secret: without it they cannot be believed.")
            if case .application(let id, let privateKey) = settings.credentials {
                token = ApplicationToken(id: id, privateKey: privateKey)
            } else {
                precondition(settings.voice == nil, "Vonage lets only applications call: give its id and private key.")
                token = nil
            }
            self.settings = settings
            (self.time, self.random) = (time, random)
            client = GatewayClient(settings.http, address: settings.address, provider: settings.name)
            seal = settings.voice.map { CallSeal($0.seal, time: time, random: random) }
            var channels: Set<OutboundMessage.Channel> = []
            if settings.from != nil { channels.insert(.sms) }
            if settings.whatsApp != nil { channels.insert(.whatsapp) }
            if settings.voice != nil { channels.insert(.voice) }
            capabilities = TransportCapabilities(
                channels: channels, concurrency: settings.http.concurrency, countries: settings.countries,
                givesReceipts: !settings.signatureSecrets.isEmpty)
        }

        public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            let (path, document) = try request(for: message)
            let answer = try await client.post(
                settings.address + path,
                headers: [("Content-Type", "application/json"), ("Authorization", try authorization())], body: document,
                for: message.destination)
            if answer.isSuccess, let id = answer.json?.string(message.channel == .voice ? "uuid" : "message_uuid"), Self.isIdentifier(id) {
                return MessageReceipt(route: name, gatewayIDs: [id])
            }
            let code = VonageCode.code(type: answer.json?.string("type"), title: answer.json?.string("title"))
            throw answer.error(VonageCode.cause(of: code), code: code, provider: name, of: message.destination)
        }

        static func isIdentifier(_ text: String) -> Bool {
            (1...128).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
                }
        }

        private func authorization() throws(TransportError) -> String {
            switch settings.credentials {
            case .apiKey(let key, let secret): return BasicAuthorization.header(user: key, secret)
            case .application:
                guard let header = token?.header(at: time.now(), random: random) else {
                    throw TransportError(.notSent, "The application's private key does not sign.")
                }
                return header
            }
        }

        // MARK: Requests

        private func request(for message: OutboundMessage) throws(TransportError) -> (path: String, document: SecretText) {
            var wanted: (@Sendable (OutboundMessage.Content) -> SecretText)?
            switch message.channel {
            case .sms:
                if let from = settings.from { wanted = { self.text($0, from: from, message) } }
            case .whatsapp:
                if let whatsApp = settings.whatsApp { wanted = { self.template($0, whatsApp, message) } }
            case .voice:
                if let script = message.script, let voice = settings.voice, let seal {
                    wanted = { self.call($0, script, voice, seal, message) }
                }
            case .email: break
            }
            guard let wanted else { throw TransportError(.unsupported, "The settings of this route to Vonage have no such channel.") }
            guard let (document, hasCode) = message.withContent({ (wanted($0), !$0.code.isEmpty) }) else { throw .wiped }
            guard message.channel == .sms || hasCode else {
                throw TransportError(.unsupported, "By this channel Vonage is given codes alone: a template or a script carries them.")
            }
            return (message.channel == .voice ? "/v1/calls" : "/v1/messages", document)
        }

        /// What every message has.
        private func head(
            _ writer: inout SecretWriter, _ kind: String, _ content: OutboundMessage.Content, from: String, _ message: OutboundMessage
        ) {
            writer.text(#"{"message_type":"\#(kind)","channel":"\#(message.channel.rawValue)","to":"#)
            writer.quoted(content.recipient)
            writer.text(#","from":"#)
            writer.quoted(from)
            writer.text(#","client_ref":"#)
            writer.quoted(message.idempotencyKey)
            if let status = settings.statusURL {
                writer.text(#","webhook_version":"v1","webhook_url":"#)
                writer.quoted(status)
            }
        }

        private func text(_ content: OutboundMessage.Content, from: String, _ message: OutboundMessage) -> SecretText {
            SecretText { writer in
                head(&writer, "text", content, from: from, message)
                let validity = message.validity(atMost: settings.validity, at: time.now()) ?? settings.validity
                writer.text(",\"ttl\":\(min(max(validity.components.seconds, 20), 259_200))")
                writer.text(#","sms":{"encoding_type":"auto"},"text":"#)
                writer.quoted(content.text)
                writer.text("}")
            }
        }

        /// A template with a button that copies the code: WhatsApp wants the code in the words and in the button.
        /// Source: https://developer.vonage.com/en/messages/code-snippets/whatsapp/send-authentication-template
        private func template(
            _ content: OutboundMessage.Content, _ whatsApp: VonageSettings.WhatsApp, _ message: OutboundMessage
        ) -> SecretText {
            SecretText { writer in
                head(&writer, "custom", content, from: whatsApp.from, message)
                writer.text(#","custom":{"type":"template","template":{"name":"#)
                writer.quoted(whatsApp.template)
                writer.text(#","language":{"policy":"deterministic","code":"#)
                writer.quoted(whatsApp.language(for: message.language))
                writer.text(#"},"components":[{"type":"body","parameters":[{"type":"text","text":"#)
                writer.quoted(content.code)
                writer.text(#"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"#)
                writer.quoted(content.code)
                writer.text("}]}]}}}")
            }
        }

        private func call(
            _ content: OutboundMessage.Content, _ script: VoiceScript, _ voice: VonageSettings.Voice, _ seal: CallSeal,
            _ message: OutboundMessage
        ) -> SecretText {
            let validity = message.validity(atMost: settings.validity, at: time.now()) ?? settings.validity
            let sealed = seal.seal(script, code: content.code, name: message.idempotencyKey, for: validity)
            let ncco = NCCO.prompt(
                script, language: SpokenLanguage.tag(for: script.language, own: voice.languages),
                action: voice.answerURL.addingQueryItem("script", sealed))
            return SecretText { writer in
                writer.text(#"{"to":[{"type":"phone","number":"#)
                writer.quoted(content.recipient)
                writer.text(#"}],"from":{"type":"phone","number":"#)
                writer.quoted(voice.from)
                // What rings so long ends with a voicemail, and what lasts so long with nobody.
                writer.text(#"},"ringing_timer":30,"length_timer":180,"ncco":"#)
                ncco.withBytes { writer.bytes($0) }
                if let status = settings.statusURL {
                    writer.text(#","event_method":"POST","event_url":["#)
                    writer.quoted(status.addingQueryItem("message", message.idempotencyKey))
                    writer.text("]")
                }
                writer.text("}")
            }
        }
    }

    extension VonageGateway: CustomStringConvertible, CustomReflectable {
        public var description: String { "VonageGateway \(name)" }
        public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }
#else
    @available(
        *, unavailable, message: "VonageGateway needs async-http-client: enable the package trait HTTP of swift-phone-identity."
    )
    public final class VonageGateway {}
#endif
