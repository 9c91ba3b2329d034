import Clibsodium
package import RecordStorage

/// Seals a number with XChaCha20-Poly1305 so that it opens under two keys together, and commits to both.
///
/// `K ‖ C = BLAKE2b-512(key: first, LP(label) LP(second) LP(header))`; the header, whose last 24 bytes are a nonce drawn here, is the
/// associated data too. Layout, in one piece: header, commitment C 32, ciphertext, tag 16. What is derived lives on the stack while a
/// call lasts and is wiped there, the registers once at the end: guarded slots for each of it took half as long again.
package enum TwoKeyAEAD {
    /// Bytes added to header and plaintext.
    package static let overhead = commitmentLength + AEAD.tagLength
    private static let commitmentLength = 32
    /// Room on the stack is a constant: for any other the runtime is asked each time.
    private static let headerLimit = 128
    private static let labelLimit = 32

    /// - Parameter fields: the header's, up to its nonce.
    package static func seal(
        _ number: borrowing SecretNumber, fields: [UInt8], first: borrowing SecretBytes, second: borrowing SecretBytes,
        label: StaticString, random: some RandomSource
    ) -> [UInt8] {
        let headerLength = fields.count + AEAD.nonceLength
        precondition(headerLength <= headerLimit, "A header has at most \(headerLimit) bytes.")
        return withTemporaryBytes(headerLimit + overhead + SecretNumber.plaintextLength) { memory in
            let sealed = UnsafeMutableRawBufferPointer(rebasing: memory[..<(headerLength + overhead + SecretNumber.plaintextLength)])
            fields.withUnsafeBytes { sealed.copyMemory(from: $0) }
            random.fill(UnsafeMutableRawBufferPointer(rebasing: sealed[fields.count..<headerLength]))
            let start = sealed.baseAddress!.assumingMemoryBound(to: UInt8.self)
            number.withUnclearedPlaintext { seal($0, headerLength, in: start, first, second, label) }
            Sodium.clearRegisters()
            // Every other way to make an array looks into the runtime's tables of types here, which takes longer than the copy.
            var array: [UInt8] = []
            array.reserveCapacity(sealed.count)
            array.append(contentsOf: sealed)
            return array
        }
    }

    /// - Throws: ``CryptoError`` with code `.authenticationFailed` when anything differs from what was sealed, `.invalidEncoding` when what was
    ///   sealed is no number.
    package static func open(
        _ sealed: [UInt8], headerLength: Int, first: borrowing SecretBytes, second: borrowing SecretBytes, label: StaticString
    ) throws(CryptoError) -> SecretNumber {
        precondition(headerLength >= AEAD.nonceLength, "A header ends with a nonce.")
        guard sealed.count == headerLength + overhead + SecretNumber.plaintextLength else { throw refusal }
        return try SecretNumber(filling: { target throws(CryptoError) in
            let result = sealed.withUnsafeBufferPointer {
                open($0, headerLength, target.baseAddress!.assumingMemoryBound(to: UInt8.self), first, second, label)
            }
            guard result == 0 else { throw refusal }
        })
    }

    /// `sealed` begins with the whole header.
    private static func seal(
        _ plaintext: UnsafeRawBufferPointer, _ headerLength: Int, in sealed: UnsafeMutablePointer<UInt8>,
        _ first: borrowing SecretBytes, _ second: borrowing SecretBytes, _ label: StaticString
    ) {
        withKeys(UnsafeRawBufferPointer(start: sealed, count: headerLength), first, second, label) { key, commitment in
            UnsafeMutableRawPointer(sealed + headerLength).copyMemory(from: commitment, byteCount: commitmentLength)
            crypto_aead_xchacha20poly1305_ietf_encrypt(
                sealed + headerLength + commitmentLength, nil, plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self),
                UInt64(plaintext.count), sealed, UInt64(headerLength), nil, sealed + headerLength - AEAD.nonceLength, key)
        }
    }

    /// - Returns: 0 when it opened.
    private static func open(
        _ sealed: UnsafeBufferPointer<UInt8>, _ headerLength: Int, _ target: UnsafeMutablePointer<UInt8>,
        _ first: borrowing SecretBytes, _ second: borrowing SecretBytes, _ label: StaticString
    ) -> CInt {
        let start = sealed.baseAddress!
        let ciphertext = start + headerLength + commitmentLength
        return withKeys(UnsafeRawBufferPointer(start: start, count: headerLength), first, second, label) { key, commitment in
            guard sodium_memcmp(commitment, start + headerLength, commitmentLength) == 0 else { return -1 }
            return crypto_aead_xchacha20poly1305_ietf_decrypt(
                target, nil, nil, ciphertext, UInt64(sealed.count - headerLength - commitmentLength), start, UInt64(headerLength),
                start + headerLength - AEAD.nonceLength, key)
        }
    }

    /// Lends what both keys and the header give. The caller clears the registers.
    private static func withKeys<Value>(
        _ header: UnsafeRawBufferPointer, _ first: borrowing SecretBytes, _ second: borrowing SecretBytes, _ label: StaticString,
        _ body: (_ key: UnsafePointer<UInt8>, _ commitment: UnsafePointer<UInt8>) -> Value
    ) -> Value {
        let bothLength = AEAD.keyLength + commitmentLength
        precondition(second.count == AEAD.keyLength, "A key has 32 bytes.")
        precondition(header.count <= headerLimit && label.utf8CodeUnitCount <= labelLimit, "Header and label have room on the stack.")
        return withTemporaryBytes(AEAD.keyLength + commitmentLength + 12 + labelLimit + AEAD.keyLength + headerLimit) { memory in
            let both = UnsafeMutableRawBufferPointer(rebasing: memory[..<bothLength])
            // In one piece: each of the hash's updates costs as much as a tenth of a block.
            let length = 12 + label.utf8CodeUnitCount + AEAD.keyLength + header.count
            let fields = UnsafeMutableRawBufferPointer(rebasing: memory[bothLength..<bothLength + length])
            var end = write(UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount), at: 0, of: fields)
            end = second.withUnclearedBytes { write($0, at: end, of: fields) }
            end = write(header, at: end, of: fields)
            BLAKE2b.onStack(key: first, length: bothLength) { hash in
                var hash = hash
                hash.update(UnsafeRawBufferPointer(fields))
                hash.finish(into: both)
            }
            let key = both.baseAddress!.assumingMemoryBound(to: UInt8.self)
            let value = body(key, key + AEAD.keyLength)
            sodium_memzero(key, bothLength + length)
            return value
        }
    }

    /// LP(field).
    ///
    /// - Returns: where the next one goes.
    private static func write(_ field: UnsafeRawBufferPointer, at start: Int, of target: UnsafeMutableRawBufferPointer) -> Int {
        target.storeBytes(of: UInt32(field.count).bigEndian, toByteOffset: start, as: UInt32.self)
        UnsafeMutableRawBufferPointer(rebasing: target[(start + 4)...]).copyMemory(from: field)
        return start + 4 + field.count
    }

    private static var refusal: CryptoError {
        CryptoError(.authenticationFailed, "What was sealed was changed, or a key is not the one it was sealed under.")
    }
}
