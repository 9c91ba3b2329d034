/// Makes proofs from a log's tiles: anyone who has the files can.
///
/// It trusts the tiles; a proof from a bad one simply does not hold.
public struct LogProver: Sendable {
    private let source: any TileSource
    /// The size of the tree whose tiles there are; proofs are for this size or a smaller one.
    public let size: UInt64

    public init(_ source: some TileSource, size: UInt64) {
        self.source = source
        self.size = size
    }

    /// Proves that the entry at `index` is in the tree of ``size`` entries.
    ///
    /// - Throws: ``AuditError`` with code `.outOfRange`, `.tileMissing`, `.badTile` or `.storage`.
    /// - Complexity: O(log size) tile reads.
    /// Source: RFC 9162 §2.1.3.1.
    public func inclusion(of index: UInt64) async throws(AuditError) -> InclusionProof {
        guard index < size else { throw AuditError(.outOfRange, "There is no entry \(index) in a tree of \(size).", index: index) }
        var path: [[UInt8]] = []
        var tiles = TileCache(source: source, size: size)
        var range = 0..<size
        while range.upperBound - range.lowerBound > 1 {
            let middle = Self.split(range)
            if index < middle {
                path.append(try await tiles.root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try await tiles.root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, size: size, path: path.reversed())
    }

    /// Proves that the log of ``size`` entries extends the log of `oldSize` entries.
    ///
    /// - Parameter oldSize: 1...size.
    /// - Throws: ``AuditError`` with code `.outOfRange`, `.tileMissing`, `.badTile` or `.storage`.
    /// - Complexity: O(log size) tile reads.
    /// Source: RFC 9162 §2.1.4.1.
    public func consistency(from oldSize: UInt64) async throws(AuditError) -> ConsistencyProof {
        guard (1...max(size, 1)).contains(oldSize), size > 0 else {
            throw AuditError(.outOfRange, "A tree of \(size) has no older tree of \(oldSize).")
        }
        var path: [[UInt8]] = []
        var tiles = TileCache(source: source, size: size)
        var range = 0..<size
        var isPrefix = true
        while oldSize != range.upperBound {
            let middle = Self.split(range)
            if oldSize <= middle {
                path.append(try await tiles.root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try await tiles.root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isPrefix = false
            }
        }
        if !isPrefix { path.append(try await tiles.root(of: range)) }
        return ConsistencyProof(oldSize: oldSize, size: size, path: path.reversed())
    }

    /// Where RFC 9162 parts a range: after the largest power of two that is smaller than its length.
    fileprivate static func split(_ range: Range<UInt64>) -> UInt64 {
        let length = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << UInt64(63 - (length - 1).leadingZeroBitCount)
    }
}

/// Tiles read for one proof, each once.
private struct TileCache {
    let source: any TileSource
    let size: UInt64
    private var tiles: [TilePath: [UInt8]] = [:]

    init(source: any TileSource, size: UInt64) {
        self.source = source
        self.size = size
    }

    /// The root of a range that RFC 9162 makes a subtree of.
    mutating func root(of range: Range<UInt64>) async throws(AuditError) -> [UInt8] {
        let length = range.upperBound - range.lowerBound
        guard length.nonzeroBitCount != 1 else {
            return try await complete(height: length.trailingZeroBitCount, index: range.lowerBound / length)
        }
        let middle = LogProver.split(range)
        let left = try await root(of: range.lowerBound..<middle)
        return MerkleHash.node(left, try await root(of: middle..<range.upperBound))
    }

    private mutating func complete(height: Int, index: UInt64) async throws(AuditError) -> [UInt8] {
        // A subtree of height 8 is one hash of the level above.
        let level = height / 8
        let first = index << UInt64(height % 8)
        let count = size >> UInt64(8 * level)
        let tile = TilePath.tile(level: level, index: first / 256, width: first / 256 == count / 256 ? Int(count % 256) : TilePath.width)
        let hashes: [UInt8]
        if let known = tiles[tile] {
            hashes = known
        } else {
            hashes = try await source.hashes(tile)
            tiles[tile] = hashes
        }
        let start = Int(first % 256) * MerkleHash.length
        return MerkleHash.complete(hashes[start..<start + MerkleHash.length << (height % 8)])
    }
}
