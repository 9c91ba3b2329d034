import RecordStorage

/// What one operation has taken from shared budgets, until its commit has succeeded: else it goes back by itself.
// @unchecked: one operation owns it, which goes on to its commit and ends there; nothing else sees it.
final class BudgetHold: CommitCompanion, @unchecked Sendable {
    struct Carried: Hashable, Sendable {
        let use: BudgetLeases.Use
        /// Whether this operation rests on the slice that it carries.
        let isNeeded: Bool
        /// Nothing is asked for: the row is only told.
        var isOnlyTold = false
    }

    private let leases: BudgetLeases
    private let now: Timestamp
    private var isSettled = false
    var spent: [BudgetLeases.Use] = []
    var carried: [Carried] = []
    var told: [SharedBudgetKey: BudgetReport] = [:]
    var slices: [SharedBudgetKey: SharedBudget.Slice] = [:]
    /// `false` for a decoy. It draws on every budget all the same, else who sees a range close learns which numbers are known; only the sum of
    /// what was spent leaves it out.
    var isPaidFor = true

    init(leases: BudgetLeases, at now: Timestamp) {
        self.leases = leases
        self.now = now
    }

    /// The use of a network's wrong guesses, as it was taken.
    var guess: BudgetLeases.Use? {
        let uses =
            spent
            + carried.filter(\.isNeeded).map { carried in
                BudgetLeases.Use(key: carried.use.key, price: carried.use.price, until: slices[carried.use.key]?.until ?? carried.use.until)
            }
        return uses.first { if case .guesses = $0.key { true } else { false } }
    }

    func committed() {
        isSettled = true
        leases.settle(self, at: now)
    }

    func notCommitted() {
        isSettled = true
        leases.release(self)
    }

    func outcomeUnknown() {
        isSettled = true
        leases.abandon(self)
    }

    deinit {
        if !isSettled { leases.release(self) }
    }
}
