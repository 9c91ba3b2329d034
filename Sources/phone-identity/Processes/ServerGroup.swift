#if Tool
    import Logging
    import ProcessTransport
    import SealedStore
    import ServiceLifecycle

    /// One place where a process listens, as a service that ends gracefully: what it has begun, it finishes.
    struct ListeningService: Service {
        let name: String
        let server: RequestServer

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                server.stop()
            }
        }
    }

    /// Something that goes on until it is told to stop.
    struct Repeating: Service {
        let every: Duration
        let work: @Sendable () async -> Void

        func run() async throws {
            await cancelWhenGracefulShutdown {
                while true {
                    await work()
                    do { try await Task.sleep(for: every) } catch { return }
                }
            }
        }
    }

    enum ServerGroup {
        struct Place {
            let name: String
            let endpoint: ServerEndpoint
            let peers: PeerPolicy
        }

        /// Where the configuration says to listen. Looked at before a passphrase is asked for.
        static func places(_ listen: [Listening], roles: [KeyServiceRole]) throws -> [Place] {
            guard !listen.isEmpty else { throw Refusal.usage("This process would listen nowhere: add to \"listen\".") }
            return try listen.map { listening in
                let (endpoint, peers) = try listening.endpoint(roles)
                return Place(name: listening.name, endpoint: endpoint, peers: peers)
            }
        }

        /// Runs services until SIGTERM or SIGINT.
        static func run(_ services: [any Service]) async throws {
            var logger = Logger(label: "phone-identity") { StreamLogHandler.standardError(label: $0) }
            logger.logLevel = .error
            let group = ServiceGroup(
                configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
        }

        /// Says what happened at a place, for an operator: who was refused, and where it listens.
        static func observer(_ place: String) -> @Sendable (ServerEvent) -> Void {
            { event in
                switch event {
                case .listening(let port): StandardError.write("listening at \(place)\(port.map { ", port \($0)" } ?? "")\n")
                case .refused(let refusal): StandardError.write("refused at \(place): \(sentence(refusal))\n")
                default: break
                }
            }
        }

        private static func sentence(_ refusal: ServerEvent.Refusal) -> String {
            switch refusal {
            case .unknownUser(let user): "user \(user) is not listed"
            case .roleNotAllowed: "a role that this peer does not have"
            case .handshake: "no certificate that is listed"
            case .noGreeting: "a peer that did not say who it is"
            case .tooManyConnections: "too many connections"
            }
        }
    }
#endif
