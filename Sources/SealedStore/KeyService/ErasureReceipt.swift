import CryptoPrimitives
import IdentityTypes
public import RecordStorage

/// The key service's signed word that a subject's keys are deleted.
public struct ErasureReceipt: Hashable, Sendable {
    /// BLAKE2b-256 of deployment and subject: names the subject to nobody who does not know it.
    public let subjectDigest: [UInt8]
    public let erasedAt: Timestamp
    /// Ed25519, 64 bytes, over ``signedBytes``.
    public let signature: [UInt8]

    init(deployment: DeploymentID, subject: SubjectID, erasedAt: Timestamp, key: borrowing SigningKey) {
        var hash = BLAKE2b(label: "SPNI/v1/erased-subject")
        hash.append(deployment.bytes)
        hash.append(subject.bytes)
        subjectDigest = hash.finish()
        self.erasedAt = erasedAt
        signature = key.sign(Self.message(subjectDigest, erasedAt))
    }

    /// LP("SPNI/v1/erasure") LP(subject digest) time u64.
    public var signedBytes: [UInt8] { Self.message(subjectDigest, erasedAt) }

    private static func message(_ digest: [UInt8], _ time: Timestamp) -> [UInt8] {
        var writer = ByteWriter()
        writer.prefixed("SPNI/v1/erasure")
        writer.prefixed(digest)
        writer.time(time)
        return writer.bytes
    }

    /// Whether the key service with this public key (32 bytes) signed it.
    public func isSigned(by publicKey: [UInt8]) -> Bool {
        SignatureVerification.isValid(signature, of: signedBytes, by: publicKey)
    }
}
