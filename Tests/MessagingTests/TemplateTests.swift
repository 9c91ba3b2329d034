import CryptoPrimitives
import Testing

@testable import Messaging

@Suite struct TemplateTests {
    private static let languages = CodeTemplate.languages

    private func render(
        _ language: String, code: String = "493817", minutes: Int = 10, brand: String = "Example", webDomain: String? = nil
    ) throws -> String {
        let template = CodeTemplate(brand: brand, webDomain: webDomain)
        let rendered = template.render(code: SecretBytes(copying: Array(code.utf8)), minutes: minutes, language: language)
        return try #require(String(validating: bytes(of: rendered.text), as: UTF8.self))
    }

    private func occurrences(_ part: String, in text: String) -> Int {
        text.count(of: part)
    }

    /// Parts of a text message, and so what it costs: GSM 03.38 has 160 characters alone and 153 in a part, UCS-2 has 70 and 67.
    private func parts(_ text: String) -> Int {
        let basic = Set(
            "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
                .unicodeScalars)
        let isBasic = text.unicodeScalars.allSatisfy { basic.contains($0) }
        let count = isBasic ? text.unicodeScalars.count : text.utf16.count
        let (alone, part) = isBasic ? (160, 153) : (70, 67)
        return count <= alone ? 1 : (count + part - 1) / part
    }

    @Test(arguments: languages)
    func `Brand, code and minutes stand in a text once, and nothing else is a code`(_ language: String) throws {
        let text = try render(language)
        #expect(occurrences("493817", in: text) == 1)
        #expect(occurrences("Example", in: text) == 1)
        #expect(occurrences("10", in: text) == 1)
        #expect(!text.contains("{") && !text.contains("}") && !text.contains("\n"))
        #expect(text.hasPrefix("Example"))
        #expect(DevelopmentInbox.code(in: text) == "493817")
        // No address to tap: a message with a code never has one.
        #expect(!text.contains("http") && !text.contains("www") && !text.contains("/"))
    }

    @Test(arguments: languages)
    func `The last line binds the code to a web origin, and to nothing else`(_ language: String) throws {
        let text = try render(language, webDomain: "login.example.com")
        #expect(text.hasSuffix("\n\n@login.example.com #493817"))
        #expect(text.dropLast("\n\n@login.example.com #493817".count) == (try render(language))[...])
        #expect(occurrences("493817", in: text) == 2)
    }

    @Test(arguments: languages)
    func `A message is at most two parts, and three with the longest brand, code and a web origin`(_ language: String) throws {
        #expect(parts(try render(language)) <= 2)
        let longest = try render(
            language, code: "4938172605", brand: String(repeating: "B", count: 40), webDomain: "login.example.com")
        #expect(parts(longest) <= 3)
    }

    @Test func `Each language has a text of its own, and its regions and scripts use it`() throws {
        #expect(Set(try Self.languages.map { try render($0) }).count == Self.languages.count)
        for (asked, used) in [("de-CH", "de"), ("DE-ch", "de"), ("pt-BR", "pt"), ("ar-Arab-EG", "ar"), ("ja-JP-u-ca-japanese", "ja")] {
            #expect(try render(asked) == render(used))
        }
        for unknown in ["", "-", "tlh", "x-private", "deutsch", "en--", String(repeating: "a-", count: 5_000)] {
            #expect(try render(unknown) == render("en"))
        }
    }

    @Test func `Nothing in a brand is taken for a mark`() throws {
        for brand in ["{code}", "{minutes}", "{brand}", "{code} {code}"] {
            let text = try render("en", brand: brand)
            #expect(text.hasPrefix("\(brand): your code is 493817. It is good for 10 minutes."))
            #expect(occurrences("493817", in: text) == 1)
        }
    }

    @Test func `A brand of the longest length, with digits or in another script, stands as it is`() throws {
        for brand in ["A", String(repeating: "B", count: 40), "Studio 54", "Café 365", "例え株式会社", "O'Neil & Söhne"] {
            #expect(try render("en", brand: brand).hasPrefix("\(brand): "))
        }
    }

    @Test func `A brand that is none, too long, has lines or a code in it, or a domain that is none, is not accepted`() async {
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: String(repeating: "B", count: 41)) }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example\n\n@evil.example #493817") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Code 4938") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Code ٤٩٣٨") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", webDomain: "https://example.com") }
        await #expect(processExitsWith: .failure) { _ = CodeTemplate(brand: "Example", webDomain: "") }
        await #expect(processExitsWith: .failure) {
            var template = CodeTemplate(brand: "Example", webDomain: "example.com")
            template.brand = "493817"
        }
        await #expect(processExitsWith: .success) { _ = CodeTemplate(brand: "Studio 54", webDomain: "login.example-2.com") }
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
