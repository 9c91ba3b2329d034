public import IdentityTypes
public import RecordStorage

extension LocalKeyService {
    /// How long after an erasure its mark stands, and then an hour more, as a sweep is late: longer than any deposit of the same
    /// subject can be on its way.
    static let eraseMarkLife: Duration = RecordLimits.lateness

    public func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) {
        let keys = SubjectKeys(deposit, madeAt: time.now(), keyEncryptionKey: keyring.keyEncryptionKey, random: random)
        var commit = StagedCommit(random: random)
        commit.insert(keys.encoded, at: keysKey(keys.subject))
        for reference in keys.references { commit.insert(reference.encoded, at: pendingKey(reference)) }
        do { try await commit.commit(to: store) } catch { throw VaultError(error) }
    }

    public func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        try await add(deposit, isDue: true)
    }

    public func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        try await add(deposit, isDue: false)
    }

    private func add(_ deposit: borrowing ShredKeyDeposit, isDue: Bool) async throws(VaultError) {
        // Wrapped once: a borrowed key cannot go into a decision that may run again.
        let candidate = SubjectKeys.wrap(deposit, madeAt: time.now(), keyEncryptionKey: keyring.keyEncryptionKey, random: random)
        let (subject, record, vaultKey) = (deposit.subject, deposit.record, deposit.vaultKey)
        try await change { commit throws(StorageError) -> Decision<Void> in
            guard var (keys, row) = try keys(of: subject, in: try await store.record(at: keysKey(subject))) else {
                return .refuse(Self.unknownSubject)
            }
            guard !isDue || keys.due != nil, keys.record == record, keys.vaultKey == vaultKey,
                candidate.generation == keys.shred.generation + 1
            else {
                return .refuse(VaultError(.orderRefused, "This record is not due to be sealed anew, or was already."))
            }
            // Sent twice: the first is as good.
            guard !keys.candidates.contains(where: { $0.bodyDigest == candidate.bodyDigest }) else { return .commit(()) }
            guard keys.candidates.count < SubjectKeys.candidateLimit else {
                return .refuse(VaultError(.resealDue, "Others are sealing this record anew: try again after the host's next sweep."))
            }
            keys.candidates.append(candidate)
            row = commit.put(keys.encoded, at: row.key, replacing: row)
            let reference = keys.reference(candidate)
            commit.insert(reference.encoded, at: pendingKey(reference))
            return .commit(())
        }
    }

    public func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        var found: [DepositReference] = []
        do {
            // Records that are being sealed anew first: they are few, and somebody waits for each.
            for (collection, before) in [(Self.resealing, Timestamp(milliseconds: .max)), (Self.pending, before)] {
                for partition in partitions.all where found.count < limit {
                    let range = RecordRange(partition: partition, collection: collection)
                    for record in try await store.records(in: range, limit: limit - found.count) {
                        let reference = try decodeRecord(record) { reader throws(MalformedBytes) in try DepositReference(from: &reader) }
                        guard reference.madeAt < before else { break }
                        found.append(reference)
                    }
                }
            }
        } catch { throw VaultError(error) }
        return found
    }

    public func confirm(_ deposits: [DepositReference]) async throws(VaultError) {
        let first = deposits.filter { $0.generation == 0 }
        if !first.isEmpty {
            try await change { commit throws(StorageError) -> Decision<Void> in
                for case let record? in try await store.records(at: first.map(pendingKey)) { commit.delete(record) }
                return .commit(())
            }
        }
        for deposit in deposits where deposit.generation > 0 {
            try await change { commit throws(StorageError) -> Decision<Void> in
                let row = try await store.record(at: keysKey(deposit.subject))
                guard var (keys, keysRow) = try keys(of: deposit.subject, in: row),
                    let winner = keys.candidates.first(where: { $0.bodyDigest == deposit.bodyDigest })
                else {
                    // Asked again, or erased since: there is nothing to do but to stop waiting.
                    if let pending = try await store.record(at: pendingKey(deposit)) { commit.delete(pending) }
                    return .commit(())
                }
                for candidate in keys.candidates {
                    if let pending = try await store.record(at: pendingKey(keys.reference(candidate))) { commit.delete(pending) }
                }
                keys.shred = .init(generation: winner.generation, madeAt: winner.madeAt, wrapped: winner.wrapped)
                (keys.candidates, keys.due) = ([], nil)
                keysRow = commit.put(keys.encoded, at: keysRow.key, replacing: keysRow)
                return .commit(())
            }
            _ = try await forget()
        }
    }

    public func discard(_ deposit: DepositReference) async throws(VaultError) {
        let now = time.now()
        try await change { commit throws(StorageError) -> Decision<Void> in
            // Only what still waits: a confirmed deposit has a record, and is deleted by an erasure alone.
            let found = try await store.records(at: [pendingKey(deposit), keysKey(deposit.subject)])
            guard let pending = found[0] else { return .commit(()) }
            commit.delete(pending)
            guard var (keys, row) = try keys(of: deposit.subject, in: found[1]) else { return .commit(()) }
            if deposit.generation == 0 {
                commit.put(SubjectKeys.erased, at: row.key, replacing: row, expiresAt: now + Self.eraseMarkLife)
            } else {
                keys.candidates.removeAll { $0.bodyDigest == deposit.bodyDigest }
                row = commit.put(keys.encoded, at: row.key, replacing: row)
            }
            return .commit(())
        }
        _ = try await forget()
    }

    public func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt {
        let now = time.now()
        try await change { commit throws(StorageError) -> Decision<Void> in
            let record = try await store.record(at: keysKey(subject))
            if let keys = try record.flatMap({ record throws(StorageError) in try SubjectKeys.read(record) }) {
                for reference in keys.references {
                    if let pending = try await store.record(at: pendingKey(reference)) { commit.delete(pending) }
                }
            } else if record != nil {
                return .commit(())
            }
            // A mark instead of nothing: a deposit that is still on its way, for the second time, must not bring the keys back.
            commit.put(SubjectKeys.erased, at: keysKey(subject), replacing: record, expiresAt: now + Self.eraseMarkLife)
            return .commit(())
        }
        guard try await forget() else {
            throw VaultError(.erasurePending, "The keys are deleted; a long reader still holds older pages of the store. Ask again.")
        }
        return ErasureReceipt(deployment: keyring.deployment, subject: subject, erasedAt: time.now(), key: keyring.signingKey)
    }

    // MARK: Sweeping

    public func sweep() async throws(VaultError) -> Int {
        let now = time.now()
        var swept = 0
        for partition in partitions.all {
            for collection in ["keys", "spent", "reveal"] as [RecordCollection] {
                swept += try await sweep(RecordRange(partition: partition, collection: collection), now: now)
            }
        }
        swept += try await sweep(Self.reviews, now: now)
        // Also what was replaced when a long reader held older pages.
        _ = try await forget()
        return swept
    }

    private func sweep(_ range: RecordRange, now: Timestamp) async throws(VaultError) -> Int {
        var range = range
        var swept = 0
        while true {
            let page: [StoredRecord]
            do { page = try await store.records(in: range, limit: 500) } catch { throw VaultError(error) }
            var commit = StagedCommit(random: random)
            for record in page where record.expiresAt.map({ $0 + .seconds(3600) <= now }) ?? false { commit.delete(record) }
            if !commit.isEmpty {
                do {
                    try await commit.commit(to: store)
                    swept += commit.changes.count
                } catch {
                    // Another sweeper's; the next round sees what is left.
                    guard error.code == .conflict else { throw VaultError(error) }
                }
            }
            guard page.count == 500, let last = page.last else { return swept }
            range.after = last.key.row
        }
    }
}
