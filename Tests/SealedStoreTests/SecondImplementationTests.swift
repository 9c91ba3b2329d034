import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

/// A deployment that was made elsewhere, from `Documentation/Formats.md` alone: keyrings, rows of both stores, people.
@Suite struct SecondImplementationTests {
    private let host: HostKeyring
    private let keyService: KeyServiceKeyring
    private let sender: SenderKeyring
    private let identity = InMemoryRecordStore()
    private let keys = InMemoryRecordStore()
    private let clock = TestClock()
    private let people: [[String]]

    init() async throws {
        let file = try #require(
            Bundle.module.url(forResource: "second-implementation", withExtension: "txt", subdirectory: "Vectors"))
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: " ").map(String.init) }
        let directory = NSTemporaryDirectory() + "second-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for line in lines where line[0] == "keyring" {
            try Data(Self.unhex(line[2])).write(to: URL(fileURLWithPath: "\(directory)/\(line[1])"))
        }
        let passphrase = KeyringPassphrase(TestParties.passphrase)
        host = try HostKeyring(path: directory + "/host", passphrase: passphrase)
        keyService = try KeyServiceKeyring(path: directory + "/keyservice", passphrase: passphrase)
        sender = try SenderKeyring(path: directory + "/sender", passphrase: passphrase)
        let log = try LogKeyring(path: directory + "/log", passphrase: passphrase)
        #expect(log.origin == "example.com/second" && log.deployment == host.deployment)
        for line in lines where line[0] == "row" {
            let key = RecordKey(
                partition: Partition(rawValue: try #require(UInt16(line[2]))),
                collection: try #require(RecordCollection(rawValue: line[3])),
                row: try Self.unhex(line[4]))
            let version = try #require(RecordVersion(bytes: Self.unhex(line[5])))
            let expiry = Int64(line[6]).map { Timestamp(milliseconds: $0) }
            try await (line[1] == "identity" ? identity : keys).commit([
                .put(key, expecting: nil, version: version, value: Self.unhex(line[7]), expiresAt: expiry)
            ])
        }
        people = lines.filter { $0[0] == "person" }.map { Array($0.dropFirst()) }
    }

    private static func unhex(_ hexadecimal: String) throws -> [UInt8] {
        hexadecimal == "-" ? [] : try #require(Hexadecimal.decode(hexadecimal))
    }

    private var service: LocalKeyService {
        LocalKeyService(store: keys, keyring: keyService, partitions: TestParties.partitions, time: clock, forgetOldPages: { true })
    }

    private var vault: NumberVault {
        NumberVault(
            store: host.authenticated(identity), partitions: TestParties.partitions, keyring: host, keyService: service, evaluator: service)
    }

    @Test func `Its keyrings open, with a key before the present one`() throws {
        #expect(host.senderPublicKey == sender.publicKey && host.indexEpoch == 3)
        #expect(host.tokenRoots().map(\.id) == [2, 1] && host.codeRoots().map(\.id) == [1])
        #expect(bytes(of: host.keys.proofKey) == bytes(of: keyService.proofKey))
    }

    @Test func `Its tags, claims and pseudonyms are those that are made here`() async throws {
        #expect(people.count == 5)
        let index = PseudonymIndex(store: host.authenticated(identity), partitions: TestParties.partitions, keyring: host)
        for person in people {
            let subject = try #require(SubjectID(bytes: Self.unhex(person[1])))
            let tags = try await vault.tags(of: secret("+" + person[0]))
            #expect(try tags.uniqueness.bytes == Self.unhex(person[3]))
            #expect(try tags.budget.bytes == Self.unhex(person[4]))
            let claim = try #require(try await vault.claim(of: tags.uniqueness))
            #expect(try claim.record.bytes == Self.unhex(person[2]))
            #expect(claim.subject == subject && claim.epoch == 3 && tags.epoch == 3)
            for (consumer, name) in [(Consumer.host, person[7]), ("chat", person[8])] {
                let made = try index.pseudonym(
                    of: subject, wrappedSeed: Self.unhex(person[5]), linkGeneration: 0, for: consumer)
                #expect(made.rawValue == name)
                #expect(try await index.subject(of: made) == subject)
            }
        }
    }

    @Test func `Its records open in the sender, its histories to their owners, and its keys are erased`() async throws {
        let recipient = RecordingRecipient()
        let sender = LocalSender(
            store: host.authenticated(identity), keyring: sender, keyService: service, recipient: recipient)
        for person in people {
            let subject = try #require(SubjectID(bytes: Self.unhex(person[1])))
            let record = try #require(RecordID(bytes: Self.unhex(person[2])))
            func order() -> DispatchOrder {
                let grant = Grant<Purposes.SecurityAlert>(
                    token: Purposes.SecurityAlert.token, id: SystemRandomSource().bytes(16), subject: subject, basis: .hostAssertion,
                    expiresAt: clock.now() + .seconds(60))
                return DispatchOrder(
                    subject: subject, record: record,
                    vaultKey: VaultRecord.key(subject: subject.bytes, record: record, partitions: TestParties.partitions),
                    template: "new-device", grant: grant)
            }
            try await sender.send(order())
            #expect(recipient.numbers.last == person[0])
            let proof = vault.stepUpProof(subject: subject, challenge: SystemRandomSource().bytes(16), at: clock.now())
            let history = try await service.releaseHistoryKey(for: proof)
            #expect(try X25519.publicKey(of: history) == Self.unhex(person[6]))
            #expect(try await service.erase(subject).isSigned(by: keyService.publicKey))
            #expect(try await refusal { try await sender.send(order()) } == .notFound)
        }
        #expect(recipient.numbers == people.map { $0[0] })
    }

    @Test func `The next sign-up goes on where it stopped, and a number it has is taken`() async throws {
        for (number, isFree) in [("+41446681801", true), ("+41446681800", false)] {
            let number = try secret(number)
            let tags = try await vault.tags(of: number)
            let prepared = try await vault.seal(number, for: SubjectID(random: SystemRandomSource()))
            var commit = StagedCommit(random: SystemRandomSource())
            try await vault.stage(prepared, tags: tags, in: &commit)
            let changes = commit
            var code: StorageError.Code?
            do throws(StorageError) { try await changes.commit(to: host.authenticated(identity)) } catch { code = error.code }
            #expect(code == (isFree ? nil : .conflict))
        }
    }
}

/// Writes a deployment for the second implementation to open, where `SEALED_INTEROP_DIRECTORY` says.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SEALED_INTEROP_DIRECTORY"] != nil)) struct ExportTests {
    @Test func `A deployment is written whole`() async throws {
        let directory = try #require(ProcessInfo.processInfo.environment["SEALED_INTEROP_DIRECTORY"])
        let parties = try TestParties()
        try await parties.open()
        let index = PseudonymIndex(store: parties.rows, partitions: TestParties.partitions, keyring: parties.host, random: parties.random)
        var lines: [String] = []
        for (kind, name) in [("host", "host"), ("keyservice", "keyservice"), ("sender", "sender"), ("log", "log")] {
            let data = try #require(FileManager.default.contents(atPath: "\(parties.directory)/\(name).keyring"))
            lines.append("keyring \(kind) \(Hexadecimal.encode(data))")
        }
        let leaver = try await parties.prepare("+41446681899").prepared.audit.id
        let receipt = try await parties.service.erase(leaver)
        lines.append(
            "receipt \(Hexadecimal.encode(leaver.bytes)) \(Hexadecimal.encode(receipt.subjectDigest)) \(receipt.erasedAt.milliseconds)"
                + " \(Hexadecimal.encode(receipt.signature))")
        for number in ["+41446681800", "+4644", "+12025550143", "+49151234567890123", "+" + String(repeating: "7", count: 30)] {
            let (prepared, tags) = try await parties.enrol(number)
            let subject = prepared.audit.id
            let seed = index.newSeed(for: subject)
            var names: [String] = []
            for consumer in [Consumer.host, "chat"] {
                let name = try index.pseudonym(of: subject, wrappedSeed: seed, linkGeneration: 0, for: consumer)
                var commit = StagedCommit(random: parties.random)
                index.stage(name, of: subject, for: consumer, in: &commit)
                try await commit.commit(to: parties.rows)
                names.append(name.rawValue)
            }
            let fields = [
                subject.bytes, prepared.record.bytes, tags.uniqueness.bytes, tags.budget.bytes, seed, prepared.audit.historyKey,
            ]
            lines.append((["person", String(number.dropFirst())] + fields.map { Hexadecimal.encode($0) } + names).joined(separator: " "))
        }
        let collections: [(String, InMemoryRecordStore, [RecordCollection])] = [
            ("identity", parties.database, ["fence", "claim", "vault", "pseudonym"]),
            ("keys", parties.keyDatabase, ["keys", "pending", "spent", "meter"]),
        ]
        for (store, database, names) in collections {
            for partition in TestParties.partitions.all {
                for name in names {
                    for record in try await database.records(in: RecordRange(partition: partition, collection: name), limit: 100) {
                        let row = record.key.row.isEmpty ? "-" : Hexadecimal.encode(record.key.row)
                        let expiry = record.expiresAt.map { String($0.milliseconds) } ?? "-"
                        lines.append(
                            "row \(store) \(partition.rawValue) \(name.rawValue) \(row) \(Hexadecimal.encode(record.version.bytes)) \(expiry)"
                                + " \(Hexadecimal.encode(record.value))")
                    }
                }
            }
        }
        try lines.joined(separator: "\n").write(toFile: directory + "/deployment.txt", atomically: true, encoding: .utf8)
    }
}
