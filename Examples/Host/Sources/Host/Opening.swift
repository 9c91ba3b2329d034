import PhoneIdentity
import SQLiteStorage

// [readme]
func openIdentity(in directory: String, passphrase: KeyringPassphrase, transport: some MessageTransport) async throws -> IdentityService {
    let (identityStore, shredStore) = (
        try await SQLiteRecordStore(path: "\(directory)/identity.sqlite"), try await SQLiteRecordStore(path: "\(directory)/shred.sqlite")
    )
    let keyService = LocalKeyService(  // in this process: for development and small hosts
        store: shredStore, keyring: try KeyServiceKeyring(path: "\(directory)/keyservice.keyring", passphrase: passphrase),
        forgetOldPages: { () throws(StorageError) in try await shredStore.truncateWriteAheadLog() })
    let log = try IdentityEnvironment.Log(
        directory: "\(directory)/log", head: "\(directory)/log.head",
        keyring: try LogKeyring(path: "\(directory)/log.keyring", passphrase: passphrase))
    return try await IdentityService.open(
        IdentityEnvironment(
            identityStore: identityStore,
            forgetOldPages: { () throws(StorageError) in try await identityStore.truncateWriteAheadLog() },
            keyring: try HostKeyring(path: "\(directory)/host.keyring", passphrase: passphrase), keyService: keyService,
            tagEvaluator: keyService, transport: transport, log: log, policy: IdentityPolicy(template: CodeTemplate(brand: "Example"))))
}
// [/readme]
