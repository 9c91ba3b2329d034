public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The opener's work, on a custodian's machine: prepares what a request is about, and opens the record once two levels have agreed.
///
/// What happens, in this order, each step lasting before the next: the request is recorded; shares are checked; the key service hears of
/// the approvals; the approval is recorded and the log's signature over it awaited; the key service releases the shred key, once; the
/// number is opened in guarded memory and its tag compared; the record is sealed anew under new keys, in one commit with the entry
/// "revealed". Only then does anyone see the number.
public struct RevealDesk: Sendable {
    /// How long ``open(_:_:with:of:)`` waits for the log to sign.
    public static let patience: Duration = .seconds(30)
    /// Where the identity store remembers open requests.
    package static let collection = RevealMark.collection

    let store: any RecordStore
    let partitions: PartitionCount
    let keyring: HostKeyring
    let opener: PersonKeyring
    let custodians: CustodianSet
    let keyService: any RevealKeyService
    let evaluator: any TagEvaluator
    let recorder: any ProvableEventRecorder
    let log: any LogEvidenceSource
    let time: any TimeSource
    let random: any RandomSource

    /// - Parameters:
    ///   - store: the identity store, as the host authenticates it.
    ///   - keyring: the host's; it opens nothing, but the tag is computed and the record sealed anew with it.
    /// - Throws: ``VaultError`` with code `.requestRefused` when the keyring names no custodians.
    public init(
        store: any RecordStore, partitions: PartitionCount = .standard, keyring: HostKeyring, opener: PersonKeyring,
        keyService: any RevealKeyService, evaluator: any TagEvaluator, recorder: any ProvableEventRecorder, log: any LogEvidenceSource,
        time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource()
    ) throws(VaultError) {
        guard let custodians = keyring.custodians else {
            throw VaultError(.requestRefused, "The host keyring names no custodians, so there is no quorum to ask.")
        }
        (self.store, self.partitions, self.keyring, self.opener) = (store, partitions, keyring, opener)
        (self.custodians, self.keyService, self.evaluator) = (custodians, keyService, evaluator)
        (self.recorder, self.log, self.time, self.random) = (recorder, log, time, random)
    }

    // MARK: Before

    /// Prepares a request for a person's record.
    ///
    /// - Returns: the draft, for the requester to sign, and the key that the shares will be sealed to, which stays on this machine.
    /// - Throws: ``VaultError``; `.notFound` when there is no such record, or none for this quorum.
    public func prepare(_ person: RevealSubject, role: QuorumRole) async throws(VaultError) -> PreparedReveal {
        let (_, body, envelopes) = try await record(of: person)
        guard let envelope = envelopes.first(where: { $0.role == .init(role) }) else {
            throw VaultError(
                .notFound,
                "The record has no envelope for this quorum: it was sealed before there was one. It is at the owner's next proof.")
        }
        let key = RecipientKey(random: random)
        let draft = RevealDraft(body: body, envelope: envelope, role: role, recipient: key, opener: opener)
        return PreparedReveal(draft: draft, key: key)
    }

    /// Records that people ask for a number; once, however often it is called.
    ///
    /// - Throws: ``VaultError``; `.requestRefused`, `.rosterOutdated`, `.notFound`.
    public func register(_ file: RevealFile, of person: RevealSubject) async throws(VaultError) {
        let request = file.request
        _ = try file.check(custodians: custodians, at: time.now())
        try check(request, is: person)
        let (row, _, _) = try await record(of: person)
        let key = RevealMark.key(request, partitions)
        do throws(StorageError) {
            guard try await store.record(at: key) == nil else { return }
            var commit = StagedCommit(random: random)
            commit.check(row)
            commit.insert(RevealMark.requested.encoded, at: key, expiresAt: request.expiresAt + RevealMark.memory)
            recorder.record([event(.revealRequested, request, person)], in: &commit)
            do { try await commit.commit(to: store) } catch {
                guard error.code == .conflict, try await store.record(at: key) != nil else { throw error }
            }
        } catch {
            throw VaultError(error)
        }
    }

    // MARK: Opening

    /// Opens the record that two levels agreed to open, and seals it anew.
    ///
    /// - Parameters:
    ///   - approvals: as they came in; more than are needed may be among them.
    ///   - key: of the draft that the request was made from.
    /// - Returns: the number. It is recorded as revealed by then.
    /// - Throws: ``VaultError``. `.incomplete`, `.unavailable` (the log has not signed yet) and `.logHeadOutdated` (other openers were
    ///   faster): nothing is lost, ask again. `.logForked`: nothing is lost, but the operator has to see to the log. After any other failure
    ///   the request is burnt: make a new one, which also seals the record anew.
    public func open(
        _ file: RevealFile, _ approvals: [Approval], with key: borrowing RecipientKey, of person: RevealSubject
    ) async throws(VaultError) -> SecretNumber {
        let request = file.request
        let roster = try file.check(custodians: custodians, at: time.now())
        try check(request, is: person)
        guard request.opener == opener.publicKey, request.recipient == key.publicKey else {
            throw VaultError(.requestRefused, "The request names another opener, or was prepared on another machine.")
        }
        let set = try ApprovalSet(approvals, of: request, roster)
        try set.demandInForce(roster, at: time.now())
        try await SeenRoster.take(roster, in: store, time: time, random: random)
        try await register(file, of: person)
        if set.isDenied { try await recordDenial(request, set, person) }
        // Told also of what is not enough yet: shares that are here make the record due to be sealed anew.
        try await keyService.submit(file, approvals)
        try set.demandComplete()
        let dataKey = try Self.combine(file, set, roster, key)
        let (row, entry) = try await recordApproval(request, set, person)
        let shredKey = try await shredKey(for: file, set, loggedAs: entry)
        guard case .sealed(let body, _) = try Self.decode(row), body.digest == request.bodyDigest else {
            throw VaultError(.refused, "The record was changed since the request was made.")
        }
        let number = try body.open(dataKey: dataKey, shredKey: shredKey)
        try await checkTag(of: number, request)
        let resealer = Resealer(
            store: store, partitions: partitions, recipients: RecordRecipients(keyring, roster: roster), keyService: keyService,
            random: random)
        let mark: StoredRecord?
        do { mark = try await store.record(at: RevealMark.key(request, partitions)) } catch { throw VaultError(error) }
        let end = request.expiresAt + RevealMark.memory
        let event = event(.revealed, request, person, [.init("approvals", Hexadecimal.encode(set.digest))] + outcome(request, set))
        try await resealer.reseal(number, of: body.header, in: row) { commit in
            commit.put(RevealMark.revealed.encoded, at: RevealMark.key(request, partitions), replacing: mark, expiresAt: end)
            recorder.record([event], in: &commit)
        }
        return number
    }

    /// The data-encryption key, out of as many checked shares of each level as it needs.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused` when too few of them are good.
    package static func combine(
        _ file: RevealFile, _ set: ApprovalSet, _ roster: Roster, _ key: borrowing RecipientKey
    ) throws(VaultError) -> SecretBytes {
        guard let quorum = roster.quorum(file.request.role) else { throw VaultError(.requestRefused, "The roster has no such quorum.") }
        let shared: SecretBytes
        do {
            shared = try Ristretto255.add(
                try sum(of: quorum.levels[0], 1, file, set, roster, key), try sum(of: quorum.levels[1], 2, file, set, roster, key))
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.approvalRefused, "The shares do not add up: ask for new ones.")
        }
        return try file.envelope.open(with: shared, key: quorum.key, label: file.request.label(quorum.key))
    }

    /// What a level's shares add up to; a bad one is left out, and the next takes its place.
    private static func sum(
        of level: Roster.Level, _ number: UInt8, _ file: RevealFile, _ set: ApprovalSet, _ roster: Roster,
        _ key: borrowing RecipientKey
    ) throws(VaultError) -> SecretBytes {
        var candidates = set.approvals.filter { $0.verdict == .approve && $0.level == number }
        while candidates.count >= level.threshold {
            let chosen = candidates.prefix(level.threshold)
            let indices = chosen.map(\.index)
            var sum = ShareSum()
            var bad: Approval?
            for approval in chosen where bad == nil {
                do throws(VaultError) {
                    let share = try approval.share(of: file.envelope, file.request, roster, recipient: key.secret)
                    try sum.add(share, index: approval.index, among: indices)
                } catch {
                    bad = approval
                }
            }
            guard let bad else {
                guard let sum = sum.take() else { break }
                return sum
            }
            candidates.removeAll { $0 == bad }
        }
        throw VaultError(
            .approvalRefused,
            "Level \(number) has \(candidates.count) good shares of the \(level.threshold) it needs: ask its other people.")
    }

    // MARK: Records

    private func check(_ request: RevealRequest, is person: RevealSubject) throws(VaultError) {
        guard request.subject == person.audit.id, request.record == person.record, request.deployment == keyring.deployment else {
            throw VaultError(.requestRefused, "The request is about somebody else.")
        }
    }

    private func record(of person: RevealSubject) async throws(VaultError) -> (StoredRecord, SealedBody, [Envelope]) {
        let key = VaultRecord.key(subject: person.audit.id.bytes, record: person.record, partitions: partitions)
        let row: StoredRecord?
        do { row = try await store.record(at: key) } catch { throw VaultError(error) }
        guard let row, case .sealed(let body, let envelopes) = try Self.decode(row), body.header.record == person.record,
            body.header.subject == person.audit.id
        else { throw VaultError(.notFound, "There is no such record, or it was erased.") }
        return (row, body, envelopes)
    }

    private static func decode(_ row: StoredRecord) throws(VaultError) -> VaultRecord {
        do {
            return try decodeRecord(row) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
        } catch {
            throw VaultError(error)
        }
    }

    /// Records the approval once, and fences the record: no earlier reseal can land any more.
    private func recordApproval(
        _ request: RevealRequest, _ set: ApprovalSet, _ person: RevealSubject
    ) async throws(VaultError) -> (StoredRecord, ProvableEntry) {
        let (row, body, _) = try await record(of: person)
        guard body.digest == request.bodyDigest else {
            throw VaultError(.requestRefused, "The record was sealed anew since the request was made: make a new request.")
        }
        do throws(StorageError) {
            let key = RevealMark.key(request, partitions)
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
            commit.put(
                RevealMark.approved(set.digest, entry).encoded, at: key, replacing: mark, expiresAt: request.expiresAt + RevealMark.memory)
            try await commit.commit(to: store)
            return (fenced, entry)
        } catch {
            throw VaultError(error)
        }
    }

    private func recordDenial(_ request: RevealRequest, _ set: ApprovalSet, _ person: RevealSubject) async throws(VaultError) {
        do throws(StorageError) {
            let key = RevealMark.key(request, partitions)
            guard let mark = try await store.record(at: key), try RevealMark(mark) != .denied else { return }
            var commit = StagedCommit(random: random)
            commit.put(RevealMark.denied.encoded, at: key, replacing: mark, expiresAt: request.expiresAt + RevealMark.memory)
            recorder.record(
                [
                    event(
                        .revealDenied, request, person, [.init("approvals", Hexadecimal.encode(set.digest))],
                        delayClass: delayClass(request, set))
                ], in: &commit)
            try await commit.commit(to: store)
        } catch {
            guard error.code != .conflict else { return }
            throw VaultError(error)
        }
    }

    private func event(
        _ action: AuditAction, _ request: RevealRequest, _ person: RevealSubject, _ details: [AuditEvent.Detail] = [],
        delayClass: UInt8 = 0
    ) -> AuditEvent {
        AuditEvent(
            action, purpose: request.purpose, at: time.now(), subject: person.audit,
            details: [.init("request", Hexadecimal.encode(request.digest))] + details, approvalTier: request.role.approvalTier,
            delayClass: delayClass, random: random)
    }

    /// What the opener signs about how it went.
    private func outcome(_ request: RevealRequest, _ set: ApprovalSet) -> [AuditEvent.Detail] {
        let digest = SignedMessage.digest("SPNI/v1/reveal-outcome", request.digest + set.digest)
        return [
            .init("opener", Hexadecimal.encode(opener.publicKey)),
            .init("opener-signature", Hexadecimal.encode(opener.signingKey.sign(digest))),
        ]
    }

    /// 1: within an hour, 2: within four, 3: within a day, 4: later.
    private func delayClass(_ request: RevealRequest, _ set: ApprovalSet) -> UInt8 {
        let decided = set.approvals.map(\.time).max() ?? time.now()
        switch decided - request.notBefore {
        case ..<(.seconds(3_600)): return 1
        case ..<(.seconds(4 * 3_600)): return 2
        case ..<(.seconds(86_400)): return 3
        default: return 4
        }
    }

    /// A record whose number is not the one its tag was made of was planted.
    private func checkTag(of number: borrowing SecretNumber, _ request: RevealRequest) async throws(VaultError) {
        let tags = try await evaluator.evaluate(hashedNumber(number, pepper: keyring.keys.pepper))
        let claim: Claim?
        do {
            claim = try await store.record(at: Claim.key(tags.uniqueness, partitions)).map { record throws(StorageError) in
                try Claim(record)
            }
        } catch { throw VaultError(error) }
        guard let claim, claim.subject == request.subject, claim.record == request.record else {
            throw VaultError(.refused, "The record holds a number that this person did not prove: call the operator.")
        }
    }
}

/// Whose record is asked for: found by the façade from a pseudonym.
public struct RevealSubject: Hashable, Sendable {
    package let audit: AuditSubject
    package let record: RecordID

    package init(audit: AuditSubject, record: RecordID) {
        (self.audit, self.record) = (audit, record)
    }
}

/// A draft and the key that its shares will be sealed to.
public struct PreparedReveal: ~Copyable, Sendable {
    public let draft: RevealDraft
    public let key: RecipientKey
}

/// What the identity store remembers of a request while it is open: version u8 = 1, state u8 (1 requested, 2 approved, 3 denied, 4 revealed); approved:
/// approvals' digest 32, LP(leaf), LP(opening).
enum RevealMark: Hashable, Sendable {
    case requested
    case approved([UInt8], ProvableEntry)
    case denied
    case revealed

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
            default: throw MalformedBytes()
            }
        }
    }
}
