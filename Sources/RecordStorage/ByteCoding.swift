/// Writes the big-endian fields of our formats one after another.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: bytes that are written without growing.
    package init(capacity: Int = 96) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func u8(_ value: UInt8) { bytes.append(value) }
    package mutating func u16(_ value: UInt16) { integer(value) }
    package mutating func u32(_ value: UInt32) { integer(value) }
    package mutating func u64(_ value: UInt64) { integer(value) }
    package mutating func i64(_ value: Int64) { integer(value) }
    package mutating func bool(_ value: Bool) { u8(value ? 1 : 0) }
    package mutating func time(_ value: Timestamp) { i64(value.milliseconds) }

    /// The bytes alone, where the format fixes how many they are.
    package mutating func fixed(_ value: some Collection<UInt8>) { bytes.append(contentsOf: value) }

    // Of their own, since a generic function of another module is not specialised.
    package mutating func fixed(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// A u32 length, then the bytes: `LP(x)` in `Documentation/Formats.md`.
    package mutating func prefixed(_ value: some Collection<UInt8>) {
        u32(UInt32(value.count))
        fixed(value)
    }

    package mutating func prefixed(_ value: [UInt8]) {
        u32(UInt32(value.count))
        fixed(value)
    }

    package mutating func prefixed(_ text: String) {
        let utf8 = text.utf8
        u32(UInt32(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// One byte that says whether there is a value, then the value.
    package mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        bool(value != nil)
        if let value { write(&self, value) }
    }

    private mutating func integer(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}

/// Bytes that are not what their format says.
package struct MalformedBytes: Error {
    package init() {}
}

/// Reads what ``ByteWriter`` writes, and refuses anything else.
package struct ByteReader: Sendable {
    private let bytes: [UInt8]
    package private(set) var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var remaining: Int { bytes.count - position }

    package mutating func u8() throws(MalformedBytes) -> UInt8 { try integer() }
    package mutating func u16() throws(MalformedBytes) -> UInt16 { try integer() }
    package mutating func u32() throws(MalformedBytes) -> UInt32 { try integer() }
    package mutating func u64() throws(MalformedBytes) -> UInt64 { try integer() }
    package mutating func i64() throws(MalformedBytes) -> Int64 { Int64(bitPattern: try integer()) }
    package mutating func time() throws(MalformedBytes) -> Timestamp { Timestamp(milliseconds: try i64()) }

    package mutating func bool() throws(MalformedBytes) -> Bool {
        switch try u8() {
        case 0: false
        case 1: true
        default: throw MalformedBytes()
        }
    }

    package mutating func fixed(_ count: Int) throws(MalformedBytes) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw MalformedBytes() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    package mutating func prefixed(atMost limit: Int = RecordLimits.value) throws(MalformedBytes) -> [UInt8] {
        let count = Int(try u32())
        guard count <= limit else { throw MalformedBytes() }
        return try fixed(count)
    }

    /// Text in valid UTF-8.
    package mutating func text(atMost limit: Int = RecordLimits.value) throws(MalformedBytes) -> String {
        guard let text = String(validating: try prefixed(atMost: limit), as: UTF8.self) else { throw MalformedBytes() }
        return text
    }

    package mutating func optional<Value>(
        _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value? {
        try bool() ? try read(&self) : nil
    }

    /// Refuses what is left over, so that every byte of a format means something.
    package func finish() throws(MalformedBytes) {
        guard remaining == 0 else { throw MalformedBytes() }
    }

    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>() throws(MalformedBytes) -> Value {
        let size = MemoryLayout<Value>.size
        guard size <= remaining else { throw MalformedBytes() }
        var value: Value = 0
        for byte in bytes[position..<position + size] { value = value << 8 | Value(byte) }
        position += size
        return value
    }
}

/// Decodes a whole value, or says that the record is damaged without telling what is in it.
package func decodeRecord<Value>(
    _ record: StoredRecord, _ decode: (inout ByteReader) throws(MalformedBytes) -> Value
) throws(StorageError) -> Value {
    do {
        var reader = ByteReader(record.value)
        let value = try decode(&reader)
        try reader.finish()
        return value
    } catch {
        throw StorageError(
            .corrupt, "A record in collection \(record.key.collection.rawValue) does not have its format; restore it from a backup.")
    }
}
