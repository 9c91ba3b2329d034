import CryptoPrimitives
import IdentityTypes
public import RecordStorage

/// One person's signed answer to a request: yes, with a share of the decryption that only the request's recipient opens, or no.
///
/// There is no approval without a share and no share without an approval: it is one message. `SPNA`, version u8 1, request's digest 32,
/// level u8, share index u8, approver's key 32, verdict u8 (1 yes, 2 no), time; with yes a SealedBox of the share 176; signature 64:
/// 320 bytes, or 144.
public struct Approval: Hashable, Sendable {
    public enum Verdict: UInt8, Hashable, Sendable {
        case approve = 1
        /// Ends the request, whoever approved.
        case deny = 2
    }

    static let boxLength = DecryptionShare.length + SealedBox.overhead

    /// Of the request.
    public let requestDigest: [UInt8]
    /// 1 or 2.
    public let level: UInt8
    let index: UInt8
    /// Ed25519, 32 bytes.
    public let approver: [UInt8]
    public let verdict: Verdict
    public let time: Timestamp
    /// Empty with a denial.
    let box: [UInt8]
    private let signature: [UInt8]

    /// What was signed; also what the log names, instead of the share. 32 bytes.
    public let digest: [UInt8]

    private init(
        _ request: RevealRequest, level: UInt8, index: UInt8, verdict: Verdict, time: Timestamp, box: [UInt8], signer: PersonKeyring
    ) {
        (requestDigest, self.level, self.index, approver) = (request.digest, level, index, signer.publicKey)
        (self.verdict, self.time, self.box) = (verdict, time, box)
        digest = SignedMessage.digest("SPNI/v1/approval", Self.body(requestDigest, level, index, approver, verdict, time, box))
        signature = signer.signingKey.sign(digest)
    }

    static func approve(
        _ request: RevealRequest, level: UInt8, index: UInt8, share: borrowing DecryptionShare, signer: PersonKeyring, at time: Timestamp,
        random: some RandomSource
    ) throws(VaultError) -> Approval {
        let box: [UInt8]
        do {
            box = try share.bytes.withUnsafeBytes { share throws(CryptoError) in
                try SealedBox.seal(
                    share, to: request.recipient, label: "SPNI/v1/approval-share",
                    context: context(request.digest, level, index, signer.publicKey), random: random)
            }
        } catch {
            throw VaultError(.requestRefused, "The request's recipient is no usable key: have it made anew.")
        }
        return Approval(request, level: level, index: index, verdict: .approve, time: time, box: box, signer: signer)
    }

    static func deny(_ request: RevealRequest, level: UInt8, index: UInt8, signer: PersonKeyring, at time: Timestamp) -> Approval {
        Approval(request, level: level, index: index, verdict: .deny, time: time, box: [], signer: signer)
    }

    /// - Throws: ``VaultError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(VaultError) {
        (requestDigest, level, index, approver, verdict, time, box, signature) = try SignedMessage.decode(bytes, "approval") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic else { throw MalformedBytes() }
            let (digest, level, index, approver) = (try reader.fixed(32), try reader.u8(), try reader.u8(), try reader.fixed(32))
            guard let verdict = Verdict(rawValue: try reader.u8()) else { throw MalformedBytes() }
            let time = try reader.time()
            let box = try reader.fixed(verdict == .approve ? Self.boxLength : 0)
            return (digest, level, index, approver, verdict, time, box, try reader.fixed(64))
        }
        digest = SignedMessage.digest("SPNI/v1/approval", Array(bytes[..<(bytes.count - 64)]))
    }

    public var bytes: [UInt8] { Self.body(requestDigest, level, index, approver, verdict, time, box) + signature }

    private static let magic = Array("SPNA".utf8) + [1]

    private static func body(
        _ request: [UInt8], _ level: UInt8, _ index: UInt8, _ approver: [UInt8], _ verdict: Verdict, _ time: Timestamp, _ box: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 320)
        writer.fixed(magic)
        writer.fixed(request)
        writer.u8(level)
        writer.u8(index)
        writer.fixed(approver)
        writer.u8(verdict.rawValue)
        writer.time(time)
        writer.fixed(box)
        return writer.bytes
    }

    private static func context(_ request: [UInt8], _ level: UInt8, _ index: UInt8, _ approver: [UInt8]) -> [UInt8] {
        request + [level, index] + approver
    }

    // MARK: Checks

    /// Whether this person may have said this, then, about this request. Needs no key: auditors check the same off line.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused`.
    public func check(_ request: RevealRequest, _ roster: Roster) throws(VaultError) {
        func demand(_ holds: Bool, _ sentence: String) throws(VaultError) {
            guard holds else { throw VaultError(.approvalRefused, sentence) }
        }
        try demand(requestDigest == request.digest, "An approval is of another request.")
        guard let quorum = roster.quorum(request.role), (1...2).contains(level) else {
            throw VaultError(.approvalRefused, "An approval is of a level that the quorum does not have.")
        }
        let members = quorum.levels[Int(level) - 1].members
        guard (1...members.count).contains(Int(index)) else {
            throw VaultError(.approvalRefused, "An approval is of a share that the level does not have.")
        }
        let person = roster.persons[members[Int(index) - 1]]
        try demand(person.signingKey == approver, "An approval was not given by the holder of its share.")
        try demand(approver != request.requester, "Who requests never approves.")
        try demand(person.isInForce(at: time), "An approver's training or vetting had lapsed.")
        try demand(
            request.notBefore <= time && time < request.expiresAt, "An approval was given before the request was valid, or after.")
        try demand(
            SignatureVerification.isValid(signature, of: digest, by: approver),
            "An approval was not signed by its approver, or was changed.")
    }

    /// The share inside, checked against the level's commitments and bound to this request.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused`.
    func share(
        of envelope: ThresholdCiphertext, _ request: RevealRequest, _ roster: Roster, recipient: borrowing SecretBytes
    ) throws(VaultError) -> DecryptionShare {
        guard let quorum = roster.quorum(request.role), (1...2).contains(level) else { throw Self.noShare }
        let verificationShares = quorum.levels[Int(level) - 1].verificationShares
        guard (1...verificationShares.count).contains(Int(index)) else { throw Self.noShare }
        do {
            let share = try DecryptionShare(
                bytes: try SealedBox.open(
                    box, with: recipient, label: "SPNI/v1/approval-share", context: Self.context(requestDigest, level, index, approver)))
            try share.verify(
                for: envelope, key: quorum.key, verificationShare: verificationShares[Int(index) - 1], context: request.digest)
            return share
        } catch { throw Self.noShare }
    }

    private static var noShare: VaultError {
        VaultError(.approvalRefused, "An approval holds no share of this decryption: ask this approver again.")
    }
}

/// The approvals of one request, and whether they are enough.
public struct ApprovalSet: Hashable, Sendable {
    /// Each was checked; of one approver the first counts. At most 64.
    public let approvals: [Approval]
    /// Approvals by level, against what each level needs.
    public let progress: [Progress]
    public let isDenied: Bool

    public struct Progress: Hashable, Sendable {
        public let level: UInt8
        public let given: Int
        public let needed: Int
    }

    /// Checks every approval against request and roster.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused` if a single one is not what it says.
    public init(_ approvals: [Approval], of request: RevealRequest, _ roster: Roster) throws(VaultError) {
        guard approvals.count <= 2 * ShareDeal.memberLimit, let quorum = roster.quorum(request.role) else {
            throw VaultError(.approvalRefused, "There are more approvals than there can be approvers.")
        }
        var seen: Set<[UInt8]> = []
        var counted: [Approval] = []
        for approval in approvals {
            try approval.check(request, roster)
            // A denial counts, once, whatever the same person said before.
            if seen.insert(approval.approver + [approval.verdict.rawValue]).inserted { counted.append(approval) }
        }
        self.approvals = counted
        isDenied = counted.contains { $0.verdict == .deny }
        progress = quorum.levels.enumerated().map { place, level in
            Progress(
                level: UInt8(place + 1),
                given: counted.count { $0.verdict == .approve && Int($0.level) == place + 1 }, needed: level.threshold)
        }
    }

    /// What whoever acts on approvals demands beside: that they were not given in a time to come, and that those who gave them are in force
    /// to this hour, so that nobody whose training or vetting has lapsed says to have said it before.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused`.
    func demandInForce(_ roster: Roster, at now: Timestamp) throws(VaultError) {
        for approval in approvals {
            guard approval.time <= now + Self.clockAllowance else {
                throw VaultError(.approvalRefused, "An approval is from the future: look at its approver's clock.")
            }
            guard let (_, person) = roster.person(approval.approver), person.isInForce(at: now) else {
                throw VaultError(.approvalRefused, "An approver's training or vetting has lapsed since.")
            }
        }
    }

    /// How far clocks may differ.
    static let clockAllowance: Duration = .seconds(60)

    /// Whether both levels have agreed and nobody denied.
    public var isComplete: Bool {
        !isDenied && progress.count == 2 && progress.allSatisfy { $0.given >= $0.needed && $0.needed > 0 }
            && Set(approvals.map(\.approver)).count >= 2
    }

    /// - Throws: ``VaultError`` with code `.denied` or `.incomplete`.
    func demandComplete() throws(VaultError) {
        guard !isDenied else { throw VaultError(.denied, "An approver denied the request; it is over.") }
        guard isComplete else {
            let missing = progress.filter { $0.given < $0.needed }.map { "level \($0.level) has \($0.given) of \($0.needed)" }
            throw VaultError(.incomplete, "Approvals are missing: \(missing.joined(separator: ", ")).")
        }
    }

    /// BLAKE2b-256 over the approvals' digests in ascending order: what the log says about who agreed.
    public var digest: [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/approvals")
        for digest in approvals.map(\.digest).sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.append(digest) }
        return hash.finish()
    }
}
