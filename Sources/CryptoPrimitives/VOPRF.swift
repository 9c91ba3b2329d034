package import RecordStorage

/// Oblivious pseudorandom functions over ristretto255 with SHA-512, with and without a proof. Source: RFC 9497.
///
/// A client blinds its input, a server evaluates what it cannot read, and the client takes the blinding away. With a proof the
/// client knows that the key is the one whose public half it has. Nothing here draws by itself: blinds and the proof's scalar
/// come from the ``RandomSource``.
package enum VOPRF {
    /// Which protocol; part of every hash, so that nothing of one is of use in the other.
    package enum Mode: UInt8, Sendable {
        /// Without proof.
        case oprf = 0
        /// With proof.
        case voprf = 1

        /// `OPRFV1-`, the mode, `-ristretto255-SHA512`. Source: RFC 9497 §3.1.
        package var context: [UInt8] { Array("OPRFV1-".utf8) + [rawValue] + Array("-ristretto255-SHA512".utf8) }
    }

    /// Bytes of a proof: challenge and response, two scalars.
    package static let proofLength = 64

    /// What a client sends, and what it keeps to undo it.
    package struct Blinded: ~Copyable {
        /// The scalar to give to `finalize`. 32 bytes.
        package let blind: SecretBytes
        /// The element for the server. 32 bytes.
        package let element: [UInt8]
    }

    /// An input's element under a fresh blind. Source: RFC 9497 §3.3.1.
    ///
    /// - Parameter input: at most 65,535 bytes.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` when the input hashes to the identity.
    package static func blind(_ input: [UInt8], mode: Mode, random: some RandomSource) throws(CryptoError) -> Blinded {
        let blind = Ristretto255.scalar(random: random)
        let element = try Ristretto255.multiply(inputElement(input, mode: mode), by: blind)
        return Blinded(blind: blind, element: element)
    }

    /// The server's step: `key · element`. 32 bytes, the same in both modes. Source: RFC 9497 §3.3.1.
    ///
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless the blinded element is canonical and not the identity.
    package static func evaluate(blinded element: [UInt8], key: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        try Ristretto255.multiply(element, by: key)
    }

    /// The server's step with a proof over all elements at once. Source: RFC 9497 §3.3.2.
    ///
    /// - Parameter elements: 1 to 65,535 blinded elements.
    /// - Returns: the evaluated elements in the order of the blinded ones, and a proof of 64 bytes.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless each element is canonical and not the identity.
    package static func evaluate(
        blinded elements: [[UInt8]], key: borrowing SecretBytes, random: some RandomSource
    ) throws(CryptoError) -> (elements: [[UInt8]], proof: [UInt8]) {
        guard (1...0xFFFF).contains(elements.count) else {
            throw CryptoError(.invalidEncoding, "A proof is over 1 to 65,535 elements.")
        }
        var evaluated: [[UInt8]] = []
        for element in elements { evaluated.append(try Ristretto255.multiply(element, by: key)) }
        let publicKey = try Ristretto255.publicElement(of: key)
        let pairs = zip(elements, evaluated).map { Pair(blinded: $0, evaluated: $1) }
        return (evaluated, try prove(key: key, publicKey: publicKey, pairs: pairs, context: Mode.voprf.context, random: random))
    }

    /// The output, 64 bytes, of an evaluated element; with a proof, after ``verify(blinded:evaluated:proof:publicKey:)``.
    ///
    /// Source: RFC 9497 §3.3.
    ///
    /// - Parameter input: at most 65,535 bytes.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding` unless the evaluated element is canonical and not the identity.
    package static func finalize(
        _ input: [UInt8], blind: borrowing SecretBytes, evaluated element: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        output(input, element: try Ristretto255.multiply(element, by: RistrettoScalar.invert(blind)))
    }

    /// Whether the server that has the key of `publicKey` evaluated these elements. Source: RFC 9497 §3.3.2.
    ///
    /// Of the mode with proof, before the first `finalize`; the order is the one in which they were evaluated.
    ///
    /// - Throws: ``CryptoError`` with code `.authenticationFailed` when the proof does not hold, or not for exactly these elements.
    package static func verify(
        blinded: [[UInt8]], evaluated: [[UInt8]], proof: [UInt8], publicKey: [UInt8]
    ) throws(CryptoError) {
        let pairs = zip(blinded, evaluated).map { Pair(blinded: $0, evaluated: $1) }
        guard blinded.count == evaluated.count, isValid(proof, publicKey: publicKey, pairs: pairs, context: Mode.voprf.context) else {
            throw CryptoError(.authenticationFailed, "An evaluation was not made with the key whose public half is known.")
        }
    }

    /// The output without any blinding, for who has the key and the input. 64 bytes. Source: RFC 9497 §3.3.1.
    package static func evaluate(input: [UInt8], mode: Mode, key: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        output(input, element: try Ristretto255.multiply(inputElement(input, mode: mode), by: key))
    }

    private static func inputElement(_ input: [UInt8], mode: Mode) -> [UInt8] {
        precondition(input.count <= 0xFFFF, "An input has at most 65,535 bytes.")
        return Ristretto255.hashToGroup(input, domain: Array("HashToGroup-".utf8) + mode.context)
    }

    private static func output(_ input: [UInt8], element: [UInt8]) -> [UInt8] {
        SHA512.hash(prefixed(input) + prefixed(element) + Array("Finalize".utf8))
    }
}

/// The proof that pairs of elements have one discrete logarithm, that of a public key. Source: RFC 9497 §2.2.
extension VOPRF {
    /// An element and what it should be times the key.
    struct Pair {
        let blinded: [UInt8]
        let evaluated: [UInt8]
    }

    /// 64 bytes. - Throws: ``CryptoError`` with code `.invalidEncoding` for what is no element.
    static func prove(
        key: borrowing SecretBytes, publicKey: [UInt8], pairs: [Pair], context: [UInt8], random: some RandomSource
    ) throws(CryptoError) -> [UInt8] {
        let composite = try composites(of: pairs, publicKey: publicKey, context: context, sides: .blindedOnly)
        // Whoever knows the key multiplies once instead of once for each pair (ComputeCompositesFast).
        let evaluated = try Ristretto255.multiply(composite.blinded, by: key)
        let nonce = Ristretto255.scalar(random: random)
        let challenge = challenge(
            publicKey: publicKey, composite: Pair(blinded: composite.blinded, evaluated: evaluated),
            commitments: (
                try Ristretto255.publicElement(of: nonce), try Ristretto255.multiply(composite.blinded, by: nonce)
            ), context: context)
        // Without the nonce, challenge and response give the key away; the response alone tells nothing.
        let response = RistrettoScalar.subtract(nonce, RistrettoScalar.multiply(challenge, key))
        return challenge + response.withUnsafeBytes { Array($0) }
    }

    /// Whether a proof of 64 bytes holds for the pairs.
    static func isValid(_ proof: [UInt8], publicKey: [UInt8], pairs: [Pair], context: [UInt8]) -> Bool {
        guard proof.count == proofLength, (1...0xFFFF).contains(pairs.count), Ristretto255.isElement(publicKey),
            pairs.allSatisfy({ Ristretto255.hasElementShape($0.blinded) && Ristretto255.hasElementShape($0.evaluated) })
        else { return false }
        let (claimed, response) = (Array(proof[..<32]), Array(proof[32...]))
        do {
            let composite = try composites(of: pairs, publicKey: publicKey, context: context, sides: .both)
            let commitments = (
                try Ristretto255.add(
                    Ristretto255.publicElement(ofPublic: response), Ristretto255.multiplyPublic(publicKey, by: claimed)),
                try Ristretto255.add(
                    Ristretto255.multiplyPublic(composite.blinded, by: response),
                    Ristretto255.multiplyPublic(composite.evaluated, by: claimed))
            )
            let expected = challenge(publicKey: publicKey, composite: composite, commitments: commitments, context: context)
            return constantTimeEquals(expected, claimed)
        } catch {
            return false
        }
    }

    private enum Sides { case blindedOnly, both }

    /// The pairs as one, each weighted by a hash over all that is known of it.
    private static func composites(
        of pairs: [Pair], publicKey: [UInt8], context: [UInt8], sides: Sides
    ) throws(CryptoError) -> Pair {
        let seed = SHA512.hash(prefixed(publicKey) + prefixed(Array("Seed-".utf8) + context))
        var (blinded, evaluated) = (Ristretto255.identity, Ristretto255.identity)
        for (index, pair) in pairs.enumerated() {
            let transcript = prefixed(seed) + bigEndian(index) + prefixed(pair.blinded) + prefixed(pair.evaluated)
            let weight = hashToScalar(transcript + Array("Composite".utf8), context)
            blinded = try Ristretto255.add(blinded, Ristretto255.multiplyPublic(pair.blinded, by: weight))
            if sides == .both { evaluated = try Ristretto255.add(evaluated, Ristretto255.multiplyPublic(pair.evaluated, by: weight)) }
        }
        return Pair(blinded: blinded, evaluated: evaluated)
    }

    private static func challenge(
        publicKey: [UInt8], composite: Pair, commitments: ([UInt8], [UInt8]), context: [UInt8]
    ) -> [UInt8] {
        let elements = [publicKey, composite.blinded, composite.evaluated, commitments.0, commitments.1]
        return hashToScalar(elements.flatMap(prefixed) + Array("Challenge".utf8), context)
    }

    private static func hashToScalar(_ message: [UInt8], _ context: [UInt8]) -> [UInt8] {
        Ristretto255.hashToScalar(message, domain: Array("HashToScalar-".utf8) + context)
    }

    /// The length in two bytes, then the bytes.
    private static func prefixed(_ bytes: [UInt8]) -> [UInt8] {
        bigEndian(bytes.count) + bytes
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [UInt8(value >> 8), UInt8(value & 0xFF)]
    }
}
