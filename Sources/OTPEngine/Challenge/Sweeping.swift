import IdentityTypes
public import RecordStorage

/// How far a sweep came.
public struct ChallengeSweep: Hashable, Sendable {
    /// Where the next sweep of this partition goes on; `nil` at its end.
    public internal(set) var cursor: [UInt8]?
    /// Challenges that were recorded as abandoned or exhausted.
    public internal(set) var ended = 0
    /// Rows that held nothing any more.
    public internal(set) var deleted = 0
    /// Rows that somebody was using; a later sweep meets them again.
    public internal(set) var skipped = 0
}

extension ChallengeEngine {
    /// Takes away what is over in up to `limit` rows of a partition: completed challenges at their expiry; the others an hour past it,
    /// each with its entry in the same commit; and rows whose budgets are all at rest.
    ///
    /// Each row is a commit of its own, so that one in use holds up no other.
    ///
    /// - Throws: ``OTPError`` with code `.unavailable`, `.busy` or `.cancelled`; what was committed stays, and the next sweep goes on.
    public func sweep(_ partition: Partition, after cursor: [UInt8]? = nil, limit: Int = 256) async throws(OTPError) -> ChallengeSweep {
        var sweep = ChallengeSweep()
        do throws(StorageError) {
            let range = RecordRange(partition: partition, collection: NumberAttempts.collection, after: cursor)
            let records = try await store.records(in: range, limit: limit)
            sweep.cursor = records.count < limit ? nil : records.last?.key.row
            for record in records {
                let row = try Self.row(record, record.key)
                let now = time.now()
                guard let decision = try? decide(row.attempts, .sweep, policy, at: now) else { continue }
                var commit = StagedCommit(random: random)
                let isAtRest = decision.state.restsAt(policy, budgetPolicy(of: record.key)) <= now
                if isAtRest, decision.state == row.attempts { commit.delete(record) }
                stage(decision, of: Rows(number: row, account: nil), at: now, in: &commit)
                if commit.isEmpty { continue }
                do throws(StorageError) {
                    try await commit.commit(to: store)
                    sweep.ended += decision.ended.count
                    if isAtRest { sweep.deleted += 1 }
                } catch {
                    guard error.code == .conflict else { throw error }
                    sweep.skipped += 1
                }
            }
        } catch {
            throw OTPError(error)
        }
        return sweep
    }

    /// An account's row has a shorter name than a number's.
    private func budgetPolicy(of key: RecordKey) -> ExactPolicy { key.row.count == 16 ? policy.account : policy.number }

    /// The entry of a challenge that nobody completed.
    func endEvent(of challenge: Challenge, at now: Timestamp) -> AuditEvent {
        AuditEvent(
            challenge.triesLeft > 0 ? .challengeAbandoned : .challengeExhausted, purpose: challenge.purpose.code, at: now,
            shard: challenge.id.bytes,
            details: challenge.counts.details(challenge.method, challenge.reason), delayClass: challenge.counts.leafClass, random: random)
    }
}
