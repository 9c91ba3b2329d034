#if Tool
    import ArgumentParser
    import AuditLog
    import IdentityTypes
    import Messaging
    import PhoneIdentity
    import ProcessTransport
    import RecordStorage
    import SQLiteStorage
    import SealedStore
    import ServiceLifecycle

    struct SenderCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sender",
            abstract: "Run the sender: the process that opens a record for a message, and tells only how that went.",
            discussion: """
                It has a user of its own and the only sender's keyring. The configuration's "sender": {…} says where it listens for the \
                host's orders, which texts it knows, and how messages leave; "keyService": {"remote": {…}} where the key service is. \
                Several may run. SIGTERM ends it when what was begun is done.
                """)

        @Option(help: "The configuration: a JSON file.") var config: String
        @OptionGroup var passphrase: PassphraseOptions

        func run() async throws {
            let configuration = try ToolConfiguration.read(config)
            guard let settings = configuration.sender else {
                throw Refusal.usage("The configuration has no \"sender\": {…}: it says nothing about a sender to run.")
            }
            guard let remote = configuration.keyService?.remote else {
                throw Refusal.usage("The configuration has no \"keyService\": {\"remote\": {…}}: a sender opens nothing without one.")
            }
            let places = try ServerGroup.places(settings.listen, roles: [.host])
            let keyring = try SenderKeyring(path: settings.keyring, passphrase: try passphrase.passphrase(of: settings.keyring))
            let path = try configuration.required(configuration.identityStore, "identityStore", "\"identityStore\"")
            guard Files.exist(at: path) else { throw Refusal.usage("There is no identity store at \(path).") }
            let store = try await SQLiteRecordStore(path: path)
            guard let rows = keyring.authenticated(store), let keys = keyring.keyService else {
                throw Refusal("The sender's keyring was made by an older version: draw the keyrings anew.")
            }
            let partitions = try configuration.partitionCount()
            let client = try remote.client(as: .sender)
            let keyService = RemoteKeyService(client, keys: keys)
            let roster = try configuration.roster.map { path in
                guard let custodians = keyring.custodians else {
                    throw Refusal("The sender's keyring names no custodians, so it cannot tell whose roster this is.")
                }
                return try Rosters.read(path, custodians: custodians)
            }
            if let roster { try await SeenRoster.take(roster, in: rows) }
            let resealing = roster.map { roster in
                let recipients = RecordRecipients(keyring, roster: roster)
                return LocalSender.Resealing(
                    Resealer(store: rows, partitions: partitions, recipients: recipients, keyService: keyService),
                    recorder: AuditOutbox(partitions: partitions))
            }
            StandardError.write("messages are written to a directory, in the open: a development transport\n")
            let recipient = try MessagingRecipient(
                try DevelopmentInboxDirectory(path: settings.inbox), texts: settings.texts.mapValues { MessagingRecipient.Text($0) },
                store: store, keyring: keyring, partitions: partitions, observer: MessageNotices())
            let sender = LocalSender(
                store: rows, keyring: keyring, keyService: keyService, recipient: recipient, resealing: resealing)
            let services: [any Service] = places.map { place in
                ListeningService(
                    name: "sender",
                    server: RequestServer(
                        sender: SenderEndpoint(sender), endpoint: place.endpoint, peers: place.peers,
                        observe: ServerGroup.observer(place.name)))
            }
            try await ServerGroup.run(services)
            await client.shutdown()
            try await store.close()
        }
    }

    /// What the sender tells an operator of messages: a line on standard error for each that did not go as it should.
    private struct MessageNotices: Observer {
        func observe(_ observation: Observation) {
            guard observation.name != "handed-over" else { return }
            StandardError.write(
                ([observation.name, observation.errorCode, observation.labels[.cause]].compactMap(\.self)).joined(separator: " ") + "\n")
        }
    }
#endif
