#if Tool
    import ArgumentParser
    import RecordStorage
    import SealedStore

    #if canImport(FoundationEssentials)
        import FoundationEssentials
    #else
        import Foundation
    #endif

    /// Where a deployment's parts are: a JSON file, and flags that go before it.
    ///
    /// Paths in the file start from its directory, those of flags from the working directory.
    struct ConfigurationOptions: ParsableArguments {
        @Option(help: "The deployment's configuration: a JSON file.") var config: String?
        @Option(help: "The identity store's SQLite file.") var identityStore: String?
        @Option(help: "The host's keyring.") var hostKeyring: String?
        @Option(help: "The keyring of the machine on which records are opened.") var openerKeyring: String?
        @Option(help: "The directory of the log.") var log: String?
        @Option(help: "The log's public key.") var logKey: String?
        @Option(help: "The newest roster; a request under an older one is refused.") var roster: String?
        @Option(help: "How many partitions the deployment was made with; 256 unless said.") var partitions: Int?
        @Option(help: "Read the passphrase of the host's keyring from this descriptor. Without it the terminal asks.")
        var hostPassphraseFd: Int32?
        @Option(help: "The same for the keyring of the machine on which records are opened.") var openerPassphraseFd: Int32?
        @Option(
            help: "The same for a key service's keyring in this process; without it, it opens with the passphrase of the keyring above.")
        var keyServicePassphraseFd: Int32?

        func configuration() throws -> ToolConfiguration {
            var read = try config.map(ToolConfiguration.read) ?? ToolConfiguration()
            read.identityStore = identityStore ?? read.identityStore
            read.hostKeyring = hostKeyring ?? read.hostKeyring
            read.openerKeyring = openerKeyring ?? read.openerKeyring
            read.log = log ?? read.log
            read.logKey = logKey ?? read.logKey
            read.roster = roster ?? read.roster
            read.partitions = partitions ?? read.partitions
            return read
        }

        func keyServicePassphrase() throws -> KeyringPassphrase? {
            try keyServicePassphraseFd.map { try PassphraseOptions.read($0, of: "the key service's keyring") }
        }
    }

    /// The content of `--config FILE`.
    struct ToolConfiguration: Decodable {
        var identityStore: String?
        var hostKeyring: String?
        var openerKeyring: String?
        var log: String?
        var logKey: String?
        var roster: String?
        var partitions: Int?
        var keyService: KeyService?
        var sender: Sender?

        /// The sender that this configuration runs.
        struct Sender: Decodable {
            var keyring: String
            var listen: [Listening]
            /// The words of each template, by its name.
            var texts: [String: String]
            /// A directory for messages: the development transport.
            var inbox: String

            private enum CodingKeys: String, CodingKey, CaseIterable { case keyring, listen, texts, inbox }

            init(from decoder: any Decoder) throws {
                try refuseOthers(than: CodingKeys.self, decoder)
                let container = try decoder.container(keyedBy: CodingKeys.self)
                keyring = try container.decode(String.self, forKey: .keyring)
                listen = try container.decode([Listening].self, forKey: .listen)
                texts = try container.decode([String: String].self, forKey: .texts)
                inbox = try container.decode(String.self, forKey: .inbox)
            }
        }

        /// How the key service is reached.
        struct KeyService: Decodable {
            var inProcess: InProcess?
            /// In another process.
            var remote: Reaching?
            /// The one that this configuration runs.
            var serve: Serve?

            struct Serve: Decodable {
                var store: String
                var keyring: String
                var listen: [Listening]
                var releasesPerDay: UInt32?
                var revealsPerDay: UInt32?
                var historiesPerDay: UInt32?
                var evaluationsPerSecond: Int?
                var evaluationsPerDay: UInt32?

                private enum CodingKeys: String, CodingKey, CaseIterable {
                    case store, keyring, listen, releasesPerDay, revealsPerDay, historiesPerDay, evaluationsPerSecond, evaluationsPerDay
                }

                init(from decoder: any Decoder) throws {
                    try refuseOthers(than: CodingKeys.self, decoder)
                    let container = try decoder.container(keyedBy: CodingKeys.self)
                    store = try container.decode(String.self, forKey: .store)
                    keyring = try container.decode(String.self, forKey: .keyring)
                    listen = try container.decode([Listening].self, forKey: .listen)
                    releasesPerDay = try container.decodeIfPresent(UInt32.self, forKey: .releasesPerDay)
                    revealsPerDay = try container.decodeIfPresent(UInt32.self, forKey: .revealsPerDay)
                    historiesPerDay = try container.decodeIfPresent(UInt32.self, forKey: .historiesPerDay)
                    evaluationsPerDay = try container.decodeIfPresent(UInt32.self, forKey: .evaluationsPerDay)
                    evaluationsPerSecond = try container.decodeIfPresent(Int.self, forKey: .evaluationsPerSecond)
                    guard evaluationsPerSecond.map({ $0 > 0 }) ?? true else {
                        throw DecodingError.dataCorruptedError(
                            forKey: .evaluationsPerSecond, in: container, debugDescription: "At least one tag a second is made.")
                    }
                }
            }

            /// In this process, over its own store.
            struct InProcess: Decodable {
                var store: String
                var keyring: String

                private enum CodingKeys: String, CodingKey, CaseIterable { case store, keyring }

                init(from decoder: any Decoder) throws {
                    try refuseOthers(than: CodingKeys.self, decoder)
                    let container = try decoder.container(keyedBy: CodingKeys.self)
                    store = try container.decode(String.self, forKey: .store)
                    keyring = try container.decode(String.self, forKey: .keyring)
                }
            }

            private enum CodingKeys: String, CodingKey, CaseIterable { case inProcess, remote, serve }

            init(from decoder: any Decoder) throws {
                try refuseOthers(than: CodingKeys.self, decoder)
                let container = try decoder.container(keyedBy: CodingKeys.self)
                inProcess = try container.decodeIfPresent(InProcess.self, forKey: .inProcess)
                remote = try container.decodeIfPresent(Reaching.self, forKey: .remote)
                serve = try container.decodeIfPresent(Serve.self, forKey: .serve)
            }
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case identityStore, hostKeyring, openerKeyring, log, logKey, roster, partitions, keyService, sender
        }

        init() {}

        init(from decoder: any Decoder) throws {
            try refuseOthers(than: CodingKeys.self, decoder)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            identityStore = try container.decodeIfPresent(String.self, forKey: .identityStore)
            hostKeyring = try container.decodeIfPresent(String.self, forKey: .hostKeyring)
            openerKeyring = try container.decodeIfPresent(String.self, forKey: .openerKeyring)
            log = try container.decodeIfPresent(String.self, forKey: .log)
            logKey = try container.decodeIfPresent(String.self, forKey: .logKey)
            roster = try container.decodeIfPresent(String.self, forKey: .roster)
            partitions = try container.decodeIfPresent(Int.self, forKey: .partitions)
            keyService = try container.decodeIfPresent(KeyService.self, forKey: .keyService)
            sender = try container.decodeIfPresent(Sender.self, forKey: .sender)
        }

        static func read(_ path: String) throws -> ToolConfiguration {
            let bytes = try Files.bytes(of: path)
            var read: ToolConfiguration
            do { read = try JSONDecoder().decode(ToolConfiguration.self, from: Data(bytes)) } catch let error as DecodingError {
                throw Refusal.usage("\(path): \(sentence(error))")
            }
            let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            func resolve(_ path: inout String?) { path = path.map { resolved($0) } }
            func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : directory + path }
            resolve(&read.identityStore)
            resolve(&read.hostKeyring)
            resolve(&read.openerKeyring)
            resolve(&read.log)
            resolve(&read.logKey)
            resolve(&read.roster)
            if let inProcess = read.keyService?.inProcess {
                read.keyService?.inProcess?.store = resolved(inProcess.store)
                read.keyService?.inProcess?.keyring = resolved(inProcess.keyring)
            }
            let remote = read.keyService?.remote?.resolved(resolved)
            read.keyService?.remote = remote
            if let serve = read.keyService?.serve {
                read.keyService?.serve?.store = resolved(serve.store)
                read.keyService?.serve?.keyring = resolved(serve.keyring)
                read.keyService?.serve?.listen = serve.listen.map { $0.resolved(resolved) }
            }
            if let sender = read.sender {
                read.sender?.keyring = resolved(sender.keyring)
                read.sender?.inbox = resolved(sender.inbox)
                read.sender?.listen = sender.listen.map { $0.resolved(resolved) }
            }
            return read
        }

        private static func sentence(_ error: DecodingError) -> String {
            switch error {
            case .keyNotFound(let key, let context):
                let place = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
                return "The setting \"\(place)\" is missing."
            case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
                let place = context.codingPath.map(\.stringValue).joined(separator: ".")
                return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
            @unknown default: return "This is no configuration."
            }
        }

        // MARK: What a command needs

        func required(_ value: String?, _ name: String, _ flag: String) throws -> String {
            guard let value else { throw Refusal.usage("The configuration has no \(name): add it to the file, or say \(flag).") }
            return value
        }

        func partitionCount() throws -> PartitionCount {
            guard let partitions else { return .standard }
            guard let count = PartitionCount(rawValue: partitions) else {
                throw Refusal.usage("The number of partitions is a power of two, 1 to 32,768: the one that the deployment was made with.")
            }
            return count
        }
    }

    /// A misspelt name would otherwise be taken for one that was left out.
    func refuseOthers<Keys: CodingKey & CaseIterable>(than keys: Keys.Type, _ decoder: any Decoder) throws {
        let known = Set(Keys.allCases.map(\.stringValue))
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "There is no setting \"\(key.stringValue)\"; there are \(known.sorted().joined(separator: ", "))."))
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
#endif
