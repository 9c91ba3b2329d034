import Clibsodium

/// Elements that are secret: what two parties share, or a part of a threshold decryption. 32 bytes each, in guarded memory.
extension Ristretto255 {
    /// `scalar · element`, where the product must not be seen.
    ///
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless the element is canonical and the product not the identity.
    package static func agree(_ element: [UInt8], by scalar: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        guard hasElementShape(element), scalar.count == 32 else { throw secretRefusal }
        return try SecretBytes(count: 32) { target throws(CryptoError) in
            let result = scalar.withUnsafeBytes { scalar in
                crypto_scalarmult_ristretto255(bytes(target), bytes(scalar), element)
            }
            guard result == 0 else { throw secretRefusal }
        }
    }

    /// `scalar · element` of a secret element and a scalar that everyone knows.
    package static func multiply(_ element: borrowing SecretBytes, byPublic scalar: [UInt8]) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        guard hasElementShape(element), scalar.count == 32 else { throw secretRefusal }
        return try SecretBytes(count: 32) { target throws(CryptoError) in
            let result = element.withUnsafeBytes { element in
                crypto_scalarmult_ristretto255(bytes(target), scalar, bytes(element))
            }
            guard result == 0 else { throw secretRefusal }
        }
    }

    /// The sum of two secret elements.
    package static func add(_ left: borrowing SecretBytes, _ right: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
        Sodium.ready()
        guard hasElementShape(left), hasElementShape(right) else { throw secretRefusal }
        return try SecretBytes(count: 32) { target throws(CryptoError) in
            let result = left.withUnsafeBytes { left in
                right.withUnsafeBytes { right in crypto_core_ristretto255_add(bytes(target), bytes(left), bytes(right)) }
            }
            guard result == 0 else { throw secretRefusal }
        }
    }

    /// `a·G − b·element` of public scalars, as the verifier of a proof computes it.
    package static func difference(_ a: [UInt8], _ b: [UInt8], times element: [UInt8]) throws(CryptoError) -> [UInt8] {
        try subtract(try publicElement(ofPublic: a), try multiplyPublic(element, by: b))
    }

    /// `a·base − b·element` of public scalars.
    package static func difference(
        _ a: [UInt8], times base: [UInt8], _ b: [UInt8], times element: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        try subtract(try multiplyPublic(base, by: a), try multiplyPublic(element, by: b))
    }

    /// `a·base − b·element` of public scalars and a secret element; the difference is the other side's to know.
    package static func difference(
        _ a: [UInt8], times base: [UInt8], _ b: [UInt8], timesSecret element: borrowing SecretBytes
    ) throws(CryptoError) -> [UInt8] {
        let product = try multiply(element, byPublic: b)
        let minuend = try multiplyPublic(base, by: a)
        return try product.withUnsafeBytes { product throws(CryptoError) in
            var difference = identity
            guard crypto_core_ristretto255_sub(&difference, minuend, bytes(product)) == 0 else { throw secretRefusal }
            return difference
        }
    }

    /// As of public ones: libsodium 1.0.18 ignores the highest bit, so whoever gives an element away could give it two encodings.
    private static func hasElementShape(_ element: borrowing SecretBytes) -> Bool {
        element.count == 32 && element.withUnsafeBytes { $0[31] < 0x80 }
    }

    private static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8> {
        buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    }

    private static func bytes(_ buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8> {
        buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    }

    private static var secretRefusal: CryptoError {
        CryptoError(.invalidEncoding, "Bytes are no element of the group, or the result is its identity.")
    }
}
