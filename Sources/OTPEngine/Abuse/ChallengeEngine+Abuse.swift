import CryptoPrimitives
public import IdentityTypes
package import RecordStorage

extension ChallengeEngine {
    /// Whether a code along this route is known to be refused: asked before anything is computed for a number, so that a flood is refused
    /// where it costs least. Takes nothing from any budget.
    ///
    /// - Throws: ``OTPError`` with code `.networkLimited`, `.adjacentNumbers`, `.rangeClosed`, `.countryLimited` or `.deploymentLimited`.
    public func refuseIfLimited(_ route: SendRoute, requester: Requester) throws(OTPError) {
        // Whether a device is known shows only with the number's tag.
        let standing: Standing = requester.deviceToken == nil ? Standing(requester.proof) : .known
        try leases.refuseIfKnown(uses(HashedRoute(route, budgetKey), requester, standing), at: time.now())
    }

    /// Work that lets a client past the limits of its network, once.
    ///
    /// - Throws: ``OTPError`` with code `.requesterInvalid`.
    public func puzzle(for requester: Requester) throws(OTPError) -> ProofPuzzle {
        puzzles.puzzle(for: try RequesterBinding(requester), at: time.now(), random: random)
    }

    /// Tells the shared budgets' rows what this process knows and they do not: of the deployment and of countries at once, of all others what
    /// nobody has used for ten minutes.
    ///
    /// Call it every minute, and with an idle time of zero before the process ends.
    ///
    /// - Returns: how many rows were told.
    /// - Throws: ``OTPError`` with code `.unavailable`, `.busy` or `.cancelled`; what was not told stays for the next time.
    @discardableResult
    public func settleBudgets(idle: Duration = .seconds(600)) async throws(OTPError) -> Int {
        var told = 0
        let keys = leases.untold(at: time.now(), idle: idle)
        do throws(StorageError) {
            for start in stride(from: 0, to: keys.count, by: Self.toldTogether) {
                let some = keys[start..<min(start + Self.toldTogether, keys.count)]
                do throws(StorageError) {
                    told += try await tell(some)
                } catch {
                    guard error.code == .conflict else { throw error }
                    // Somebody else told one of them something: one by one, and that one the next time.
                    for key in some {
                        do throws(StorageError) { told += try await tell([key]) } catch {
                            guard error.code == .conflict else { throw error }
                        }
                    }
                }
            }
        } catch {
            throw OTPError(error)
        }
        return told
    }

    /// Rows in one commit.
    private static let toldTogether = 32

    private func tell(_ keys: some Collection<SharedBudgetKey>) async throws(StorageError) -> Int {
        let hold = leases.holdToTell(keys, at: time.now())
        guard !hold.carried.isEmpty else { return 0 }
        var commit = StagedCommit(random: random)
        let records = try await store.records(at: hold.carried.map { $0.use.key.recordKey(partitions) })
        try stageShared(hold, records[...], at: time.now(), in: &commit)
        commit.accompany(hold)
        try await commit.commit(to: store)
        return hold.carried.count
    }

    /// What shows that a requester is no flood.
    enum Standing: Hashable {
        case stranger
        /// Has worked for it: goes past the limits of its network.
        case hasWorked
        /// A device that has proven this number, or one that the host vouches for: no flood closes anything to it but the money of the day.
        case known

        init(_ proof: RequesterProof?) {
            switch proof {
            case nil: self = .stranger
            case .work: self = .hasWorked
            case .checkedByHost: self = .known
            }
        }
    }

    /// What a begin or a resend takes from shared budgets.
    func uses(_ route: HashedRoute?, _ requester: Requester, _ standing: Standing) -> [BudgetLeases.Use] {
        let price = route.map { leases.policy.tariff.price($0.kind, to: $0.country) } ?? leases.policy.tariff.otherwise.text
        var uses = [BudgetLeases.Use(key: .deployment, price: price)]
        if let route { uses.append(.init(key: .country(route.country), price: price)) }
        if let route, standing != .known { uses.append(.init(key: .range(route.range), price: .zero)) }
        if let network = requester.network, standing == .stranger {
            uses.append(.init(key: .network(BudgetName(network: network, budgetKey)), price: .zero))
        }
        if let route, standing != .known { uses.append(.init(key: .block(route.block), price: .zero)) }
        return uses
    }

    /// What a guess takes: one of the wrong ones of its network, until it proves to be right.
    func usesOfGuess(_ requester: Requester, _ standing: Standing) -> [BudgetLeases.Use] {
        guard let network = requester.network, standing != .known else { return [] }
        return [BudgetLeases.Use(key: .guesses(BudgetName(network: network, budgetKey)), price: .zero)]
    }

    /// Tells the rows that a hold carries, and asks them for slices.
    ///
    /// - Parameter records: of the hold's carried budgets, in their order.
    /// - Throws: ``OTPError`` when a slice that the operation rests on is refused.
    func stage(
        _ hold: BudgetHold, _ records: ArraySlice<StoredRecord?>, at now: Timestamp, in commit: inout StagedCommit
    ) throws(OTPError) {
        let refused: (SharedBudgetKey, SharedRefusal)?
        do throws(StorageError) { refused = try stageShared(hold, records, at: now, in: &commit) } catch { throw OTPError(error) }
        if let (key, refusal) = refused {
            leases.note(refusal, of: key, at: now)
            throw .limited(key, until: refusal.until, at: now)
        }
        commit.accompany(hold)
    }

    @discardableResult
    private func stageShared(
        _ hold: BudgetHold, _ records: ArraySlice<StoredRecord?>, at now: Timestamp, in commit: inout StagedCommit
    ) throws(StorageError) -> (SharedBudgetKey, SharedRefusal)? {
        var isTight = hold.spent.contains { use in
            if case .country = use.key { leases.isTight(use.key) } else { false }
        }
        for (carried, record) in zip(hold.carried, records) {
            let key = carried.use.key
            let rules = SharedRules(of: key, leases.policy)
            var budget =
                try record.map { record throws(StorageError) in try decodeRecord(record, SharedBudget.init(from:)) } ?? SharedBudget()
            let (report, wanted) = leases.report(for: carried, at: now)
            hold.told[key] = report
            budget.take(report, at: now, rules)
            if !carried.isOnlyTold {
                switch budget.grant(wanted, at: carried.use.price, now: now, rules) {
                case .success(let slice):
                    hold.slices[key] = slice
                    if case .country = key { isTight = slice.isTight }
                case .failure(let refusal): if carried.isNeeded { return (key, refusal) }
                }
                if case .range = key, isTight, !budget.isProven { return (key, SharedRefusal(until: now + rules.window)) }
            }
            commit.put(budget.encoded, at: key.recordKey(partitions), replacing: record, expiresAt: budget.restsAt(rules))
        }
        return nil
    }

    /// Whom a completed challenge speaks for.
    func noteCompletion(
        of challenge: ChallengeCounts, _ route: HashedRoute?, _ requester: Requester, in commit: inout StagedCommit
    ) {
        var keys: [SharedBudgetKey] = [.deployment]
        if let route { keys += [.country(route.country), .range(route.range), .block(route.block)] }
        if let network = requester.network {
            let name = BudgetName(network: network, budgetKey)
            keys += [.network(name), .guesses(name)]
        }
        let price = route.map { leases.policy.tariff.price($0.kind, to: $0.country) } ?? leases.policy.tariff.otherwise.text
        commit.accompany(CompletionNote(leases: leases, keys: keys, earned: price * challenge.sends, time: time.now()))
    }
}

/// Counts a completion once its commit has succeeded. One whose outcome is unknown is not counted: a range may look worse than it is, never better.
private final class CompletionNote: CommitCompanion {
    private let leases: BudgetLeases
    private let keys: [SharedBudgetKey]
    private let earned: Money
    private let time: Timestamp

    init(leases: BudgetLeases, keys: [SharedBudgetKey], earned: Money, time: Timestamp) {
        (self.leases, self.keys, self.earned, self.time) = (leases, keys, earned, time)
    }

    func committed() { leases.noteCompletion(keys, earned: earned, at: time) }
    func outcomeUnknown() {}
}

/// What was sent and what it cost, of the deployment or a country: in the day that is under way (UTC) and the day before.
public struct SpendingReport: Hashable, Sendable {
    public struct Day: Hashable, Sendable {
        public let messages: Int
        public let completedChallenges: Int
        public let spent: Money
        /// What was spent on challenges that nobody completed.
        public let lost: Money

        init(_ counts: SharedBudget.Counts) {
            messages = Int(counts.sent)
            completedChallenges = Int(counts.completed)
            spent = counts.spent
            lost = Money(micros: max(0, counts.spent.micros - counts.earned.micros))
        }
    }

    /// ITU country calling code; `nil` for the whole deployment.
    public let country: UInt16?
    public let today: Day
    public let yesterday: Day
}

extension ChallengeEngine {
    /// What codes have cost, for the whole deployment and for each of the given countries to which any was sent: as far as processes have
    /// told it, which they do every minute.
    ///
    /// - Throws: ``OTPError`` with code `.unavailable` or `.cancelled`.
    public func spending(in countries: some Sequence<UInt16>) async throws(OTPError) -> [SpendingReport] {
        let named: [UInt16?] = [nil] + countries.map { $0 }
        let keys = named.map { $0.map(SharedBudgetKey.country) ?? .deployment }
        let now = time.now()
        var reports: [SpendingReport] = []
        do throws(StorageError) {
            let records = try await store.records(at: keys.map { $0.recordKey(partitions) })
            for (index, record) in records.enumerated() {
                guard let record else { continue }
                var budget = try decodeRecord(record, SharedBudget.init(from:))
                budget.take(BudgetReport(), at: now, SharedRules(of: keys[index], leases.policy))
                reports.append(
                    SpendingReport(country: named[index], today: .init(budget.counts), yesterday: .init(budget.before)))
            }
        } catch {
            throw OTPError(error)
        }
        return reports
    }
}

extension ChallengeEngine {
    /// Collections whose rows may be deleted once they have expired: shared budgets at rest and spent proofs. ``sweep(_:after:limit:)`` leaves
    /// them alone.
    package static let expiringCollections = [SharedBudgetKey.collection, ProofPuzzles.collection]
}
