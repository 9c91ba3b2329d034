import Clibsodium

/// SHA-256, for the Merkle tree and for texts that were shown. Source: FIPS 180-4.
package enum SHA256 {
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        Sodium.ready()
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            crypto_hash_sha256(buffer.baseAddress!, bytes, UInt64(bytes.count))
            initialized = 32
        }
    }

    /// The same of bytes that are elsewhere.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        Sodium.ready()
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            crypto_hash_sha256(buffer.baseAddress!, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
            initialized = 32
        }
    }
}

/// SHA-512, for hashing to the group. Source: FIPS 180-4.
package enum SHA512 {
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        Sodium.ready()
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, initialized in
            crypto_hash_sha512(buffer.baseAddress!, bytes, UInt64(bytes.count))
            initialized = 64
        }
    }
}

/// HMAC-SHA-256 under a 32-byte key, for one-time codes. Source: RFC 2104, RFC 4226.
package enum HMACSHA256 {
    package static func authenticate(_ message: [UInt8], key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: 32) { target in message.withUnsafeBytes { write(of: $0, key, to: target) } }
    }

    /// Of a number in four bytes, big-endian.
    package static func authenticate(_ number: UInt32, key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: 32) { target in withUnsafeBytes(of: number.bigEndian) { write(of: $0, key, to: target) } }
    }

    private static func write(of message: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, to target: UnsafeMutableRawBufferPointer) {
        Sodium.ready()
        precondition(key.count == 32, "The key has 32 bytes.")
        key.withUnclearedBytes { key in
            _ = crypto_auth_hmacsha256(
                target.baseAddress!.assumingMemoryBound(to: UInt8.self), message.baseAddress?.assumingMemoryBound(to: UInt8.self),
                UInt64(message.count), key.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
    }
}

extension HMACSHA256 {
    /// Under a key of any length, for what gateways sign. Source: RFC 2104.
    package static func sign(_ message: UnsafeRawBufferPointer, key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: 32) { target in sign(message, key, to: target) }
    }

    package static func sign(_ message: [UInt8], key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: 32) { target in message.withUnsafeBytes { sign($0, key, to: target) } }
    }

    private static func sign(_ message: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, to target: UnsafeMutableRawBufferPointer) {
        Sodium.ready()
        key.withUnsafeBytes { key in
            var state = crypto_auth_hmacsha256_state()
            _ = crypto_auth_hmacsha256_init(&state, key.baseAddress!.assumingMemoryBound(to: UInt8.self), key.count)
            _ = crypto_auth_hmacsha256_update(&state, message.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(message.count))
            _ = crypto_auth_hmacsha256_final(&state, target.baseAddress!.assumingMemoryBound(to: UInt8.self))
            sodium_memzero(&state, MemoryLayout.size(ofValue: state))
        }
    }
}

/// HMAC-SHA-512 under a key of any length, for authenticator apps. Source: RFC 2104, RFC 6238.
package enum HMACSHA512 {
    package static func authenticate(_ message: [UInt8], key: borrowing SecretBytes) -> SecretBytes {
        Sodium.ready()
        return SecretBytes(count: 64) { target in
            key.withUnsafeBytes { key in
                var state = crypto_auth_hmacsha512_state()
                _ = crypto_auth_hmacsha512_init(&state, key.baseAddress!.assumingMemoryBound(to: UInt8.self), key.count)
                _ = crypto_auth_hmacsha512_update(&state, message, UInt64(message.count))
                _ = crypto_auth_hmacsha512_final(&state, target.baseAddress!.assumingMemoryBound(to: UInt8.self))
                sodium_memzero(&state, MemoryLayout.size(ofValue: state))
            }
        }
    }
}
