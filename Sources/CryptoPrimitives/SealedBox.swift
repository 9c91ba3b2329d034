package import RecordStorage

/// A box that anyone can seal to a public key and only the holder of the secret half opens; commits to its key.
///
/// Layout: ephemeral X25519 public key 32, ciphertext and tag `plaintext.count + 16`, commitment 32.
/// `K ‖ C = BLAKE2b-512(LP(label) LP(ephemeral) LP(public key) LP(shared secret) LP(context))`, nonce zero (the key is
/// used once), the context is associated data as well. libsodium's own sealed box has neither context nor commitment.
package enum SealedBox {
    /// Bytes added to the plaintext.
    package static let overhead = 32 + AEAD.tagLength + 32
    private static let nonce = [UInt8](repeating: 0, count: AEAD.nonceLength)

    /// - Throws: ``CryptoError`` with code `.invalidEncoding` when the public key is no usable point.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, to publicKey: [UInt8], label: StaticString, context: [UInt8], random: some RandomSource
    ) throws(CryptoError) -> [UInt8] {
        let secret = SecretBytes(random: random)
        let ephemeral = X25519.publicKey(of: secret)
        let shared = try X25519.agree(secret: secret, publicKey: publicKey)
        let both = derive(label, ephemeral, publicKey, shared, context)
        let sealed = AEAD.seal(plaintext, key: both.slice(0, 32), nonce: nonce, associatedData: context)
        return ephemeral + sealed + both.slice(32, 32).withUnsafeBytes { Array($0) }
    }

    /// - Throws: ``CryptoError`` with code `.authenticationFailed`.
    package static func open(
        _ box: [UInt8], with secret: borrowing SecretBytes, label: StaticString, context: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        let refusal = CryptoError(.authenticationFailed, "A sealed box does not belong to this key and context.")
        guard box.count >= overhead else { throw refusal }
        let ephemeral = Array(box[..<32])
        let shared: SecretBytes
        do { shared = try X25519.agree(secret: secret, publicKey: ephemeral) } catch { throw refusal }
        let both = derive(label, ephemeral, X25519.publicKey(of: secret), shared, context)
        let commitment = Array(box[(box.count - 32)...])
        let matches = both.slice(32, 32).withUnsafeBytes { expected in
            commitment.withUnsafeBytes { constantTimeEquals(expected, $0) }
        }
        guard matches else { throw refusal }
        return try AEAD.open(box[32..<box.count - 32], key: both.slice(0, 32), nonce: nonce, associatedData: context)
    }

    private static func derive(
        _ label: StaticString, _ ephemeral: [UInt8], _ publicKey: [UInt8], _ shared: borrowing SecretBytes, _ context: [UInt8]
    ) -> SecretBytes {
        var hash = BLAKE2b(label: label, length: 64)
        hash.append(ephemeral)
        hash.append(publicKey)
        hash.append(shared)
        hash.append(context)
        return hash.finishSecret()
    }
}
