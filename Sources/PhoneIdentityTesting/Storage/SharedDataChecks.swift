import RecordStorage

extension ConformanceCheck {
    /// Of two stores over the same data, as two processes of a host have them.
    static let sharedData = [
        ConformanceCheck("What one store commits, the other reads next") { room in
            for (round, (one, other)) in [(room.hosts[0], room.hosts[1]), (room.hosts[1], room.hosts[0])].enumerated() {
                let writer = room.alone(on: one)
                let reader = room.alone(on: other)
                let key = room.key([UInt8(round)])
                let range = RecordRange(partition: key.partition, collection: key.collection)
                func isSeen(_ record: StoredRecord?, _ when: String) async throws {
                    try await reader.holds(record, at: key, "for the other store \(when)")
                    let rows = try await reader.store.records(in: range, limit: 10).filter { $0.key == key }
                    try room.expect(rows == (record.map { [$0] } ?? []), "a range of the other store does not show the record \(when)")
                }
                try await isSeen(nil, "before the first put")
                let first = try await writer.given([1], at: key)
                try await isSeen(first, "after a put")
                try await reader.refuses([reader.put([2], at: key)], with: .conflict, "the other store's claim of a key that is taken")
                let second = StoredRecord(key: key, version: room.version(), value: [2], expiresAt: nil)
                try await writer.store.commit([room.put([2], at: key, expecting: first.version, version: second.version)])
                try await reader.refuses(
                    [.check(key, version: first.version)], with: .conflict, "the other store's check of a version that was replaced")
                try await isSeen(second, "after a replacement")
                try await writer.store.commit([.delete(key, version: second.version)])
                try await isSeen(nil, "after a deletion")
                // By whoever read last.
                let third = try await reader.given([3], at: key)
                try await writer.holds(third, at: key, "for the first store after the other's put")
            }
        }
    ]
}

/// Two stores over the same data: each call goes to one of them, drawn.
struct EitherStore: RecordStore {
    let hosts: [any RecordStore]

    private var host: any RecordStore { hosts[Int.random(in: hosts.indices)] }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await host.records(at: keys) }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await host.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) { try await host.commit(changes) }
}
