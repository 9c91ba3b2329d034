import RecordStorage

/// The arguments of one statement, in PostgreSQL's binary form, one after another in one buffer.
struct StatementParameters {
    private var bytes: [UInt8] = []
    private var places: [Range<Int>?] = []

    var count: Int { bytes.count }

    init() {}

    /// Partition, collection and row.
    init(_ key: RecordKey) {
        bytes.reserveCapacity(512)
        places.reserveCapacity(8)
        add(key.partition)
        place { $0.append(contentsOf: key.collection.rawValue.utf8) }
        add(key.row)
    }

    mutating func add(_ partition: Partition) {
        place { Self.write(Int32(partition.rawValue), to: &$0) }
    }

    mutating func add(_ value: Int64?) {
        guard let value else { return places.append(nil) }
        place { Self.write(value, to: &$0) }
    }

    mutating func add(_ value: [UInt8]) {
        place { $0.append(contentsOf: value) }
    }

    mutating func add(array elements: [[UInt8]?]) {
        add(array: elements, type: .bytes) { $1.append(contentsOf: $0) }
    }

    mutating func add(array elements: [Int32]) {
        add(array: elements, type: .int32) { Self.write($0, to: &$1) }
    }

    mutating func add(array elements: [Int64?]) {
        add(array: elements, type: .int64) { Self.write($0, to: &$1) }
    }

    /// Dimensions, whether there may be nulls, type; length and first index; then each element behind its length. Source: `array_recv`.
    private mutating func add<Element>(array elements: [Element?], type: PostgresType, _ write: (Element, inout [UInt8]) -> Void) {
        place { bytes in
            for field in [elements.isEmpty ? 0 : 1, 1, Int32(type.rawValue)] { Self.write(field, to: &bytes) }
            guard !elements.isEmpty else { return }
            Self.write(Int32(elements.count), to: &bytes)
            Self.write(Int32(1), to: &bytes)
            for element in elements {
                let start = bytes.count
                Self.write(Int32(-1), to: &bytes)
                guard let element else { continue }
                write(element, &bytes)
                let length = Int32(bytes.count - start - 4)
                withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
            }
        }
    }

    private mutating func place(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        places.append(start..<bytes.count)
    }

    private static func write(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// What libpq takes: number, addresses, lengths and formats. Valid inside of `body` alone. Every statement has an argument that is not
    /// empty, so an empty one has an address too; without one libpq would take it for NULL.
    func withPointers<Answer>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Answer
    ) -> Answer {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            let addresses = places.map { $0.map { start + $0.lowerBound } }
            return body(
                Int32(places.count), addresses, places.map { Int32($0?.count ?? 0) }, [Int32](repeating: 1, count: places.count))
        }
    }
}

/// The types of arguments, by their numbers in PostgreSQL's catalogue (`pg_type.dat`).
enum PostgresType: UInt32 {
    case bytes = 17
    case int64 = 20
    case int32 = 23
    case bytesArray = 1001
    case int32Array = 1007
    case int64Array = 1016
}
