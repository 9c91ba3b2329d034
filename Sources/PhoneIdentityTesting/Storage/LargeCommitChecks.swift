import RecordStorage

extension ConformanceCheck {
    /// What takes most of the suite's time: as much as a store must be able to bear.
    static let large = [
        ConformanceCheck("A commit of 10,000 changes is one commit") { room in
            func changes(_ first: UInt8) -> [RecordChange] {
                (0..<RecordLimits.changes).map { room.put([1], at: room.key([first, UInt8($0 >> 8), UInt8($0 & 255)])) }
            }
            let blocked = try await room.given([9], at: room.key([2, 39, 15]))
            try await room.refuses(changes(2), with: .conflict, "a commit of 10,000 changes whose last conflicts")
            let rest = try await room.rows(page: 20_000)
            try room.expect(rest == [blocked], "a refused commit of 10,000 changes left something")
            try await room.store.commit([.delete(blocked.key, version: blocked.version)])
            try await room.store.commit(changes(2))
            let written = try await room.rows(page: 20_000).count
            try room.expect(written == RecordLimits.changes, "a commit of 10,000 changes left \(written) records")
        },
        ConformanceCheck("A commit of 10,000 claims, replacements, deletions and checks is one commit") { room in
            func key(_ number: Int) -> RecordKey { room.key([UInt8(number >> 8), UInt8(number & 255)], partition: UInt16(number % 3)) }
            let quarter = RecordLimits.changes / 4
            let old = (0..<3 * quarter).map { StoredRecord(key: key($0), version: room.version(), value: [1], expiresAt: nil) }
            try await room.store.commit(old.map { room.put($0.value, at: $0.key, version: $0.version) })
            var changes = (3 * quarter..<4 * quarter).map { room.put([2], at: key($0)) }
            for (place, record) in old.enumerated() {
                switch place / quarter {
                case 0: changes.append(room.put([3], at: record.key, expecting: record.version))
                case 1: changes.append(.delete(record.key, version: record.version))
                default: changes.append(.check(record.key, version: record.version))
                }
            }
            changes.shuffle()
            func rows() async throws -> [RecordKey: RecordVersion] {
                var found: [RecordKey: RecordVersion] = [:]
                for partition in UInt16(0)..<3 {
                    for record in try await room.rows(partition: partition, page: 4000) { found[record.key] = record.version }
                }
                return found
            }
            let before = Dictionary(uniqueKeysWithValues: old.map { ($0.key, $0.version) })
            var broken = changes
            let place = broken.lastIndex { if case .check = $0 { true } else { false } }!
            broken[place] = .check(broken[place].key, version: room.version())
            try await room.refuses(broken, with: .conflict, "a commit of 10,000 changes with one check that does not hold")
            let unchanged = try await rows()
            try room.expect(unchanged == before, "a refused commit of 10,000 changes left something")
            try await room.store.commit(changes)
            var after = before
            for change in changes {
                switch change {
                case .check: break
                case .put(let key, _, let version, _, _): after[key] = version
                case .delete(let key, _): after[key] = nil
                }
            }
            let found = try await rows()
            try room.expect(found == after, "a commit of 10,000 claims, replacements, deletions and checks was made otherwise")
        },
        ConformanceCheck("Values of the largest size come back, several in one commit and many at once") { room in
            @Sendable func largest(_ number: Int) -> [UInt8] {
                var value = [UInt8](repeating: UInt8(number), count: room.largestValue)
                value[0] = 0
                value[value.count - 1] = 255
                return value
            }
            @Sendable func key(_ number: Int) -> RecordKey { room.key([UInt8(number)], partition: UInt16(number % 2)) }
            @Sendable func demand(_ numbers: [Int]) async throws {
                let found = try await room.store.records(at: numbers.map { key($0) })
                for (number, record) in zip(numbers, found) {
                    try room.expect(record?.value == largest(number), "one of several values of the largest size did not come back")
                }
            }
            try await room.store.commit((0..<3).map { room.put(largest($0), at: key($0)) })
            try await demand([0, 1, 2])
            try await room.concurrently(3) { task in
                let numbers = [3 + 2 * task, 4 + 2 * task]
                try await room.store.commit(numbers.map { room.put(largest($0), at: key($0)) })
                try await demand(numbers)
            }
            let odd = try await room.rows(partition: 1, page: 10)
            try room.expect(
                odd.map(\.value) == [1, 3, 5, 7].map { largest($0) }, "a range does not give values of the largest size as they are")
        },
    ]
}
