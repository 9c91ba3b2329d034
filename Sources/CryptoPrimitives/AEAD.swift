import Clibsodium

/// XChaCha20-Poly1305 in the IETF form: 24-byte nonce, 16-byte tag at the end. Source: draft-irtf-cfrg-xchacha-03.
package enum AEAD {
    package static let keyLength = 32
    package static let nonceLength = 24
    package static let tagLength = 16

    /// - Returns: the ciphertext, `plaintext.count + 16` bytes.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) -> [UInt8] {
        Sodium.ready()
        precondition(key.count == keyLength && nonce.count == nonceLength, "The key has 32 bytes and the nonce 24.")
        return key.withUnsafeBytes { key in
            [UInt8](unsafeUninitializedCapacity: plaintext.count + tagLength) { buffer, initialized in
                var written: UInt64 = 0
                crypto_aead_xchacha20poly1305_ietf_encrypt(
                    buffer.baseAddress!, &written, plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(plaintext.count),
                    associatedData, UInt64(associatedData.count), nil, nonce, key.baseAddress!.assumingMemoryBound(to: UInt8.self))
                initialized = Int(written)
            }
        }
    }

    /// - Throws: ``CryptoError`` with code `.authenticationFailed` when anything differs from what was sealed.
    package static func open(
        _ ciphertext: some Collection<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        precondition(key.count == keyLength, "The key has 32 bytes.")
        let ciphertext = Array(ciphertext)
        guard nonce.count == nonceLength, ciphertext.count >= tagLength else { throw refusal }
        return try SecretBytes(count: ciphertext.count - tagLength) { target throws(CryptoError) in
            let result = key.withUnsafeBytes { key in
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    target.baseAddress!.assumingMemoryBound(to: UInt8.self), nil, nil, ciphertext, UInt64(ciphertext.count),
                    associatedData, UInt64(associatedData.count), nonce, key.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
            guard result == 0 else { throw refusal }
        }
    }

    static var refusal: CryptoError {
        CryptoError(.authenticationFailed, "The ciphertext, its associated data or its key is not the one that was sealed.")
    }
}
