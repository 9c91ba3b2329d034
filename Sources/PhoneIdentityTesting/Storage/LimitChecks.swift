import RecordStorage

extension ConformanceCheck {
    static let limits = [
        ConformanceCheck("What is beyond the limits is refused as too large, and writes nothing") { room in
            let other = room.put([1], at: room.key([1]))
            let long = [UInt8](repeating: 1, count: RecordLimits.row + 1)
            let wide = [UInt8](repeating: 1, count: room.largestValue + 1)
            try await room.refuses([other, room.put([1], at: room.key(long))], with: .tooLarge, "a row of 256 bytes")
            try await room.refuses([other, room.put(wide, at: room.key([2]))], with: .tooLarge, "a value of a byte more than the largest")
            let many = (0...RecordLimits.changes).map { room.put([1], at: room.key([3, UInt8($0 >> 8), UInt8($0 & 255)])) }
            try await room.refuses(many, with: .tooLarge, "a commit of 10,001 changes")
            let rows = try await room.rows(page: 10)
            try room.expect(rows.isEmpty, "a commit beyond the limits left something")
        },
        ConformanceCheck("What could never hold is refused as invalid, and writes nothing") { room in
            let taken = try await room.given([1], at: room.key([1]))
            let other = room.put([1], at: room.key([2]))
            let twice = room.key([3])
            try await room.refuses([], with: .invalidChange, "an empty commit")
            let puts = [other, room.put([1], at: twice), room.put([2], at: twice)]
            try await room.refuses(puts, with: .invalidChange, "two puts of one key")
            try await room.refuses(
                [.check(taken.key, version: taken.version), .delete(taken.key, version: taken.version)], with: .invalidChange,
                "a check and a deletion of one key")
            try await room.refuses(
                [other, room.put([2], at: taken.key, expecting: taken.version, version: taken.version)], with: .invalidChange,
                "a put whose new version is the one it expects")
            let rows = try await room.rows(page: 10)
            try room.expect(rows == [taken], "an invalid commit left something")
        },
    ]
}
