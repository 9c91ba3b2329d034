public import Messaging

/// How this host's account with Vonage is used.
public struct VonageSettings: Sendable {
    public enum Credentials: Sendable {
        /// For text and WhatsApp messages; calls need an application.
        case apiKey(String, secret: GatewaySecret)
        /// - Parameter privateKey: of the application, RSA, as a PEM text.
        case application(id: String, privateKey: GatewaySecret)
    }

    /// Codes by WhatsApp: its rules want a template of the category authentication.
    public struct WhatsApp: Hashable, Sendable {
        /// The WhatsApp number, digits of E.164 without `+`.
        public var from: String
        /// The template's name.
        public var template: String
        /// Languages that the template was approved in, as WhatsApp names them (`en`, `pt_BR`); the first is for all other languages.
        public var languages: [String]

        public init(from: String, template: String, languages: [String]) {
            (self.from, self.template, self.languages) = (from, template, languages)
        }

        func language(for tag: String) -> String {
            let exact = String(tag.map { $0 == "-" ? "_" : $0 })
            let primary = String(tag.prefix { $0 != "-" })
            return languages.first { $0 == exact } ?? languages.first { $0 == primary } ?? languages.first ?? "en"
        }
    }

    public struct Voice: Sendable {
        /// A number of the account, digits of E.164 without `+`.
        public var from: String
        /// An address of the host's that answers with ``VonageGateway/voiceResponse(to:)``.
        public var answerURL: String
        /// Seals what is spoken after a key press until Vonage asks for it: at least 16 bytes that nobody else has, the same for all hosts that
        /// answer under this address.
        public var seal: GatewaySecret
        /// Vonage's names of languages, by BCP 47, where they are to be other than the usual ones.
        public var languages: [String: String] = ["ar": "ar"]

        public init(from: String, answerURL: String, seal: GatewaySecret) {
            (self.from, self.answerURL, self.seal) = (from, answerURL, seal)
        }
    }

    /// Stands in records and reports: see ``MessageTransport/name``.
    public var name = "vonage"
    public var credentials: Credentials
    /// For text messages: a number, a short code or a name; `nil`: this route has none.
    public var from: String?
    public var whatsApp: WhatsApp?
    public var voice: Voice?
    /// An address of the host's that hands requests to ``VonageGateway/receive(_:_:)``; `nil`: the one in the application's own settings.
    public var statusURL: String?
    /// The account's signature secrets, by which Vonage signs requests: one, and two while one replaces the other.
    public var signatureSecrets: [GatewaySecret]
    /// The account's API key, which a signed request must name; `nil`: any.
    public var signedAPIKey: String?
    /// How long Vonage tries; whole seconds, 20...259,200.
    public var validity: Duration = .seconds(600)
    /// Countries by their ITU calling codes that this route serves; `nil`: all.
    public var countries: Set<UInt16>?
    /// Another one for another region, such as `https://api-eu.vonage.com`.
    public var address = "https://api.nexmo.com"
    public var http = HTTPSettings()

    public init(credentials: Credentials, signatureSecrets: [GatewaySecret]) {
        (self.credentials, self.signatureSecrets) = (credentials, signatureSecrets)
    }
}
