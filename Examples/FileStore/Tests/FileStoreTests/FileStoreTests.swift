import FileStore
import Foundation
import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct FileStoreTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("file-store-\(UUID().uuidString)").path
    private let random = SystemRandomSource()

    private func key(_ row: UInt8) -> RecordKey {
        RecordKey(partition: Partition(rawValue: row.isMultiple(of: 2) ? 0 : 700), collection: "test", row: [row])
    }

    // [readme]
    @Test func `The store keeps the contract`() async throws {
        let store = try FileStore(path: path)
        try await RecordStoreConformance { store }.run()
        try FileManager.default.removeItem(atPath: path)
    }
    // [/readme]

    /// Two commits; the second claims, replaces and deletes.
    private func write() async throws {
        let store = try FileStore(path: path)
        var first = StagedCommit(random: random)
        for row in UInt8(0)..<3 { first.insert([row], at: key(row), expiresAt: row == 1 ? Timestamp(milliseconds: -5) : nil) }
        try await first.commit(to: store)
        let old = try await store.records(at: [key(0), key(1)])
        var second = StagedCommit(random: random)
        second.put([10], at: key(0), replacing: old[0], expiresAt: Timestamp(milliseconds: .max))
        second.delete(old[1]!)
        second.insert([3], at: key(3))
        try await second.commit(to: store)
    }

    private func contents() async throws -> [StoredRecord?] {
        try await FileStore(path: path).records(at: (0..<4).map { key($0) })
    }

    @Test func `Records are there when the file is opened again`() async throws {
        try await write()
        let found = try await contents()
        #expect(found.map { $0?.value } == [[10], nil, [2], [3]])
        #expect(found.map { $0?.expiresAt } == [Timestamp(milliseconds: .max), nil, nil, nil])
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `Of a commit that a crash has torn nothing is there, wherever it is torn`() async throws {
        try await write()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let lengths = whole.prefix(4).reduce(0) { $0 << 8 | Int($1) } + 12
        for end in lengths..<whole.count {
            // Cut off, and written to the full length with nothing in the rest.
            for torn in [whole.prefix(end), whole.prefix(end) + Data(count: whole.count - end)] where torn != whole {
                try torn.write(to: URL(fileURLWithPath: path))
                let found = try await contents()
                #expect(found.map { $0?.value } == [[0], [1], [2], nil], "torn at \(end)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == lengths)
            }
        }
        // What is committed now is found the next time.
        let store = try FileStore(path: path)
        var commit = StagedCommit(random: random)
        commit.insert([9], at: key(9))
        try await commit.commit(to: store)
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `Damage to a commit that was confirmed is refused, not cut off`() async throws {
        try await write()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let first = whole.prefix(4).reduce(0) { $0 << 8 | Int($1) } + 12
        for place in 0..<first {
            var damaged = whole
            damaged[place] ^= 1
            try damaged.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StorageError.self, "damaged at \(place)") { _ = try FileStore(path: path) }
            #expect(error?.code == .corrupt)
        }
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `A store that nobody holds any more has let go of its file`() async throws {
        for _ in 0..<200 {
            let store = try FileStore(path: path)
            var commit = StagedCommit(random: random)
            commit.insert([1], at: RecordKey(partition: Partition(rawValue: 0), collection: "test", row: random.bytes(8)))
            try await commit.commit(to: store)
        }
        try FileManager.default.removeItem(atPath: path)
    }

    @Test func `Who comes second is refused`() async throws {
        let store = try FileStore(path: path)
        let error = #expect(throws: StorageError.self) { _ = try FileStore(path: path) }
        #expect(error?.code == .unavailable)
        _ = try await store.record(at: key(1))
        try FileManager.default.removeItem(atPath: path)
    }
}
