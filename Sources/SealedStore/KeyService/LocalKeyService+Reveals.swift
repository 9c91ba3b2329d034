public import CryptoPrimitives
import IdentityTypes
import RecordStorage

extension LocalKeyService {
    // MARK: The roster

    private static let rosterKey = RecordKey(partition: Partition(rawValue: 0), collection: "roster", row: [])

    /// Checks a request against the newest roster there is, and takes a newer one over.
    private func check(_ file: RevealFile, now: Timestamp) async throws(VaultError) -> Roster {
        guard let custodians = keyring.custodians else {
            throw VaultError(.requestRefused, "This key service knows no custodians: make its keyring with them, or nobody reveals.")
        }
        return try await change { commit throws(StorageError) -> Decision<Roster> in
            let stored = try await store.record(at: Self.rosterKey)
            let known = try stored.map { record throws(StorageError) in
                try decodeRecord(record) { reader throws(MalformedBytes) in
                    (number: try reader.u32(), digest: try reader.fixed(32), file: try reader.prefixed(atMost: 131_072))
                }
            }
            let roster: Roster
            do throws(VaultError) {
                roster = try file.check(custodians: custodians, knownRoster: known?.number ?? 0, at: now)
            } catch {
                return .refuse(error)
            }
            if let known {
                if let error = SeenRoster(number: known.number, digest: known.digest).refusal(of: roster) { return .refuse(error) }
                if known.number == roster.number { return .commit(roster) }
            }
            var writer = ByteWriter()
            writer.u32(roster.number)
            writer.fixed(roster.digest)
            writer.prefixed(file.roster)
            commit.put(writer.bytes, at: Self.rosterKey, replacing: stored)
            return .commit(roster)
        }
    }

    /// The newest roster that came with a request.
    private func newestRoster() async throws(VaultError) -> Roster {
        guard let custodians = keyring.custodians else { throw VaultError(.requestRefused, "This key service knows no custodians.") }
        let file: [UInt8]?
        do {
            file = try await store.record(at: Self.rosterKey).map { record throws(StorageError) in
                try decodeRecord(record) { reader throws(MalformedBytes) in
                    _ = (try reader.u32(), try reader.fixed(32))
                    return try reader.prefixed(atMost: 131_072)
                }
            }
        } catch { throw VaultError(error) }
        guard let file else { throw VaultError(.notFound, "No request has come in yet.") }
        return try Roster(file, custodians: custodians)
    }

    // MARK: Approvals

    private func revealKey(_ request: RevealRequest) -> RecordKey {
        RecordKey(partition: partitions.partition(of: request.id), collection: "reveal", row: request.id)
    }

    /// How long a request's row stays after the request has expired.
    private static let memory: Duration = .seconds(30 * 86_400)

    public func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) {
        let request = file.request
        let now = time.now()
        let roster = try await check(file, now: now)
        let set = try ApprovalSet(approvals, of: request, roster)
        try set.demandInForce(roster, at: now)
        try await change { commit throws(StorageError) -> Decision<Void> in
            let found = try await store.records(at: [revealKey(request), keysKey(request.subject)])
            guard var (keys, keysRow) = try keys(of: request.subject, in: found[1]) else { return .refuse(Self.unknownSubject) }
            var row = RevealRow(.approving, request)
            if let record = found[0] {
                row = try decodeRecord(record) { reader throws(MalformedBytes) in try RevealRow(from: &reader) }
                if let error = Self.refusal(row, request) { return .refuse(error) }
            }
            if let error = Self.refusal(keys, request) { return .refuse(error) }
            let before = (row.state, keys.due)
            if set.isDenied { row.state = .ended }
            // Shares are with the recipient from here on; whatever comes of the request, they are worth nothing once it is resealed.
            if keys.due == nil, set.approvals.contains(where: { $0.verdict == .approve }) { keys.due = request.digest }
            guard found[0] == nil || before != (row.state, keys.due) else { return .commit(()) }
            commit.put(row.encoded, at: revealKey(request), replacing: found[0], expiresAt: request.expiresAt + Self.memory)
            if keys.due != before.1 { keysRow = commit.put(keys.encoded, at: keysRow.key, replacing: keysRow) }
            return .commit(())
        }
    }

    public func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError) {
        guard !denials.isEmpty, denials.allSatisfy({ $0.verdict == .deny }) else {
            throw VaultError(.approvalRefused, "The host hands in denials alone; approvals are the opener's.")
        }
        do { try await submit(file, denials) } catch {
            guard error.code == .denied else { throw error }
        }
    }

    private static func refusal(_ row: RevealRow, _ request: RevealRequest) -> VaultError? {
        guard row.digest == request.digest else {
            return VaultError(.requestRefused, "Another request has this name: make a new one.")
        }
        switch row.state {
        case .approving: return nil
        case .released: return VaultError(.orderRefused, "This request was used before: make a new one.")
        case .ended: return VaultError(.denied, "An approver denied this request; it is over.")
        }
    }

    private static func refusal(_ keys: SubjectKeys, _ request: RevealRequest) -> VaultError? {
        guard keys.record == request.record else { return VaultError(.requestRefused, "The record is not this subject's.") }
        guard keys.shred.generation == request.generation else {
            return VaultError(
                .requestRefused,
                "The record is being sealed anew, or was since the request was made: wait for the host's next sweep, then make a new request."
            )
        }
        return nil
    }

    // MARK: Opening

    public func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        let (request, now) = (opening.file.request, time.now())
        let roster = try await check(opening.file, now: now)
        let set = try ApprovalSet(opening.approvals, of: request, roster)
        try set.demandInForce(roster, at: now)
        try set.demandComplete()
        guard opening.isSignedByOpener else {
            throw VaultError(.requestRefused, "The opening was not signed by the opener that the request names.")
        }
        let (log, head) = try checkLogged(opening, set)
        let keys: SubjectKeys
        do throws(VaultError) {
            keys = try await release(
                .reveal, of: request.subject, order: request.id, purpose: request.purpose, until: request.expiresAt + Self.memory, now: now,
                alongside: { commit, keys async throws(StorageError) -> VaultError? in
                    let stored = try await store.record(at: revealKey(request))
                    guard let stored else { return VaultError(.requestRefused, "Submit the approvals first.") }
                    var row = try decodeRecord(stored) { reader throws(MalformedBytes) in try RevealRow(from: &reader) }
                    if let error = Self.refusal(row, request) { return error }
                    row.state = .released
                    commit.put(row.encoded, at: stored.key, replacing: stored, expiresAt: request.expiresAt + Self.memory)
                    if let error = try await stageLogHead(head, shownBy: opening.evidence, to: log, in: &commit) { return error }
                    return request.role == .breakGlass
                        ? try await stageReviewDue(request, set, now: now, in: &commit) : nil
                },
                unless: { keys in
                    keys.due == nil ? VaultError(.requestRefused, "Submit the approvals first.") : Self.refusal(keys, request)
                })
        } catch {
            observeLogFork(error)
            throw error
        }
        if request.role == .breakGlass { observer.observe(Observation(.keyService, "break-glass-released")) }
        return try keys.shredKey(under: keyring.keyEncryptionKey)
    }

    /// Whether the log's signed tree says that this very set of approvals was given to this very request.
    ///
    /// - Returns: with what it was checked, and the tree's head.
    private func checkLogged(
        _ opening: RevealOpening, _ set: ApprovalSet
    ) throws(VaultError) -> (log: any LogEvidenceVerifier, head: SeenLogHead) {
        guard let log else {
            throw VaultError(.orderRefused, "This key service does not know the log's key, so it releases nothing to people.")
        }
        let request = opening.file.request
        guard let entry = log.entry(provenBy: opening.evidence), entry.action == .revealApproved, entry.purpose == request.purpose,
            entry.subject == request.subject, entry.approvalTier == request.role.approvalTier,
            entry.detail("request") == Hexadecimal.encode(request.digest), entry.detail("approvals") == Hexadecimal.encode(set.digest)
        else {
            throw VaultError(
                .orderRefused, "The opening is not proven to be in the signed log: wait for the next checkpoint, and try again.")
        }
        return (log, entry.head)
    }

    // MARK: People on call

    static let reviews = RecordRange(partition: Partition(rawValue: 0), collection: "review")

    /// Puts an opening down for review; refuses it while an earlier one's review is overdue.
    ///
    /// u8 1, request's digest 32, opened at time, count u8, 32 bytes for each person who had a part in it; once reviewed, the review's digest 32.
    private func stageReviewDue(
        _ request: RevealRequest, _ set: ApprovalSet, now: Timestamp, in commit: inout StagedCommit
    ) async throws(StorageError) -> VaultError? {
        var range = Self.reviews
        while true {
            let page = try await store.records(in: range, limit: 500)
            for record in page {
                let earlier = try Self.review(record)
                guard earlier.closedBy != nil || now < earlier.openedAt + BreakGlassReview.grace else {
                    return VaultError(
                        .requestRefused,
                        "An earlier opening by people on call was never reviewed: review it first, or use the standard quorum.")
                }
            }
            guard page.count == 500, let last = page.last else { break }
            range.after = last.key.row
        }
        let involved = [request.requester, request.opener] + set.approvals.map(\.approver)
        var writer = ByteWriter()
        writer.u8(1)
        writer.fixed(request.digest)
        writer.time(now)
        writer.u8(UInt8(involved.count))
        for key in involved { writer.fixed(key) }
        commit.insert(writer.bytes, at: Self.reviewKey(request.digest))
        return nil
    }

    private static func reviewKey(_ digest: [UInt8]) -> RecordKey {
        RecordKey(partition: reviews.partition, collection: reviews.collection, row: digest)
    }

    private static func review(
        _ record: StoredRecord
    ) throws(StorageError) -> (openedAt: Timestamp, involved: [[UInt8]], closedBy: [UInt8]?) {
        try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            _ = try reader.fixed(32)
            let openedAt = try reader.time()
            var involved: [[UInt8]] = []
            for _ in 0..<(try reader.u8()) { involved.append(try reader.fixed(32)) }
            return (openedAt, involved, reader.remaining == 0 ? nil : try reader.fixed(32))
        }
    }

    public func close(_ review: BreakGlassReview) async throws(VaultError) {
        let (roster, now) = (try await newestRoster(), time.now())
        try await change { commit throws(StorageError) -> Decision<Void> in
            guard let record = try await store.record(at: Self.reviewKey(review.requestDigest)) else {
                return .refuse(VaultError(.notFound, "There is no opening by people on call for this request."))
            }
            let opened = try Self.review(record)
            if let earlier = opened.closedBy {
                guard earlier == review.digest else {
                    return .refuse(VaultError(.orderRefused, "This opening has another review already; the first one stands."))
                }
                return .commit(())
            }
            do throws(VaultError) {
                try review.check(roster, involved: opened.involved, openedAt: opened.openedAt, at: now)
            } catch {
                return .refuse(error)
            }
            commit.put(record.value + review.digest, at: record.key, replacing: record, expiresAt: now + Self.memory)
            return .commit(())
        }
    }
}

extension QuorumRole {
    /// As the public part of an entry says it.
    package var approvalTier: UInt8 {
        switch self {
        case .standard: 1
        case .breakGlass: 2
        }
    }
}
