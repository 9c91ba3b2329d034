#if Tool
    import ArgumentParser
    import IdentityTypes
    import ProcessTransport
    import RecordStorage
    import SQLiteStorage
    import SealedStore
    import ServiceLifecycle

    struct KeyServiceCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key-service", abstract: "Run the key service: the process that alone holds shred keys and index keys.",
            discussion: """
                It has a user, a store and backups of its own. The configuration's "keyService": {"serve": {…}} says where its store and \
                keyring are, where it listens, and which user or certificate may ask in which role: host, evaluator, sender, opener. \
                Several may run on one store. SIGTERM ends it when what was begun is done.
                """)

        @Option(help: "The configuration: a JSON file.") var config: String
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(
            help: """
                Forget the head of the log that was seen last, and end: by decision of people, after entries of the log were lost. The next \
                log that an opener shows is taken as it comes.
                """)
        var forgetLogHead = false

        func run() async throws {
            let configuration = try ToolConfiguration.read(config)
            guard let serve = configuration.keyService?.serve else {
                throw Refusal.usage(
                    "The configuration has no \"keyService\": {\"serve\": {…}}: it says of no key service to run.")
            }
            let places = try ServerGroup.places(serve.listen, roles: KeyServiceRole.allCases)
            let keyring = try KeyServiceKeyring(path: serve.keyring, passphrase: try passphrase.passphrase(of: serve.keyring))
            let log = try configuration.logKey.map { try Files.logKey($0) }
            let store = try await SQLiteRecordStore(path: serve.store)
            var budget = LocalKeyService.Budget()
            budget.releasesPerDay = serve.releasesPerDay ?? budget.releasesPerDay
            budget.revealsPerDay = serve.revealsPerDay ?? budget.revealsPerDay
            budget.historiesPerDay = serve.historiesPerDay ?? budget.historiesPerDay
            budget.evaluationsPerDay = serve.evaluationsPerDay ?? budget.evaluationsPerDay
            let service = LocalKeyService(
                store: store, keyring: keyring, partitions: try configuration.partitionCount(), budget: budget, log: log,
                observer: Alarm(), forgetOldPages: { () throws(StorageError) in try await store.truncateWriteAheadLog() })
            if forgetLogHead {
                let forgotten = try await service.forgetLogHead()
                print(forgotten.map { "Forgotten: \($0.size) entries, \(Hexadecimal.encode($0.root))." } ?? "No log was seen yet.")
                return try await store.close()
            }
            let endpoint = KeyServiceEndpoint(service, evaluationsPerSecond: serve.evaluationsPerSecond ?? 500)
            let services: [any Service] = places.map { place in
                ListeningService(
                    name: "key service",
                    server: RequestServer(
                        keyService: endpoint, endpoint: place.endpoint, peers: place.peers, observe: ServerGroup.observer(place.name)))
            }
            let sweeper = Repeating(every: .seconds(600)) { _ = try? await service.sweep() }
            if log == nil { StandardError.write("no \"logKey\" in the configuration: nothing is released to people\n") }
            try await ServerGroup.run(services + [sweeper])
            try await store.close()
        }
    }
#endif
