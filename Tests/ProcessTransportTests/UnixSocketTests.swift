#if Processes
    import Foundation
    import ProcessTransport
    import Testing

    extension ProcessTransportTests {
        @Suite(.serialized) struct UnixSockets {
            @Test func `Many requests at once get each their own answer, in the role that was chosen`() async throws {
                let folder = try TemporaryFolder()
                try await withServer(.unixSocket(path: folder.socket), .me("host", "sender")) { _, log in
                    try await askManyAtOnce(.unixSocket(path: folder.socket), role: "host")
                    try await askManyAtOnce(.unixSocket(path: folder.socket, user: geteuid()), role: "sender")
                    for role in ["opener", "Host", "host "] {
                        try await withClient(.unixSocket(path: folder.socket), role: role) { client in
                            await expect(.refused) { _ = try await client.ask("a") }
                        }
                    }
                    let me = Peer.Identity.process(user: geteuid(), group: getegid(), id: getpid())
                    #expect(log.events.contains(.opened(Peer(identity: me, role: "sender"))))
                    await log.wait(3, for: .refused(.roleNotAllowed(me)))
                }
            }

            /// Greets and asks as the format says, in another language and as another user.
            static let stranger = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(20)
                s.connect(sys.argv[1])
                try:
                    s.sendall(bytes([0,0,0,4,1]) + bytes(8) + b'host')
                    s.sendall(bytes([0,0,0,3,1]) + bytes([0]*7+[1]) + b'abc')
                except BrokenPipeError:
                    pass
                got = b''
                try:
                    while len(got) < 14 + 21:
                        more = s.recv(100)
                        if not more: break
                        got += more
                except ConnectionResetError:
                    pass
                print(got.hex())
                """

            @Test(.enabled(if: geteuid() == 0, "NOT TESTED: only root can connect as another user."), arguments: [0, 65_534])
            func `A user that is not listed is closed without an answer`(_ user: UInt32) async throws {
                let folder = try TemporaryFolder()
                try await withServer(.unixSocket(path: folder.socket, mode: 0o666), .me("host")) { _, log in
                    let said = try await run(
                        "setpriv",
                        [
                            "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/python3", "-c", Self.stranger, folder.socket,
                        ])
                    try #require(said.status == 0, "\(said.output)")
                    let answer = user == 0 ? frame(0, [1]) + frame(1, "host:abc") : []
                    #expect(said.output == answer.map { String(format: "%02x", $0) }.joined() + "\n")
                    if user > 0 {
                        await log.wait(for: .refused(.unknownUser(user)))
                        #expect(log.events == [.listening(port: nil), .refused(.unknownUser(user))])
                    }
                }
            }

            @Test func `A socket is its owner's alone unless it is told otherwise`() async throws {
                let folder = try TemporaryFolder()
                for mode in [0o600, 0o660] as [UInt32] {
                    try await withServer(.unixSocket(path: folder.socket, mode: mode), .me("host")) { _, _ in
                        var status = stat()
                        #expect(lstat(folder.socket, &status) == 0)
                        #expect(status.st_mode & 0o7777 == mode)
                    }
                    #expect(access(folder.socket, F_OK) != 0, "its name goes with the server")
                }
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, _ in
                    try await withClient(.unixSocket(path: folder.socket, user: geteuid() + 1)) { client in
                        await expect(.refused) { _ = try await client.ask("a") }
                    }
                }
            }

            @Test func `The socket of a server that was killed is replaced, that of a live one is not`() async throws {
                let folder = try TemporaryFolder()
                let killed =
                    "import os,socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\ns.listen()\nos.kill(os.getpid(),9)"
                #expect(try await run("python3", ["-c", killed, folder.socket]).status == -9)
                #expect(access(folder.socket, F_OK) == 0)
                try await withServer(.unixSocket(path: folder.socket), .me("host")) { _, _ in
                    let second = RequestServer(endpoint: .unixSocket(path: folder.socket), peers: .me("host"), handler: echo)
                    await expect(.addressInUse) { try await second.run() }
                    try await withClient(.unixSocket(path: folder.socket)) { client in try await client.expect("a", "host:a") }
                    // Beside it another one may run.
                    try await withServer(.unixSocket(path: folder.file("other")), .me("host")) { _, _ in
                        try await withClient(.unixSocket(path: folder.file("other"))) { client in
                            try await client.expect("b", "host:b")
                        }
                    }
                }
                // One that knows nothing of our lock.
                let stranger = try RawSocket(listeningAt: folder.socket)
                let third = RequestServer(endpoint: .unixSocket(path: folder.socket), peers: .me("host"), handler: echo)
                await expect(.addressInUse) { try await third.run() }
                withExtendedLifetime(stranger) {}
            }

            @Test func `A socket is made only where nobody else could put one`() async throws {
                let folder = try TemporaryFolder()
                func refused(_ path: String) async -> Bool {
                    let server = RequestServer(endpoint: .unixSocket(path: path), peers: .me("host"), handler: echo)
                    return await code { try await server.run() } == .invalidSetting
                }
                for mode in [0o777, 0o1777, 0o775] as [mode_t] {
                    #expect(chmod(folder.path, mode) == 0)
                    #expect(await refused(folder.socket))
                }
                #expect(chmod(folder.path, 0o755) == 0)
                try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("file")))
                #expect(await refused(folder.file("file")))
                #expect(try String(contentsOfFile: folder.file("file"), encoding: .utf8) == "mine")
                #expect(await refused(folder.file("nothing/socket")))
                #expect(await refused(folder.file(String(repeating: "a", count: 120))))
            }
        }
    }
#endif
