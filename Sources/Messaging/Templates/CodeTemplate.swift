package import CryptoPrimitives
public import IdentityTypes

/// The words around a one-time code, by language, purpose and channel.
///
/// A text message says who asks, the code, what it does where that is not a sign-up, how long it is good for, and never to pass it on; its last lines
/// are for browsers and apps. A call says the same after a key was pressed, digit by digit. An e-mail says it in a few lines, under a subject without the code.
public struct CodeTemplate: Hashable, Sendable {
    /// The service's name as people know it; 1 to 40 bytes, no control characters, line separators or marks that turn the direction of what
    /// follows, no four digits in a row that could be taken for a code.
    public var brand: String { didSet { Brand.check(brand) } }
    /// The domain of the origin-bound last line, such as `example.com`: 1 to 253 ASCII letters, digits, dots and hyphens.
    ///
    /// Browsers then fill the code in on that site alone: `@example.com #123456`.
    /// Source: WICG "Origin-bound one-time codes delivered via SMS" §3.
    public var webDomain: String? { didSet { check() } }
    /// The domain of a frame on a page of ``webDomain`` in which the code is typed; then it is filled in there and not on the page itself:
    /// `@example.com #123456 @embedded.example`.
    ///
    /// Apple's documentation has `%` for the second `@`; the specification and Chromium have what is here. Only beside a ``webDomain``.
    /// Source: the same, §3.1; Chromium `content/browser/sms/sms_parser.cc`; WICG/sms-one-time-codes issue 18.
    public var embeddedDomain: String? { didSet { check() } }
    /// Names the host's Android app to the SMS Retriever, which then hands the message to it: 11 characters of base64, such as `FA+9qCX9VSu`.
    ///
    /// It has a line of its own, before the origin-bound one: that must be the last, and the hash may be anywhere. The retriever takes messages
    /// of at most 140 bytes, which is one part: see ``segments(language:purpose:reason:minutes:digits:)``.
    /// Source: Google, "Perform SMS Verification on a Server".
    public var androidAppHash: String? { didSet { check() } }

    /// - Precondition: all are within the bounds that they document; a host writes them once.
    public init(brand: String, webDomain: String? = nil, embeddedDomain: String? = nil, androidAppHash: String? = nil) {
        Brand.check(brand)
        (self.brand, self.webDomain) = (brand, webDomain)
        (self.embeddedDomain, self.androidAppHash) = (embeddedDomain, androidAppHash)
        check()
    }

    /// The languages there are, as BCP 47 has them, for a host's own settings page.
    public static var languages: [String] { LanguageTexts.all.map(\.tag) }

    /// The language that a text for `language` is in.
    ///
    /// - Parameter language: BCP 47, in any case, also with underscores. Without a text of its own its parent's is used (`de-CH`, then `de`), then
    ///   English. Chinese goes by script and region (`zh-TW` is `zh-Hant`), and former tags are understood (`iw`, `in`, `tl`, `no`).
    public static func language(for language: String) -> String { LanguageTexts.find(language).tag }

    /// How many parts a text message will have, before it is sent.
    ///
    /// - Parameters:
    ///   - purpose: what the code is for.
    ///   - reason: of a step-up.
    ///   - digits: of the code, 1...10; what lies beyond counts as the nearest.
    public func segments(
        language: String, purpose: PurposeCode = .verification, reason: StepUpReason? = nil, minutes: Int = 10, digits: Int = 6
    ) -> MessageSegments {
        let words = render(
            code: SecretBytes(copying: [UInt8](repeating: 0x30, count: min(max(digits, 1), 10))), minutes: minutes, language: language,
            purpose: purpose,
            reason: reason)
        do {
            return try words.withContent { text, _ throws(TransportError) in try MessageSegments(text) }
        } catch {
            preconditionFailure("A text of bounded length has few parts: \(error.reason)")
        }
    }

    /// The words of a message, rendered into guarded memory each time they are lent; the code never becomes a `String`.
    ///
    /// - Parameters:
    ///   - purpose: what the code is for.
    ///   - channel: how it travels.
    ///   - language: BCP 47; see ``language(for:)``.
    ///   - reason: of a step-up; said between the code and what to know of it.
    package func render(
        code: borrowing SecretBytes, minutes: Int, language: String, purpose: PurposeCode = .verification,
        channel: OutboundMessage.Channel = .sms, reason: StepUpReason? = nil
    ) -> MessageWords {
        let texts = LanguageTexts.find(language)
        let use = texts.use(for: purpose, reason: reason)
        switch channel {
        case .sms, .whatsapp:
            // Made from little when it is wanted: tens of thousands may wait.
            return MessageWords(code: code.duplicate(), language: texts.tag) { [self, tag = texts.tag] code in
                let texts = LanguageTexts.find(tag)
                let use = texts.use(for: purpose, reason: reason)
                return text(in: texts, use, minutes, lastLines: channel == .sms).rendered(with: code)
            }
        case .email:
            let subject = texts.subject(for: purpose).replacing(mark: "{brand}", with: brand)
            return MessageWords(code: code.duplicate(), language: texts.tag, subject: subject) { [self] code in
                letter(in: texts, use, minutes).rendered(with: code)
            }
        case .voice:
            let script = VoiceScript(texts, brand: brand, use: use)
            return MessageWords(code: code.duplicate(), language: texts.tag, script: script) { CodeText(script).rendered(with: $0) }
        }
    }

    private func text(in texts: LanguageTexts, _ use: String?, _ minutes: Int, lastLines: Bool) -> CodeText {
        var words = CodeText(brand: brand, minutes: texts.minutes.text(minutes))
        words.append(sentences: [texts.code, use, texts.validity, texts.warning])
        if lastLines { appendLastLines(to: &words) }
        return words
    }

    private func letter(in texts: LanguageTexts, _ use: String?, _ minutes: Int) -> CodeText {
        var words = CodeText(brand: brand, minutes: texts.minutes.text(minutes))
        words.append(sentences: [texts.code, use])
        words.append("\n")
        words.append(sentences: [texts.validity, texts.warning])
        words.append("\n\n")
        words.append(sentences: [texts.email.unasked])
        return words
    }

    /// For programs alone, so only where they look: browsers and the SMS Retriever read text messages.
    private func appendLastLines(to words: inout CodeText) {
        if webDomain != nil || androidAppHash != nil { words.append("\n") }
        if let androidAppHash { words.append("\n\(androidAppHash)") }
        guard let webDomain else { return }
        words.append("\n@\(webDomain) #")
        words.appendCode()
        if let embeddedDomain { words.append(" @\(embeddedDomain)") }
    }

    private func check() {
        for domain in [webDomain, embeddedDomain] {
            guard let bytes = domain?.utf8 else { continue }
            let isName = bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
                default: false
                }
            }
            precondition(
                (1...253).contains(bytes.count) && isName, "A web domain is ASCII letters, digits, dots and hyphens, without a scheme.")
        }
        precondition(
            embeddedDomain == nil || webDomain != nil, "An embedded domain is named beside the domain of the page it is embedded in.")
        guard let hash = androidAppHash?.utf8 else { return }
        let isBase64 = hash.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F: true
            default: false
            }
        }
        precondition(hash.count == 11 && isBase64, "An Android app hash is 11 characters of base64.")
    }
}

/// The service's name in a text.
enum Brand {
    static func check(_ brand: String) {
        precondition((1...40).contains(brand.utf8.count), "A brand has 1 to 40 bytes: it stands in every message.")
        var digits = 0
        for scalar in brand.unicodeScalars {
            precondition(
                ![.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory),
                "A brand has no control characters: a line of its own could pass for the last one.")
            precondition(
                !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value),
                "A brand turns no direction: the code behind it would be read backwards.")
            digits = scalar.properties.numericType == .decimal ? digits + 1 : 0
            precondition(digits < 4, "A brand has no four digits in a row: people would take them for the code.")
        }
    }
}
