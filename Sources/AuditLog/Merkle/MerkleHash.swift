import CryptoPrimitives

/// The hashes of a Merkle tree: SHA-256 with a prefix that keeps leaves and nodes apart. Source: RFC 9162 §2.1.1.
public enum MerkleHash {
    /// Bytes of a hash.
    public static let length = 32
    /// The root of the tree without entries: SHA-256 of nothing.
    public static var emptyRoot: [UInt8] { SHA256.hash([]) }

    /// SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> [UInt8] { SHA256.hash([0] + entry) }

    /// SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + 2 * length)
        bytes.append(1)
        bytes += left
        bytes += right
        return SHA256.hash(bytes)
    }

    /// The root of a complete subtree over a power of two of hashes.
    static func complete(_ hashes: ArraySlice<UInt8>) -> [UInt8] {
        precondition((hashes.count / length).nonzeroBitCount == 1, "A complete subtree has a power of two of leaves.")
        var row = Array(hashes)
        while row.count > length {
            var above: [UInt8] = []
            above.reserveCapacity(row.count / 2)
            for start in stride(from: 0, to: row.count, by: 2 * length) {
                above += node(row[start..<start + length], row[start + length..<start + 2 * length])
            }
            row = above
        }
        return row
    }
}

/// The size and root of a tree.
public struct TreeHead: Hashable, Sendable {
    /// How many entries.
    public let size: UInt64
    /// 32 bytes.
    public let root: [UInt8]

    public init(size: UInt64, root: [UInt8]) {
        self.size = size
        self.root = root
    }

    /// The tree without entries.
    public static var empty: Self { Self(size: 0, root: MerkleHash.emptyRoot) }
}
