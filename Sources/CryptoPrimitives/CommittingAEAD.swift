package import RecordStorage

/// A box that opens under one key alone: XChaCha20-Poly1305 preceded by a 32-byte commitment to key, nonce and context.
///
/// Plain Poly1305 lets somebody make a ciphertext that opens under two keys; wherever a key is chosen by what arrives
/// (tokens, keyring files, wrapped keys) that becomes a guessing oracle. One BLAKE2b-512 over key and nonce gives the
/// encryption key and the commitment. Layout: nonce 24, commitment 32, ciphertext, tag 16.
package enum CommittingAEAD {
    /// Bytes added to the plaintext.
    package static let overhead = AEAD.nonceLength + 32 + AEAD.tagLength

    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: borrowing SecretBytes, label: StaticString, context: [UInt8], random: some RandomSource
    ) -> [UInt8] {
        let nonce = random.bytes(AEAD.nonceLength)
        let both = derive(key: key, label: label, nonce: nonce, context: context)
        let sealed = AEAD.seal(plaintext, key: both.slice(0, 32), nonce: nonce, associatedData: context)
        return nonce + both.slice(32, 32).withUnsafeBytes { Array($0) } + sealed
    }

    package static func seal(
        _ plaintext: borrowing SecretBytes, key: borrowing SecretBytes, label: StaticString, context: [UInt8], random: some RandomSource
    ) -> [UInt8] {
        plaintext.withUnsafeBytes { seal($0, key: key, label: label, context: context, random: random) }
    }

    /// - Throws: ``CryptoError`` with code `.authenticationFailed`.
    package static func open(
        _ box: [UInt8], key: borrowing SecretBytes, label: StaticString, context: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        guard box.count >= overhead else {
            throw CryptoError(.authenticationFailed, "A sealed value is shorter than its own overhead; it was cut.")
        }
        let nonce = Array(box[..<AEAD.nonceLength])
        let commitment = Array(box[AEAD.nonceLength..<AEAD.nonceLength + 32])
        let both = derive(key: key, label: label, nonce: nonce, context: context)
        let matches = both.slice(32, 32).withUnsafeBytes { expected in
            commitment.withUnsafeBytes { constantTimeEquals(expected, $0) }
        }
        guard matches else {
            throw CryptoError(.authenticationFailed, "A sealed value does not belong to this key and context.")
        }
        return try AEAD.open(box[(AEAD.nonceLength + 32)...], key: both.slice(0, 32), nonce: nonce, associatedData: context)
    }

    private static func derive(key: borrowing SecretBytes, label: StaticString, nonce: [UInt8], context: [UInt8]) -> SecretBytes {
        var hash = BLAKE2b(label: label, key: key, length: 64)
        hash.append(nonce)
        hash.append(context)
        return hash.finishSecret()
    }
}
