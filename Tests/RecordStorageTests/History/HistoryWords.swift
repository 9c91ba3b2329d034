import PhoneIdentityTesting
import RecordStorage

typealias Operation = RecordHistory.Operation

/// A version that a number names.
func v(_ number: Int) -> RecordVersion {
    RecordVersion(bytes: (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) })!
}

extension RecordKey {
    static let x = Self(partition: Partition(rawValue: 1), collection: "history", row: [1])
    static let y = Self(partition: Partition(rawValue: 1), collection: "history", row: [2])
    static let z = Self(partition: Partition(rawValue: 2), collection: "history", row: [3])
}

extension RecordChange {
    static func claim(_ key: RecordKey, _ version: Int) -> Self { put(key, nil, version) }

    static func put(_ key: RecordKey, _ expected: Int?, _ version: Int) -> Self {
        .put(key, expecting: expected.map(v), version: v(version), value: [UInt8(truncatingIfNeeded: version)], expiresAt: nil)
    }

    static func check(_ key: RecordKey, _ version: Int) -> Self { .check(key, version: v(version)) }
    static func delete(_ key: RecordKey, _ version: Int) -> Self { .delete(key, version: v(version)) }
}

extension StoredRecord {
    static func at(_ key: RecordKey, _ version: Int) -> Self {
        StoredRecord(key: key, version: v(version), value: [UInt8(truncatingIfNeeded: version)], expiresAt: nil)
    }
}

extension RecordHistory.Operation {
    static func commit(_ changes: RecordChange..., at ticks: ClosedRange<Int>, _ outcome: RecordHistory.Outcome = .made) -> Self {
        Self(.commit(changes, outcome), began: ticks.lowerBound, ended: outcome == .unknown ? .max : ticks.upperBound)
    }

    /// A read of one key that found this version, or nothing.
    static func read(_ key: RecordKey, _ version: Int?, at ticks: ClosedRange<Int>) -> Self {
        Self(.read([key], answer: [version.map { .at(key, $0) }]), began: ticks.lowerBound, ended: ticks.upperBound)
    }

    static func reads(_ keys: [RecordKey], _ answer: [StoredRecord?], at ticks: ClosedRange<Int>) -> Self {
        Self(.read(keys, answer: answer), began: ticks.lowerBound, ended: ticks.upperBound)
    }

    /// Of the partition of `x` and `y`.
    static func range(after: [UInt8]? = nil, limit: Int = 10, _ answer: StoredRecord..., at ticks: ClosedRange<Int>) -> Self {
        let range = RecordRange(partition: RecordKey.x.partition, collection: RecordKey.x.collection, after: after)
        return Self(.range(range, limit: limit, answer: answer), began: ticks.lowerBound, ended: ticks.upperBound)
    }
}
