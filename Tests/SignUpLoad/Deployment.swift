#if SQLite
    import AuditLog
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import OTPEngine
    import PhoneIdentity
    import RecordStorage
    @_spi(PowerCutTesting) import SQLiteStorage
    import SealedStore
    import Synchronization

    /// A deployment on SQLite whose keyrings are elsewhere than its state, so that the state alone can lose its power.
    struct Deployment {
        let service: IdentityService
        let identityStore: SQLiteRecordStore
        let shredStore: SQLiteRecordStore
        let keyring: HostKeyring
        let keyServiceKeyring: KeyServiceKeyring
        let inbox = DevelopmentInbox()
        let clock: ShiftedClock
        let logDirectory: String

        /// Opens what is in `state` with the keyrings in `keys`, and makes those at the first call.
        ///
        /// - Parameters:
        ///   - ahead: how far the clock is ahead.
        ///   - waitsForDisk: `false` for the proof that a power cut would be noticed.
        init(state: String, keys: String, ahead: Duration, waitsForDisk: Bool) async throws {
            let random = SystemRandomSource()
            let passphrase = KeyringPassphrase(SecretBytes(copying: Array("load".utf8)))
            try DurableFile.createDirectory(keys)
            if try DurableFile.contents(of: "\(keys)/host.keyring") == nil {
                try KeyringCeremony(origin: "example.com/load", work: .testing).perform(
                    directory: keys, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
            }
            let clock = ShiftedClock(ahead)
            self.clock = clock
            func store(_ name: String) async throws -> SQLiteRecordStore {
                let path = "\(state)/\(name).sqlite"
                return waitsForDisk
                    ? try await SQLiteRecordStore(path: path) : try await SQLiteRecordStore(path: path, unsafelySynchronous: .off)
            }
            let (identityStore, shredStore) = (try await store("identity"), try await store("shred"))
            (self.identityStore, self.shredStore) = (identityStore, shredStore)
            keyring = try HostKeyring(path: "\(keys)/host.keyring", passphrase: passphrase)
            keyServiceKeyring = try KeyServiceKeyring(path: "\(keys)/keyservice.keyring", passphrase: passphrase)
            let keyService = LocalKeyService(
                store: shredStore, keyring: keyServiceKeyring, time: clock,
                forgetOldPages: { () throws(StorageError) in try await shredStore.truncateWriteAheadLog() })
            logDirectory = "\(state)/log"
            service = try await IdentityService.open(
                IdentityEnvironment(
                    identityStore: identityStore,
                    forgetOldPages: { () throws(StorageError) in try await identityStore.truncateWriteAheadLog() }, keyring: keyring,
                    keyService: keyService, tagEvaluator: keyService, transport: inbox,
                    log: try IdentityEnvironment.Log(
                        directory: logDirectory, head: "\(state)/log.head",
                        keyring: try LogKeyring(path: "\(keys)/log.keyring", passphrase: passphrase)),
                    time: clock, policy: IdentityPolicy(template: CodeTemplate(brand: "Load"))))
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
