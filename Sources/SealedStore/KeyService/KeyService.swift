public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The party that alone holds the second store: shred and history keys, in a process, store and backups of its own.
///
/// Without a subject's shred key its sealed record is noise, in every backup of the identity store too; so erasing is deleting
/// 32 bytes here. The host may put keys in and ask for deletion; what comes out is metered, counted, signed and tied to an order, to a
/// proof or to a full set of approvals. What each other party may ask of it is a protocol of its own: this one is the host's,
/// ``SenderKeyService`` the sender's, ``RevealKeyService`` the opener's.
public protocol KeyService: Sendable {
    /// Keeps the keys of a new subject. One commit on the key service's store. Nothing refers to them until the host's own commit.
    func put(_ deposit: borrowing KeyDeposit) async throws(VaultError)

    /// Keeps the shred key under which another number is sealed for a subject, beside the one there is, until ``confirm(_:)`` says which record
    /// is there.
    ///
    /// - Parameter deposit: with the generation after the present one.
    /// - Throws: ``VaultError``; `.orderRefused` when the record has moved on, `.resealDue` when too many are at it, `.notFound`.
    func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError)

    /// Hands out a history key against a step-up for an export that is at most 15 minutes old, once.
    ///
    /// - Throws: ``VaultError``; `.orderRefused`, `.releaseBudget`, `.notFound`.
    func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes

    /// Deletes both keys of a subject. Asked again, also about somebody it never heard of, it signs a receipt with the present time.
    ///
    /// - Throws: ``VaultError`` with code `.erasurePending` while older pages of the store still hold the keys: ask again.
    func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt

    /// Deposits that nobody has confirmed, at most `limit`: of records that were sealed anew all, of new ones those made before a time,
    /// oldest first within each partition.
    func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference]

    /// Says that the record of these deposits is there, so that no sweep asks again. Of a record that was sealed anew, its older shred key
    /// goes, and every other that was put beside it; only the host says so, which reads the record.
    func confirm(_ deposits: [DepositReference]) async throws(VaultError)

    /// Deletes a deposit whose record never came and, its place being taken, never can.
    func discard(_ deposit: DepositReference) async throws(VaultError)

    /// Releases that are not in the host's log yet, at most `limit`, oldest first within each partition.
    func releases(limit: Int) async throws(VaultError) -> [KeyRelease]

    /// Says that these releases are in the log.
    func acknowledge(_ releases: [KeyRelease]) async throws(VaultError)

    /// Takes approvers' denials, which end a request; so it does not rest on the opener that a veto is heard. Told again, nothing more.
    ///
    /// - Throws: ``VaultError``; `.requestRefused`, `.approvalRefused`, `.rosterOutdated`, `.orderRefused` (the record was opened before),
    ///   `.notFound`.
    func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError)

    /// Takes the review of an opening by people on call; told again, nothing more.
    ///
    /// - Throws: ``VaultError``; `.notFound`, `.approvalRefused`, `.orderRefused` (there is another review of it).
    func close(_ review: BreakGlassReview) async throws(VaultError)

    /// Removes what has expired in the key service's own store.
    ///
    /// - Returns: how many rows went.
    func sweep() async throws(VaultError) -> Int
}

/// What a party that seals records anew asks of the key service.
public protocol ResealingKeyService: Sendable {
    /// Keeps the shred key under which a record is being sealed anew, beside the one it has, until the host has seen which record is there.
    ///
    /// Several may be at it: each one's key is kept, by the digest of the body it is for, so that whichever commit wins finds its own.
    /// - Parameter deposit: with the generation after the present one.
    /// - Throws: ``VaultError``; `.orderRefused` unless the record is due.
    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError)
}

/// What the sender asks of the key service.
public protocol SenderKeyService: ResealingKeyService {
    /// Hands out a shred key for one order of the host, once.
    ///
    /// - Throws: ``VaultError``; `.orderRefused`, `.releaseBudget`, `.resealDue`, `.notFound`.
    func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes

    /// Hands out the shred key of a record that must be sealed anew, to seal it anew before the order that met with that; once for an order.
    ///
    /// - Throws: ``VaultError``; `.orderRefused` also when no shares of this record were given out.
    func releaseShredKey(forResealingBefore order: ReleaseOrder) async throws(VaultError) -> SecretBytes
}

/// What the opener asks of the key service.
public protocol RevealKeyService: ResealingKeyService {
    /// Takes a request with the approvals there are so far.
    ///
    /// From the first approval on, the record is due to be resealed, and nothing else of it is released. A denial ends the request.
    /// - Throws: ``VaultError``; `.requestRefused`, `.approvalRefused`, `.rosterOutdated`, `.denied`, `.orderRefused`, `.notFound`.
    func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError)

    /// The newest head of the log that it has seen; `nil` before the first release to people.
    func logHead() async throws(VaultError) -> SeenLogHead?

    /// Hands out the shred key for a full set of approvals whose entry is in the signed log, once.
    ///
    /// The log must be the one of ``logHead()``, or extend it; its head is remembered in the commit that spends the request.
    /// - Throws: ``VaultError``; `.incomplete`, `.denied`, `.requestRefused`, `.approvalRefused`, `.orderRefused` (used before, or not in
    ///   the log), `.logHeadOutdated` (ask for the head anew), `.logForked`, `.releaseBudget`, `.rosterOutdated`, `.notFound`.
    func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes
}

/// The keys of one new subject on their way into the key service.
public struct KeyDeposit: ~Copyable, Sendable {
    package let subject: SubjectID
    package let record: RecordID
    /// Where in the identity store the record will be.
    package let vaultKey: RecordKey
    /// 32 bytes.
    package let shredKey: SecretBytes
    /// X25519, 32 bytes.
    package let historyKey: SecretBytes

    package init(
        subject: SubjectID, record: RecordID, vaultKey: RecordKey, shredKey: consuming SecretBytes, historyKey: consuming SecretBytes
    ) {
        (self.subject, self.record, self.vaultKey) = (subject, record, vaultKey)
        self.shredKey = shredKey
        self.historyKey = historyKey
    }
}

/// The shred key of a record that is being sealed anew.
public struct ShredKeyDeposit: ~Copyable, Sendable {
    package let subject: SubjectID
    package let record: RecordID
    /// Of the new record: one more than the present one has.
    package let generation: UInt64
    /// Of the new body. 32 bytes.
    package let bodyDigest: [UInt8]
    package let vaultKey: RecordKey
    /// 32 bytes.
    package let shredKey: SecretBytes

    package init(
        subject: SubjectID, record: RecordID, generation: UInt64, bodyDigest: [UInt8], vaultKey: RecordKey, shredKey: consuming SecretBytes
    ) {
        (self.subject, self.record, self.generation, self.vaultKey) = (subject, record, generation, vaultKey)
        self.bodyDigest = bodyDigest
        self.shredKey = shredKey
    }
}

/// A deposit that waits for its record.
public struct DepositReference: Hashable, Sendable {
    package let subject: SubjectID
    package let madeAt: Timestamp
    package let generation: UInt64
    /// Of the body it is for, where a record is being sealed anew: 32 bytes; else none.
    package let bodyDigest: [UInt8]
    package let vaultKey: RecordKey

    package init(subject: SubjectID, madeAt: Timestamp, generation: UInt64, bodyDigest: [UInt8], vaultKey: RecordKey) {
        (self.subject, self.madeAt, self.generation, self.vaultKey) = (subject, madeAt, generation, vaultKey)
        self.bodyDigest = bodyDigest
    }
}

/// Asks the key service for one record's shred key, for one use.
///
/// Made by the host under the key it shares with the key service, so that a sender opens what it was told to and nothing it chooses.
public struct ReleaseOrder: Hashable, Sendable {
    /// Spent once. 16 bytes, the id of the grant the use rests on.
    package let id: [UInt8]
    package let subject: SubjectID
    package let record: RecordID
    package let purpose: PurposeCode
    package let deadline: Timestamp
    /// 32 bytes.
    package let code: [UInt8]

    package init(
        id: [UInt8], subject: SubjectID, record: RecordID, purpose: PurposeCode, deadline: Timestamp, key: borrowing SecretBytes
    ) {
        (self.id, self.subject, self.record, self.purpose, self.deadline) = (id, subject, record, purpose, deadline)
        code = Self.code(id, subject, record, purpose, deadline, key)
    }

    /// Whether the host made it.
    package func isGenuine(_ key: borrowing SecretBytes) -> Bool {
        constantTimeEquals(code, Self.code(id, subject, record, purpose, deadline, key))
    }

    /// BLAKE2b-256 under the key `proof`.
    private static func code(
        _ id: [UInt8], _ subject: SubjectID, _ record: RecordID, _ purpose: PurposeCode, _ deadline: Timestamp, _ key: borrowing SecretBytes
    ) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/release-order", key: key)
        hash.append(id)
        hash.append(subject.bytes)
        hash.append(record.bytes)
        hash.append(UInt32(purpose.rawValue))
        hash.append(UInt64(bitPattern: deadline.milliseconds))
        return hash.finish()
    }

    /// id 16, subject 16, record 16, purpose u16, deadline, code 32: 90 bytes.
    package func write(to writer: inout ByteWriter) {
        writer.fixed(id)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u16(purpose.rawValue)
        writer.time(deadline)
        writer.fixed(code)
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        id = try reader.fixed(16)
        guard let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16)),
            let purpose = PurposeCode(rawValue: try reader.u16())
        else { throw MalformedBytes() }
        (self.subject, self.record, self.purpose) = (subject, record, purpose)
        (deadline, code) = (try reader.time(), try reader.fixed(32))
    }
}

/// Everything with which an opener asks for the shred key: request, approvals, the log's evidence, signed by the opener.
public struct RevealOpening: Hashable, Sendable {
    public let file: RevealFile
    public let approvals: [Approval]
    /// Of the entry "reveal approved", which names both by their digests.
    public let evidence: LogEvidence
    private let signature: [UInt8]

    package init(_ file: RevealFile, _ approvals: [Approval], evidence: LogEvidence, opener: PersonKeyring) {
        (self.file, self.approvals, self.evidence) = (file, approvals, evidence)
        signature = opener.signingKey.sign(Self.digest(file, evidence))
    }

    package init(
        _ file: RevealFile, _ approvals: [Approval], evidence: LogEvidence, signature: [UInt8]
    ) {
        (self.file, self.approvals, self.evidence, self.signature) = (file, approvals, evidence, signature)
    }

    var isSignedByOpener: Bool {
        SignatureVerification.isValid(signature, of: Self.digest(file, evidence), by: file.request.opener)
    }

    private static func digest(_ file: RevealFile, _ evidence: LogEvidence) -> [UInt8] {
        SignedMessage.digest("SPNI/v1/reveal-opening", file.request.digest + evidence.leaf)
    }

    /// LP(request file), count u8, LP(approval) each, evidence, signature 64.
    package func write(to writer: inout ByteWriter) {
        writer.prefixed(file.bytes)
        writer.u8(UInt8(approvals.count))
        for approval in approvals { writer.prefixed(approval.bytes) }
        writer.fixed(evidence.bytes)
        writer.fixed(signature)
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        (file, approvals) = try Self.readFile(from: &reader)
        evidence = try LogEvidence(from: &reader)
        signature = try reader.fixed(64)
    }

    package static func readFile(from reader: inout ByteReader) throws(MalformedBytes) -> (RevealFile, [Approval]) {
        guard let file = try? RevealFile(bytes: try reader.prefixed(atMost: 262_144)) else { throw MalformedBytes() }
        var approvals: [Approval] = []
        for _ in 0..<(try reader.u8()) {
            guard let approval = try? Approval(bytes: try reader.prefixed(atMost: 320)) else { throw MalformedBytes() }
            approvals.append(approval)
        }
        return (file, approvals)
    }
}
