#if Processes
    import ProcessTransport
    import SealedStore
    import Testing

    /// Refuses whatever it is ordered, and would say so.
    private struct NoSender: NumberSender {
        func send(_ order: DispatchOrder) async throws(VaultError) { throw VaultError(.notDelivered, "Nothing leaves here.") }
    }

    extension ProcessTransportTests {
        @Suite struct SenderServers {
            /// What any bytes are answered with: those of its host are read, those of anybody else are not.
            @Test(arguments: [("host", "vault.malformed"), ("opener", "vault.requestRefused"), ("hots", "vault.requestRefused")])
            func `A sender takes orders of its host alone, whatever roles its list has`(role: String, code: String) async throws {
                let folder = try TemporaryFolder()
                let log = EventLog()
                let server = RequestServer(
                    sender: SenderEndpoint(NoSender()), endpoint: .unixSocket(path: folder.socket), peers: .me("host", "opener", "hots"),
                    observe: { log.record($0) })
                async let running: Void = server.run()
                await log.wait { if case .listening = $0 { true } else { false } }
                try await withClient(.unixSocket(path: folder.socket), role: role) { client in
                    let answer = try await client.request([1, 2, 3], timeout: .seconds(20))
                    #expect(String(decoding: answer, as: UTF8.self).contains(code))
                }
                server.stop()
                try await running
            }

            @Test func `Clients close what is idle before a server does`() {
                #expect(TransportLimits().idleTimeout < TransportLimits.serving.idleTimeout)
            }
        }
    }
#endif
