public import CryptoPrimitives
import IdentityTypes
import RecordStorage

extension LocalKeyService {
    public func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        let now = time.now()
        guard order.isGenuine(keyring.proofKey) else {
            throw VaultError(.orderRefused, "The order was not made by the host of this deployment.")
        }
        guard now < order.deadline else { throw VaultError(.orderRefused, "The order's deadline has passed.") }
        let keys = try await release(
            .message, of: order.subject, order: order.id, purpose: order.purpose, until: order.deadline, now: now
        ) { keys in
            guard keys.record == order.record else {
                return VaultError(.refused, "The order names a record that is not this subject's.")
            }
            return keys.due == nil ? nil : Self.resealDue
        }
        return try keys.shredKey(under: keyring.keyEncryptionKey)
    }

    public func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes {
        let now = time.now()
        guard proof.isGood(for: .dataExport, at: now, key: keyring.proofKey) else {
            throw VaultError(
                .orderRefused, "The proof is older than 15 minutes, of another reason or not genuine: step up again, for the export.")
        }
        let keys: SubjectKeys
        do throws(VaultError) {
            keys = try await release(
                .history, of: proof.subject, order: proof.challenge, purpose: nil, until: proof.provenAt + StepUpProof.lifetime, now: now
            ) { _ in nil }
        } catch {
            if error.code == .releaseBudget { observer.observe(Observation(.keyService, "history-budget-spent")) }
            throw error
        }
        return try keys.historyKey(under: keyring.keyEncryptionKey)
    }

    public func releaseShredKey(forResealingBefore order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        let now = time.now()
        guard order.isGenuine(keyring.proofKey) else {
            throw VaultError(.orderRefused, "The order was not made by the host of this deployment.")
        }
        guard now < order.deadline else { throw VaultError(.orderRefused, "The order's deadline has passed.") }
        let keys = try await release(
            .reseal, of: order.subject, order: order.id, purpose: order.purpose, until: order.deadline, now: now
        ) { keys in
            guard keys.record == order.record else { return VaultError(.refused, "The record is not this subject's.") }
            guard keys.due != nil else {
                return VaultError(.orderRefused, "No shares of this record's decryption were given out: there is nothing to seal anew.")
            }
            return nil
        }
        return try keys.shredKey(under: keyring.keyEncryptionKey)
    }

    static var resealDue: VaultError {
        VaultError(
            .resealDue, "Shares of this record's decryption were given out: have it resealed, by the sender or with a new request.")
    }

    /// Counts, signs and spends in one commit; the key comes out after that.
    ///
    /// - Parameter refusal: looks at the subject's row.
    /// - Returns: the row as it was before.
    func release(
        _ kind: KeyRelease.Kind, of subject: SubjectID, order: [UInt8], purpose: PurposeCode?, until: Timestamp, now: Timestamp,
        alongside stage: (inout StagedCommit, SubjectKeys) async throws(StorageError) -> VaultError? = { _, _ in nil },
        unless refusal: (SubjectKeys) -> VaultError?
    ) async throws(VaultError) -> SubjectKeys {
        let spentKey = RecordKey(partition: partitions.partition(of: order), collection: "spent", row: order + [kind.rawValue])
        let (place, limit, spent) = meter(of: kind)
        let meterKey = RecordKey(partition: Partition(rawValue: 0), collection: "meter", row: place)
        return try await change { commit throws(StorageError) -> Decision<SubjectKeys> in
            let found = try await store.records(at: [keysKey(subject), spentKey, meterKey])
            guard var (keys, row) = try keys(of: subject, in: found[0]) else { return .refuse(Self.unknownSubject) }
            guard found[1] == nil else { return .refuse(VaultError(.orderRefused, "This order was used before.")) }
            if let error = refusal(keys) { return .refuse(error) }
            if let error = try await stage(&commit, keys) { return .refuse(error) }
            keys.releases += 1
            row = commit.put(keys.encoded, at: row.key, replacing: row)
            commit.insert([1], at: spentKey, expiresAt: until + .seconds(3600))
            let release = KeyRelease(
                kind, subject: subject, count: keys.releases, order: order, purpose: purpose, time: now, deployment: keyring.deployment,
                key: keyring.signingKey)
            commit.insert(release.encoded, at: releaseKey(release))
            guard try Self.meter(found[2], at: meterKey, limit: limit, now: now, in: &commit) > 0 else {
                return .refuse(VaultError(.releaseBudget, spent))
            }
            return .commit(keys)
        }
    }

    /// Where a kind is counted, how often it may come out on one day, and what to say after that.
    private func meter(of kind: KeyRelease.Kind) -> (place: [UInt8], limit: UInt32, spent: String) {
        let opened = "As many records as one day allows were opened; wait or raise the budget."
        switch kind {
        case .message, .reseal: return ([], budget.releasesPerDay, opened)
        case .reveal: return ([kind.rawValue], budget.revealsPerDay, opened)
        case .history:
            return (
                [kind.rawValue], budget.historiesPerDay,
                "As many histories as one day allows were handed out; find out who asks for them, wait, or raise the budget."
            )
        }
    }

    /// Takes up to `wanted` off what a day has. Day i64, count u32. - Returns: how many it took.
    private static func meter(
        _ record: StoredRecord?, at key: RecordKey, limit: UInt32, wanted: UInt32 = 1, now: Timestamp, in commit: inout StagedCommit
    ) throws(StorageError) -> UInt32 {
        let day = now.seconds / 86_400
        var (countedDay, count): (Int64, UInt32) = (day, 0)
        if let record {
            (countedDay, count) = try decodeRecord(record) { reader throws(MalformedBytes) in (try reader.i64(), try reader.u32()) }
        }
        // A clock that goes back stays on the day that was counted last.
        if day > countedDay { (countedDay, count) = (day, 0) }
        guard count < limit else { return 0 }
        let taken = min(wanted, limit - count)
        var writer = ByteWriter()
        writer.i64(countedDay)
        writer.u32(count + taken)
        commit.put(writer.bytes, at: key, replacing: record)
        return taken
    }

    // MARK: Tags for other processes

    /// Takes a lot of evaluations off the day's budget of a role, so that not each one costs a commit.
    ///
    /// - Returns: how many, at least 1.
    /// - Throws: ``VaultError`` with code `.evaluationBudget` when the day has none left; an operator is told.
    func leaseEvaluations(for role: KeyServiceRole) async throws(VaultError) -> UInt32 {
        let (limit, lot, place): (UInt32, UInt32, UInt8) =
            role == .opener ? (budget.openerEvaluationsPerDay, 1, 6) : (budget.evaluationsPerDay, 100, 5)
        let key = RecordKey(partition: Partition(rawValue: 0), collection: "meter", row: [place])
        let now = time.now()
        do throws(VaultError) {
            return try await change { commit throws(StorageError) -> Decision<UInt32> in
                let taken = try Self.meter(
                    try await store.record(at: key), at: key, limit: limit, wanted: lot, now: now, in: &commit)
                return taken > 0
                    ? .commit(taken)
                    : .refuse(
                        VaultError(.evaluationBudget, "As many tags as one day allows were made; find out who asks, or raise the budget."))
            }
        } catch {
            if error.code == .evaluationBudget { observer.observe(Observation(.keyService, "evaluation-budget-spent")) }
            throw error
        }
    }

    // MARK: The journal of releases

    private func releaseKey(_ release: KeyRelease) -> RecordKey {
        RecordKey(partition: partitions.partition(of: release.subject.bytes), collection: "release", row: release.row)
    }

    public func releases(limit: Int) async throws(VaultError) -> [KeyRelease] {
        var found: [KeyRelease] = []
        do {
            for partition in partitions.all where found.count < limit {
                let range = RecordRange(partition: partition, collection: "release")
                for record in try await store.records(in: range, limit: limit - found.count) {
                    found.append(try decodeRecord(record) { reader throws(MalformedBytes) in try KeyRelease(from: &reader) })
                }
            }
        } catch { throw VaultError(error) }
        return found
    }

    public func acknowledge(_ releases: [KeyRelease]) async throws(VaultError) {
        guard !releases.isEmpty else { return }
        try await change { commit throws(StorageError) -> Decision<Void> in
            for case let record? in try await store.records(at: releases.map(releaseKey)) { commit.delete(record) }
            return .commit(())
        }
    }
}
