public import IdentityTypes
import RecordStorage

extension IdentityService {
    /// The name by which another system knows a person, such as a support desk or a conversation service: give it this, never the host's own.
    ///
    /// The first use for a consumer is one commit: the name becomes known here, and the person's history tells who was given one. Later
    /// uses give the same name and commit nothing. Two systems cannot tell that two names are one person, and no call turns the name of one
    /// into that of another: only the host's own leads on.
    ///
    /// Every other call about a person takes any of the person's names and acts on the same person; only ``acknowledge(_:)``, which is about
    /// the host's own account, demands the host's, and a completed challenge always answers with it. An erasure ends them all.
    ///
    /// - Parameters:
    ///   - host: the host's own pseudonym of the person, as ``complete(_:code:attempt:requester:consents:)`` gave it.
    ///   - consumer: `.host` gives the host's own back.
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.foreignPseudonym`, `.erasing`, `.tooManyConsumers`, `.busy` or a storage code.
    public func pseudonym(of host: Pseudonym, for consumer: Consumer) async throws(IdentityError) -> Pseudonym {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Pseudonym in
            var (enrolment, record) = try await hostPerson(host)
            let pseudonym: Pseudonym
            do throws(StorageError) { pseudonym = try self.pseudonym(of: enrolment, for: consumer) } catch { throw IdentityError(error) }
            guard !enrolment.consumers.contains(consumer) else { return pseudonym }
            guard enrolment.consumers.count < Enrolment.consumerLimit else {
                throw IdentityError(
                    .tooManyConsumers,
                    "\(Enrolment.consumerLimit) systems know this person already, and each has a name of its own: use fewer, larger consumers."
                )
            }
            enrolment.consumers.append(consumer)
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            pseudonyms.stage(pseudonym, of: enrolment.subject, for: consumer, in: &commit)
            outbox.record(
                [
                    AuditEvent(
                        .pseudonymGiven, purpose: nil, at: now, subject: enrolment.audit,
                        details: [.init("consumer", consumer.rawValue)], random: environment.random)
                ], in: &commit)
            return pseudonym
        }
    }

    /// The person behind the host's own pseudonym.
    ///
    /// - Throws: `.unknownPseudonym`, `.foreignPseudonym` or `.erasing`.
    func hostPerson(_ pseudonym: Pseudonym) async throws(IdentityError) -> (Enrolment, StoredRecord) {
        let holder: (subject: SubjectID, consumer: Consumer)?
        do { holder = try await pseudonyms.holder(of: pseudonym) } catch { throw IdentityError(error) }
        guard let holder else { throw IdentityError.unknownPseudonym }
        guard holder.consumer == .host else {
            throw IdentityError(.foreignPseudonym, "This is another system's name for the person: give the one that your own accounts use.")
        }
        return try await activePerson(holder.subject, ifGone: .erasing)
    }
}
