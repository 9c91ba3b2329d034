package import CryptoPrimitives
package import IdentityTypes

/// The words around a one-time code.
///
/// Says who asks, the code, how long it is good for, and never to pass it on. The last line may bind the code to a web origin, so that
/// browsers fill it in on that site alone. Source: WICG "Origin-bound one-time codes delivered via SMS".
public struct CodeTemplate: Hashable, Sendable {
    /// The service's name as people know it; 1 to 40 bytes, no control characters, no four digits in a row that could be taken for
    /// a code.
    public var brand: String { didSet { Self.check(brand) } }
    /// The domain of the origin-bound last line, such as `example.com`: 1 to 253 ASCII letters, digits, dots and hyphens.
    public var webDomain: String? { didSet { Self.check(domain: webDomain) } }

    /// - Precondition: brand and domain are within the bounds that they document; a host writes both once.
    public init(brand: String, webDomain: String? = nil) {
        Self.check(brand)
        Self.check(domain: webDomain)
        self.brand = brand
        self.webDomain = webDomain
    }

    private static func check(_ brand: String) {
        precondition((1...40).contains(brand.utf8.count), "A brand has 1 to 40 bytes: it stands in every message.")
        var digits = 0
        for scalar in brand.unicodeScalars {
            precondition(
                scalar.properties.generalCategory != .control,
                "A brand has no control characters: a line of its own could pass for the last one.")
            digits = scalar.properties.numericType == .decimal ? digits + 1 : 0
            precondition(digits < 4, "A brand has no four digits in a row: people would take them for the code.")
        }
    }

    private static func check(domain: String?) {
        guard let bytes = domain?.utf8 else { return }
        let isName = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
            default: false
            }
        }
        precondition(
            (1...253).contains(bytes.count) && isName, "A web domain is ASCII letters, digits, dots and hyphens, without a scheme.")
    }

    /// By BCP 47 language, with `{brand}`, `{code}` and `{minutes}`: what the code is, and what to know of it.
    private static let texts: [String: (code: String, warning: String)] = [
        "en": ("{brand}: your code is {code}.", "It is good for {minutes} minutes. Never share it; we will not ask you for it."),
        "de": ("{brand}: Ihr Code ist {code}.", "Er gilt {minutes} Minuten. Geben Sie ihn nie weiter; wir fragen Sie nie danach."),
        "fr": (
            "{brand} : votre code est {code}.",
            "Il est valable {minutes} minutes. Ne le communiquez jamais ; nous ne vous le demanderons pas."
        ),
        "it": ("{brand}: il suo codice è {code}.", "Vale {minutes} minuti. Non lo dia mai a nessuno; noi non lo chiederemo."),
        "es": ("{brand}: su código es {code}.", "Vale {minutes} minutos. No lo comparta nunca; nosotros no se lo pediremos."),
        "pt": ("{brand}: o seu código é {code}.", "Vale {minutes} minutos. Nunca o partilhe; nós não o pediremos."),
        "nl": ("{brand}: uw code is {code}.", "Hij is {minutes} minuten geldig. Deel hem nooit; wij vragen er niet om."),
        "ja": ("{brand}: 認証コードは {code} です。", "{minutes}分間有効です。誰にも教えないでください。当社がお尋ねすることはありません。"),
        "ar": ("{brand}: رمزك هو {code}.", "صالح لمدة {minutes} دقائق. لا تشاركه أبدًا؛ لن نطلبه منك."),
    ]

    /// The languages there are, for a host's own settings page.
    public static var languages: [String] { texts.keys.sorted() }

    /// Renders into guarded memory; the code never becomes a `String`.
    ///
    /// - Parameters:
    ///   - purpose: what the code is for.
    ///   - channel: how it travels.
    ///   - language: BCP 47; without a text of its own its parent's is used (`de-CH`, then `de`), then English.
    ///   - reason: of a step-up; said between the code and what to know of it.
    package func render(
        code: borrowing SecretBytes, minutes: Int, language: String, purpose: PurposeCode = .verification,
        channel: OutboundMessage.Channel = .sms, reason: StepUpReason? = nil
    ) -> MessageWords {
        let found = LanguageFallback.find(language, among: Self.texts.keys)
        let (lead, warning) = Self.texts[found] ?? ("", "")
        let space = lead.hasSuffix("。") ? "" : " "
        let sentences = [lead] + (reason.map { [ReasonSentences.sentence(for: $0, language: language)] } ?? []) + [warning]
        let text = sentences.joined(separator: space)
        // The brand goes in last, so that nothing in it is taken for a mark.
        let pieces = text.replacing("{minutes}", String(minutes)).split("{code}")
        let (head, tail) = (Array(pieces.0.replacing("{brand}", brand).utf8), Array(pieces.1.replacing("{brand}", brand).utf8))
        let binding = webDomain.map { Array("\n\n@\($0) #".utf8) } ?? []
        let codeLength = code.count
        let count = head.count + codeLength + tail.count + (binding.isEmpty ? 0 : binding.count + codeLength)
        let words = SecretBytes(count: count) { target in
            var position = 0
            func put(_ bytes: [UInt8]) {
                UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyBytes(from: bytes)
                position += bytes.count
            }
            func putCode() {
                code.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: $0) }
                position += codeLength
            }
            put(head)
            putCode()
            put(tail)
            if !binding.isEmpty {
                put(binding)
                putCode()
            }
        }
        return MessageWords(text: words, code: code.duplicate(), language: found)
    }
}

extension String {
    fileprivate func replacing(_ mark: String, _ value: String) -> String {
        let (head, tail) = split(mark)
        return head.utf8.count == utf8.count ? self : head + value + tail
    }

    /// What stands before and after the first `mark`; all and nothing without one.
    fileprivate func split(_ mark: String) -> (String, String) {
        let (bytes, mark) = (Array(utf8), Array(mark.utf8))
        guard bytes.count >= mark.count,
            let at = (0...bytes.count - mark.count).first(where: { bytes[$0..<$0 + mark.count].elementsEqual(mark) })
        else { return (self, "") }
        return (String(decoding: bytes[..<at], as: UTF8.self), String(decoding: bytes[(at + mark.count)...], as: UTF8.self))
    }
}
