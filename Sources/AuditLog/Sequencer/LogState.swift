import IdentityTypes
import RecordStorage

/// What a sequencer knows of the log between two rounds: all of it published.
struct LogState: Sendable {
    /// The head's record, to move it from its exact version; `nil` before the first entry.
    var head: StoredRecord?
    var lease: StoredRecord?
    /// The tree, at the size of the head.
    var edge: TileEdge
}

extension LogSequencer {
    /// Bytes of entries in one row: far below what any store refuses, far above what a row costs.
    private static let entryRowBytes = 262_144

    /// Sequences outbox rows in one commit, signs, publishes.
    func append(
        _ rows: ArraySlice<StoredRecord>, to state: inout LogState, under lease: LogLease
    ) async throws(AuditError) -> (events: [[UInt8]], rows: [RecordKey]) {
        var commit = StagedCommit(random: random)
        var entries: [EntryRecord] = []
        for row in rows {
            entries += try LogRecords.decode(row, EntryRecord.unpack)
            commit.delete(row)
        }
        let before = state.edge.frontier
        var edge = state.edge
        var packed: [EntryRecord] = []
        var packedBytes = 0
        var first = before.size
        for entry in entries {
            packed.append(entry)
            packedBytes += AuditLeaf.length + 4 + entry.opening.count
            edge.append(entry.leaf.bytes)
            if packedBytes >= Self.entryRowBytes {
                commit.insert(EntryRecord.pack(packed), at: LogRows.entries(from: first))
                first += UInt64(packed.count)
                (packed, packedBytes) = ([], 0)
            }
        }
        if !packed.isEmpty { commit.insert(EntryRecord.pack(packed), at: LogRows.entries(from: first)) }
        var head = LogHead()
        head.frontier = edge.frontier
        head.epoch = lease.epoch
        commit.put(head.bytes, at: LogRows.head, replacing: state.head)
        commit.put(lease.bytes, at: LogRows.lease, replacing: state.lease)
        try await store.commit(commit)
        for case .put(let key, _, let version, let value, _) in commit.changes {
            let record = StoredRecord(key: key, version: version, value: value, expiresAt: nil)
            if key == LogRows.head { state.head = record }
            if key == LogRows.lease { state.lease = record }
        }
        try await publish(&edge, extending: before, by: entries.map { MerkleHash.leaf($0.leaf.bytes) })
        state.edge = edge
        return (entries.map(\.leaf.id), rows.map(\.key))
    }

    /// The signer's head, the signature, the tiles, and last the checkpoint.
    func publish(_ edge: inout TileEdge, extending signed: MerkleFrontier, by leafHashes: [[UInt8]]) async throws(AuditError) {
        let checkpoint = try await signer.sign(extending: signed, by: leafHashes)
        let files = edge.takeFiles()
        for file in files { try await tiles.write(file.bytes, to: file.path.text) }
        try await tiles.write(checkpoint, to: TilePath.checkpoint)
        for file in files where !file.path.isPartial { try await tiles.removePartials(of: file.path) }
    }
}
