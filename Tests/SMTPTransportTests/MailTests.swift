#if SMTP
    import Foundation
    import Messaging
    import NIOCore
    import RecordStorage
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        @Suite struct Mail {
            private var settings: SMTPSettings { SMTPSettings(host: "mail.example.org", from: "codes@example.com", fromName: "Example") }

            private func encode(
                _ text: [UInt8], to address: String = recipient, subject: String? = "Your code", language: String = "en",
                _ settings: SMTPSettings? = nil
            ) -> Result<EncodedMail, MailFault> {
                Array(address.utf8).withUnsafeBytes { address in
                    text.withUnsafeBytes { text in
                        MailEncoder(settings ?? self.settings).encode(
                            to: address, text: text, subject: subject, language: language, key: "key-1", date: FixedTime().now())
                    }
                }
            }

            private func data(_ text: String, subject: String? = "Your code", language: String = "en", _ settings: SMTPSettings? = nil)
                throws -> String
            {
                String(buffer: try encode(Array(text.utf8), subject: subject, language: language, settings).get().bytes)
            }

            @Test func `A message has the fields that RFC 5322 and RFC 3834 want, each once`() throws {
                let data = try data("Hello.\n")
                let mail = try #require(ReadMail(data))
                #expect(
                    mail.fields.map(\.name) == [
                        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
                        "Content-Language",
                        "Auto-Submitted", "X-Auto-Response-Suppress",
                    ])
                #expect(mail["Date"] == "Sun, 06 Nov 1994 08:49:37 +0000")
                #expect(mail["From"] == "\"Example\"\r\n <codes@example.com>")
                #expect(mail["To"] == recipient)
                #expect(mail["Message-ID"] == "<key-1@example.com>")
                #expect(mail["Content-Type"] == "text/plain; charset=utf-8")
                #expect(mail["Content-Language"] == "en")
                #expect(mail["Auto-Submitted"] == "auto-generated")
                #expect(mail.text == "Hello.\r\n")
            }

            @Test(arguments: [
                "", "A", "Grüße, Ødegård: £5 ^{~}€ 493817", "رمزك هو 493817", "認証コード 493817", "👩🏽‍🚀 493817", ".", "..", ".\n.\n..x\n",
                "a\n.\nb", "=", "a=20",
                "blank \nat the end \t\n", "From here", "a\rb\r\nc\nd", "\u{0}\u{1B}", String(repeating: "493817 ", count: 500),
                String(repeating: "x", count: 5_000),
                String(repeating: "é", count: 3_000), String(repeating: ".", count: 300),
            ]) func `A text arrives as it was, in short lines of seven bits without a dot that would end it`(text: String) throws {
                let data = try data(text)
                let mail = try #require(ReadMail(data))
                #expect(Self.lines(mail.text) == Self.lines(text))
                check(data)
            }

            /// Bytes, with LF for each line break and one at the end: as characters, a CRLF before an accent is none.
            private static func lines(_ text: String) -> [UInt8] {
                var (bytes, last): ([UInt8], UInt8) = ([], 0)
                for byte in text.utf8 {
                    if byte != 0x0A || last != 0x0D { bytes.append(byte == 0x0D ? 0x0A : byte) }
                    last = byte
                }
                return bytes.last == 0x0A ? bytes : bytes + [0x0A]
            }

            private func check(_ data: String) {
                #expect(data.hasSuffix("\r\n"))
                #expect(data.utf8.allSatisfy { $0 < 0x80 && $0 != 0 })
                let lines = data.components(separatedBy: "\r\n")
                #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.contains("\r") && !$0.contains("\n") && !$0.hasPrefix(".") })
                #expect(lines.allSatisfy { !$0.hasSuffix(" ") && !$0.hasSuffix("\t") })
            }

            @Test func `So does any other text`() throws {
                var draws = Draws(2_045)
                let likely = Array(" .=\r\n\tab".utf8)
                for _ in 0..<500 {
                    let scalars = (0..<draws.below(200)).map { _ -> Unicode.Scalar in
                        switch draws.below(4) {
                        case 0: Unicode.Scalar(UInt32(draws.below(0xD800))) ?? "x"
                        case 1: Unicode.Scalar(UInt8(draws.below(128)))
                        default: Unicode.Scalar(likely[draws.below(likely.count)])
                        }
                    }
                    var text = ""
                    text.unicodeScalars.append(contentsOf: scalars)
                    let data = try data(text)
                    let mail = try #require(ReadMail(data))
                    #expect(Self.lines(mail.text) == Self.lines(text))
                    check(data)
                }
            }

            @Test func `Bytes that are no UTF-8 break nothing either`() throws {
                var draws = Draws(6_532)
                for _ in 0..<300 {
                    check(String(buffer: try encode((0..<draws.below(300)).map { _ in UInt8(draws.below(256)) }).get().bytes))
                }
            }

            @Test func `The buffer never grows, so that no copy is left behind`() throws {
                for text in [
                    String(repeating: "é", count: 32_768), String(repeating: ".", count: 65_536), String(repeating: "\n", count: 65_536),
                    String(repeating: "é=a", count: 16_000),
                ] {
                    let bytes = try encode(Array(text.utf8), subject: String(repeating: "é", count: 250)).get().bytes
                    var expected = ByteBufferAllocator().buffer(capacity: 2_500 + BodyEncoding.limit(text.utf8.count))
                    expected.writeBytes([0])
                    #expect(bytes.readableBytes <= BodyEncoding.limit(text.utf8.count) + 2_000)
                }
                for text in ["\n", ".", "é", "=", " ", "\r"] {
                    for count in [1, 2, 75, 76, 77, 1_000] {
                        var buffer = ByteBuffer()
                        let bytes = Array(String(repeating: text, count: count).utf8)
                        for encoding in [BodyEncoding.base64, .quotedPrintable] {
                            buffer.clear()
                            bytes.withUnsafeBytes { encoding.write($0, to: &buffer) }
                            #expect(buffer.readableBytes <= BodyEncoding.limit(bytes.count), "\(encoding) of \(bytes.count)")
                        }
                    }
                }
            }

            @Test(arguments: [
                "Ihr Bestätigungscode", "رمز التحقق", "認証コードのお知らせ 認証コードのお知らせ 認証コードのお知らせ", "=?UTF-8?B?eA==?=", " x", "x ",
                String(repeating: "long ", count: 40) + "x",
                String(repeating: "👩🏽‍🚀", count: 20),
            ]) func `A subject that is not short ASCII is in encoded words, and reads the same`(subject: String) throws {
                let data = try data("x", subject: subject)
                let written = try #require(ReadMail(data)?["Subject"])
                #expect(written.hasPrefix("=?UTF-8?B?"))
                #expect(ReadMail.unfold(written) == subject)
                #expect(written.components(separatedBy: "\r\n ").allSatisfy { $0.utf8.count <= 75 })
                check(data)
            }

            @Test func `A subject in short ASCII stays as it is, and none is left out`() throws {
                #expect(try ReadMail(data("x", subject: "Your code for Example"))?["Subject"] == "Your code for Example")
                #expect(try ReadMail(data("x", subject: nil))?["Subject"] == nil)
            }

            @Test(arguments: [
                "a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\u{2028}b", "\u{7F}", String(repeating: "a", count: 501),
            ])
            func `A subject of more than a line is refused`(subject: String) {
                #expect(throws: MailFault.subject) { try encode([0x61], subject: subject).get() }
            }

            @Test(arguments: ["en\r\nBcc: x@example.org", "", "e n", "en;x", String(repeating: "e", count: 65)])
            func `A language that is none is left out`(language: String) throws {
                let data = try data("x", language: language)
                #expect(ReadMail(data)?["Content-Language"] == nil && !data.contains("Bcc"))
            }

            @Test(arguments: ["Example", "A \"quoted\" \\ name", "Bürgeramt", "a <b@example.org>, c", String(repeating: "n", count: 100)])
            func `The name in From is a quoted string or encoded words`(name: String) throws {
                var settings = settings
                settings.fromName = name
                try settings.check()
                let data = try data("x", settings)
                let from = try #require(ReadMail(data)?["From"])
                #expect(from.hasSuffix("\r\n <codes@example.com>"))
                let phrase = String(from.dropLast("\r\n <codes@example.com>".count))
                #expect(phrase.hasPrefix("\"") && phrase.hasSuffix("\"") || ReadMail.unfold(phrase) == name)
                check(data.replacingOccurrences(of: String(repeating: "n", count: 100), with: "n"))
            }

            @Test(arguments: [
                "someone@example.org", "a@b", "a.b+c@x.example.org", "!#$%&'*+-/=?^_`{|}~@example.org", "用户@example.org", "user@例え.example",
                String(repeating: "a", count: 64) + "@example.org",
            ]) func `An address is a dot-string and a domain`(address: String) {
                let found = Array(address.utf8).withUnsafeBytes { MailAddress($0) }
                #expect(found?.isASCII == address.utf8.allSatisfy { $0 < 0x80 })
            }

            @Test(arguments: [
                "", "a", "@", "a@", "@b", "a@b@c ", "a b@example.org", "a@example.org\r\nDATA", "a\r\n@example.org", "a@example.org\n",
                "a\0@example.org", "a>@example.org", "<a@example.org>",
                "a@example.org>", "a@example.org> SIZE=1", "\"a b\"@example.org", "a@[127.0.0.1]", "a..b@example.org", ".a@example.org",
                "a.@example.org", "a@example..org", "a@-example.org",
                "a@example-.org", "a@exa mple.org", "a@example.org.", "a\u{A0}b@example.org", "a\u{2028}b@example.org",
                "a\u{202E}b@example.org", "a\u{85}@example.org", "a,b@example.org", "a:b@example.org",
                String(repeating: "a", count: 65) + "@example.org", "a@" + String(repeating: "b.", count: 126) + "bc",
                "a@" + String(repeating: "b", count: 64) + ".org", "a@example.org, b@example.org",
            ]) func `Nothing else is one`(address: String) {
                #expect(Array(address.utf8).withUnsafeBytes { MailAddress($0) } == nil)
            }

            @Test func `No bytes make an address with a byte that ends a command, a line or a path`() {
                var draws = Draws(5_322)
                let likely = Array("a.b@c".utf8)
                var count = 0
                for _ in 0..<20_000 {
                    let bytes = (0..<(3 + draws.below(12))).map { _ in
                        draws.below(5) == 0 ? UInt8(draws.below(256)) : likely[draws.below(likely.count)]
                    }
                    guard bytes.withUnsafeBytes({ MailAddress($0) }) != nil else { continue }
                    count += 1
                    #expect(!bytes.contains { $0 <= 0x20 || $0 == 0x7F || "<>\"\\,;:()[]".utf8.contains($0) })
                    #expect(String(validating: bytes, as: UTF8.self) != nil)
                }
                #expect(count > 100)
            }

            @Test(arguments: [
                (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
                (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 +0000"),
                (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 +0000"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"),
                (-5, "Thu, 01 Jan 1970 00:00:00 +0000"),
            ]) func `A date is written as RFC 5322 has it`(seconds: Int64, expected: String) {
                #expect(HeaderText.date(Timestamp(milliseconds: seconds * 1_000)) == expected)
            }

            @Test func `What is wiped is wiped in place`() {
                var buffer = ByteBuffer(string: "493817")
                let place = buffer.withUnsafeReadableBytes(\.baseAddress)
                buffer.wipe()
                #expect(buffer.withUnsafeReadableBytes(\.baseAddress) == place)
                #expect(buffer.readableBytesView.allSatisfy { $0 == 0 })
            }
        }
    }
#endif
