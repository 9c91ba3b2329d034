package import CryptoPrimitives
public import IdentityTypes
import RecordStorage

/// Both tags of one number, and the epoch of the index key.
public struct NumberTags: Hashable, Sendable {
    public let uniqueness: UniquenessTag
    /// Which index key the uniqueness tag is under.
    public let epoch: UInt32
    public let budget: BudgetTag

    package init(uniqueness: UniquenessTag, epoch: UInt32, budget: BudgetTag) {
        self.uniqueness = uniqueness
        self.epoch = epoch
        self.budget = budget
    }
}

/// Holds the index keys and multiplies what it is given by them; never sees a number.
///
/// The host hashes a number with its pepper to a group element; only pepper and index keys together make a tag. So neither a stolen
/// host nor a stolen evaluator can enumerate numbers.
public protocol TagEvaluator: Sendable {
    /// - Parameter element: 32 bytes, a canonical ristretto255 element.
    /// - Throws: ``VaultError`` with code `.refused` for bytes that are no element, `.unavailable` when it cannot be reached.
    func evaluate(_ element: [UInt8]) async throws(VaultError) -> NumberTags
}

/// Tags as they come over the wire, each with a proof of the key it was made with. Source: RFC 9497 §2.2, mode VOPRF.
///
/// Without a proof, an evaluator that answers with another key for one request splits a number's tag in two: a second account for one
/// person, or a budget that starts anew. Uniqueness tag 32, epoch u32, budget tag 32, two proofs of 64 bytes.
struct ProvenTags: Sendable {
    let uniqueness: [UInt8]
    let epoch: UInt32
    let budget: [UInt8]
    let indexProof: [UInt8]
    let budgetProof: [UInt8]

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 196)
        writer.fixed(uniqueness)
        writer.u32(epoch)
        writer.fixed(budget)
        writer.fixed(indexProof)
        writer.fixed(budgetProof)
        return writer.bytes
    }

    init(uniqueness: [UInt8], epoch: UInt32, budget: [UInt8], indexProof: [UInt8], budgetProof: [UInt8]) {
        (self.uniqueness, self.epoch, self.budget) = (uniqueness, epoch, budget)
        (self.indexProof, self.budgetProof) = (indexProof, budgetProof)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        (uniqueness, epoch, budget) = (try reader.fixed(32), try reader.u32(), try reader.fixed(32))
        (indexProof, budgetProof) = (try reader.fixed(64), try reader.fixed(64))
    }

    /// The tags, if both proofs hold for this element. - Throws: ``VaultError`` with code `.refused`.
    func verified(for element: [UInt8], _ keys: KeyServicePublicKeys) throws(VaultError) -> NumberTags {
        do {
            try VOPRF.verify(blinded: [element], evaluated: [uniqueness], proof: indexProof, publicKey: keys.indexElement)
            try VOPRF.verify(blinded: [element], evaluated: [budget], proof: budgetProof, publicKey: keys.budgetElement)
        } catch {
            throw VaultError(.refused, "The evaluator did not use the keys that this deployment's tags are made with: call the operator.")
        }
        return NumberTags(uniqueness: UniquenessTag(bytes: uniqueness)!, epoch: epoch, budget: BudgetTag(bytes: budget)!)
    }
}

/// `H = HashToGroup(BLAKE2b-256(key: pepper, LP("SPNI/v1/number") LP(digits)))`: what the host sends to the evaluator.
package func hashedNumber(_ number: borrowing SecretNumber, pepper: borrowing SecretBytes) -> [UInt8] {
    var hash = BLAKE2b(label: "SPNI/v1/number", key: pepper)
    number.withDigits { hash.append($0) }
    return Ristretto255.hashToGroup(hash.finish())
}
