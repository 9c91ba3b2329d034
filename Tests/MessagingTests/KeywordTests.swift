import Foundation
import Testing

@testable import Messaging

@Suite struct KeywordTests {
    private func find(_ bytes: [UInt8]) -> InboundKeyword? {
        bytes.span.withUnsafeBytes { InboundKeyword.find(in: $0) }
    }

    private func find(_ text: String) -> InboundKeyword? { find(Array(text.utf8)) }

    @Test(arguments: [
        "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT",  // CTIA
        "stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe",  // FCC
        "OPT-OUT", "OPTOUT", "REMOVE", "ARRET", "TD",  // carriers
    ])
    func `What CTIA, FCC and carriers name ends messages`(_ word: String) {
        #expect(find(word) == .stop)
    }

    @Test func `HELP and INFO ask, START and UNSTOP begin again, YES does neither`() {
        for word in ["HELP", "INFO", "help", "Info"] { #expect(find(word) == .help) }
        for word in ["START", "UNSTOP", "Start"] { #expect(find(word) == .start) }
        for word in ["YES", "yes", "Y", "OK", "NO", "ja", "sí", "oui", "はい", "да"] { #expect(find(word) == nil) }
    }

    @Test(arguments: LanguageTexts.all.map(\.tag))
    func `Each word of a language is found as it is, in capitals, decomposed, and between quotes and spaces`(_ tag: String) {
        let keywords = LanguageTexts.find(tag).keywords
        for (words, keyword) in [(keywords.stop, InboundKeyword.stop), (keywords.help, .help), (keywords.start, .start)] {
            #expect(!words.isEmpty)
            for word in words {
                #expect(find(word) == keyword, "\(word)")
                #expect(find(word.uppercased()) == keyword, "\(word)")
                #expect(find(String(decoding: word.decomposedStringWithCanonicalMapping.utf8, as: UTF8.self)) == keyword, "\(word)")
                #expect(find(" \n«\(word)»!\u{200B}\u{FEFF} 🙏🏽 ") == keyword, "\(word)")
            }
        }
    }

    @Test func `No word has two meanings, in whatever language`() {
        var meanings: [String: InboundKeyword] = [:]
        for texts in LanguageTexts.all {
            for (words, keyword) in [
                (texts.keywords.stop, InboundKeyword.stop), (texts.keywords.help, .help), (texts.keywords.start, .start),
            ] {
                for word in words {
                    #expect(meanings[word, default: keyword] == keyword, "\(word)")
                    #expect(find(word) == keyword, "\(word) of \(texts.tag) is taken for another")
                    meanings[word] = keyword
                }
            }
        }
        #expect(meanings.count > 250)
    }

    @Test(
        arguments: [
            "Stop!", "  stop\r\n", "\"STOP\"", "“Stop.”", "¡STOP!", "(stop)", "*STOP*", "stop…", "ＳＴＯＰ", "ｓｔｏｐ",
            "S\u{200D}T\u{200B}O\u{FEFF}P", "STOP\u{0}",
            "STOP🛑", "STOP\u{E0100}", "\u{3164}STOP\u{2800}", "🛑 stop", "ST\u{D6}P", "STO\u{308}P", "opt-out", "Opt  Out", "opt_out",
            "stop—all", "\u{202E}stop\u{202C}", "ARRÊT",
            "arrêt", "ARRE\u{302}T",
            "ｽﾄｯﾌﾟ", "ストップ", "ストッフ\u{309A}", "ΣΤΟΠ", "стоп", "СТОП.", "İPTAL", "iptal", "IPTAL", "ıptal", "إلغاء", "الغاء", "إِلْغَاء", "중지",
            "중지".decomposedStringWithCanonicalMapping,
            "退订", "ＴＤ", "הסר", "หยุด", "बंद", "HỦY", "HUY", "cancel·lar",
        ])
    func `Case, width, accents, marks and what stands around it do not matter`(_ text: String) {
        #expect(find(text) == .stop)
    }

    @Test(
        arguments: [
            "don't stop the service", "Please don't stop", "stop it", "stop please", "non stop", "the end", "stopped", "STOP2", "2 stop",
            "stop 1 2 3",
            "help me start", "helpdesk", "start stop", "STOP HELP", "s t o p", "st op", "sto", "s-top", "fine", "Fine!", "slut", "pare",
            "acha", "abi", "seis", "alta",
            "son", "dur", "Yes, stop", "information", "🛑", "...", "-", "'", "\u{200B}", "", " ", "\n", "停", "я", "الان",
        ])
    func `What is not a keyword and nothing else is for the host`(_ text: String) {
        #expect(find(text) == nil)
    }

    @Test func `Bytes that are no UTF-8 count as punctuation, and long texts are read once`() {
        #expect(find([0xFF] + Array("STOP".utf8) + [0xC3]) == .stop)
        #expect(find(Array("ST".utf8) + [0xFF] + Array("OP".utf8)) == nil)
        #expect(find([]) == nil && find([0xFF]) == nil && find([0xF0, 0x9F]) == nil)
        let spaces = [UInt8](repeating: 0x20, count: 1_000_000)
        #expect(find(spaces + Array("stop".utf8) + spaces) == .stop)
        #expect(find(spaces) == nil)
        #expect(find(Array(String(repeating: "stop ", count: 200_000).utf8)) == nil)
        #expect(find([UInt8](repeating: 0x61, count: 4_096)) == nil)
        #expect(find(Array(("stop" + String(repeating: "\u{301}", count: 100_000)).utf8)) == .stop)
    }

    // MARK: Replies

    private static let replies = KeywordReplies(brand: "Example", help: "https://example.com/help")

    @Test(arguments: LanguageTexts.all.map(\.tag))
    func `Replies name the service, what to send and, for HELP, where to look`(_ tag: String) {
        let texts = InboundKeyword.allCases.map { Self.replies.text(for: $0, language: tag) }
        for (keyword, text) in zip(InboundKeyword.allCases, texts) {
            #expect(text.contains("Example") && !text.contains("{") && !text.contains("}") && !text.contains("\n"))
            #expect(text.contains("https://example.com/help") == (keyword == .help))
        }
        #expect(Set(texts).count == 3)
        #expect(texts[0].contains("START"))
        // The words in capitals are keywords, and the right ones.
        let words = texts.map { $0.split { !$0.isCased }.map(String.init).filter { $0.count > 3 && $0 == $0.uppercased() } }
        #expect(words[0].map(find) == [.start], "\(words[0])")
        #expect(words[1].map(find) == [.stop], "\(words[1])")
        #expect(words[2].map(find) == [.stop, .help], "\(words[2])")
    }

    @Test func `Replies differ from language to language, are short, and fall back like templates`() throws {
        for keyword in InboundKeyword.allCases {
            #expect(Set(LanguageTexts.all.map { Self.replies.text(for: keyword, language: $0.tag) }).count == LanguageTexts.all.count)
            for texts in LanguageTexts.all {
                #expect(try MessageSegments(Self.replies.text(for: keyword, language: texts.tag)).count <= 3, "\(texts.tag)")
            }
        }
        #expect(Self.replies.text(for: .stop, language: "de_CH") == Self.replies.text(for: .stop, language: "de"))
        #expect(
            Self.replies.text(for: .stop, language: "tlh")
                == "Example: you will get no more messages from us. Reply START to get them again.")
    }

    @Test func `Nothing that the host wrote is taken for a mark, and what is out of bounds is not accepted`() async {
        let replies = KeywordReplies(brand: "{help}", help: "{brand} {help}")
        #expect(
            replies.text(for: .help, language: "en")
                == "{help}: messages about your account. Help: {brand} {help} Reply STOP to end messages.")
        await #expect(processExitsWith: .failure) { _ = KeywordReplies(brand: "", help: "help") }
        await #expect(processExitsWith: .failure) { _ = KeywordReplies(brand: "Example", help: "") }
        await #expect(processExitsWith: .failure) { _ = KeywordReplies(brand: "Example", help: "a\nb") }
        await #expect(processExitsWith: .failure) { _ = KeywordReplies(brand: "Example", help: String(repeating: "a", count: 121)) }
    }
}
