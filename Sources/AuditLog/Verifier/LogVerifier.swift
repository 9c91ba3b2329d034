import IdentityTypes

/// Checks a whole log offline: the checkpoint's signature, every entry, every tile, the root.
///
/// The tree is built anew from the entries. If it has the signed root, the entries are the signed ones and any tile that
/// differs is bad; if not, the first entry that differs from its tile is. So one damaged place is named exactly.
public struct LogVerifier: Sendable {
    private let source: any TileSource
    private let key: LogKey

    public init(_ source: some TileSource, key: LogKey) {
        self.source = source
        self.key = key
    }

    /// - Parameter visit: gets every entry in order. What it saw counts only if this returns.
    /// - Returns: the checkpoint that everything agrees with.
    /// - Throws: ``AuditError`` about the first fault, with its `path` and, for an entry, its `index`: `.badSignature`, `.badEntry`,
    ///   `.badTile`, `.tileMissing`, `.badRoot`, `.malformed`; `.storage` when a file cannot be read.
    /// - Complexity: O(size), holding one bundle in memory.
    public func verify(visiting visit: (AuditLeaf) -> Void = { _ in }) async throws(AuditError) -> Checkpoint {
        guard let note = try await source.contents(of: TilePath.checkpoint) else {
            throw AuditError(.tileMissing, "The checkpoint is missing.", path: TilePath.checkpoint)
        }
        let checkpoint = try Checkpoint(verifying: note, by: key)
        let size = checkpoint.head.size
        var edge = TileEdge()
        var wrongEntry: AuditError?
        var wrongTile: AuditError?
        for index in 0..<(size / 256 + (size % 256 == 0 ? 0 : 1)) {
            let width = Int(min(size - index * 256, 256))
            let (entries, path) = try await source.bundle(.entries(index, width: width))
            for entry in entries { edge.append(entry) }
            for file in width == 256 ? edge.takeFilledFiles() : [] where file.path.level != nil {
                try await compare(file, entriesIn: path, &wrongEntry, &wrongTile)
            }
            // The leaf tile was just compared: an entry that differs from it, or stands beside a different tree, is told by the root.
            if wrongEntry == nil { try Self.checkForm(entries, from: index * 256, path, visit) }
        }
        for file in edge.takeFiles() where file.path.level != nil {
            try await compare(file, entriesIn: TilePath.entries(size / 256, width: Int(size % 256)).text, &wrongEntry, &wrongTile)
        }
        if edge.frontier.root == checkpoint.head.root {
            if let wrongTile { throw wrongTile }
        } else {
            throw wrongEntry ?? wrongTile
                ?? AuditError(
                    .badRoot, "Entries and tiles agree, and have another root than the one that was signed: the log was rewritten.",
                    path: TilePath.checkpoint)
        }
        try await checkOlderPartials(edge, size: size)
        return checkpoint
    }

    /// Compares the tile that follows from the entries with the one in the log, and notes the first difference of each kind.
    private func compare(
        _ expected: TileFile, entriesIn bundle: String, _ wrongEntry: inout AuditError?, _ wrongTile: inout AuditError?
    ) async throws(AuditError) {
        let stored: [UInt8]
        do {
            stored = try await source.hashes(expected.path)
        } catch {
            guard error.code == .badTile else { throw error }
            wrongTile = wrongTile ?? error
            return
        }
        guard stored != expected.bytes else { return }
        let place = zip(stored, expected.bytes).enumerated().first { $0.element.0 != $0.element.1 }!.offset / MerkleHash.length
        let path = expected.path.text
        wrongTile = wrongTile ?? AuditError(.badTile, "Hash \(place) of \(path) is not the hash of what is below it.", path: path)
        guard expected.path.level == 0 else { return }
        let index = expected.path.index * 256 + UInt64(place)
        let reason = "Entry \(index) in \(bundle) is not the one whose hash is in the tree."
        wrongEntry = wrongEntry ?? AuditError(.badEntry, reason, path: bundle, index: index)
    }

    private static func checkForm(
        _ entries: [[UInt8]], from first: UInt64, _ path: String, _ visit: (AuditLeaf) -> Void
    ) throws(AuditError) {
        for (offset, entry) in entries.enumerated() {
            do {
                visit(try AuditLeaf(bytes: entry))
            } catch {
                let index = first + UInt64(offset)
                throw AuditError(.badEntry, "Entry \(index) in \(path): \(error.reason)", path: path, index: index)
            }
        }
    }

    /// Partial tiles of older checkpoints may still be served beside the newest; they must be what the newest begins with.
    private func checkOlderPartials(_ edge: TileEdge, size: UInt64) async throws(AuditError) {
        for tile in TilePath.edge(size: size) {
            let newest = tile.level == nil ? edge.entryBundle : edge.hashes(level: tile.level!)
            for width in 1..<tile.width {
                let older = tile.with(width: width)
                guard let bytes = try await source.contents(of: older.text) else { continue }
                let length = tile.level == nil ? edge.bundleLength(entries: width) : width * MerkleHash.length
                guard bytes == Array(newest[..<length]) else {
                    throw AuditError(.badTile, "\(older.text) is not the beginning of \(tile.text).", path: older.text)
                }
            }
        }
    }
}
