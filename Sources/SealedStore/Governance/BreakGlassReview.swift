import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// What two people of the standard quorum, one of each level, found about an opening by people on call. Without it the key service
/// soon releases nothing more for people on call.
///
/// `SPNV`, version u8 1, deployment 16, request's digest 32, verdict u8 (1 justified, 2 not), text's digest 32, time; count u8, for each key 32
/// and signature 64.
public struct BreakGlassReview: Hashable, Sendable {
    public enum Verdict: UInt8, Hashable, Sendable {
        case justified = 1
        case notJustified = 2
    }

    /// How long after an opening further ones need its review.
    public static let grace: Duration = .seconds(7 * 86_400)

    let deployment: DeploymentID
    public let requestDigest: [UInt8]
    public let verdict: Verdict
    /// BLAKE2b-256 of the finding's text.
    public let textDigest: [UInt8]
    public let time: Timestamp
    private let signatures: [Signature]

    private struct Signature: Hashable, Sendable {
        let key: [UInt8]
        let signature: [UInt8]
    }

    /// An unsigned one.
    public init(of requestDigest: [UInt8], deployment: DeploymentID, verdict: Verdict, text: String, at time: Timestamp) {
        (self.deployment, self.requestDigest, self.verdict, self.time) = (deployment, requestDigest, verdict, time)
        textDigest = SignedMessage.digest("SPNI/v1/review-text", Array(text.utf8))
        signatures = []
    }

    private init(_ review: Self, signatures: [Signature]) {
        (deployment, requestDigest, verdict, textDigest, time) = (
            review.deployment, review.requestDigest, review.verdict, review.textDigest, review.time
        )
        self.signatures = signatures
    }

    /// The same, signed by one more person.
    public func signed(by person: PersonKeyring) -> BreakGlassReview {
        BreakGlassReview(
            self,
            signatures: signatures.filter { $0.key != person.publicKey }
                + [Signature(key: person.publicKey, signature: person.signingKey.sign(digest))])
    }

    /// - Throws: ``VaultError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(VaultError) {
        (deployment, requestDigest, verdict, textDigest, time, signatures) = try SignedMessage.decode(bytes, "review") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            let request = try reader.fixed(32)
            guard let verdict = Verdict(rawValue: try reader.u8()) else { throw MalformedBytes() }
            let (text, time) = (try reader.fixed(32), try reader.time())
            var signatures: [Signature] = []
            let count = try reader.u8()
            guard count <= 16 else { throw MalformedBytes() }
            for _ in 0..<count { signatures.append(Signature(key: try reader.fixed(32), signature: try reader.fixed(64))) }
            return (deployment, request, verdict, text, time, signatures)
        }
    }

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(body)
        writer.u8(UInt8(signatures.count))
        for signature in signatures {
            writer.fixed(signature.key)
            writer.fixed(signature.signature)
        }
        return writer.bytes
    }

    private static let magic = Array("SPNV".utf8) + [1]

    private var body: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(Self.magic)
        writer.fixed(deployment.bytes)
        writer.fixed(requestDigest)
        writer.u8(verdict.rawValue)
        writer.fixed(textDigest)
        writer.time(time)
        return writer.bytes
    }

    /// What is signed. 32 bytes.
    public var digest: [UInt8] { SignedMessage.digest("SPNI/v1/break-glass-review", body) }

    /// Whether one person of each level of the standard quorum signed it, none of whom had a part in the opening.
    ///
    /// - Parameters:
    ///   - involved: requester, opener and approvers of the opening.
    ///   - openedAt: when the record was opened; a review comes after.
    /// - Throws: ``VaultError`` with code `.approvalRefused`.
    func check(_ roster: Roster, involved: [[UInt8]], openedAt: Timestamp, at now: Timestamp) throws(VaultError) {
        guard openedAt <= time, time <= now + ApprovalSet.clockAllowance else {
            throw VaultError(.approvalRefused, "A review is made after the opening, and before it is handed in.")
        }
        guard deployment == roster.deployment, let quorum = roster.quorum(.standard) else {
            throw VaultError(.approvalRefused, "The review is of another deployment.")
        }
        var levels: Set<Int> = []
        for signature in signatures {
            guard SignatureVerification.isValid(signature.signature, of: digest, by: signature.key) else {
                throw VaultError(.approvalRefused, "A review's signature does not belong to it.")
            }
            guard let (place, person) = roster.person(signature.key), person.isInForce(at: now), !involved.contains(signature.key) else {
                throw VaultError(
                    .approvalRefused, "Who signed the review had a part in the opening, or is not in force in the roster.")
            }
            for (number, level) in quorum.levels.enumerated() where level.members.contains(place) { levels.insert(number) }
        }
        guard levels.count == 2 else {
            throw VaultError(.approvalRefused, "A review is signed by one person of each level of the standard quorum.")
        }
    }
}
