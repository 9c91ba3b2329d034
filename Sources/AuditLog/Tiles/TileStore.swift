/// Where a log's public files are read from: a directory, or whatever serves one.
public protocol TileSource: Sendable {
    /// The bytes of a file of the log, such as `tile/0/000.p/3`; `nil` where there is none.
    ///
    /// - Throws: ``AuditError`` with code `.storage`.
    func contents(of path: String) async throws(AuditError) -> [UInt8]?
}

/// Where a sequencer puts a log's public files.
///
/// Contract: when ``write(_:to:)`` returns, the file lasts, whole; when it throws, the file is whole as before or as after.
/// Tiles never change once written, except that a rebuild may write the same bytes again; the checkpoint is replaced.
public protocol TileStore: TileSource {
    /// - Throws: ``AuditError`` with code `.storage`.
    func write(_ bytes: [UInt8], to path: String) async throws(AuditError)

    /// Removes the partial tiles of `tile`, a full one that is there. It may do so later, or not at all.
    func removePartials(of tile: TilePath) async throws(AuditError)
}

extension TileSource {
    /// The bytes of a tile; a partial one that is gone is cut out of the full one. Source: C2SP tlog-tiles, "Partial Tiles".
    ///
    /// - Throws: ``AuditError`` with code `.tileMissing`, or `.badTile` where a tile of hashes has not its length.
    func hashes(_ tile: TilePath) async throws(AuditError) -> [UInt8] {
        if let bytes = try await contents(of: tile.text) {
            guard bytes.count == tile.width * MerkleHash.length else {
                throw AuditError(.badTile, "\(tile.text) does not have \(tile.width) hashes.", path: tile.text)
            }
            return bytes
        }
        guard tile.isPartial, let full = try await contents(of: tile.full) else { throw Self.missing(tile) }
        guard full.count == TilePath.width * MerkleHash.length else {
            throw AuditError(.badTile, "\(tile.full) does not have \(TilePath.width) hashes.", path: tile.full)
        }
        return Array(full[..<(tile.width * MerkleHash.length)])
    }

    /// The entries of a bundle, and where they were found.
    ///
    /// - Throws: ``AuditError`` with code `.tileMissing`, or `.badEntry` with the index where the lengths are wrong.
    func bundle(_ tile: TilePath) async throws(AuditError) -> (entries: [[UInt8]], path: String) {
        if let bytes = try await contents(of: tile.text) { return (try Self.split(bytes, tile, tile.text), tile.text) }
        guard tile.isPartial, let bytes = try await contents(of: tile.full) else { throw Self.missing(tile) }
        return (Array(try Self.split(bytes, tile.with(width: TilePath.width), tile.full)[..<tile.width]), tile.full)
    }

    private static func split(_ bytes: [UInt8], _ tile: TilePath, _ path: String) throws(AuditError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var position = 0
        for offset in 0..<tile.width {
            let index = tile.index * 256 + UInt64(offset)
            let cut = AuditError(.badEntry, "Entry \(index) in \(path) is cut short or its length is wrong.", path: path, index: index)
            guard position + 2 <= bytes.count else { throw cut }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            guard position + 2 + length <= bytes.count else { throw cut }
            entries.append(Array(bytes[position + 2..<position + 2 + length]))
            position += 2 + length
        }
        guard position == bytes.count else {
            let index = tile.index * 256 + UInt64(tile.width - 1)
            throw AuditError(.badEntry, "\(path) has bytes after entry \(index), its last.", path: path, index: index)
        }
        return entries
    }

    private static func missing(_ tile: TilePath) -> AuditError {
        AuditError(.tileMissing, "\(tile.text) is missing.", path: tile.text)
    }
}
