#if HTTP
    import CryptoPrimitives
    import GatewayHTTP
    public import Messaging
    public import RecordStorage

    /// Sends text messages, calls and WhatsApp messages through Twilio's API of 2010-04-01, and reads what Twilio tells the host's web server.
    ///
    /// Twilio cannot refuse a repeat, so that a message whose outcome is unknown is not sent again; the address for receipts carries the
    /// message's own name, and a receipt settles such a message all the same.
    public final class TwilioGateway: WebhookReceiver {
        let settings: TwilioSettings
        private let client: GatewayClient
        let time: any TimeSource
        let seen: ReplayCache
        let seal: CallSeal?
        private let base: String

        public let capabilities: TransportCapabilities
        public var name: String { settings.name }

        /// - Precondition: the settings' address begins with `https://`, and there is a token that Twilio signs with, or no address for receipts
        ///   and no calls.
        public init(_ settings: TwilioSettings, time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource())
        {
            precondition(
                !settings.webhookTokens.isEmpty || settings.statusURL == nil && settings.voice == nil,
                "Twilio signs receipts and calls with the auth token: without it they cannot be believed.")
            self.settings = settings
            self.time = time
            client = GatewayClient(settings.http, address: settings.address, provider: settings.name)
            seen = ReplayCache(window: .seconds(3_600))
            seal = settings.voice.map { CallSeal($0.seal, time: time, random: random) }
            base = "\(settings.address)/2010-04-01/Accounts/\(settings.accountSID)"
            var channels: Set<OutboundMessage.Channel> = []
            if settings.sender != nil { channels.insert(.sms) }
            if settings.whatsApp != nil { channels.insert(.whatsapp) }
            if settings.voice != nil { channels.insert(.voice) }
            capabilities = TransportCapabilities(
                channels: channels, concurrency: settings.http.concurrency, countries: settings.countries,
                givesReceipts: settings.statusURL != nil)
        }

        public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            let (resource, form) = try request(for: message)
            let answer = try await client.post(
                "\(base)/\(resource).json",
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", authorization)], body: form,
                for: message.destination)
            if answer.isSuccess, let sid = answer.json?.string("sid"), Self.isSID(sid), answer.json?.string("status") != "failed" {
                return MessageReceipt(route: name, gatewayIDs: [sid])
            }
            // Of an answer that it took the message and failed, the code stands elsewhere.
            let code = answer.json?.integer(answer.isSuccess ? "error_code" : "code")
            let cause = code.flatMap(TwilioCode.cause)
            if answer.isSuccess, answer.json?.string("status") == "failed" {
                throw TransportError(
                    .refused,
                    ProviderRefusal(cause ?? .unknown, provider: name, providerCode: code.map(String.init) ?? "", of: message.destination))
            }
            throw answer.error(cause, code: code.map(String.init) ?? "", provider: name, of: message.destination)
        }

        /// Two letters and 32 hexadecimal digits. Source: https://www.twilio.com/docs/glossary/what-is-a-sid
        static func isSID(_ text: String) -> Bool {
            text.utf8.count == 34
                && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        }

        private var authorization: String {
            let (user, secret) =
                switch settings.credentials {
                case .authToken(let token): (settings.accountSID, token)
                case .apiKey(let sid, let secret): (sid, secret)
                }
            return BasicAuthorization.header(user: user, secret)
        }

        // MARK: Requests

        private func request(for message: OutboundMessage) throws(TransportError) -> (resource: String, form: SecretText) {
            let status = settings.statusURL?.addingQueryItem("message", message.idempotencyKey)
            var wanted: (@Sendable (OutboundMessage.Content) -> SecretText)?
            switch message.channel {
            case .sms:
                if let sender = settings.sender {
                    let validity = message.validity(atMost: settings.validity, at: time.now()) ?? settings.validity
                    wanted = { self.text($0, from: sender, status, validity) }
                }
            case .whatsapp:
                if let whatsApp = settings.whatsApp { wanted = { self.template($0, whatsApp, status) } }
            case .voice:
                if let script = message.script, let voice = settings.voice, let seal {
                    let validity = message.validity(atMost: settings.validity, at: time.now()) ?? settings.validity
                    wanted = { self.call($0, script, voice, seal, message.idempotencyKey, status, validity) }
                }
            case .email: break
            }
            guard let wanted else { throw TransportError(.unsupported, "The settings of this route to Twilio have no such channel.") }
            guard let (form, hasCode) = message.withContent({ (wanted($0), !$0.code.isEmpty) }) else { throw .wiped }
            guard message.channel == .sms || hasCode else {
                throw TransportError(.unsupported, "By this channel Twilio is given codes alone: a template or a script carries them.")
            }
            return (message.channel == .voice ? "Calls" : "Messages", form)
        }

        private func text(
            _ content: OutboundMessage.Content, from sender: TwilioSettings.Sender, _ status: String?, _ validity: Duration
        ) -> SecretText {
            SecretText { writer in
                writer.text("To=%2B")
                writer.form(content.recipient)
                switch sender {
                case .from(let from): writer.field("From", from)
                case .messagingService(let sid): writer.field("MessagingServiceSid", sid)
                }
                writer.field("Body", content.text)
                writer.field("ValidityPeriod", "\(min(max(validity.components.seconds, 1), 36_000))")
                if let status { writer.field("StatusCallback", status) }
            }
        }

        private func template(
            _ content: OutboundMessage.Content, _ whatsApp: TwilioSettings.WhatsApp, _ status: String?
        ) -> SecretText {
            let variables = SecretText { writer in
                writer.text("{")
                writer.quoted(whatsApp.variable)
                writer.text(":")
                writer.quoted(content.code)
                writer.text("}")
            }
            return SecretText { writer in
                writer.text("To=whatsapp%3A%2B")
                writer.form(content.recipient)
                writer.field("From", "whatsapp:\(whatsApp.from)")
                writer.field("ContentSid", whatsApp.contentSID)
                variables.withBytes { writer.field("ContentVariables", $0) }
                if let status { writer.field("StatusCallback", status) }
            }
        }

        private func call(
            _ content: OutboundMessage.Content, _ script: VoiceScript, _ voice: TwilioSettings.Voice, _ seal: CallSeal, _ name: String,
            _ status: String?, _ validity: Duration
        ) -> SecretText {
            let sealed = seal.seal(script, code: content.code, name: name, for: validity)
            let twiml = TwiML.prompt(
                script, language: SpokenLanguage.tag(for: script.language, own: voice.languages),
                action: voice.answerURL.addingQueryItem("script", sealed))
            return SecretText { writer in
                writer.text("To=%2B")
                writer.form(content.recipient)
                writer.field("From", voice.from)
                twiml.withBytes { writer.field("Twiml", $0) }
                // What rings so long ends with a voicemail, and what lasts so long with nobody.
                writer.field("Timeout", "30")
                writer.field("TimeLimit", "180")
                if let status { writer.field("StatusCallback", status) }
            }
        }
    }

    extension TwilioGateway: CustomStringConvertible, CustomReflectable {
        public var description: String { "TwilioGateway \(name)" }
        public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }
#else
    @available(
        *, unavailable, message: "TwilioGateway needs async-http-client: enable the package trait HTTP of swift-phone-identity."
    )
    public final class TwilioGateway {}
#endif
