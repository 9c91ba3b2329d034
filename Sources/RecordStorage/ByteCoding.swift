// All of it can be inlined into the other modules: a row is read and written by dozens of these calls, and generic ones are not specialised
// across modules otherwise.

/// Writes the big-endian fields of our formats one after another.
@usableFromInline
package struct ByteWriter: Sendable {
    @usableFromInline var written: [UInt8] = []
    /// Fields that wait for one another: appending each of them to an array costs ten times the copy.
    @usableFromInline var waiting: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    @usableFromInline var waitingCount = 0

    @inlinable package var bytes: [UInt8] {
        mutating get {
            flush()
            return written
        }
    }

    /// - Parameter capacity: bytes that are written without growing.
    @inlinable
    package init(capacity: Int = 96) {
        written.reserveCapacity(capacity)
    }

    @inlinable package mutating func u8(_ value: UInt8) { integer(value) }
    @inlinable package mutating func u16(_ value: UInt16) { integer(value) }
    @inlinable package mutating func u32(_ value: UInt32) { integer(value) }
    @inlinable package mutating func u64(_ value: UInt64) { integer(value) }
    @inlinable package mutating func i64(_ value: Int64) { integer(value) }
    @inlinable package mutating func bool(_ value: Bool) { u8(value ? 1 : 0) }
    @inlinable package mutating func time(_ value: Timestamp) { i64(value.milliseconds) }

    /// The bytes alone, where the format fixes how many they are.
    @inlinable package mutating func fixed(_ value: some Collection<UInt8>) {
        flush()
        written.append(contentsOf: value)
    }

    @inlinable
    package mutating func fixed(_ value: Bytes16) {
        wait(for: value.words)
    }

    @inlinable
    package mutating func fixed(_ value: Bytes32) {
        wait(for: (value.first.words, value.second.words))
    }

    /// A u32 length, then the bytes: `LP(x)` in `Documentation/Formats.md`.
    @inlinable
    package mutating func prefixed(_ value: some Collection<UInt8>) {
        u32(UInt32(value.count))
        fixed(value)
    }

    @inlinable package mutating func prefixed(_ text: String) { prefixed(text.utf8) }

    /// One byte that says whether there is a value, then the value.
    @inlinable
    package mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        bool(value != nil)
        if let value { write(&self, value) }
    }

    @inlinable
    mutating func integer(_ value: some FixedWidthInteger & BitwiseCopyable) { wait(for: value.bigEndian) }

    /// - Parameter field: as it lies in memory; at most 64 bytes.
    @inlinable @inline(__always)
    mutating func wait<Field: BitwiseCopyable>(for field: Field) {
        if waitingCount + MemoryLayout<Field>.size > MemoryLayout.size(ofValue: waiting) { flush() }
        let place = waitingCount
        withUnsafeMutableBytes(of: &waiting) { $0.storeBytes(of: field, toByteOffset: place, as: Field.self) }
        waitingCount += MemoryLayout<Field>.size
    }

    @inlinable
    mutating func flush() {
        guard waitingCount > 0 else { return }
        let count = waitingCount
        withUnsafeBytes(of: waiting) { written.append(contentsOf: $0[..<count]) }
        waitingCount = 0
    }
}

/// Bytes that are not what their format says.
@usableFromInline
package struct MalformedBytes: Error {
    @inlinable package init() {}
}

/// Reads what ``ByteWriter`` writes, and refuses anything else.
@usableFromInline
package struct ByteReader: Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var next = 0

    @inlinable package init(_ bytes: [UInt8]) { self.bytes = bytes }

    @inlinable package var position: Int { next }
    @inlinable package var remaining: Int { bytes.count - next }

    @inlinable package mutating func u8() throws(MalformedBytes) -> UInt8 { try integer() }
    @inlinable package mutating func u16() throws(MalformedBytes) -> UInt16 { try integer() }
    @inlinable package mutating func u32() throws(MalformedBytes) -> UInt32 { try integer() }
    @inlinable package mutating func u64() throws(MalformedBytes) -> UInt64 { try integer() }
    @inlinable package mutating func i64() throws(MalformedBytes) -> Int64 { Int64(bitPattern: try integer()) }
    @inlinable package mutating func time() throws(MalformedBytes) -> Timestamp { Timestamp(milliseconds: try i64()) }

    @inlinable
    package mutating func bool() throws(MalformedBytes) -> Bool {
        switch try u8() {
        case 0: false
        case 1: true
        default: throw MalformedBytes()
        }
    }

    @inlinable
    package mutating func fixed(_ count: Int) throws(MalformedBytes) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw MalformedBytes() }
        defer { next += count }
        // Copied by appending: the other ways ask the runtime for the array's type each time.
        var read: [UInt8] = []
        read.reserveCapacity(count)
        read.append(contentsOf: bytes[next..<next + count])
        return read
    }

    @inlinable
    package mutating func bytes16() throws(MalformedBytes) -> Bytes16 {
        Bytes16(high: try u64(), low: try u64())
    }

    @inlinable
    package mutating func bytes32() throws(MalformedBytes) -> Bytes32 {
        Bytes32(try bytes16(), try bytes16())
    }

    @inlinable
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

    @inlinable
    package mutating func optional<Value>(
        _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value? {
        try bool() ? try read(&self) : nil
    }

    /// Refuses what is left over, so that every byte of a format means something.
    @inlinable
    package func finish() throws(MalformedBytes) {
        guard remaining == 0 else { throw MalformedBytes() }
    }

    @inlinable @inline(__always)
    mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>() throws(MalformedBytes) -> Value {
        let size = MemoryLayout<Value>.size
        guard size <= remaining else { throw MalformedBytes() }
        defer { next += size }
        return Value(bigEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: next, as: Value.self))
    }
}

/// Decodes a whole value, or says that the record is damaged without telling what is in it.
@inlinable
package func decodeRecord<Value>(
    _ record: StoredRecord, _ decode: (inout ByteReader) throws(MalformedBytes) -> Value
) throws(StorageError) -> Value {
    do {
        var reader = ByteReader(record.value)
        let value = try decode(&reader)
        try reader.finish()
        return value
    } catch {
        throw StorageError(malformed: record)
    }
}

extension StorageError {
    @usableFromInline
    init(malformed record: StoredRecord) {
        self.init(.corrupt, "A record in collection \(record.key.collection.rawValue) does not have its format; restore it from a backup.")
    }
}
