#if Tool
    import AuditLog
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// What every command of the host works with when people are to see a number.
    struct HostsRegistry {
        let registry: RevealRegistry

        init(_ options: ConfigurationOptions) async throws {
            let configuration = try options.configuration()
            let path = try configuration.required(configuration.hostKeyring, "hostKeyring", "--host-keyring")
            let partitions = try configuration.partitionCount()
            let database = try await openIdentityStore(configuration)
            let passphrase = try PassphraseOptions.read(options.hostPassphraseFd, of: path)
            let keyring = try HostKeyring(path: path, passphrase: passphrase)
            let keyService = try await connectKeyService(
                configuration, as: .host, keys: keyring.keyService, passphrase: try options.keyServicePassphrase() ?? passphrase)
            registry = RevealRegistry(
                store: keyring.authenticated(database), partitions: partitions, keyring: keyring, keyService: keyService,
                outbox: AuditOutbox(partitions: partitions))
        }
    }
#endif
