import AuditLog
import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import SQLiteStorage
import SealedStore
import Testing

@testable import PhoneIdentity

extension Provocation {
    static let storage: [Provocation] = [
        Provocation("storage.conflict", "a row that is taken") { bench in
            let store = InMemoryRecordStore()
            try await store.commit([ErrorBench.put()])
            return try await bench.refused { try await store.commit([ErrorBench.put()]) }
        },
        Provocation("storage.outcomeUnknown", "a store that stays silent") { bench in
            bench.deployment.identity.plan(.unknownLost, forever: true)
            var commit = StagedCommit(random: bench.deployment.random)
            commit.insert([1], at: ErrorBench.put().key)
            let staged = commit
            return try await bench.refused { try await staged.commit(to: bench.deployment.identity) }
        },
        Provocation("storage.unavailable", "a database in a directory that is not there") { bench in
            try await bench.refused { try await SQLiteRecordStore(path: bench.directory + "/none/identity.sqlite") }
        },
        Provocation("storage.unavailable", "a database in what is a file") { bench in
            let file = try bench.file("file", [1])
            return try await bench.refused { try await SQLiteRecordStore(path: file + "/identity.sqlite") }
        },
        Provocation("storage.unavailable", "waiting for a checkpoint that nobody makes") { bench in
            try await bench.refused { try await bench.service.checkpointed() }
        },
        Provocation("storage.unavailable", "a beginning while the store is down") { bench in
            bench.deployment.identity.failReads(true)
            return try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number) }
        },
        Provocation("storage.full", "a beginning while the disk of the store is full") { bench in
            bench.deployment.identity.plan(.full, at: 1)
            return try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number) }
        },
        Provocation("storage.readOnly", "a database in a directory that nobody can write") { bench in
            let directory = try bench.unwritableDirectory()
            return try await bench.refused { try await SQLiteRecordStore(path: directory + "/identity.sqlite") }
        },
        corrupt("no bytes that a database begins with", Array("This is no database.\n".utf8)),
        corrupt("10 MB of something else", [UInt8](repeating: 0xA5, count: 10_000_000)),
        Provocation("storage.corrupt", "a database that was damaged") { bench in
            let path = bench.directory + "/damaged.sqlite"
            let store = try await SQLiteRecordStore(path: path)
            try await store.commit((0..<200).map { ErrorBench.put([$0], [UInt8](repeating: $0, count: 900)) })
            try await store.close()
            var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
            for index in 4096..<bytes.count where index % 4096 < 64 { bytes[index] ^= 0xA5 }
            _ = try bench.file("damaged.sqlite", bytes)
            return try await bench.refused {
                let store = try await SQLiteRecordStore(path: path)
                return try await store.records(in: RecordRange(partition: Partition(rawValue: 1), collection: "test"), limit: 1000)
            }
        },
        Provocation("storage.tampered", "a row that somebody edited") { bench in
            _ = try await bench.person()
            let row = try #require(try await bench.deployment.identity.rows("claim").first)
            var value = row.value
            value[3] ^= 1
            let version = RecordVersion(random: bench.deployment.random)
            try await bench.deployment.identity.wrapped.commit([
                .put(row.key, expecting: row.version, version: version, value: value, expiresAt: nil)
            ])
            return try await bench.refused { try await bench.process.begin(.recovery, ErrorBench.number) }
        },
        Provocation("storage.tooLarge", "a value of more than 1 MiB") { bench in
            let value = [UInt8](repeating: 0, count: 10_000_000)
            return try await bench.refused { try await InMemoryRecordStore().commit([ErrorBench.put([1], value)]) }
        },
        Provocation("storage.invalidChange", "a commit without a change") { bench in
            try await bench.refused { try await bench.deployment.identity.commit([]) }
        },
        Provocation("storage.wrongDeployment", "another deployment's database") { bench in
            let stranger = try TestDeployment()
            var environment = try stranger.environment()
            environment.identityStore = bench.deployment.identity
            let mixed = environment
            return try await bench.refused { try await IdentityService.open(mixed) }
        },
        Provocation("storage.wrongDeployment", "another number of partitions") { bench in
            var environment = try bench.deployment.environment()
            environment.partitions = try #require(PartitionCount(rawValue: 512))
            let changed = environment
            return try await bench.refused { try await IdentityService.open(changed) }
        },
        Provocation("storage.cancelled", "a commit whose caller has gone") { bench in
            try await bench.cancelled { try await InMemoryRecordStore().commit([ErrorBench.put()]) }
        },
    ]

    private static func corrupt(_ what: String, _ bytes: [UInt8]) -> Provocation {
        Provocation("storage.corrupt", "a file with \(what)") { bench in
            let path = try bench.file("identity.sqlite", bytes)
            return try await bench.refused { try await SQLiteRecordStore(path: path) }
        }
    }

    static let keys: [Provocation] =
        [
            Provocation("vault.refused", "what is no element of the group") { bench in
                let evaluator = bench.service.environment.tagEvaluator
                return try await bench.refused { try await evaluator.evaluate([UInt8](repeating: 0xFF, count: 32)) }
            },
            Provocation("vault.notFound", "the history key of somebody who was erased") { bench in
                let person = try await bench.person()
                let proof = try await bench.process.stepUp(person, ErrorBench.number)
                try await bench.service.erase(person)
                return try await bench.refused {
                    _ = try await bench.service.environment.keyService.releaseHistoryKey(for: proof)
                }
            },
            Provocation("vault.unavailable", "a key service that is down", writes: "the guess is paid") { bench in
                let (receipt, code) = try await bench.begun()
                bench.deployment.keys.plan(.unavailable, at: 1)
                return try await bench.refused { try await bench.process.complete(receipt, code) }
            },
            Provocation("vault.releaseBudget", "one record more than a day allows") { bench in
                let person = try await bench.person()
                let subject = try #require(try await bench.service.pseudonyms.subject(of: person))
                let (enrolment, _) = try #require(try await bench.service.enrolment(of: subject))
                let keyService = try #require(
                    try bench.deployment.environment(budget: .init(releasesPerDay: 0)).keyService as? any SenderKeyService)
                let order = ReleaseOrder(
                    id: bench.deployment.random.bytes(16), subject: subject, record: enrolment.record, purpose: .securityAlert,
                    deadline: bench.deployment.clock.now() + .seconds(60), key: bench.service.environment.keyring.keys.proofKey)
                return try await bench.refused { _ = try await keyService.releaseShredKey(for: order) }
            },
            Provocation("vault.orderRefused", "a proof that was used", writes: "the log says that an export was asked for") { bench in
                let person = try await bench.person()
                let proof = try await bench.process.stepUp(person, ErrorBench.number)
                _ = try await bench.service.export(person, proof: proof)
                return try await bench.refused { try await bench.service.export(person, proof: proof) }
            },
            Provocation("vault.orderRefused", "a proof that is not genuine") { bench in
                let person = try await bench.person()
                let subject = try #require(try await bench.service.pseudonyms.subject(of: person))
                let proof = StepUpProof(
                    subject: subject, challenge: [UInt8](repeating: 1, count: 16), provenAt: bench.deployment.clock.now(),
                    reason: .dataExport,
                    isByNumber: true, key: SecretBytes(random: bench.deployment.random))
                return try await bench.refused { _ = try await bench.service.environment.keyService.releaseHistoryKey(for: proof) }
            },
            Provocation("vault.erasurePending", "a reader that holds older pages", writes: "the person's rows are gone") { bench in
                let person = try await bench.person()
                bench.deployment.isForgotten.withLock { $0 = false }
                return try await bench.refused { try await bench.service.erase(person) }
            },

            Provocation("crypto.authenticationFailed", "a ciphertext of something else") { bench in
                try await bench.refused {
                    _ = try CommittingAEAD.open(
                        [UInt8](repeating: 1, count: 100), key: SecretBytes(random: SystemRandomSource()), label: "SPNI/v1/token",
                        context: [])
                }
            },
            Provocation("crypto.invalidEncoding", "letters where a number has digits") { bench in
                try await bench.refused { try Array("41abc".utf8).withUnsafeBufferPointer { _ = try SecretNumber(digits: $0) } }
            },
            Provocation("crypto.invalidEncoding", "10 MB where a number has 30 digits") { bench in
                let digits = [UInt8](repeating: 0x31, count: 10_000_000)
                return try await bench.refused { try digits.withUnsafeBufferPointer { _ = try SecretNumber(digits: $0) } }
            },

            keyring("keyring.missing", "no file") { $0.directory + "/none" },
            keyring("keyring.malformed", "an empty file") { try $0.file("keyring", []) },
            keyring("keyring.malformed", "a file of something else") { try $0.file("keyring", [UInt8](repeating: 0x41, count: 500)) },
            keyring("keyring.malformed", "a file that was cut") { bench in
                try bench.file("keyring", Array(try Data(contentsOf: URL(fileURLWithPath: bench.path("host.keyring"))).prefix(60)))
            },
            keyring("keyring.wrongKind", "the key service's") { $0.path("keyservice.keyring") },
            keyring("keyring.wrongPassphrase", "a file that was changed") { bench in
                var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: bench.path("host.keyring"))))
                bytes[bytes.count - 1] ^= 1
                return try bench.file("keyring", bytes)
            },
            keyring("keyring.wrongPassphrase", "another passphrase", KeyringPassphrase("wrong horse battery")) { $0.path("host.keyring") },
            keyring("keyring.wrongPassphrase", "no passphrase", KeyringPassphrase("")) { $0.path("host.keyring") },
            keyring("keyring.incomplete", "one without its keys") { bench in
                let path = bench.directory + "/incomplete.keyring"
                try KeyringFile.create(
                    at: path, kind: .host, deployment: [UInt8](repeating: 1, count: 16), entries: KeyringEntries(),
                    passphrase: ErrorBench.passphrase, salt: [UInt8](repeating: 2, count: 16), work: .testing, random: SystemRandomSource())
                return path
            },
            keyring("keyring.system", "a directory") { $0.directory },
            keyring("keyring.system", "10 MB") { try $0.file("keyring", [UInt8](repeating: 0, count: 10_000_000)) },
            ceremony("keyring.exists", "keyrings that are there") { bench in bench.deployment.keyrings.directory },
            ceremony("keyring.system", "a directory that nobody can write") { try $0.unwritableDirectory() },
            ceremony("keyring.system", "a file in place of the directory") { try $0.file("file", [1]) },
            ceremony("keyring.malformed", "an origin with spaces", origin: "my log") { $0.directory },
        ] + memory

    private static func keyring(
        _ code: String, _ what: String, _ passphrase: KeyringPassphrase = ErrorBench.passphrase,
        _ path: @escaping @Sendable (ErrorBench) throws -> String
    ) -> Provocation {
        Provocation(code, "opening \(what)") { bench in
            bench.deployment.keepSecret("wrong horse battery")
            let path = try path(bench)
            return try await bench.refused { try HostKeyring(path: path, passphrase: passphrase) }
        }
    }

    private static func ceremony(
        _ code: String, _ what: String, origin: String = "example.com/test", _ directory: @escaping @Sendable (ErrorBench) throws -> String
    ) -> Provocation {
        Provocation(code, "making keyrings: \(what)") { bench in
            let directory = try directory(bench)
            return try await bench.refused {
                try KeyringCeremony(origin: origin, work: .testing).perform(
                    directory: directory, deployment: bench.deployment.keyrings.host.deployment, passphrase: ErrorBench.passphrase,
                    random: SystemRandomSource())
            }
        }
    }

    #if os(Linux)
        /// Codes that nothing provokes on this system.
        static let notHere: Set<String> = [
            // Of the custody and of processes of their own: SealedStoreTests and ProcessTransportTests provoke them where they are thrown.
            "vault.malformed", "vault.requestRefused", "vault.approvalRefused", "vault.rosterOutdated", "vault.denied", "vault.incomplete",
            "vault.resealDue", "vault.logHeadOutdated", "vault.logForked", "vault.evaluationBudget", "vault.notDelivered",
            "process.unavailable", "process.outcomeUnknown", "process.refused", "process.invalidSize", "process.cancelled",
            "process.addressInUse", "process.invalidSetting",
            // SMPPTransportTests.
            "smpp.invalidSetting",
            // SMTPTransportTests.
            "smtp.invalidSetting",
            // Of gateways over HTTP: HTTPTransportTests.
            "transport.eventRefused", "transport.eventUnderWay",
        ]

        /// A limit on the address space, with 1 GB to spare for the tests beside this one, for as long as one allocation of 4 GB takes.
        private static let memory = [
            Provocation("crypto.outOfMemory", "a passphrase's hash in more memory than there is") { bench in
                let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[0]
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                let before = limit
                limit.rlim_cur = try #require(rlim_t(pages)) * 4096 + 1 << 30
                setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                defer { _ = withUnsafePointer(to: before) { setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), $0) } }
                return try await bench.refused {
                    _ = try PassphraseWork(operations: 1, memory: .max).key(
                        passphrase: SecretBytes(random: SystemRandomSource()), salt: [UInt8](repeating: 1, count: 16))
                }
            }
        ]
    #else
        /// Nothing makes an allocation fail here: macOS tells no process how much it has, and heeds no limit on the address space.
        static let notHere: Set<String> = [
            "crypto.outOfMemory"
        ]
        private static let memory: [Provocation] = []
    #endif

    static let log: [Provocation] = [
        Provocation("audit.outOfRange", "an entry behind the last") { bench in
            try await bench.refused { try await LogProver(bench.deployment.tiles, size: 3).inclusion(of: 3) }
        },
        Provocation("audit.tileMissing", "a log without a file") { bench in
            let key = bench.service.logKey
            return try await bench.refused { try await LogVerifier(MemoryTiles(), key: key).verify() }
        },
        verified("audit.tileMissing", "a tile that is gone") { tiles, _ in tiles.all["tile/0/000.p/1"] = nil },
        verified("audit.badTile", "one bit of a tile") { tiles, _ in tiles.all["tile/0/000.p/1"]?[5] ^= 1 },
        verified("audit.badEntry", "one bit of an entry") { tiles, _ in tiles.all["tile/entries/000.p/1"]?[30] ^= 1 },
        verified("audit.badEntry", "an entry that was cut") { tiles, _ in tiles.all["tile/entries/000.p/1"]?.removeLast() },
        verified("audit.badRoot", "another log of one entry under the same checkpoint") { tiles, other in
            for (path, bytes) in other.all where path != TilePath.checkpoint { tiles.all[path] = bytes }
        },
        verified("audit.badSignature", "another log's checkpoint") { tiles, other in
            tiles.all[TilePath.checkpoint] = other.all[TilePath.checkpoint]
        },
        verified("audit.malformed", "a checkpoint that is a word") { tiles, _ in tiles.all[TilePath.checkpoint] = Array("junk".utf8) },
        verified("audit.malformed", "a checkpoint of 10 MB") { tiles, _ in
            tiles.all[TilePath.checkpoint] = [UInt8](repeating: 0x0A, count: 10_000_000)
        },
        Provocation("audit.badKey", "a key that is a word") { bench in try await bench.refused { try LogKey("junk") } },
        Provocation("audit.badKey", "nothing for a key") { bench in try await bench.refused { try LogKey("") } },
        Provocation("audit.forked", "a signer whose memory is gone") { bench in
            _ = try await bench.log()
            bench.deployment.heads.current = nil
            return try await bench.refused { try await bench.deployment.entries(try await bench.deployment.open()) }
        },
        Provocation("audit.notLeader", "a signer that another sequencer is always faster at") { bench in
            try await bench.process.signUp(ErrorBench.number)
            let outbox = bench.service.outbox
            let sequencer = LogSequencer(
                store: bench.deployment.keyrings.host.authenticated(bench.deployment.identity), outbox: outbox,
                signer: try LogSigner(name: "example.com/test", seed: bench.deployment.keyrings.log.seed, heads: TakenHeads()),
                tiles: MemoryTiles(), time: bench.deployment.clock)
            return try await bench.refused { try await sequencer.sequence() }
        },
        Provocation("audit.storage", "a store that is down under the log") { bench in
            bench.deployment.identity.failReads(true)
            return try await bench.refused { try await bench.deployment.entries(bench.process) }
        },
    ]

    /// A log of one entry, changed, and another one beside it.
    private static func verified(
        _ code: String, _ what: String, _ change: @escaping @Sendable (MemoryTiles, MemoryTiles) -> Void
    ) -> Provocation {
        Provocation(code, what) { bench in
            let key = try await bench.log()
            let other = try await ErrorBench()
            _ = try await other.log()
            let before = bench.deployment.tiles.all
            change(bench.deployment.tiles, other.deployment.tiles)
            try #require(bench.deployment.tiles.all != before)
            return try await bench.refused { try await LogVerifier(bench.deployment.tiles, key: key).verify() }
        }
    }
}

extension ErrorBench {
    func path(_ keyring: String) -> String { deployment.keyrings.directory + "/" + keyring }

    /// A directory in which this process can make no file.
    func unwritableDirectory() throws -> String {
        #if os(Linux)
            // Tests often run as root in a container, whom permissions do not stop; in sysfs nobody makes a file.
            return "/sys"
        #else
            // There is no such place elsewhere, and nobody runs tests as root.
            let path = directory + "/unwritable"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
            return path
        #endif
    }
}

/// The memory of a signer that never moves.
private struct TakenHeads: SignerHeadStore {
    func head() async throws(AuditError) -> TreeHead? { nil }
    func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool { false }
}
