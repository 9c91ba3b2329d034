import Clibsodium

/// Sums and products of elements, for protocols above the group. Source: RFC 9496 §4.
extension Ristretto255 {
    /// The encoding of the identity: 32 zero bytes. ``add(_:_:)`` and ``subtract(_:_:)`` take and give it, nothing else does.
    package static let identity = [UInt8](repeating: 0, count: 32)

    /// The encoding of the generator G, 32 bytes. Source: RFC 9496 A.1.
    package static let generator: [UInt8] = [
        0xE2, 0xF2, 0xAE, 0x0A, 0x6A, 0xBC, 0x4E, 0x71, 0xA8, 0x84, 0xA9, 0x61, 0xC5, 0x00, 0x51, 0x5F,
        0x58, 0xE3, 0x0B, 0x6A, 0xA5, 0x82, 0xDD, 0x8D, 0xB6, 0xA6, 0x59, 0x45, 0xE0, 0x8D, 0x2D, 0x76,
    ]

    /// Whether the bytes are the one encoding of an element, and not the identity. Ask it of every element that comes from outside.
    package static func isElement(_ bytes: [UInt8]) -> Bool {
        Sodium.ready()
        guard hasElementShape(bytes), bytes != identity else { return false }
        return crypto_core_ristretto255_is_valid_point(bytes) == 1
    }

    /// 32 bytes with the highest bit clear. libsodium 1.0.18 ignores that bit: each element would have two encodings.
    static func hasElementShape(_ bytes: [UInt8]) -> Bool {
        bytes.count == 32 && bytes[31] < 0x80
    }

    /// `a + b`; 32 bytes, the identity among them.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless both are canonical.
    package static func add(_ a: [UInt8], _ b: [UInt8]) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        var sum = identity
        guard hasElementShape(a), hasElementShape(b), crypto_core_ristretto255_add(&sum, a, b) == 0 else { throw noElement }
        return sum
    }

    /// `a - b`; 32 bytes, the identity among them.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless both are canonical.
    package static func subtract(_ a: [UInt8], _ b: [UInt8]) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        var difference = identity
        guard hasElementShape(a), hasElementShape(b), crypto_core_ristretto255_sub(&difference, a, b) == 0 else { throw noElement }
        return difference
    }

    /// `scalar · element` for a scalar that is no secret; 32 bytes.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless the element and the scalar (32 bytes) are canonical and the
    ///   product is not the identity.
    package static func multiplyPublic(_ element: [UInt8], by scalar: [UInt8]) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        var product = identity
        guard hasElementShape(element), RistrettoScalar.isCanonical(scalar),
            crypto_scalarmult_ristretto255(&product, scalar, element) == 0
        else { throw noElement }
        return product
    }

    /// `scalar · G` for a scalar that is no secret; 32 bytes.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless the scalar (32 bytes) is canonical and not zero.
    package static func publicElement(ofPublic scalar: [UInt8]) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        var product = identity
        guard RistrettoScalar.isCanonical(scalar), crypto_scalarmult_ristretto255_base(&product, scalar) == 0 else { throw noElement }
        return product
    }

    /// The element that 64 uniform bytes stand for. Source: RFC 9496 §4.3.4.
    package static func element(fromUniform bytes: [UInt8]) -> [UInt8] {
        Sodium.ready()
        precondition(bytes.count == 64, "An element is made of 64 uniform bytes.")
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            crypto_core_ristretto255_from_hash(buffer.baseAddress!, bytes)
            initialized = 32
        }
    }

    private static var noElement: CryptoError {
        CryptoError(.invalidEncoding, "Bytes are no element of the group or no scalar, or the product is the identity.")
    }
}

/// Integers modulo the group's order, 32 bytes little-endian. Source: RFC 9496 §4.4.
///
/// Public ones are arrays, secret ones ``SecretBytes``; what is made of a secret one is secret. Every scalar that is given has
/// 32 bytes and every one that is returned is canonical.
package enum RistrettoScalar {
    package static let zero = [UInt8](repeating: 0, count: 32)
    package static let one: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)

    /// 2^252 + 27742317777372353535851937790883648493, little-endian.
    private static let order: [UInt8] = [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
    ]

    /// Whether a public scalar is the one encoding of its value: 32 bytes below the group's order. Zero is, unless refused.
    package static func isCanonical(_ scalar: [UInt8], allowingZero: Bool = true) -> Bool {
        guard scalar.count == 32, allowingZero || scalar != zero else { return false }
        return scalar.reversed().lexicographicallyPrecedes(order.reversed())
    }

    /// A small index as a scalar, such as the number of a share.
    package static func of(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } + [UInt8](repeating: 0, count: 28)
    }

    /// The scalar that 64 bytes, little-endian, are modulo the order; uniform if they are.
    package static func reduce(_ wide: [UInt8]) -> [UInt8] {
        Sodium.ready()
        precondition(wide.count == 64, "A scalar is reduced from 64 bytes.")
        return array { crypto_core_ristretto255_scalar_reduce($0, wide) }
    }

    /// `a + b`
    package static func add(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        check(a.count, b.count)
        return array { crypto_core_ristretto255_scalar_add($0, a, b) }
    }

    /// `a - b`
    package static func subtract(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        check(a.count, b.count)
        return array { crypto_core_ristretto255_scalar_sub($0, a, b) }
    }

    /// `a · b`
    package static func multiply(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        check(a.count, b.count)
        return array { crypto_core_ristretto255_scalar_mul($0, a, b) }
    }

    /// `-a`
    package static func negate(_ a: [UInt8]) -> [UInt8] {
        check(a.count)
        return array { crypto_core_ristretto255_scalar_negate($0, a) }
    }

    /// `1 / a`
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` for zero.
    package static func invert(_ a: [UInt8]) throws(CryptoError) -> [UInt8] {
        check(a.count)
        var result: Int32 = 0
        let inverse = array { result = crypto_core_ristretto255_scalar_invert($0, a) }
        guard result == 0 else { throw zeroHasNoInverse }
        return inverse
    }

    private static func check(_ counts: Int...) {
        Sodium.ready()
        precondition(counts.allSatisfy { $0 == 32 }, "A scalar has 32 bytes.")
    }

    private static func array(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            fill(buffer.baseAddress!)
            initialized = 32
        }
    }

    private static var zeroHasNoInverse: CryptoError { CryptoError(.invalidEncoding, "Zero has no inverse.") }
}

/// The same for secrets, in constant time.
extension RistrettoScalar {
    /// The scalar that 64 secret bytes, little-endian, are modulo the order; uniform if they are.
    package static func reduce(_ wide: borrowing SecretBytes) -> SecretBytes {
        precondition(wide.count == 64, "A scalar is reduced from 64 bytes.")
        return secret { target in wide.withBytes { crypto_core_ristretto255_scalar_reduce(target, $0) } }
    }

    /// `a + b`
    package static func add(_ a: borrowing SecretBytes, _ b: borrowing SecretBytes) -> SecretBytes {
        check(a.count, b.count)
        return secret { target in a.withBytes { a in b.withBytes { b in crypto_core_ristretto255_scalar_add(target, a, b) } } }
    }

    /// `a - b`
    package static func subtract(_ a: borrowing SecretBytes, _ b: borrowing SecretBytes) -> SecretBytes {
        check(a.count, b.count)
        return secret { target in a.withBytes { a in b.withBytes { b in crypto_core_ristretto255_scalar_sub(target, a, b) } } }
    }

    /// `a · b`
    package static func multiply(_ a: borrowing SecretBytes, _ b: borrowing SecretBytes) -> SecretBytes {
        check(a.count, b.count)
        return secret { target in a.withBytes { a in b.withBytes { b in crypto_core_ristretto255_scalar_mul(target, a, b) } } }
    }

    /// `a · b` with a public factor.
    package static func multiply(_ a: [UInt8], _ b: borrowing SecretBytes) -> SecretBytes {
        check(a.count, b.count)
        return secret { target in b.withBytes { b in crypto_core_ristretto255_scalar_mul(target, a, b) } }
    }

    /// `a · b + c`
    package static func multiplyAdd(
        _ a: borrowing SecretBytes, _ b: borrowing SecretBytes, _ c: borrowing SecretBytes
    ) -> SecretBytes {
        add(multiply(a, b), c)
    }

    /// `a · b + c` with a public factor, as in a polynomial at a public place.
    package static func multiplyAdd(_ a: [UInt8], _ b: borrowing SecretBytes, _ c: borrowing SecretBytes) -> SecretBytes {
        add(multiply(a, b), c)
    }

    /// `-a`
    package static func negate(_ a: borrowing SecretBytes) -> SecretBytes {
        check(a.count)
        return secret { target in a.withBytes { crypto_core_ristretto255_scalar_negate(target, $0) } }
    }

    /// `1 / a`
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` for zero.
    package static func invert(_ a: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
        check(a.count)
        var result: Int32 = 0
        let inverse = secret { target in a.withBytes { result = crypto_core_ristretto255_scalar_invert(target, $0) } }
        guard result == 0 else { throw zeroHasNoInverse }
        return inverse
    }

    private static func secret(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> SecretBytes {
        Sodium.ready()
        let result = SecretBytes(count: 32) { fill($0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
        // libsodium adds and negates in buffers on the stack that it does not wipe.
        sodium_stackzero(1_024)
        return result
    }
}

extension SecretBytes {
    fileprivate borrowing func withBytes(_ body: (UnsafePointer<UInt8>) -> Void) {
        withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
    }
}
