#if Processes
    import Foundation
    import ProcessTransport
    import Testing

    extension ProcessTransportTests {
        @Suite(.serialized) struct Clients {
            /// Welcomes, takes a request, and is killed.
            static let mortal = """
                import os, socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.bind(sys.argv[1])
                s.listen()
                print('listening', flush=True)
                c, _ = s.accept()
                c.recv(17, socket.MSG_WAITALL)
                c.sendall(bytes([0,0,0,1,1]) + bytes(8) + bytes([1]))
                c.recv(14, socket.MSG_WAITALL)
                os.kill(os.getpid(), 9)
                """

            @Test func `Nobody knows the outcome of a request whose server is killed`() async throws {
                let folder = try TemporaryFolder()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let ended = try await run("python3", ["-c", Self.mortal, folder.socket])
                        #expect(ended.status == -9)
                    }
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        // Until it listens there is nobody; that is told each time, and at once.
                        var outcome = await failure(of: client)
                        while outcome == .unavailable { outcome = await failure(of: client) }
                        #expect(outcome == .outcomeUnknown)
                        #expect(await failure(of: client) == .unavailable)
                        // Its successor at the same path is found.
                        try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, _ in
                            try await client.expect("a", "host:a")
                        }
                    }
                    try await group.waitForAll()
                }
            }

            @Test func `Of the requests on a connection that closes, those the server had not begun are told apart`() async throws {
                let folder = try TemporaryFolder()
                let listener = try RawSocket(listeningAt: folder.socket)
                try await withClient(.unixSocket(path: folder.socket)) { client in
                    async let first = client.ask("1")
                    let raw = try await listener.accepted()
                    _ = try await raw.frame()
                    raw.send(frame(0, [1]))
                    _ = try await raw.frame()
                    async let second = code { _ = try await client.ask("2") }
                    #expect(try await raw.frame()?.id == 2)
                    raw.send(frame(0, [2, 3, 0, 0, 0, 0, 0, 0, 0, 1]))
                    let secondCode = await second
                    #expect(secondCode == .unavailable)
                    // The next one is for the next connection.
                    async let third = client.ask("3")
                    let next = try await listener.accepted()
                    _ = try await next.frame()
                    next.send(frame(0, [1]))
                    #expect(try await next.frame()?.payload == Array("3".utf8))
                    next.send(frame(1, "third"))
                    let thirdAnswer = try await third
                    #expect(thirdAnswer == "third")
                    raw.send(frame(1, "first"))
                    let firstAnswer = try await first
                    #expect(firstAnswer == "first")
                    #expect(try await raw.frame() == nil)
                }
            }

            @Test func `A request that is cancelled ends at once, and the others go on`() async throws {
                let folder = try TemporaryFolder()
                let gate = Gate()
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"),
                    handler: { peer, request in
                        if request == Array("held".utf8) { await gate.pass() }
                        return await echo(peer, request)
                    }
                ) { _, log in
                    try await withClient(.unixSocket(path: folder.socket)) { client in
                        let outcome = await withTaskGroup(of: ProcessError.Code?.self) { group in
                            group.addTask { await code { _ = try await client.ask("held") } }
                            await gate.arrival()
                            group.cancelAll()
                            return await group.next()!
                        }
                        #expect(outcome == .outcomeUnknown)
                        try await client.expect("a", "host:a")
                        gate.open()
                        for _ in 0..<200 { try await client.expect("b", "host:b") }
                        #expect(log.events.count { if case .opened = $0 { true } else { false } } == 1)
                        let early = await withTaskGroup(of: ProcessError.Code?.self) { group in
                            group.cancelAll()
                            group.addTask { await code { _ = try await client.ask("never sent") } }
                            return await group.next()!
                        }
                        #expect(early == .cancelled)
                    }
                }
            }

            @Test func `What was not sent in its time, or before it was cancelled, certainly was not begun`() async throws {
                let folder = try TemporaryFolder()
                let listener = try RawSocket(listeningAt: folder.socket)
                var limits = TransportLimits()
                limits.waitingRequests = 2
                try await withClient(.unixSocket(path: folder.socket), limits) { client in
                    await expect(.unavailable) { _ = try await client.ask("a", timeout: .milliseconds(20)) }
                    await expect(.unavailable) { _ = try await client.ask("a", timeout: .zero) }
                    let outcomes = await withTaskGroup(of: ProcessError.Code?.self) { group in
                        for _ in 0..<3 { group.addTask { await code { _ = try await client.ask("b") } } }
                        var outcomes = [await group.next()!]
                        group.cancelAll()
                        for await outcome in group { outcomes.append(outcome) }
                        return outcomes
                    }
                    #expect(outcomes == [.unavailable, .cancelled, .cancelled], "two may wait; the third is told so at once")
                    async let late = code { _ = try await client.ask("c", timeout: .seconds(2)) }
                    let raw = try await listener.accepted()
                    _ = try await raw.frame()
                    raw.send(frame(0, [1]))
                    #expect(try await raw.frame()?.payload == Array("c".utf8))
                    let lateCode = await late
                    #expect(lateCode == .outcomeUnknown)
                    // Its late answer is not taken for another's.
                    async let next = client.ask("d")
                    #expect(try await raw.frame()?.id == 2)
                    raw.send(frame(1, "late") + frame(2, "next"))
                    let nextAnswer = try await next
                    #expect(nextAnswer == "next")
                }
            }

            @Test func `A client that was shut down sends nothing more, and may be shut down again`() async throws {
                let folder = try TemporaryFolder()
                let gate = Gate()
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"),
                    handler: { _, request in
                        await gate.pass()
                        return request
                    }
                ) { _, log in
                    let client = try RequestClient(endpoint: .unixSocket(path: folder.socket), role: "host")
                    async let held = code { _ = try await client.ask("a") }
                    await gate.arrival()
                    await client.shutdown()
                    let heldCode = await held
                    #expect(heldCode == .outcomeUnknown)
                    await expect(.unavailable) { _ = try await client.ask("b") }
                    await client.shutdown()
                    await log.wait(forEnd: .closedByPeer)
                    gate.open()
                    #expect(gate.arrivals == 1)
                }
                await expect(.invalidSetting) { _ = try RequestClient(endpoint: .unixSocket(path: folder.socket), role: "") }
            }

            @Test func `Two hundred connections leave no descriptor behind`() async throws {
                let folder = try TemporaryFolder()
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, log in
                    let before = try openSockets()
                    for _ in 0..<100 {
                        try await withClient(.unixSocket(path: folder.socket)) { client in try await client.expect("a", "host:a") }
                    }
                    // And without a shutdown, once nobody has the client any more.
                    for _ in 0..<100 {
                        let client = try RequestClient(endpoint: .unixSocket(path: folder.socket), role: "host")
                        try await client.expect("a", "host:a")
                    }
                    await log.wait(200) { if case .closed = $0 { true } else { false } }
                    // Other suites have some open at the same time.
                    #expect(try openSockets() < before + 50)
                }
            }
        }
    }

    func failure(of client: RequestClient) async -> ProcessError.Code? {
        await code { _ = try await client.ask("a") }
    }

    /// Unix sockets of this process: those of gateways' tests, which are many at times, are of another family.
    private func openSockets() throws -> Int {
        let listed = try String(contentsOfFile: "/proc/net/unix", encoding: .utf8).split(separator: "\n").dropFirst()
        let unix = Set(listed.compactMap { line in line.split(separator: " ").dropFirst(6).first.map { "socket:[\($0)]" } })
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            unix.contains((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) ?? "")
        }
    }
#endif
