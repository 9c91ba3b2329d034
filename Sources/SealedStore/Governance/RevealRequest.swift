import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Asks for one record to be opened to people, once: who asks, for what, why, until when, and to which machine.
///
/// 416 bytes: `SPNQ`, version u8 1, quorum u8, deployment 16, request 16, record 16, subject 16, generation u64, body's digest 32, envelope's
/// digest 32, attestation's digest 32, purpose u16, case's digest 32, roster's digest 32, requester's key 32, opener's key 32, recipient's
/// key 32, from time, until time, signature 64. It names the record by random names alone: nothing in it is made of the number.
public struct RevealRequest: Hashable, Sendable {
    package static let length = 416
    /// The longest time from a request's beginning to its end.
    public static let longestLife: Duration = .seconds(7 * 86_400)

    public let role: QuorumRole
    public let deployment: DeploymentID
    /// 16 random bytes; used once.
    public let id: [UInt8]
    package let record: RecordID
    package let subject: SubjectID
    package let generation: UInt64
    package let bodyDigest: [UInt8]
    package let envelopeDigest: [UInt8]
    /// Of the host's word whose record this is.
    let attestationDigest: [UInt8]
    public let purpose: PurposeCode
    let caseDigest: [UInt8]
    let rosterDigest: [UInt8]
    /// Ed25519, 32 bytes.
    public let requester: [UInt8]
    /// Ed25519, 32 bytes: who opens, and signs how it went.
    public let opener: [UInt8]
    /// X25519, 32 bytes: drawn for this request alone; shares are sealed to it.
    let recipient: [UInt8]
    public let notBefore: Timestamp
    public let expiresAt: Timestamp
    private let signature: [UInt8]
    /// By which approvals, the log and the key service name it. 32 bytes.
    public let digest: [UInt8]

    /// What a request is about, before its requester has signed it.
    package struct Draft: Hashable, Sendable {
        package let role: QuorumRole
        package let attestation: RecordAttestation
        package let body: SealedBody
        package let envelope: Envelope
        package let recipient: [UInt8]
        package let opener: [UInt8]
    }

    init(
        _ draft: Draft, purpose: PurposeCode, caseText: String, roster: Roster, requester: PersonKeyring, notBefore: Timestamp,
        expiresAt: Timestamp, random: some RandomSource
    ) throws(VaultError) {
        let header = draft.body.header
        (role, deployment, record, subject, generation) = (draft.role, header.deployment, header.record, header.subject, header.generation)
        (bodyDigest, envelopeDigest, attestationDigest) = (draft.body.digest, draft.envelope.digest, draft.attestation.digest)
        (self.purpose, caseDigest, rosterDigest) = (purpose, RevealFile.caseDigest(caseText), roster.digest)
        (self.requester, opener, recipient) = (requester.publicKey, draft.opener, draft.recipient)
        (self.notBefore, self.expiresAt) = (notBefore, expiresAt)
        id = random.bytes(16)
        let body = Self.body(
            role, deployment, id, record, subject, generation, bodyDigest, envelopeDigest, attestationDigest, purpose, caseDigest,
            rosterDigest, self.requester, opener, recipient, notBefore, expiresAt)
        digest = SignedMessage.digest("SPNI/v1/reveal-request", body)
        signature = requester.signingKey.sign(digest)
        try check(roster, at: max(notBefore, roster.issuedAt))
    }

    /// - Throws: ``VaultError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(VaultError) {
        let read = try SignedMessage.decode(bytes, "request") { reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let role = QuorumRole(rawValue: try reader.u8()),
                let deployment = DeploymentID(bytes: try reader.fixed(16))
            else { throw MalformedBytes() }
            let id = try reader.fixed(16)
            guard let record = RecordID(bytes: try reader.fixed(16)), let subject = SubjectID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            let (generation, bodyDigest, envelopeDigest) = (try reader.u64(), try reader.fixed(32), try reader.fixed(32))
            let attestationDigest = try reader.fixed(32)
            guard let purpose = PurposeCode(rawValue: try reader.u16()) else { throw MalformedBytes() }
            return (
                role, deployment, id, record, subject, generation, bodyDigest, envelopeDigest, attestationDigest, purpose,
                keys: try Self.keys(&reader), times: (try reader.time(), try reader.time()), signature: try reader.fixed(64)
            )
        }
        (role, deployment, id, record, subject, generation, bodyDigest, envelopeDigest, attestationDigest, purpose) = (
            read.0, read.1, read.2, read.3, read.4, read.5, read.6, read.7, read.8, read.9
        )
        (caseDigest, rosterDigest, requester, opener, recipient) = (
            read.keys[0], read.keys[1], read.keys[2], read.keys[3], read.keys[4]
        )
        (notBefore, expiresAt) = read.times
        signature = read.signature
        digest = SignedMessage.digest("SPNI/v1/reveal-request", Array(bytes[..<(Self.length - 64)]))
    }

    private static func keys(_ reader: inout ByteReader) throws(MalformedBytes) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        for _ in 0..<5 { keys.append(try reader.fixed(32)) }
        return keys
    }

    public var bytes: [UInt8] {
        Self.body(
            role, deployment, id, record, subject, generation, bodyDigest, envelopeDigest, attestationDigest, purpose, caseDigest,
            rosterDigest, requester, opener, recipient, notBefore, expiresAt) + signature
    }

    private static let magic = Array("SPNQ".utf8) + [1]

    private static func body(
        _ role: QuorumRole, _ deployment: DeploymentID, _ id: [UInt8], _ record: RecordID, _ subject: SubjectID, _ generation: UInt64,
        _ bodyDigest: [UInt8], _ envelopeDigest: [UInt8], _ attestationDigest: [UInt8], _ purpose: PurposeCode, _ caseDigest: [UInt8],
        _ rosterDigest: [UInt8], _ requester: [UInt8], _ opener: [UInt8], _ recipient: [UInt8], _ notBefore: Timestamp,
        _ expiresAt: Timestamp
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: length)
        writer.fixed(magic)
        writer.u8(role.rawValue)
        writer.fixed(deployment.bytes)
        writer.fixed(id)
        writer.fixed(record.bytes)
        writer.fixed(subject.bytes)
        writer.u64(generation)
        writer.fixed(bodyDigest)
        writer.fixed(envelopeDigest)
        writer.fixed(attestationDigest)
        writer.u16(purpose.rawValue)
        for field in [caseDigest, rosterDigest, requester, opener, recipient] { writer.fixed(field) }
        writer.time(notBefore)
        writer.time(expiresAt)
        return writer.bytes
    }

    // MARK: Checks

    /// Everything about a request that can be checked with the roster it names: who asks, for what, and when.
    ///
    /// Approvers, the opener, the key service and auditors all call this.
    /// - Parameter time: when it is looked at, or for an auditor when it was.
    /// - Throws: ``VaultError`` with code `.requestRefused`.
    public func check(_ roster: Roster, at time: Timestamp) throws(VaultError) {
        func demand(_ holds: Bool, _ sentence: String) throws(VaultError) {
            guard holds else { throw VaultError(.requestRefused, sentence) }
        }
        try demand(deployment == roster.deployment, "The request is of another deployment.")
        try demand(rosterDigest == roster.digest, "The request was made under another roster: make it anew under the newest.")
        try demand(
            notBefore < expiresAt && expiresAt - notBefore <= Self.longestLife, "A request lives for at most seven days.")
        try demand(notBefore <= time, "The request is not valid yet.")
        try demand(time < expiresAt, "The request has expired: make a new one.")
        try demand(purpose.allowsReveal, "People may not see a number for this purpose.")
        guard let quorum = roster.quorum(role) else { throw VaultError(.requestRefused, "The roster has no such quorum.") }
        try demand(
            quorum.levels.allSatisfy { $0.purposes.contains(purpose) }, "A level of this quorum does not approve this purpose.")
        guard let (_, person) = roster.person(requester), person.mayRequest, person.isInForce(at: time) else {
            throw VaultError(
                .requestRefused, "Who signed the request may not request now: not in the roster, or training or vetting has lapsed.")
        }
        guard let (_, machine) = roster.person(opener), machine.mayOpen, machine.isInForce(at: time) else {
            throw VaultError(
                .requestRefused, "Who is to open may not open now: not in the roster, or training or vetting has lapsed.")
        }
        try demand(
            SignatureVerification.isValid(signature, of: digest, by: requester),
            "The request was not signed by who makes it, or was changed.")
    }

    /// What the envelope must be bound to, rebuilt from what the request says.
    func label(_ key: QuorumKey) -> [UInt8] {
        Envelope.label(
            deployment: deployment, record: record, subject: subject, generation: generation, role: .init(role), keyID: key.id,
            bodyDigest: bodyDigest)
    }
}

/// A request with all that an approver needs to judge it: no database, no network.
///
/// `SPNB`, version u8 1, LP(request 416), LP(attestation), LP(envelope 208), LP(case text), LP(roster file). The request's digests cover the other four.
public struct RevealFile: Hashable, Sendable {
    /// Bytes of a case's text.
    public static let caseLimit = 16_384

    public let request: RevealRequest
    /// Whose record it is, in the host's word.
    public let attestation: RecordAttestation
    let envelope: ThresholdCiphertext
    /// Why, in the requester's words.
    public let caseText: String
    let roster: [UInt8]

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - draft: what the opener's machine prepared.
    ///   - caseText: why, 1…16,384 bytes, for approvers to read; the log holds its digest alone. No number belongs in it.
    ///   - roster: the newest, as its file is.
    /// - Throws: ``VaultError`` with code `.requestRefused`, `.refused` or `.malformed`.
    public init<Use: RevealPurpose>(
        requesting draft: RevealDraft, for purpose: Use.Type, caseText: String, roster: [UInt8], custodians: CustodianSet,
        requester: PersonKeyring, notBefore: Timestamp, life: Duration = .seconds(86_400), random: some RandomSource
    ) throws(VaultError) {
        guard (1...Self.caseLimit).contains(caseText.utf8.count) else {
            throw VaultError(.requestRefused, "A request says why, in 1 to \(Self.caseLimit) bytes.")
        }
        request = try RevealRequest(
            draft.draft, purpose: Use.token.code, caseText: caseText, roster: try Roster(roster, custodians: custodians),
            requester: requester, notBefore: notBefore, expiresAt: notBefore + life, random: random)
        attestation = draft.draft.attestation
        envelope = try ThresholdCiphertext(bytes: draft.draft.envelope.box)
        self.caseText = caseText
        self.roster = roster
    }

    /// - Throws: ``VaultError`` with code `.malformed` or `.refused`.
    public init(bytes: [UInt8]) throws(VaultError) {
        let (request, attestation, envelope, caseText, roster) = try SignedMessage.decode(bytes, "request file") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic else { throw MalformedBytes() }
            return (
                try reader.prefixed(atMost: RevealRequest.length), try reader.prefixed(atMost: RecordAttestation.limit),
                try reader.prefixed(atMost: ThresholdCiphertext.length),
                try reader.text(atMost: Self.caseLimit), try reader.prefixed(atMost: 131_072)
            )
        }
        guard !caseText.isEmpty else { throw VaultError(.malformed, "A request says why.") }
        self.request = try RevealRequest(bytes: request)
        self.attestation = try RecordAttestation(bytes: attestation)
        self.envelope = try ThresholdCiphertext(bytes: envelope)
        self.caseText = caseText
        self.roster = roster
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(Self.magic)
        writer.prefixed(request.bytes)
        writer.prefixed(attestation.bytes)
        writer.prefixed(envelope.bytes)
        writer.prefixed(caseText)
        writer.prefixed(roster)
        return writer.bytes
    }

    private static let magic = Array("SPNB".utf8) + [1]

    static func caseDigest(_ text: String) -> [UInt8] { SignedMessage.digest("SPNI/v1/case", Array(text.utf8)) }

    /// Checks everything that needs no share: the roster, the request, that envelope and case are the request's own, and that the host
    /// says whose record it is.
    ///
    /// - Parameters:
    ///   - knownRoster: the highest number of a roster that was ever seen; an older one is refused.
    /// - Throws: ``VaultError``; `.rosterOutdated`, `.requestRefused`, `.refused`.
    public func check(custodians: CustodianSet, knownRoster: UInt32 = 0, at time: Timestamp) throws(VaultError) -> Roster {
        let roster = try Roster(self.roster, custodians: custodians)
        guard roster.number >= knownRoster else {
            throw VaultError(
                .rosterOutdated, "The request names roster \(roster.number), and \(knownRoster) is known: make it anew under the newest.")
        }
        try check(with: roster, at: time)
        return roster
    }

    /// The same, where the roster it names was read and checked before.
    ///
    /// - Throws: ``VaultError`` with code `.requestRefused`; also when the request names another roster.
    package func check(with roster: Roster, at time: Timestamp) throws(VaultError) {
        try request.check(roster, at: time)
        guard Self.caseDigest(caseText) == request.caseDigest, Envelope.digest(of: envelope.bytes) == request.envelopeDigest,
            attestation.digest == request.attestationDigest
        else { throw VaultError(.requestRefused, "The envelope, the attestation or the case is not the one that was requested.") }
        try attestation.check(request, roster)
        // A ciphertext of another record does not verify under this record's label.
        guard let key = roster.quorum(request.role)?.key else { throw VaultError(.requestRefused, "The roster has no such quorum.") }
        do { try envelope.verify(key: key, label: request.label(key)) } catch {
            throw VaultError(.requestRefused, "The envelope is not of the record that the request names.")
        }
    }
}
