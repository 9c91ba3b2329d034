#if Tool
    import ArgumentParser
    import AuditLog
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// What every command of the opener works with: the stores, the log, the key service and the opener's keyring.
    struct OpenersDesk {
        let opener: PersonKeyring
        let directory: PersonDirectory
        let desk: RevealDesk
        private let host: HostKeyring
        private let rosterPath: String?

        /// - Parameter passphrase: of the opener's keyring.
        init(_ options: ConfigurationOptions, opener keyring: String, passphrase: KeyringPassphrase) async throws {
            let configuration = try options.configuration()
            let hostPath = try configuration.required(configuration.hostKeyring, "hostKeyring", "--host-keyring")
            let storePath = try configuration.required(configuration.identityStore, "identityStore", "--identity-store")
            let logPath = try configuration.required(configuration.log, "log", "--log")
            let logKey = try Files.logKey(try configuration.required(configuration.logKey, "logKey", "--log-key"))
            let partitions = try configuration.partitionCount()
            // A store that is not there would be made, and every person be unknown in it.
            guard Files.exist(at: storePath) else { throw Refusal.usage("There is no identity store at \(storePath).") }
            let hostPassphrase = try PassphraseOptions.read(options.hostPassphraseFd, of: hostPath)
            opener = try PersonKeyring(path: keyring, passphrase: passphrase)
            host = try HostKeyring(path: hostPath, passphrase: hostPassphrase)
            guard opener.deployment == host.deployment else { throw Refusal("The opener's keyring is of another deployment.") }
            let store = try await SQLiteRecordStore(path: storePath)
            let keyService = try await connectKeyService(
                configuration, keys: host.keyService, passphrase: hostPassphrase, logKey: logKey)
            directory = PersonDirectory(store: store, partitions: partitions, keyring: host)
            desk = try RevealDesk(
                store: host.authenticated(store), partitions: partitions, keyring: host, opener: opener, keyService: keyService,
                evaluator: keyService, recorder: AuditOutbox(partitions: partitions),
                log: EvidenceSource(DirectoryTileStore(directory: logPath), key: logKey))
            rosterPath = configuration.roster
        }

        /// A request, under no older roster than the configuration knows.
        func request(_ path: String) throws -> RevealFile {
            let file = try RevealFile(bytes: try Files.bytes(of: path))
            guard let custodians = host.custodians else { return file }
            let known = try rosterPath.map { try Rosters.read($0, custodians: custodians).number } ?? 0
            _ = try RevealReview(file, custodians: custodians, knownRoster: known, at: SystemTimeSource().now())
            return file
        }
    }
#endif
