import Foundation
import PhoneIdentity
import SQLiteStorage

/// Everything of one deployment, in one directory.
///
/// A real service keeps these apart: the key service and the sender are processes of their own, with keyrings, stores and backups that the
/// host never sees. Here all run in one process, and say so.
struct Deployment {
    let directory: String
    let service: IdentityService
    let inbox: DevelopmentInbox
    let clock: DemonstrationClock
    /// What an operator should know of this arrangement.
    let profiles: [String]

    init(directory: String, codeDigits: Int) async throws {
        self.directory = directory
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        do { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) } catch {
            throw DirectoryError.unusable
        }

        // Keys: drawn once, each in the file of the party that holds it, under one passphrase.
        let random = SystemRandomSource()
        let passphrase = try developmentPassphrase(at: path("passphrase"), random)
        if !FileManager.default.fileExists(atPath: path("host.keyring")) {
            try KeyringCeremony(origin: "example.com/phone-identity").perform(
                directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
        }

        // Two stores: the identity store, and the one that the key service alone holds.
        let identityStore = try await SQLiteRecordStore(path: path("identity.sqlite"))
        let shredStore = try await SQLiteRecordStore(path: path("shred.sqlite"))
        clock = DemonstrationClock()
        let keyService = LocalKeyService(
            store: shredStore, keyring: try KeyServiceKeyring(path: path("keyservice.keyring"), passphrase: passphrase), time: clock,
            forgetOldPages: { () throws(StorageError) in try await shredStore.truncateWriteAheadLog() })

        var policy = IdentityPolicy(template: CodeTemplate(brand: "Example", webDomain: "example.com"))
        policy.challenges = try .init(digits: codeDigits)
        inbox = DevelopmentInbox()
        let log = try IdentityEnvironment.Log(
            directory: path("log"), head: path("log.head"), keyring: try LogKeyring(path: path("log.keyring"), passphrase: passphrase))
        try Data((log.signer.key.text + "\n").utf8).write(to: URL(filePath: path("log.pub")))

        service = try await IdentityService.open(
            IdentityEnvironment(
                identityStore: identityStore,
                forgetOldPages: { () throws(StorageError) in try await identityStore.truncateWriteAheadLog() },
                keyring: try HostKeyring(path: path("host.keyring"), passphrase: passphrase), keyService: keyService,
                tagEvaluator: keyService, transport: inbox, log: log, time: clock, policy: policy))
        profiles = [LocalKeyService.profile, "messages stay in this process (development inbox)"]
    }
}

/// The passphrase of the keyrings, drawn at the first run. A service asks its secret store for it instead.
private func developmentPassphrase(at path: String, _ random: SystemRandomSource) throws -> KeyringPassphrase {
    if !FileManager.default.fileExists(atPath: path) {
        let text = random.bytes(20).map { String($0, radix: 36) }.joined()
        let isMade = FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw DirectoryError.unusable }
    }
    return try KeyringPassphrase(file: path)
}
