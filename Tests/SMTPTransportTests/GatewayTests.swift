#if SMTP
    import Messaging
    import NIOCore
    import PhoneIdentityTesting
    import RecordStorage
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        @Suite struct Gateway {
            @Test(arguments: [["PIPELINING", "SIZE 10000", "8BITMIME"], ["8BITMIME"], []])
            func `A message arrives as it was, with and without extensions`(extensions: [String])
                async throws
            {
                let server = try await ScriptedServer(extensions)
                let gateway = try SMTPGateway(SMTPSettings(server), time: FixedTime())
                #expect(await outcome(gateway, message("Grüße: 493817.\n.\nEnde", key: 7)) == .success(["Q1x1abc"]))
                let arrival = try #require(server.taken.first)
                let size = extensions.contains("SIZE 10000") ? " SIZE=\(arrival.data.utf8.count)" : ""
                #expect(arrival.sender == "MAIL FROM:<codes@example.com>\(size)")
                #expect(arrival.recipient == "RCPT TO:<\(recipient)>")
                let mail = try #require(ReadMail(arrival.data))
                #expect(mail.text == "Grüße: 493817.\r\n.\r\nEnde\r\n")
                #expect(mail["Message-ID"] == "<00000000000000070000000000000000-1@example.com>")
                #expect(server.commands.prefix(3) == ["connect", "EHLO example.com", arrival.sender])
            }

            @Test
            func `One connection carries many messages without a reset, is closed after its number of them, and bounces may go nowhere`()
                async throws
            {
                let server = try await ScriptedServer()
                var settings = SMTPSettings(server)
                settings.messagesPerConnection = 3
                settings.envelopeSender = ""
                let gateway = try SMTPGateway(settings)
                for index in 0..<7 { #expect(await outcome(gateway, message(key: index)).error == nil) }
                #expect(server.taken.map(\.connection) == [1, 1, 1, 2, 2, 2, 3])
                #expect(server.count("RSET") == 0)
                try await eventually("full connections say good-bye") { server.count("QUIT") == 2 }
                #expect(server.taken.allSatisfy { $0.sender.hasPrefix("MAIL FROM:<> ") })
            }

            @Test func `Messages share the connections, each with one at a time, and wait for them`() async throws {
                let server = try await ScriptedServer()
                var settings = SMTPSettings(server)
                settings.connections = 3
                let gateway = try SMTPGateway(settings)
                let failures = await withTaskGroup(of: TransportError?.self) { group in
                    for index in 0..<60 { group.addTask { await outcome(gateway, message(key: index)).error } }
                    return await group.reduce(into: [TransportError]()) { if let error = $1 { $0.append(error) } }
                }
                #expect(failures.isEmpty)
                #expect(server.connections <= 3)
                #expect(Set(server.taken.compactMap { ReadMail($0.data)?["Message-ID"] }).count == 60)
            }

            @Test func `A message that waits for too long was not sent`() async throws {
                let server = try await ScriptedServer { command, _ in command == "." }
                var settings = SMTPSettings(server)
                settings.waitTimeout = .milliseconds(100)
                settings.timeouts.acceptance = .milliseconds(600)
                let gateway = try SMTPGateway(settings)
                async let first = outcome(gateway)
                try await eventually("the connection is busy") { server.count(".") == 1 }
                #expect(await outcome(gateway).error?.code == .notSent)
                #expect(await first.error?.code == .maybeSent)
            }

            @Test func `An idle connection is closed, and one that the server closed meanwhile costs no message`() async throws {
                let server = try await ScriptedServer()
                var settings = SMTPSettings(server)
                let gateway = try SMTPGateway(settings)
                #expect(await outcome(gateway).error == nil)
                try await server.act { $0.close() }
                #expect(await outcome(gateway).error == nil)
                #expect(server.connections == 2)
                settings.idleTimeout = .milliseconds(50)
                let hasty = try SMTPGateway(settings)
                #expect(await outcome(hasty).error == nil)
                try await eventually("it says good-bye") { server.count("QUIT") == 1 }
                #expect(await outcome(hasty).error == nil)
            }

            @Test(arguments: ["", "421 4.4.2 timeout"])
            func `One that it closes just when the next message is on its way costs none either`(farewell: String) async throws {
                let server = try await ScriptedServer { command, session in
                    guard command.hasPrefix("MAIL"), session.taken > 0 else { return false }
                    if !farewell.isEmpty { session.say(farewell) }
                    session.close()
                    return true
                }
                let seen = Seen()
                let gateway = try SMTPGateway(SMTPSettings(server), observer: seen)
                for index in 0..<4 { #expect(await outcome(gateway, message(key: index)).error == nil) }
                #expect(server.taken.map(\.connection) == [1, 2, 3, 4])
                #expect(seen.count("retried") == 3)
            }

            @Test(arguments: ["452 4.5.3 Too many messages sent", "421 4.7.0 enough", "450 later"])
            func `A server that has enough of a connection gets the message by a new one`(answer: String)
                async throws
            {
                let server = try await ScriptedServer { command, session in
                    guard command.hasPrefix("MAIL"), session.taken >= 2 else { return false }
                    session.say(answer)
                    return true
                }
                let gateway = try SMTPGateway(SMTPSettings(server))
                for index in 0..<7 { #expect(await outcome(gateway, message(key: index)).error == nil) }
                #expect(server.taken.map(\.connection) == [1, 1, 2, 2, 3, 3, 4])
            }

            @Test func `It tries that once, and a new connection's answer stands`() async throws {
                let server = try await ScriptedServer { command, session in
                    guard command.hasPrefix("MAIL"), session.number > 1 || session.taken > 0 else { return false }
                    session.say("452 4.5.3 Too many messages sent")
                    return true
                }
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await outcome(gateway).error == nil)
                let error = await outcome(gateway).error
                #expect(error?.code == .notSent && error?.refusal?.cause == .throttled && error?.retryAfter == .seconds(30))
                #expect(server.connections == 2)
            }

            @Test(
                arguments: [true, false],
                [
                    ("RCPT", "550 5.1.1 <someone@example.org> unknown", "refused", "number-invalid"),
                    ("RCPT", "450 4.2.1 later", "notSent", "unreachable"),
                    ("MAIL", "553 5.1.8 who", "refused", "sender-not-registered"), ("MAIL", "452 4.3.1 full", "notSent", "gateway-down"),
                    ("DATA", "451 4.3.0 no", "notSent", "gateway-down"), (".", "550 5.7.1 spam", "refused", "filtered"),
                    (".", "451 4.7.1 greylisted", "notSent", "throttled"),
                    (".", "554 5.6.0 someone@example.org 493817", "refused", "malformed"),
                ]) func `A refusal is told as it is, without what it says, and the connection serves the next message`(
                    pipelining: Bool, refusal: (String, String, String, String)
                )
                async throws
            {
                let server = try await ScriptedServer(pipelining ? ["PIPELINING"] : []) { command, session in
                    if command.hasPrefix(refusal.0), session.isRefused == nil {
                        session.isRefused = true
                        session.forget()
                        session.say(refusal.1)
                        return true
                    }
                    // What came with a command that was refused.
                    guard session.isRefused == true, command != "RSET" else { return false }
                    session.say("503 5.5.1 not now")
                    return true
                }
                let gateway = try SMTPGateway(SMTPSettings(server))
                let error = try #require(await outcome(gateway).error)
                #expect(error.code.rawValue == "transport.\(refusal.2)")
                #expect(error.refusal?.cause.rawValue == refusal.3)
                #expect(!"\(error)".contains("example.org") && !"\(error)".contains("493817"))
                try await server.act { $0.isRefused = false }
                #expect(await outcome(gateway).error == nil)
                #expect(server.taken.count == 1)
                #expect(server.connections == 1)
                #expect(server.count("RSET") == 1)
            }

            @Test func `A server that takes a message for nobody gets none`() async throws {
                let server = try await ScriptedServer { command, session in
                    guard command.hasPrefix("RCPT"), session.number == 1 else { return false }
                    session.say("550 5.1.1 unknown")
                    return true
                }
                var settings = SMTPSettings(server)
                // It does not take what comes next for the message, and wait for its end.
                settings.waitTimeout = .seconds(3)
                let gateway = try SMTPGateway(settings)
                #expect(await outcome(gateway).error?.code == .refused)
                #expect(await outcome(gateway).error == nil)
                #expect(server.taken.map(\.connection) == [2])
            }

            @Test func `Other channels, wiped messages and addresses that are none cost no connection`() async throws {
                let server = try await ScriptedServer()
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await outcome(gateway, try textMessage()).error?.code == .unsupported)
                let wiped = message()
                wiped.wipe()
                #expect(await outcome(gateway, wiped).error?.code == .refused)
                for address in ["a b@example.org", "a@example.org>\r\nRCPT TO:<b@example.org", "x@example.org\nDATA", "victim"] {
                    let error = await outcome(gateway, message(to: address)).error
                    #expect(error?.code == .refused && error?.refusal?.cause == .numberInvalid)
                    #expect(!"\(String(describing: error))".contains("victim") && !"\(String(describing: error))".contains("x@"))
                }
                #expect(server.connections == 0)
                let error = await outcome(gateway, message(subject: "a\r\nBcc: b@example.org")).error
                #expect(error?.code == .refused && error?.refusal == nil)
                #expect(await outcome(gateway, message(String(repeating: "x", count: 65_537))).error?.code == .refused)
                #expect(await outcome(gateway).error == nil)
                #expect(server.connections == 1 && server.count("MAIL") == 1)
            }

            @Test func `An address beyond ASCII needs SMTPUTF8`() async throws {
                let server = try await ScriptedServer()
                #expect(await outcome(try SMTPGateway(SMTPSettings(server)), message(to: "用户@例え.example")).error == nil)
                let arrival = try #require(server.taken.first)
                #expect(arrival.sender.hasSuffix(" BODY=8BITMIME SMTPUTF8") && arrival.recipient == "RCPT TO:<用户@例え.example>")
                #expect(ReadMail(arrival.data)?["To"] == "用户@例え.example")
                let older = try await ScriptedServer(["PIPELINING", "8BITMIME"])
                let error = await outcome(try SMTPGateway(SMTPSettings(older)), message(to: "用户@example.org")).error
                #expect(error?.code == .refused && error?.refusal?.cause == .lineTypeUnsupported)
                #expect(older.count("MAIL") == 0)
            }

            @Test func `A message longer than the server says it takes is not sent to it`() async throws {
                let server = try await ScriptedServer(["SIZE 300"])
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await outcome(gateway).error?.code == .refused)
                #expect(server.count("MAIL") == 0)
                // It was written out, and is wiped where it lay: text and RCPT.
                let wipes = try await gateway.loop.submit { [pool = gateway.pool] in
                    [pool.value.wipes.inPlace, pool.value.wipes.elsewhere]
                }.get()
                #expect(wipes == [2, 0])
            }

            @Test func `A code that is over is not handed over, also where it is over only when the server is ready for it`() async throws {
                let now = FixedTime().now()
                let server = try await ScriptedServer()
                let gateway = try SMTPGateway(SMTPSettings(server), time: FixedTime())
                #expect(await outcome(gateway, message(expiresAt: now + .milliseconds(1))).error == nil)
                let error = await outcome(gateway, message(expiresAt: now)).error
                #expect(error?.code == .notSent && error?.refusal?.cause == .expired)
                #expect(server.count("MAIL") == 1)
                let slow = try await ScriptedServer(["8BITMIME"]) { line, session in
                    guard line.hasPrefix("RCPT") else { return false }
                    session.later(.milliseconds(900)) { $0.say("250 2.1.5 Ok") }
                    return true
                }
                let soon = SystemTimeSource().now() + .milliseconds(600)
                let late = await outcome(try SMTPGateway(SMTPSettings(slow)), message(expiresAt: soon)).error
                #expect(late?.refusal?.cause == .expired && slow.taken.isEmpty)
            }

            @Test func `However many of those that wait are not for this server, each has its refusal`() async throws {
                let server = try await ScriptedServer(["8BITMIME"])
                let gateway = try SMTPGateway(SMTPSettings(server))
                let refused = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<5_000 {
                        group.addTask { await outcome(gateway, message(to: "ü@example.org")).error?.refusal?.cause == .lineTypeUnsupported }
                    }
                    return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(refused == 5_000)
                #expect(await outcome(gateway).error == nil)
            }

            @Test func `The gateway keeps the contract of a transport`() async throws {
                let server = try await ScriptedServer()
                var settings = SMTPSettings(server)
                settings.connections = 8
                let gateway = try SMTPGateway(settings)
                try await MessageTransportConformance(gateway) {
                    server.taken.compactMap { arrival in
                        guard let mail = ReadMail(arrival.data), let to = mail["To"] else { return nil }
                        return .init(recipient: to, text: String(mail.text.dropLast(1)))
                    }
                }.run()
            }

            @Test func `A gateway that is let go says good-bye`() async throws {
                let server = try await ScriptedServer()
                do {
                    let gateway = try SMTPGateway(SMTPSettings(server))
                    #expect(await outcome(gateway).error == nil)
                }
                try await eventually("it says good-bye") { server.count("QUIT") == 1 }
            }
        }
    }
#endif
