import RecordStorage

extension ConformanceCheck {
    static let concurrency = [
        ConformanceCheck("No increment of a counter is lost among many writers") { room in
            let key = room.key([1])
            try await room.given([0, 0], at: key)
            let (tasks, each) = (12, 10)
            try await room.concurrently(tasks) { _ in
                for _ in 0..<each { try await room.add(1, to: key) }
            }
            let total = try await room.counter(at: key).0
            try room.expect(total == tasks * each, "\(tasks * each) increments were confirmed and \(total) are there")
        },
        ConformanceCheck("Exactly one of many claims of a key wins") { room in
            for round in UInt8(0)..<8 {
                let key = room.key([round])
                let winners = try await room.concurrently(16) { task -> UInt8? in
                    let failure = await room.failure(of: [room.put([UInt8(task)], at: key)])
                    if let failure, failure.code != .conflict { throw failure }
                    return failure == nil ? UInt8(task) : nil
                }.compactMap { $0 }
                try room.expect(winners.count == 1, "\(winners.count) of 16 claims of one key were confirmed")
                let found = try await room.store.record(at: key)?.value
                try room.expect(found == winners, "the record is not that of the claim that was confirmed")
            }
        },
        ConformanceCheck("Commits that overlap in several keys stay whole, in whichever order they name them") { room in
            let keys = (UInt8(0)..<4).map { room.key([$0], partition: UInt16($0)) }
            for key in keys { try await room.given([0, 100], at: key) }
            let moves = 10
            try await room.concurrently(8) { task in
                for move in 0..<moves {
                    let from = keys[(task + move) % 4]
                    let to = keys[(task + move + 1 + task % 3) % 4]
                    try await room.move(from: from, to: to, backwards: (task + move) % 2 == 1)
                }
            }
            var total = 0
            for key in keys { total += try await room.counter(at: key).0 }
            try room.expect(total == 400, "400 in four records became \(total): a commit was applied in part")
        },
        ConformanceCheck("Of two commits that each check what the other writes, at most one is made") { room in
            for round in UInt8(0)..<12 {
                let left = try await room.given([0], at: room.key([round, 0], partition: 1))
                let right = try await room.given([0], at: room.key([round, 1], partition: 2))
                let made = try await room.concurrently(2) { task -> Bool in
                    let (checked, written) = task == 0 ? (left, right) : (right, left)
                    let changes: [RecordChange] = [
                        .check(checked.key, version: checked.version), room.put([1], at: written.key, expecting: written.version),
                    ]
                    let failure = await room.failure(of: changes)
                    if let failure, failure.code != .conflict { throw failure }
                    return failure == nil
                }
                try room.expect(made != [true, true], "both were made: a check does not hold until its commit is made")
            }
        },
        ConformanceCheck("A read that starts after a commit returned sees it") { room in
            try await room.concurrently(6) { task in
                var record = try await room.given([0], at: room.key([UInt8(task)]))
                for round in UInt8(1)..<20 {
                    let next = StoredRecord(key: record.key, version: room.version(), value: [round], expiresAt: nil)
                    try await room.store.commit([room.put([round], at: record.key, expecting: record.version, version: next.version)])
                    record = next
                    try await room.holds(record, at: record.key, "in a read that started after its commit returned")
                }
            }
        },
    ]

    static let cancellation = [
        ConformanceCheck("A commit in a cancelled task tells its real outcome") { room in
            for row in UInt8(0)..<60 {
                let key = room.key([row])
                let changes = [room.put([row], at: key), room.put([row], at: room.key([row, 1]))]
                let failure = await room.failure(of: changes, cancelledAfter: Int(row % 12))
                let found = try await room.store.records(at: [key, room.key([row, 1])]).map { $0?.value }
                switch failure?.code {
                case nil: try room.expect(found == [[row], [row]], "a commit in a cancelled task was confirmed and is not there")
                case .cancelled: try room.expect(found == [nil, nil], "a commit that threw .cancelled is there")
                case .outcomeUnknown: break
                default: throw failure!
                }
            }
        },
        ConformanceCheck("What was cancelled does not land later") { room in
            let cancelled = try await room.concurrently(40) { task -> UInt8? in
                let row = UInt8(task)
                let failure = await room.failure(of: [room.put([1], at: room.key([row]))], cancelledAfter: task % 4)
                if let failure, failure.code != .cancelled { throw failure }
                return failure == nil ? nil : row
            }.compactMap { $0 }
            try await room.given([1], at: room.key([200]))
            let rows = try await room.rows(page: 100).map { $0.key.row[0] }
            try room.expect(Set(rows).isDisjoint(with: cancelled), "a commit that threw .cancelled landed after all")
            try room.expect(rows.count == 41 - cancelled.count, "a commit that was confirmed is not there")
        },
    ]
}

extension ConformanceRoom {
    /// Runs `body` in many tasks at once; the answers in the order of the tasks.
    @discardableResult
    func concurrently<Value: Sendable>(_ tasks: Int, _ body: @escaping @Sendable (Int) async throws -> Value) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            for task in 0..<tasks { group.addTask { (task, try await body(task)) } }
            var answers: [(Int, Value)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The error of a commit whose task is cancelled meanwhile, `nil` when it was made.
    func failure(of changes: [RecordChange], cancelledAfter yields: Int) async -> StorageError? {
        await withTaskGroup(of: StorageError?.self) { group in
            group.addTask { await failure(of: changes) }
            for _ in 0..<yields { await Task.yield() }
            group.cancelAll()
            return await group.next() ?? nil
        }
    }

    /// The two-byte number at a key, and the record that holds it.
    fileprivate func counter(at key: RecordKey) async throws -> (Int, StoredRecord) {
        guard let record = try await store.record(at: key), record.value.count == 2 else {
            throw BrokenContract(reason: "a record that nobody deletes is gone")
        }
        return (Int(record.value[0]) << 8 | Int(record.value[1]), record)
    }

    fileprivate func add(_ amount: Int, to key: RecordKey) async throws {
        try await untilMade {
            let (number, record) = try await counter(at: key)
            return [put(Self.bytes(number + amount), at: key, expecting: record.version)]
        }
    }

    fileprivate func move(from: RecordKey, to: RecordKey, backwards: Bool) async throws {
        guard from != to else { return }
        try await untilMade {
            let (less, source) = try await counter(at: from)
            let (more, target) = try await counter(at: to)
            guard less > 0 else { return nil }
            let changes = [
                put(Self.bytes(less - 1), at: from, expecting: source.version),
                put(Self.bytes(more + 1), at: to, expecting: target.version),
            ]
            return backwards ? changes.reversed() : changes
        }
    }

    /// Reads and decides again after every conflict, as the library does, but without end: no writer may starve all others.
    private func untilMade(_ decide: () async throws -> [RecordChange]?) async throws {
        for _ in 0..<20_000 {
            guard let changes = try await decide() else { return }
            guard let failure = await failure(of: changes) else { return }
            guard failure.code == .conflict else { throw failure }
            await Task.yield()
        }
        throw BrokenContract(reason: "20,000 attempts in a row ended in a conflict")
    }

    private static func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 255), UInt8(number & 255)] }
}
