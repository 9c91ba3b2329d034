import Foundation
import GRDBSQLite
import RecordStorage
import SQLiteStorage
import Testing

/// What the SQLite store does with its file: whom it refuses, whom it shares it with, what it leaves behind.
@Suite struct SQLiteFileTests {
    private let directory: TemporaryDirectory
    private let random = SystemRandomSource()

    init() throws { directory = try TemporaryDirectory() }

    private func key(_ row: [UInt8]) -> RecordKey { RecordKey(partition: Partition(rawValue: 1), collection: "test", row: row) }

    private func refusal() async -> StorageError? {
        do {
            let store = try await SQLiteRecordStore(path: directory.file())
            _ = try await store.records(in: RecordRange(partition: Partition(rawValue: 1), collection: "test"), limit: 1000)
            return nil
        } catch {
            return error
        }
    }

    /// Runs SQL on the file, past the store.
    private func execute(_ sql: String) {
        var database: OpaquePointer?
        sqlite3_open(directory.file(), &database)
        #expect(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(database)
    }

    @Test func `Records are there after the file is closed and opened again`() async throws {
        let first = try await SQLiteRecordStore(path: directory.file())
        var staged = StagedCommit(random: random)
        staged.insert([1, 2], at: key([1]), expiresAt: Timestamp(milliseconds: -5))
        try await staged.commit(to: first)
        let before = try await first.record(at: key([1]))
        try await first.close()
        let second = try await SQLiteRecordStore(path: directory.file())
        #expect(try await second.record(at: key([1])) == before)
    }

    @Test func `A closed store is unavailable`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file())
        try await store.close()
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key([1]))
        let changes = staged.changes
        let commit = await #expect(throws: StorageError.self) { try await store.commit(changes) }
        let read = await #expect(throws: StorageError.self) { try await store.records(at: [key([1])]) }
        let truncation = await #expect(throws: StorageError.self) { try await store.truncateWriteAheadLog() }
        #expect(commit?.code == .unavailable && read?.code == .unavailable && truncation?.code == .unavailable)
        try await store.close()
    }

    @Test func `The file and its log are its owner's alone`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file())
        for name in ["records.sqlite", "records.sqlite-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(name))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
        try await store.close()
    }

    @Test func `Another program's file is refused and left as it is`() async throws {
        execute("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')")
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.file()))
        #expect(await refusal()?.code == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file())) == before)
    }

    @Test func `A file that is no database is refused and left as it is`() async throws {
        let text = Data(String(repeating: "not a database\n", count: 500).utf8)
        try text.write(to: URL(fileURLWithPath: directory.file()))
        #expect(await refusal()?.code == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file())) == text)
    }

    @Test func `A file of a newer version is refused`() async throws {
        try await SQLiteRecordStore(path: directory.file()).close()
        execute("PRAGMA user_version = 2")
        #expect(await refusal()?.code == .wrongDeployment)
    }

    @Test func `A file without its table is refused`() async throws {
        try await SQLiteRecordStore(path: directory.file()).close()
        execute("DROP TABLE record")
        #expect(await refusal()?.code == .corrupt)
    }

    @Test func `Damaged pages are corrupt, never other records`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file())
        try await store.commit(
            (0..<200).map {
                .put(key([$0]), expecting: nil, version: RecordVersion(random: random), value: random.bytes(900), expiresAt: nil)
            })
        try await store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: directory.file()))
        for index in 4096..<bytes.count where index % 4096 < 64 { bytes[index] ^= 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: directory.file()))
        #expect(await refusal()?.code == .corrupt)
    }

    @Test func `A row of another form is corrupt`() async throws {
        try await SQLiteRecordStore(path: directory.file()).close()
        execute("INSERT INTO record VALUES (1, 'test', x'01', x'0102', x'03', NULL)")
        #expect(await refusal()?.code == .corrupt)
    }

    @Test func `A directory that is not there is unavailable`() async throws {
        let error = await #expect(throws: StorageError.self) { try await SQLiteRecordStore(path: directory.path + "/none/file") }
        #expect(error?.code == .unavailable)
    }

    @Test func `A log that is emptied holds no deleted value, nor does the file`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file())
        let secrets = [random.bytes(32), random.bytes(9000)]
        var records: [StoredRecord] = []
        for (row, secret) in secrets.enumerated() {
            let version = RecordVersion(random: random)
            try await store.commit([.put(key([UInt8(row)]), expecting: nil, version: version, value: secret, expiresAt: nil)])
            records.append(StoredRecord(key: key([UInt8(row)]), version: version, value: secret, expiresAt: nil))
        }
        let marks = secrets.map { Data($0.prefix(32)) }
        let before = try directory.bytes()
        for mark in marks { #expect(before.values.contains { $0.range(of: mark) != nil }) }
        try await store.commit(records.map { .delete($0.key, version: $0.version) })
        #expect(try await store.truncateWriteAheadLog())
        for (name, bytes) in try directory.bytes() {
            for mark in marks { #expect(bytes.range(of: mark) == nil, "a deleted value is still in \(name)") }
        }
    }

    @Test func `The log has its length from the start, and a second opening keeps what the first wrote into it`() async throws {
        func length() throws -> Int { try directory.bytes()["records.sqlite-wal"]?.count ?? 0 }
        let first = try await SQLiteRecordStore(path: directory.file())
        #expect(try length() > 16 << 20)
        var staged = StagedCommit(random: random)
        for row in UInt8.min...UInt8.max { staged.insert([row], at: key([row])) }
        try await staged.commit(to: first)
        // Emptied, so that the second opening lengthens a log that the first has open and writes on.
        #expect(try await first.truncateWriteAheadLog())
        var later = StagedCommit(random: random)
        later.insert([7], at: key([1, 1]))
        try await later.commit(to: first)
        #expect(try length() < 1 << 20)
        let second = try await SQLiteRecordStore(path: directory.file())
        #expect(try length() > 16 << 20)
        for store in [first, second] {
            let all = try await store.records(in: RecordRange(partition: Partition(rawValue: 1), collection: "test"), limit: 1000)
            #expect(all.count == 257)
        }
        var last = StagedCommit(random: random)
        last.insert([8], at: key([1, 2]))
        try await last.commit(to: first)
        #expect(try await second.record(at: key([1, 2]))?.value == [8])
    }

    @Test func `While a reader needs the log, emptying it answers false, and true afterwards`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file())
        var reader: OpaquePointer?
        sqlite3_open(directory.file(), &reader)
        sqlite3_exec(reader, "BEGIN; SELECT * FROM record", nil, nil, nil)
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key([1]))
        try await staged.commit(to: store)
        #expect(try await store.truncateWriteAheadLog() == false)
        sqlite3_exec(reader, "COMMIT", nil, nil, nil)
        sqlite3_close(reader)
        #expect(try await store.truncateWriteAheadLog())
    }

    @Test func `While emptying the log waits for a reader, nobody waits for it on a cooperative thread`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file(), busyTimeout: .seconds(600))
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key([1]))
        try await staged.commit(to: store)
        var reader: OpaquePointer?
        sqlite3_open(directory.file(), &reader)
        sqlite3_exec(reader, "BEGIN; SELECT * FROM record", nil, nil, nil)
        var later = StagedCommit(random: random)
        later.insert([2], at: key([2]))
        try await later.commit(to: store)
        async let isEmpty = store.truncateWriteAheadLog(patience: .seconds(600))
        // A read that waited for the truncation would come after it, and so would the reader's end: the truncation would answer false.
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(5))
            #expect(try await store.record(at: key([2]))?.value == [2])
        }
        sqlite3_exec(reader, "COMMIT", nil, nil, nil)
        sqlite3_close(reader)
        #expect(try await isEmpty)
    }

    @Test func `A file another process keeps busy is unavailable, and serves again afterwards`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file(), busyTimeout: .milliseconds(50))
        var rival: OpaquePointer?
        sqlite3_open(directory.file(), &rival)
        sqlite3_exec(rival, "BEGIN IMMEDIATE", nil, nil, nil)
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key([1]))
        let changes = staged.changes
        let error = await #expect(throws: StorageError.self) { try await store.commit(changes) }
        #expect(error?.code == .unavailable)
        sqlite3_exec(rival, "ROLLBACK", nil, nil, nil)
        sqlite3_close(rival)
        try await store.commit(changes)
    }

    @Test func `While a commit waits for another process, a read does not`() async throws {
        let store = try await SQLiteRecordStore(path: directory.file(), busyTimeout: .seconds(600))
        // The first ones may be slow, as the file is new, and then reads ask a reader anyway.
        for number in 1...20 as ClosedRange<UInt8> {
            var staged = StagedCommit(random: random)
            staged.insert([1], at: key([number]))
            try await staged.commit(to: store)
        }
        var rival: OpaquePointer?
        sqlite3_open(directory.file(), &rival)
        sqlite3_exec(rival, "BEGIN IMMEDIATE", nil, nil, nil)
        var later = StagedCommit(random: random)
        later.insert([2], at: key([30]))
        let changes = later.changes
        async let waiting: Void = store.commit(changes)
        // A read that waited for the commit would wait for what comes after it here.
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(5))
            #expect(try await store.record(at: key([1]))?.value == [1])
        }
        sqlite3_exec(rival, "ROLLBACK", nil, nil, nil)
        sqlite3_close(rival)
        try await waiting
        #expect(try await store.record(at: key([30]))?.value == [2])
    }

    @Test func `Stores that open and share one new file lose no increment`() async throws {
        let path = directory.file()
        let (stores, tasks, each) = (3, 4, 10)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<stores {
                group.addTask {
                    let store = try await SQLiteRecordStore(path: path, busyTimeout: .seconds(30))
                    try await withThrowingTaskGroup(of: Void.self) { inner in
                        for _ in 0..<tasks {
                            inner.addTask { for _ in 0..<each { try await increment(in: store) } }
                        }
                        try await inner.waitForAll()
                    }
                    try await store.close()
                }
            }
            try await group.waitForAll()
        }
        let total = try await SQLiteRecordStore(path: path).record(at: counter)?.value
        #expect(total == [UInt8(stores * tasks * each)])
    }

    @Test func `Two processes that open and share one new file lose no increment`() async throws {
        let path = directory.file()
        func process() async {
            await #expect(processExitsWith: .success) { [path = path as String] in
                let store = try await SQLiteRecordStore(path: path, busyTimeout: .seconds(30))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 { group.addTask { for _ in 0..<25 { try await increment(in: store) } } }
                    try await group.waitForAll()
                }
                try await store.close()
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { await process() } }
        }
        #expect(try await SQLiteRecordStore(path: path).record(at: counter)?.value == [200])
    }

    @Test func `What was committed is there after the process was killed`() async throws {
        let path = directory.file()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try await SQLiteRecordStore(path: path)
            for _ in 0..<50 { try await increment(in: store) }
            kill(getpid(), SIGKILL)
        }
        #expect(try await SQLiteRecordStore(path: path).record(at: counter)?.value == [50])
    }
}

private let counter = RecordKey(partition: Partition(rawValue: 1), collection: "test", row: [9])

private func increment(in store: SQLiteRecordStore) async throws {
    while true {
        let current = try await store.record(at: counter)
        var staged = StagedCommit(random: SystemRandomSource())
        staged.put([(current?.value[0] ?? 0) + 1], at: counter, replacing: current)
        do {
            return try await staged.commit(to: store)
        } catch {
            guard error.code == .conflict else { throw error }
        }
    }
}
