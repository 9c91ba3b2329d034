import Testing

@testable import Messaging

/// UAX #9 in as much as these texts use it: which way a line runs, and what stands before a code.
@Suite struct RightToLeftTests {
    private static let languages = ["ar", "fa", "he", "ur"]

    private enum Direction { case left, right, none }

    private func direction(_ scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: scalar.properties.isAlphabetic ? .right : .none
        default: scalar.properties.isAlphabetic ? .left : .none
        }
    }

    private func strong(_ text: some StringProtocol) -> [Direction] {
        text.unicodeScalars.map(direction).filter { $0 != .none }
    }

    private func lines(_ language: String, brand: String) throws -> [(String, hasCode: Bool)] {
        var lines: [(String, Bool)] = []
        let template = CodeTemplate(brand: brand)
        for (purpose, reason) in uses {
            lines.append((try Rendered(language, purpose: purpose, reason: reason, template).text, true))
            let email = try Rendered(language, purpose: purpose, channel: .email, reason: reason, template)
            lines += email.text.split(separator: "\n").map { (String($0), $0.contains("493817")) }
            lines.append((try #require(email.subject), false))
        }
        let replies = KeywordReplies(brand: brand, help: "https://example.com/help")
        return lines + InboundKeyword.allCases.map { (replies.text(for: $0, language: language), false) }
    }

    @Test(arguments: languages)
    func `Every line begins with a word of the language, so it runs from right to left`(_ language: String) throws {
        for (line, _) in try lines(language, brand: "Example") {
            // Rules P2 and P3: the first strong character decides.
            #expect(strong(line).first == .right, "\(line)")
        }
    }

    @Test(arguments: languages, ["Example", "Studio 54", "3M", "Example!", "例え", "דוגמה", "مثال"])
    func `Code and minutes stand behind a word of the language, so they keep their place in the sentence`(
        _ language: String, _ brand: String
    ) throws {
        for (line, hasCode) in try lines(language, brand: brand) where hasCode {
            let code = try #require(line.firstRange(of: "493817"))
            // Rule W7: behind a Latin word they would be part of it, and be drawn on its other side.
            #expect(strong(line[..<code.lowerBound]).last == .right, "\(line)")
            #expect(strong(line[code.upperBound...]).first ?? .right == .right, "\(line)")
            if let minutes = line.firstRange(of: "10") { #expect(strong(line[..<minutes.lowerBound]).last == .right, "\(line)") }
        }
    }

    @Test(arguments: languages)
    func `No direction mark or isolate is spent, and the last lines run from left to right`(_ language: String) throws {
        let template = CodeTemplate(brand: "Example", webDomain: "example.com", androidAppHash: "FA+9qCX9VSu")
        let text = try Rendered(language, template).text
        #expect(!text.unicodeScalars.contains { (0x200E...0x200F).contains($0.value) || (0x202A...0x202E).contains($0.value) })
        #expect(!text.unicodeScalars.contains { (0x2066...0x2069).contains($0.value) || $0.value == 0x61C })
        for line in text.split(separator: "\n").dropFirst() { #expect(strong(line).allSatisfy { $0 == .left }) }
    }
}
