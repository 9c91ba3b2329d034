#if Tool
    import AuditLog
    import ProcessTransport
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// Reaches the key service as the configuration says.
    ///
    /// - Parameters:
    ///   - role: as whom.
    ///   - keys: of the key service, as the party's keyring names them.
    ///   - passphrase: of the key service's own keyring, which the in-process form opens.
    func connectKeyService(
        _ configuration: ToolConfiguration, as role: KeyServiceRole, keys: KeyServicePublicKeys?, passphrase: KeyringPassphrase
    ) async throws -> any KeyService & RevealKeyService & TagEvaluator {
        if let remote = configuration.keyService?.remote {
            guard let keys else {
                throw Refusal("The keyring does not know the key service: it was made by an older version; draw the keyrings anew.")
            }
            return RemoteKeyService(try remote.client(as: role), keys: keys)
        }
        guard let inProcess = configuration.keyService?.inProcess else {
            throw Refusal.usage(
                "The configuration says not how to reach the key service: add \"keyService\": {\"remote\": {\"socket\": …}}."
            )
        }
        guard Files.exist(at: inProcess.store) else {
            throw Refusal.usage("There is no store of the key service at \(inProcess.store).")
        }
        let keyring = try KeyServiceKeyring(path: inProcess.keyring, passphrase: passphrase)
        let store = try await SQLiteRecordStore(path: inProcess.store)
        StandardError.write("\(LocalKeyService.profile)\n")
        return LocalKeyService(
            store: store, keyring: keyring, partitions: try configuration.partitionCount(),
            log: try configuration.logKey.map { try Files.logKey($0) }, observer: Alarm(),
            forgetOldPages: { () throws(StorageError) in try await store.truncateWriteAheadLog() })
    }
#endif
