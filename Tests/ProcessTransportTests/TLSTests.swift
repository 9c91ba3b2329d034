#if Processes
    import Foundation
    import ProcessTransport
    import RecordStorage
    import Testing

    /// The wall clock, so much later.
    struct LaterTime: TimeSource {
        let later: Duration

        func now() -> Timestamp { SystemTimeSource().now() + later }
        func sleep(for duration: Duration) async throws(CancellationError) { try await SystemTimeSource().sleep(for: duration) }
    }

    extension ProcessTransportTests {
        @Suite(.serialized) struct TLS {
            @Test func `Many requests at once over TLS get each their own answer, and roles follow the certificate`() async throws {
                let files = try await Certificates(("server", 30), ("host", 30), ("opener", 30))
                let peers = PeerPolicy(certificates: [try files.pin("host"): ["host", "sender"], try files.pin("opener"): ["opener"]])
                try await withServer(files.serving(), peers) { _, log in
                    let port = try await log.port()
                    try await askManyAtOnce(files.reaching(port, as: "host"), role: "sender")
                    try await withClient(files.reaching(port, as: "opener"), role: "opener") { client in
                        try await client.expect("a", "opener:a")
                    }
                    try await withClient(files.reaching(port, as: "opener"), role: "host") { client in
                        await expect(.refused) { _ = try await client.ask("a") }
                    }
                    let opener = Peer(identity: .certificate(try files.pin("opener")), role: "opener")
                    #expect(log.events.contains(.opened(opener)))
                    // The client is told first, and the log after it.
                    await log.wait(for: .refused(.roleNotAllowed(opener.identity)))
                }
            }

            @Test func `A client with an unknown certificate gets nothing`() async throws {
                let files = try await Certificates(("server", 30), ("host", 30), ("stranger", 30))
                try await withServer(files.serving(), PeerPolicy(certificates: [try files.pin("host"): ["host"]])) { _, log in
                    let port = try await log.port()
                    try await withClient(files.reaching(port, as: "stranger")) { client in
                        #expect(await isTurnedAway(client))
                    }
                    await log.wait(for: .refused(.handshake))
                    #expect(!log.events.contains { if case .opened = $0 { true } else { false } })
                }
            }

            @Test func `A certificate is refused once it has expired, also one that is listed`() async throws {
                let files = try await Certificates(("server", 90), ("host", 90), ("old", 30))
                let peers = PeerPolicy(certificates: [try files.pin("host"): ["host"], try files.pin("old"): ["host"]])
                let time = LaterTime(later: .seconds(60 * 86_400))
                try await withServer(files.serving(), peers, time: time) { _, log in
                    let port = try await log.port()
                    try await withClient(files.reaching(port, as: "old"), time: time) { client in
                        #expect(await isTurnedAway(client))
                    }
                    try await withClient(files.reaching(port, as: "host"), time: time) { client in
                        try await client.expect("a", "host:a")
                    }
                }
                // And the other way round, and before it is valid.
                for later in [60, -60] {
                    try await withServer(files.serving("old"), peers) { _, log in
                        let port = try await log.port()
                        let time = LaterTime(later: .seconds(later * 86_400))
                        try await withClient(files.reaching(port, as: "host", server: "old"), time: time) { client in
                            await expect(.refused) { _ = try await client.ask("a") }
                        }
                        #expect(!log.events.contains { if case .opened = $0 { true } else { false } })
                    }
                }
            }

            @Test func `A client refuses a server whose certificate it does not know`() async throws {
                let files = try await Certificates(("server", 30), ("host", 30), ("impostor", 30))
                let peers = PeerPolicy(certificates: [try files.pin("host"): ["host"]])
                try await withServer(files.serving("impostor"), peers) { _, log in
                    let port = try await log.port()
                    try await withClient(files.reaching(port, as: "host")) { client in
                        await expect(.refused) { _ = try await client.ask("a") }
                    }
                    await log.wait(for: .refused(.handshake))
                }
            }

            /// `openssl` as the client; it sends the greeting and a request, and prints what comes.
            @Test(arguments: [([], false), (["host"], true), (["host", "-tls1_2"], false)])
            func `Only TLS 1.3 with a certificate is served`(_ arguments: [String], _ isServed: Bool) async throws {
                let files = try await Certificates(("server", 30), ("host", 30))
                var limits = TransportLimits()
                // Whereupon the program ends.
                limits.idleTimeout = .milliseconds(200)
                try await withServer(files.serving(), PeerPolicy(certificates: [try files.pin("host"): ["host"]]), limits) { _, log in
                    let port = try await log.port()
                    var line = "(printf '\\000\\000\\000\\004\\001\\000\\000\\000\\000\\000\\000\\000\\000host'; "
                    line += "printf '\\000\\000\\000\\003\\001\\000\\000\\000\\000\\000\\000\\000\\001abc') "
                    line += "| timeout 20 openssl s_client -quiet -connect 127.0.0.1:\(port)"
                    for argument in arguments {
                        line +=
                            argument.hasPrefix("-") ? " \(argument)" : " -cert \(files.certificate(argument)) -key \(files.key(argument))"
                    }
                    let command = line + ""
                    async let said = run("sh", ["-c", command])
                    if isServed {
                        let saidText = try await said.output
                        #expect(saidText.contains("host:abc"))
                    } else {
                        await log.wait(for: .refused(.handshake))
                        let saidText = try await said.output
                        #expect(!saidText.contains("host:abc"))
                        #expect(!log.events.contains { if case .opened = $0 { true } else { false } })
                    }
                }
            }

            @Test func `Bytes that are no TLS, and connections that say nothing, keep nobody out`() async throws {
                let files = try await Certificates(("server", 30), ("host", 30))
                var limits = TransportLimits()
                limits.handshakes = 4
                try await withServer(files.serving(), PeerPolicy(certificates: [try files.pin("host"): ["host"]]), limits) { _, log in
                    let port = try await log.port()
                    async let noise = run(
                        "sh", ["-c", "head -c 4096 /dev/urandom | timeout 5 openssl s_client -quiet -connect 127.0.0.1:\(port)"])
                    async let plain = run(
                        "bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET / HTTP/1.1\\r\\n\\r\\n' >&3; cat <&3"])
                    let silent = "import socket,sys\na=[socket.create_connection(('127.0.0.1',\(port))) for _ in range(40)]\n"
                    async let many = run("python3", ["-c", silent + "print('open',flush=True)\nfor s in a[:30]: s.recv(1)\n"])
                    // All but the four that may be silent at a time.
                    await log.wait(38) { if case .refused = $0 { true } else { false } }
                    try await withClient(files.reaching(port, as: "host")) { client in
                        try await client.expect("a", "host:a")
                    }
                    _ = try await (noise, plain, many)
                }
            }

            @Test func `A private key that everybody may read is refused, and one of another certificate`() async throws {
                let files = try await Certificates(("server", 30), ("host", 30))
                #expect(chmod(files.key("server"), 0o644) == 0)
                await expect(.invalidSetting) { _ = try files.identity("server") }
                let mixed = try TLSIdentity(certificateFile: files.certificate("server"), privateKeyFile: files.key("host"))
                let server = RequestServer(endpoint: .tls(host: "127.0.0.1", port: 0, identity: mixed), peers: .me("host"), handler: echo)
                await expect(.invalidSetting) { try await server.run() }
                await expect(.invalidSetting) { _ = try PinnedCertificate(pemFile: files.key("host")) }
                await expect(.invalidSetting) { _ = try PinnedCertificate(pemFile: files.folder.file("nothing")) }
            }

            @Test func `A port that is taken is refused`() async throws {
                let files = try await Certificates(("server", 30))
                try await withServer(files.serving(), PeerPolicy()) { _, log in
                    let endpoint = ServerEndpoint.tls(host: "127.0.0.1", port: try await log.port(), identity: try files.identity("server"))
                    let other = RequestServer(endpoint: endpoint, peers: PeerPolicy(), handler: echo)
                    await expect(.addressInUse) { try await other.run() }
                }
            }
        }
    }

    /// 500 requests at once, each with an answer of its own.
    func askManyAtOnce(_ endpoint: ClientEndpoint, role: String) async throws {
        try await withClient(endpoint, role: role) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let text = String(repeating: "\(number) ", count: 1 + number * 7 % 300)
                        try await client.expect(text, "\(role):\(text)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// The server's refusal may be lost on its way, since it comes after the client's end of the handshake.
    private func isTurnedAway(_ client: RequestClient) async -> Bool {
        [.refused, .unavailable].contains(await failure(of: client))
    }
#endif
