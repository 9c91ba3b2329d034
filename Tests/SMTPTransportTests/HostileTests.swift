#if SMTP
    import CryptoPrimitives
    import Messaging
    import NIOCore
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        /// What a server may do to its client.
        @Suite struct Hostile {
            @Test(arguments: [
                ("connect", "220 a\r\n250 b\r\n"), ("connect", "150 wait\r\n"), ("connect", "hello\r\n"), ("connect", "250 a\r\n"),
                ("EHLO", "250-a\r\n251 b\r\n"), ("EHLO", "250 a\r\n250 b\r\n"),
                ("EHLO", "220 a\r\n"), ("MAIL", "250 a\r\n250 b\r\n250 c\r\n250 d\r\n"), ("MAIL", "354 go\r\n"),
                ("RCPT", "250 a\r\n354 go\r\n250 taken\r\n"), ("DATA", "250 taken\r\n"),
                ("DATA", "354 go\r\n250 taken\r\n"), ("DATA", "354-go\r\n"), ("MAIL", "250 a\n"),
            ]) func `Answers that come unasked or say what none says end the connection, and nothing was sent`(
                command: String, answer: String
            ) async throws {
                let server = try await ScriptedServer(["SIZE"]) { line, session in
                    guard line.hasPrefix(command) else { return false }
                    session.raw(answer)
                    return true
                }
                var settings = SMTPSettings(server)
                settings.timeouts.command = .seconds(1)
                let error = await outcome(try SMTPGateway(settings)).error
                #expect(error?.code == .notSent)
                #expect(server.taken == [])
            }

            @Test func `A server that answers before the commands are there is not believed`() async throws {
                let server = try await ScriptedServer { line, session in
                    guard line == "connect" else { return true }
                    session.raw("220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250 f\r\n")
                    return true
                }
                let seen = Seen()
                #expect(await outcome(try SMTPGateway(SMTPSettings(server), observer: seen)).error?.code == .notSent)
                #expect(seen.count("unexpected-answer") == 1)
            }

            @Test(arguments: ["connect", "EHLO", "MAIL"]) func `Answers without end are left`(command: String) async throws {
                for text in [
                    String(repeating: "a", count: 100_000), String(repeating: "250-a\r\n", count: 10_000),
                    String(repeating: "220-a\r\n", count: 10_000),
                ] {
                    let server = try await ScriptedServer { line, session in
                        guard line.hasPrefix(command) else { return false }
                        session.raw(text)
                        return true
                    }
                    let seen = Seen()
                    #expect(await outcome(try SMTPGateway(SMTPSettings(server), observer: seen)).error?.code == .notSent)
                    #expect(seen.count("unreadable") == 1)
                }
            }

            @Test func `A server that speaks while it is not asked loses the connection, and no message`() async throws {
                let server = try await ScriptedServer()
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await outcome(gateway).error == nil)
                for text in ["250 hello\r\n", "x", "421 bye\r\n"] {
                    try await server.act { $0.raw(text) }
                    try await Task.sleep(for: .milliseconds(50))
                    #expect(await outcome(gateway).error == nil)
                }
                #expect(server.taken.map(\.connection) == [1, 2, 3, 4])
            }

            @Test func `A refusal in the midst of the message is one, and the end is not given`() async throws {
                let server = try await ScriptedServer(receiveBuffer: 2_048) { line, session in
                    guard line == "DATA" else { return false }
                    session.expectMail()
                    session.later(.milliseconds(50)) { $0.say("552 5.3.4 too much") }
                    session.fallAsleep()
                    return true
                }
                var settings = SMTPSettings(server)
                settings.timeouts.acceptance = .milliseconds(300)
                let error = await outcome(try SMTPGateway(settings), message(String(repeating: "é", count: 32_000))).error
                // Where the kernel took all of it the answer came after its end.
                #expect(error?.code == .refused && error?.refusal?.cause == .malformed)
            }

            @Test
            func `Whatever a server says, the gateway comes to an end, and success is said of nothing but 2xx to the end of a message`()
                async throws
            {
                let words = [
                    "220 a", "250 b", "250-c", "354 d", "421 e", "451 4.3.0 f", "535 5.7.8 g", "550 5.1.1 h", "503 i", "334 ",
                    "334 VXNlcm5hbWU6", "235 j", "150 k", "999 l", "", "\u{0}", "250", "x", "250\tm",
                ]
                for seed in 0..<150 {
                    let draws = DrawsBox(UInt64(seed))
                    let server = try await ScriptedServer { line, session in
                        if draws.below(3) > 0 {
                            // A message that it answers well is one that it has.
                            return false
                        }
                        var text = ""
                        for _ in 0...draws.below(3) { text += words[draws.below(words.count)] + (draws.below(8) == 0 ? "\n" : "\r\n") }
                        if line == "." { session.keep() }
                        session.raw(text)
                        if draws.below(6) == 0 { session.close() }
                        return true
                    }
                    var settings = SMTPSettings(server)
                    settings.timeouts.command = .milliseconds(60)
                    (settings.timeouts.greeting, settings.timeouts.acceptance) = (.milliseconds(60), .milliseconds(60))
                    settings.credentials = seed % 2 == 0 ? nil : .init(user: "codes", secret: GatewaySecret("hush"))
                    let gateway = try SMTPGateway(settings)
                    for index in 0..<3 {
                        let key = "<000000000000000\(index)0000000000000000-1@example.com>"
                        let result = await outcome(gateway, message(key: index))
                        let arrived = server.taken.contains { ReadMail($0.data)?["Message-ID"] == key }
                        switch result {
                        case .success: #expect(arrived, "seed \(seed)")
                        case .failure(let error): if error.code == .maybeSent { #expect(server.count(".") > 0, "seed \(seed)") }
                        }
                    }
                }
            }
        }
    }
#endif
