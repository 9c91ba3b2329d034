import CryptoPrimitives
import IdentityTypes
import Testing

@testable import Messaging

/// What a message says, as somebody reads it.
struct Rendered {
    let text: String
    let code: String
    let language: String
    let subject: String?
    let script: VoiceScript?

    init(
        _ language: String, code: String = "493817", minutes: Int = 10, purpose: PurposeCode = .verification,
        channel: OutboundMessage.Channel = .sms, reason: StepUpReason? = nil, _ template: CodeTemplate = CodeTemplate(brand: "Example")
    ) throws {
        let words = template.render(
            code: SecretBytes(copying: Array(code.utf8)), minutes: minutes, language: language, purpose: purpose, channel: channel,
            reason: reason)
        text = try #require(String(validating: words.withContent { text, _ in Array(text) }, as: UTF8.self))
        self.code = words.withContent { _, code in String(decoding: code, as: UTF8.self) }
        (self.language, subject, script) = (words.language, words.subject, words.script)
    }
}

/// Each purpose that a code is sent for, with each reason.
let uses: [(PurposeCode, StepUpReason?)] =
    [(.verification, nil), (.accountRecovery, nil), (.stepUpVerification, nil)] + StepUpReason.allCases.map { (.stepUpVerification, $0) }

@Suite struct TemplateTests {
    private static let languages = CodeTemplate.languages

    private func render(_ language: String, brand: String = "Example", webDomain: String? = nil) throws -> String {
        try Rendered(language, CodeTemplate(brand: brand, webDomain: webDomain)).text
    }

    private func occurrences(_ part: String, in text: String) -> Int {
        text.count(of: part)
    }

    @Test(arguments: languages)
    func `Brand, code and minutes stand in a text once, and nothing else is a code`(_ language: String) throws {
        for channel in [OutboundMessage.Channel.sms, .whatsapp, .email] {
            for (purpose, reason) in uses {
                let message = try Rendered(language, purpose: purpose, channel: channel, reason: reason)
                let text = message.text
                #expect(occurrences("493817", in: text) == 1)
                #expect(occurrences("Example", in: text) == 1)
                #expect(occurrences("10", in: text) == 1)
                #expect(!text.contains("{") && !text.contains("}"))
                #expect(channel == .email || !text.contains("\n"))
                #expect(text.utf8.split { !(0x30...0x39).contains($0) }.allSatisfy { $0.count < 4 || $0.elementsEqual("493817".utf8) })
                // Digits of other scripts are no code that browsers find.
                #expect(text.unicodeScalars.allSatisfy { $0.properties.numericType != .decimal || $0.isASCII })
                #expect(DevelopmentInbox.code(in: text) == "493817")
                #expect(message.code == "493817" && message.language == language)
                // No address to tap: a message with a code never has one.
                #expect(!text.contains("http") && !text.contains("www") && !text.contains("/"))
            }
        }
    }

    @Test(arguments: languages)
    func `Who asks and the code come first, and the warning last`(_ language: String) throws {
        let texts = LanguageTexts.find(language)
        for (purpose, reason) in uses {
            let text = try Rendered(language, purpose: purpose, reason: reason).text
            let first = texts.code.replacing(mark: "{brand}", with: "Example").replacing(mark: "{code}", with: "493817")
            #expect(text.hasPrefix(first) && text.hasSuffix(texts.warning) && text.contains(texts.minutes.text(10)))
            #expect(texts.use(for: purpose, reason: reason).map { text.contains($0) } ?? true)
        }
    }

    @Test(arguments: languages)
    func `No text is missing, none is another's, and each has its marks`(_ language: String) throws {
        let texts = LanguageTexts.find(language)
        let reasons = StepUpReason.allCases.map { texts.reasons[$0] }
        let voice = [texts.voice.prompt, texts.voice.greeting, texts.voice.code, texts.voice.again, texts.voice.goodbye]
        let email = [texts.email.verification, texts.email.recovery, texts.email.stepUp, texts.email.unasked]
        let replies = [texts.replies.stopped, texts.replies.help, texts.replies.started]
        let all = [texts.code, texts.validity, texts.warning, texts.recovery] + reasons + voice + email + replies
        #expect(Set(all).count == all.count)
        for text in all { #expect(text.unicodeScalars.count > 2 && !text.hasPrefix(" ") && !text.hasSuffix(" ") && !text.contains("  ")) }
        func marks(_ text: String) -> [String] {
            ["{brand}", "{code}", "{minutes}", "{help}", "{n}"].flatMap { Array(repeating: $0, count: occurrences($0, in: text)) }
        }
        #expect(marks(texts.code) == ["{brand}", "{code}"] && marks(texts.validity) == ["{minutes}"])
        for text in [texts.warning, texts.recovery, texts.voice.code, texts.voice.again, texts.voice.goodbye, texts.email.unasked] + reasons
        {
            #expect(marks(text).isEmpty)
        }
        for text in [texts.voice.prompt, texts.voice.greeting] + email.dropLast() { #expect(marks(text) == ["{brand}"]) }
        #expect(marks(texts.replies.stopped) == ["{brand}"] && marks(texts.replies.started) == ["{brand}"])
        #expect(marks(texts.replies.help) == ["{brand}", "{help}"])
        // Every `{` is one of a mark, and the words are of the language alone: no direction marks, no joiners but the Persian one.
        for text in all {
            #expect(marks(text).count == text.count { $0 == "{" } && marks(text).count == text.count { $0 == "}" })
            #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .format || ($0 == "\u{200C}" && language == "fa") })
        }
        let reasonsSaid = Set(StepUpReason.allCases.map { ReasonSentences.sentence(for: $0, language: language) })
        #expect(reasonsSaid == Set(reasons) && reasonsSaid.count == StepUpReason.allCases.count)
    }

    @Test func `Each language has texts of its own`() throws {
        #expect(Self.languages.count >= 40 && Set(Self.languages).count == Self.languages.count)
        for channel in [OutboundMessage.Channel.sms, .voice, .email] {
            for (purpose, reason) in uses {
                let texts = try Self.languages.map { try Rendered($0, purpose: purpose, channel: channel, reason: reason).text }
                #expect(Set(texts).count == texts.count)
            }
        }
        // What the same word may be in two languages, no other sentence is.
        #expect(Set(LanguageTexts.all.map(\.warning)).count == LanguageTexts.all.count)
        #expect(Set(LanguageTexts.all.map(\.voice.prompt)).count == LanguageTexts.all.count)
        #expect(Set(LanguageTexts.all.map(\.email.unasked)).count == LanguageTexts.all.count)
    }

    @Test(
        arguments: [
            ("de-CH", "de"), ("DE-ch", "de"), ("de_CH", "de"), ("de-CH-1996", "de"), ("de-Latn-DE", "de"), ("pt-BR", "pt-BR"),
            ("pt_br", "pt-BR"),
            ("PT-BR-x-private", "pt-BR"), ("pt-AO", "pt"), ("pt", "pt"), ("ar-Arab-EG", "ar"), ("ja-JP-u-ca-japanese", "ja"),
            ("zh", "zh-Hans"),
            ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("ZH-MO", "zh-Hant"),
            ("zh-Hant", "zh-Hant"),
            ("zh-hant-CN", "zh-Hant"), ("zh-Hans-TW", "zh-Hans"), ("zh-CN-u-rg-twzzzz", "zh-Hans"), ("zh-CN-x-tw", "zh-Hans"),
            ("cmn-TW", "zh-Hant"),
            ("yue", "zh-Hant"), ("no", "nb"), ("nn", "nb"), ("nn-NO", "nb"), ("NO_no", "nb"), ("iw", "he"), ("iw-IL", "he"), ("in", "id"),
            ("in_ID", "id"), ("tl", "fil"), ("tl-PH", "fil"), ("fil-PH", "fil"), ("es-419", "es"), ("sw-KE", "sw"),
            ("en-GB-oxendict", "en"),
        ])
    func `A region, a script or a former tag leads to the language there is`(_ asked: String, _ found: String) throws {
        #expect(CodeTemplate.language(for: asked) == found)
        let message = try Rendered(asked)
        #expect(try message.language == found && message.text == render(found))
        #expect(
            ReasonSentences.sentence(for: .payment, language: asked) == ReasonSentences.sentence(for: .payment, language: found))
    }

    @Test func `A language that nobody knows is English, however long its tag`() throws {
        for unknown in [
            "", "-", "_", "tlh", "x-private", "deutsch", "en--", "--", "-de", " de", "de\n", "\0", "dе", "ｄｅ", "İ", "\u{301}",
            String(repeating: "a-", count: 5_000), String(repeating: "-", count: 10_000_000), "de" + String(repeating: "-", count: 63),
            "de-" + String(repeating: "x", count: 62),
        ] {
            #expect(try Rendered(unknown).language == "en")
            #expect(try render(unknown) == render("en"))
        }
        #expect(CodeTemplate.language(for: "de-" + String(repeating: "x", count: 61)) == "de")
    }

    @Test func `Minutes have the form that the language has for their number`() throws {
        for (language, forms) in [
            ("en", [1: "1 minute.", 2: "2 minutes.", 5: "5 minutes.", 10: "10 minutes."]),
            ("de", [1: "1 Minute.", 2: "2 Minuten.", 5: "5 Minuten.", 10: "10 Minuten."]),
            ("fr", [1: "1 minute.", 2: "2 minutes.", 5: "5 minutes.", 10: "10 minutes."]),
            (
                "pl",
                [
                    1: "1 minutę.", 2: "2 minuty.", 4: "4 minuty.", 5: "5 minut.", 10: "10 minut.", 12: "12 minut.", 21: "21 minut.",
                    22: "22 minuty.",
                ]
            ),
            ("cs", [1: "1 minutu.", 2: "2 minuty.", 5: "5 minut.", 10: "10 minut.", 22: "22 minut."]),
            ("sk", [1: "1 minútu.", 2: "2 minúty.", 5: "5 minút.", 10: "10 minút."]),
            ("sl", [1: "1 minuto.", 2: "2 minuti.", 3: "3 minute.", 5: "5 minut.", 10: "10 minut."]),
            ("hr", [1: "1 minutu.", 2: "2 minute.", 5: "5 minuta.", 10: "10 minuta.", 21: "21 minutu."]),
            ("ru", [1: "1 минуту.", 2: "2 минуты.", 5: "5 минут.", 10: "10 минут.", 11: "11 минут.", 12: "12 минут.", 21: "21 минуту."]),
            ("uk", [1: "1 хвилину.", 2: "2 хвилини.", 5: "5 хвилин.", 10: "10 хвилин.", 14: "14 хвилин."]),
            ("bg", [1: "1 минута.", 2: "2 минути.", 5: "5 минути.", 10: "10 минути."]),
            ("ro", [1: "1 minut.", 2: "2 minute.", 5: "5 minute.", 10: "10 minute.", 20: "20 de minute."]),
            ("lt", [1: "1 minutę.", 2: "2 minutes.", 5: "5 minutes.", 10: "10 minučių."]),
            ("lv", [1: "1 minūti.", 2: "2 minūtes.", 5: "5 minūtes.", 10: "10 minūtes."]),
            ("ar", [1: "دقيقة واحدة.", 2: "دقيقتين.", 5: "5 دقائق.", 10: "10 دقائق.", 11: "11 دقيقة."]),
            ("he", [1: "דקה אחת.", 2: "2 דקות.", 5: "5 דקות.", 10: "10 דקות."]),
            ("fi", [1: "1 minuutin.", 2: "2 minuuttia.", 5: "5 minuuttia.", 10: "10 minuuttia."]),
            ("hu", [1: "1 percig ", 2: "2 percig ", 5: "5 percig ", 10: "10 percig "]),
            ("ja", [1: "1分間", 2: "2分間", 5: "5分間", 10: "10分間"]),
        ] {
            for (minutes, form) in forms {
                #expect(try Rendered(language, minutes: minutes).text.contains(" \(form)") || language == "ja", "\(language) \(minutes)")
                #expect(try Rendered(language, minutes: minutes).text.contains(form), "\(language) \(minutes)")
            }
        }
        for language in Self.languages {
            for minutes in 1...10 where !(["ar", "he"].contains(language) && minutes < 3) {
                #expect(occurrences("\(minutes)", in: try Rendered(language, code: "", minutes: minutes).text) == 1)
            }
        }
    }

    // MARK: Last lines

    @Test(arguments: languages)
    func `The last line binds the code to a web origin, and to nothing else`(_ language: String) throws {
        let text = try render(language, webDomain: "login.example.com")
        #expect(text.hasSuffix("\n\n@login.example.com #493817"))
        #expect(text.dropLast("\n\n@login.example.com #493817".count) == (try render(language))[...])
        #expect(occurrences("493817", in: text) == 2)
    }

    @Test func `A frame is named behind the code, an app in a line before, and the origin's stays the last`() throws {
        let text = try render("en")
        for (template, lines) in [
            (CodeTemplate(brand: "Example"), ""),
            (CodeTemplate(brand: "Example", androidAppHash: "FA+9qCX9VSu"), "\n\nFA+9qCX9VSu"),
            (
                CodeTemplate(brand: "Example", webDomain: "top.example", embeddedDomain: "embedded.example"),
                "\n\n@top.example #493817 @embedded.example"
            ),
            (
                CodeTemplate(brand: "Example", webDomain: "top.example", androidAppHash: "FA+9qCX9VSu"),
                "\n\nFA+9qCX9VSu\n@top.example #493817"
            ),
            (
                CodeTemplate(brand: "Example", webDomain: "top.example", embeddedDomain: "embedded.example", androidAppHash: "FA+9qCX9VSu"),
                "\n\nFA+9qCX9VSu\n@top.example #493817 @embedded.example"
            ),
        ] {
            #expect(try Rendered("en", template).text == text + lines)
            // Programs look for them in text messages alone.
            for channel in [OutboundMessage.Channel.whatsapp, .voice, .email] {
                let plain = try Rendered("en", channel: channel, CodeTemplate(brand: "Example")).text
                #expect(try Rendered("en", channel: channel, template).text == plain)
            }
        }
    }

    /// The parser of the specification, written from its §3.1.
    private func parsed(_ message: String) -> [String]? {
        var line =
            message.replacing("\r\n", with: "\n").replacing("\r", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).last
            ?? ""
        func token(_ marker: Character) -> String? {
            guard line.first == marker else { return nil }
            let token = line.dropFirst().prefix { !" \t\n\u{C}\r".contains($0) }
            line = line.dropFirst(1 + token.count)
            return token.isEmpty ? nil : String(token)
        }
        guard let host = token("@"), line.first == " " else { return nil }
        line = line.dropFirst()
        guard let code = token("#") else { return nil }
        guard line.first == " " else { return [host, code] }
        line = line.dropFirst()
        return [host, code] + (token("@").map { [$0] } ?? [])
    }

    @Test(arguments: languages)
    func `A browser that reads by the specification finds origin, code and frame, and a retriever its hash`(_ language: String) throws {
        let template = CodeTemplate(
            brand: "@evil.example #000", webDomain: "top.example", embeddedDomain: "embedded.example", androidAppHash: "FA+9qCX9VSu")
        let text = try Rendered(language, template).text
        #expect(parsed(text) == ["top.example", "493817", "embedded.example"])
        #expect(text.split(separator: "\n").contains("FA+9qCX9VSu"))
    }

    // MARK: Cost

    /// With a brand of 12 characters, six digits and ten minutes, without last lines: sign-up, recovery, and the longest step-up.
    private static let costs: [(languages: [String], encoding: MessageSegments.Encoding, parts: [Int])] = [
        (["da", "de", "en", "et", "fi", "fil", "fr", "id", "it", "ms", "nb", "nl", "sv", "sw"], .gsm7, [1, 1, 1]),
        (["ca"], .gsm7, [1, 1, 2]),
        (["zh-Hans", "zh-Hant"], .ucs2, [1, 1, 1]),
        (
            [
                "ar", "bg", "bn", "cs", "el", "es", "fa", "he", "hi", "hr", "hu", "ja", "ko", "lt", "lv", "pl", "pt", "pt-BR", "ro", "ru",
                "sk",
                "sl", "th", "tr", "uk", "ur", "vi",
            ], .ucs2, [1, 2, 2]
        ),
    ]

    @Test func `A sign-up costs one part in every language, and each language what it is known to cost`() throws {
        let template = CodeTemplate(brand: String(repeating: "B", count: 12))
        #expect(Self.costs.flatMap(\.languages).sorted() == Self.languages.sorted())
        for (languages, encoding, parts) in Self.costs {
            for language in languages {
                let signUp = template.segments(language: language)
                let recovery = template.segments(language: language, purpose: .accountRecovery)
                let stepUps = StepUpReason.allCases.map { template.segments(language: language, purpose: .stepUpVerification, reason: $0) }
                #expect(signUp.encoding == encoding, "\(language)")
                #expect([signUp.count, recovery.count, stepUps.map(\.count).max() ?? 0] == parts, "\(language): \(signUp.units) units")
            }
        }
    }

    @Test(arguments: languages)
    func `A message is at most two parts, and three with the longest brand, code and a web origin`(_ language: String) throws {
        let longest = CodeTemplate(brand: String(repeating: "B", count: 40), webDomain: "login.example.com")
        for (purpose, reason) in uses {
            #expect(CodeTemplate(brand: "Example").segments(language: language, purpose: purpose, reason: reason).count <= 2)
            #expect(longest.segments(language: language, purpose: purpose, reason: reason, digits: 10).count <= 3)
        }
    }

    @Test func `A code of any length, a domain of the longest, and any minutes are counted`() {
        let domain = String(repeating: "d", count: 253)
        let template = CodeTemplate(
            brand: String(repeating: "я", count: 20), webDomain: domain, embeddedDomain: domain, androidAppHash: "FA+9qCX9VSu")
        for language in Self.languages {
            #expect((9...12).contains(template.segments(language: language, minutes: .max, digits: .max).count))
            #expect(template.segments(language: language, minutes: .min, digits: .min).count > 8)
            #expect(template.segments(language: language, minutes: 0, digits: 0).count > 8)
        }
    }

    @Test func `What is counted beforehand is what is sent`() throws {
        let template = CodeTemplate(brand: "Example", webDomain: "example.com", androidAppHash: "FA+9qCX9VSu")
        for language in Self.languages {
            for (purpose, reason) in uses {
                let text = try Rendered(language, purpose: purpose, reason: reason, template).text
                #expect(try MessageSegments(text) == template.segments(language: language, purpose: purpose, reason: reason))
            }
        }
    }

    @Test func `With an app's hash alone, a sign-up is one part in these languages, which is all that the SMS Retriever takes`() throws {
        let template = CodeTemplate(brand: String(repeating: "B", count: 12), androidAppHash: "FA+9qCX9VSu")
        let fitting = try Self.languages.filter { language in
            // 140 bytes on the air, and of UTF-8 as well: whichever is meant.
            let bytes = try Rendered(language, template).text.utf8.count
            return template.segments(language: language).count == 1 && bytes <= 140
        }
        let withBoth = CodeTemplate(brand: String(repeating: "B", count: 12), webDomain: "example.com", androidAppHash: "FA+9qCX9VSu")
        #expect(Self.languages.filter { withBoth.segments(language: $0).count == 1 } == fitting.filter { !$0.hasPrefix("zh") })
        #expect(Self.languages.filter { template.segments(language: $0).count == 1 } == fitting)
        #expect(
            fitting == ["ca", "da", "de", "en", "et", "fi", "fil", "fr", "id", "it", "ms", "nb", "nl", "sv", "sw", "zh-Hans", "zh-Hant"])
    }

    // MARK: Brand and bounds

    @Test func `Nothing in a brand is taken for a mark`() throws {
        for brand in ["{code}", "{minutes}", "{brand}", "{code} {code}", "{n}", "{help}"] {
            let text = try render("en", brand: brand)
            #expect(text.hasPrefix("\(brand): your code is 493817. It is good for 10 minutes."))
            #expect(occurrences("493817", in: text) == 1)
            for language in Self.languages {
                for channel in OutboundMessage.Channel.allCases {
                    let message = try Rendered(language, channel: channel, CodeTemplate(brand: brand))
                    #expect(occurrences(brand, in: message.text) == 1)
                    #expect(occurrences("493817", in: message.text) == (channel == .voice ? 0 : 1))
                    #expect(message.subject.map { occurrences(brand, in: $0) == 1 && !$0.contains("493817") } ?? (channel != .email))
                    #expect(message.script.map { $0.prompt.contains(brand) } ?? (channel != .voice))
                }
            }
        }
    }

    @Test func `A brand of the longest length, with digits or in another script, stands as it is`() throws {
        for brand in ["A", String(repeating: "B", count: 40), "Studio 54", "Café 365", "例え株式会社", "O'Neil & Söhne"] {
            #expect(try render("en", brand: brand).hasPrefix("\(brand): "))
        }
    }

    @Test func `A code of any length, none included, stands where it belongs`() throws {
        for code in ["", "0", "000000", "4938172605"] {
            #expect(try Rendered("en", code: code).text.hasPrefix("Example: your code is \(code). It is good"))
            let spelled = code.map(String.init).joined(separator: ", ")
            #expect(occurrences("is: \(spelled).", in: try Rendered("en", code: code, channel: .voice).text) == 2)
        }
    }

    @Test func `A brand that is none, too long, has lines or a code in it, a domain or a hash that is none, is not accepted`() async {
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: String(repeating: "B", count: 41)) }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example\n\n@evil.example #493817") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example\u{2028}@evil.example #493817") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example\u{202E}") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "\u{2067}Example") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Code 4938") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Code ٤٩٣٨") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", webDomain: "https://example.com") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", webDomain: "") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", embeddedDomain: "embedded.example") }
        await #expect(processExitsWith: .failure) {
            _ = CodeTemplate(brand: "Example", webDomain: "a.example", embeddedDomain: "b example")
        }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", androidAppHash: "FA+9qCX9VS") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", androidAppHash: "FA+9qCX9VSu=") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", androidAppHash: "FA-9qCX9VSu") }
        await #expect(processExitsWith: .failure) {
            var template = CodeTemplate(brand: "Example", webDomain: "example.com")
            template.brand = "493817"
        }
        await #expect(processExitsWith: .failure) {
            var template = CodeTemplate(brand: "Example", webDomain: "a.example", embeddedDomain: "b.example")
            template.webDomain = nil
        }
        await #expect(processExitsWith: .success) { _ = CodeTemplate(brand: "Studio 54", webDomain: "login.example-2.com") }
        await #expect(processExitsWith: .success) { _ = CodeTemplate(brand: "Example", androidAppHash: "a/+9qCX9VSu") }
    }
}

extension String {
    /// How often `part` stands in this text.
    fileprivate func count(of part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
