import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

/// A deployment that was made elsewhere, from `Documentation/Formats.md` alone: keyrings, rows of both stores, people.
@Suite struct SecondImplementationTests {
    private let second: SecondDeployment
    private var host: HostKeyring { second.host }
    private var clock: TestClock { second.clock }

    init() async throws { second = try await SecondDeployment() }

    private static func unhex(_ hexadecimal: String) throws -> [UInt8] { try SecondDeployment.unhex(hexadecimal) }

    @Test func `Its keyrings open, with a key before the present one`() throws {
        #expect(second.log.origin == "example.com/second" && second.log.deployment == host.deployment)
        #expect(host.senderPublicKey == second.sender.publicKey && host.indexEpoch == 3)
        #expect(host.tokenRoots().map(\.id) == [2, 1] && host.codeRoots().map(\.id) == [1])
        #expect(bytes(of: host.keys.proofKey) == bytes(of: second.keyService.proofKey))
    }

    @Test func `Its tags, claims and pseudonyms are those that are made here`() async throws {
        #expect(second.people.count == 5)
        let index = PseudonymIndex(store: second.rows, partitions: TestParties.partitions, keyring: host)
        for person in second.people {
            let subject = try #require(SubjectID(bytes: Self.unhex(person[1])))
            let tags = try await second.vault.tags(of: secret("+" + person[0]))
            #expect(try tags.uniqueness.bytes == Self.unhex(person[3]))
            #expect(try tags.budget.bytes == Self.unhex(person[4]))
            let claim = try #require(try await second.vault.claim(of: tags.uniqueness))
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
        let (vault, service) = (second.vault, second.service())
        let sender = LocalSender(store: second.rows, keyring: second.sender, keyService: service, recipient: recipient)
        for person in second.people {
            let subject = try #require(SubjectID(bytes: Self.unhex(person[1])))
            let record = try #require(RecordID(bytes: Self.unhex(person[2])))
            func order() -> DispatchOrder {
                let grant = Grant<Purposes.SecurityAlert>(
                    token: Purposes.SecurityAlert.token, id: SystemRandomSource().bytes(16), subject: subject, basis: .hostAssertion,
                    expiresAt: clock.now() + .seconds(60))
                return vault.order(
                    to: RevealSubject(audit: AuditSubject(id: subject, historyKey: [UInt8](repeating: 0, count: 32)), record: record),
                    template: "new-device", grant: grant)
            }
            try await sender.send(order())
            #expect(recipient.numbers.last == person[0])
            let proof = vault.stepUpProof(subject: subject, challenge: SystemRandomSource().bytes(16), at: clock.now(), for: .dataExport)
            let history = try await service.releaseHistoryKey(for: proof)
            #expect(try X25519.publicKey(of: history) == Self.unhex(person[6]))
            #expect(try await service.erase(subject).isSigned(by: second.keyService.publicKey))
            #expect(try await refusal { try await sender.send(order()) } == .notFound)
        }
        #expect(recipient.numbers == second.people.map { $0[0] })
    }

    @Test func `The next sign-up goes on where it stopped, and a number it has is taken`() async throws {
        for (number, isFree) in [("+41446681801", true), ("+41446681800", false)] {
            let number = try secret(number)
            let tags = try await second.vault.tags(of: number)
            let prepared = try await second.vault.seal(number, for: SubjectID(random: SystemRandomSource()))
            var commit = StagedCommit(random: SystemRandomSource())
            try second.vault.stage(prepared, tags: tags, at: try await second.vault.place(of: tags.uniqueness), in: &commit)
            let changes = commit
            var code: StorageError.Code?
            do throws(StorageError) { try await changes.commit(to: second.rows) } catch { code = error.code }
            #expect(code == (isFree ? nil : .conflict))
        }
    }
}

/// Writes a deployment for the second implementation to open, where `SEALED_INTEROP_DIRECTORY` says.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SEALED_INTEROP_DIRECTORY"] != nil)) struct ExportTests {
    @Test func `A deployment is written whole`() async throws {
        let directory = try #require(ProcessInfo.processInfo.environment["SEALED_INTEROP_DIRECTORY"])
        let custody = try TestCustody()
        let parties = try TestParties(custody: custody)
        try await parties.open()
        let index = PseudonymIndex(store: parties.rows, partitions: TestParties.partitions, keyring: parties.host, random: parties.random)
        var lines: [String] = []
        for (kind, name) in [("host", "host"), ("keyservice", "keyservice"), ("sender", "sender"), ("log", "log"), ("opener", "opener")] {
            let data = try #require(FileManager.default.contents(atPath: "\(parties.directory)/\(name).keyring"))
            lines.append("keyring \(kind) \(Hexadecimal.encode(data))")
        }
        let leaver = try await parties.prepare("+41446681899").prepared.audit.id
        let receipt = try await parties.service.erase(leaver)
        lines.append(
            "receipt \(Hexadecimal.encode(leaver.bytes)) \(Hexadecimal.encode(receipt.subjectDigest)) \(receipt.erasedAt.milliseconds)"
                + " \(Hexadecimal.encode(receipt.signature))")
        var people: [PreparedEnrolment] = []
        for number in ["+41446681800", "+4644", "+12025550143", "+49151234567890123", "+" + String(repeating: "7", count: 30)] {
            let (prepared, tags) = try await parties.enrol(number)
            people.append(prepared)
            let subject = prepared.audit.id
            let seed = index.draw(for: subject).wrappedSeed
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
        var export = CustodyExport(custody, parties)
        lines += try await export.madeLines(about: people)
        let collections: [(String, InMemoryRecordStore, [RecordCollection])] = [
            ("identity", parties.database, ["fence", "claim", "vault", "pseudonym"]),
            ("keys", parties.keyDatabase, ["keys", "pending", "resealing", "spent", "meter", "release", "reveal", "review", "roster"]),
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
