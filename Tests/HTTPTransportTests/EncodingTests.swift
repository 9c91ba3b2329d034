import CryptoPrimitives
import Foundation
import RecordStorage
import Testing

@testable import GatewayHTTP
@testable import Messaging

@Suite("What gateways are told and say, in guarded memory") struct EncodingTests {
    private func text(_ pieces: (inout SecretWriter) -> Void) -> String {
        SecretText(pieces).withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static let samples = [
        "", "plain", "+41 44 668 18 00", "a&b=c%d+e f", "Zürich 認証コード 🔐", "quote \" back \\ slash / ' < > & ;", "line\r\n\ttab",
        "\u{1}\u{1F}\u{7F}",
    ]

    @Test("a form's values come back as they were, from our own reader and from Foundation's", arguments: samples)
    func form(_ value: String) throws {
        let body = text { writer in
            writer.field("a", value)
            writer.field("b", "x")
        }
        let fields = try #require(Array(body.utf8).withUnsafeBytes { FormFields($0) })
        #expect(fields.text("a") == value && fields.text("b") == "x" && fields.text("c") == nil)
        let item = try #require(body.split(separator: "&").first?.dropFirst(2))
        #expect(item.replacingOccurrences(of: "+", with: " ").removingPercentEncoding == value)
        #expect(isSilent(fields))
    }

    @Test("a form with half an escape is none, and a field that is there twice is none of its values")
    func badForms() {
        for form in ["a=%", "a=%4", "a=%4G", "%"] { #expect(Array(form.utf8).withUnsafeBytes { FormFields($0) } == nil, "\(form)") }
        let doubled = Array("a=1&a=2&&b".utf8).withUnsafeBytes { FormFields($0) }
        #expect(doubled?.text("a") == nil && doubled?.text("b") == "")
    }

    @Test("a JSON string comes back as it was, from our own reader and from Foundation's", arguments: samples)
    func json(_ value: String) throws {
        let document = text { writer in
            writer.text(#"{"a":{"b":"#)
            writer.quoted(value)
            writer.text("}}")
        }
        let read = try #require(Array(document.utf8).withUnsafeBytes { SecretJSON($0) })
        #expect(read.string("a", "b") == value)
        let foundation = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: [String: String]]
        #expect(foundation == ["a": ["b": value]])
    }

    @Test(
        "every kind of JSON value is read",
        arguments: [
            #" { "s" : "\u00fc\ud83d\ude42\/\b\f\n\r\t\"\\" , "n" : -12 , "l" : ["x","y"] , "t" : true , "f":false,"z":null,"o":[{"id":"q"}] } "#
        ])
    func values(_ document: String) throws {
        let read = try #require(Array(document.utf8).withUnsafeBytes { SecretJSON($0) })
        #expect(read.string("s") == "ü🙂/\u{8}\u{C}\n\r\t\"\\")
        #expect(read.integer("n") == -12 && read.strings("l") == ["x", "y"] && read.has("z") && !read.has("missing"))
        #expect(read.elements("o")?.map { $0.string("id") } == ["q"])
        #expect(read.string("n") == nil && read.integer("s") == nil && read.strings("o") == nil && read.string("s", "t") == nil)
    }

    @Test(
        "what is no JSON, or could be read two ways, is none",
        arguments: [
            "", " ", "{", "}", "{\"a\"", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "\"\\ud83d\"",
            "\"\\ude42\"",
            "\"\\u12\"", "\"\\x\"", "\"a", "\"a\nb\"", "tru", "nul", "'a'", "{a:1}", "\"\\ud83d\\u0041\"",
            String(repeating: "[", count: 40),
        ])
    func badJSON(_ document: String) {
        #expect(Array(document.utf8).withUnsafeBytes { SecretJSON($0) } == nil)
    }

    @Test("no document of random bytes, and no change of a good one, brings the reader down")
    func hostileJSON() {
        var random = SystemRandomNumberGenerator()
        let good = Array(#"{"events":[{"type":"receipt","id":"m-\u00fc\ud83d\ude42","time":12e3}],"x":[true,false,null,-1.5]}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            bytes.removeLast(Int.random(in: 0..<8, using: &random))
            _ = bytes.withUnsafeBytes { SecretJSON($0) }
            _ = bytes.withUnsafeBytes { FormFields($0) }
        }
    }

    @Test("what a text says is not what XML does")
    func xml() {
        #expect(text { $0.xml("<Say>&\"'\u{1}\n🔐</Say>") } == "&lt;Say&gt;&amp;&quot;&#39;\n🔐&lt;/Say&gt;")
    }

    @Test("what is added to an address stands before the settings that a gateway reads behind the number sign")
    func addresses() {
        #expect("https://a.example/b".addingQueryItem("c", "d&e") == "https://a.example/b?c=d%26e")
        #expect("https://a.example/b?x=1#rp=all&rc=5".addingQueryItem("c", "d") == "https://a.example/b?x=1&c=d#rp=all&rc=5")
        #expect("https://a.example/b#rp=?".addingQueryItem("c", "d") == "https://a.example/b?c=d#rp=?")
    }

    @Test("what came once is known for a window at least, and the memory for it is bounded")
    func replays() {
        let cache = ReplayCache(window: .seconds(600), capacity: 1_000)
        func name(_ index: Int) -> [UInt8] { Array("\(index)".utf8) }
        var now = Timestamp(milliseconds: 0)
        for second in 0..<2_000 {
            #expect(cache.begin(name(second), at: now) == .new)
            cache.end(name(second), isHandled: true)
            for earlier in [1, 300, 499] where second >= earlier { #expect(cache.begin(name(second - earlier), at: now) == .handled) }
            #expect(cache.count <= 1_000)
            now = now + .seconds(1)
        }
        let slow = ReplayCache(window: .seconds(600))
        #expect(slow.begin(name(1), at: now) == .new)
        slow.end(name(1), isHandled: true)
        #expect(slow.begin(name(1), at: now + .seconds(599)) == .handled)
        // A clock that is set back forgets nothing.
        #expect(slow.begin(name(1), at: now + .seconds(-5_000)) == .handled)
        slow.end(name(1), isHandled: false)
        #expect(slow.begin(name(1), at: now) == .new)
        #expect(slow.begin(name(2), at: now + .seconds(4_000)) == .new)
        // What nobody says the end of is given up after a minute.
        #expect(slow.begin(name(4), at: now + .seconds(4_000)) == .new)
        #expect(slow.begin(name(4), at: now + .seconds(4_059)) == .underWay)
        #expect(slow.begin(name(4), at: now + .seconds(4_060)) == .new)
        // What is not known is not made known by its end.
        slow.end(name(3), isHandled: true)
        #expect(slow.begin(name(3), at: now + .seconds(4_000)) == .new)
    }

    @Test(
        "how long to wait is read in seconds and as a date",
        arguments: [
            ("7", 7), ("0", 0), ("-1", nil), ("9999999", 86_400), ("soon", nil), ("", nil), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
            ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Mon, 07 Nov 1994 08:49:00 GMT", 86_400),
        ] as [(String, Int?)])
    func retryAfter(_ value: String, _ seconds: Int?) {
        // 784,111,777 is RFC 9110's example.
        #expect(RetryAfter.duration(value, now: 784_111_740) == seconds.map { .seconds($0) })
    }

    @Test("a header is found whatever its case, and not where two of them differ")
    func headers() {
        let request = WebhookRequest(
            url: "https://a/b?x=1&message=m%2D1&message=2#f", headers: [("A", "1"), ("a", "1"), ("B", "1"), ("b", "2")],
            body: Array(words.utf8))
        #expect(request.header("a") == "1" && request.header("B") == nil && request.header("c") == nil)
        #expect(request.queryItem("message") == "m%2D1" && request.queryItem("y") == nil)
        #expect(isSilent(request))
    }

    @Test("a secret prints as nothing") func printing() {
        #expect(isSilent(GatewaySecret(secrets[4])) && isSilent(SecretText { $0.text(words) }))
    }
}
