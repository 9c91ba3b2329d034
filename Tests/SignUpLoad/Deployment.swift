#if SQLite
    import AuditLog
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import OTPEngine
    import PhoneIdentity
    import PhoneIdentityTesting
    import PostgresStorage
    import RecordStorage
    @_spi(PowerCutTesting) import SQLiteStorage
    import SealedStore
    import Synchronization

    /// Where a deployment's two databases are.
    enum Databases {
        /// In its state. - Parameter waitsForDisk: `false` for the proof that a power cut would be noticed.
        case sqlite(waitsForDisk: Bool)
        /// On a server, in two schemas whose names begin alike.
        case postgres(connection: String, schema: String)

        init(_ options: [String: String]) throws(WrongUse) {
            guard let connection = options["--postgres"] else {
                self = .sqlite(waitsForDisk: options["--synchronous"] != "off")
                return
            }
            guard let schema = options["--schema"] else { throw WrongUse() }
            self = .postgres(connection: connection, schema: schema)
        }

        func open(_ name: String, state: String) async throws -> OpenStore {
            switch self {
            case .sqlite(let waitsForDisk):
                let path = "\(state)/\(name).sqlite"
                let store =
                    waitsForDisk
                    ? try await SQLiteRecordStore(path: path) : try await SQLiteRecordStore(path: path, unsafelySynchronous: .off)
                return OpenStore(
                    records: store, forgetOldPages: { () throws(StorageError) in try await store.truncateWriteAheadLog() },
                    close: { try await store.close() })
            case .postgres(let connection, let schema):
                var settings = PostgresSettings(connection: connection)
                settings.schema = "\(schema)_\(name)"
                settings.connections = 16
                // Longer than a standby takes to be promoted.
                settings.patience = .seconds(20)
                let store = try await PostgresRecordStore(settings)
                return OpenStore(
                    records: store, forgetOldPages: { () throws(StorageError) in true }, close: { await store.close() })
            }
        }
    }

    /// One of the two databases.
    struct OpenStore: Sendable {
        let records: any RecordStore
        let forgetOldPages: @Sendable () async throws(StorageError) -> Bool
        let close: @Sendable () async throws -> Void
    }

    /// A deployment whose keyrings are elsewhere than its state, so that the state alone can lose its power.
    struct Deployment {
        let service: IdentityService
        let identity: OpenStore
        /// The key service's; `nil` where another process has it.
        let shred: OpenStore?
        let keyring: HostKeyring
        let keyService: any KeyService
        let evaluator: any TagEvaluator
        let inbox = DevelopmentInbox()
        let clock: ShiftedClock
        let logDirectory: String

        /// Opens what is in `state` with the keyrings in `keys`, and makes those at the first call.
        ///
        /// - Parameters:
        ///   - ahead: how far the clock is ahead.
        ///   - databases: where they are.
        ///   - elsewhere: the key service, where it is a process of its own; its store and its keyring are then not needed here.
        ///   - roster: a file that names the quorums to seal to; its custodians are those of the keyring.
        init(
            state: String, keys: String, ahead: Duration, databases: Databases, keyService elsewhere: OtherProcess?, roster: String? = nil
        ) async throws {
            let random = SystemRandomSource()
            let passphrase = KeyringPassphrase(SecretBytes(copying: Array("load".utf8)))
            try DurableFile.createDirectory(keys)
            if try DurableFile.contents(of: "\(keys)/host.keyring") == nil {
                try KeyringCeremony(origin: "example.com/load", work: .testing).perform(
                    directory: keys, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
            }
            let clock = ShiftedClock(ahead)
            self.clock = clock
            let identity = try await databases.open("identity", state: state)
            self.identity = identity
            let keyring = try HostKeyring(path: "\(keys)/host.keyring", passphrase: passphrase)
            self.keyring = keyring
            let quorums = try roster.map { path in
                guard let custodians = keyring.custodians, let file = try DurableFile.contents(of: path) else { throw WrongUse() }
                return try Roster(file, custodians: custodians)
            }
            if let elsewhere {
                guard let names = keyring.keyService else { throw WrongUse() }
                shred = nil
                keyService = RemoteKeyService(try elsewhere.channel(as: .host), keys: names)
                evaluator = RemoteKeyService(try elsewhere.channel(as: .evaluator), keys: names)
            } else {
                let store = try await databases.open("shred", state: state)
                let local = LocalKeyService(
                    store: store.records, keyring: try KeyServiceKeyring(path: "\(keys)/keyservice.keyring", passphrase: passphrase),
                    time: clock, forgetOldPages: store.forgetOldPages)
                (shred, keyService, evaluator) = (store, local, local)
            }
            logDirectory = "\(state)/log"
            var policy = IdentityPolicy(template: CodeTemplate(brand: "Load"))
            policy.abuse = .forNumbersOfTests
            service = try await IdentityService.open(
                IdentityEnvironment(
                    identityStore: identity.records, forgetOldPages: identity.forgetOldPages, keyring: keyring, roster: quorums,
                    keyService: keyService, tagEvaluator: evaluator, transport: inbox,
                    log: try IdentityEnvironment.Log(
                        directory: logDirectory, head: "\(state)/log.head",
                        keyring: try LogKeyring(path: "\(keys)/log.keyring", passphrase: passphrase)),
                    time: clock, policy: policy))
        }

        /// Runs `body` beside the service's running parts.
        func running(_ body: @Sendable () async throws -> Void) async throws {
            let service = service
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await service.run() }
                try await body()
                group.cancelAll()
            }
        }

        func close() async throws {
            try await identity.close()
            try await shred?.close()
        }

        static func requester(_ session: String) -> Requester { Requester(session: Array(session.utf8)) }

        /// One of ten million mobile numbers of a numbering plan; nothing is sent to any.
        static func number(_ index: Int) -> String {
            let digits = String(index % 10_000_000)
            return "+4178" + String(repeating: "0", count: 7 - digits.count) + digits
        }
    }

    /// The system's clock, ahead by a fixed time.
    struct ShiftedClock: TimeSource {
        let shift: Duration

        init(_ shift: Duration) { self.shift = shift }

        func now() -> Timestamp { SystemTimeSource().now() + shift }

        func sleep(for duration: Duration) async throws(CancellationError) { try await SystemTimeSource().sleep(for: duration) }
    }
#endif
