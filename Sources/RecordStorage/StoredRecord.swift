/// The name of one version of one record: 16 random bytes, drawn by whoever commits it and never used again.
public struct RecordVersion: Hashable, Sendable {
    /// Bytes of a version.
    static let length = 16

    package let value: Bytes16

    /// 16 bytes.
    public var bytes: [UInt8] { value.bytes }

    /// `nil` unless `bytes` has 16 bytes.
    public init?(bytes: [UInt8]) {
        guard let value = Bytes16(bytes) else { return nil }
        self.value = value
    }

    public init(random: any RandomSource) {
        value = Bytes16(random: random)
    }

    init(_ value: Bytes16) {
        self.value = value
    }
}

/// A record as a store holds it.
public struct StoredRecord: Hashable, Sendable {
    public let key: RecordKey
    public let version: RecordVersion
    /// 0 bytes to 1 MiB.
    public let value: [UInt8]
    /// From when on the record may be swept. It is there, and counts, until it is.
    public let expiresAt: Timestamp?

    public init(key: RecordKey, version: RecordVersion, value: [UInt8], expiresAt: Timestamp?) {
        self.key = key
        self.version = version
        self.value = value
        self.expiresAt = expiresAt
    }
}

/// One part of a commit: what is expected of one record, and what becomes of it.
public enum RecordChange: Hashable, Sendable {
    /// The record exists at this version, and stays. Absence cannot be checked, only claimed by a ``put(_:expecting:version:value:expiresAt:)``.
    case check(RecordKey, version: RecordVersion)
    /// The record is at version `expecting` (`nil`: there is none) and becomes `value` under the new `version`.
    case put(RecordKey, expecting: RecordVersion?, version: RecordVersion, value: [UInt8], expiresAt: Timestamp?)
    /// The record is at this version, and goes.
    case delete(RecordKey, version: RecordVersion)

    public var key: RecordKey {
        switch self {
        case .check(let key, _), .put(let key, _, _, _, _), .delete(let key, _): key
        }
    }

    /// The version this change expects; `nil` where it expects no record.
    public var expectedVersion: RecordVersion? {
        switch self {
        case .check(_, let version), .delete(_, let version): version
        case .put(_, let expected, _, _, _): expected
        }
    }
}
