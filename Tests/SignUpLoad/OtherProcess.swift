#if SQLite
    import ProcessTransport
    import SealedStore

    /// A key service in a process of its own.
    struct OtherProcess {
        private let keyService: String
        private let evaluator: String

        /// - Returns: `nil` where the options name none.
        init?(_ options: [String: String]) {
            guard let place = options["--key-service"] else { return nil }
            (keyService, evaluator) = (place, options["--evaluator"] ?? place)
        }

        func channel(as role: KeyServiceRole) throws -> any RequestChannel {
            try Self.channel(role == .evaluator ? evaluator : keyService, role.rawValue)
        }

        static func sender(_ place: String) throws -> RemoteSender { RemoteSender(try channel(place, "host")) }

        #if Processes
            private static func channel(_ place: String, _ role: String) throws -> any RequestChannel {
                let words = place.split(separator: ",").map(String.init)
                guard words.first == "tls" else { return try RequestClient(endpoint: .unixSocket(path: place), role: role) }
                guard words.count == 6, let port = Int(words[2]) else { throw WrongUse() }
                let identity = try TLSIdentity(certificateFile: words[3], privateKeyFile: words[4])
                return try RequestClient(
                    endpoint: .tls(host: words[1], port: port, identity: identity, server: [try PinnedCertificate(pemFile: words[5])]),
                    role: role)
            }
        #else
            private static func channel(_ place: String, _ role: String) throws -> any RequestChannel { throw WrongUse() }
        #endif
    }
#endif
