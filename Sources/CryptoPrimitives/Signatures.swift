import Clibsodium

/// An Ed25519 key that signs. Source: RFC 8032.
public struct SigningKey: ~Copyable, Sendable {
    private let secret: SecretBytes
    /// 32 bytes.
    public let publicKey: [UInt8]

    /// From a 32-byte seed, the form in which it is kept.
    public init(seed: borrowing SecretBytes) {
        Sodium.ready()
        precondition(seed.count == 32, "A seed has 32 bytes.")
        var publicKey = [UInt8](repeating: 0, count: 32)
        secret = SecretBytes(count: 64) { secret in
            seed.withUnsafeBytes { seed in
                _ = crypto_sign_seed_keypair(
                    &publicKey, secret.baseAddress!.assumingMemoryBound(to: UInt8.self),
                    seed.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
        }
        self.publicKey = publicKey
    }

    /// - Returns: 64 bytes.
    public borrowing func sign(_ message: [UInt8]) -> [UInt8] {
        secret.withUnsafeBytes { secret in
            [UInt8](unsafeUninitializedCapacity: 64) { buffer, initialized in
                crypto_sign_detached(
                    buffer.baseAddress!, nil, message, UInt64(message.count), secret.baseAddress!.assumingMemoryBound(to: UInt8.self))
                initialized = 64
            }
        }
    }
}

/// Checks Ed25519 signatures.
public enum SignatureVerification {
    /// Whether `signature` (64 bytes) over `message` was made by the key whose public half is `publicKey` (32 bytes).
    public static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        Sodium.ready()
        guard signature.count == 64, publicKey.count == 32 else { return false }
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
    }
}
