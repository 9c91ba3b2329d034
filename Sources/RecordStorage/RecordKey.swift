/// A bucket of a deployment's records: the shard key of a distributed engine.
///
/// Two bytes. How many partitions a deployment has is fixed when it is made; see ``PartitionCount``.
public struct Partition: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// How many partitions a deployment has: a power of two, 1...32,768. Fixed for the life of a deployment.
public struct PartitionCount: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int

    /// `nil` unless `rawValue` is a power of two in 1...32,768.
    public init?(rawValue: Int) {
        guard (1...32_768).contains(rawValue), rawValue & (rawValue - 1) == 0 else { return nil }
        self.rawValue = rawValue
    }

    private init(unchecked value: Int) {
        rawValue = value
    }

    /// 256: one machine, or a small cluster.
    public static let standard = Self(unchecked: 256)
    /// 4,096: a distributed engine of many nodes.
    public static let large = Self(unchecked: 4_096)

    /// The partition of something that is spread evenly: a tag or a random identifier, by its first two bytes.
    public func partition(of identifier: [UInt8]) -> Partition {
        var head: UInt16 = 0
        for byte in identifier.prefix(2) { head = head << 8 | UInt16(byte) }
        return Partition(rawValue: head & UInt16(rawValue - 1))
    }

    /// Every partition, in order.
    public var all: some RandomAccessCollection<Partition> {
        (0..<rawValue).lazy.map { Partition(rawValue: UInt16($0)) }
    }
}

/// The kind of a record, such as `claim` or `outbox`: 1 to 32 bytes of lowercase ASCII letters, digits and hyphens.
public struct RecordCollection: RawRepresentable, Hashable, Comparable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String

    /// `nil` when `rawValue` is empty, longer than 32 bytes, or has other characters.
    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...32).contains(bytes.count),
            bytes.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        else { return nil }
        self.rawValue = rawValue
    }

    public init(stringLiteral value: StaticString) {
        guard let collection = Self(rawValue: value.description) else {
            preconditionFailure("A collection's name is 1 to 32 lowercase ASCII letters, digits and hyphens.")
        }
        self = collection
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Where a record is: partition, collection and row, in this order the primary key of every store.
public struct RecordKey: Hashable, Comparable, Sendable {
    public let partition: Partition
    public let collection: RecordCollection
    /// 0 to 255 bytes of any value; ordered as unsigned bytes.
    public let row: [UInt8]

    public init(partition: Partition, collection: RecordCollection, row: [UInt8]) {
        self.partition = partition
        self.collection = collection
        self.row = row
    }

    public static func < (left: Self, right: Self) -> Bool {
        if left.partition != right.partition { return left.partition < right.partition }
        if left.collection != right.collection { return left.collection < right.collection }
        return left.row.lexicographicallyPrecedes(right.row)
    }

    /// An unambiguous encoding: partition u16, collection and row each with a u32 length, all big-endian.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 42 + row.count)
        write(to: &writer)
        return writer.bytes
    }

    package func write(to writer: inout ByteWriter) {
        writer.u16(partition.rawValue)
        writer.prefixed(collection.rawValue)
        writer.prefixed(row)
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        let partition = Partition(rawValue: try reader.u16())
        let name = String(decoding: try reader.prefixed(atMost: 32), as: UTF8.self)
        guard let collection = RecordCollection(rawValue: name) else { throw MalformedBytes() }
        self.init(partition: partition, collection: collection, row: try reader.prefixed(atMost: 255))
    }
}

/// A part of one partition and collection: the rows after a position, or from the start.
public struct RecordRange: Hashable, Sendable {
    public var partition: Partition
    public var collection: RecordCollection
    /// Only rows greater than this one; `nil` starts at the first.
    public var after: [UInt8]?

    public init(partition: Partition, collection: RecordCollection, after: [UInt8]? = nil) {
        self.partition = partition
        self.collection = collection
        self.after = after
    }
}
