import RecordStorage

extension LogSequencer {
    /// Reads the log back and finishes what a killed process or another sequencer left unfinished.
    ///
    /// The checkpoint, the signer's head and the database's head are read in the opposite order of their writing: in an unharmed
    /// log none is larger than the next one read. If one is, an older database was restored, or the signer's memory was.
    func recover() async throws(AuditError) -> LogState {
        let published = try await publishedHead()
        var signed = try await signer.head()
        let record = try await store.record(at: LogRows.head)
        let head = try record.map { record throws(AuditError) in try LogRecords.decode(record, LogHead.init) } ?? LogHead()
        if signed == nil {
            guard record == nil, published == nil else {
                throw AuditError(.forked, "The signer's memory of what it signed last is gone, and this log is not new. Restore it.")
            }
            guard try await signer.begin() else { throw AuditError(.notLeader, "Another sequencer began the log.") }
            signed = .empty
        }
        guard let signed else { preconditionFailure("A log that is new was just begun.") }
        if let published, published.size > signed.size {
            throw AuditError(
                .forked,
                "The log was published with \(published.size) entries, and the signer remembers \(signed.size): "
                    + "its memory is an older copy. Restore the newer one.")
        }
        guard head.frontier.size >= signed.size else {
            throw AuditError(
                .forked,
                "The database holds \(head.frontier.size) entries and \(signed.size) were signed: it is an older copy. "
                    + "Going on would fork the log; restore a newer copy.")
        }
        var edge = try await publishedEdge(published)
        let start = edge.frontier.size
        try await roll(&edge, to: signed.size, flushing: true)
        guard edge.frontier.root == signed.root else {
            throw AuditError(
                .forked,
                "The database holds another tree than the one of \(signed.size) entries that was signed; going on would fork the log.")
        }
        let frontier = edge.frontier
        let added = try await roll(&edge, to: head.frontier.size, flushing: false)
        guard edge.frontier == head.frontier else {
            throw AuditError(.badRoot, "The entries in the database do not have the root of its head; it is damaged. Restore a copy.")
        }
        if edge.frontier.size > start || published == nil { try await publish(&edge, extending: frontier, by: added) }
        return LogState(head: record, lease: nil, edge: edge)
    }

    /// The tree of the checkpoint that is published, if there is one that this log's key signed.
    func publishedHead() async throws(AuditError) -> TreeHead? {
        guard let note = try await tiles.contents(of: TilePath.checkpoint) else { return nil }
        // One that cannot be read counts as none: all is then written again from the database, and checked against the signer's head.
        return try? Checkpoint(verifying: note, by: signer.key).head
    }

    /// Where publishing goes on from: the edge of what is published, or the beginning where its tiles are not what they should be.
    private func publishedEdge(_ published: TreeHead?) async throws(AuditError) -> TileEdge {
        guard let published else { return TileEdge() }
        do {
            return try await TileEdge.load(published, from: tiles)
        } catch {
            if error.code == .storage { throw error }
            return TileEdge()
        }
    }

    /// Appends the database's entries up to a size.
    ///
    /// - Returns: the leaf hashes appended, unless tiles are flushed on the way.
    @discardableResult
    private func roll(_ edge: inout TileEdge, to size: UInt64, flushing: Bool) async throws(AuditError) -> [[UInt8]] {
        var added: [[UInt8]] = []
        while edge.frontier.size < size {
            let next = edge.frontier.size
            let range = RecordRange(
                partition: LogRows.partition, collection: LogRows.entries, after: next == 0 ? nil : LogRows.bigEndian(next - 1))
            let rows = try await store.records(in: range, limit: 16)
            guard rows.first?.key.row == LogRows.bigEndian(next) else {
                throw AuditError(
                    .badRoot, "The database lacks the entries from \(next) on, which its head counts; restore a copy.", index: next)
            }
            for row in rows where edge.frontier.size < size {
                for entry in try LogRecords.decode(row, EntryRecord.unpack) {
                    let leaf = entry.leaf.bytes
                    edge.append(leaf)
                    if !flushing { added.append(MerkleHash.leaf(leaf)) }
                }
            }
            if flushing, edge.filledCount > 64 {
                for file in edge.takeFilledFiles() { try await tiles.write(file.bytes, to: file.path.text) }
            }
        }
        return added
    }
}
