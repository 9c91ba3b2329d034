import Clibsodium

/// How hard a passphrase is to guess by machine: Argon2id's work and memory. Source: RFC 9106.
public struct PassphraseWork: Sendable, Hashable {
    /// Passes over the memory, at least 1.
    public var operations: UInt32
    /// Bytes of memory, at least 8,192.
    public var memory: UInt32

    public init(operations: UInt32, memory: UInt32) {
        self.operations = operations
        self.memory = memory
    }

    /// 3 passes over 256 MiB: about 0.6 s, once at the start of a process.
    public static let standard = Self(operations: 3, memory: 268_435_456)
    /// 1 pass over 64 KiB, for tests alone: guards nothing.
    public static let testing = Self(operations: 1, memory: 65_536)
}

extension PassphraseWork {
    /// The 32-byte key of a passphrase. - Parameter salt: 16 bytes.
    package func key(passphrase: borrowing SecretBytes, salt: [UInt8]) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        precondition(salt.count == 16, "A salt has 16 bytes.")
        let (operations, memory) = (UInt64(operations), Int(memory))
        guard operations >= 1, memory >= 8_192 else {
            throw CryptoError(.invalidEncoding, "Argon2id takes at least 1 pass over at least 8,192 bytes.")
        }
        return try SecretBytes(count: 32) { target throws(CryptoError) in
            let result = passphrase.withUnsafeBytes { passphrase in
                crypto_pwhash(
                    target.baseAddress!.assumingMemoryBound(to: UInt8.self), 32,
                    passphrase.baseAddress!.assumingMemoryBound(to: CChar.self), UInt64(passphrase.count), salt, operations, memory,
                    crypto_pwhash_ALG_ARGON2ID13)
            }
            // Argon2id leaves its answer in a buffer on the stack.
            sodium_stackzero(16_384)
            guard result == 0 else {
                throw CryptoError(.outOfMemory, "The system has not the \(memory) bytes that the passphrase's hash needs.")
            }
        }
    }
}
