public import IdentityTypes
import RecordStorage

extension LocalKeyService {
    private static let logHeadKey = RecordKey(partition: Partition(rawValue: 0), collection: "log-head", row: [])

    public func logHead() async throws(VaultError) -> SeenLogHead? {
        do { return try await store.record(at: Self.logHeadKey).map(Self.logHead) } catch { throw VaultError(error) }
    }

    /// Forgets the log, so that the next one that is shown is taken as it comes: by decision of people, after a log was lost.
    ///
    /// - Returns: what was known.
    public func forgetLogHead() async throws(VaultError) -> SeenLogHead? {
        let forgotten = try await change { commit throws(StorageError) -> Decision<SeenLogHead?> in
            guard let stored = try await store.record(at: Self.logHeadKey) else { return .commit(nil) }
            commit.delete(stored)
            return .commit(try Self.logHead(stored))
        }
        if forgotten != nil { observer.observe(Observation(.keyService, "log-head-forgotten")) }
        return forgotten
    }

    /// Remembers the head in which an entry was shown, unless that log does not go on from the one that is known.
    ///
    /// What is shown first is taken as it comes.
    func stageLogHead(
        _ head: SeenLogHead, shownBy evidence: LogEvidence, to log: any LogEvidenceVerifier, in commit: inout StagedCommit
    ) async throws(StorageError) -> VaultError? {
        let stored = try await store.record(at: Self.logHeadKey)
        if let stored {
            let known = try Self.logHead(stored)
            guard log.isConsistent(evidence, with: known) else { return Self.refusal(head, from: evidence.knownSize, known) }
            guard head != known else { return nil }
        }
        commit.put(Self.encoded(head), at: Self.logHeadKey, replacing: stored)
        return nil
    }

    private static func refusal(_ head: SeenLogHead, from knownSize: UInt64, _ known: SeenLogHead) -> VaultError {
        guard knownSize >= known.size else {
            return VaultError(.logHeadOutdated, "The key service has seen a newer head of the log meanwhile: open again.")
        }
        guard head.size >= known.size else {
            return VaultError(
                .logForked,
                "The log has \(head.size) entries here, and the key service has seen one of \(known.size): use the newest copy. If the log was "
                    + "restored from a backup, its operator and the key service's have to decide how it goes on.")
        }
        return VaultError(
            .logForked,
            "The log does not go on from the one of \(known.size) entries that the key service has seen: there are two. Open nothing, and have "
                + "the log checked.")
    }

    /// Tells an operator of a log that is not the one that was seen.
    func observeLogFork(_ error: VaultError) {
        if error.code == .logForked { observer.observe(Observation(.keyService, "log-forked", errorCode: error.code.rawValue)) }
    }

    /// u8 1, size u64, root 32.
    private static func encoded(_ head: SeenLogHead) -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        head.write(to: &writer)
        return writer.bytes
    }

    private static func logHead(_ record: StoredRecord) throws(StorageError) -> SeenLogHead {
        try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            return try SeenLogHead(from: &reader)
        }
    }
}
