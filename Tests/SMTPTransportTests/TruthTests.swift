#if SMTP
    import Messaging
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        /// What is said of a message whose connection, server or task does not last.
        @Suite struct Truth {
            @Test(arguments: ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
            func `A connection that is lost before the end of the message means that nothing was sent`(command: String)
                async throws
            {
                let server = try await ScriptedServer { line, session in
                    guard line.hasPrefix(command) else { return false }
                    session.close()
                    return true
                }
                let gateway = try SMTPGateway(SMTPSettings(server))
                let error = await outcome(gateway).error
                #expect(error?.code == .notSent && error?.refusal?.cause == .gatewayDown)
                #expect(server.taken == [] && server.connections == 1)
            }

            @Test(arguments: ["connect", "EHLO", "MAIL", "DATA"]) func `So does a server that does not answer`(command: String) async throws
            {
                let server = try await ScriptedServer { line, _ in line.hasPrefix(command) }
                var settings = SMTPSettings(server)
                (settings.timeouts.greeting, settings.timeouts.command) = (.milliseconds(100), .milliseconds(100))
                #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent)
            }

            @Test func `One that sends its answer a byte at a time does not hold a message up`() async throws {
                let server = try await ScriptedServer { line, session in
                    guard line.hasPrefix("MAIL") else { return false }
                    for index in 0..<40 { session.later(.milliseconds(Int64(20 * index))) { $0.raw("2") } }
                    return true
                }
                var settings = SMTPSettings(server)
                settings.timeouts.command = .milliseconds(150)
                let start = ContinuousClock.now
                #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent)
                #expect(ContinuousClock.now - start < .seconds(5))
            }

            @Test func `A server that reads no more of the message has not got it`() async throws {
                let server = try await ScriptedServer(receiveBuffer: 2_048) { line, session in
                    guard line == "DATA" else { return false }
                    session.expectMail()
                    session.fallAsleep()
                    return true
                }
                var settings = SMTPSettings(server)
                settings.timeouts.block = .milliseconds(200)
                settings.timeouts.acceptance = .milliseconds(200)
                let error = await outcome(try SMTPGateway(settings), message(String(repeating: "é", count: 32_000))).error
                // The kernel may have room for all of it: then its end was given too.
                #expect(error?.code == .notSent || error?.code == .maybeSent)
            }

            @Test func `A message whose end was given and that nobody answers may have been sent, and is not sent again`() async throws {
                for farewell in ["close", "silence", "nonsense"] {
                    let server = try await ScriptedServer { line, session in
                        guard line == "." else { return false }
                        session.keep()
                        switch farewell {
                        case "close": session.close()
                        case "nonsense": session.raw("what?\r\n")
                        default: break
                        }
                        return true
                    }
                    var settings = SMTPSettings(server)
                    settings.timeouts.acceptance = .milliseconds(200)
                    let seen = Seen()
                    let error = await outcome(try SMTPGateway(settings, observer: seen)).error
                    #expect(error?.code == .maybeSent, "\(farewell)")
                    #expect(server.taken.count == 1 && server.count("MAIL") == 1)
                    #expect(seen.count("unknown") == 1)
                }
            }

            @Test func `An answer that is no refusal and no success leaves it unknown, and a refusal that comes too early does not`()
                async throws
            {
                let odd = try await ScriptedServer { line, session in
                    guard line == "." else { return false }
                    session.say("354 go on")
                    return true
                }
                #expect(await outcome(try SMTPGateway(SMTPSettings(odd))).error?.code == .maybeSent)
            }

            @Test func `What comes behind the answer to a message does not change it`() async throws {
                let server = try await ScriptedServer { line, session in
                    guard line == "." else { return false }
                    session.keep()
                    session.raw("250 2.0.0 Ok: queued as ABCDEF1\r\n421 4.4.2 bye\r\n")
                    return true
                }
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await outcome(gateway) == .success(["ABCDEF1"]))
                #expect(await outcome(gateway, message(key: 2)) == .success(["ABCDEF1"]))
                #expect(server.taken.map(\.connection) == [1, 2])
            }

            @Test func `Without a queue's name in the answer the receipt has the message's own`() async throws {
                let server = try await ScriptedServer { line, session in
                    guard line == "." else { return false }
                    session.keep()
                    session.say("250 thanks <someone@example.org>")
                    return true
                }
                #expect(
                    await outcome(try SMTPGateway(SMTPSettings(server)), message(key: 5))
                        == .success(["00000000000000050000000000000000-1@example.com"]))
            }

            @Test(arguments: ["connect", "EHLO", "MAIL", "DATA"])
            func `A task that is cancelled before the end of the message has sent nothing`(command: String) async throws {
                let server = try await ScriptedServer { line, _ in line.hasPrefix(command) }
                let gateway = try SMTPGateway(SMTPSettings(server))
                let result = await cancelled(gateway) { server.count(command) == 1 }
                #expect(result.error?.code == .notSent)
                #expect(server.taken == [])
            }

            @Test func `One that is cancelled after it waits for the answer, a little`() async throws {
                let silent = try await ScriptedServer { line, _ in line == "." }
                var settings = SMTPSettings(silent)
                settings.grace = .milliseconds(100)
                let gateway = try SMTPGateway(settings)
                #expect(await cancelled(gateway) { silent.count(".") == 1 }.error?.code == .maybeSent)
                let slow = try await ScriptedServer { line, session in
                    guard line == "." else { return false }
                    session.keep()
                    session.later(.milliseconds(200)) { $0.say("250 2.0.0 Ok: queued as ABCDEF1") }
                    return true
                }
                #expect(await cancelled(try SMTPGateway(SMTPSettings(slow))) { slow.count(".") == 1 } == .success(["ABCDEF1"]))
            }

            @Test func `One that is cancelled before it begins, or while it waits, has sent nothing`() async throws {
                let server = try await ScriptedServer { line, _ in line == "." }
                let gateway = try SMTPGateway(SMTPSettings(server))
                #expect(await cancelled(gateway) { true }.error?.code == .notSent || server.count(".") <= 1)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = await outcome(gateway) }
                    try? await eventually("the connection is busy") { server.count(".") == 1 }
                    #expect(await cancelled(gateway) { true }.error?.code == .notSent)
                    group.cancelAll()
                }
            }

            private func cancelled(_ gateway: SMTPGateway, when isTime: @escaping @Sendable () -> Bool) async -> Result<
                [String], TransportError
            > {
                await withTaskGroup(of: Result<[String], TransportError>.self) { group in
                    group.addTask { await outcome(gateway) }
                    try? await eventually("it is time to cancel") { isTime() }
                    group.cancelAll()
                    return await group.next() ?? .success([])
                }
            }

            @Test func `Where nobody listens nothing is sent`() async throws {
                let server = try await ScriptedServer()
                let settings = SMTPSettings(server)
                try await server.stop()
                let error = await outcome(try SMTPGateway(settings)).error
                #expect(error?.code == .notSent && error?.refusal?.cause == .gatewayDown)
            }
        }
    }
#endif
