#if Tool
    import ArgumentParser
    import AuditLog
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// What every command of the opener works with: the stores, the log, the key service, the machine's keyring and the opener's.
    struct OpenersDesk {
        let opener: PersonKeyring
        let directory: PersonDirectory
        let desk: RevealDesk
        private let keyring: OpenerKeyring
        private let rosterPath: String?

        /// - Parameter passphrase: of the opener's own keyring.
        init(_ options: ConfigurationOptions, opener person: String, passphrase: KeyringPassphrase) async throws {
            let configuration = try options.configuration()
            let path = try configuration.required(configuration.openerKeyring, "openerKeyring", "--opener-keyring")
            let logPath = try configuration.required(configuration.log, "log", "--log")
            let logKey = try Files.logKey(try configuration.required(configuration.logKey, "logKey", "--log-key"))
            let partitions = try configuration.partitionCount()
            let database = try await openIdentityStore(configuration)
            let keyringPassphrase = try PassphraseOptions.read(options.openerPassphraseFd, of: path)
            opener = try PersonKeyring(path: person, passphrase: passphrase)
            keyring = try OpenerKeyring(path: path, passphrase: keyringPassphrase)
            guard opener.deployment == keyring.deployment else { throw Refusal("The opener's keyring is of another deployment.") }
            let keyService = try await connectKeyService(
                configuration, as: .opener, keys: keyring.keyService, passphrase: try options.keyServicePassphrase() ?? keyringPassphrase)
            let store = keyring.authenticated(database)
            directory = PersonDirectory(store: store, partitions: partitions)
            desk = RevealDesk(
                store: store, partitions: partitions, keyring: keyring, opener: opener, keyService: keyService,
                evaluator: keyService, recorder: AuditOutbox(partitions: partitions),
                log: EvidenceSource(DirectoryTileStore(directory: logPath), key: logKey))
            rosterPath = configuration.roster
        }

        /// A request, under no older roster than the configuration knows.
        func request(_ path: String) throws -> RevealFile {
            let file = try Files.message(path, RevealFile.init(bytes:))
            let known = try rosterPath.map { try Rosters.read($0, custodians: keyring.custodians).number } ?? 0
            _ = try RevealReview(file, custodians: keyring.custodians, knownRoster: known, at: SystemTimeSource().now())
            return file
        }
    }

    func openIdentityStore(_ configuration: ToolConfiguration) async throws -> SQLiteRecordStore {
        let path = try configuration.required(configuration.identityStore, "identityStore", "--identity-store")
        // A store that is not there would be made, and every person be unknown in it.
        guard Files.exist(at: path) else { throw Refusal.usage("There is no identity store at \(path).") }
        return try await SQLiteRecordStore(path: path)
    }
#endif
