import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct StagedCommitTests {
    private let store = InMemoryRecordStore()
    private let random = SystemRandomSource()

    private func key(_ row: UInt8) -> RecordKey { RecordKey(partition: Partition(rawValue: 1), collection: "test", row: [row]) }

    private func given(_ row: UInt8) async throws -> StoredRecord {
        var staged = StagedCommit(random: random)
        staged.insert([row], at: key(row))
        try await staged.commit(to: store)
        return try #require(try await store.record(at: key(row)))
    }

    @Test func `A check of a record that is written too becomes the write's expectation`() async throws {
        let record = try await given(1)
        for checksFirst in [true, false] {
            var staged = StagedCommit(random: random)
            if checksFirst { staged.check(record) }
            staged.put([9], at: record.key, replacing: record)
            if !checksFirst { staged.check(record) }
            #expect(staged.changes.count == 1)
            #expect(staged.changes[0].expectedVersion == record.version)
            guard case .put = staged.changes[0] else { throw StorageError(.invalidChange, "The write was lost.") }
        }
    }

    @Test func `Two parts that read different versions are a conflict, and nothing is sent`() async throws {
        let record = try await given(1)
        let faulty = FaultyRecordStore(store)
        var staged = StagedCommit(random: random)
        staged.check(record.key, version: RecordVersion(random: random))
        staged.put([9], at: record.key, replacing: record)
        let error = await #expect(throws: StorageError.self) { try await staged.commit(to: faulty) }
        #expect(error?.code == .conflict)
        #expect(faulty.attempts == 0)
    }

    @Test func `Changes keep the order in which they were staged`() {
        var staged = StagedCommit(random: random)
        #expect(staged.isEmpty)
        for row in [5, 1, 9] as [UInt8] { staged.insert([row], at: key(row)) }
        #expect(staged.changes.map(\.key.row) == [[5], [1], [9]])
        #expect(
            Set(staged.changes.map { change -> RecordVersion? in if case .put(_, _, let version, _, _) = change { version } else { nil } })
                .count == 3)
    }

    @Test(arguments: [
        [CommitFault.unknownButLanded], [.unknownAndLost], [.unknownAndLate], [.unknownAndLost, .unavailable],
        [.unknownAndLost, .unknownButLanded],
        [.unknownAndLate, .unknownAndLost, .unavailable],
    ])
    func `An unknown outcome is settled, and the commit is made once`(_ faults: [CommitFault]) async throws {
        let faulty = FaultyRecordStore(store, script: faults)
        let record = try await given(1)
        var staged = StagedCommit(random: random)
        staged.put([2], at: record.key, replacing: record)
        staged.insert([3], at: key(3))
        try await staged.commit(to: faulty)
        await faulty.land()
        #expect(try await store.record(at: key(1))?.value == [2])
        #expect(try await store.record(at: key(3))?.value == [3])
    }

    @Test func `An outcome stays unknown while the store stays silent`() async throws {
        let faulty = FaultyRecordStore(store, script: [.unknownAndLost, .unavailable, .unknownAndLost, .unavailable, .none])
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key(1))
        let sent = staged
        let error = await #expect(throws: StorageError.self) { try await sent.commit(to: faulty) }
        #expect(error?.code == .outcomeUnknown)
    }

    @Test func `A lost commit whose records another writer took is not called made`() async throws {
        let faulty = FaultyRecordStore(store, script: [.unknownAndLate])
        var staged = StagedCommit(random: random)
        staged.insert([1], at: key(1))
        var rival = StagedCommit(random: random)
        rival.insert([2], at: key(1))
        try await rival.commit(to: store)
        let sent = staged
        await #expect(throws: StorageError.self) { try await sent.commit(to: faulty) }
        #expect(try await store.record(at: key(1))?.value == [2])
    }

    @Test func `What a chance store does is the seed's doing`() async throws {
        func codes(_ seed: UInt64) async -> [String] {
            let faulty = FaultyRecordStore(
                InMemoryRecordStore(), perMille: [.conflict: 300, .unavailable: 300, .unknownAndLost: 300],
                random: SeededRandomSource(seed: seed))
            var codes: [String] = []
            for row in UInt8(0)..<50 {
                var staged = StagedCommit(random: random)
                staged.insert([row], at: key(row))
                do {
                    try await faulty.commit(staged.changes)
                    codes.append("made")
                } catch {
                    codes.append(error.code.rawValue)
                }
            }
            return codes
        }
        let first = await codes(7)
        #expect(await codes(7) == first)
        #expect(await codes(8) != first)
        #expect(Set(first).count == 4)
    }
}
