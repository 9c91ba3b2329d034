import AuditLog
public import ConsentLedger
public import IdentityTypes
public import OTPEngine
public import PhoneNormalization
public import RecordStorage
public import SealedStore

/// Everything that is held about one person.
public struct SubjectExport: Hashable, Sendable {
    /// Something that happened, as the log's private part tells it.
    public struct Event: Hashable, Sendable {
        public let action: AuditAction
        public let purpose: PurposeCode?
        public let time: Timestamp
        /// Names and values, such as how many messages a challenge took.
        public let details: [AuditEvent.Detail]
        /// Of the entry in the log, 16 bytes in hexadecimal: the public leaf carries it.
        public let entry: String
    }

    /// As it was asked for.
    public let pseudonym: Pseudonym
    /// Everyone who was given a pseudonym of the person, the host first.
    public let consumers: [Consumer]
    public let enrolledAt: Timestamp
    /// Every method that the person has completed, and when last.
    public let methods: [CompletedMethod]
    /// When the number was last proven; `nil` where there is none.
    public let lastProof: Timestamp?
    /// ISO 3166-1 alpha-2, or `001`; of the number.
    public let region: String?
    /// Which numbering plans read the number.
    public let metadataVersion: String?
    public let consents: [ConsentState]
    /// Oldest first; `nil` without a proof of a fresh step-up.
    public let history: [Event]?
    /// In E.164, where the owner has just typed and proven it; the service itself cannot show it.
    public let number: String?
}

extension IdentityService {
    /// Everything that is held about a person.
    ///
    /// - Parameters:
    ///   - proof: of a step-up for ``StepUpReason/dataExport`` at most 15 minutes ago; opens the history, once. Without one the export has no history.
    ///   - number: what the owner typed for that step-up, which was by number, to have it in the export; only together with a proof.
    ///   - region: where it would be dialled from.
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, `.proofMismatch`, `vault.orderRefused`, a `phone.`, vault or storage code.
    public func export(
        _ pseudonym: Pseudonym, proof: StepUpProof? = nil, number: String? = nil, region: Region? = nil
    ) async throws(IdentityError) -> SubjectExport {
        try await observing(.export) { () async throws(IdentityError) in
            try await collect(pseudonym, proof: proof, number: number, region: region)
        }
    }

    private func collect(
        _ pseudonym: Pseudonym, proof: StepUpProof?, number: String?, region: Region?
    ) async throws(IdentityError) -> SubjectExport {
        let (enrolment, _) = try await person(pseudonym)
        guard proof == nil || proof?.subject == enrolment.subject else {
            throw IdentityError(.proofMismatch, "This proof is another person's.")
        }
        let shown = try await ownNumber(number, region, proof, enrolment)
        // The log says so before any key is asked for.
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            commit.check(try await person(pseudonym).1)
            var events = [AuditEvent(.exported, purpose: nil, at: now, subject: enrolment.audit, random: environment.random)]
            if proof != nil {
                events.append(AuditEvent(.historyReleased, purpose: nil, at: now, subject: enrolment.audit, random: environment.random))
            }
            outbox.record(events, in: &commit)
        }
        var events: [SubjectExport.Event]?
        if let proof { events = try await openHistory(proof) }
        let states: [ConsentState]
        do { states = try await consentRecords.states(of: enrolment.subject) } catch { throw IdentityError(error) }
        return SubjectExport(
            pseudonym: pseudonym, consumers: enrolment.consumers, enrolledAt: enrolment.enrolledAt, methods: enrolment.methods,
            lastProof: enrolment.number?.lastProof, region: enrolment.number?.region, metadataVersion: enrolment.number?.metadataVersion,
            consents: states, history: events, number: shown)
    }

    private func openHistory(_ proof: StepUpProof) async throws(IdentityError) -> [SubjectExport.Event] {
        let key: GuardedBytes
        do { key = try await environment.keyService.releaseHistoryKey(for: proof) } catch { throw IdentityError(error) }
        do {
            return try await history.entries(of: proof.subject, with: key).map { entry in
                SubjectExport.Event(
                    action: entry.leaf.action, purpose: entry.leaf.purpose, time: entry.time, details: entry.details,
                    entry: Hexadecimal.encode(entry.leaf.id))
            }
        } catch {
            throw IdentityError(error)
        }
    }

    /// The number in E.164 if it is this person's and freshly proven.
    private func ownNumber(
        _ typed: String?, _ region: Region?, _ proof: StepUpProof?, _ enrolment: Enrolment
    ) async throws(IdentityError) -> String? {
        guard let typed else { return nil }
        let mismatch = IdentityError(.proofMismatch, "The number is shown only to its owner, right after a step-up with that number.")
        guard let proof, proof.isByNumber, vault.isGood(proof, for: .dataExport, at: now) else { throw mismatch }
        let parsed: PhoneNumber
        do { parsed = try PhoneNumber(parsing: typed, region: region) } catch { throw IdentityError(error) }
        let number = try Self.guarded(parsed)
        let tag: UniquenessTag
        do { tag = try await vault.tags(of: number).uniqueness } catch { throw IdentityError(error) }
        guard tag == enrolment.number?.tag else { throw mismatch }
        return parsed.formatted(.e164)
    }
}
