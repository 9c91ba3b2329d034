package import RecordStorage

/// The newest head of the log that somebody has seen: a log that is shown later must be this one, or extend it.
public struct SeenLogHead: Hashable, Sendable {
    /// How many entries.
    public let size: UInt64
    /// Of the Merkle tree, 32 bytes.
    public let root: [UInt8]

    public init(size: UInt64, root: [UInt8]) {
        (self.size, self.root) = (size, root)
    }

    /// Size u64, root 32.
    package func write(to writer: inout ByteWriter) {
        writer.u64(size)
        writer.fixed(root)
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        (size, root) = (try reader.u64(), try reader.fixed(32))
    }
}
