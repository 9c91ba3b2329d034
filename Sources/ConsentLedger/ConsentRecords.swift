public import IdentityTypes
public import RecordStorage

/// What people agreed to: recorded with the words they were shown, withdrawn as easily as given, asked at every use.
///
/// The present state is one row a person; every decision is also an event of the audit log, sealed into the person's history, so
/// nothing is overwritten without a trace. A use takes a ``Grant`` from here, which carries the row's version into the commit of the
/// use: a withdrawal in between makes that commit fail.
public struct ConsentRecords: Sendable {
    /// How long a grant is good for.
    public static let grantLifetime: Duration = .seconds(10)

    private let store: any RecordStore
    private let partitions: PartitionCount
    private let recorder: any EventRecorder
    private let time: any TimeSource
    private let random: any RandomSource
    private let retry = ConflictRetry()

    public init(
        store: any RecordStore, partitions: PartitionCount, recorder: any EventRecorder, time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource()
    ) {
        self.store = store
        self.partitions = partitions
        self.recorder = recorder
        self.time = time
        self.random = random
    }

    // MARK: Deciding

    /// Checks decisions before anything else happens, so that a bad one costs no code and no commit.
    ///
    /// - Throws: ``ConsentError`` with code `.notOptIn`, `.noticeIncomplete` or `.contradictory`.
    public static func validate(_ decisions: [ConsentDecision]) throws(ConsentError) {
        var seen = Set<PurposeCode>()
        for decision in decisions {
            guard decision.purpose.needsConsent else {
                throw ConsentError(.notOptIn, "Nobody is asked about a purpose that is necessary for the contract or by law.")
            }
            guard seen.insert(decision.purpose).inserted else {
                throw ConsentError(.contradictory, "One purpose was decided twice in one step.")
            }
            if let jurisdiction = decision.jurisdiction, !(2...16).contains(jurisdiction.utf8.count) {
                throw ConsentError(.noticeIncomplete, "A jurisdiction has 2 to 16 bytes, such as EU or US-CA.")
            }
            _ = try NoticeReference(decision.notice)
        }
    }

    /// Stages decisions into the commit of something larger, such as a sign-up, with their events.
    ///
    /// - Returns: the events, which are not recorded yet: the caller hands them to the recorder together with its own, as events of
    ///   one commit share a row of the outbox.
    package func stage(
        _ decisions: [ConsentDecision], of subject: AuditSubject, in commit: inout StagedCommit
    ) async throws(ConsentError) -> [AuditEvent] {
        guard !decisions.isEmpty else { return [] }
        try Self.validate(decisions)
        let now = time.now()
        var (sheet, current) = try await sheet(of: subject.id)
        var events: [AuditEvent] = []
        for decision in decisions {
            let state = ConsentState(
                purpose: decision.purpose, standing: decision.isGiven ? .given : .refused, notice: try NoticeReference(decision.notice),
                method: decision.method, jurisdiction: decision.jurisdiction, decidedAt: now, expiresAt: decision.expiresAt)
            sheet.set(state)
            events.append(event(decision.isGiven ? .consentGiven : .consentRefused, state, subject))
        }
        commit.put(sheet.encoded, at: key(subject.id), replacing: current)
        return events
    }

    /// Records decisions on their own.
    package func record(_ decisions: [ConsentDecision], of subject: AuditSubject) async throws(ConsentError) {
        guard !decisions.isEmpty else { return }
        try await change { commit throws(ConsentError) in
            let events = try await stage(decisions, of: subject, in: &commit)
            recorder.record(events, in: &commit)
        }
    }

    /// Withdraws a consent. What was never given, or withdrawn before, stays as it is.
    package func withdraw(_ purpose: PurposeCode, of subject: AuditSubject, method: ConsentMethod) async throws(ConsentError) {
        try await change { commit throws(ConsentError) in
            let events = try await stageWithdrawal(of: purpose, by: subject, method: method, in: &commit)
            recorder.record(events, in: &commit)
        }
    }

    /// Stages a withdrawal into the commit of something larger.
    ///
    /// Where there is nothing to withdraw the row gets a new version all the same: a consent that was given before, by a commit that nobody
    /// saw land, must not land after the withdrawal was acknowledged.
    ///
    /// - Returns: the events, which the caller records; none where there was nothing to withdraw.
    package func stageWithdrawal(
        of purpose: PurposeCode, by subject: AuditSubject, method: ConsentMethod, in commit: inout StagedCommit
    ) async throws(ConsentError) -> [AuditEvent] {
        guard purpose.needsConsent else {
            throw ConsentError(.notOptIn, "A purpose that is necessary for the contract or by law ends with the account: erase it.")
        }
        var (sheet, current) = try await sheet(of: subject.id)
        guard let state = sheet.states.first(where: { $0.purpose == purpose }), state.standing == .given else {
            commit.put(sheet.encoded, at: key(subject.id), replacing: current)
            return []
        }
        let ended = state.withdrawn(at: time.now(), method: method)
        sheet.set(ended)
        commit.put(sheet.encoded, at: key(subject.id), replacing: current)
        return [event(.consentWithdrawn, ended, subject)]
    }

    /// Stages what a STOP means: each of these purposes that is given is withdrawn. The row gets a new version in any case.
    ///
    /// - Returns: the events, which the caller records.
    package func stageStop(
        of purposes: Set<PurposeCode>, by subject: AuditSubject, in commit: inout StagedCommit
    ) async throws(ConsentError) -> [AuditEvent] {
        var (sheet, current) = try await sheet(of: subject.id)
        var events: [AuditEvent] = []
        for state in sheet.states where state.standing == .given && purposes.contains(state.purpose) {
            let ended = state.withdrawn(at: time.now(), method: .message)
            sheet.set(ended)
            events.append(event(.consentWithdrawn, ended, subject))
        }
        commit.put(sheet.encoded, at: key(subject.id), replacing: current)
        return events
    }

    /// Stages what a START means: what a STOP ended is given again, by the notice it was given by before. Nothing that was never given, refused, or
    /// withdrawn in another way.
    package func stageRestart(
        of purposes: Set<PurposeCode>, by subject: AuditSubject, in commit: inout StagedCommit
    ) async throws(ConsentError) -> [AuditEvent] {
        var (sheet, current) = try await sheet(of: subject.id)
        var events: [AuditEvent] = []
        for state in sheet.states where state.standing == .withdrawn && state.method == .message && purposes.contains(state.purpose) {
            // What would have run out since is to be asked for again.
            guard state.expiresAt.map({ time.now() < $0 }) ?? true else { continue }
            let given = state.givenAgain(at: time.now())
            sheet.set(given)
            events.append(event(.consentGiven, given, subject))
        }
        guard !events.isEmpty else { return [] }
        commit.put(sheet.encoded, at: key(subject.id), replacing: current)
        return events
    }

    // MARK: Asking

    /// Where every purpose stands that this person ever decided about, by purpose.
    package func states(of subject: SubjectID) async throws(ConsentError) -> [ConsentState] {
        try await sheet(of: subject).sheet.states
    }

    /// Permission for one use.
    ///
    /// - Throws: ``ConsentError`` with code `.notGiven`, `.withdrawn` or `.expired` for an opt-in purpose that is not in force.
    package func grant<Use: Purpose>(_ use: Use.Type, of subject: SubjectID) async throws(ConsentError) -> Grant<Use> {
        let (sheet, current) = try await sheet(of: subject)
        let now = time.now()
        let purpose = Use.token.code
        guard let current, let state = sheet.states.first(where: { $0.purpose == purpose }), state.standing != .refused else {
            throw ConsentError(.notGiven, "The person did not agree to this purpose.")
        }
        guard state.standing == .given else { throw ConsentError(.withdrawn, "The person withdrew the consent to this purpose.") }
        guard state.isInForce(at: now) else { throw ConsentError(.expired, "The consent to this purpose ran out; ask again.") }
        return Grant(
            token: Use.token, id: random.bytes(16), subject: subject, basis: .consent(current.key, current.version),
            expiresAt: now + Self.grantLifetime)
    }

    /// Permission to send the code of one challenge: necessary, minted without a read, good for that challenge alone.
    package func grantForChallenge<Use: MessagingPurpose>(_ use: Use.Type, challenge: [UInt8]) -> Grant<Use> {
        Grant(
            token: Use.token, id: random.bytes(16), subject: nil, basis: .challenge(challenge), expiresAt: time.now() + Self.grantLifetime)
    }

    // MARK: Erasing

    /// Stages the removal of a person's row.
    package func stageErasure(of subject: SubjectID, in commit: inout StagedCommit) async throws(StorageError) {
        if let record = try await store.record(at: key(subject)) { commit.delete(record) }
    }

    // MARK: Inside

    private func event(_ action: AuditAction, _ state: ConsentState, _ subject: AuditSubject) -> AuditEvent {
        AuditEvent(
            action, purpose: state.purpose, at: state.decidedAt, subject: subject,
            details: [
                .init("notice", state.notice.id), .init("version", state.notice.version), .init("language", state.notice.language),
                .init("text-sha256", Hexadecimal.encode(state.notice.textDigest)), .init("method", state.method.rawValue),
            ], random: random)
    }

    private func key(_ subject: SubjectID) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: "consent", row: subject.bytes)
    }

    private func sheet(of subject: SubjectID) async throws(ConsentError) -> (sheet: ConsentSheet, record: StoredRecord?) {
        do {
            guard let record = try await store.record(at: key(subject)) else { return (ConsentSheet(), nil) }
            return (try decodeRecord(record) { reader throws(MalformedBytes) in try ConsentSheet(from: &reader) }, record)
        } catch {
            throw ConsentError(error)
        }
    }

    /// Reads, decides and commits alone, again on a conflict.
    private func change(_ decide: (inout StagedCommit) async throws(ConsentError) -> Void) async throws(ConsentError) {
        let outcome: Result<Void, ConsentError>
        do {
            outcome = try await retry.run(time: time, random: random) { () async throws(StorageError) -> Result<Void, ConsentError> in
                var commit = StagedCommit(random: random)
                do throws(ConsentError) { try await decide(&commit) } catch { return .failure(error) }
                if !commit.isEmpty { try await commit.commit(to: store) }
                return .success(())
            }
        } catch {
            throw ConsentError(error)
        }
        try outcome.get()
    }
}
