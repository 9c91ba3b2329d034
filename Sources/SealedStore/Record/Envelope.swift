package import CryptoPrimitives
import IdentityTypes
package import RecordStorage

/// The data-encryption key of one body, sealed to one opener.
package struct Envelope: Hashable, Sendable {
    /// Who opens it. Other roles are refused by this version.
    package enum Role: UInt8, Sendable {
        /// People: two levels of approvers together.
        case quorum = 1
        /// The isolated sender, for one message at a time.
        case sender = 2
        /// People on call: two levels too.
        case breakGlass = 3

        init(_ role: QuorumRole) {
            switch role {
            case .standard: self = .quorum
            case .breakGlass: self = .breakGlass
            }
        }

        /// Bytes of the box.
        var boxLength: Int { self == .sender ? 32 + SealedBox.overhead : ThresholdCiphertext.length }
    }

    package let role: Role
    /// Which key of the role: the first 16 bytes of its public key's hash.
    package let keyID: [UInt8]
    /// Sender: a ``SealedBox`` of the 32-byte key, 112 bytes. Quorums: a ``ThresholdCiphertext`` of it, 208.
    package let box: [UInt8]

    package init(role: Role, keyID: [UInt8], box: [UInt8]) {
        (self.role, self.keyID, self.box) = (role, keyID, box)
    }

    /// Seals a data-encryption key to a sender's X25519 public key, bound to the body it opens.
    package init(sealing dataKey: borrowing SecretBytes, for body: SealedBody, to publicKey: [UInt8], random: some RandomSource)
        throws(VaultError)
    {
        role = .sender
        keyID = Self.keyID(of: publicKey)
        let label = Self.label(for: body, role: .sender, keyID: keyID)
        do {
            box = try dataKey.withUnsafeBytes { key throws(CryptoError) in
                try SealedBox.seal(key, to: publicKey, label: "SPNI/v1/sender", context: label, random: random)
            }
        } catch {
            throw VaultError(.refused, "The sender's public key in the host keyring is no usable key.")
        }
    }

    /// Seals it to a quorum's key.
    package init(
        sealing dataKey: borrowing SecretBytes, for body: SealedBody, to key: QuorumKey, role: QuorumRole, random: some RandomSource
    ) throws(VaultError) {
        self.role = Role(role)
        keyID = key.id
        box = try ThresholdCiphertext(
            sealing: dataKey, to: key, label: Self.label(for: body, role: self.role, keyID: keyID), random: random
        ).bytes
    }

    /// Opens a sender's.
    ///
    /// - Throws: ``VaultError`` with code `.refused` when key, body or envelope do not belong together.
    package func open(for body: SealedBody, with secret: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        guard role == .sender else { throw VaultError(.refused, "This envelope is not a sender's.") }
        do {
            return try SealedBox.open(
                box, with: secret, label: "SPNI/v1/sender", context: Self.label(for: body, role: role, keyID: keyID))
        } catch {
            throw VaultError(.refused, "This key does not open this record.")
        }
    }

    package static func keyID(of publicKey: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/key-id", length: 16)
        hash.append(publicKey)
        return hash.finish()
    }

    /// What a request names it by: BLAKE2b-256(LP("SPNI/v1/envelope-digest") LP(box)).
    var digest: [UInt8] { Self.digest(of: box) }

    static func digest(of box: [UInt8]) -> [UInt8] { SignedMessage.digest("SPNI/v1/envelope-digest", box) }

    package static func label(for body: SealedBody, role: Role, keyID: [UInt8]) -> [UInt8] {
        let header = body.header
        return label(
            deployment: header.deployment, record: header.record, subject: header.subject, generation: header.generation, role: role,
            keyID: keyID, bodyDigest: body.digest)
    }

    /// LP(deployment) LP(record) LP(subject) LP(generation u64) LP(role u8) LP(key id) LP(body digest).
    static func label(
        deployment: DeploymentID, record: RecordID, subject: SubjectID, generation: UInt64, role: Role, keyID: [UInt8],
        bodyDigest: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: 160)
        writer.prefixed(deployment.bytes)
        writer.prefixed(record.bytes)
        writer.prefixed(subject.bytes)
        writer.u32(8)
        writer.u64(generation)
        writer.prefixed([role.rawValue])
        writer.prefixed(keyID)
        writer.prefixed(bodyDigest)
        return writer.bytes
    }
}
