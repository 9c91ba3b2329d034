#if Processes
    import Foundation
    import ProcessTransport
    import Synchronization
    import Testing

    extension ProcessTransportTests {
        @Suite(.serialized) struct Servers {
            @Test func `No more requests of a connection are under way than may be, and all are answered`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.requestsUnderWay = 3
                let counts = Mutex((now: 0, most: 0))
                let gate = Gate()
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"), limits,
                    handler: { peer, request in
                        counts.withLock {
                            $0.now += 1; $0.most = max($0.most, $0.now)
                        }
                        await gate.pass()
                        counts.withLock { $0.now -= 1 }
                        return await echo(peer, request)
                    }
                ) { _, _ in
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        try await withThrowingTaskGroup(of: String.self) { group in
                            for number in 0..<300 { group.addTask { try await client.ask("\(number)") } }
                            await gate.arrival(3)
                            gate.open()
                            var answers: Set<String> = []
                            for try await answer in group { answers.insert(answer) }
                            #expect(answers.count == 300)
                        }
                    }
                }
                #expect(counts.withLock { $0.most } == 3)
            }

            @Test func `Silent connections keep nobody out`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.handshakes = 4
                try await withServer(.unixSocket(path: folder.socket), .me("host"), limits) { _, log in
                    let silent = try (0..<50).map { _ in try RawSocket(connectingTo: folder.socket) }
                    for raw in silent[..<3] { raw.send(Array(frame(0, "host")[..<15])) }
                    // All but the four that may be silent at a time.
                    await log.wait(46, for: .refused(.noGreeting))
                    try await withClient(.unixSocket(path: folder.socket)) { client in try await client.expect("a", "host:a") }
                    withExtendedLifetime(silent) {}
                }
            }

            @Test func `Who does not greet, finish a frame, read its answers or ask anything in time is closed`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.handshakeTimeout = .milliseconds(100)
                limits.frameTimeout = .milliseconds(100)
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"), limits,
                    handler: { _, _ in
                        [UInt8](repeating: 0, count: 1 << 20)
                    }
                ) { _, log in
                    let silent = try RawSocket(connectingTo: folder.socket)
                    await log.wait(for: .refused(.noGreeting))
                    #expect(try await silent.frame() == nil)
                    let slow = try RawSocket(connectingTo: folder.socket)
                    slow.send(frame(0, "host") + frame(1, "request")[..<15])
                    await log.wait(forEnd: .stalled)
                    #expect(try await slow.frame()?.payload == [1])
                    #expect(try await slow.frame() == nil)
                    let deaf = try RawSocket(connectingTo: folder.socket)
                    deaf.send(frame(0, "host") + (1...16).flatMap { frame($0, "request") })
                    await log.wait(2) { if case .closed(_, .stalled) = $0 { true } else { false } }
                    withExtendedLifetime(deaf) {}
                }
                limits.idleTimeout = .milliseconds(100)
                try await withServer(.unixSocket(path: folder.socket), .me("host"), limits) { _, log in
                    let idle = try RawSocket(connectingTo: folder.socket)
                    idle.send(frame(0, "host") + frame(1, "request"))
                    #expect(try await idle.frame()?.payload == [1])
                    #expect(try await idle.frame()?.payload == Array("host:request".utf8))
                    #expect(try await idle.frame()?.payload == [2, 4, 0, 0, 0, 0, 0, 0, 0, 1])
                    #expect(try await idle.frame() == nil)
                    await log.wait(forEnd: .idle)
                    // A client that has nothing to do connects again when it has.
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        try await client.expect("a", "host:a")
                        await log.wait(2) { if case .closed(_, .idle) = $0 { true } else { false } }
                        var answer: String?
                        while answer == nil { answer = try? await client.ask("b") }
                        #expect(answer == "host:b")
                    }
                }
            }

            @Test func `More connections than may be are told so, and taken when there is room`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.connections = 2
                try await withServer(.unixSocket(path: folder.socket), .me("host"), limits) { _, log in
                    try await withClient(.unixSocket(path: folder.socket)) { first in
                        try await first.expect("a", "host:a")
                        try await withClient(.unixSocket(path: folder.socket)) { second in
                            try await second.expect("a", "host:a")
                            try await withClient(.unixSocket(path: folder.socket)) { third in
                                #expect(await failure(of: third) == .unavailable)
                                await log.wait(for: .refused(.tooManyConnections))
                                await second.shutdown()
                                var answer: String?
                                while answer == nil { answer = try? await third.ask("b") }
                                #expect(answer == "host:b")
                            }
                        }
                    }
                }
            }

            @Test(arguments: [false, true])
            func `A server that stops answers what it has taken, and takes no more`(_ byCancelling: Bool) async throws {
                let folder = try TemporaryFolder()
                let gate = Gate()
                let log = EventLog()
                let server = RequestServer(
                    endpoint: .unixSocket(path: folder.socket), peers: .me("host"), observe: { log.record($0) },
                    handler: { peer, request in
                        await gate.pass()
                        return await echo(peer, request) + (Task.isCancelled ? [33] : [])
                    })
                try await withClient(.unixSocket(path: folder.socket)) { client in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await server.run() }
                        await log.wait(for: .listening(port: nil))
                        async let held = client.ask("a")
                        await gate.arrival()
                        if byCancelling { group.cancelAll() } else { server.stop() }
                        // Until the server has said so, a request may still be taken, or lost on the way.
                        while await code({ _ = try await client.ask("late", timeout: .milliseconds(50)) }) != .unavailable {}
                        gate.open()
                        let heldAnswer = try await held
                        #expect(heldAnswer == (byCancelling ? "host:a!" : "host:a"))
                        try await group.waitForAll()
                    }
                }
                #expect(access(folder.socket, F_OK) != 0)
                await log.wait(forEnd: .stopping)
                // The next one may have the path.
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, _ in
                    try await withClient(.unixSocket(path: folder.socket)) { client in try await client.expect("a", "host:a") }
                }
            }

            @Test func `Large answers reach their callers before a server that stops is gone`() async throws {
                let folder = try TemporaryFolder()
                let gate = Gate()
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"),
                    handler: { _, request in
                        await gate.pass()
                        return [UInt8](repeating: request[0], count: 1 << 20)
                    }
                ) { server, _ in
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        try await withThrowingTaskGroup(of: [UInt8].self) { group in
                            for number in 1...30 { group.addTask { try await client.request([UInt8(number)], timeout: .seconds(20)) } }
                            await gate.arrival(30)
                            server.stop()
                            gate.open()
                            for try await answer in group { #expect(answer.count == 1 << 20 && answer[0] == answer.last) }
                        }
                    }
                }
            }

            @Test func `A handler that is still busy after the grace is cancelled`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.grace = .milliseconds(50)
                let begun = Gate()
                begun.open()
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"), limits,
                    handler: { _, request in
                        await begun.pass()
                        // Until it is cancelled.
                        for await _ in AsyncStream<Void>.makeStream().stream {}
                        return request
                    }
                ) { server, log in
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        async let asked = failure(of: client)
                        await begun.arrival()
                        server.stop()
                        let askedCode = await asked
                        #expect(askedCode == .outcomeUnknown)
                        await log.wait(forEnd: .stopping)
                    }
                }
            }

            @Test func `A server that was stopped before it began returns at once`() async throws {
                let folder = try TemporaryFolder()
                let server = RequestServer(endpoint: .unixSocket(path: folder.socket), peers: .me("host"), handler: echo)
                server.stop()
                try await server.run()
                #expect(access(folder.socket, F_OK) != 0)
            }
        }
    }
#endif
