package import CryptoPrimitives
package import RecordStorage

/// A data-encryption key that only a quorum opens: a TDH2 ciphertext, 208 bytes.
///
/// `u`, `ū`, `e`, `f` (32 bytes each), the key under an AEAD 48, a commitment to it 32. With `r`, `s` drawn: `u = rG`, `ū = rḠ`,
/// `K ‖ C = BLAKE2b-512(LP("SPNI/v1/tdh2-kem") LP(X) LP(u) LP(rX) LP(label))`, `e = H(X, c, label, u, sG, ū, sḠ)`, `f = s + re`.
/// `e` and `f` prove that whoever sealed knew `r` and meant this label, so nobody can have another record's key decrypted under the
/// name of this one. Anyone can check it; only shares of both levels together open it.
package struct ThresholdCiphertext: Hashable, Sendable {
    package static let length = 208

    /// 32 bytes; what decryption shares are multiples of.
    package let u: [UInt8]
    private let uBar: [UInt8]
    private let e: [UInt8]
    private let f: [UInt8]
    /// Ciphertext and tag 48, commitment 32.
    private let sealed: [UInt8]

    /// Seals 32 bytes to a quorum's key, bound to `label`.
    package init(
        sealing dataKey: borrowing SecretBytes, to key: QuorumKey, label: [UInt8], random: some RandomSource
    ) throws(VaultError) {
        precondition(dataKey.count == 32, "A data-encryption key has 32 bytes.")
        let r = Ristretto255.scalar(random: random)
        let s = Ristretto255.scalar(random: random)
        do {
            u = try Ristretto255.publicElement(of: r)
            uBar = try Ristretto255.multiply(key.secondGenerator, by: r)
            let both = Self.derive(key, u, try Ristretto255.agree(key.element, by: r), label)
            sealed =
                dataKey.withUnsafeBytes { AEAD.seal($0, key: both.slice(0, 32), nonce: Self.nonce, associatedData: label) }
                + both.slice(32, 32).withUnsafeBytes { Array($0) }
            e = Self.challenge(
                key, sealed, label, u, try Ristretto255.publicElement(of: s), uBar, try Ristretto255.multiply(key.secondGenerator, by: s))
            f = RistrettoScalar.multiplyAdd(e, r, s).withUnsafeBytes { Array($0) }
        } catch {
            throw VaultError(.refused, "The quorum's key is no usable key: take the roster that the custodians signed.")
        }
    }

    /// - Throws: ``VaultError`` with code `.refused` unless there are 208 bytes with canonical encodings.
    package init(bytes: [UInt8]) throws(VaultError) {
        guard bytes.count == Self.length else { throw Self.refusal }
        func part(_ index: Int) -> [UInt8] { Array(bytes[index * 32..<index * 32 + 32]) }
        (u, uBar, e, f) = (part(0), part(1), part(2), part(3))
        sealed = Array(bytes[128...])
        guard Ristretto255.isElement(u), Ristretto255.isElement(uBar), RistrettoScalar.isCanonical(e), RistrettoScalar.isCanonical(f) else {
            throw Self.refusal
        }
    }

    package var bytes: [UInt8] { u + uBar + e + f + sealed }

    /// Checks that it was made for this key and label, by someone who knew what is in it.
    ///
    /// Everyone who is asked for a share does this first. - Throws: ``VaultError`` with code `.refused`.
    package func verify(key: QuorumKey, label: [UInt8]) throws(VaultError) {
        guard let w = try? Ristretto255.difference(f, e, times: u),
            let wBar = try? Ristretto255.difference(f, times: key.secondGenerator, e, times: uBar),
            Self.challenge(key, sealed, label, u, w, uBar, wBar) == e
        else { throw Self.refusal }
    }

    /// Opens it with what the shares add up to.
    ///
    /// - Parameter shared: `rX`, 32 bytes.
    /// - Throws: ``VaultError`` with code `.refused`.
    func open(with shared: borrowing SecretBytes, key: QuorumKey, label: [UInt8]) throws(VaultError) -> SecretBytes {
        let both = Self.derive(key, u, shared, label)
        let matches = both.slice(32, 32).withUnsafeBytes { expected in
            sealed[48...].withUnsafeBytes { constantTimeEquals(expected, $0) }
        }
        guard matches else { throw Self.refusal }
        do {
            return try AEAD.open(sealed[..<48], key: both.slice(0, 32), nonce: Self.nonce, associatedData: label)
        } catch {
            throw Self.refusal
        }
    }

    /// Zero: the key is used once.
    private static let nonce = [UInt8](repeating: 0, count: AEAD.nonceLength)

    private static func derive(_ key: QuorumKey, _ u: [UInt8], _ shared: borrowing SecretBytes, _ label: [UInt8]) -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/tdh2-kem", length: 64)
        hash.append(key.element)
        hash.append(u)
        hash.append(shared)
        hash.append(label)
        return hash.finishSecret()
    }

    private static func challenge(
        _ key: QuorumKey, _ sealed: [UInt8], _ label: [UInt8], _ u: [UInt8], _ w: [UInt8], _ uBar: [UInt8], _ wBar: [UInt8]
    ) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/tdh2-challenge", length: 64)
        for field in [key.element, sealed, label, u, w, uBar, wBar] { hash.append(field) }
        return RistrettoScalar.reduce(hash.finish())
    }

    private static var refusal: VaultError {
        VaultError(.refused, "The envelope was not made for this record and quorum, or was changed.")
    }
}
