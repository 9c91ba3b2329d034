import RecordStorage

extension ConformanceCheck {
    static let commits = [
        ConformanceCheck("A put, a replacement and a deletion are seen by the next read") { room in
            let key = room.key([1])
            try await room.holds(nil, at: key, "before the first put")
            let first = try await room.given([1, 2, 3], at: key, expiresAt: Timestamp(milliseconds: 5))
            try await room.holds(first, at: key, "after a put")
            let second = StoredRecord(key: key, version: room.version(), value: [4], expiresAt: nil)
            try await room.store.commit([room.put([4], at: key, expecting: first.version, version: second.version)])
            try await room.holds(second, at: key, "after a replacement")
            try await room.store.commit([.check(key, version: second.version)])
            try await room.holds(second, at: key, "after a check")
            try await room.store.commit([.delete(key, version: second.version)])
            try await room.holds(nil, at: key, "after a deletion")
            let third = try await room.given([5], at: key)
            try await room.holds(third, at: key, "after a put where a record was deleted")
        },
        ConformanceCheck("Values come back byte for byte, from empty to the largest") { room in
            let every = (0...255).map { UInt8($0) }
            // 251 bytes again and again, so that no two blocks of a power of two are alike.
            var largest = Array(every.prefix(251))
            while largest.count < room.largestValue { largest += largest }
            largest.removeLast(largest.count - room.largestValue)
            for (index, value) in [[], [0], every, [UInt8](repeating: 0, count: 5000), largest].enumerated() {
                let key = room.key([UInt8(index)])
                let record = try await room.given(value, at: key)
                try await room.holds(record, at: key, "after a put of \(value.count) bytes")
            }
        },
        ConformanceCheck("Expiry permits sweeping and hides nothing") { room in
            for (index, milliseconds) in [Int64.min, -1, 0, 1, .max].enumerated() {
                let key = room.key([UInt8(index)])
                let record = try await room.given([1], at: key, expiresAt: Timestamp(milliseconds: milliseconds))
                try await room.holds(record, at: key, "that expired at \(milliseconds) ms")
                try await room.refuses([room.put([2], at: key)], with: .conflict, "a claim of a key whose record has expired")
            }
            let seen = try await room.rows(page: 10).count
            try room.expect(seen == 5, "a range hides records that have expired")
        },
        ConformanceCheck("An expectation that does not hold is a conflict") { room in
            let taken = try await room.given([1], at: room.key([1]))
            let free = room.key([2])
            for (change, what) in room.broken(taken: taken, free: free) {
                try await room.refuses([change], with: .conflict, what)
                try await room.holds(taken, at: taken.key, "after a refused commit")
                try await room.holds(nil, at: free, "after a refused commit")
            }
        },
        ConformanceCheck("A conflict at any place in a commit leaves nothing of it") { room in
            let taken = try await room.given([1], at: room.key([1]))
            let free = room.key([2])
            let replaced = try await room.given([3], at: room.key([3]))
            let deleted = try await room.given([4], at: room.key([4]))
            let claimed = room.key([5])
            for (change, what) in room.broken(taken: taken, free: free) {
                for place in 0...3 {
                    var changes = [
                        room.put([30], at: replaced.key, expecting: replaced.version),
                        .delete(deleted.key, version: deleted.version),
                        room.put([50], at: claimed),
                    ]
                    changes.insert(change, at: place)
                    try await room.refuses(changes, with: .conflict, "\(what), at place \(place) of four,")
                    for record in [taken, replaced, deleted] { try await room.holds(record, at: record.key, "after a refused commit") }
                    for key in [free, claimed] { try await room.holds(nil, at: key, "after a refused commit") }
                }
            }
        },
        ConformanceCheck("The same commit sent again applies at most once") { room in
            let replaced = try await room.given([1], at: room.key([1]))
            let changes = [room.put([2], at: replaced.key, expecting: replaced.version), room.put([3], at: room.key([2]))]
            try await room.store.commit(changes)
            let before = try await room.store.records(at: changes.map(\.key))
            try await room.refuses(changes, with: .conflict, "a commit that had already landed")
            let after = try await room.store.records(at: changes.map(\.key))
            try room.expect(before == after, "the repetition changed something")
        },
        ConformanceCheck("A commit over several partitions is one commit") { room in
            let partitions: [UInt16] = [0, 1, 255, 256, 32_767, 32_768, 65_535]
            let changes = partitions.map { room.put([1], at: room.key([1], partition: $0)) }
            let blocked = try await room.given([9], at: room.key([2], partition: 9))
            try await room.refuses(changes + [room.put([1], at: blocked.key)], with: .conflict, "a commit over several partitions")
            for change in changes { try await room.holds(nil, at: change.key, "after a refused commit over several partitions") }
            try await room.store.commit(changes)
            for change in changes {
                let found = try await room.store.record(at: change.key)
                try room.expect(found?.value == [1], "a commit over several partitions is not wholly there")
            }
        },
    ]
}

extension ConformanceRoom {
    /// Every kind of expectation that does not hold, of a key that has a record and of one that has none.
    fileprivate func broken(taken: StoredRecord, free: RecordKey) -> [(RecordChange, String)] {
        [
            (put([9], at: taken.key), "a claim of a key that is taken"),
            (put([9], at: taken.key, expecting: version()), "a put that expects another version"),
            (put([9], at: free, expecting: version()), "a put that expects a record where there is none"),
            (.check(taken.key, version: version()), "a check of another version"),
            (.check(free, version: version()), "a check where there is no record"),
            (.delete(taken.key, version: version()), "a deletion of another version"),
            (.delete(free, version: version()), "a deletion where there is no record"),
        ]
    }
}
