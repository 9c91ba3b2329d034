import CryptoPrimitives

/// What a record is sealed to so that two levels of people must agree before it opens: one ristretto255 element.
///
/// `X = X₁ + X₂`, a sum of one key a level; each level's key is shared among its people and never whole anywhere. Source of the scheme:
/// Shoup and Gennaro, "Securing Threshold Cryptosystems against Chosen Ciphertext Attack" (TDH2), on ristretto255 (RFC 9496).
package struct QuorumKey: Hashable, Sendable {
    /// 32 bytes.
    package let element: [UInt8]
    /// The second generator that TDH2 fixes with the key. 32 bytes; nobody knows its discrete logarithm.
    let secondGenerator: [UInt8]
    /// By which an envelope names it. 16 bytes.
    package let id: [UInt8]

    /// - Throws: ``VaultError`` with code `.refused` unless the bytes are an element and not the identity.
    package init(element: [UInt8]) throws(VaultError) {
        guard Ristretto255.isElement(element) else {
            throw VaultError(.refused, "A quorum's key is no element of the group: take the roster that the custodians signed.")
        }
        self.element = element
        var hash = BLAKE2b(label: "SPNI/v1/tdh2-gbar", length: 64)
        hash.append(element)
        secondGenerator = Ristretto255.element(fromUniform: hash.finish())
        id = Envelope.keyID(of: element)
    }
}

/// What everyone knows of one level of a quorum: how many of its people must agree, and what their shares are checked against.
package struct LevelKey: Hashable, Sendable {
    /// Feldman commitments to the level's polynomial, 32 bytes each. Their number is the threshold: it is nowhere written beside them,
    /// so it cannot be left out or be zero.
    package let commitments: [[UInt8]]

    package var threshold: Int { commitments.count }
    /// The level's part of the quorum's key.
    package var element: [UInt8] { commitments[0] }

    /// - Throws: ``VaultError`` with code `.refused` unless there are 1…16 elements.
    package init(commitments: [[UInt8]]) throws(VaultError) {
        guard (1...16).contains(commitments.count), commitments.allSatisfy(Ristretto255.isElement) else {
            throw VaultError(.refused, "A level has 1 to 16 commitments, each an element of the group.")
        }
        self.commitments = commitments
    }

    /// `s_i · G` of the share with this index, computed from the commitments.
    ///
    /// - Parameter index: 1…255; at 0 stands the level's secret itself.
    /// - Complexity: a multiplication for each commitment, some 70 µs.
    package func verificationShare(_ index: UInt8) throws(VaultError) -> [UInt8] {
        precondition(index > 0, "Shares are counted from 1.")
        let position = RistrettoScalar.of(UInt32(index))
        do {
            var sum = commitments[commitments.count - 1]
            for commitment in commitments.dropLast().reversed() {
                sum = try Ristretto255.add(try Ristretto255.multiplyPublic(sum, by: position), commitment)
            }
            return sum
        } catch {
            throw VaultError(.refused, "A level's commitments do not make a polynomial: the deal is not honest.")
        }
    }
}
