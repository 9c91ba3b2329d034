#if SMTP
    import Messaging
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        @Suite struct Replies {
            private func parse(_ text: String, pieces: Int = .max, keepingText: Bool = true) throws -> [Reply] {
                var (parser, rest, replies) = (ReplyParser(), Array(text.utf8)[...], [Reply]())
                while !rest.isEmpty {
                    parser.append(rest.prefix(pieces))
                    rest = rest.dropFirst(pieces)
                    while let reply = try parser.next(keepingText: keepingText) { replies.append(reply) }
                }
                return replies
            }

            @Test(arguments: [1, 2, 3, 7, 1_000]) func `Replies are put together from pieces of any size`(size: Int) throws {
                let replies = try parse(
                    "220 hello\r\n250-mail.example.org\r\n250-PIPELINING\r\n250 SIZE 100\r\n550 5.1.1 no\r\n354\r\n", pieces: size)
                #expect(replies.map(\.code) == [220, 250, 550, 354])
                #expect(replies[1].lines.map { String(decoding: $0, as: UTF8.self) } == ["mail.example.org", "PIPELINING", "SIZE 100"])
                #expect(replies[2].status == EnhancedStatus(5, 1, 1))
                #expect(replies[2].text == "550-5.1.1")
            }

            @Test func `Text that may repeat the recipient is kept only where it is wanted`() throws {
                #expect(try parse("250 2.1.5 <someone@example.org> ok\r\n", keepingText: false).first?.lines == [])
            }

            @Test(arguments: [
                "150 wait\r\n", "099 x\r\n", "600 x\r\n", "260 x\r\n", "25 x\r\n", "abc\r\n", "\r\n", "250x\r\n", "250-a\r\n251 b\r\n",
                "250 a\n", "250 a\rb\r\n",
                "250 a\0b\r\n", "٢٥٠ a\r\n", " 250 a\r\n",
            ]) func `What no server may say is no reply`(text: String) {
                #expect(throws: BadReply.malformed) { try parse(text) }
            }

            @Test func `A line without end and lines without end are given up`() {
                #expect(throws: BadReply.tooLong) { try parse("250 " + String(repeating: "a", count: 4_000)) }
                #expect(throws: BadReply.tooLong) { try parse("250 " + String(repeating: "a", count: 4_000) + "\r\n") }
                #expect(throws: BadReply.tooLong) { try parse(String(repeating: "250-a\r\n", count: 1_000)) }
            }

            @Test func `No bytes crash the parser, and it holds no more than it was given of one line`() {
                var draws = Draws(5_321)
                let likely = Array("0123456789 -\r\n.25".utf8)
                for _ in 0..<3_000 {
                    var parser = ReplyParser()
                    for _ in 0..<draws.below(12) {
                        let bytes = (0..<draws.below(40)).map { _ in
                            draws.below(4) == 0 ? UInt8(draws.below(256)) : likely[draws.below(likely.count)]
                        }
                        parser.append(bytes)
                        do {
                            while let reply = try parser.next(keepingText: true) {
                                #expect((200..<600).contains(reply.code))
                                #expect(reply.lines.allSatisfy { !$0.contains(0x0D) && !$0.contains(0x0A) && !$0.contains(0) })
                            }
                        } catch { break }
                    }
                }
            }

            @Test(arguments: [
                ("5.1.1 text", 550, "5.1.1"), ("4.7.25", 451, "4.7.25"), ("2.0.0 Ok", 250, "2.0.0"), ("5.1.1 text", 450, "nil"),
                ("5.1 text", 550, "nil"),
                ("5.1.1.1 x", 550, "nil"), ("5.1234.1 x", 550, "nil"), ("5..1 x", 550, "nil"), ("15.1.1 x", 550, "nil"),
                ("-5.1.1 x", 550, "nil"), ("", 550, "nil"),
            ]) func `An enhanced code is of the reply's own class, or none`(text: String, code: Int, expected: String) {
                #expect(EnhancedStatus(text: Array(text.utf8), of: code).map { "\($0)" } ?? "nil" == expected)
            }

            @Test func `What EHLO says is read in any case, and SMTPUTF8 counts with 8BITMIME alone`() throws {
                let extensions = ServerExtensions(
                    try parse(
                        "250-x STARTTLS\r\n250-starttls\r\n250-Pipelining\r\n250-SMTPUTF8\r\n250-SIZE 0\r\n250-AUTH login plain cram-md5\r\n250 HELP\r\n"
                    )[0])
                #expect(extensions.startTLS && extensions.pipelining && extensions.size && extensions.sizeLimit == nil)
                #expect(!extensions.smtpUTF8)
                #expect(extensions.mechanisms == [.plain, .login])
                #expect(!ServerExtensions(try parse("250 STARTTLS\r\n")[0]).startTLS)
                #expect(
                    ServerExtensions(try parse("250-x\r\n250-8BITMIME\r\n250-SIZE 99999999999999999999\r\n250 SMTPUTF8\r\n")[0]).smtpUTF8)
            }

            @Test(arguments: [
                ("2.0.0 Ok: queued as 4XyZ12abcd", "4XyZ12abcd"), ("2.0.0 1a2b3c4d Message accepted for delivery", "1a2b3c4d"),
                ("OK id=1tGxyz-0001AB-CD", "1tGxyz-0001AB-CD"),
                ("Ok 0102019-aa-000000", "0102019-aa-000000"), ("2.0.0 Ok: queued as 493817", "nil"),
                ("2.0.0 Ok: queued as a@example.org", "nil"),
                ("2.0.0 Ok: queued as", "nil"), ("2.0.0 Ok", "nil"), ("Ok <x>", "nil"), ("OK id=", "nil"), ("", "nil"),
                ("2.6.0 Queued mail for delivery", "nil"),
                ("Ok: queued as abc\u{7F}def", "nil"),
            ]) func `A queue's name is taken from an answer of a known form, and nothing else`(text: String, expected: String) throws {
                #expect(QueueID.find(in: try parse("250 \(text)\r\n")[0]) ?? "nil" == expected)
            }

            @Test func `No answer makes a queue's name that is long, or holds anything but plain characters`() {
                var draws = Draws(3_461)
                let words = [
                    "queued", "as", "id=", "Ok", "ok", "Message", "2.0.0", "a@b", "49381", "abc\"def", "é",
                    String(repeating: "a", count: 200), "<", "x1y2z3",
                ]
                for _ in 0..<2_000 {
                    let text = (0..<draws.below(6)).map { _ in words[draws.below(words.count)] }.joined(
                        separator: draws.below(3) == 0 ? "" : " ")
                    let id = QueueID.find(in: Reply(code: 250, status: nil, lines: [Array(text.utf8)]))
                    #expect(id.map { (5...64).contains($0.utf8.count) && !$0.contains("@") && !$0.contains("\"") } ?? true)
                }
            }

            @Test(arguments: [
                (550, "5.1.1", Stage.recipient, "refused", "number-invalid"), (550, "", .recipient, "refused", "number-invalid"),
                (550, "5.2.1", .recipient, "refused", "unreachable"),
                (552, "5.2.2", .recipient, "refused", "unreachable"), (552, "5.3.4", .sender, "refused", "malformed"),
                (554, "5.7.1", .content, "refused", "filtered"),
                (550, "5.7.1", .recipient, "refused", "number-invalid"), (451, "4.3.0", .recipient, "notSent", "unreachable"),
                (421, "", .recipient, "notSent", "unreachable"), (530, "5.7.0", .sender, "refused", "unauthorized"),
                (530, "", .sender, "refused", "unauthorized"),
                (535, "5.7.8", .authentication, "refused", "unauthorized"), (535, "", .authentication, "refused", "unauthorized"),
                (454, "4.7.0", .authentication, "notSent", "gateway-down"),
                (421, "", .session, "notSent", "gateway-down"), (421, "4.7.0", .session, "notSent", "throttled"),
                (450, "4.7.1", .recipient, "notSent", "throttled"),
                (450, "4.2.0", .recipient, "notSent", "unreachable"), (451, "4.3.0", .content, "notSent", "gateway-down"),
                (452, "", .content, "notSent", "throttled"),
                (554, "", .session, "refused", "gateway-down"), (550, "5.7.17", .recipient, "refused", "number-invalid"),
                (553, "5.1.8", .sender, "refused", "sender-not-registered"),
                (550, "5.6.7", .sender, "refused", "line-type-unsupported"), (501, "", .recipient, "refused", "number-invalid"),
                (501, "5.5.2", .recipient, "refused", "unknown"),
                (503, "5.5.1", .content, "refused", "malformed"), (556, "5.1.10", .recipient, "refused", "number-invalid"),
                (550, "5.4.7", .content, "refused", "expired"),
            ]) func `An answer means what the table says`(code: Int, status: String, stage: Stage, outcome: String, cause: String) {
                let reply = Reply(code: code, status: EnhancedStatus(text: Array(status.utf8), of: code))
                let error = ReplyMeaning.error(reply, at: stage, provider: "smtp", of: .unknown)
                #expect(error.code.rawValue == "transport.\(outcome)")
                #expect(error.refusal?.cause.rawValue == cause)
                #expect(error.refusal?.providerCode.isEmpty == false)
            }

            @Test(arguments: Stage.allCases) func `Whatever is temporary was not sent and whatever is permanent is refused`(stage: Stage) {
                for code in 400..<600 {
                    for subject in 0..<9 {
                        for detail in 0..<30 {
                            let reply = Reply(code: code, status: EnhancedStatus(code / 100, subject, detail))
                            let error = ReplyMeaning.error(reply, at: stage, provider: "smtp", of: .unknown)
                            #expect(error.code == (code < 500 ? .notSent : .refused))
                            // A stranger's address does not make the route rest.
                            if stage == .recipient {
                                let isOfAccount = error.refusal?.cause == .unauthorized || error.refusal?.cause == .malformed
                                #expect(error.retryAfter == nil)
                                #expect(!isOfAccount || [3, 6, 7].contains(subject) || [530, 534, 535, 538].contains(code))
                            }
                        }
                    }
                }
            }
        }
    }
#endif
