#if SMPP
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import NIOCore
    import NIOPosix
    import RecordStorage
    import Testing

    @testable import SMPPTransport

    extension SMPPTransportTests {
        @Suite struct Gateway {
            @Test func `No more than a window of messages is without an answer, and each answer lets the next one go`() async throws {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    session.held.append(unit)
                    return true
                }
                var settings = SMPPSettings(centre)
                settings.window = 5
                try await withGateway(settings) { gateway in
                    #expect(gateway.capabilities.concurrency == 5)
                    let results = await withTaskGroup(of: Result<[String], TransportError>.self) { group in
                        for index in 0..<12 {
                            group.addTask {
                                do { return await outcome(gateway, try message(key: "key-\(index)")) } catch {
                                    return .success(["\(error)"])
                                }
                            }
                        }
                        do {
                            try await eventually("the window is full") { centre.units(.submit).count == 5 }
                            try await Task.sleep(for: .milliseconds(50))
                        } catch { Issue.record(error) }
                        #expect(centre.units(.submit).count == 5)
                        for answered in 1...12 {
                            centre.act { session in
                                let unit = session.held.removeFirst()
                                session.answer(unit)
                            }
                            try? await eventually("one more is sent") { centre.units(.submit).count == min(12, 5 + answered) }
                            #expect(centre.units(.submit).count <= 5 + answered)
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(results.allSatisfy { $0.error == nil })
                    #expect(gateway.outcomes.accepted == 12)
                }
            }

            @Test func `A message without an answer in its time may have been sent, and is not sent again`() async throws {
                let centre = try await ScriptedCentre { unit, _ in unit.command == .submit }
                var settings = SMPPSettings(centre)
                settings.responseTimeout = .milliseconds(100)
                let seen = Seen()
                try await withGateway(settings, seen) { gateway in
                    #expect(await outcome(gateway, try message()).error?.code == .maybeSent)
                    #expect(gateway.outcomes.unknown == 1)
                    centre.act { session in session.send(ProtocolUnit(Command.submit.answer, sequence: 2, body: octets("6100"))) }
                    try await eventually("the late answer is noticed") { seen.count("late-answer") == 1 }
                }
                #expect(centre.units(.submit).count == 1)
            }

            @Test func `A connection that is lost leaves what was written unknown, and a receipt with our reference settles it`()
                async throws
            {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    session.close()
                    return true
                }
                let seen = Seen()
                try await withGateway(SMPPSettings(centre), seen) { gateway in
                    #expect(await outcome(gateway, try message(key: "lost-1")).error?.code == .maybeSent)
                    try await eventually("it binds again") { seen.count("bound") == 2 }
                    let reference = try #require(
                        centre.submitted.first?.parameters.integer(ParameterTag.userMessageReference, as: UInt16.self))
                    for source in ["41446681801", "+" + number] {
                        var body = ByteBuffer()
                        body.writeCString("")
                        body.writeBytes([1, 1])
                        body.writeCString(source)
                        body.writeBytes([5, 0])
                        body.writeCString("Example")
                        body.writeBytes([4, 0, 0, 0, 0, 0, 0, 0, 0, 0])
                        body.writeParameter(ParameterTag.userMessageReference, reference)
                        body.writeParameter(ParameterTag.messageState, UInt8(2))
                        body.writeInteger(ParameterTag.receiptedMessageID)
                        body.writeInteger(UInt16(2))
                        body.writeCString("7")
                        centre.act { [body] session in session.send(ProtocolUnit(.deliver, sequence: 40, body: body)) }
                    }
                    try await eventually("both receipts are there") { seen.receipts.count == 2 }
                    #expect(Set(seen.receipts.map(\.idempotencyKey)) == [nil, messageName("lost-1").text])
                    #expect(seen.receipts.allSatisfy { $0.gatewayID == "7" && $0.status == .delivered })
                    #expect(gateway.outcomes.settled == 1)
                    try await eventually("they are answered") { centre.units(Command.deliver.answer).count == 2 }
                    #expect(centre.units(Command.deliver.answer).allSatisfy { $0.status == .ok })
                }
            }

            /// The buffers of the kernel are filled, so that some messages never leave the process.
            @Test func `What the kernel never took was not sent, and everything that the centre read is accepted or unknown`() async throws
            {
                let centre = try await ScriptedCentre(receiveBuffer: 8_192) { unit, session in
                    guard unit.command == .submit else { return false }
                    session.fallAsleep()
                    return true
                }
                var settings = SMPPSettings(centre)
                (settings.window, settings.longMessages, settings.alphabet) = (200, .payload, .ucs2)
                settings.reconnectPause = .seconds(30)...(.seconds(30))
                try await withGateway(settings) { gateway in
                    let text = String(repeating: "x", count: 16_000)
                    let results = await withTaskGroup(of: (Int, Result<[String], TransportError>).self) { group in
                        for index in 0..<150 {
                            group.addTask {
                                do {
                                    return (
                                        index,
                                        await outcome(gateway, try message(text, key: "key-\(index)", to: "4179\(1_000_000 + index)"))
                                    )
                                } catch { return (index, .success([])) }
                            }
                        }
                        try? await Task.sleep(for: .milliseconds(800))
                        centre.act { $0.close() }
                        return await group.reduce(into: [Int: TransportError.Code?]()) { $0[$1.0] = $1.1.error?.code }
                    }
                    let read = centre.submitted.map { Int($0.destination.octets.printableText.dropFirst(4)).map { $0 - 1_000_000 } ?? -1 }
                    #expect(read.allSatisfy { results[$0] == .maybeSent })
                    #expect(results.values.contains(.notSent))
                    #expect(results.values.allSatisfy { $0 == .notSent || $0 == .maybeSent })
                    #expect(gateway.outcomes.unknown == results.values.count { $0 == .maybeSent })
                }
            }

            /// SMPP 3.4 §5.1.3.
            static let answers: [(UInt32, TransportError.Code, ProviderRefusal.Cause)] = [
                (0x01, .refused, .malformed), (0x04, .notSent, .malformed), (0x08, .notSent, .gatewayDown),
                (0x0A, .refused, .senderNotRegistered),
                (0x0B, .refused, .numberInvalid), (0x0E, .notSent, .unauthorized), (0x14, .notSent, .throttled), (0x45, .notSent, .unknown),
                (0x58, .notSent, .throttled), (0x64, .notSent, .unknown), (0x65, .refused, .unknown), (0x66, .refused, .filtered),
                (0xC4, .refused, .malformed), (0xFE, .refused, .unreachable), (0xFF, .refused, .unknown), (0x0401, .refused, .unknown),
            ]

            @Test func `Each status of an answer has its meaning, and says neither number nor text`() async throws {
                let statuses = Self.answers.map(\.0)
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    let index = session.held.count
                    session.held.append(unit)
                    session.answer(unit, status: CommandStatus(rawValue: statuses[index]))
                    return true
                }
                try await withGateway(SMPPSettings(centre)) { gateway in
                    for (status, code, cause) in Self.answers {
                        let error = try #require(await outcome(gateway, try message()).error)
                        #expect((error.code, error.refusal?.cause) == (code, cause))
                        #expect(error.refusal?.providerCode == CommandStatus(rawValue: status).text)
                        #expect((error.retryAfter != nil) == (cause == .throttled))
                        #expect(!"\(error) \(String(reflecting: error))".contains(number) && !"\(error)".contains("493817"))
                    }
                }
            }

            @Test func `A generic nack refuses the message that it names`() async throws {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    session.send(ProtocolUnit(.genericNack, status: .invalidCommandLength, sequence: unit.sequence))
                    return true
                }
                try await withGateway(SMPPSettings(centre)) { gateway in
                    let error = await outcome(gateway, try message()).error
                    #expect(error?.code == .refused && error?.refusal?.cause == .malformed)
                }
            }

            @Test(arguments: [
                (0x0D, "unauthorized"), (0x0E, "unauthorized"), (0x0F, "unauthorized"), (0x05, "unauthorized"), (0x08, "gateway-down"),
            ])
            func `A bind that is refused says why to whoever sends, and is tried again`(_ status: Int, _ cause: String) async throws {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .bindTransceiver else { return false }
                    session.answer(unit, status: CommandStatus(rawValue: UInt32(status)))
                    return true
                }
                let seen = Seen()
                try await withGateway(SMPPSettings(centre), seen, isBound: false) { gateway in
                    try await eventually("it was refused twice") { seen.count("bind-failed") >= 2 }
                    let error = await outcome(gateway, try message()).error
                    #expect(error?.code == .notSent && error?.refusal?.cause.rawValue == cause)
                }
            }

            @Test func `Without run nothing is sent, and what is no text message is not supported`() async throws {
                let centre = try await ScriptedCentre()
                let gateway = try SMPPGateway(SMPPSettings(centre))
                #expect(await outcome(gateway, try message()).error?.code == .notSent)
                let grant = Grant<Purposes.Verification>(
                    token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
                    expiresAt: Timestamp(milliseconds: 10_000))
                let mail = OutboundMessage(
                    to: .address(SecretBytes(copying: Array("a@example.com".utf8))), MessageWords(text: SecretBytes(copying: [0x61])),
                    channel: .email, grant: grant, name: messageName("key"))
                #expect(await outcome(gateway, mail).error?.code == .unsupported)
                let wiped = try message()
                wiped.wipe()
                #expect(await outcome(gateway, wiped).error?.code == .refused)
                #expect(centre.units.isEmpty)
            }

            @Test func `The whole gateway pauses when the centre has too much, and parts that were turned away are sent again`()
                async throws
            {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    session.held.append(unit)
                    session.answer(unit, status: session.held.count == 2 ? .throttled : .ok)
                    return true
                }
                let seen = Seen()
                try await withGateway(SMPPSettings(centre), seen) { gateway in
                    let ids = try await outcome(gateway, message(String(repeating: "x", count: 400))).get()
                    #expect(ids.count == 3 && Set(ids).count == 3)
                    #expect(seen.count("throttled") == 1)
                    #expect(centre.units(.submit).count == 4)
                    // The part that comes again is the one that was turned away.
                    #expect(centre.submitted[1].text == centre.submitted[3].text)
                }
            }

            @Test func `A long message of which a part is refused may have been sent`() async throws {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    session.held.append(unit)
                    session.answer(unit, status: session.held.count == 2 ? CommandStatus(rawValue: 0x0B) : .ok)
                    return true
                }
                try await withGateway(SMPPSettings(centre)) { gateway in
                    let error = await outcome(gateway, try message(String(repeating: "x", count: 400))).error
                    #expect(error?.code == .maybeSent && error?.refusal?.cause == .numberInvalid)
                }
            }

            @Test func `A task that is cancelled while it waits sends nothing`() async throws {
                let centre = try await ScriptedCentre { unit, _ in unit.command == .submit }
                var settings = SMPPSettings(centre)
                (settings.window, settings.grace) = (1, .milliseconds(50))
                try await withGateway(settings) { gateway in
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { _ = await outcome(gateway, try! message(key: "first")) }
                        try? await eventually("the window is full") { centre.units(.submit).count == 1 }
                        let waiting = Task { await outcome(gateway, try! message(key: "second")).error?.code }
                        try? await Task.sleep(for: .milliseconds(50))
                        waiting.cancel()
                        #expect(await waiting.value == .notSent)
                        centre.act { $0.close() }
                        await group.waitForAll()
                    }
                    #expect(centre.units(.submit).count == 1)
                }
            }

            @Test func `When it stops it waits for answers, unbinds and closes`() async throws {
                let centre = try await ScriptedCentre { unit, session in
                    guard unit.command == .submit else { return false }
                    let bound = NIOLoopBound((session, unit), eventLoop: session.context!.eventLoop)
                    session.context!.eventLoop.scheduleTask(in: .milliseconds(100)) { bound.value.0.answer(bound.value.1) }
                    return true
                }
                let seen = Seen()
                let gateway = try SMPPGateway(SMPPSettings(centre), observer: seen)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await gateway.run(seen) }
                    try await eventually("it is bound") { seen.count("bound") == 1 }
                    let sending = Task { await outcome(gateway, try message()) }
                    try await eventually("the message is under way") { centre.units(.submit).count == 1 }
                    group.cancelAll()
                    #expect(try await sending.value.error == nil)
                    try await group.waitForAll()
                }
                #expect(centre.units(.unbind).count == 1)
                #expect(await outcome(gateway, try message()).error?.code == .notSent)
                // It runs again afterwards.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await gateway.run(seen) }
                    try await eventually("it is bound again") { seen.count("bound") == 2 }
                    #expect(await outcome(gateway, try message()).error == nil)
                    group.cancelAll()
                }
            }

            @Test func `Silence is asked about, and a centre that stays silent is left`() async throws {
                let centre = try await ScriptedCentre { unit, _ in unit.command == .enquireLink }
                var settings = SMPPSettings(centre)
                (settings.enquireLinkInterval, settings.responseTimeout) = (.milliseconds(50), .milliseconds(50))
                let seen = Seen()
                try await withGateway(settings, seen) { _ in
                    try await eventually("it binds again") { seen.count("bound") >= 2 }
                }
                #expect(seen.count("silent") >= 1)
            }

            @Test func `Requests of the centre are answered, unknown ones with a nack, and its unbind ends the connection`() async throws {
                let centre = try await ScriptedCentre()
                let seen = Seen()
                try await withGateway(SMPPSettings(centre), seen) { _ in
                    centre.act { session in
                        session.send(ProtocolUnit(.enquireLink, sequence: 70))
                        session.send(ProtocolUnit(Command(rawValue: 0x33), sequence: 71))
                        session.send(ProtocolUnit(.alertNotification, sequence: 72, body: octets("0000")))
                        session.send(ProtocolUnit(.deliver, sequence: 73, body: octets("00")))
                        session.send(ProtocolUnit(.unbind, sequence: 74))
                    }
                    try await eventually("it is answered") { !centre.units(Command.unbind.answer).isEmpty }
                    #expect(centre.units(Command.enquireLink.answer).map(\.sequence) == [70])
                    #expect(centre.units(.genericNack).map(\.sequence) == [71])
                    #expect(centre.units(.genericNack).map(\.status) == [.invalidCommandID])
                    #expect(!centre.units.contains { $0.sequence == 72 })
                    #expect(centre.units(Command.deliver.answer).map(\.status) == [.permanentError])
                    try await eventually("it binds again") { seen.count("bound") == 2 }
                }
            }

            @Test
            func `SwiftNIO has dropped its reference a turn after it says that a write is done, so that wiping reaches what it wrote from`()
                async throws
            {
                let centre = try await ScriptedCentre()
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                    host: "127.0.0.1", port: centre.port
                )
                .get()
                let isInPlace = try await channel.eventLoop.flatSubmit {
                    let promise = channel.eventLoop.makePromise(of: Void.self)
                    let done = channel.eventLoop.makePromise(of: Bool.self)
                    let submission = Submission(
                        call: Call(), tags: MessageTags(key: "", reference: 0, recipient: 0), destination: .unknown, count: 0,
                        continuation: nil)
                    let part = Part(submission, 0, ProtocolUnit(.enquireLink, sequence: 1).bytes, deadline: .now())
                    let bound = NIOLoopBound(part, eventLoop: channel.eventLoop)
                    promise.futureResult.whenComplete { _ in
                        channel.eventLoop.execute {
                            let part = bound.value
                            func address() -> UnsafeRawPointer? { part.bytes.withUnsafeReadableBytes { $0.baseAddress } }
                            let before = address()
                            part.wipe()
                            done.succeed(before == address() && part.bytes.readableBytesView.allSatisfy { $0 == 0 })
                        }
                    }
                    channel.writeAndFlush(part.bytes, promise: promise)
                    return done.futureResult
                }.get()
                #expect(isInPlace)
                try await channel.close().get()
            }

            @Test func `A pace is kept over time, and a tenth of a second's may go at once`() throws {
                let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
                var pace = try #require(Pace(perSecond: 100, now: start))
                var (now, sent) = (start, 0)
                while now < start + .seconds(1) {
                    if pace.opening(now: now) <= now {
                        pace.take(now: now)
                        sent += 1
                    } else {
                        now = pace.opening(now: now)
                    }
                }
                #expect((100...110).contains(sent))
            }

            @Test func `A pause doubles while the centre goes on, and is short again once a message was taken`() {
                var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
                var pause = ThrottlePause(.seconds(1)...(.seconds(5)), now: now)
                var lengths: [Duration] = []
                for _ in 0..<4 {
                    let isNew = pause.begin(now: now)
                    #expect(isNew)
                    let again = pause.begin(now: now)
                    #expect(!again)
                    lengths.append(pause.left(now: now))
                    pause.relax(now: now)
                    now = pause.end
                }
                #expect(lengths == [.seconds(1), .seconds(2), .seconds(4), .seconds(5)])
                pause.relax(now: now)
                _ = pause.begin(now: now)
                #expect(pause.left(now: now) == .seconds(1))
            }

            static let wrong: [(String, @Sendable (inout SMPPSettings) -> Void)] = [
                ("a password of nine octets", { $0.password = SMPPPassword("123456789") }),
                ("one with NUL", { $0.password = SMPPPassword("1\0") }),
                ("no system_id", { $0.systemID = "" }), ("a long system_id", { $0.systemID = "0123456789abcdef" }),
                ("a long name", { $0.sender = SMPPSender("Twelve chars") }),
                ("a name that is not ASCII", { $0.sender = SMPPSender("Zürich") }),
                ("no window", { $0.window = 0 }), ("no connection", { $0.connections = 0 }), ("port 0", { $0.port = 0 }),
                ("a transport's name", { $0.name = "a b" }), ("a service type", { $0.serviceType = "longer" }),
                ("a system type", { $0.systemType = "more than twelve" }), ("no rate", { $0.messagesPerSecond = 0 }),
                ("no patience", { $0.responseTimeout = .zero }), ("a validity", { $0.validity = .milliseconds(5) }),
                ("authorities that are not there", { $0.tls = SMPPSettings.TLS(authorities: "/nowhere/at/all.pem") }),
            ]

            @Test(arguments: wrong.indices) func `A setting that cannot be is refused`(_ index: Int) throws {
                var settings = SMPPSettings(
                    host: "localhost", port: 1, systemID: "s", password: SMPPPassword("hush"), sender: SMPPSender("Example"))
                _ = try SMPPGateway(settings)
                Self.wrong[index].1(&settings)
                let error = try #require(throws: SMPPError.self) { try SMPPGateway(settings) }
                #expect(error.code == .invalidSetting)
            }

            @Test func `No description has the password`() {
                let settings = SMPPSettings(
                    host: "localhost", port: 1, systemID: "s", password: SMPPPassword("hush"), sender: SMPPSender("Example"))
                var text = ""
                dump(settings, to: &text)
                #expect(!"\(settings) \(String(reflecting: settings)) \(text)".contains("hush"))
            }

            @Test func `A validity is relative`() {
                #expect(SMPPSettings.validityPeriod(nil) == "")
                #expect(SMPPSettings.validityPeriod(.seconds(600)) == "000000001000000R")
                #expect(SMPPSettings.validityPeriod(.seconds(2 * 86_400 + 3 * 3_600 + 61)) == "000002030101000R")
            }

            @Test(arguments: [(nil, "000000000129000R"), (Duration.seconds(3_600), "000000000129000R"), (.seconds(30), "000000000030000R")])
            func `The message centre tries for as long as the code lasts, and no longer than the settings say`(
                _ longest: Duration?, _ expected: String
            ) async throws {
                let centre = try await ScriptedCentre()
                var settings = SMPPSettings(centre)
                settings.validity = longest
                try await withGateway(settings) { gateway in
                    // What is left of it now is counted in whole seconds.
                    _ = try await gateway.send(try message(expiresAt: SystemTimeSource().now() + .milliseconds(89_900)))
                    _ = try await gateway.send(try message())
                }
                let periods = centre.submitted.map { String(buffer: $0.validityPeriod) }
                #expect(periods.count == 2 && periods[1] == SMPPSettings.validityPeriod(longest))
                // A busy machine may take a second or two to come to it.
                #expect(periods[0] <= expected && periods[0] > "000000000020000R")
            }
        }
    }
#endif
