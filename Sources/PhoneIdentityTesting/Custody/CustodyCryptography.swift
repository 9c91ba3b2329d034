import CryptoPrimitives
import IdentityTypes
import RecordStorage
public import SealedStore

/// The computing of custody and nothing else: what benchmarks measure of sealing, of a reveal and of checking approvals.
///
/// Made of a ``SimulatedCustody``, without a store, a log or a message.
public final class CustodyCryptography: Sendable {
    public let custody: SimulatedCustody
    private let roster: Roster
    private let host: HostKeyring
    private let evaluator: LocalKeyService
    private let senderSecret: SecretBytes
    private let number: SecretNumber
    private let dataKey: SecretBytes
    private let shredKey: SecretBytes
    private let record: RecordID
    private let subject: SubjectID
    private let random = SystemRandomSource()

    public init(roles: [QuorumRole] = QuorumRole.allCases) throws {
        custody = try SimulatedCustody(
            deployment: DeploymentID(random: random), now: SystemTimeSource().now(), roles: roles, random: random)
        roster = try Roster(custody.roster, custodians: custody.custodians)
        let keyrings = custody.keyrings
        host = keyrings.host
        evaluator = LocalKeyService(
            store: InMemoryRecordStore(), keyring: keyrings.keyService, random: random, forgetOldPages: { true })
        senderSecret = keyrings.sender.secret.duplicate()
        number = try NumberVault.guarded(e164: Array("+41446681800".utf8).span)
        dataKey = SecretBytes(random: random)
        shredKey = SecretBytes(random: random)
        (record, subject) = (RecordID(random: random), SubjectID(random: random))
    }

    // MARK: Bodies

    private func body() -> SealedBody {
        let header = RecordHeader(deployment: custody.deployment, record: record, subject: subject, generation: 0)
        return SealedBody(sealing: number, header: header, dataKey: dataKey, shredKey: shredKey, random: random)
    }

    /// Seals `count` bodies of 168 bytes, each with a nonce of its own.
    ///
    /// - Returns: a byte of each, added up, so that none of them is left out.
    public func sealBodies(_ count: Int) -> UInt64 {
        var sum: UInt64 = 0
        let header = RecordHeader(deployment: custody.deployment, record: record, subject: subject, generation: 0)
        for _ in 0..<count {
            let body = SealedBody(sealing: number, header: header, dataKey: dataKey, shredKey: shredKey, random: random)
            sum &+= UInt64(body.encoded[SealedBody.length - 1])
        }
        return sum
    }

    /// Opens one body `count` times.
    public func openBodies(_ count: Int) throws {
        let body = body()
        for _ in 0..<count { _ = try body.open(dataKey: dataKey, shredKey: shredKey) }
    }

    // MARK: Sign-up

    /// Seals a number to the sender and `quorums` of the roster, the standard one first, and computes its tags.
    public func sealSignUp(quorums: Int) async throws {
        let recipients = RecordRecipients(
            deployment: host.deployment, quorums: roster.quorums.prefix(quorums).map(RecordRecipients.Quorum.init),
            senderPublicKey: host.senderPublicKey)
        let sealed = try recipients.seal(number, record: record, subject: subject, generation: 0, shredKey: shredKey, random: random)
        guard case .sealed(_, let envelopes) = sealed, envelopes.count == quorums + 1 else {
            preconditionFailure("A record has an envelope for each who may open it.")
        }
        _ = sealed.encoded
        _ = try await evaluator.evaluate(hashedNumber(number, pepper: host.keys.pepper))
    }

    // MARK: Reveals

    /// A request with as many approvals as the standard quorum needs, and what its opener has.
    public struct Reveal: ~Copyable, Sendable {
        let file: RevealFile
        let approvals: [Approval]
        let key: RecipientKey
        let body: SealedBody
    }

    /// A request about a new record, approved by all three who must. - Parameter approvers: of the standard quorum.
    public func requestReveal(by approvers: [String] = SimulatedCustody.enough) throws -> Reveal {
        let body = body()
        let key = RecipientKey(random: random)
        let envelope = try Envelope(
            sealing: dataKey, for: body, to: roster.quorums[0].key, role: .standard, random: random)
        let attestation = RecordAttestation(
            Pseudonym(bytes: random.bytes(20)), subject: subject, record: record, keyring: host, at: custody.now)
        let draft = RevealDraft(attestation, body: body, envelope: envelope, role: .standard, recipient: key, opener: custody.opener)
        let file = try custody.request(draft, at: custody.now, random: random)
        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.now)
        let approvals = try approvers.map { try custody.approve(review, by: $0, at: custody.now, random: random) }
        return Reveal(file: file, approvals: approvals, key: key, body: body)
    }

    /// All computing of a reveal whose roster is known: checks the request and its envelope and each approval, opens, verifies and combines
    /// the shares, opens the body and computes the tag that is compared.
    public func open(_ reveal: borrowing Reveal) async throws {
        try reveal.file.check(with: roster, at: custody.now)
        let set = try ApprovalSet(reveal.approvals, of: reveal.file.request, roster)
        let dataKey = try RevealDesk.combine(reveal.file, set, roster, reveal.key)
        let opened = try reveal.body.open(dataKey: dataKey, shredKey: shredKey)
        _ = try await evaluator.evaluate(hashedNumber(opened, pepper: host.keys.pepper))
    }

    /// The bytes of a request and of everyone's approval of it, as an auditor has them.
    public struct Dossier: Sendable {
        public let request: [UInt8]
        public let approvals: [[UInt8]]
    }

    /// A request that every approver of the standard quorum approved.
    public func dossier() throws -> Dossier {
        let reveal = try requestReveal(by: SimulatedCustody.approvers)
        return Dossier(request: reveal.file.request.bytes, approvals: reveal.approvals.map(\.bytes))
    }

    /// Reads a request and its approvals, and checks each of them against the roster. - Returns: how many approvals there were.
    public func check(_ dossier: Dossier) throws -> Int {
        let request = try RevealRequest(bytes: dossier.request)
        for bytes in dossier.approvals { try Approval(bytes: bytes).check(request, roster) }
        return dossier.approvals.count
    }
}
