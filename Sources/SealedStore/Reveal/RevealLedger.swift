package import IdentityTypes
package import RecordStorage

/// What the identity store and the log remember of requests to open a record: each step once, in one commit with its entry.
package struct RevealLedger: Sendable {
    let store: any RecordStore
    let partitions: PartitionCount
    let recorder: any ProvableEventRecorder
    let time: any TimeSource
    let random: any RandomSource

    /// - Parameter store: the identity store, as the host authenticates it.
    package init(
        store: any RecordStore, partitions: PartitionCount, recorder: any ProvableEventRecorder, time: any TimeSource,
        random: any RandomSource
    ) {
        (self.store, self.partitions, self.recorder) = (store, partitions, recorder)
        (self.time, self.random) = (time, random)
    }

    /// Records that people ask for a number.
    package func recordRequest(_ request: RevealRequest, _ person: RevealSubject) async throws(VaultError) {
        try demand(request, isAbout: person)
        let (record, _, _) = try await record(of: person)
        let key = markKey(request)
        let isThere = try await settle { () async throws(StorageError) in
            let found = try await store.records(at: [key, record.key])
            guard found[0] == nil else { return true }
            guard let row = found[1] else { return false }
            var commit = StagedCommit(random: random)
            commit.check(row)
            commit.insert(RevealMark.requested.encoded, at: key, expiresAt: end(of: request))
            recorder.record(
                [event(.revealRequested, request, person, [.init("attestation", Hexadecimal.encode(request.attestationDigest))])],
                in: &commit)
            try await commit.commit(to: store)
            return true
        }
        guard isThere else { throw Self.noRecord }
    }

    /// Records that a request was denied, where it was recorded and is not over.
    package func recordDenial(_ request: RevealRequest, _ set: ApprovalSet, _ person: RevealSubject) async throws(VaultError) {
        try await settle { () async throws(StorageError) in
            guard let mark = try await mark(request) else { return }
            switch try RevealMark(mark) {
            case .denied, .revealed, .reviewed: return
            case .requested, .approved: break
            }
            var commit = StagedCommit(random: random)
            commit.put(RevealMark.denied.encoded, at: mark.key, replacing: mark, expiresAt: end(of: request))
            let details = [AuditEvent.Detail("approvals", Hexadecimal.encode(set.digest))]
            recorder.record([event(.revealDenied, request, person, details, delayClass: delayClass(request, set))], in: &commit)
            try await commit.commit(to: store)
        }
    }

    /// Records the approval once, and fences the record: no earlier reseal can land any more.
    ///
    /// - Returns: the record's row, and the entry to be proven.
    func recordApproval(
        _ request: RevealRequest, _ set: ApprovalSet, _ person: RevealSubject
    ) async throws(VaultError) -> (StoredRecord, ProvableEntry) {
        let (row, body, _) = try await record(of: person)
        guard body.digest == request.bodyDigest else {
            throw VaultError(.requestRefused, "The record was sealed anew since the request was made: make a new request.")
        }
        do throws(StorageError) {
            let key = markKey(request)
            guard let mark = try await store.record(at: key) else {
                throw StorageError(.conflict, "The request was ended meanwhile: look again.")
            }
            // A second try after a crash: the entry stands, and stands for exactly these approvals.
            if case .approved(let digest, let entry) = try RevealMark(mark), digest == set.digest { return (row, entry) }
            var commit = StagedCommit(random: random)
            let fenced = commit.put(row.value, at: row.key, replacing: row)
            let details = [AuditEvent.Detail("approvals", Hexadecimal.encode(set.digest)), .init("approvers", set.approvals.count)]
            let entry = recorder.recordProvably(
                event(.revealApproved, request, person, details, delayClass: delayClass(request, set)), in: &commit)
            commit.put(RevealMark.approved(set.digest, entry).encoded, at: key, replacing: mark, expiresAt: end(of: request))
            try await commit.commit(to: store)
            return (fenced, entry)
        } catch {
            throw VaultError(error)
        }
    }

    /// Stages that the number is shown, with what its opener signed about how it went.
    func stageRevealed(
        _ request: RevealRequest, _ set: ApprovalSet, _ person: RevealSubject, replacing mark: StoredRecord?, opener: PersonKeyring,
        in commit: inout StagedCommit
    ) {
        commit.put(RevealMark.revealed.encoded, at: markKey(request), replacing: mark, expiresAt: end(of: request))
        let digest = SignedMessage.digest("SPNI/v1/reveal-outcome", request.digest + set.digest)
        let details: [AuditEvent.Detail] = [
            .init("approvals", Hexadecimal.encode(set.digest)), .init("opener", Hexadecimal.encode(opener.publicKey)),
            .init("opener-signature", Hexadecimal.encode(opener.signingKey.sign(digest))),
        ]
        recorder.record([event(.revealed, request, person, details)], in: &commit)
    }

    /// Records what was found about an opening by people on call.
    package func recordReview(_ review: BreakGlassReview, of request: RevealRequest, _ person: RevealSubject) async throws(VaultError) {
        try await settle { () async throws(StorageError) in
            let mark = try await mark(request)
            if let mark, try RevealMark(mark) == .reviewed { return }
            var commit = StagedCommit(random: random)
            commit.put(
                RevealMark.reviewed.encoded, at: markKey(request), replacing: mark,
                expiresAt: max(end(of: request), now + RevealMark.memory))
            let details: [AuditEvent.Detail] = [
                .init("verdict", "\(review.verdict)"), .init("text", Hexadecimal.encode(review.textDigest)),
                .init("review", Hexadecimal.encode(review.digest)),
            ]
            recorder.record([event(.breakGlassReviewed, request, person, details)], in: &commit)
            try await commit.commit(to: store)
        }
    }

    /// Looks and commits anew until nobody else comes between: host and opener write to the same row, and no entry may be lost by that.
    private func settle<Value>(_ step: () async throws(StorageError) -> Value) async throws(VaultError) -> Value {
        do { return try await ConflictRetry().run(time: time, random: random, step) } catch { throw VaultError(error) }
    }

    // MARK: Rows

    func mark(_ request: RevealRequest) async throws(StorageError) -> StoredRecord? { try await store.record(at: markKey(request)) }

    private func markKey(_ request: RevealRequest) -> RecordKey { RevealMark.key(request, partitions) }

    private func end(of request: RevealRequest) -> Timestamp { request.expiresAt + RevealMark.memory }

    private var now: Timestamp { time.now() }

    private func demand(_ request: RevealRequest, isAbout person: RevealSubject) throws(VaultError) {
        guard request.subject == person.audit.id, request.record == person.record else {
            throw VaultError(.requestRefused, "The request is about somebody else.")
        }
    }

    func record(of person: RevealSubject) async throws(VaultError) -> (StoredRecord, SealedBody, [Envelope]) {
        try await record(subject: person.audit.id, person.record)
    }

    func record(subject: SubjectID, _ record: RecordID) async throws(VaultError) -> (StoredRecord, SealedBody, [Envelope]) {
        let key = VaultRecord.key(subject: subject.bytes, record: record, partitions: partitions)
        let row: StoredRecord?
        do { row = try await store.record(at: key) } catch { throw VaultError(error) }
        guard let row, case .sealed(let body, let envelopes) = try Self.decode(row), body.header.record == record,
            body.header.subject == subject
        else { throw Self.noRecord }
        return (row, body, envelopes)
    }

    private static var noRecord: VaultError { VaultError(.notFound, "There is no such record, or it was erased.") }

    static func decode(_ row: StoredRecord) throws(VaultError) -> VaultRecord {
        do {
            return try decodeRecord(row) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
        } catch {
            throw VaultError(error)
        }
    }

    // MARK: Entries

    private func event(
        _ action: AuditAction, _ request: RevealRequest, _ person: RevealSubject, _ details: [AuditEvent.Detail] = [],
        delayClass: UInt8 = 0
    ) -> AuditEvent {
        AuditEvent(
            action, purpose: request.purpose, at: now, subject: person.audit,
            details: [.init("request", Hexadecimal.encode(request.digest))] + details, approvalTier: request.role.approvalTier,
            delayClass: delayClass, random: random)
    }

    /// 1: within an hour, 2: within four, 3: within a day, 4: later.
    private func delayClass(_ request: RevealRequest, _ set: ApprovalSet) -> UInt8 {
        let decided = set.approvals.map(\.time).max() ?? now
        switch decided - request.notBefore {
        case ..<(.seconds(3_600)): return 1
        case ..<(.seconds(4 * 3_600)): return 2
        case ..<(.seconds(86_400)): return 3
        default: return 4
        }
    }
}

/// Whose record is asked for: found by the façade from a pseudonym or a request.
public struct RevealSubject: Hashable, Sendable {
    package let audit: AuditSubject
    package let record: RecordID

    package init(audit: AuditSubject, record: RecordID) {
        (self.audit, self.record) = (audit, record)
    }
}

/// What the identity store remembers of a request while it is open: version u8 = 1, state u8 (1 requested, 2 approved, 3 denied, 4 revealed,
/// 5 reviewed); approved: approvals' digest 32, LP(leaf), LP(opening).
enum RevealMark: Hashable, Sendable {
    case requested
    case approved([UInt8], ProvableEntry)
    case denied
    case revealed
    /// The opening by people on call was looked at.
    case reviewed

    static let collection: RecordCollection = "reveal"
    /// How long a request is remembered after it has expired.
    static let memory: Duration = .seconds(30 * 86_400)

    static func key(_ request: RevealRequest, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(
            partition: partitions.partition(of: request.subject.bytes), collection: collection, row: request.subject.bytes + request.id)
    }

    var encoded: [UInt8] {
        switch self {
        case .requested: return [1, 1]
        case .denied: return [1, 3]
        case .revealed: return [1, 4]
        case .reviewed: return [1, 5]
        case .approved(let digest, let entry): return [1, 2] + digest + entry.entry.bytes
        }
    }

    init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            switch try reader.u8() {
            case 1: return .requested
            case 2: return .approved(try reader.fixed(32), ProvableEntry(try RecordedEntry(from: &reader)))
            case 3: return .denied
            case 4: return .revealed
            case 5: return .reviewed
            default: throw MalformedBytes()
            }
        }
    }
}
