import CryptoPrimitives
import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct AuthenticatedStoreTests {
    private let random = SystemRandomSource()
    private let database = InMemoryRecordStore()
    private let store: AuthenticatedStore<InMemoryRecordStore>

    init() {
        store = AuthenticatedStore(database, key: SecretBytes(random: random))
    }

    private func key(_ row: UInt8, partition: UInt16 = 3, collection: RecordCollection = "claim") -> RecordKey {
        RecordKey(partition: Partition(rawValue: partition), collection: collection, row: [row])
    }

    @discardableResult
    private func put(
        _ value: [UInt8], at key: RecordKey, expiresAt: Timestamp? = nil, replacing: StoredRecord? = nil
    ) async throws -> StoredRecord {
        var commit = StagedCommit(random: random)
        commit.put(value, at: key, replacing: replacing, expiresAt: expiresAt)
        try await commit.commit(to: store)
        return try #require(try await database.record(at: key))
    }

    /// What an administrator of the database can do: write any row.
    private func forge(_ record: StoredRecord, at key: RecordKey? = nil) async throws {
        let current = try await database.record(at: key ?? record.key)
        // A store refuses a put of the version that is there, an administrator does not.
        if let current { try await database.commit([.delete(current.key, version: current.version)]) }
        try await database.commit([
            .put(key ?? record.key, expecting: nil, version: record.version, value: record.value, expiresAt: record.expiresAt)
        ])
    }

    private func expectTampered(_ key: RecordKey, _ what: String) async {
        let one = await #expect(throws: StorageError.self, "\(what)") { _ = try await store.records(at: [key]) }
        #expect(one?.code == .tampered)
        let range = RecordRange(partition: key.partition, collection: key.collection)
        let many = await #expect(throws: StorageError.self, "\(what), in a range") { _ = try await store.records(in: range, limit: 10) }
        #expect(many?.code == .tampered)
    }

    @Test func `It keeps the contract of every store`() async throws {
        let largest = RecordLimits.value - AuthenticatedStore<InMemoryRecordStore>.overhead
        try await RecordStoreConformance(largestValue: largest) {
            AuthenticatedStore(InMemoryRecordStore(), key: SecretBytes(random: SystemRandomSource()))
        }.run()
    }

    @Test func `A changed bit of value, version or expiry is found out`() async throws {
        let expiry = Timestamp(milliseconds: 1_795_478_400_000)
        let row = try await put([1, 2, 3, 4], at: key(1), expiresAt: expiry)
        #expect(row.value.count == 4 + 32)
        for bit in 0..<row.value.count * 8 {
            var value = row.value
            value[bit / 8] ^= 1 << UInt8(bit % 8)
            try await forge(StoredRecord(key: row.key, version: row.version, value: value, expiresAt: row.expiresAt))
            await expectTampered(row.key, "bit \(bit) of the value")
        }
        for bit in 0..<128 {
            var version = row.version.bytes
            version[bit / 8] ^= 1 << UInt8(bit % 8)
            let other = try #require(RecordVersion(bytes: version))
            try await forge(StoredRecord(key: row.key, version: other, value: row.value, expiresAt: row.expiresAt))
            await expectTampered(row.key, "bit \(bit) of the version")
        }
        for other in [nil, expiry + .milliseconds(1), Timestamp(milliseconds: 0), Timestamp(milliseconds: -expiry.milliseconds)] {
            try await forge(StoredRecord(key: row.key, version: row.version, value: row.value, expiresAt: other))
            await expectTampered(row.key, "another expiry")
        }
        try await forge(row)
        #expect(try await store.record(at: row.key)?.value == [1, 2, 3, 4])
    }

    @Test func `A value cut, made longer, or with another's authenticator is found out`() async throws {
        let row = try await put(Array(0..<40), at: key(1))
        let other = try await put(Array(40..<80), at: key(2))
        var values = (0..<row.value.count).map { Array(row.value[..<$0]) }
        values += [row.value + [0], [0] + row.value, Array(row.value[..<40]) + other.value[40...]]
        for value in values {
            try await forge(StoredRecord(key: row.key, version: row.version, value: value, expiresAt: nil))
            await expectTampered(row.key, "\(value.count) bytes")
        }
    }

    @Test func `A row in another row's place is found out`() async throws {
        let row = try await put([1], at: key(1))
        let places = [
            key(2), key(1, partition: 4), key(1, collection: "vault"),
            // One encoding a key: where collection ends and row begins is part of it.
            RecordKey(partition: Partition(rawValue: 3), collection: "clai", row: [0x6D, 1]),
        ]
        for place in places {
            try await forge(row, at: place)
            await expectTampered(place, "\(place.collection.rawValue)")
        }
    }

    @Test func `An older value under the newer version's name is found out; the older row put back whole is not`() async throws {
        let old = try await put([1], at: key(1))
        let new = try await put([2], at: key(1), replacing: old)
        try await forge(StoredRecord(key: new.key, version: new.version, value: old.value, expiresAt: nil))
        await expectTampered(new.key, "the old value")
        try await forge(StoredRecord(key: new.key, version: old.version, value: new.value, expiresAt: nil))
        await expectTampered(new.key, "the old version's name")
        // The limit that its documentation states: whoever changes that takes this line out.
        try await forge(old)
        #expect(try await store.record(at: old.key)?.value == [1])
    }

    @Test func `Rows of another deployment are not taken for one's own`() async throws {
        let row = try await put([1], at: key(1))
        let stranger = AuthenticatedStore(database, key: SecretBytes(random: random))
        let error = await #expect(throws: StorageError.self) { _ = try await stranger.records(at: [row.key]) }
        #expect(error?.code == .tampered)
    }

    /// A database that answers with true rows, and not with those that were asked for.
    private struct LyingStore: RecordStore {
        let wrapped: InMemoryRecordStore
        let change: @Sendable ([StoredRecord?]) -> [StoredRecord?]

        func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
            change(try await wrapped.records(at: keys))
        }
        func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
            change(try await wrapped.records(in: range, limit: limit)).compactMap { $0 }
        }
        func commit(_ changes: [RecordChange]) async throws(StorageError) { try await wrapped.commit(changes) }
    }

    @Test func `True rows in answer to another question are found out`() async throws {
        let secret: [UInt8] = random.bytes(32)
        func lying(_ change: @escaping @Sendable ([StoredRecord?]) -> [StoredRecord?]) -> AuthenticatedStore<LyingStore> {
            AuthenticatedStore(LyingStore(wrapped: database, change: change), key: SecretBytes(copying: secret))
        }
        let honest = lying { $0 }
        for (row, partition, collection) in [(1, 3, "claim"), (2, 3, "claim"), (1, 4, "claim"), (1, 3, "vault")]
            as [(UInt8, UInt16, String)]
        {
            var commit = StagedCommit(random: random)
            let name = try #require(RecordCollection(rawValue: collection))
            commit.insert([row], at: key(row, partition: partition, collection: name))
            try await commit.commit(to: honest)
        }
        let range = RecordRange(partition: Partition(rawValue: 3), collection: "claim")
        #expect(try await honest.records(at: [key(1), key(2)]).map { $0?.value } == [[1], [2]])
        #expect(try await honest.records(in: range, limit: 10).map(\.value) == [[1], [2]])

        let elsewhere = try #require(try await database.record(at: key(1, partition: 4)))
        let other = try #require(try await database.record(at: key(1, collection: "vault")))
        let lies: [(String, @Sendable ([StoredRecord?]) -> [StoredRecord?])] = [
            ("in another order", { $0.reversed() }), ("the first twice", { [$0[0], $0[0]] }),
            ("a row of another partition", { [$0[0], elsewhere] }), ("a row of another collection", { [other, $0[1]] }),
        ]
        for (what, lie) in lies {
            let one = await #expect(throws: StorageError.self, "\(what)") { _ = try await lying(lie).records(at: [key(1), key(2)]) }
            #expect(one?.code == .tampered)
            let many = await #expect(throws: StorageError.self, "\(what)") { _ = try await lying(lie).records(in: range, limit: 10) }
            #expect(many?.code == .tampered, "\(what)")
        }
        let short = await #expect(throws: StorageError.self) { _ = try await lying { [$0[0]] }.records(at: [key(1), key(2)]) }
        #expect(short?.code == .tampered)
        let after = RecordRange(partition: Partition(rawValue: 3), collection: "claim", after: [1])
        let again = try #require(try await database.record(at: key(1)))
        let repeated = await #expect(throws: StorageError.self) { _ = try await lying { [again] + $0 }.records(in: after, limit: 10) }
        #expect(repeated?.code == .tampered)
    }
}
