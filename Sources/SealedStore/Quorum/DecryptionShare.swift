package import CryptoPrimitives
package import RecordStorage

/// One person's part of a decryption, with the proof that it is what it should be: 96 bytes, secret.
///
/// `D = s·u`, and a Chaum-Pedersen proof that `D` and the public `s·G` have one logarithm: `e = H(context, X, u, D, û, ĥ)`,
/// `f = t + s·e` with `û = t·u`, `ĥ = t·G`. The context is the digest of the request, so a share given for one request proves nothing
/// under another. Layout: D 32, e 32, f 32.
///
/// As many of these as the quorum needs, the record and its shred key are the number: never log one.
package struct DecryptionShare: ~Copyable, Sendable {
    package static let length = 96

    let element: SecretBytes
    private let e: [UInt8]
    private let f: [UInt8]

    /// Makes a share of a ciphertext that was verified.
    ///
    /// - Parameters:
    ///   - context: 32 bytes, the digest of the request.
    ///   - secret: the person's share of the level's key, a scalar.
    package init(
        of ciphertext: ThresholdCiphertext, key: QuorumKey, secret: borrowing SecretBytes, context: [UInt8], random: some RandomSource
    ) throws(VaultError) {
        let t = Ristretto255.scalar(random: random)
        guard let uHat = try? Ristretto255.multiply(ciphertext.u, by: t), let hHat = try? Ristretto255.publicElement(of: t) else {
            throw Self.refusal
        }
        let element: SecretBytes
        do { element = try Ristretto255.agree(ciphertext.u, by: secret) } catch { throw Self.refusal }
        e = Self.challenge(context, key, ciphertext, element, uHat, hHat)
        f = RistrettoScalar.multiplyAdd(e, secret, t).withUnsafeBytes { Array($0) }
        self.element = element
    }

    /// - Throws: ``VaultError`` with code `.refused` unless there are 96 bytes with canonical encodings.
    package init(bytes: borrowing SecretBytes) throws(VaultError) {
        guard bytes.count == Self.length else { throw Self.refusal }
        let proof = bytes.slice(32, 64).withUnsafeBytes { Array($0) }
        let (e, f) = (Array(proof[..<32]), Array(proof[32...]))
        guard RistrettoScalar.isCanonical(e), RistrettoScalar.isCanonical(f) else { throw Self.refusal }
        (self.e, self.f) = (e, f)
        element = bytes.slice(0, 32)
    }

    package var bytes: SecretBytes {
        SecretBytes(count: Self.length) { target in
            element.withUnsafeBytes { target.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: target[32...]).copyBytes(from: e + f)
        }
    }

    /// Checks that it is the share whose public half is `verificationShare`, given for this request.
    ///
    /// - Throws: ``VaultError`` with code `.refused`.
    package borrowing func verify(
        for ciphertext: ThresholdCiphertext, key: QuorumKey, verificationShare: [UInt8], context: [UInt8]
    ) throws(VaultError) {
        guard let uHat = try? Ristretto255.difference(f, times: ciphertext.u, e, timesSecret: element),
            let hHat = try? Ristretto255.difference(f, e, times: verificationShare),
            Self.challenge(context, key, ciphertext, element, uHat, hHat) == e
        else { throw Self.refusal }
    }

    private static func challenge(
        _ context: [UInt8], _ key: QuorumKey, _ ciphertext: ThresholdCiphertext, _ element: borrowing SecretBytes, _ uHat: [UInt8],
        _ hHat: [UInt8]
    ) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/tdh2-share", length: 64)
        hash.append(context)
        hash.append(key.element)
        hash.append(ciphertext.u)
        hash.append(element)
        hash.append(uHat)
        hash.append(hHat)
        return RistrettoScalar.reduce(hash.finish())
    }

    private static var refusal: VaultError {
        VaultError(.refused, "A decryption share is not its holder's, or was given for another request.")
    }
}

/// What the shares of a level, and then of both, add up to.
struct ShareSum: ~Copyable {
    private var sum: SecretBytes?

    init() {}

    /// Adds a share, weighted by what it counts for among the indices of its level.
    mutating func add(_ share: borrowing DecryptionShare, index: UInt8, among indices: [UInt8]) throws(VaultError) {
        do {
            let part = try Ristretto255.multiply(share.element, byPublic: try SecretSharing.weight(of: index, among: indices))
            guard let earlier = sum.take() else {
                sum = consume part
                return
            }
            sum = try Ristretto255.add(earlier, part)
        } catch {
            throw VaultError(.refused, "The shares do not add up: ask for new ones.")
        }
    }

    consuming func take() -> SecretBytes? {
        let sum = sum.take()
        return sum
    }
}
