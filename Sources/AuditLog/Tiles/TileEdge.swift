/// A file of the log that waits to be written.
struct TileFile: Hashable, Sendable {
    let path: TilePath
    let bytes: [UInt8]
}

/// The right edge of a tree as its tiles hold it: the incomplete tile of each level and the incomplete entry bundle.
///
/// Appending yields each tile as it fills; what is incomplete is written once per checkpoint.
struct TileEdge: Hashable, Sendable {
    private(set) var frontier = MerkleFrontier()
    /// The hashes of the incomplete tile of each level, one after another.
    private var levels: [[UInt8]] = []
    /// The incomplete entry bundle: u16 length and bytes of each entry.
    private var bundle: [UInt8] = []
    /// Filled since the last ``takeFiles()``.
    private var filled: [TileFile] = []
    /// Incomplete tiles that changed since then.
    private var changed: Set<Int> = []

    init() {}

    mutating func append(_ entry: [UInt8]) {
        let hash = MerkleHash.leaf(entry)
        bundle.append(UInt8(entry.count >> 8))
        bundle.append(UInt8(entry.count & 255))
        bundle += entry
        push(hash, level: 0, size: frontier.size + 1)
        frontier.append(hash)
    }

    private mutating func push(_ hash: [UInt8], level: Int, size: UInt64) {
        if levels.count == level { levels.append([]) }
        levels[level] += hash
        changed.insert(level)
        guard levels[level].count == TilePath.width * MerkleHash.length else { return }
        let index = (size >> UInt64(8 * (level + 1))) - 1
        let full = levels[level]
        if level == 0 {
            filled.append(TileFile(path: .entries(index), bytes: bundle))
            bundle = []
        }
        filled.append(TileFile(path: .tile(level: level, index: index), bytes: full))
        levels[level] = []
        changed.remove(level)
        push(MerkleHash.complete(full[...]), level: level + 1, size: size)
    }

    /// What has to be on the disk before a checkpoint of this size, and was not when this was last asked.
    mutating func takeFiles() -> [TileFile] {
        var files = filled
        for tile in TilePath.edge(size: frontier.size) where changed.contains(tile.level ?? 0) {
            files.append(TileFile(path: tile, bytes: tile.level.map { levels[$0] } ?? bundle))
        }
        filled = []
        changed = []
        return files
    }

    /// Only the tiles that are full, so that a long rebuild need not hold them all.
    mutating func takeFilledFiles() -> [TileFile] {
        defer { filled = [] }
        return filled
    }

    var filledCount: Int { filled.count }

    /// The incomplete entry bundle.
    var entryBundle: [UInt8] { bundle }

    /// The hashes of the incomplete tile of a level.
    func hashes(level: Int) -> [UInt8] { levels[level] }

    /// How many bytes of the incomplete bundle its first entries are.
    func bundleLength(entries: Int) -> Int {
        var position = 0
        for _ in 0..<entries { position += 2 + Int(bundle[position]) << 8 + Int(bundle[position + 1]) }
        return position
    }

    /// Reads the edge of the tree that `head` names, and checks it against the root.
    ///
    /// - Throws: ``AuditError`` when a file is missing or is not what the root says.
    static func load(_ head: TreeHead, from source: some TileSource) async throws(AuditError) -> TileEdge {
        var edge = TileEdge()
        var subtrees: [[[UInt8]]] = []
        var entries: [[UInt8]] = []
        for tile in TilePath.edge(size: head.size) {
            guard let level = tile.level else {
                entries = try await source.bundle(tile).entries
                continue
            }
            while edge.levels.count < level { edge.levels.append([]) }
            let hashes = try await source.hashes(tile)
            edge.levels.append(hashes)
            subtrees.append(Self.subtrees(of: hashes, width: tile.width))
        }
        for entry in entries {
            edge.bundle += [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
        }
        guard let frontier = MerkleFrontier(size: head.size, hashes: subtrees.reversed().flatMap { $0 }), frontier.root == head.root,
            entries.flatMap(MerkleHash.leaf) == edge.levels.first ?? []
        else { throw AuditError(.badTile, "The tiles at the edge of the tree do not have the root of its checkpoint.") }
        edge.frontier = frontier
        return edge
    }

    /// The complete subtrees that an incomplete tile consists of, largest first.
    private static func subtrees(of hashes: [UInt8], width: Int) -> [[UInt8]] {
        var start = 0
        return (0..<8).reversed().compactMap { bit in
            guard width & 1 << bit != 0 else { return nil }
            defer { start += MerkleHash.length << bit }
            return MerkleHash.complete(hashes[start..<start + MerkleHash.length << bit])
        }
    }
}
