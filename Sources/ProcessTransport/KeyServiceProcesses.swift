#if Processes
    public import SealedStore

    extension RequestClient: RequestChannel {
        /// How long a request of the key service or the sender may take: longer than a gateway or a disk does.
        public static let patience: Duration = .seconds(20)

        public func request(_ payload: [UInt8]) async throws(VaultError) -> [UInt8] {
            do {
                return try await request(payload, timeout: Self.patience)
            } catch {
                throw VaultError(.unavailable, error.reason)
            }
        }
    }

    extension RequestServer {
        /// Serves a key service to the parties that a policy lists, each in its role of ``KeyServiceRole``.
        public convenience init(
            keyService: KeyServiceEndpoint, endpoint: ServerEndpoint, peers: PeerPolicy, limits: TransportLimits = .serving,
            observe: @escaping @Sendable (ServerEvent) -> Void = { _ in }
        ) {
            self.init(endpoint: endpoint, peers: peers, limits: limits, observe: observe) { peer, request in
                // A role that the operator misspelt asks for nothing.
                guard let role = KeyServiceRole(rawValue: peer.role) else { return keyService.refuse() }
                return await keyService.answer(request, from: role)
            }
        }

        /// Serves a sender to its host, whose role is `host`.
        public convenience init(
            sender: SenderEndpoint, endpoint: ServerEndpoint, peers: PeerPolicy, limits: TransportLimits = .serving,
            observe: @escaping @Sendable (ServerEvent) -> Void = { _ in }
        ) {
            self.init(endpoint: endpoint, peers: peers, limits: limits, observe: observe) { peer, request in
                guard peer.role == KeyServiceRole.host.rawValue else { return sender.refuse() }
                return await sender.answer(request)
            }
        }
    }
#endif
