package import CryptoPrimitives
public import IdentityTypes

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

/// `H = HashToGroup(BLAKE2b-256(key: pepper, LP("SPNI/v1/number") LP(digits)))`: what the host sends to the evaluator.
package func hashedNumber(_ number: borrowing SecretNumber, pepper: borrowing SecretBytes) -> [UInt8] {
    var hash = BLAKE2b(label: "SPNI/v1/number", key: pepper)
    number.withDigits { hash.append($0) }
    return Ristretto255.hashToGroup(hash.finish())
}
