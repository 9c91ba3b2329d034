public import RecordStorage

/// Asks one route after another until one takes the message.
///
/// The next is asked only when the one before has certainly not sent it: a message that may have been sent is never sent by another route, as
/// people would get it twice. A route that keeps failing is left alone for a while (``CircuitPolicy``).
public final class FallbackTransport: MessageTransport {
    private struct Route: Sendable {
        let transport: any MessageTransport
        let breaker: CircuitBreaker
    }

    private let routes: [Route]
    private let time: any TimeSource
    public let name: String
    public let capabilities: TransportCapabilities

    /// - Parameter routes: the first choice first; at least one.
    public init(
        _ routes: [any MessageTransport], name: String = "fallback", circuit: CircuitPolicy = CircuitPolicy(),
        time: any TimeSource = SystemTimeSource()
    ) {
        precondition(!routes.isEmpty, "A chain of routes has at least one.")
        self.routes = routes.map { Route(transport: $0, breaker: CircuitBreaker(circuit)) }
        self.time = time
        self.name = name
        capabilities = TransportCapabilities(all: routes.map(\.capabilities))
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        var last: TransportError?
        for route in routes where route.transport.capabilities.serve(message) {
            let pass: CircuitBreaker.Pass
            switch route.breaker.ask(at: time.now()) {
            case .pass(let given): pass = given
            case .rest(let until):
                if last == nil {
                    last = TransportError(.notSent, "Every route for this message rests after failures.", retryAfter: until - time.now())
                }
                continue
            }
            do {
                let receipt = try await route.transport.send(message)
                route.breaker.succeeded(pass)
                return receipt
            } catch {
                if Task.isCancelled || error.isForWantOfRoom {
                    route.breaker.gaveUp(pass)
                } else if error.isOfRoute {
                    route.breaker.failed(pass, at: time.now(), pause: error.retryAfter)
                } else {
                    // It answers, whatever it thinks of this number.
                    route.breaker.succeeded(pass)
                }
                guard error.code != .maybeSent, error.isOfRoute, !Task.isCancelled else { throw error }
                last = error
            }
        }
        throw last ?? TransportError(.unsupported, "No route takes messages of this kind to this country: add one.")
    }

    public func run(_ events: any TransportEventHandler) async { await routes.map(\.transport).run(events) }
    public func note(_ feedback: RouteFeedback) { for route in routes { route.transport.note(feedback) } }
}

extension [any MessageTransport] {
    /// Keeps all of them up.
    func run(_ events: any TransportEventHandler) async {
        await withTaskGroup { group in
            for transport in self { group.addTask { await transport.run(events) } }
        }
    }
}

extension TransportCapabilities {
    /// What several can do together.
    init(all routes: [TransportCapabilities]) {
        let countries = routes.map(\.countries)
        self.init(
            channels: routes.reduce(into: []) { $0.formUnion($1.channels) }, concurrency: routes.reduce(0) { $0 + $1.concurrency },
            countries: countries.contains(nil) ? nil : countries.reduce(into: []) { $0.formUnion($1 ?? []) },
            givesReceipts: routes.allSatisfy(\.givesReceipts), refusesRepeats: routes.allSatisfy(\.refusesRepeats))
    }
}
