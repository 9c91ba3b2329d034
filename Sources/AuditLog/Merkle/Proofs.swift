/// Proves that one entry is in a tree. Source: RFC 9162 §2.1.3.
public struct InclusionProof: Hashable, Sendable {
    /// Which entry, counted from 0.
    public let index: UInt64
    /// The size of the tree it is proven for.
    public let size: UInt64
    /// 32-byte hashes, from the leaf up.
    public let path: [[UInt8]]

    public init(index: UInt64, size: UInt64, path: [[UInt8]]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Whether the proof shows `entry` in the tree whose root is `root`. Source: RFC 9162 §2.1.3.2.
    public func holds(for entry: [UInt8], root: [UInt8]) -> Bool {
        guard index < size else { return false }
        var position = index
        var last = size - 1
        var hash = MerkleHash.leaf(entry)
        for step in path {
            guard last > 0, step.count == MerkleHash.length else { return false }
            if position & 1 == 1 || position == last {
                hash = MerkleHash.node(step, hash)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHash.node(hash, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}

/// Proves that a tree extends an older one. Source: RFC 9162 §2.1.4.
public struct ConsistencyProof: Hashable, Sendable {
    public let oldSize: UInt64
    public let size: UInt64
    /// 32-byte hashes in the order of RFC 9162; empty when the sizes are equal.
    public let path: [[UInt8]]

    public init(oldSize: UInt64, size: UInt64, path: [[UInt8]]) {
        self.oldSize = oldSize
        self.size = size
        self.path = path
    }

    /// Whether the proof shows that the tree with `root` extends the one with `oldRoot`. Source: RFC 9162 §2.1.4.2.
    public func holds(oldRoot: [UInt8], root: [UInt8]) -> Bool {
        guard oldSize > 0, oldSize <= size else { return false }
        if oldSize == size { return path.isEmpty && oldRoot == root }
        var steps = path[...]
        // The old tree is a complete subtree of the new one: its root is left out of the proof.
        if oldSize.nonzeroBitCount == 1 { steps = [oldRoot] + steps }
        guard let first = steps.popFirst(), first.count == MerkleHash.length else { return false }
        var position = oldSize - 1
        var last = size - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        var older = first
        var newer = first
        for step in steps {
            guard last > 0, step.count == MerkleHash.length else { return false }
            if position & 1 == 1 || position == last {
                older = MerkleHash.node(step, older)
                newer = MerkleHash.node(step, newer)
                while position & 1 == 0, position > 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                newer = MerkleHash.node(newer, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && older == oldRoot && newer == root
    }
}
