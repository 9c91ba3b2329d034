import RecordStorage

/// A store and a collection that one check has to itself, with the words the checks are written in.
struct ConformanceRoom: Sendable {
    /// The store, or several over the same data.
    let hosts: [any RecordStore]
    let collection: RecordCollection
    let largestValue: Int
    let random = SystemRandomSource()

    init(hosts: [any RecordStore], largestValue: Int) {
        self.hosts = hosts
        self.largestValue = largestValue
        let name = random.bytes(12).map { "0123456789abcdef".dropFirst(Int($0 & 15)).prefix(1) }.joined()
        // Twelve hexadecimal digits are a valid name.
        collection = RecordCollection(rawValue: "check-\(name)")!
    }

    private init(_ room: Self, alone host: any RecordStore) {
        hosts = [host]
        collection = room.collection
        largestValue = room.largestValue
    }

    /// The store, or each time one of those over the same data.
    var store: any RecordStore { hosts.count == 1 ? hosts[0] : EitherStore(hosts: hosts) }

    /// The same room with one store.
    func alone(on host: any RecordStore) -> Self { Self(self, alone: host) }

    func key(_ row: [UInt8], partition: UInt16 = 7) -> RecordKey {
        RecordKey(partition: Partition(rawValue: partition), collection: collection, row: row)
    }

    func version() -> RecordVersion { RecordVersion(random: random) }

    func put(
        _ value: [UInt8], at key: RecordKey, expecting: RecordVersion? = nil, version: RecordVersion? = nil, expiresAt: Timestamp? = nil
    ) -> RecordChange {
        .put(key, expecting: expecting, version: version ?? self.version(), value: value, expiresAt: expiresAt)
    }

    /// Writes a record where there is none.
    @discardableResult
    func given(_ value: [UInt8], at key: RecordKey, expiresAt: Timestamp? = nil) async throws -> StoredRecord {
        let record = StoredRecord(key: key, version: version(), value: value, expiresAt: expiresAt)
        try await store.commit([.put(key, expecting: nil, version: record.version, value: value, expiresAt: expiresAt)])
        return record
    }

    /// Demands that the store refuses the changes with this code.
    func refuses(_ changes: [RecordChange], with code: StorageError.Code, _ what: String) async throws {
        guard let thrown = await failure(of: changes) else { throw BrokenContract(reason: "\(what) was accepted") }
        try expect(thrown.code == code, "\(what) threw \(thrown.code.rawValue) instead of \(code.rawValue)")
    }

    /// Demands that a key holds exactly this record, or nothing.
    func holds(_ record: StoredRecord?, at key: RecordKey, _ when: String) async throws {
        let found = try await store.record(at: key)
        if record == nil, found != nil { throw BrokenContract(reason: "there is a record \(when), and there must be none") }
        if record != nil, found == nil { throw BrokenContract(reason: "there is no record \(when)") }
        try expect(found?.key == record?.key, "the record has another key \(when)")
        try expect(found?.version == record?.version, "the record has another version \(when)")
        try expect(found?.value == record?.value, "the record has another value \(when)")
        try expect(found?.expiresAt == record?.expiresAt, "the record has another time of expiry \(when)")
    }

    /// The error of a commit, `nil` when it was made.
    func failure(of changes: [RecordChange]) async -> StorageError? {
        do {
            try await store.commit(changes)
            return nil
        } catch {
            return error
        }
    }

    func expect(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
        guard condition else { throw BrokenContract(reason: reason()) }
    }
}

extension ConformanceRoom {
    /// Reads all rows of a partition in pages.
    func rows(partition: UInt16 = 7, page: Int) async throws -> [StoredRecord] {
        var range = RecordRange(partition: Partition(rawValue: partition), collection: collection)
        var found: [StoredRecord] = []
        while true {
            let records = try await store.records(in: range, limit: page)
            try expect(records.count <= page, "a page of at most \(page) had \(records.count) records")
            guard let last = records.last else { return found }
            found += records
            let goesOn = range.after.map { $0.lexicographicallyPrecedes(records[0].key.row) } ?? true
            try expect(goesOn, "a page starts at or before the position it was to start after")
            range.after = last.key.row
        }
    }
}
