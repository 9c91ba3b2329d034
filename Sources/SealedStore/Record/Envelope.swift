package import CryptoPrimitives
package import RecordStorage

/// The data-encryption key of one body, sealed to one opener.
package struct Envelope: Hashable, Sendable {
    /// Who opens it. Other roles are refused by this version.
    package enum Role: UInt8, Sendable {
        /// The isolated sender, for one message at a time.
        case sender = 2
    }

    /// Bytes of ``box``.
    package static let boxLength = 32 + SealedBox.overhead

    package let role: Role
    /// Which key of the role: the first 16 bytes of its public key's hash.
    package let keyID: [UInt8]
    /// Sender: 112 bytes, a ``SealedBox`` of the 32-byte key.
    package let box: [UInt8]

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

    /// - Throws: ``VaultError`` with code `.refused` when key, body or envelope do not belong together.
    package func open(for body: SealedBody, with secret: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
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

    /// LP(deployment) LP(record) LP(subject) LP(generation u64) LP(role u8) LP(key id) LP(body digest).
    package static func label(for body: SealedBody, role: Role, keyID: [UInt8]) -> [UInt8] {
        var generation = ByteWriter()
        generation.u64(body.header.generation)
        var writer = ByteWriter(capacity: 160)
        writer.prefixed(body.header.deployment.bytes)
        writer.prefixed(body.header.record.bytes)
        writer.prefixed(body.header.subject.bytes)
        writer.prefixed(generation.bytes)
        writer.prefixed([role.rawValue])
        writer.prefixed(keyID)
        writer.prefixed(body.digest)
        return writer.bytes
    }
}
