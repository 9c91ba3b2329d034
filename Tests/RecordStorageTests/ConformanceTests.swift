import PhoneIdentityTesting
import RecordStorage
import SQLiteStorage
import Testing

@Suite struct ConformanceTests {
    @Test func `The store in memory keeps the contract`() async throws {
        try await RecordStoreConformance { InMemoryRecordStore() }.run()
    }

    @Test func `The SQLite store keeps the contract`() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteRecordStore(path: directory.file())
        try await RecordStoreConformance { store }.run()
        try await store.close()
    }

    @Test func `A slow store keeps the contract too`() async throws {
        let store = FaultyRecordStore(
            InMemoryRecordStore(), perMille: [.delay(.microseconds(100)): 300], random: SeededRandomSource(seed: 1))
        try await RecordStoreConformance { store }.run()
    }

    @Test(arguments: BrokenRecordStore.Defect.allCases)
    func `A store with a defect is found out`(_ defect: BrokenRecordStore.Defect) async throws {
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await RecordStoreConformance { BrokenRecordStore(defect) }.run()
        }
        #expect(failure?.failures.isEmpty == false)
    }
}
