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

    private let ledger: RevealLedger
    private let keyring: OpenerKeyring
    let opener: PersonKeyring
    let keyService: any RevealKeyService
    private let evaluator: any TagEvaluator
    let log: any LogEvidenceSource
    let time: any TimeSource
    let random: any RandomSource

    /// - Parameters:
    ///   - store: the identity store, as the host authenticates it.
    ///   - keyring: of the machine; it opens nothing, but the tag is computed and the record sealed anew with it.
    ///   - opener: the person who opens.
    public init(
        store: any RecordStore, partitions: PartitionCount = .standard, keyring: OpenerKeyring, opener: PersonKeyring,
        keyService: any RevealKeyService, evaluator: any TagEvaluator, recorder: any ProvableEventRecorder, log: any LogEvidenceSource,
        time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource()
    ) {
        ledger = RevealLedger(store: store, partitions: partitions, recorder: recorder, time: time, random: random)
        (self.keyring, self.opener, self.keyService, self.evaluator) = (keyring, opener, keyService, evaluator)
        (self.log, self.time, self.random) = (log, time, random)
    }

    // MARK: Before

    /// Prepares a request for the record that the host has attested to be a person's.
    ///
    /// - Returns: the draft, for the requester to sign, and the key that the shares will be sealed to, which stays on this machine.
    /// - Throws: ``VaultError``; `.notFound` when there is no such record, or none for this quorum; `.requestRefused` with another
    ///   deployment's attestation.
    public func prepare(_ attestation: RecordAttestation, role: QuorumRole) async throws(VaultError) -> PreparedReveal {
        guard attestation.deployment == keyring.deployment else {
            throw VaultError(.requestRefused, "The attestation is of another deployment.")
        }
        let (_, body, envelopes) = try await ledger.record(subject: attestation.subject, attestation.record)
        guard let envelope = envelopes.first(where: { $0.role == .init(role) }) else {
            throw VaultError(
                .notFound,
                "The record has no envelope for this quorum: it was sealed before there was one. It is at the owner's next proof.")
        }
        let key = RecipientKey(random: random)
        return PreparedReveal(
            draft: RevealDraft(attestation, body: body, envelope: envelope, role: role, recipient: key, opener: opener), key: key)
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
        let roster = try file.check(custodians: keyring.custodians, at: time.now())
        guard request.deployment == keyring.deployment, request.opener == opener.publicKey, request.recipient == key.publicKey else {
            throw VaultError(.requestRefused, "The request names another opener, or was prepared on another machine.")
        }
        let set = try ApprovalSet(approvals, of: request, roster)
        try set.demandInForce(roster, at: time.now())
        try await SeenRoster.take(roster, in: ledger.store, time: time, random: random)
        try await ledger.recordRequest(request, person)
        if set.isDenied { try await ledger.recordDenial(request, set, person) }
        // Told also of what is not enough yet: shares that are here make the record due to be sealed anew.
        try await keyService.submit(file, approvals)
        try set.demandComplete()
        let dataKey = try Self.combine(file, set, roster, key)
        let (row, entry) = try await ledger.recordApproval(request, set, person)
        let shredKey = try await shredKey(for: file, set, loggedAs: entry)
        guard case .sealed(let body, _) = try RevealLedger.decode(row), body.digest == request.bodyDigest else {
            throw VaultError(.refused, "The record was changed since the request was made.")
        }
        let number = try body.open(dataKey: dataKey, shredKey: shredKey)
        try await checkTag(of: number, request)
        let resealer = Resealer(
            store: ledger.store, partitions: ledger.partitions, recipients: RecordRecipients(keyring, roster: roster),
            keyService: keyService,
            random: random)
        let mark: StoredRecord?
        do { mark = try await ledger.mark(request) } catch { throw VaultError(error) }
        try await resealer.reseal(number, of: body.header, in: row) { commit in
            ledger.stageRevealed(request, set, person, replacing: mark, opener: opener, in: &commit)
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

    /// A record whose number is not the one its tag was made of was planted.
    private func checkTag(of number: borrowing SecretNumber, _ request: RevealRequest) async throws(VaultError) {
        let tags = try await evaluator.evaluate(hashedNumber(number, pepper: keyring.pepper.secret))
        let claim: Claim?
        do {
            claim = try await ledger.store.record(at: Claim.key(tags.uniqueness, ledger.partitions)).map { record throws(StorageError) in
                try Claim(record)
            }
        } catch { throw VaultError(error) }
        guard let claim, claim.subject == request.subject, claim.record == request.record else {
            throw VaultError(.refused, "The record holds a number that this person did not prove: call the operator.")
        }
    }
}

/// A draft and the key that its shares will be sealed to.
public struct PreparedReveal: ~Copyable, Sendable {
    public let draft: RevealDraft
    public let key: RecipientKey
}
