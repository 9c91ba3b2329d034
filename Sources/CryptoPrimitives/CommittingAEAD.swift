import Clibsodium
package import RecordStorage

/// A box that opens under one key alone: XChaCha20-Poly1305 preceded by a 32-byte commitment to key, nonce and context.
///
/// Plain Poly1305 lets somebody make a ciphertext that opens under two keys; wherever a key is chosen by what arrives
/// (tokens, keyring files, wrapped keys) that becomes a guessing oracle. One BLAKE2b-512 over key and nonce gives the
/// encryption key and the commitment. Layout: nonce 24, commitment 32, ciphertext, tag 16.
package enum CommittingAEAD {
    private static let commitmentLength = 32
    /// Bytes added to the plaintext.
    package static let overhead = AEAD.nonceLength + commitmentLength + AEAD.tagLength

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
        try SecretBytes(count: try plaintextLength(box.count)) { target throws(CryptoError) in
            if let refusal = box.withUnsafeBytes({ open($0, into: target, key, label, context) }) { throw refusal }
        }
    }

    /// Opens the box that begins at `start`, where what is in it is no secret.
    ///
    /// - Throws: ``CryptoError`` with code `.authenticationFailed`.
    package static func openPublic(
        _ bytes: [UInt8], from start: Int, key: borrowing SecretBytes, label: StaticString, context: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        let length = try plaintextLength(bytes.count - start)
        // Grown by appending: the other ways ask the runtime for the array's type each time.
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(length)
        plaintext.append(contentsOf: bytes[(start + overhead)...])
        let refusal = plaintext.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { open(UnsafeRawBufferPointer(rebasing: $0[start...]), into: target, key, label, context) }
        }
        if let refusal { throw refusal }
        return plaintext
    }

    private static func plaintextLength(_ boxLength: Int) throws(CryptoError) -> Int {
        guard boxLength >= overhead else {
            throw CryptoError(.authenticationFailed, "A sealed value is shorter than its own overhead; it was cut.")
        }
        return boxLength - overhead
    }

    /// What is derived is on the stack while it is used, and wiped there: guarded slots for each of it took longer than the cipher.
    ///
    /// - Returns: why the box does not open; `nil` when it does.
    private static func open(
        _ box: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ key: borrowing SecretBytes, _ label: StaticString,
        _ context: [UInt8]
    ) -> CryptoError? {
        Sodium.ready()
        let start = box.baseAddress!.assumingMemoryBound(to: UInt8.self)
        let (commitment, ciphertext) = (start + AEAD.nonceLength, start + AEAD.nonceLength + commitmentLength)
        return withTemporaryBytes(AEAD.keyLength + commitmentLength) { both in
            defer {
                sodium_memzero(both.baseAddress!, both.count)
                Sodium.clearRegisters()
            }
            BLAKE2b.onStack(label: label, key: key, length: both.count) { hash in
                var hash = hash
                hash.append(UnsafeRawBufferPointer(start: start, count: AEAD.nonceLength))
                hash.append(context)
                hash.finish(into: both)
            }
            let derived = both.baseAddress!.assumingMemoryBound(to: UInt8.self)
            guard sodium_memcmp(derived + AEAD.keyLength, commitment, commitmentLength) == 0 else {
                return CryptoError(.authenticationFailed, "A sealed value does not belong to this key and context.")
            }
            let result = crypto_aead_xchacha20poly1305_ietf_decrypt(
                target.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil, ciphertext,
                UInt64(box.count - AEAD.nonceLength - commitmentLength), context, UInt64(context.count), start, derived)
            return result == 0 ? nil : AEAD.refusal
        }
    }

    private static func derive(key: borrowing SecretBytes, label: StaticString, nonce: [UInt8], context: [UInt8]) -> SecretBytes {
        var hash = BLAKE2b(label: label, key: key, length: 64)
        hash.append(nonce)
        hash.append(context)
        return hash.finishSecret()
    }
}
