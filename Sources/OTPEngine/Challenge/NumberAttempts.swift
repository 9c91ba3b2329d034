import CryptoPrimitives
package import IdentityTypes
package import RecordStorage

/// All that counts for one number: its budgets and its challenges, in one record. An account's budget has a record of the same form,
/// without challenges.
///
/// One record, because rows are what a store charges for, and because every promise about guesses is then a promise about
/// one key, which the store keeps linearizable. Format: `Documentation/Formats.md`.
package struct NumberAttempts: Hashable, Sendable {
    /// As many as the budgets of strangers and of known devices let come together in the 70 minutes for which a challenge stays.
    package static let challengeLimit = 16
    package static let collection: RecordCollection = "attempts"
    private static let format: UInt8 = 1

    var budget = ExactBudget()
    /// Of all devices together that have proven the number and show it; `nil` before the first asks for anything.
    var devices: ExactBudget?
    package internal(set) var challenges: [Challenge] = []

    package init() {}

    init(_ budget: ExactBudget) { self.budget = budget }

    var sends: SendBudget {
        get { budget.sends }
        set { budget.sends = newValue }
    }
    var guesses: GuessBudget {
        get { budget.guesses }
        set { budget.guesses = newValue }
    }

    package static func key(of tag: BudgetTag, in partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: tag.bytes), collection: collection, row: tag.bytes)
    }

    /// Of an account's budget: under a name that says nothing of the account, and so may outlive it by a few days.
    static func key(of account: Pseudonym, _ key: BudgetKey, in partitions: PartitionCount) -> RecordKey {
        var hash = BLAKE2b(label: "SPNI/v1/budget-account", key: key.secret, length: 16)
        hash.append(account.bytes)
        let name = hash.finish()
        return RecordKey(partition: partitions.partition(of: name), collection: collection, row: name)
    }

    package func challenge(_ id: ChallengeID) -> Challenge? {
        challenges.first { $0.id == id }
    }

    /// Looks a challenge up by its id alone.
    ///
    /// - Complexity: linear in the rows of its partition: for a person who asks, not for a flow.
    package static func find(_ id: ChallengeID, in store: any RecordStore, _ partitions: PartitionCount) async throws(StorageError)
        -> Challenge?
    {
        var range = RecordRange(partition: partitions.partition(of: id.bytes), collection: collection)
        while true {
            let page = try await store.records(in: range, limit: 200)
            for record in page {
                if let challenge = try decodeRecord(record, NumberAttempts.init(from:)).challenge(id) { return challenge }
            }
            guard page.count == 200, let last = page.last else { return nil }
            range.after = last.key.row
        }
    }

    /// When neither budgets nor challenges matter any more, and the row may go.
    ///
    /// - Parameter budgetPolicy: of what the row's own budget is; a number's unless said.
    package func restsAt(_ policy: ChallengePolicy, _ budgetPolicy: ExactPolicy? = nil) -> Timestamp {
        let rest = budget.restsAt(budgetPolicy ?? policy.number)
        return challenges.reduce(max(rest, devices?.restsAt(policy.device) ?? rest)) { max($0, $1.sweepable) }
    }
}

extension NumberAttempts {
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 192 + challenges.count * 256)
        writer.u8(Self.format)
        budget.write(to: &writer)
        writer.optional(devices) { $1.write(to: &$0) }
        writer.u8(UInt8(challenges.count))
        for index in challenges.indices { challenges[index].write(to: &writer) }
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == Self.format else { throw MalformedBytes() }
        budget = try ExactBudget(from: &reader)
        devices = try reader.optional { reader throws(MalformedBytes) in try ExactBudget(from: &reader) }
        let count = Int(try reader.u8())
        guard count <= Self.challengeLimit else { throw MalformedBytes() }
        for _ in 0..<count {
            let challenge = try Challenge(from: &reader)
            guard !challenges.contains(where: { $0.id == challenge.id }) else { throw MalformedBytes() }
            challenges.append(challenge)
        }
    }
}

extension ExactBudget {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.time(sends.hour)
        writer.time(sends.day)
        writer.u8(sends.run)
        writer.time(sends.lastSent)
        writer.time(guesses.hour)
        writer.time(guesses.day)
        writer.u16(guesses.consecutive)
        writer.time(guesses.lastGuess)
        guesses.failures.write(to: &writer)
    }

    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        sends.hour = try reader.time()
        sends.day = try reader.time()
        sends.run = try reader.u8()
        sends.lastSent = try reader.time()
        guesses.hour = try reader.time()
        guesses.day = try reader.time()
        guesses.consecutive = try reader.u16()
        guesses.lastGuess = try reader.time()
        guesses.failures = try MonthlyFailures(from: &reader)
    }
}

extension Challenge {
    /// Bytes of an outcome.
    package static let outcomeLimit = 64

    fileprivate func write(to writer: inout ByteWriter) {
        writer.fixed(id.value)
        writer.u16(purpose.rawValue)
        writer.optional(subject) { $0.fixed($1.bytes) }
        writer.fixed(binding.value)
        writer.bool(isDeliverable)
        method.write(to: &writer)
        writer.u8(reason?.rawValue ?? 0)
        writer.u32(codeKeyID)
        writer.u32(generation)
        writer.u8(UInt8(digits))
        writer.u8(UInt8(tries))
        writer.time(created)
        writer.time(expires)
        writer.u16(UInt16(sends))
        writer.u8(UInt8(paid.count))
        for guess in paid {
            writer.fixed(guess.digest.value)
            writer.time(guess.time)
            writer.u8(guess.payer.rawValue)
        }
        switch state {
        case .live(let secret):
            writer.u8(0)
            writer.fixed(secret.value)
        case .completed(let digest, let outcome):
            writer.u8(1)
            writer.fixed(digest.value)
            writer.u8(UInt8(outcome.count))
            writer.fixed(outcome)
        }
    }

    // By the initializer of all members: one that fills them one by one, and may throw between them, copies the whole at its end.
    fileprivate init(from reader: inout ByteReader) throws(MalformedBytes) {
        let id = ChallengeID(try reader.bytes16())
        guard let purpose = ChallengePurpose(rawValue: try reader.u16()) else { throw MalformedBytes() }
        let subject = try reader.optional { reader throws(MalformedBytes) in
            guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
            return subject
        }
        let binding = RequesterBinding(try reader.bytes32())
        let isDeliverable = try reader.bool()
        let method = try MethodKind(from: &reader)
        let why = try reader.u8()
        let reason = StepUpReason(rawValue: why)
        guard why == 0 || reason != nil else { throw MalformedBytes() }
        let (codeKeyID, generation) = (try reader.u32(), try reader.u32())
        let (digits, tries) = (Int(try reader.u8()), Int(try reader.u8()))
        guard method.sendsCode ? (6...10).contains(digits) : digits == 0, (1...10).contains(tries) else { throw MalformedBytes() }
        let (created, expires) = (try reader.time(), try reader.time())
        let sends = Int(try reader.u16())
        let count = Int(try reader.u8())
        guard count <= tries else { throw MalformedBytes() }
        var paid: [PaidGuess] = []
        paid.reserveCapacity(count)
        for _ in 0..<count {
            let (digest, time) = (AttemptDigest(try reader.bytes16()), try reader.time())
            guard let payer = GuessPayer(rawValue: try reader.u8()) else { throw MalformedBytes() }
            paid.append(PaidGuess(digest: digest, time: time, payer: payer))
        }
        let state: State
        switch try reader.u8() {
        case 0: state = .live(RowSecret(try reader.bytes32()))
        case 1:
            let digest = AttemptDigest(try reader.bytes16())
            let length = Int(try reader.u8())
            guard length <= Self.outcomeLimit else { throw MalformedBytes() }
            state = .completed(by: digest, outcome: try reader.fixed(length))
        default: throw MalformedBytes()
        }
        self.init(
            id: id, purpose: purpose, subject: subject, binding: binding, isDeliverable: isDeliverable, method: method, reason: reason,
            codeKeyID: codeKeyID, generation: generation, digits: digits, tries: tries, created: created, expires: expires, sends: sends,
            paid: paid, state: state)
    }
}
