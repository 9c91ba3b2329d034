#if Tool
    import AuditLog
    import ProcessTransport
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// Reaches the key service as the configuration says.
    ///
    /// - Parameters:
    ///   - keys: of the key service, as the host keyring names them.
    ///   - passphrase: of the keyrings of the ceremony, one of which the in-process form opens.
    ///   - logKey: with which evidence of approvals is checked.
    func connectKeyService(
        _ configuration: ToolConfiguration, keys: KeyServicePublicKeys?, passphrase: KeyringPassphrase, logKey: LogKey
    ) async throws -> any RevealKeyService & TagEvaluator {
        if let remote = configuration.keyService?.remote {
            guard let keys else {
                throw Refusal("The host keyring does not know the key service: it was made by an older version; draw the keyrings anew.")
            }
            return RemoteKeyService(try remote.client(as: .opener), keys: keys)
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
            store: store, keyring: keyring, partitions: try configuration.partitionCount(), log: logKey,
            forgetOldPages: { () throws(StorageError) in try await store.truncateWriteAheadLog() })
    }
#endif
