import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The host's word whose record a pseudonym leads to: what the people of a request rely on when they judge a case about somebody whom they
/// know by pseudonym alone.
///
/// Signed with a key that neither the opener nor any custodian holds, so no request can be about one person and open another's record.
/// `SPNW`, version u8 1, deployment 16, subject 16, record 16, LP(pseudonym), issued time, signature 64.
public struct RecordAttestation: Hashable, Sendable {
    static let limit = 256

    public let deployment: DeploymentID
    package let subject: SubjectID
    package let record: RecordID
    /// By which whoever asks knows the person: the host's, or that of one of its other systems.
    public let pseudonym: Pseudonym
    public let issuedAt: Timestamp
    private let signature: [UInt8]

    package init(_ pseudonym: Pseudonym, subject: SubjectID, record: RecordID, keyring: HostKeyring, at time: Timestamp) {
        (deployment, self.subject, self.record, self.pseudonym, issuedAt) = (keyring.deployment, subject, record, pseudonym, time)
        signature = keyring.attestationKey.sign(Self.digest(Self.body(deployment, subject, record, pseudonym, issuedAt)))
    }

    /// - Throws: ``VaultError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(VaultError) {
        (deployment, subject, record, pseudonym, issuedAt, signature) = try SignedMessage.decode(bytes, "attestation") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)),
                let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16)),
                let pseudonym = Pseudonym(rawValue: try reader.text(atMost: 64))
            else { throw MalformedBytes() }
            return (deployment, subject, record, pseudonym, try reader.time(), try reader.fixed(64))
        }
    }

    public var bytes: [UInt8] { Self.body(deployment, subject, record, pseudonym, issuedAt) + signature }

    /// By which a request names it. 32 bytes.
    var digest: [UInt8] { SignedMessage.digest("SPNI/v1/attestation-file", bytes) }

    /// Whether the host that the roster names said so about this very record, no longer before the request than a request lives.
    ///
    /// - Throws: ``VaultError`` with code `.requestRefused`.
    func check(_ request: RevealRequest, _ roster: Roster) throws(VaultError) {
        guard deployment == request.deployment, subject == request.subject, record == request.record else {
            throw VaultError(.requestRefused, "The host's attestation is about another record than the request.")
        }
        guard
            SignatureVerification.isValid(
                signature, of: Self.digest(Self.body(deployment, subject, record, pseudonym, issuedAt)), by: roster.hostKey)
        else { throw VaultError(.requestRefused, "The attestation was not signed by the host that the roster names.") }
        guard issuedAt <= request.notBefore + ApprovalSet.clockAllowance, request.notBefore - issuedAt <= RevealRequest.longestLife else {
            throw VaultError(.requestRefused, "The host's attestation is older than seven days: get a new one.")
        }
    }

    private static let magic = Array("SPNW".utf8) + [1]

    private static func digest(_ body: [UInt8]) -> [UInt8] { SignedMessage.digest("SPNI/v1/attestation", body) }

    private static func body(
        _ deployment: DeploymentID, _ subject: SubjectID, _ record: RecordID, _ pseudonym: Pseudonym, _ issuedAt: Timestamp
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(magic)
        writer.fixed(deployment.bytes)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.prefixed(pseudonym.rawValue)
        writer.time(issuedAt)
        return writer.bytes
    }
}

/// The public half of the key with which a host attests whose record is whose, signed with it: what a roster's draft is given.
///
/// `SPNH`, version u8 1, deployment 16, key 32, signature 64.
public struct HostCard: Hashable, Sendable {
    public let deployment: DeploymentID
    /// Ed25519, 32 bytes.
    public let key: [UInt8]
    private let signature: [UInt8]

    init(signedBy keyring: HostKeyring) {
        (deployment, key) = (keyring.deployment, keyring.attestationKey.publicKey)
        signature = keyring.attestationKey.sign(Self.digest(deployment, key))
    }

    /// - Throws: ``VaultError`` with code `.malformed`, or `.refused` when it was not signed with its own key.
    public init(bytes: [UInt8]) throws(VaultError) {
        (deployment, key, signature) = try SignedMessage.decode(bytes, "host's card") { reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            return (deployment, try reader.fixed(32), try reader.fixed(64))
        }
        guard SignatureVerification.isValid(signature, of: Self.digest(deployment, key), by: key) else {
            throw VaultError(.refused, "A host's card was not signed with the key it names: have it made anew.")
        }
    }

    public var bytes: [UInt8] { Self.body(deployment, key) + signature }

    private static let magic = Array("SPNH".utf8) + [1]

    private static func body(_ deployment: DeploymentID, _ key: [UInt8]) -> [UInt8] { magic + deployment.bytes + key }

    private static func digest(_ deployment: DeploymentID, _ key: [UInt8]) -> [UInt8] {
        SignedMessage.digest("SPNI/v1/host-card", body(deployment, key))
    }
}
