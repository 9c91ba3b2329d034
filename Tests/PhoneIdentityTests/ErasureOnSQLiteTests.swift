import Foundation
import GRDBSQLite
import IdentityTypes
import RecordStorage
import SQLiteStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("An erasure on SQLite reaches the bytes in the files") struct ErasureOnSQLiteTests {
    private let number = TestProcess.number(3)

    /// A deployment whose two stores are files, with somebody who stays.
    private final class Disk: Sendable {
        let directory: String
        let deployment: TestDeployment
        let process: TestProcess
        let (identity, shred): (SQLiteRecordStore, SQLiteRecordStore)

        init() async throws {
            directory = NSTemporaryDirectory() + "erasure-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let identity = try await SQLiteRecordStore(path: directory + "/identity.sqlite", busyTimeout: .milliseconds(50))
            let shred = try await SQLiteRecordStore(path: directory + "/shred.sqlite", busyTimeout: .milliseconds(50))
            (self.identity, self.shred) = (identity, shred)
            deployment = try TestDeployment()
            var environment = try deployment.environment()
            environment.identityStore = identity
            environment.forgetOldPages = { () throws(StorageError) in try await identity.truncateWriteAheadLog() }
            let keyService = LocalKeyService(
                store: shred, keyring: deployment.keyrings.keyService, time: deployment.clock, random: deployment.random,
                forgetOldPages: { () throws(StorageError) in try await shred.truncateWriteAheadLog() })
            environment.keyService = keyService
            environment.tagEvaluator = keyService
            process = TestProcess(deployment: deployment, service: try await IdentityService.open(environment))
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// What opens a person's record, as the key service's row has it: both wrapped keys, without their lengths.
        func wrappedKeys(_ subject: SubjectID) async throws -> [[UInt8]] {
            let value = try await rows("keys", of: subject, in: shred).first { $0.key.row == subject.bytes }?.value ?? []
            // 88 bytes, a box of 104, the length of the next, that box, the row's authenticator.
            try #require(value.count == 334)
            return [Array(value[88..<192]), Array(value[197..<301])]
        }

        /// What of a person's record is secret or random: commitment and ciphertext of the body, and the sender's box.
        func body(_ subject: SubjectID) async throws -> [[UInt8]] {
            let row = try await rows("vault", of: subject, in: identity).first { $0.value[41..<57].elementsEqual(subject.bytes) }
            let value = row?.value ?? []
            try #require(value.count == 335)
            return [Array(value[89..<169]), Array(value[191..<303])]
        }

        private func rows(
            _ collection: RecordCollection, of subject: SubjectID, in store: SQLiteRecordStore
        ) async throws -> [StoredRecord] {
            let partition = PartitionCount.standard.partition(of: subject.bytes)
            return try await store.records(in: RecordRange(partition: partition, collection: collection), limit: 1000)
        }

        func holding(_ secrets: [[UInt8]]) throws -> Set<String> {
            try secrets.reduce(into: []) { $0.formUnion(try DiskContents.holding($1, in: directory)) }
        }
    }

    private struct Person {
        let pseudonym: Pseudonym
        let keys: [[UInt8]]
        let body: [[UInt8]]
    }

    private func person(_ disk: Disk, _ number: String) async throws -> Person {
        let pseudonym = try await disk.process.signUp(number, consents: [TestProcess.decision(.securityAlert)])
        let subject = try #require(try await disk.process.service.pseudonyms.subject(of: pseudonym))
        return Person(pseudonym: pseudonym, keys: try await disk.wrappedKeys(subject), body: try await disk.body(subject))
    }

    @Test("when it answers, no file of the key service's store holds a byte of the keys, nor one of the identity store the record")
    func bytes() async throws {
        let disk = try await Disk()
        let neighbour = try await person(disk, TestProcess.number(4))
        let person = try await person(disk, number)
        // Some of it in the databases, and some in their logs.
        #expect(try await disk.shred.truncateWriteAheadLog())
        #expect(try await disk.identity.truncateWriteAheadLog())
        try await disk.process.service.record([TestProcess.decision(.productUpdate)], for: person.pseudonym)
        #expect(try disk.holding(person.keys) == ["shred.sqlite"])
        #expect(try disk.holding(person.body).contains("identity.sqlite"))
        let fresh = try await self.person(disk, TestProcess.number(5))
        #expect(try disk.holding(fresh.keys) == ["shred.sqlite-wal"])
        #expect(try disk.holding(fresh.body) == ["identity.sqlite-wal"])

        for erased in [person, fresh] {
            try await disk.process.service.erase(erased.pseudonym)
            #expect(try disk.holding(erased.keys).isEmpty)
            #expect(try disk.holding(erased.body).isEmpty)
        }
        #expect(try disk.holding(neighbour.keys) == ["shred.sqlite"])
        #expect(try disk.holding(neighbour.body).contains("identity.sqlite"))
        #expect(try await disk.process.service.export(neighbour.pseudonym).region == "CH")
    }

    @Test(
        "while a long reader holds older pages of a store the answer is pending, and after it has gone asking again, or the sweep, ends it",
        arguments: zip(["shred.sqlite", "identity.sqlite"], [true, false]))
    func reader(of file: String, asksAgain: Bool) async throws {
        let disk = try await Disk()
        let service = disk.process.service
        let person = try await person(disk, number)
        var reader: OpaquePointer?
        sqlite3_open(disk.directory + "/" + file, &reader)
        #expect(sqlite3_exec(reader, "BEGIN; SELECT COUNT(*) FROM record", nil, nil, nil) == SQLITE_OK)

        for _ in 0..<2 {
            #expect(await refusal { try await service.erase(person.pseudonym) }?.name == "vault.erasurePending")
            #expect(await refusal { try await service.consents(of: person.pseudonym) }?.name == "identity.erasing")
        }
        // The reader is why: what is to go is there for it to see.
        let held = file == "shred.sqlite" ? person.keys : person.body
        #expect(try disk.holding(held).contains { $0.hasPrefix(file) })
        if file == "identity.sqlite" { #expect(try disk.holding(person.keys).isEmpty) }

        #expect(sqlite3_exec(reader, "COMMIT", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(reader)
        if asksAgain { try await service.erase(person.pseudonym) } else { try await service.sweep() }
        #expect(await refusal { try await service.consents(of: person.pseudonym) }?.name == "identity.unknownPseudonym")
        #expect(try disk.holding(person.keys + person.body).isEmpty)
    }
}
