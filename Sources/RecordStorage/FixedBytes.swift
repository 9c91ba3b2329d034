/// Sixteen bytes in place, such as an identifier, a version or a digest: an array of them would be an object on the heap, and rows hold
/// many.
@usableFromInline
package struct Bytes16: Hashable, Sendable {
    /// The first and the second eight bytes, big-endian.
    @usableFromInline package let high: UInt64
    @usableFromInline package let low: UInt64

    @inlinable
    package init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }

    /// The bytes as they lie in memory.
    @inlinable package var words: (UInt64, UInt64) { (high.bigEndian, low.bigEndian) }

    /// From bytes as they lie in memory.
    package init(words: (UInt64, UInt64)) {
        self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
    }

    /// `nil` unless there are 16 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        var reader = ByteReader(bytes)
        guard let read = try? reader.bytes16() else { return nil }
        self = read
    }

    package init(random: some RandomSource) {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { random.fill($0) }
        self.init(words: words)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 16)
        writer.fixed(self)
        return writer.bytes
    }
}

/// Thirty-two bytes in place.
@usableFromInline
package struct Bytes32: Hashable, Sendable {
    @usableFromInline package let first: Bytes16
    @usableFromInline package let second: Bytes16

    @inlinable
    package init(_ first: Bytes16, _ second: Bytes16) {
        (self.first, self.second) = (first, second)
    }

    /// `nil` unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var reader = ByteReader(bytes)
        guard let read = try? reader.bytes32() else { return nil }
        self = read
    }

    package init(random: some RandomSource) {
        self.init(Bytes16(random: random), Bytes16(random: random))
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        writer.fixed(self)
        return writer.bytes
    }
}
