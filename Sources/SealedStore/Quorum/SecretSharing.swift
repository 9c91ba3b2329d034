package import CryptoPrimitives
package import RecordStorage

/// Shamir's sharing of a scalar, with Feldman's commitments by which everyone can check a share. Source: Feldman, "A Practical Scheme
/// for Non-interactive Verifiable Secret Sharing" (1987), over ristretto255.
package struct SecretSharing: ~Copyable {
    /// The polynomial's coefficients, lowest first, 32 bytes each; the first is what is shared.
    private let coefficients: SecretBytes
    private let threshold: Int

    /// Shares a new random scalar.
    package init(threshold: Int, random: some RandomSource) {
        self.init(of: Ristretto255.scalar(random: random), threshold: threshold, random: random)
    }

    /// Shares a scalar: `threshold` shares give it back, fewer say nothing about it.
    ///
    /// - Parameter threshold: 1…16.
    package init(of secret: borrowing SecretBytes, threshold: Int, random: some RandomSource) {
        precondition((1...16).contains(threshold), "A level needs 1 to 16 of its people.")
        self.threshold = threshold
        coefficients = SecretBytes(count: 32 * threshold) { target in
            secret.withUnsafeBytes { target.copyMemory(from: $0) }
            for degree in 1..<max(threshold, 1) {
                let part = UnsafeMutableRawBufferPointer(rebasing: target[32 * degree..<32 * degree + 32])
                Ristretto255.scalar(random: random).withUnsafeBytes { part.copyMemory(from: $0) }
            }
        }
    }

    /// 32 bytes for each coefficient, the shared secret's first.
    package var commitments: [[UInt8]] {
        get throws(CryptoError) {
            var commitments: [[UInt8]] = []
            for degree in 0..<threshold { commitments.append(try Ristretto255.publicElement(of: coefficients.slice(32 * degree, 32))) }
            return commitments
        }
    }

    /// The polynomial's value at `index`. - Parameter index: 1…255.
    package func share(_ index: UInt8) -> SecretBytes {
        precondition(index > 0, "The value at 0 is the secret itself.")
        let position = RistrettoScalar.of(UInt32(index))
        var value = coefficients.slice(32 * (threshold - 1), 32)
        for degree in (0..<threshold - 1).reversed() {
            value = RistrettoScalar.multiplyAdd(position, value, coefficients.slice(32 * degree, 32))
        }
        return value
    }

    /// What the share `index` counts for when the shares `indices` are put together: its Lagrange coefficient at 0, a public scalar.
    package static func weight(of index: UInt8, among indices: [UInt8]) throws(VaultError) -> [UInt8] {
        guard indices.contains(index), !indices.contains(0), Set(indices).count == indices.count else {
            throw VaultError(.refused, "Shares that are put together have different indices from 1 on.")
        }
        var numerator = RistrettoScalar.one
        var denominator = RistrettoScalar.one
        let own = RistrettoScalar.of(UInt32(index))
        for other in indices where other != index {
            let position = RistrettoScalar.of(UInt32(other))
            numerator = RistrettoScalar.multiply(numerator, position)
            denominator = RistrettoScalar.multiply(denominator, RistrettoScalar.subtract(position, own))
        }
        guard let inverse = try? RistrettoScalar.invert(denominator) else { preconditionFailure("Different indices differ.") }
        return RistrettoScalar.multiply(numerator, inverse)
    }
}
