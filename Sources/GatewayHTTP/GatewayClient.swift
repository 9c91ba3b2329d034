#if HTTP
    import AsyncHTTPClient
    import CryptoPrimitives
    package import Messaging
    import NIOCore
    import NIOHTTP1
    import NIOSSL
    import RecordStorage
    import Synchronization

    /// Sends requests to one gateway, and knows of each that failed whether any of its body was written.
    ///
    /// TLS is 1.2 or later and verified, no redirect is followed, nothing is repeated, logged or traced, and of an answer at most 64 KiB are read.
    package final class GatewayClient: Sendable {
        private static let answerLimit = 65_536

        private let client: HTTPClient
        private let settings: HTTPSettings
        private let provider: String

        /// - Precondition: `address` begins with `https://`, or `http://` and this machine's own name or address.
        package init(_ settings: HTTPSettings, address: String, provider: String) {
            precondition(
                address.hasPrefix("https://") || Self.isLocal(address),
                "A gateway is asked over https, or on this machine: mend its address.")
            self.settings = settings
            self.provider = provider
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            if let authorities = settings.authorities { tls.trustRoots = .file(authorities) }
            var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .nanoseconds(settings.connectTimeout.nanoseconds)
            configuration.connectionPool.idleTimeout = .nanoseconds(settings.idleTimeout.nanoseconds)
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, settings.concurrency)
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.tracing.tracer = nil
            client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        deinit { client.shutdown { _ in } }

        private static func isLocal(_ address: String) -> Bool {
            ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains { start in
                address.hasPrefix(start) && [nil, ":", "/"].contains(address.dropFirst(start.count).first)
            }
        }

        /// Posts a body and reads the answer.
        ///
        /// - Throws: ``TransportError`` with code `.notSent` where no byte of the body was written, and `.maybeSent` where there is no answer to what was.
        package func post(
            _ url: String, headers: [(String, String)], body: SecretText, for destination: MessageDestination
        ) async throws(TransportError) -> GatewayAnswer {
            try await post(url, headers: headers, Exchange(body), for: destination)
        }

        func post(
            _ url: String, headers: [(String, String)], _ exchange: Exchange, for destination: MessageDestination
        ) async throws(TransportError) -> GatewayAnswer {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers = HTTPHeaders([("User-Agent", "swift-phone-identity"), ("Accept", "application/json")] + headers)
            request.body = .stream(exchange, length: .known(Int64(exchange.body.bytes.count)))
            defer { exchange.wipe() }
            let failure = await run(request, exchange)
            // With a status known, what became of the rest of the answer changes nothing.
            if let answer = exchange.answer { return answer }
            let code: TransportError.Code = exchange.wasBegun ? .maybeSent : .notSent
            throw TransportError(
                code, Self.reason(failure, wasBegun: exchange.wasBegun),
                refusal: ProviderRefusal(.gatewayDown, provider: provider, providerCode: "", of: destination))
        }

        /// - Returns: why there is no whole answer.
        private func run(_ request: HTTPClientRequest, _ exchange: Exchange) async -> (any Error)? {
            await withTaskGroup(of: (any Error)?.self) { group in
                group.addTask { [client, settings] in
                    do {
                        let response = try await client.execute(request, timeout: .nanoseconds(settings.timeout.nanoseconds))
                        try await exchange.read(response, limit: Self.answerLimit)
                        return nil
                    } catch {
                        return error
                    }
                }
                // The client's own deadline ends with the head of the answer.
                group.addTask { [settings] in
                    try? await Task.sleep(for: settings.timeout)
                    return HTTPClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
        }

        /// Nothing of the error itself: its texts name hosts and certificates.
        private static func reason(_ error: (any Error)?, wasBegun: Bool) -> String {
            if wasBegun {
                return (error as? HTTPClientError) == .deadlineExceeded
                    ? "The gateway did not answer in its time." : "The connection was lost before the gateway had answered."
            }
            switch error {
            case is CancellationError: return "The task was cancelled before anything was sent."
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
                return "TLS with the gateway came to nothing: see its certificate, and the authorities in the settings."
            case let error as HTTPClientError where error == .tlsHandshakeTimeout:
                return "TLS with the gateway came to nothing in its time."
            case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded:
                return "The gateway did not take the connection in its time."
            default: return "The gateway cannot be reached: see its name, and the network."
            }
        }
    }

    /// One request and what came back. As a sequence it is the request's body, in one piece.
    final class Exchange: AsyncSequence, Sendable {
        typealias Element = ByteBuffer

        private struct State {
            /// What was given to the client, to be wiped when it has let go of it.
            var given: ByteBuffer?
            var wasBegun = false
            var status: Int?
            var retryAfter: Duration?
            var json: SecretJSON?
            var isWipedInPlace = false
        }

        let body: SecretText
        private let state = Mutex(State())

        init(_ body: SecretText) { self.body = body }

        struct AsyncIterator: AsyncIteratorProtocol {
            let exchange: Exchange
            var isOver = false

            mutating func next() async -> ByteBuffer? {
                guard !isOver else { return nil }
                isOver = true
                return exchange.begin()
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(exchange: self) }

        /// The client asks for the body once it has written the head: before that, the gateway has nothing that it could act on.
        private func begin() -> ByteBuffer {
            let buffer = body.withBytes { ByteBuffer(bytes: $0) }
            state.withLock { state in
                state.wasBegun = true
                state.given = buffer
            }
            return buffer
        }

        /// Whether the bytes that the client was given are zeros now.
        var isWipedInPlace: Bool { state.withLock { $0.isWipedInPlace } }
        var wasBegun: Bool { state.withLock { $0.wasBegun } }

        var answer: GatewayAnswer? {
            state.withLock { state in
                state.status.map { GatewayAnswer(status: $0, retryAfter: state.retryAfter, json: state.json) }
            }
        }

        func read(_ response: HTTPClientResponse, limit: Int) async throws {
            state.withLock { state in
                state.status = Int(response.status.code)
                state.retryAfter = response.headers.first(name: "retry-after").flatMap {
                    RetryAfter.duration($0, now: SystemTimeSource().now().seconds)
                }
            }
            var collected = ByteBuffer()
            defer { collected.wipe() }
            for try await var part in response.body {
                guard collected.readableBytes + part.readableBytes <= limit else { return }
                collected.writeBuffer(&part)
            }
            try Task.checkCancellation()
            let json = collected.withUnsafeReadableBytes { SecretJSON($0) }
            state.withLock { $0.json = json }
        }

        /// Overwrites the body that the client was given, unless somebody holds it still, as after a request that was given up.
        func wipe() {
            state.withLock { state in
                guard var buffer = state.given.take() else { return }
                let place = buffer.withUnsafeReadableBytes(\.baseAddress)
                buffer.wipe()
                state.isWipedInPlace = place == buffer.withUnsafeReadableBytes(\.baseAddress)
            }
        }
    }

    extension ByteBuffer {
        /// Writes zeros over it, in place where nobody else holds it.
        fileprivate mutating func wipe() {
            withUnsafeMutableReadableBytes { bytes in
                for index in bytes.indices { bytes[index] = 0 }
            }
        }
    }

    extension Duration {
        fileprivate var nanoseconds: Int64 {
            let (seconds, attoseconds) = components
            let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            return overflows ? .max : product + attoseconds / 1_000_000_000
        }
    }
#endif
