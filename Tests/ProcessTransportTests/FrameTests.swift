#if Processes
    import Foundation
    import ProcessTransport
    import Testing

    extension ProcessTransportTests {
        @Suite struct Frames {
            /// After the greeting, unless it says otherwise.
            static let malformed: [(String, [UInt8])] = [
                ("no bytes in a payload", [0, 0, 0, 0, 1] + [0, 0, 0, 0, 0, 0, 0, 1]),
                ("a payload above the limit", [0, 0, 4, 1, 1]),
                ("a payload of 4 GiB", [0xff, 0xff, 0xff, 0xff]),
                ("another version", [0, 0, 0, 1, 2]),
                ("text", Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)),
                ("a second greeting", frame(0, "host")),
                ("an id that was used", frame(1, "a") + frame(1, "b")),
                ("ids that go down", frame(2, "a") + frame(1, "b")),
            ]
            static let greetings: [(String, [UInt8])] = [
                ("a request first", frame(1, "host")), ("a role of 33 bytes", frame(0, String(repeating: "a", count: 33))),
                ("a role that is no text", frame(0, [0xc3, 0x28])), ("an unknown role", frame(0, "sender")),
                ("noise", (0..<64).map { _ in UInt8.random(in: 0...255) }.map { $0 | 0x80 }),
            ]

            @Test(arguments: malformed.indices)
            func `Bytes that are no frame close the connection, and no other`(_ index: Int) async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.payload = 1024
                try await withServer(.unixSocket(path: folder.socket), .me("host"), limits) { [limits] _, log in
                    try await withClient(.unixSocket(path: folder.socket), limits) { client in
                        try await client.expect("before", "host:before")
                        let raw = try RawSocket(connectingTo: folder.socket)
                        raw.send(frame(0, "host"))
                        #expect(try await raw.frame()?.payload == [1])
                        raw.send(Self.malformed[index].1)
                        while let (id, payload) = try await raw.frame() { #expect(id > 0 || payload[..<2] == [2, 5]) }
                        await log.wait(forEnd: .malformed)
                        try await client.expect("after", "host:after")
                        #expect(log.events.count { if case .closed = $0 { true } else { false } } == 1)
                    }
                }
            }

            @Test(arguments: greetings.indices)
            func `Who does not say who it is gets no answer`(_ index: Int) async throws {
                let folder = try TemporaryFolder()
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, log in
                    let raw = try RawSocket(connectingTo: folder.socket)
                    raw.send(Self.greetings[index].1 + frame(5, "request"))
                    let answer = try await raw.frame()
                    #expect(answer == nil || answer?.id == 0 && answer?.payload.first == 2)
                    #expect(try await raw.frame() == nil)
                    await log.wait { if case .refused = $0 { true } else { false } }
                    #expect(!log.events.contains { if case .opened = $0 { true } else { false } })
                }
            }

            @Test func `A frame may arrive in any two pieces, and many in one`() async throws {
                let folder = try TemporaryFolder()
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, _ in
                    let raw = try RawSocket(connectingTo: folder.socket)
                    raw.send(frame(0, "host"))
                    _ = try await raw.frame()
                    var id: UInt64 = 0
                    let length = frame(1, "request").count
                    for cut in 1..<length {
                        id += 1
                        let bytes = frame(id, "request")
                        raw.send(Array(bytes[..<cut]))
                        raw.send(Array(bytes[cut...]))
                        let answer = try #require(try await raw.frame())
                        #expect(answer.id == id && answer.payload == Array("host:request".utf8))
                    }
                    raw.send((1...50).flatMap { frame(id + $0, "\($0)") })
                    var answers: [UInt64: [UInt8]] = [:]
                    for _ in 1...50 {
                        let answer = try #require(try await raw.frame())
                        answers[answer.id - id] = answer.payload
                    }
                    #expect((1...50).allSatisfy { answers[$0] == Array("host:\($0)".utf8) })
                }
            }

            @Test func `Payloads have one byte to the limit, in both directions`() async throws {
                let folder = try TemporaryFolder()
                var limits = TransportLimits()
                limits.payload = 300_000
                let longest = limits.payload
                try await withServer(
                    .unixSocket(path: folder.socket), .me("host"), limits,
                    handler: { _, request in
                        request == [0] ? [] : request == [1] ? [UInt8](repeating: 1, count: longest + 1) : request
                    }
                ) { [limits] _, log in
                    try await withClient(.unixSocket(path: folder.socket), limits) { client in
                        for count in [1, 1000, longest] {
                            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 2) }
                            let answer = try await client.request(payload, timeout: .seconds(20))
                            #expect(answer == payload)
                        }
                        for count in [0, longest + 1] {
                            let payload = [UInt8](repeating: 7, count: count)
                            await expect(.invalidSize) { _ = try await client.request(payload, timeout: .seconds(20)) }
                        }
                        // The handler's defect, not the caller's: nobody knows what it did.
                        for payload in [[0], [1]] as [[UInt8]] {
                            await expect(.outcomeUnknown) { _ = try await client.request(payload, timeout: .seconds(20)) }
                        }
                        await log.wait(forEnd: .invalidAnswer)
                    }
                }
            }

            @Test(arguments: [frame(9, "unasked"), frame(0, [7]), frame(0, [2]), [0, 0, 0, 0], [0, 0, 0, 1, 9]])
            func `A client leaves a server that sends what nobody asked for`(_ bytes: [UInt8]) async throws {
                let folder = try TemporaryFolder()
                let listener = try RawSocket(listeningAt: folder.socket)
                try await withClient(.unixSocket(path: folder.socket)) { client in
                    async let asked = code { _ = try await client.ask("request") }
                    let raw = try await listener.accepted()
                    #expect(try await raw.frame()?.payload == Array("host".utf8))
                    raw.send(frame(0, [1]))
                    #expect(try await raw.frame()?.id == 1)
                    raw.send(bytes)
                    let askedCode = await asked
                    #expect(askedCode == .outcomeUnknown)
                    #expect(try await raw.frame() == nil)
                }
            }
        }
    }
#endif
