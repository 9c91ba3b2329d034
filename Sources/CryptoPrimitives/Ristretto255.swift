import Clibsodium
package import RecordStorage

/// The ristretto255 group: prime order, one canonical 32-byte encoding for each element. Source: RFC 9496.
package enum Ristretto255 {
    /// An element that nobody knows the discrete logarithm of. Source: RFC 9497 §4.1, RFC 9380 §5.3.1 (expand_message_xmd).
    ///
    /// The domain of RFC 9497's OPRF mode keeps tags the same when the evaluation moves behind a blinded protocol.
    ///
    /// - Parameter domain: at most 255 bytes.
    package static func hashToGroup(
        _ message: [UInt8], domain: [UInt8] = Array("HashToGroup-".utf8) + VOPRF.Mode.oprf.context
    ) -> [UInt8] {
        element(fromUniform: expand(message, domain: domain))
    }

    /// A scalar that hashing gives, uniform; 32 bytes. Source: RFC 9497 §4.1.
    ///
    /// - Parameter domain: at most 255 bytes.
    package static func hashToScalar(_ message: [UInt8], domain: [UInt8]) -> [UInt8] {
        RistrettoScalar.reduce(expand(message, domain: domain))
    }

    /// 64 uniform bytes: one block of expand_message_xmd with SHA-512.
    private static func expand(_ message: [UInt8], domain: [UInt8]) -> [UInt8] {
        precondition(domain.count <= 255, "A domain has at most 255 bytes.")
        let suffix = domain + [UInt8(domain.count)]
        let first = SHA512.hash([UInt8](repeating: 0, count: 128) + message + [0, 64, 0] + suffix)
        return SHA512.hash(first + [1] + suffix)
    }

    /// A scalar that is uniform and not zero, from 64 random bytes. 32 bytes.
    package static func scalar(random: some RandomSource) -> SecretBytes {
        Sodium.ready()
        let wide = SecretBytes(count: 64, random: random)
        return SecretBytes(count: 32) { target in
            wide.withUnsafeBytes { wide in
                crypto_core_ristretto255_scalar_reduce(
                    target.baseAddress!.assumingMemoryBound(to: UInt8.self), wide.baseAddress!.assumingMemoryBound(to: UInt8.self))
            }
        }
    }

    /// `scalar · element`. - Throws: ``CryptoError`` with code `.invalidEncoding` unless the element is canonical and the product not the identity.
    package static func multiply(_ element: [UInt8], by scalar: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        let refusal = CryptoError(.invalidEncoding, "Bytes are no element of the group, or the product is its identity.")
        guard hasElementShape(element), scalar.count == 32 else { throw refusal }
        var product = [UInt8](repeating: 0, count: 32)
        let result = scalar.withUnsafeBytes { scalar in
            crypto_scalarmult_ristretto255(&product, scalar.baseAddress!.assumingMemoryBound(to: UInt8.self), element)
        }
        guard result == 0 else { throw refusal }
        return product
    }

    /// `scalar · G`, the public half of a scalar.
    package static func publicElement(of scalar: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        Sodium.ready()
        var product = [UInt8](repeating: 0, count: 32)
        let result = scalar.withUnsafeBytes { scalar in
            crypto_scalarmult_ristretto255_base(&product, scalar.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        guard result == 0 else { throw CryptoError(.invalidEncoding, "A scalar is not zero.") }
        return product
    }
}
