import IdentityTypes
import Testing

@testable import Messaging

@Suite struct VoiceTests {
    @Test(arguments: CodeTemplate.languages)
    func `A call greets, says what the code does, the digits twice and slowly, warns and says goodbye`(_ language: String) throws {
        let texts = LanguageTexts.find(language)
        for (purpose, reason) in uses {
            let message = try Rendered(language, purpose: purpose, channel: .voice, reason: reason)
            let script = try #require(message.script)
            #expect(script.language == language && script.repeats == 1)
            var words: [String] = []
            var digits = 0
            for part in script.parts {
                switch part {
                case .words(let sentence): words.append(sentence)
                case .digits(let pause):
                    digits += 1
                    #expect(pause >= 300)
                case .pause(let length): #expect(length > 0)
                }
            }
            let use = texts.use(for: purpose, reason: reason).map { [$0] } ?? []
            let greeting = texts.voice.greeting.replacing(mark: "{brand}", with: "Example")
            #expect(words == [greeting] + use + [texts.voice.code, texts.voice.again, texts.warning, texts.voice.goodbye])
            #expect(digits == 2)
            // Nothing in it is the code, and nothing of it is said before a key was pressed but who calls.
            #expect(!words.joined().contains(where: { ("0"..."9").contains($0) }))
            #expect(script.prompt.contains("Example") && !script.prompt.contains(where: { $0.isNumber }))
            #expect(!script.parts.contains(.words(script.prompt)))
        }
    }

    @Test(arguments: CodeTemplate.languages)
    func `In one piece the script has its words in order and each digit by itself`(_ language: String) throws {
        let message = try Rendered(language, purpose: .accountRecovery, channel: .voice)
        let pieces = try #require(message.script).parts.compactMap { part -> String? in
            switch part {
            case .words(let words): words
            case .digits: "4, 9, 3, 8, 1, 7."
            case .pause: nil
            }
        }
        #expect(message.text == pieces.joined(separator: " "))
        #expect(message.text.utf8.split { !(0x30...0x39).contains($0) }.allSatisfy { $0.count == 1 })
        #expect(DevelopmentInbox.code(in: message.text) == "493817" && message.code == "493817" && message.subject == nil)
    }

    @Test func `English is said like this`() throws {
        let message = try Rendered("en", purpose: .stepUpVerification, channel: .voice, reason: .payment)
        #expect(message.script?.prompt == "Press any key to hear your code from Example.")
        #expect(
            message.text
                == "Hello. This is Example, with your code. It confirms a payment. The code is: 4, 9, 3, 8, 1, 7. Once more, the code is: "
                + "4, 9, 3, 8, 1, 7. Never share it; we will not ask you for it. Goodbye.")
    }

    @Test(
        arguments: [
            ("Your code is 4, 9, 3, 8, 1, 7.", "493817"), ("4, 9, 3, 8, 1, 7", "493817"),
            ("is: 4, 9, 3, 8, 1, 7. Again: 4, 9, 3, 8, 1, 7.", "493817"),
            ("4, 9, 3, 8, 1", nil), ("4, 9, 3, 8, 1, 7, 2.", nil), ("4, 9, 3, x, 8, 1, 7", nil), ("10, 4, 9, 3, 8, 1", nil),
            (",,, , ,", nil),
        ] as [(String, String?)])
    func `The development inbox understands spelled digits`(_ text: String, _ code: String?) {
        #expect(DevelopmentInbox.code(in: text) == code)
    }
}

@Suite struct EmailTests {
    @Test(arguments: CodeTemplate.languages)
    func `The subject names the service and the purpose on one line, and never the code`(_ language: String) throws {
        var subjects: Set<String> = []
        for (purpose, reason) in uses {
            let message = try Rendered(language, purpose: purpose, channel: .email, reason: reason)
            let subject = try #require(message.subject)
            #expect(subject.contains("Example") && !subject.contains("\n") && !subject.contains(where: { $0.isNumber }))
            #expect(subject.utf8.count < 200)
            subjects.insert(subject)
        }
        #expect(subjects.count == 3)
    }

    @Test(arguments: CodeTemplate.languages)
    func `The body has a few lines, and what to do about a code that nobody asked for`(_ language: String) throws {
        let texts = LanguageTexts.find(language)
        for (purpose, reason) in uses {
            let lines = try Rendered(language, purpose: purpose, channel: .email, reason: reason).text.split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 4 && lines[2].isEmpty)
            #expect(lines[0].contains("493817") && lines[1].contains(texts.warning) && lines[3] == texts.email.unasked[...])
        }
        #expect(try Rendered(language, channel: .sms).subject == nil && Rendered(language, channel: .sms).script == nil)
    }
}
