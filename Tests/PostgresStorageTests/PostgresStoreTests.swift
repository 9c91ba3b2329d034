import PhoneIdentityTesting
import PostgresStorage
import RecordStorage
import Testing

/// Everything that needs a server is in here, one test after another: some restart it.
@Suite(.serialized, .enabled(if: PostgresServer.isThere, PostgresServer.absence))
struct PostgresStoreTests {
    static let forms: [PostgresSettings.CommitForm] = [.oneStatement, .pipelined]

    /// Two records, and the changes that write both again.
    struct Pair {
        let claims: [RecordChange]
        let updates: [RecordChange]

        init(_ row: UInt8 = 1) {
            claims = [.claim(.test([row, 0])), .claim(.test([row, 1], partition: 9))]
            updates = claims.map { .replace($0.key, $0.newVersion!) }
        }

        /// Whether the store holds what these changes wrote.
        static func hold(_ changes: [RecordChange], in store: PostgresRecordStore) async throws -> [Bool] {
            let found = try await store.records(at: changes.map(\.key))
            return zip(found, changes).map { $0?.version == $1.newVersion }
        }
    }
}

extension PostgresStoreTests {
    @Test(arguments: forms)
    func `The store keeps the contract`(_ form: PostgresSettings.CommitForm) async throws {
        let store = try await PostgresRecordStore(PostgresServer.settings(form))
        #expect(store.commitForm == form)
        try await RecordStoreConformance { store }.run()
        await store.close()
    }

    @Test func `Hosts that commit in different forms keep the contract together`() async throws {
        var settings = PostgresServer.settings(.oneStatement)
        let first = try await PostgresRecordStore(settings)
        settings.commitForm = .pipelined
        let second = try await PostgresRecordStore(settings)
        let opened = Counter()
        try await RecordStoreConformance(sharesData: true) {
            opened.add()
            return opened.count % 2 == 0 ? first : second
        }.run()
        await first.close()
        await second.close()
    }

    @Test func `A server with functions gets one statement, one without gets the pipelined flush`() async throws {
        var settings = PostgresServer.settings()
        let first = try await PostgresRecordStore(settings)
        #expect(first.commitForm == .oneStatement)
        await first.close()

        try await PostgresServer.run("DROP FUNCTION \"\(settings.schema)\".record_commit_1")
        let second = try await PostgresRecordStore(settings)
        #expect(second.commitForm == .pipelined)
        try await second.commit(Pair().claims)
        await second.close()

        settings.commitForm = .oneStatement
        let error = await refusal(opening: settings)
        #expect(error?.code == .unavailable)
    }

    @Test(arguments: forms)
    func `Hosts that start at once make the schema together`(_ form: PostgresSettings.CommitForm) async throws {
        for _ in 0..<4 {
            let settings = PostgresServer.settings(form, connections: 2)
            let stores = try await withThrowingTaskGroup(of: PostgresRecordStore.self) { group in
                for _ in 0..<8 { group.addTask { try await PostgresRecordStore(settings) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let pair = Pair()
            try await stores[0].commit(pair.claims)
            for store in stores {
                #expect(store.commitForm == form)
                #expect(try await Pair.hold(pair.claims, in: store) == [true, true])
                await store.close()
            }
        }
    }

    @Test(arguments: forms)
    func `Of 64 commits that expect one version exactly one is made, and wholly`(_ form: PostgresSettings.CommitForm) async throws {
        let store = try await PostgresRecordStore(PostgresServer.settings(form, connections: 16))
        var pair = Pair()
        try await store.commit(pair.claims)
        for _ in 0..<5 {
            let attempts = (0..<64).map { _ in pair.claims.map { RecordChange.replace($0.key, $0.newVersion!) } }
            let made = try await withThrowingTaskGroup(of: Int?.self) { group in
                for (number, changes) in attempts.enumerated() {
                    group.addTask {
                        // Half of them name the two keys the other way round.
                        let failure = await code { () throws(StorageError) in
                            try await store.commit(number % 2 == 0 ? changes : changes.reversed())
                        }
                        if failure == nil { return number }
                        #expect(failure == .conflict)
                        return nil
                    }
                }
                return try await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
            }
            #expect(made.count == 1)
            let winner = attempts[try #require(made.first)]
            #expect(try await Pair.hold(winner, in: store) == [true, true])
            pair = Pair(claims: winner)
        }
        await store.close()
    }

    @Test(arguments: forms)
    func `A change that fails late leaves nothing of those before it`(_ form: PostgresSettings.CommitForm) async throws {
        let store = try await PostgresRecordStore(PostgresServer.settings(form))
        let taken = Pair(1)
        try await store.commit(taken.claims)
        let claims: [RecordChange] = (2..<40).map { .claim(.test([0, $0], partition: 0)) }
        let stranger = RecordVersion(random: SystemRandomSource())
        let failing: [RecordChange] = [
            .claim(taken.claims[1].key), .replace(taken.claims[1].key, stranger), .delete(taken.claims[1].key, version: stranger),
            .check(taken.claims[1].key, version: stranger), .check(.test([99], partition: 99), version: stranger),
            .replace(.test([99], partition: 99), stranger), .delete(.test([99], partition: 99), version: stranger),
        ]
        for last in failing {
            let failure = await code { () throws(StorageError) in
                try await store.commit([last, .delete(taken.claims[0].key, version: taken.claims[0].newVersion!)] + claims)
            }
            #expect(failure == .conflict)
            #expect(try await Pair.hold(taken.claims, in: store) == [true, true])
            #expect(try await store.records(at: claims.map(\.key)).allSatisfy { $0 == nil })
        }
        // The connection is as good as before.
        try await store.commit(taken.updates + claims)
        await store.close()
    }

    @Test func `A commit too large for one message is whole too`() async throws {
        let store = try await PostgresRecordStore(PostgresServer.settings(.oneStatement))
        let value = [UInt8](repeating: 7, count: RecordLimits.value)
        let claims: [RecordChange] = (0..<20).map { .claim(.test([$0]), value) }
        let taken = RecordChange.claim(.test([200]))
        try await store.commit([taken])
        let failure = await code { () throws(StorageError) in try await store.commit(claims + [.claim(taken.key)]) }
        #expect(failure == .conflict)
        #expect(try await store.records(at: claims.map(\.key)).allSatisfy { $0 == nil })
        try await store.commit(claims)
        #expect(try await store.records(at: claims.map(\.key)).allSatisfy { $0?.value == value })
        await store.close()
    }

    @Test func `Tenants in two schemas know nothing of each other, whatever the schemas are called`() async throws {
        var settings = PostgresServer.settings()
        settings.schema = "\(settings.schema) \"; DROP"
        let first = try await PostgresRecordStore(settings)
        settings.schema += "'"
        let second = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await first.commit(pair.claims)
        #expect(try await second.records(at: pair.claims.map(\.key)) == [nil, nil])
        try await second.commit(pair.claims)
        await first.close()
        await second.close()

        settings.schema = String(repeating: "a", count: 64)
        let error = await refusal(opening: settings)
        #expect(error?.code == .invalidChange)
    }
}

extension PostgresStoreTests.Pair {
    /// The same two records, as these changes left them.
    init(claims: [RecordChange]) {
        self.claims = claims
        updates = claims.map { .replace($0.key, $0.newVersion!) }
    }
}
