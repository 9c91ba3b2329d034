#if Processes
    import Foundation
    import ProcessTransport
    import RecordStorage
    import Synchronization
    import Testing

    /// What a server observed, and a way to wait for it.
    final class EventLog: Sendable {
        private struct State {
            var events: [ServerEvent] = []
            var waiters: [(count: Int, matches: @Sendable (ServerEvent) -> Bool, done: AsyncStream<Void>.Continuation)] = []
        }

        private let state = Mutex(State())

        var events: [ServerEvent] { state.withLock { $0.events } }

        func record(_ event: ServerEvent) {
            let done = state.withLock { state in
                state.events.append(event)
                let done = state.waiters.filter { waiter in state.events.count(where: waiter.matches) >= waiter.count }
                state.waiters.removeAll { waiter in state.events.count(where: waiter.matches) >= waiter.count }
                return done
            }
            for waiter in done { waiter.done.finish() }
        }

        func wait(_ count: Int = 1, for matches: @escaping @Sendable (ServerEvent) -> Bool) async {
            let (stream, done) = AsyncStream<Void>.makeStream()
            state.withLock { state in
                if state.events.count(where: matches) >= count { return done.finish() }
                state.waiters.append((count, matches, done))
            }
            for await _ in stream {}
        }

        func wait(_ count: Int = 1, for event: ServerEvent) async { await wait(count) { $0 == event } }

        func wait(forEnd ending: ServerEvent.Ending) async {
            await wait { if case .closed(_, ending) = $0 { true } else { false } }
        }

        func port() async throws -> Int {
            await wait { if case .listening = $0 { true } else { false } }
            for case .listening(let port?) in events { return port }
            throw ServerNotListening()
        }
    }

    struct ServerNotListening: Error {}

    /// Holds whoever waits until it is opened; counts them.
    final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var arrived = 0
            var held: [CheckedContinuation<Void, Never>] = []
            var watchers: [(count: Int, done: AsyncStream<Void>.Continuation)] = []
        }

        private let state = Mutex(State())

        var arrivals: Int { state.withLock { $0.arrived } }

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.arrived += 1
                    for watcher in state.watchers where watcher.count <= state.arrived { watcher.done.finish() }
                    state.watchers.removeAll { $0.count <= state.arrived }
                    if !state.isOpen { state.held.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func arrival(_ count: Int = 1) async {
            let (stream, done) = AsyncStream<Void>.makeStream()
            state.withLock { state in
                if state.arrived >= count { return done.finish() }
                state.watchers.append((count, done))
            }
            for await _ in stream {}
        }

        func open() {
            let held = state.withLock { state in
                defer { state.held = [] }
                state.isOpen = true
                return state.held
            }
            for one in held { one.resume() }
        }
    }

    extension PeerPolicy {
        /// This process's user, in these roles.
        static func me(_ roles: String...) -> Self { Self(users: [geteuid(): Set(roles)]) }
    }

    /// What the tests' servers answer: the role, then what was asked.
    let echo: @Sendable (Peer, [UInt8]) async -> [UInt8] = { peer, request in Array("\(peer.role):".utf8) + request }

    /// Runs a server while `body` does, and then stops it.
    func withServer<Value: Sendable>(
        _ endpoint: ServerEndpoint, _ peers: PeerPolicy, _ limits: TransportLimits = TransportLimits(),
        time: any TimeSource = SystemTimeSource(), handler: @escaping @Sendable (Peer, [UInt8]) async -> [UInt8] = echo,
        _ body: @Sendable (RequestServer, EventLog) async throws -> Value
    ) async throws -> Value {
        let log = EventLog()
        let server = RequestServer(
            endpoint: endpoint, peers: peers, limits: limits, time: time, observe: { log.record($0) }, handler: handler)
        async let running: Void = server.run()
        do {
            await log.wait { if case .listening = $0 { true } else { false } }
            let value = try await body(server, log)
            server.stop()
            try await running
            return value
        } catch {
            server.stop()
            throw error
        }
    }

    /// A client for as long as `body` runs.
    func withClient<Value: Sendable>(
        _ endpoint: ClientEndpoint, role: String = "host", _ limits: TransportLimits = TransportLimits(),
        time: any TimeSource = SystemTimeSource(), _ body: @Sendable (RequestClient) async throws -> Value
    ) async throws -> Value {
        let client = try RequestClient(endpoint: endpoint, role: role, limits: limits, time: time)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    extension RequestClient {
        /// Checks what the server answers.
        func expect(_ text: String, _ answer: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let said = try await ask(text)
            #expect(said == answer, sourceLocation: sourceLocation)
        }

        func ask(_ text: String, timeout: Duration = .seconds(20)) async throws(ProcessError) -> String {
            String(decoding: try await request(Array(text.utf8), timeout: timeout), as: UTF8.self)
        }
    }

    /// Checks the code of the error that `body` throws.
    func expect(
        _ expected: ProcessError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async {
        let thrown = await code(body)
        #expect(thrown == expected, sourceLocation: sourceLocation)
    }

    /// The code of the error that `body` throws.
    func code(_ body: () async throws -> Void) async -> ProcessError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? ProcessError)?.code
        }
    }
#endif
