public import IdentityTypes
public import RecordStorage

extension LogKey: LogEvidenceVerifier {
    /// Checks signature, inclusion, and that the opening is the one the leaf commits to.
    public func entry(provenBy evidence: LogEvidence) -> LoggedEntry? {
        guard let checkpoint = try? Checkpoint(verifying: evidence.checkpoint, by: self), checkpoint.head.size == evidence.size,
            InclusionProof(index: evidence.index, size: evidence.size, path: evidence.path)
                .holds(for: evidence.leaf, root: checkpoint.head.root),
            let leaf = try? AuditLeaf(bytes: evidence.leaf), let opening = try? EntryOpening(bytes: evidence.opening),
            opening.commitment == leaf.commitment
        else { return nil }
        return LoggedEntry(
            action: leaf.action, purpose: leaf.purpose, approvalTier: leaf.approvalTier, time: opening.time, subject: opening.subject,
            details: opening.details, head: SeenLogHead(size: checkpoint.head.size, root: checkpoint.head.root))
    }

    public func isConsistent(_ evidence: LogEvidence, with seen: SeenLogHead) -> Bool {
        guard let checkpoint = try? Checkpoint(verifying: evidence.checkpoint, by: self), checkpoint.head.size == evidence.size else {
            return false
        }
        // Of one size there is one tree, wherever the proof begins.
        if seen.size == evidence.size { return seen.root == checkpoint.head.root }
        return ConsistencyProof(oldSize: seen.size, size: evidence.size, path: evidence.consistency)
            .holds(oldRoot: seen.root, root: checkpoint.head.root)
    }
}

/// Finds an entry that was just recorded in a log's files, and proves it.
public struct EvidenceSource: LogEvidenceSource {
    private let tiles: any TileSource
    private let key: LogKey

    public init(_ tiles: some TileSource, key: LogKey) {
        (self.tiles, self.key) = (tiles, key)
    }

    /// Looks through the newest entries first.
    ///
    /// - Complexity: a bundle of 256 entries for each 256 that came after it.
    public func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(StorageError) -> LogEvidence? {
        do { return try await find(entry.entry, from: knownSize) } catch {
            throw error.storage ?? StorageError(.corrupt, error.reason)
        }
    }

    private func find(_ entry: RecordedEntry, from knownSize: UInt64) async throws(AuditError) -> LogEvidence? {
        guard let note = try await tiles.contents(of: TilePath.checkpoint) else { return nil }
        let size = try Checkpoint(verifying: note, by: key).head.size
        var end = size
        while end > 0 {
            let bundle = (end - 1) / 256
            let (entries, _) = try await tiles.bundle(.entries(bundle, width: Int(min(size - bundle * 256, 256))))
            if let place = entries.lastIndex(of: entry.leaf) {
                let prover = LogProver(tiles, size: size)
                let proof = try await prover.inclusion(of: bundle * 256 + UInt64(place))
                let consistency = (1..<size).contains(knownSize) ? try await prover.consistency(from: knownSize).path : []
                return LogEvidence(
                    leaf: entry.leaf, opening: entry.opening, index: proof.index, size: size, path: proof.path, checkpoint: note,
                    knownSize: knownSize, consistency: consistency)
            }
            end = bundle * 256
        }
        return nil
    }
}
