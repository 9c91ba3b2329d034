import Clibsodium

/// X25519. Source: RFC 7748.
package enum X25519 {
    /// The public half of a 32-byte secret.
    package static func publicKey(of secret: borrowing SecretBytes) -> [UInt8] {
        Sodium.ready()
        precondition(secret.count == 32, "A secret has 32 bytes.")
        return secret.withUnsafeBytes { secret in
            [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
                crypto_scalarmult_base(buffer.baseAddress!, secret.baseAddress!.assumingMemoryBound(to: UInt8.self))
                initialized = 32
            }
        }
    }

    /// What both sides can compute. - Throws: ``CryptoError`` with code `.invalidEncoding` for a point of low order.
    package static func agree(secret: borrowing SecretBytes, publicKey: [UInt8]) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        let refusal = CryptoError(.invalidEncoding, "A public key is not a usable X25519 point.")
        guard publicKey.count == 32, secret.count == 32 else { throw refusal }
        return try SecretBytes(count: 32) { target throws(CryptoError) in
            let result = secret.withUnsafeBytes { secret in
                crypto_scalarmult(
                    target.baseAddress!.assumingMemoryBound(to: UInt8.self), secret.baseAddress!.assumingMemoryBound(to: UInt8.self),
                    publicKey)
            }
            guard result == 0 else { throw refusal }
        }
    }
}
