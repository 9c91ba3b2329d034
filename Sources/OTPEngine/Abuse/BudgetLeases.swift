import IdentityTypes
import RecordStorage
import Synchronization

/// The slices of shared budgets that this process holds, and what it has not told their rows yet.
///
/// A code is paid for here, in memory. Only where a slice is used up does the commit of the code itself carry a new one, so that a begin stays
/// one read and one commit; while one commit carries a slice, others spend what is left of the last. What a process holds when it dies is
/// lost to the budget, never spent twice.
final class BudgetLeases: Sendable {
    /// One use of a budget.
    struct Use: Hashable, Sendable {
        let key: SharedBudgetKey
        let price: Money
        /// The end of the window it was taken from.
        var until = Timestamp(milliseconds: 0)
    }

    struct Waiter: Sendable {
        let id: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    struct Lease: Sendable {
        var messages = 0
        var money = Money.zero
        var until = Timestamp(milliseconds: 0)
        var isTight = false
        /// How many messages to ask for: twice as many each time a slice lasts less than ten seconds.
        var wanted = 4
        var grantedAt = Timestamp(milliseconds: 0)
        var refusal: SharedRefusal?
        var report = BudgetReport()
        /// Of a budget that is in memory alone.
        var local = SharedBudget()
        /// A commit is on its way with the next slice.
        var isCarried = false
        var waiting: [Waiter] = []
        var lastUse = Timestamp(milliseconds: 0)
    }

    private struct State {
        var leases: [SharedBudgetKey: Lease] = [:]
        /// Shared budgets that were used since their rows were told everything.
        var untold: Set<SharedBudgetKey> = []
        var nextWaiter: UInt64 = 0
    }

    /// How many budgets are remembered; the ones unused longest go first.
    private let capacity: Int
    private let state = Mutex(State())
    let policy: AbusePolicy

    init(policy: AbusePolicy, capacity: Int = 100_000) {
        self.policy = policy
        self.capacity = capacity
    }

    /// How many are remembered.
    var count: Int { state.withLock { $0.leases.count } }
    /// How often somebody had to wait for a slice that another was fetching.
    var waits: UInt64 { state.withLock { $0.nextWaiter } }

    private enum Taken {
        case spent(Use)
        /// Spent from what is left, while the next slice is fetched.
        case spentAndCarried(Use)
        case carried
        case refused(SharedRefusal)
        case busy
    }

    /// Takes one use of each budget, or of none.
    ///
    /// - Returns: what is taken; it goes back unless the commit that it accompanies succeeds.
    func hold(_ uses: [Use], at now: Timestamp) async throws(OTPError) -> BudgetHold {
        let hold = BudgetHold(leases: self, at: now)
        for use in uses {
            taking: while true {
                switch take(use, at: now) {
                case .spent(let use):
                    hold.spent.append(use)
                    break taking
                case .spentAndCarried(let use):
                    hold.spent.append(use)
                    hold.carried.append(BudgetHold.Carried(use: use, isNeeded: false))
                    break taking
                case .carried:
                    hold.carried.append(BudgetHold.Carried(use: use, isNeeded: true))
                    break taking
                case .refused(let refusal): throw .limited(use.key, until: refusal.until, at: now)
                case .busy: try await untilCarried(use.key)
                }
            }
        }
        return hold
    }

    /// Whether a use of these budgets is known to be refused. Takes nothing.
    func refuseIfKnown(_ uses: [Use], at now: Timestamp) throws(OTPError) {
        for use in uses {
            let refusal = state.withLock { $0.leases[use.key]?.refusal }
            if let refusal, now < refusal.until { throw .limited(use.key, until: refusal.until, at: now) }
        }
    }

    private func take(_ use: Use, at now: Timestamp) -> Taken {
        state.withLock { state in
            makeRoom(in: &state)
            if use.key.isShared { state.untold.insert(use.key) }
            return Self.take(use, from: &state.leases[use.key, default: Lease()], at: now, policy)
        }
    }

    private static func take(_ use: Use, from lease: inout Lease, at now: Timestamp, _ policy: AbusePolicy) -> Taken {
        lease.lastUse = now
        if let refusal = lease.refusal {
            if now < refusal.until { return .refused(refusal) }
            lease.refusal = nil
        }
        guard use.key.isShared else { return takeLocally(use, from: &lease, at: now, policy) }
        if lease.messages >= 1, lease.money >= use.price, now < lease.until {
            lease.messages -= 1
            lease.money = Money(micros: lease.money.micros - use.price.micros)
            let use = Use(key: use.key, price: use.price, until: lease.until)
            // Only of budgets that many draw on is the next slice fetched before the last is used up.
            guard lease.wanted > 8, lease.messages * 2 < lease.wanted, !lease.isCarried else { return .spent(use) }
            lease.isCarried = true
            return .spentAndCarried(use)
        }
        if lease.isCarried { return .busy }
        lease.isCarried = true
        return .carried
    }

    private static func takeLocally(_ use: Use, from lease: inout Lease, at now: Timestamp, _ policy: AbusePolicy) -> Taken {
        let rules = SharedRules(of: use.key, policy)
        lease.local.take(lease.report, at: now, rules)
        lease.report = BudgetReport()
        switch lease.local.grant(1, at: .zero, now: now, rules) {
        case .success(let slice): return .spent(Use(key: use.key, price: use.price, until: slice.until))
        case .failure(let refusal):
            lease.refusal = SharedRefusal(until: min(refusal.until, now + .seconds(60)))
            return .refused(refusal)
        }
    }

    /// Waits for the commit that carries the next slice; a cancelled task waits no longer.
    private func untilCarried(_ key: SharedBudgetKey) async throws(OTPError) {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !Task.isCancelled, state.leases[key]?.isCarried == true else { return true }
                    state.leases[key]?.waiting.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.leases[key]?.waiting.firstIndex(where: { $0.id == id }) else { return nil }
                return state.leases[key]?.waiting.remove(at: index)
            }
            waiter?.continuation.resume()
        }
        guard !Task.isCancelled else { throw OTPError(.cancelled, "The task was cancelled while it waited; nothing was decided.") }
    }

    /// Who sends to many numbers once cannot make this process remember without end.
    private func makeRoom(in state: inout State) {
        guard state.leases.count >= capacity else { return }
        let idle = state.leases.filter { !$0.value.isCarried }.sorted {
            let (mine, other) = ($0.key.order, $1.key.order)
            return ($0.value.lastUse, mine.0, mine.1) < ($1.value.lastUse, other.0, other.1)
        }
        for (key, _) in idle.prefix(max(1, capacity / 8)) {
            state.leases[key] = nil
            state.untold.remove(key)
        }
    }

    // MARK: What a commit carries

    /// What is to be told with the next slice.
    func report(for carried: BudgetHold.Carried, at now: Timestamp) -> (report: BudgetReport, wanted: Int) {
        state.withLock { state in
            var lease = state.leases[carried.use.key] ?? Lease()
            var report = lease.report
            if carried.isNeeded {
                // What does not pay for this use, or is of a window that is over.
                (report.unused, report.unusedMoney, report.unusedUntil) = (lease.messages, lease.money, lease.until)
                report.unusedCredit = lease.isTight ? 0 : lease.messages
                (lease.messages, lease.money) = (0, .zero)
            }
            state.leases[carried.use.key] = lease
            return (report, lease.wanted)
        }
    }

    func isBeingCarried(_ key: SharedBudgetKey) -> Bool { state.withLock { $0.leases[key]?.isCarried ?? false } }

    func isTight(_ key: SharedBudgetKey) -> Bool { state.withLock { $0.leases[key]?.isTight ?? false } }

    func note(_ refusal: SharedRefusal, of key: SharedBudgetKey, at now: Timestamp) {
        // Another process may have told the row of completions meanwhile: look again in a minute.
        let until = min(refusal.until, now + .seconds(60))
        state.withLock { $0.leases[key]?.refusal = SharedRefusal(until: until) }
    }

    /// The commit has succeeded.
    func settle(_ hold: BudgetHold, at now: Timestamp) {
        finish { state in
            for use in hold.spent where use.key.isShared { Self.count(use, hold.isPaidFor, in: &state) }
            for carried in hold.carried {
                let key = carried.use.key
                guard var lease = state.leases[key] else { continue }
                if let told = hold.told[key] { lease.report.subtract(told) }
                if let slice = hold.slices[key] {
                    lease.wanted = now < lease.grantedAt + .seconds(10) ? min(lease.wanted * 2, 1 << 20) : max(4, lease.wanted / 2)
                    lease.grantedAt = now
                    // What is left of another window is worth nothing.
                    if slice.until != lease.until { (lease.messages, lease.money) = (0, .zero) }
                    lease.messages += slice.messages
                    lease.money = lease.money + slice.money
                    lease.until = slice.until
                    lease.isTight = slice.isTight
                    if carried.isNeeded {
                        lease.messages -= 1
                        lease.money = Money(micros: lease.money.micros - carried.use.price.micros)
                    }
                }
                state.leases[key] = lease
                if carried.isOnlyTold, lease.report.isEmpty, lease.messages == 0 { state.untold.remove(key) }
                if carried.isNeeded, !carried.isOnlyTold { Self.count(carried.use, hold.isPaidFor, in: &state) }
            }
            return hold.carried.map(\.use.key)
        }
    }

    private static func count(_ use: Use, _ isPaidFor: Bool, in state: inout State) {
        guard var lease = state.leases[use.key] else { return }
        lease.report.sent += 1
        if isPaidFor { lease.report.spent = lease.report.spent + use.price }
        state.leases[use.key] = lease
    }

    /// Nothing was committed: what was taken goes back.
    func release(_ hold: BudgetHold) {
        finish { state in
            for use in hold.spent { Self.giveBack(use, in: &state) }
            for carried in hold.carried {
                guard let told = hold.told[carried.use.key], var lease = state.leases[carried.use.key], lease.until == told.unusedUntil
                else {
                    continue
                }
                lease.messages += told.unused
                lease.money = lease.money + told.unusedMoney
                state.leases[carried.use.key] = lease
            }
            return hold.carried.map(\.use.key)
        }
    }

    /// Whether it was committed is not known: all of it counts as spent, and what was told as told.
    func abandon(_ hold: BudgetHold) {
        finish { state in
            for use in hold.spent where use.key.isShared { Self.count(use, true, in: &state) }
            for carried in hold.carried {
                if let told = hold.told[carried.use.key] { state.leases[carried.use.key]?.report.subtract(told) }
            }
            return hold.carried.map(\.use.key)
        }
    }

    private static func giveBack(_ use: Use, in state: inout State) {
        guard var lease = state.leases[use.key] else { return }
        if !use.key.isShared {
            (lease.report.unused, lease.report.unusedUntil) = (lease.report.unused + 1, use.until)
        } else if lease.until == use.until {
            lease.messages += 1
            lease.money = lease.money + use.price
        }
        state.leases[use.key] = lease
    }

    private func finish(_ change: (inout State) -> [SharedBudgetKey]) {
        let waiting = state.withLock { state in
            var waiting: [Waiter] = []
            for key in change(&state) {
                state.leases[key]?.isCarried = false
                waiting += state.leases[key]?.waiting ?? []
                state.leases[key]?.waiting = []
            }
            return waiting
        }
        for waiter in waiting { waiter.continuation.resume() }
    }

    // MARK: Completions

    /// Somebody for whom the host vouched completed a challenge in a range.
    func noteVouched(_ key: SharedBudgetKey, at now: Timestamp) {
        state.withLock { state in
            makeRoom(in: &state)
            var lease = state.leases[key] ?? Lease()
            lease.report.vouchedFor += 1
            lease.lastUse = now
            state.untold.insert(key)
            state.leases[key] = lease
        }
    }

    /// A challenge was completed whose messages had cost `earned`.
    ///
    /// - Parameter guess: what the right guess was taken from: it is none of the wrong ones.
    func noteCompletion(_ keys: [SharedBudgetKey], guess: Use?, earned: Money, at now: Timestamp) {
        state.withLock { state in
            makeRoom(in: &state)
            for key in keys {
                var lease = state.leases[key] ?? Lease()
                lease.report.completed += 1
                lease.report.earned = lease.report.earned + earned
                lease.lastUse = now
                if key.isShared { state.untold.insert(key) }
                state.leases[key] = lease
            }
            if let guess { Self.giveBack(guess, in: &state) }
        }
    }

    /// Budgets whose rows have something to be told. The few that everybody draws on at once, the others when nobody has used them for a
    /// while: their next slice tells them anyway, and telling each at once would cost as many commits as sign-ups.
    ///
    /// - Returns: always in one order, so that a seed replays.
    func untold(at now: Timestamp, idle: Duration) -> [SharedBudgetKey] {
        let keys = state.withLock { state in
            state.untold.filter { key in
                guard let lease = state.leases[key], !lease.isCarried else { return false }
                switch key {
                case .deployment, .country: return true
                default: return now >= lease.lastUse + idle
                }
            }
        }
        return keys.sorted { $0.row.lexicographicallyPrecedes($1.row) }
    }

    /// Takes on telling these rows, but those that somebody else is at.
    func holdToTell(_ keys: some Sequence<SharedBudgetKey>, at now: Timestamp) -> BudgetHold {
        let hold = BudgetHold(leases: self, at: now)
        state.withLock { state in
            for key in keys where state.leases[key]?.isCarried == false {
                state.leases[key]?.isCarried = true
                hold.carried.append(BudgetHold.Carried(use: Use(key: key, price: .zero), isNeeded: true, isOnlyTold: true))
            }
        }
        return hold
    }
}
