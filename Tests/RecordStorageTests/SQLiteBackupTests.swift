import Foundation
import GRDBSQLite
import RecordStorage
import SQLiteStorage
import Synchronization
import Testing

/// Copies that are made while commits go on, and the look for damage.
@Suite struct SQLiteBackupTests {
    private let directory: TemporaryDirectory
    private let random = SystemRandomSource()

    init() throws { directory = try TemporaryDirectory() }

    private func claim(_ row: [UInt8], partition: UInt16 = 1, bytes: Int = 100) -> RecordChange {
        .put(
            RecordKey(partition: Partition(rawValue: partition), collection: "test", row: row), expecting: nil,
            version: RecordVersion(random: random), value: random.bytes(bytes), expiresAt: nil)
    }

    /// A store of some megabytes.
    private func filled(records: Int = 4_000) async throws -> SQLiteRecordStore {
        let store = try await SQLiteRecordStore(path: directory.file())
        try await store.commit((0..<records).map { claim([UInt8($0 >> 8), UInt8($0 & 255)], bytes: 1_000) })
        return store
    }

    private func files() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: directory.path))
    }

    @Test func `A backup holds every commit that returned before it began, and no half of any other`() async throws {
        let store = try await filled()
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    var round = 0
                    while !load.isOver {
                        let row = [UInt8(task), UInt8(round >> 8), UInt8(round & 255)]
                        try await store.commit((2..<6).map { claim(row, partition: $0) })
                        load.acknowledge(task << 16 | round)
                        round += 1
                    }
                }
            }
            for number in 0..<4 {
                try await Task.sleep(for: .milliseconds(30))
                let before = load.acknowledged
                try await store.backUp(to: directory.file("backup-\(number)"))
                let copy = try await SQLiteRecordStore(path: directory.file("backup-\(number)"))
                let report = try await copy.checkIntegrity()
                #expect(report.isSound, "\(report.problems)")
                var found: [Set<[UInt8]>] = []
                for partition in UInt16(2)..<6 {
                    let range = RecordRange(partition: Partition(rawValue: partition), collection: "test")
                    found.append(Set(try await copy.records(in: range, limit: 1_000_000).map(\.key.row)))
                }
                #expect(found.allSatisfy { $0 == found[0] }, "half of a commit is in the copy")
                #expect(report.records == 4_000 + 4 * found[0].count)
                for commit in before { #expect(found[0].contains([UInt8(commit >> 16), UInt8(commit >> 8 & 255), UInt8(commit & 255)])) }
                try await copy.close()
            }
            load.end()
            try await group.waitForAll()
        }
        let mode = try FileManager.default.attributesOfItem(atPath: directory.file("backup-0"))[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try files().allSatisfy { !$0.hasSuffix(".part") && !$0.hasSuffix("-journal") })
    }

    @Test func `A file that is there already is never overwritten`() async throws {
        let store = try await filled(records: 10)
        let theirs = Data("theirs".utf8)
        try theirs.write(to: URL(fileURLWithPath: directory.file("backup")))
        let before = try files()
        let error = await #expect(throws: StorageError.self) { try await store.backUp(to: directory.file("backup")) }
        #expect(error?.code == .invalidChange)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("backup"))) == theirs)
        #expect(try files() == before)
    }

    @Test func `Of two backups to one place one is made, and the other refused`() async throws {
        let store = try await filled()
        let path = directory.file("backup")
        let codes = await withTaskGroup(of: StorageError.Code?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do throws(StorageError) {
                        try await store.backUp(to: path)
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.contains(nil) && codes.contains(.invalidChange))
        let copy = try await SQLiteRecordStore(path: path)
        #expect(try await copy.checkIntegrity() == IntegrityReport.sound(records: 4_000))
    }

    @Test func `A backup that is cancelled leaves nothing behind`() async throws {
        let store = try await filled(records: 9_000)
        let before = try files()
        let path = directory.file("backup")
        let steps = Load()
        let backup = Task {
            try await store.backUp(to: path) { progress in
                #expect(progress.copied < progress.total)
                steps.acknowledge(progress.copied)
                // The next step comes when the task was cancelled.
                while !steps.isOver { usleep(100) }
            }
        }
        while steps.acknowledged.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        backup.cancel()
        steps.end()
        let error = await #expect(throws: StorageError.self) { try await backup.value }
        #expect(error?.code == .cancelled)
        #expect(steps.acknowledged.count == 1)
        #expect(try files() == before)
        try await store.backUp(to: path)
        try await store.commit([claim([255, 255, 1])])
    }

    @Test func `A directory that is not there takes no backup`() async throws {
        let store = try await filled(records: 10)
        let error = await #expect(throws: StorageError.self) { try await store.backUp(to: directory.path + "/none/backup") }
        #expect(error?.code == .unavailable)
    }

    @Test func `A closed store makes no backup and is not checked`() async throws {
        let store = try await filled(records: 10)
        try await store.close()
        let backup = await #expect(throws: StorageError.self) { try await store.backUp(to: directory.file("backup")) }
        let check = await #expect(throws: StorageError.self) { try await store.checkIntegrity() }
        #expect(backup?.code == .unavailable && check?.code == .unavailable)
    }

    @Test(arguments: [IntegrityDepth.quick, .complete])
    func `A sound file is found sound while commits go on`(_ depth: IntegrityDepth) async throws {
        let store = try await filled()
        async let report = store.checkIntegrity(depth)
        for row in UInt8(0)..<50 { try await store.commit([claim([row], partition: 9)]) }
        let found = try await report
        #expect(found.isSound && (4_000...4_050).contains(found.records))
    }

    @Test func `Bytes that were flipped in a page are found`() async throws {
        let store = try await filled()
        try await store.close()
        let sound = try Data(contentsOf: URL(fileURLWithPath: directory.file()))
        // The head of a page, in the middle of the file: what its cells are is read from there.
        for page in stride(from: 10, to: sound.count / 4096, by: 97) {
            var bytes = sound
            for index in page * 4096..<page * 4096 + 16 { bytes[index] ^= 0xA5 }
            try bytes.write(to: URL(fileURLWithPath: directory.file("damaged")))
            let damaged = try await SQLiteRecordStore(path: directory.file("damaged"))
            let report = try await damaged.checkIntegrity()
            #expect(!report.isSound, "the damage of page \(page) was not found")
            try await damaged.close()
        }
    }

    @Test func `An index that says something else than its table is found by the complete look alone`() async throws {
        let row = random.bytes(32)
        let store = try await filled(records: 10)
        try await store.commit([claim(row)])
        try await store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file()))
        // The key is twice in the file: in the table's page, and in the index's.
        let place = try #require(bytes.range(of: Data(row)))
        bytes[place.upperBound - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: directory.file()))
        let damaged = try await SQLiteRecordStore(path: directory.file())
        #expect(try await damaged.checkIntegrity(.quick).isSound)
        #expect(try await !damaged.checkIntegrity(.complete).isSound)
    }

    @Test(arguments: [
        "INSERT INTO record VALUES (1, 'test', x'ffff', x'0102', x'03', NULL)",
        "INSERT INTO record VALUES (70000, 'test', x'ffff', zeroblob(16), x'03', NULL)",
        "INSERT INTO record VALUES (1, 'Test', x'ffff', zeroblob(16), x'03', NULL)",
        "INSERT INTO record VALUES (1, 'test', zeroblob(256), zeroblob(16), x'03', NULL)",
        "INSERT INTO record VALUES (1, 'test', x'ffff', zeroblob(16), 'text', NULL)",
        "INSERT INTO record VALUES (1, 'test', x'ffff', zeroblob(16), zeroblob(1048577), NULL)",
        "INSERT INTO record VALUES (1, 'test', x'ffff', zeroblob(16), x'03', 'soon')",
        "CREATE TABLE other (text)", "CREATE INDEX other ON record (version)", "PRAGMA user_version = 0",
    ])
    func `What this library would not write is found`(_ sql: String) async throws {
        let store = try await filled(records: 10)
        var database: OpaquePointer?
        sqlite3_open(directory.file(), &database)
        #expect(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(database)
        let report = try await store.checkIntegrity(.quick)
        #expect(report.problems.count == 1, "\(report.problems)")
        #expect(report.records == 10)
    }
}

extension IntegrityReport {
    fileprivate static func sound(records: Int) -> IntegrityReport { IntegrityReport(records: records, problems: []) }
}

/// What several tasks have done, and whether they shall stop.
private final class Load: Sendable {
    private let state = Mutex((acknowledged: [Int](), isOver: false))

    var acknowledged: [Int] { state.withLock(\.acknowledged) }
    var isOver: Bool { state.withLock(\.isOver) }

    func acknowledge(_ number: Int) { state.withLock { $0.acknowledged.append(number) } }
    func end() { state.withLock { $0.isOver = true } }
}
