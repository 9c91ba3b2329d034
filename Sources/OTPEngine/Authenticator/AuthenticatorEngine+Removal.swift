import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// How far a pass over a partition came.
public struct AuthenticatorPass: Hashable, Sendable {
    /// Where the next one goes on; `nil` at the partition's end.
    public internal(set) var cursor: [UInt8]?
    /// Rows that were deleted, or sealed anew.
    public internal(set) var changed = 0
    /// Rows that somebody was using; a later pass meets them again.
    public internal(set) var skipped = 0
}

extension AuthenticatorEngine {
    /// Takes away app, enrolment and recovery codes, in a commit of its own. What was guessed still counts.
    ///
    /// - Returns: whether an app was set up.
    /// - Throws: ``OTPError`` with code `.busy`, `.unavailable` or `.cancelled`.
    @discardableResult
    public func remove(of person: AuditSubject) async throws(OTPError) -> Bool {
        try await commits.run(person.id) { (commit: inout StagedCommit) async throws(OTPError) -> Bool in
            try await stageRemoval(of: person, in: &commit)
        }
    }

    /// The same in the caller's commit.
    @discardableResult
    public func stageRemoval(of person: AuditSubject, in commit: inout StagedCommit) async throws(OTPError) -> Bool {
        let row = try await row(of: person.id)
        let now = time.now()
        let decision = try decide(row.state, .remove, policy, at: now)
        stage(decision, of: row, at: now, in: &commit)
        guard case .take = decision.permission else { return false }
        record(.authenticatorRemoved, person, at: now, in: &commit)
        return true
    }

    /// Deletes the row of a person who is being erased, budgets and all, in the caller's commit.
    public func stageErasure(of subject: SubjectID, in commit: inout StagedCommit) async throws(OTPError) {
        if let record = try await row(of: subject).record { commit.delete(record) }
    }

    /// Deletes, among up to `limit` rows of a partition, those that hold nothing any more. Each row is a commit of its own.
    ///
    /// - Throws: ``OTPError`` with code `.unavailable`, `.busy` or `.cancelled`; what was committed stays, and the next sweep goes on.
    public func sweep(_ partition: Partition, after cursor: [UInt8]? = nil, limit: Int = 256) async throws(OTPError) -> AuthenticatorPass {
        try await pass(partition, after: cursor, limit: limit) { row, now, commit throws(OTPError) in
            guard let record = row.record, let end = record.expiresAt, end <= now, let rest = row.state.restsAt(policy), rest <= now else {
                return
            }
            commit.delete(record)
        }
    }

    /// Seals anew, among up to `limit` rows of a partition, what is still sealed under the key before: once it has been through all
    /// partitions, that key can go.
    ///
    /// - Throws: ``OTPError`` with code `.authenticatorKeyUnknown`, or as ``sweep(_:after:limit:)``.
    public func reseal(_ partition: Partition, after cursor: [UInt8]? = nil, limit: Int = 256) async throws(OTPError) -> AuthenticatorPass {
        try await pass(partition, after: cursor, limit: limit) { row, now, commit throws(OTPError) in
            let current = sealer.keys.current.id
            guard let active = row.state.active, let subject = SubjectID(bytes: row.key.row),
                active.secret.keyID != current || row.state.recovery.map({ $0.keyID != current }) ?? false
            else { return }
            let secret = try sealer.open(active.secret, of: subject)
            let sealed = sealer.seal(secret, of: subject, id: active.secret.id, active.secret.parameters, random: random)
            var box: [UInt8]?
            if let recovery = row.state.recovery {
                box = sealer.seal(recoveryKey: try sealer.recoveryKey(of: recovery, subject), of: subject, random: random)
            }
            let event = AuthenticatorEvent.reseal(keyID: current, secret: sealed.box, recovery: box)
            stage(try decide(row.state, event, policy, at: now), of: row, at: now, in: &commit)
        }
    }

    private func pass(
        _ partition: Partition, after cursor: [UInt8]?, limit: Int,
        _ stage: (Row, Timestamp, inout StagedCommit) throws(OTPError) -> Void
    ) async throws(OTPError) -> AuthenticatorPass {
        var pass = AuthenticatorPass()
        let range = RecordRange(partition: partition, collection: AuthenticatorState.collection, after: cursor)
        for row in try await rows(in: range, limit: limit, &pass) {
            var commit = StagedCommit(random: random)
            try stage(row, time.now(), &commit)
            if commit.isEmpty { continue }
            do {
                try await commit.commit(to: store)
                pass.changed += 1
            } catch {
                guard error.code == .conflict else { throw OTPError(error) }
                pass.skipped += 1
            }
        }
        return pass
    }

    private func rows(in range: RecordRange, limit: Int, _ pass: inout AuthenticatorPass) async throws(OTPError) -> [Row] {
        do throws(StorageError) {
            let records = try await store.records(in: range, limit: limit)
            pass.cursor = records.count < limit ? nil : records.last?.key.row
            var rows: [Row] = []
            for record in records {
                rows.append(Row(key: record.key, record: record, state: try decodeRecord(record, AuthenticatorState.init(from:))))
            }
            return rows
        } catch {
            throw OTPError(error)
        }
    }
}
