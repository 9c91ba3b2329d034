import RecordStorage

/// What many tasks do to a few records at once: reads, ranges, claims, replacements, deletions and checks, of one key or of several
/// in different partitions, by what a task has just read or by what it remembers, and some of it cancelled.
///
/// The seed decides what each task wants, not in which order they get it.
struct ConcurrentWorkload: Sendable {
    let seed: UInt64
    var tasks = 12
    var steps = 30

    /// Runs it on the store of `room`, and demands that what was answered has an explanation.
    func run(in room: ConformanceRoom) async throws {
        let recorder = HistoryRecorder()
        let recorded = ConformanceRoom(hosts: room.hosts.map { recorder.record($0) }, largestValue: room.largestValue)
        let keys = (UInt8(0)..<6).map { recorded.key([$0, $0 % 2], partition: UInt16($0 % 3) * 300) }
        try await recorded.concurrently(tasks) { task in
            var random = SplitMix64(state: seed &* 1_000_003 &+ UInt64(task))
            var known: [RecordKey: StoredRecord] = [:]
            for _ in 0..<steps { try await step(in: recorded, keys, &known, &random) }
        }
        _ = try await recorded.store.records(at: keys)
        for partition in Set(keys.map(\.partition)) {
            _ = try await recorded.store.records(in: RecordRange(partition: partition, collection: recorded.collection), limit: 100)
        }
        if let violation = recorder.history.violation() {
            throw BrokenContract(reason: "in the workload of seed \(seed), \(violation)")
        }
    }

    private func step(
        in room: ConformanceRoom, _ keys: [RecordKey], _ known: inout [RecordKey: StoredRecord], _ random: inout SplitMix64
    ) async throws {
        // Some keys are wanted more than others.
        let wanted = keys.shuffled(using: &random).sorted { $0.row[0] / 2 < $1.row[0] / 2 || random.next() % 3 == 0 && $0 < $1 }
        let chosen = Array((random.next() % 3 == 0 ? keys.shuffled(using: &random) : wanted).prefix(1 + Int(random.next() % 3)))
        let kind = random.next() % 10
        if kind == 0 {
            let range = RecordRange(
                partition: chosen[0].partition, collection: room.collection, after: random.next() % 3 == 0 ? chosen[0].row : nil)
            for record in try await room.store.records(in: range, limit: 1 + Int(random.next() % 4)) { known[record.key] = record }
            return
        }
        if kind < 7 || random.next() % 2 == 0 {
            for (key, record) in zip(chosen, try await room.store.records(at: chosen)) { known[key] = record }
        }
        guard kind > 2 else { return }
        let changes = chosen.map { change(of: $0, known[$0], in: room, &random) }
        let failure =
            random.next() % 6 == 0
            ? await room.failure(of: changes, cancelledAfter: Int(random.next() % 8)) : await room.failure(of: changes)
        switch failure?.code {
        case nil:
            for change in changes {
                switch change {
                case .check: break
                case .delete(let key, _): known[key] = nil
                case .put(let key, _, let version, let value, let expiresAt):
                    known[key] = StoredRecord(key: key, version: version, value: value, expiresAt: expiresAt)
                }
            }
        case .conflict, .cancelled, .outcomeUnknown: break
        default: throw failure!
        }
    }

    private func change(
        of key: RecordKey, _ record: StoredRecord?, in room: ConformanceRoom, _ random: inout SplitMix64
    ) -> RecordChange {
        let version = room.version()
        let expiresAt = random.next() % 3 == 0 ? Timestamp(milliseconds: Int64(random.next() % 1000)) : nil
        guard let record else { return room.put(Array(version.bytes.prefix(5)), at: key, version: version, expiresAt: expiresAt) }
        return switch random.next() % 8 {
        case 0..<3: .check(key, version: record.version)
        case 3..<5: .delete(key, version: record.version)
        default: room.put(Array(version.bytes.prefix(5)), at: key, expecting: record.version, version: version, expiresAt: expiresAt)
        }
    }
}

extension ConformanceCheck {
    static let histories = [
        ConformanceCheck("What many tasks saw while they wrote has one explanation") { room in
            for seed in UInt64(1)...4 { try await ConcurrentWorkload(seed: seed).run(in: room) }
        }
    ]
}
