#if HTTP
    import CryptoPrimitives
    import GatewayHTTP
    import IdentityTypes
    public import Messaging
    public import RecordStorage

    /// Posts messages as signed JSON to an adapter of the host's own, and reads what it sends back signed.
    ///
    /// For any gateway that this package has no transport for: the adapter is a page of code in any language. Format: `Documentation/Gateways.md`.
    /// The adapter takes a message with the same name once, so that one whose outcome is unknown may be repeated.
    public final class WebhookGateway: WebhookReceiver {
        let settings: WebhookSettings
        private let client: GatewayClient
        let time: any TimeSource
        let seen = ReplayCache(window: SignatureWindow.length + SignatureWindow.length)

        public let capabilities: TransportCapabilities
        public var name: String { settings.name }

        /// - Precondition: the address begins with `https://`, and secrets have 32 bytes or more, one or two each way, none the same in both.
        public init(_ settings: WebhookSettings, time: any TimeSource = SystemTimeSource()) {
            precondition(
                (1...2).contains(settings.sendingSecrets.count), "One secret signs messages, and two while one replaces the other.")
            precondition(settings.receivingSecrets.count <= 2, "Two secrets are good at most, while one replaces the other.")
            for secret in settings.sendingSecrets + settings.receivingSecrets {
                precondition(secret.bytes.count >= 32, "A secret has 32 bytes or more.")
            }
            for one in settings.sendingSecrets {
                for other in settings.receivingSecrets {
                    let areSame = one.bytes.withUnsafeBytes { one in other.bytes.withUnsafeBytes { constantTimeEquals(one, $0) } }
                    precondition(!areSame, "What goes out and what comes back are signed by different secrets.")
                }
            }
            self.settings = settings
            self.time = time
            client = GatewayClient(settings.http, address: settings.url, provider: settings.name)
            capabilities = TransportCapabilities(
                channels: settings.channels, concurrency: settings.http.concurrency, countries: settings.countries,
                givesReceipts: !settings.receivingSecrets.isEmpty, refusesRepeats: true)
        }

        public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            guard settings.channels.contains(message.channel), message.channel != .voice || message.script != nil else {
                throw TransportError(.unsupported, "The settings of this route have no such channel.")
            }
            guard let document = message.withContent({ Self.document($0, of: message) }) else { throw .wiped }
            let answer = try await client.post(
                settings.url,
                headers: [
                    ("Content-Type", "application/json"), ("Idempotency-Key", message.idempotencyKey),
                    (WebhookSignature.header, WebhookSignature.value(of: document, at: time.now(), settings.sendingSecrets)),
                ], body: document, for: message.destination)
            // Somebody has it already: it is under way, under the names that the answer gives, or the message's own.
            if answer.status == 409 { return receipt(answer) ?? MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey]) }
            if answer.isSuccess, answer.json?.has("error") == false, let receipt = receipt(answer) { return receipt }
            throw error(answer, message.destination)
        }

        private func receipt(_ answer: GatewayAnswer) -> MessageReceipt? {
            let names = answer.json?.strings("ids") ?? answer.json?.string("id").map { [$0] } ?? []
            guard (1...64).contains(names.count), names.allSatisfy({ (1...128).contains($0.utf8.count) }) else { return nil }
            return MessageReceipt(route: name, gatewayIDs: names, price: answer.json?.integer("price").map { Money(micros: $0) })
        }

        /// An error that the adapter explains means that nothing was sent, unless it says `"sent": "maybe"`.
        private func error(_ answer: GatewayAnswer, _ destination: MessageDestination) -> TransportError {
            guard let json = answer.json, json.has("error"), let cause = json.string("error", "cause").map(Self.cause) else {
                return answer.error(nil, code: "", provider: name, of: destination)
            }
            let refusal = ProviderRefusal(cause, provider: name, providerCode: json.string("error", "code") ?? "", of: destination)
            let asked = json.integer("error", "retryAfter").map { Duration.seconds(min(max($0, 0), 86_400)) } ?? answer.retryAfter
            if json.string("error", "sent") == "maybe" { return TransportError(.maybeSent, refusal, retryAfter: asked) }
            let isPassing = asked != nil || [.throttled, .gatewayDown].contains(cause)
            return TransportError(isPassing ? .notSent : .refused, refusal, retryAfter: asked)
        }

        static func cause(_ name: String) -> ProviderRefusal.Cause { ProviderRefusal.Cause(rawValue: name) ?? .unknown }

        /// The body of a message, its members in a fixed order.
        private static func document(_ content: OutboundMessage.Content, of message: OutboundMessage) -> SecretText {
            SecretText { writer in
                writer.text(#"{"id":"#)
                writer.quoted(message.idempotencyKey)
                writer.text(#","channel":"#)
                writer.quoted(message.channel.rawValue)
                writer.text(#","purpose":"#)
                writer.quoted("\(message.purpose)")
                writer.text(#","language":"#)
                writer.quoted(message.language)
                writer.text(message.channel == .email ? #","to":""# : #","to":"+"#)
                writer.json(content.recipient)
                writer.text(#"","text":"#)
                writer.quoted(content.text)
                if !content.code.isEmpty {
                    writer.text(#","code":"#)
                    writer.quoted(content.code)
                }
                if let end = message.expiresAt { writer.text(#","expires":\#(end.seconds)"#) }
                if let subject = message.subject {
                    writer.text(#","subject":"#)
                    writer.quoted(subject)
                }
                if let script = message.script { writer.script(script) }
                writer.text("}")
            }
        }
    }

    extension SecretWriter {
        fileprivate mutating func script(_ script: VoiceScript) {
            text(#","script":{"prompt":"#)
            quoted(script.prompt)
            text(#","repeats":\#(script.repeats),"parts":["#)
            for (index, part) in script.parts.enumerated() {
                if index > 0 { text(",") }
                switch part {
                case .words(let words):
                    text(#"{"words":"#)
                    quoted(words)
                    text("}")
                case .digits(let pause): text(#"{"digits":\#(pause)}"#)
                case .pause(let length): text(#"{"pause":\#(length)}"#)
                }
            }
            text("]}")
        }
    }

    extension WebhookGateway: CustomStringConvertible, CustomReflectable {
        public var description: String { "WebhookGateway \(name)" }
        public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }
#else
    @available(
        *, unavailable, message: "WebhookGateway needs async-http-client: enable the package trait HTTP of swift-phone-identity."
    )
    public final class WebhookGateway {}
#endif
