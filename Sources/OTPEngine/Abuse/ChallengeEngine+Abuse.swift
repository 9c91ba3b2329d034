import CryptoPrimitives
public import IdentityTypes
package import RecordStorage

extension ChallengeEngine {
    /// Whether a code along this route is known to be refused: asked before anything is computed for a number, so that a flood is refused
    /// where it costs least. Takes nothing from any budget.
    ///
    /// - Throws: ``OTPError`` with code `.networkLimited`, `.adjacentNumbers`, `.rangeClosed`, `.countryLimited`, `.deploymentLimited`, `.proofInvalid`
    ///   or `.requesterInvalid`.
    public func refuseIfLimited(_ route: SendRoute, requester: Requester) throws(OTPError) {
        let now = time.now()
        var standing = Standing(requester.proof)
        if case .work(let solution) = requester.proof { _ = try puzzles.check(solution, by: try RequesterBinding(requester), at: now) }
        // Whether it is this number's shows only with the number's tag.
        if devices.isOurs(requester.deviceToken, at: now) { standing = .known }
        try leases.refuseIfKnown(try uses(hashed(route), requester, standing), at: now)
    }

    /// What the budgets hang on of somebody who is asked by a method that sends nothing: apart from those of their number, so that what closes
    /// the one leaves the other open.
    public func methodTag(of subject: SubjectID) -> BudgetTag { methodTag("SPNI/v1/budget-person", subject.bytes) }

    /// The same of somebody whom a stranger has named by a number or an address, whoever that is: for each method apart, so that whoever closes one
    /// leaves the others open.
    public func methodTag(of tag: BudgetTag, _ method: MethodKind) -> BudgetTag {
        methodTag("SPNI/v1/budget-methods", tag.bytes + Array(method.rawValue.utf8))
    }

    /// Of a challenge whose answers cannot be guessed: one of its own.
    public func freshTag() -> BudgetTag {
        guard let tag = BudgetTag(bytes: random.bytes(32)) else { preconditionFailure("A tag has 32 bytes.") }
        return tag
    }

    /// Stands for somebody who is not there, always the same one for one name.
    package func decoy(of tag: BudgetTag) -> SubjectID {
        guard let subject = SubjectID(bytes: Array(methodTag("SPNI/v1/decoy", tag.bytes).bytes.prefix(16))) else {
            preconditionFailure("A subject has 16 bytes.")
        }
        return subject
    }

    func methodTag(_ label: StaticString, _ bytes: [UInt8]) -> BudgetTag {
        var hash = BLAKE2b(label: label, key: budgetKey.secret)
        hash.append(bytes)
        guard let tag = BudgetTag(bytes: hash.finish()) else { preconditionFailure("A digest has 32 bytes.") }
        return tag
    }

    /// Whether this device has proven what the tag stands for.
    public func isKnownDevice(_ requester: Requester, for tag: BudgetTag) -> Bool {
        devices.isKnown(requester.deviceToken, for: tag, at: time.now())
    }

    /// Refuses a client whose network has asked for enough for now, before anything is computed for what it asks. Takes nothing.
    ///
    /// - Throws: ``OTPError`` with code `.networkLimited`, `.proofInvalid` or `.requesterInvalid`.
    public func refuseIfLimited(_ requester: Requester) throws(OTPError) {
        let now = time.now()
        if case .work(let solution) = requester.proof { _ = try puzzles.check(solution, by: try RequesterBinding(requester), at: now) }
        try leases.refuseIfKnown(try usesOfQuestion(requester, Standing(requester.proof)), at: now)
    }

    /// Takes what a question costs that sends nothing, in the caller's commit.
    ///
    /// - Throws: ``OTPError`` as ``refuseIfLimited(_:)``, and `.unavailable`.
    package func stageQuestion(by requester: Requester, in commit: inout StagedCommit) async throws(OTPError) {
        let solved = try solved(requester)
        let hold = try await hold(try usesOfQuestion(requester, Standing(requester.proof)), for: commit)
        let keys = (solved.map { [$0.recordKey(partitions)] } ?? []) + hold.carried.map { $0.use.key.recordKey(partitions) }
        var records: ArraySlice<StoredRecord?>
        do { records = try await store.records(at: keys)[...] } catch { throw OTPError(error) }
        if let solved {
            guard records.removeFirst() == nil else { throw .proofInvalid }
            commit.insert([1], at: solved.recordKey(partitions), expiresAt: solved.expiresAt)
        }
        try stage(hold, records, at: time.now(), in: &commit)
    }

    /// Refuses what the number's own budget would, before somebody is paid to look the number up. Takes nothing.
    ///
    /// - Throws: ``OTPError`` with code `.tooManySends`, `.locked`, `.unavailable`.
    package func refuseIfSpent(_ tag: BudgetTag, requester: Requester) async throws(OTPError) {
        let rows = try await rows(of: tag, account: requester.pseudonym).0
        let payers = payers(rows, isKnownDevice: devices.isKnown(requester.deviceToken, for: tag, at: time.now()))
        let request = ChallengeRequest(
            id: ChallengeID(of: tag, random: random), purpose: .verification, subject: nil, binding: try RequesterBinding(requester),
            isDeliverable: true, codeKeyID: codeKeys.current.id, rowSecret: RowSecret(random: random))
        _ = try decide(rows.number.attempts, .begin(request), policy, at: time.now(), payers: payers)
    }

    /// Deletes the budget of somebody who is being erased, in the caller's commit. Challenges that are under way end with it, each with its entry.
    package func stageErasure(of subject: SubjectID, in commit: inout StagedCommit) async throws(OTPError) {
        let row = try await rows(of: methodTag(of: subject)).0.number
        guard let record = row.record else { return }
        commit.delete(record)
        let ended = row.attempts.challenges.filter { !$0.isCompleted }
        let now = time.now()
        if !ended.isEmpty { recorder.record(ended.map { endEvent(of: $0, at: now) }, in: &commit) }
    }

    func hashed(_ route: SendRoute) -> HashedRoute { HashedRoute(route, budgetKey, blocks: blockKey) }

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
    /// - Throws: ``OTPError`` with code `.unavailable`, `.busy` or `.cancelled`; what was not told stays for the next time, unless the store did not
    ///   say what became of it: that counts as told.
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

    /// What a begin or a resend takes from shared budgets.
    func uses(_ route: HashedRoute?, _ requester: Requester, _ standing: Standing) throws(OTPError) -> [BudgetLeases.Use] {
        let price = price(of: route)
        let isEmail = route?.kind == .email
        // E-mail has a day's limit of its own, so that a flood of it stops no text.
        var uses = isEmail ? [] : [BudgetLeases.Use(key: .deployment, price: price)]
        if let route { uses.append(.init(key: .country(route.country), price: price)) }
        if let route, standing.isStrange, !isEmail { uses.append(.init(key: .range(route.range), price: .zero)) }
        if let network = requester.network, standing == .stranger {
            uses.append(.init(key: .network(try BudgetName(network: network, budgetKey)), price: .zero))
        }
        if let block = route?.block, standing.isStrange, !isEmail { uses.append(.init(key: .block(block), price: .zero)) }
        return uses
    }

    /// What is asked of people who are not signed in and sends nothing takes of their network what a code would.
    func usesOfQuestion(_ requester: Requester, _ standing: Standing) throws(OTPError) -> [BudgetLeases.Use] {
        guard let network = requester.network, standing == .stranger, requester.pseudonym == nil else { return [] }
        return [BudgetLeases.Use(key: .network(try BudgetName(network: network, budgetKey)), price: .zero)]
    }

    /// What a guess takes: one of the wrong ones of its network, until it proves to be right.
    func usesOfGuess(_ requester: Requester, _ standing: Standing) throws(OTPError) -> [BudgetLeases.Use] {
        guard let network = requester.network, standing == .stranger else { return [] }
        return [BudgetLeases.Use(key: .guesses(try BudgetName(network: network, budgetKey)), price: .zero)]
    }

    private func price(of route: HashedRoute?) -> Money {
        route.map { leases.policy.tariff.price($0.kind, to: $0.country) * $0.parts } ?? leases.policy.tariff.otherwise.text
    }

    /// A proof of work that has to be unused; `nil` where the requester brings none.
    func solved(_ requester: Requester) throws(OTPError) -> ProofPuzzles.Solved? {
        guard case .work(let solution) = requester.proof else { return nil }
        return try puzzles.check(solution, by: try RequesterBinding(requester), at: time.now())
    }

    /// Takes from shared budgets what accompanies `commit`, which nobody else may have done.
    func hold(_ uses: [BudgetLeases.Use], for commit: borrowing StagedCommit) async throws(OTPError) -> BudgetHold {
        precondition(!commit.companions.contains { $0 is BudgetHold }, "One commit begins one challenge, or sends one code again.")
        return try await leases.hold(uses, at: time.now())
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
                // One completed sign-up opens it: to be asked again soon.
                if case .range = key, isTight, !budget.isProven { return (key, SharedRefusal(until: now + .seconds(60))) }
            }
            commit.put(budget.encoded, at: key.recordKey(partitions), replacing: record, expiresAt: budget.restsAt(rules))
        }
        return nil
    }

    /// Tells the budgets that a challenge drew on that it was completed: those alone, else a device could earn by log-ins that cost a range
    /// nothing what a stranger then wastes. The network is that from which it was completed: a token does not say where it was begun.
    ///
    /// - Parameter guess: what the right guess took.
    func noteCompletion(
        of challenge: ChallengeCounts, _ drawn: TokenRoute, _ guess: BudgetLeases.Use?, _ requester: Requester,
        in commit: inout StagedCommit
    ) {
        var keys: [SharedBudgetKey] = []
        if drawn.route?.kind == .email {
            // Whoever has a mail server completes as many as they like: that earns no texts.
            keys = [.country(0)]
        } else if challenge.sends > 0 {
            keys = [.deployment]
            if let route = drawn.route {
                keys.append(.country(route.country))
                if drawn.standing.isStrange { keys.append(.range(route.range)) }
            }
            if let network = requester.network, drawn.standing == .stranger, let name = try? BudgetName(network: network, budgetKey) {
                keys.append(.network(name))
            }
        }
        if let guess { keys.append(guess.key) }
        let vouched =
            drawn.standing == .vouchedFor && drawn.route?.kind != .email ? drawn.route.map { SharedBudgetKey.range($0.range) } : nil
        commit.accompany(
            CompletionNote(
                leases: leases, keys: keys, vouched: vouched, guess: guess, earned: price(of: drawn.route) * challenge.sends,
                time: time.now()))
    }
}

/// Counts a completion once its commit has succeeded. One whose outcome is unknown is not counted: a range may look worse than it is, never better.
private final class CompletionNote: CommitCompanion {
    private let leases: BudgetLeases
    private let keys: [SharedBudgetKey]
    private let vouched: SharedBudgetKey?
    private let guess: BudgetLeases.Use?
    private let earned: Money
    private let time: Timestamp

    init(
        leases: BudgetLeases, keys: [SharedBudgetKey], vouched: SharedBudgetKey?, guess: BudgetLeases.Use?, earned: Money, time: Timestamp
    ) {
        (self.leases, self.keys, self.vouched, self.guess, self.earned, self.time) = (leases, keys, vouched, guess, earned, time)
    }

    func committed() {
        leases.noteCompletion(keys, guess: guess, earned: earned, at: time)
        if let vouched { leases.noteVouched(vouched, at: time) }
    }
    func notCommitted() {}
    func outcomeUnknown() {}
}

/// What was sent and what it cost, of the deployment or a country: in the day that is under way (UTC) and the day before.
public struct SpendingReport: Hashable, Sendable {
    public struct Day: Hashable, Sendable {
        /// Messages that budgets paid for. Decoys are among them, and cost nothing in ``spent``.
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
