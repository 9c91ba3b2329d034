public import Messaging

/// How this host's account with Twilio is used.
public struct TwilioSettings: Sendable {
    public enum Credentials: Sendable {
        /// The account's own; whoever has it can do everything with the account.
        case authToken(GatewaySecret)
        /// A key, which can be withdrawn by itself.
        case apiKey(sid: String, secret: GatewaySecret)
    }

    public enum Sender: Hashable, Sendable {
        /// A number in E.164 with `+`, a short code or a name.
        case from(String)
        /// The SID of a messaging service, which chooses.
        case messagingService(String)
    }

    /// Codes by WhatsApp: its rules want a template of the category authentication.
    public struct WhatsApp: Hashable, Sendable {
        /// The WhatsApp sender, E.164 with `+`.
        public var from: String
        /// The SID of the template, `HX…`.
        public var contentSID: String
        /// The template's variable that the code is put into.
        public var variable = "1"

        public init(from: String, contentSID: String) { (self.from, self.contentSID) = (from, contentSID) }
    }

    public struct Voice: Sendable {
        /// A number of the account or one that was verified for it, E.164 with `+`.
        public var from: String
        /// An address of the host's that answers with ``TwilioGateway/voiceResponse(to:)``.
        public var answerURL: String
        /// Seals what is spoken after a key press until Twilio asks for it: at least 16 bytes that nobody else has, the same for all hosts that
        /// answer under this address.
        public var seal: GatewaySecret
        /// Twilio's names of languages, by BCP 47, where they are to be other than the usual ones.
        public var languages: [String: String] = [:]

        public init(from: String, answerURL: String, seal: GatewaySecret) {
            (self.from, self.answerURL, self.seal) = (from, answerURL, seal)
        }
    }

    /// Stands in records and reports: see ``MessageTransport/name``.
    public var name = "twilio"
    /// `AC…`
    public var accountSID: String
    public var credentials: Credentials
    /// For text messages; `nil`: this route has none.
    public var sender: Sender?
    public var whatsApp: WhatsApp?
    public var voice: Voice?
    /// An address of the host's that hands requests to ``TwilioGateway/receive(_:_:)``; `nil`: there are no receipts.
    public var statusURL: String?
    /// The account's auth tokens, by which Twilio signs requests: one, and two while one replaces the other. An API key's secret is none.
    public var webhookTokens: [GatewaySecret]
    /// How long Twilio tries; whole seconds, 1...36,000. A code that arrives when it is no longer good helps nobody.
    public var validity: Duration = .seconds(600)
    /// Countries by their ITU calling codes that this route serves; `nil`: all.
    public var countries: Set<UInt16>?
    /// Another one for another region, such as `https://api.dublin.ie1.twilio.com`.
    public var address = "https://api.twilio.com"
    public var http = HTTPSettings()

    public init(accountSID: String, credentials: Credentials, webhookTokens: [GatewaySecret]) {
        (self.accountSID, self.credentials, self.webhookTokens) = (accountSID, credentials, webhookTokens)
    }
}
