/// The right edge of a tree: the roots of its complete subtrees, largest first. It is all that appending needs, at most 64 hashes.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many entries the tree has.
    public private(set) var size: UInt64 = 0
    /// One hash of 32 bytes for each bit that is set in ``size``, from the highest bit down.
    public private(set) var hashes: [[UInt8]] = []

    /// The tree without entries.
    public init() {}

    /// `nil` unless there is a hash of 32 bytes for each bit set in `size`.
    public init?(size: UInt64, hashes: [[UInt8]]) {
        guard hashes.count == size.nonzeroBitCount, hashes.allSatisfy({ $0.count == MerkleHash.length }) else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Appends an entry by its leaf hash. Amortized two hashes.
    public mutating func append(_ leafHash: [UInt8]) {
        var hash = leafHash
        // Each trailing one of the size is a complete subtree as large as what is being added.
        for _ in 0..<(~size).trailingZeroBitCount { hash = MerkleHash.node(hashes.removeLast(), hash) }
        hashes.append(hash)
        size += 1
    }

    /// The root of the whole tree.
    public var root: [UInt8] {
        guard var root = hashes.last else { return MerkleHash.emptyRoot }
        for hash in hashes.dropLast().reversed() { root = MerkleHash.node(hash, root) }
        return root
    }

    public var head: TreeHead { TreeHead(size: size, root: root) }
}
