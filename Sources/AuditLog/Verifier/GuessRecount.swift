import IdentityTypes

/// How many guesses were evaluated in each challenge that ended, recounted from a log by anybody who has it.
///
/// Every challenge ends with one entry, whether somebody completed it or nobody did, and the entry's public part says how many guesses it
/// had. So whoever reads the log sees that none had more than its budget, and how many came close.
public struct GuessRecount: Hashable, Sendable {
    /// Challenges by their number of guesses: the first had none.
    public private(set) var challenges: [Int] = []
    /// Of those, how many were completed.
    public private(set) var completed = 0

    public init() {}

    /// Counts an entry; one that ends no challenge is passed over.
    public mutating func add(_ leaf: AuditLeaf) {
        guard let guesses = leaf.guesses else { return }
        if challenges.count <= guesses { challenges += [Int](repeating: 0, count: guesses + 1 - challenges.count) }
        challenges[guesses] += 1
        if leaf.action != .challengeAbandoned, leaf.action != .challengeExhausted { completed += 1 }
    }

    public var total: Int { challenges.reduce(0, +) }
    /// Of the challenge with most.
    public var most: Int { max(challenges.count - 1, 0) }

    /// How many had more guesses than a budget.
    public func over(_ budget: Int) -> Int { challenges.dropFirst(max(budget, 0) + 1).reduce(0, +) }
}
