#if Tool
    import ProcessTransport
    import SealedStore

    /// Where a process listens, and who may come in which roles: a socket with users, or TLS with certificates.
    struct Listening: Decodable {
        var socket: String?
        /// In octal, such as `0660`.
        var mode: String?
        /// User ids, each with its roles.
        var users: [String: [String]]?
        var tls: TLS?

        struct TLS: Decodable {
            var host: String
            var port: Int
            var certificate: String
            var key: String
            var peers: [Peer]

            struct Peer: Decodable {
                var certificate: String
                var roles: [String]

                private enum CodingKeys: String, CodingKey, CaseIterable { case certificate, roles }

                init(certificate: String, roles: [String]) { (self.certificate, self.roles) = (certificate, roles) }

                init(from decoder: any Decoder) throws {
                    try refuseOthers(than: CodingKeys.self, decoder)
                    let container = try decoder.container(keyedBy: CodingKeys.self)
                    certificate = try container.decode(String.self, forKey: .certificate)
                    roles = try container.decode([String].self, forKey: .roles)
                }
            }

            private enum CodingKeys: String, CodingKey, CaseIterable { case host, port, certificate, key, peers }

            init(from decoder: any Decoder) throws {
                try refuseOthers(than: CodingKeys.self, decoder)
                let container = try decoder.container(keyedBy: CodingKeys.self)
                host = try container.decode(String.self, forKey: .host)
                port = try container.decode(Int.self, forKey: .port)
                certificate = try container.decode(String.self, forKey: .certificate)
                key = try container.decode(String.self, forKey: .key)
                peers = try container.decode([Peer].self, forKey: .peers)
                try demandPort(port, in: container, forKey: .port)
            }
        }

        private enum CodingKeys: String, CodingKey, CaseIterable { case socket, mode, users, tls }

        init(from decoder: any Decoder) throws {
            try refuseOthers(than: CodingKeys.self, decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            socket = try container.decodeIfPresent(String.self, forKey: .socket)
            mode = try container.decodeIfPresent(String.self, forKey: .mode)
            users = try container.decodeIfPresent([String: [String]].self, forKey: .users)
            tls = try container.decodeIfPresent(TLS.self, forKey: .tls)
            guard tls == nil || (mode == nil && users == nil) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .tls, in: container, debugDescription: "\"mode\" and \"users\" are a socket's; \"tls\" has \"peers\".")
            }
        }

        /// What an operator calls this place.
        var name: String { socket ?? tls.map(\.host) ?? "" }

        /// - Parameter roles: those that there are at this server; another one would be a misspelt one, which nobody could come in.
        func endpoint(_ roles: [KeyServiceRole]) throws -> (ServerEndpoint, PeerPolicy) {
            let known = Set(roles.map(\.rawValue))
            for role in (users ?? [:]).values.joined() + (tls?.peers ?? []).flatMap(\.roles) where !known.contains(role) {
                throw Refusal.usage("There is no role \"\(role)\" here; there is \(known.sorted().joined(separator: ", ")).")
            }
            switch (socket, tls) {
            case (let socket?, nil):
                guard let mode = UInt32(mode ?? "0600", radix: 8), mode & ~0o666 == 0 else {
                    throw Refusal.usage("A socket's mode is octal, such as 0660.")
                }
                var policy = PeerPolicy()
                for (user, roles) in users ?? [:] {
                    guard let id = UInt32(user) else { throw Refusal.usage("Users are named by their number, as `id -u` says it.") }
                    policy.users[id] = Set(roles)
                }
                guard !policy.users.isEmpty else {
                    throw Refusal.usage("A socket without \"users\" serves nobody: list who may ask, and as what.")
                }
                return (.unixSocket(path: socket, mode: mode), policy)
            case (nil, let tls?):
                var policy = PeerPolicy()
                guard !tls.peers.isEmpty else { throw Refusal.usage("TLS without \"peers\" serves nobody: list who may ask, and as what.") }
                for peer in tls.peers { policy.certificates[try PinnedCertificate(pemFile: peer.certificate)] = Set(peer.roles) }
                let identity = try TLSIdentity(certificateFile: tls.certificate, privateKeyFile: tls.key)
                return (.tls(host: tls.host, port: tls.port, identity: identity), policy)
            default: throw Refusal.usage("Each place to listen at is either a \"socket\" or \"tls\".")
            }
        }

        /// Paths as they are seen from the configuration's directory.
        func resolved(_ resolve: (String) -> String) -> Listening {
            var copy = self
            copy.socket = socket.map(resolve)
            if var tls {
                tls.certificate = resolve(tls.certificate)
                tls.key = resolve(tls.key)
                tls.peers = tls.peers.map { .init(certificate: resolve($0.certificate), roles: $0.roles) }
                copy.tls = tls
            }
            return copy
        }
    }

    /// Where another process is, and how to know it.
    struct Reaching: Decodable {
        var socket: String?
        /// The user that the other process must run as.
        var user: UInt32?
        var tls: TLS?

        struct TLS: Decodable {
            var host: String
            var port: Int
            var certificate: String
            var key: String
            /// Certificates of which the server has one.
            var server: [String]

            private enum CodingKeys: String, CodingKey, CaseIterable { case host, port, certificate, key, server }

            init(from decoder: any Decoder) throws {
                try refuseOthers(than: CodingKeys.self, decoder)
                let container = try decoder.container(keyedBy: CodingKeys.self)
                host = try container.decode(String.self, forKey: .host)
                port = try container.decode(Int.self, forKey: .port)
                certificate = try container.decode(String.self, forKey: .certificate)
                key = try container.decode(String.self, forKey: .key)
                server = try container.decode([String].self, forKey: .server)
                try demandPort(port, in: container, forKey: .port)
            }
        }

        private enum CodingKeys: String, CodingKey, CaseIterable { case socket, user, tls }

        init(from decoder: any Decoder) throws {
            try refuseOthers(than: CodingKeys.self, decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            socket = try container.decodeIfPresent(String.self, forKey: .socket)
            user = try container.decodeIfPresent(UInt32.self, forKey: .user)
            tls = try container.decodeIfPresent(TLS.self, forKey: .tls)
        }

        func client(as role: KeyServiceRole) throws -> RequestClient {
            switch (socket, tls) {
            case (let socket?, nil):
                return try RequestClient(endpoint: .unixSocket(path: socket, user: user), role: role.rawValue)
            case (nil, let tls?):
                let identity = try TLSIdentity(certificateFile: tls.certificate, privateKeyFile: tls.key)
                var pins: Set<PinnedCertificate> = []
                for path in tls.server { pins.insert(try PinnedCertificate(pemFile: path)) }
                return try RequestClient(
                    endpoint: .tls(host: tls.host, port: tls.port, identity: identity, server: pins), role: role.rawValue)
            default: throw Refusal.usage("Another process is reached by either a \"socket\" or \"tls\".")
            }
        }

        func resolved(_ resolve: (String) -> String) -> Reaching {
            var copy = self
            copy.socket = socket.map(resolve)
            if var tls {
                tls.certificate = resolve(tls.certificate)
                tls.key = resolve(tls.key)
                tls.server = tls.server.map(resolve)
                copy.tls = tls
            }
            return copy
        }
    }

    private func demandPort<Key>(_ port: Int, in container: KeyedDecodingContainer<Key>, forKey key: Key) throws {
        guard (0...65_535).contains(port) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "A port is 1 to 65535, or 0 for any.")
        }
    }
#endif
