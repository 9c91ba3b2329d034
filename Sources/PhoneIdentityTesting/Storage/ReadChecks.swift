import RecordStorage

extension ConformanceCheck {
    static let reads = [
        ConformanceCheck("Records come in the order they were asked for") { room in
            var changes: [RecordChange] = []
            for row in UInt8(0)..<40 { changes.append(room.put([row], at: room.key([row], partition: UInt16(row) % 3))) }
            try await room.store.commit(changes)
            let asked = (0..<200).map { UInt8($0 * 37 % 50) }
            let found = try await room.store.records(at: asked.map { room.key([$0], partition: UInt16($0) % 3) })
            try room.expect(found.count == asked.count, "\(asked.count) keys were asked for and \(found.count) answers came")
            for (row, record) in zip(asked, found) {
                try room.expect(record?.value == (row < 40 ? [row] : nil), "the answer for a key stands at another key's place")
            }
            let none = try await room.store.records(at: [])
            try room.expect(none.isEmpty, "no key was asked for and a record came")
        },
        ConformanceCheck("Rows are ordered as unsigned bytes, and every byte value is kept") { room in
            var rows: [[UInt8]] = [[], [0, 0], [0, 1], [0, 255], [127, 128], [128, 0], [255, 0], [255, 255], [255, 255, 0]]
            rows += (0...255).map { [UInt8($0)] }
            rows.append([UInt8](repeating: 255, count: RecordLimits.row))
            rows.append([UInt8](repeating: 0, count: RecordLimits.row))
            try await room.store.commit(rows.shuffled().map { room.put($0, at: room.key($0)) })
            let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
            for page in [1000, 7, 1] {
                let found = try await room.rows(page: page)
                try room.expect(found.map(\.key.row) == sorted, "rows read \(page) at a time are not in the order of unsigned bytes")
                let ownValues = found.allSatisfy { $0.value == $0.key.row && $0.key.collection == room.collection }
                try room.expect(ownValues, "a row has another's value")
            }
        },
        ConformanceCheck("A row is any bytes, up to 255 of them, and no other row") { room in
            let bytes = (0...255).map { UInt8($0) }
            let zeros = [UInt8](repeating: 0, count: RecordLimits.row - 1)
            // Each byte first and last in the longest row, between others, and every row of a family that are prefixes of one another.
            var rows: Set<[UInt8]> = []
            for byte in bytes {
                rows.formUnion([[byte] + zeros, zeros + [byte]])
                rows.formUnion([[65, byte, 97], [byte, byte], bytes.prefix(Int(byte)).map { $0 ^ 0x5A }])
            }
            try await room.store.commit(rows.map { room.put(Array($0.suffix(3)), at: room.key($0)) })
            let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
            for page in [97, 5000] {
                let found = try await room.rows(page: page)
                try room.expect(found.count == sorted.count, "of \(sorted.count) rows that differ in one byte, \(found.count) are there")
                try room.expect(found.map(\.key.row) == sorted, "rows read \(page) at a time are changed, or out of order")
            }
            let found = try await room.store.records(at: sorted.map { room.key($0) })
            let isOwn = zip(sorted, found).allSatisfy { $0 == $1?.key.row && Array($0.suffix(3)) == $1?.value }
            try room.expect(isOwn, "a row has another's record, or none")
        },
        ConformanceCheck("A range keeps to its partition and collection") { room in
            let longer = RecordCollection(rawValue: room.collection.rawValue + "-x")!
            let neighbours = [
                room.key([1], partition: 6), room.key([1], partition: 8), room.key([1], partition: 7 + 256),
                RecordKey(partition: Partition(rawValue: 7), collection: longer, row: [1]),
            ]
            let mine = [room.key([0]), room.key([2])]
            try await room.store.commit((neighbours + mine).map { room.put([1], at: $0) })
            let found = try await room.rows(page: 100).map(\.key)
            try room.expect(found == mine, "a range has records of another partition or collection, or lacks its own")
        },
        ConformanceCheck("A page starts after its position, whether a record is there or not") { room in
            try await room.store.commit([10, 20, 30].map { room.put([$0], at: room.key([$0])) })
            func page(after: [UInt8]?, limit: Int) async throws -> [UInt8] {
                let range = RecordRange(partition: Partition(rawValue: 7), collection: room.collection, after: after)
                return try await room.store.records(in: range, limit: limit).flatMap(\.key.row)
            }
            let cases: [([UInt8]?, Int, [UInt8])] = [
                (nil, 0, []), (nil, 1, [10]), (nil, 3, [10, 20, 30]), (nil, .max, [10, 20, 30]), ([], 5, [10, 20, 30]), ([10], 1, [20]),
                ([10, 0], 1, [20]), ([9, 255], 1, [10]), ([15], 5, [20, 30]), ([30], 5, []), ([255], 5, []), (nil, -1, []),
            ]
            for (after, limit, expected) in cases {
                let found = try await page(after: after, limit: limit)
                try room.expect(found == expected, "the page after \(after ?? []) of \(limit) has rows \(found) instead of \(expected)")
            }
        },
        ConformanceCheck("Paging while others write sees every record that stays, once and in order") { room in
            let staying = (0..<100).map { [UInt8($0), 0] }
            try await room.store.commit(staying.map { room.put([1], at: room.key($0)) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<60 {
                        let passing = room.key([UInt8(round * 7 % 100), 1])
                        let record = try await room.given([2], at: passing)
                        try await room.store.commit([.delete(passing, version: record.version)])
                    }
                }
                group.addTask {
                    for _ in 0..<8 {
                        let rows = try await room.rows(page: 9).map(\.key.row)
                        try room.expect(rows.filter { $0[1] == 0 } == staying, "a record that stayed was missed, doubled or out of order")
                        let ordered = zip(rows, rows.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
                        try room.expect(ordered, "pages read while others write are out of order")
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
