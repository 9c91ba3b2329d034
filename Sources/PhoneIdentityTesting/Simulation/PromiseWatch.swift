import AuditLog
import ConsentLedger
import CryptoPrimitives
import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Synchronization

/// Sees every commit that took effect, every message that was handed over and every answer that a person got, and notes each promise that
/// one of them breaks.
///
/// It knows nothing of how the library decides: it counts for itself what may be sent and tried, and compares what was answered with what
/// is in the stores.
final class PromiseWatch: Sendable {
    struct Claiming: Sendable {
        let subject: [UInt8]
        let from: Timestamp
        var to: Timestamp?
    }

    struct Naming: Sendable {
        let subject: [UInt8]
        let consumer: String
    }

    struct Payments: Sendable {
        /// By the payment's digest: when it was seen, and whether it turned out right.
        var paid: [[UInt8]: (at: Timestamp, isRight: Bool)] = [:]
        var sends: [Timestamp] = []
        /// Challenges that were completed: what they led to, and when.
        var outcomes: [(kind: UInt8, at: Timestamp)] = []
    }

    struct State {
        var rows: [RecordKey: StoredRecord] = [:]
        var keyRows: [RecordKey: StoredRecord] = [:]
        /// Every key that ever had a record: what was deleted must not be there at the end.
        var everSeen: Set<RecordKey> = []
        var everSeenKeys: Set<RecordKey> = []
        /// By tag.
        var claims: [[UInt8]: [Claiming]] = [:]
        /// By pseudonym.
        var names: [[UInt8]: Naming] = [:]
        /// By budget tag.
        var payments: [[UInt8]: Payments] = [:]
        /// Every challenge that ever was, as it was last seen, by its id.
        var challenges: [[UInt8]: Challenge] = [:]
        /// The challenge begun in a session, by the session's binding.
        var challengeOfBinding: [[UInt8]: [UInt8]] = [:]
        var recorded: Set<[UInt8]> = []
        var recordedActions: [AuditAction: Int] = [:]
        var erasures = 0
        /// Answers that told whether a guess is right, by challenge and attempt.
        var told: [[UInt8]: Set<[UInt8]>] = [:]
        /// The attempt that completed a challenge.
        var winner: [[UInt8]: [UInt8]] = [:]
        /// The pseudonym that an attempt was answered with.
        var answer: [[UInt8]: [UInt8]] = [:]
        /// Subjects whose erasure was begun.
        var erasing: Set<[UInt8]> = []
        var broken: [String] = []
    }

    private let scheduler: SimulationScheduler
    let policy: ChallengePolicy
    /// What no stored byte may hold: the first digits of every number of the simulation.
    private let plant: [UInt8]
    private let partitions: PartitionCount
    let state = Mutex(State())

    init(scheduler: SimulationScheduler, policy: ChallengePolicy, partitions: PartitionCount, plant: String) {
        self.scheduler = scheduler
        self.policy = policy
        self.partitions = partitions
        self.plant = Array(plant.utf8)
    }

    var broken: [String] { state.withLock { $0.broken } }

    func breaks(_ promise: String) {
        scheduler.note { "BROKEN: \(promise)" }
        state.withLock { Self.note(promise, in: &$0) }
    }

    static func note(_ promise: String, in state: inout State) {
        if state.broken.count < 20, !state.broken.contains(promise) { state.broken.append(promise) }
    }

    // MARK: Commits on the key service's store

    func sawKeys(_ changes: [RecordChange]) {
        state.withLock { state in
            for change in changes {
                apply(change, to: \.keyRows, &state)
                state.everSeenKeys.insert(change.key)
            }
        }
    }

    /// The value without the authenticator that the library adds.
    private static func content(_ value: [UInt8]) -> [UInt8] { Array(value.dropLast(AuthenticatedStore<InMemoryRecordStore>.overhead)) }

    private func apply(
        _ change: RecordChange, to rows: WritableKeyPath<State, [RecordKey: StoredRecord]>, _ state: inout State
    ) {
        if state[keyPath: rows][change.key]?.version != change.expectedVersion {
            Self.note("a commit was made whose expectations did not hold", in: &state)
        }
        switch change {
        case .check: break
        case .delete(let key, _): state[keyPath: rows][key] = nil
        case .put(let key, _, let version, let value, let expiresAt):
            if Self.holds(value, plant) || Self.holds(key.row, plant) { Self.note("a number is in a store, in plain digits", in: &state) }
            state[keyPath: rows][key] = StoredRecord(key: key, version: version, value: Self.content(value), expiresAt: expiresAt)
        }
    }

    private static func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count, let first = part.first else { return false }
        for start in 0...bytes.count - part.count where bytes[start] == first {
            if bytes[start..<start + part.count].elementsEqual(part) { return true }
        }
        return false
    }

    func saw(file bytes: [UInt8]) {
        if Self.holds(bytes, plant) { breaks("a number is in the log, in plain digits") }
    }

    // MARK: Commits on the identity store

    func saw(_ changes: [RecordChange]) {
        let now = scheduler.now
        let before = state.withLock { $0.broken.count }
        state.withLock { state in
            var actions: [AuditAction: Int] = [:]
            var owed: [AuditAction: Int] = [:]
            var ended = 0
            for change in changes {
                let old = state.rows[change.key]
                apply(change, to: \.rows, &state)
                state.everSeen.insert(change.key)
                let new = state.rows[change.key]
                if case .check = change { continue }
                switch change.key.collection {
                case "outbox": for action in recorded(old, new, &state) { actions[action, default: 0] += 1 }
                case "claim":
                    if claimed(change.key.row, old, new, now, &state) { owed[.enrolled, default: 0] += 1 }
                    // Taken from an account that keeps everything else: never without an entry in its history.
                    if old != nil, new != nil { owed[.numberLost, default: 0] += 1 }
                case "pseudonym": if named(change.key.row, old, new, now, &state) { owed[.pseudonymGiven, default: 0] += 1 }
                case "consent": for action in decided(old, new, &state) { owed[action, default: 0] += 1 }
                case "erasing":
                    if new == nil {
                        owed[.erased, default: 0] += 1
                        state.erasures += 1
                    } else if old == nil {
                        state.erasing.insert(change.key.row)
                        owed[.erasureBegun, default: 0] += 1
                    }
                case "attempts": ended += attempted(change.key.row, old, new, now, &state)
                default: break
                }
            }
            // An outcome and its entry are one commit.
            for (action, count) in owed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where actions[action, default: 0] < count {
                Self.note("\(count) × \(action) happened in a commit that records \(actions[action, default: 0])", in: &state)
            }
            let ends = Self.endings.reduce(0) { $0 + actions[$1, default: 0] }
            if ends != ended { Self.note("\(ended) challenges ended in a commit that records \(ends) ends", in: &state) }
        }
        let after = state.withLock { $0.broken.count }
        if after > before { scheduler.note { "BROKEN: \(broken[before...].joined(separator: "; "))" } }
    }

    /// How a challenge can end. Stopping a recovery without one is no part of the workload.
    private static let endings: [AuditAction] = [
        .enrolled, .alreadyEnrolled, .recovered, .recoveryNotFound, .recoveryWaiting, .recoveryStopped, .steppedUp, .challengeAbandoned,
        .challengeExhausted, .numberChanged, .emailChanged, .takeOverWaiting,
    ]

    /// - Returns: what the new row records.
    private func recorded(_ old: StoredRecord?, _ new: StoredRecord?, _ state: inout State) -> [AuditAction] {
        guard let new else { return [] }
        guard old == nil, let entries = try? EntryRecord.unpack(new) else {
            Self.note("a row of the outbox was changed or cannot be read", in: &state)
            return []
        }
        for entry in entries {
            if !state.recorded.insert(entry.leaf.id).inserted { Self.note("an event was recorded twice", in: &state) }
            state.recordedActions[entry.leaf.action, default: 0] += 1
        }
        return entries.map(\.leaf.action)
    }

    /// - Returns: whether somebody was enrolled.
    private func claimed(_ tag: [UInt8], _ old: StoredRecord?, _ new: StoredRecord?, _ now: Timestamp, _ state: inout State) -> Bool {
        if old != nil, let last = state.claims[tag]?.indices.last { state.claims[tag]![last].to = now }
        guard let new else { return false }
        guard let claim = try? Claim(new) else {
            Self.note("a claim cannot be read", in: &state)
            return false
        }
        state.claims[tag, default: []].append(Claiming(subject: claim.subject.bytes, from: now))
        return true
    }

    /// - Returns: whether a consumer other than the host got a name.
    private func named(_ row: [UInt8], _ old: StoredRecord?, _ new: StoredRecord?, _ now: Timestamp, _ state: inout State) -> Bool {
        guard let new else { return false }
        var reader = ByteReader(new.value)
        guard state.names[row] == nil, (try? reader.u8()) == 1, let subject = try? reader.fixed(16),
            let consumer = try? reader.text(atMost: 64)
        else {
            Self.note("a pseudonym was given twice", in: &state)
            return false
        }
        state.names[row] = Naming(subject: subject, consumer: consumer)
        return consumer != Consumer.host.rawValue
    }

    /// - Returns: the entry that each purpose whose standing has changed must have in the same commit.
    private func decided(_ old: StoredRecord?, _ new: StoredRecord?, _ state: inout State) -> [AuditAction] {
        func standings(_ record: StoredRecord?) -> [PurposeCode: ConsentState.Standing]? {
            guard let record else { return [:] }
            guard let sheet = try? decodeRecord(record, ConsentSheet.init(from:)) else { return nil }
            return Dictionary(uniqueKeysWithValues: sheet.states.map { ($0.purpose, $0.standing) })
        }
        guard let before = standings(old), let after = standings(new) else {
            Self.note("a person's consents cannot be read", in: &state)
            return []
        }
        return after.filter { before[$0.key] != $0.value }.values.map { standing in
            switch standing {
            case .given: .consentGiven
            case .refused: .consentRefused
            case .withdrawn: .consentWithdrawn
            }
        }
    }

    /// - Returns: how many challenges ended.
    private func attempted(
        _ tag: [UInt8], _ old: StoredRecord?, _ new: StoredRecord?, _ now: Timestamp, _ state: inout State
    ) -> Int {
        func challenges(_ record: StoredRecord?) -> [Challenge]? {
            guard let record else { return [] }
            return (try? decodeRecord(record, NumberAttempts.init(from:)))?.challenges
        }
        guard let before = challenges(old), let after = challenges(new) else {
            Self.note("a row of attempts cannot be read", in: &state)
            return 0
        }
        var payments = state.payments[tag] ?? Payments()
        var ended = 0
        for challenge in after {
            let id = challenge.id.bytes
            let known = before.first { $0.id == challenge.id }
            if known == nil {
                if state.challenges[id] != nil { Self.note("a challenge came back", in: &state) }
                state.challengeOfBinding[challenge.binding.bytes] = id
            }
            if challenge.sends > known?.sends ?? 0, challenge.purpose == .stepUpVerification, !mayStepUp(challenge.subject, state) {
                Self.note("a number was used without the consent of its owner", in: &state)
            }
            if challenge.sends > known?.sends ?? 0 { payments.sends.append(now) }
            for paid in challenge.paid where payments.paid[paid.digest.bytes] == nil { payments.paid[paid.digest.bytes] = (now, false) }
            if case .completed(let digest, let outcome) = challenge.state, known?.isCompleted != true {
                ended += 1
                let decided = Self.time(of: outcome) ?? now
                if outcome.first == 3, !Self.mayRecover(payments, decided) {
                    Self.note("somebody was let in without a recent proof", in: &state)
                }
                payments.outcomes.append((outcome.first ?? 0, outcome.first == 4 ? now : decided))
                payments.paid[digest.bytes]?.isRight = true
                if !challenge.paid.contains(where: { $0.digest == digest }) {
                    Self.note("a challenge was won by an unpaid guess", in: &state)
                }
            }
            if let known { compare(known, challenge, &state) }
            if challenge.paid.count > policy.tries { Self.note("a challenge was tried more often than it may be", in: &state) }
            state.challenges[id] = challenge
        }
        for challenge in before where !after.contains(where: { $0.id == challenge.id }) {
            if !challenge.isCompleted { ended += 1 }
            if now + .seconds(60) < challenge.expires { Self.note("a challenge was forgotten before it expired", in: &state) }
        }
        check(payments, now, &state)
        state.payments[tag] = payments
        return ended
    }

    /// When the outcome of a recovery was decided, which may be long before its commit lands: kind u8, subject 16, time i64.
    private static func time(of outcome: [UInt8]) -> Timestamp? {
        var reader = ByteReader(outcome)
        guard (try? reader.fixed(17)) != nil, let time = try? reader.time() else { return nil }
        return time
    }

    /// A number alone recovers an account for 45 days after its owner was here (enrolled 1, recovered 3, stepped up 7), or in the second week after
    /// somebody asked for it (4).
    private static func mayRecover(_ payments: Payments, _ now: Timestamp) -> Bool {
        let slack = Duration.seconds(120)
        return payments.outcomes.contains { kind, time in
            switch kind {
            case 1, 3, 7: now - time < .seconds(45 * 86_400) + slack
            case 4: now - time > .seconds(7 * 86_400) - slack && now - time < .seconds(14 * 86_400) + slack
            default: false
            }
        }
    }

    /// Whether a person's consent to step-ups is in force in the very state that a commit makes.
    private func mayStepUp(_ subject: SubjectID?, _ state: State) -> Bool {
        guard let subject else { return false }
        let key = RecordKey(partition: partitions.partition(of: subject.bytes), collection: "consent", row: subject.bytes)
        guard let row = state.rows[key], let sheet = try? decodeRecord(row, ConsentSheet.init(from:)) else { return false }
        return sheet.states.contains { $0.purpose == .stepUpVerification && $0.standing == .given }
    }

    private func compare(_ old: Challenge, _ new: Challenge, _ state: inout State) {
        if Set(new.paid.map(\.digest)).count != new.paid.count { Self.note("one guess was paid for twice", in: &state) }
        if !new.paid.starts(with: old.paid, by: { $0.digest == $1.digest }) {
            Self.note("a guess that was paid for was forgotten", in: &state)
        }
        if new.sends < old.sends || new.expires != old.expires || new.tries != old.tries || new.binding != old.binding {
            Self.note("a challenge was changed that should stay as it is", in: &state)
        }
        if case .completed = old.state, old.state != new.state { Self.note("a challenge was consumed twice", in: &state) }
    }

    /// The budgets as they are promised: no window passes more than the limit by half. One more for clocks that differ by some seconds.
    private func check(_ payments: Payments, _ now: Timestamp, _ state: inout State) {
        func most(_ times: [Timestamp], _ period: Duration, _ limit: Int) -> Bool {
            times.reduce(0) { $1 > now - period ? $0 + 1 : $0 } > limit * 3 / 2 + 1
        }
        let wrong = payments.paid.values.filter { !$0.isRight }.map(\.at)
        let (guesses, sends) = (policy.guesses, policy.sends)
        if most(wrong, .seconds(3_600), guesses.hourlyLimit) { Self.note("more guesses for a number than an hour allows", in: &state) }
        if most(wrong, .seconds(86_400), guesses.dailyLimit) { Self.note("more guesses for a number than a day allows", in: &state) }
        if most(payments.sends, .seconds(3_600), sends.hourlyLimit) { Self.note("more codes for a number than an hour allows", in: &state) }
        if most(payments.sends, .seconds(86_400), sends.dailyLimit) { Self.note("more codes for a number than a day allows", in: &state) }
    }
}
