import AuditLog
public import IdentityTypes
import OTPEngine
import RecordStorage
public import SealedStore

extension IdentityService {
    /// Erases a person: number, keys, consents, history, pseudonyms. What stays in the log names nobody.
    ///
    /// Four steps, each lasting: the erasure is recorded; the keys are deleted in the key service, from which on no copy of the record in
    /// any backup can be opened; the rows go, and older pages of the store with them; the pseudonym goes. Whatever interrupts it,
    /// ``run()`` goes on with it, and so does asking again.
    ///
    /// - Parameter pseudonym: any of the person's; all of them end.
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `vault.erasurePending` (what could be deleted is, but a long reader still holds older
    ///   pages of a store: ask again), `.erasing` (another call begins it this moment: ask again), `.busy`, `vault.unavailable` or a storage code.
    @discardableResult
    public func erase(_ pseudonym: Pseudonym) async throws(IdentityError) -> ErasureReceipt {
        try await observing(.erase) { () async throws(IdentityError) in try await beginErasure(of: pseudonym) }
    }

    private func beginErasure(of pseudonym: Pseudonym) async throws(IdentityError) -> ErasureReceipt {
        let subject = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> SubjectID in
            if let subject = try await subjectBeingErased(pseudonym) { return subject }
            var (enrolment, record) = try await person(pseudonym)
            enrolment.state = .erasing
            commit.put(enrolment.encoded, at: record.key, replacing: record)
            var pseudonyms: [Pseudonym] = []
            for consumer in enrolment.consumers {
                do throws(StorageError) { pseudonyms.append(try self.pseudonym(of: enrolment, for: consumer)) } catch {
                    throw IdentityError(error)
                }
            }
            commit.insert(ErasureMark(pseudonyms: pseudonyms).encoded, at: ErasureMark.key(enrolment.subject, environment.partitions))
            outbox.record(
                [AuditEvent(.erasureBegun, purpose: nil, at: now, subject: enrolment.audit, random: environment.random)], in: &commit)
            return enrolment.subject
        }
        return try await finishErasure(of: subject)
    }

    private func subjectBeingErased(_ pseudonym: Pseudonym) async throws(IdentityError) -> SubjectID? {
        do {
            guard let subject = try await pseudonyms.subject(of: pseudonym) else { return nil }
            return try await store.record(at: ErasureMark.key(subject, environment.partitions)) == nil ? nil : subject
        } catch {
            throw IdentityError(error)
        }
    }

    /// The steps after the first, from wherever an earlier try stopped.
    @discardableResult
    func finishErasure(of subject: SubjectID) async throws(IdentityError) -> ErasureReceipt {
        let receipt: ErasureReceipt
        do { receipt = try await environment.keyService.erase(subject) } catch { throw IdentityError(error) }
        while try await !removeRows(of: subject) {}
        let isForgotten: Bool
        do { isForgotten = try await environment.forgetOldPages() } catch { throw IdentityError(error) }
        guard isForgotten else {
            throw IdentityError(
                VaultError(.erasurePending, "All rows are deleted; a long reader still holds older pages of the store. Ask again."))
        }
        try await removeMark(of: subject, receipt)
        return receipt
    }

    /// One commit's worth. - Returns: whether nothing is left.
    private func removeRows(of subject: SubjectID) async throws(IdentityError) -> Bool {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Bool in
            do throws(AuditError) {
                guard try await history.stageErasure(of: subject, in: &commit) else { return false }
            } catch {
                throw IdentityError(error)
            }
            do throws(StorageError) {
                guard try await stageNoticeRemoval(of: subject, in: &commit), try await stageEndOfGuardianship(by: subject, in: &commit)
                else {
                    return false
                }
                guard let record = try await store.record(at: Enrolment.key(subject, environment.partitions)) else { return true }
                let enrolment = try Enrolment(record)
                try await vault.stageRemoval(of: subject, record: enrolment.record, tags: enrolment.tags, in: &commit)
                try await consentRecords.stageErasure(of: subject, in: &commit)
                let conversation = ConversationState.key(subject.bytes, environment.partitions)
                if let row = try await store.record(at: conversation) { commit.delete(row) }
                try await stageEndOfGuardianship(of: enrolment, in: &commit)
                commit.delete(record)
            } catch {
                throw IdentityError(error)
            }
            do throws(OTPError) {
                try await authenticator.stageErasure(of: subject, in: &commit)
                try await engine.stageErasure(of: subject, in: &commit)
            } catch {
                throw IdentityError(error)
            }
            return true
        }
    }

    /// The last commit: nothing leads to the subject any more.
    private func removeMark(of subject: SubjectID, _ receipt: ErasureReceipt) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            do throws(StorageError) {
                guard let record = try await store.record(at: ErasureMark.key(subject, environment.partitions)) else { return }
                for pseudonym in try ErasureMark(record).pseudonyms { try await pseudonyms.stageRemoval(of: pseudonym, in: &commit) }
                commit.delete(record)
            } catch {
                throw IdentityError(error)
            }
            // Of nobody any more: its private part holds the digest that the receipt shows.
            let event = AuditEvent(
                .erased, purpose: nil, at: now, shard: subject.bytes,
                details: [.init("subject-digest", Hexadecimal.encode(receipt.subjectDigest))], random: environment.random)
            outbox.record([event], in: &commit)
        }
    }

    /// Goes on with what was interrupted in one partition; one that cannot be finished now holds up no other.
    func resumeErasures(in partition: Partition) async throws(IdentityError) -> Int {
        let marks: [StoredRecord]
        do {
            marks = try await store.records(in: RecordRange(partition: partition, collection: ErasureMark.collection), limit: 100)
        } catch {
            throw IdentityError(error)
        }
        var finished = 0
        for mark in marks {
            guard let subject = SubjectID(bytes: mark.key.row) else { continue }
            do throws(IdentityError) {
                try await finishErasure(of: subject)
                finished += 1
            } catch {
                environment.observer.observe(Observation(.sweeper, "erasure-waits", errorCode: error.code.rawValue))
            }
        }
        return finished
    }
}

/// Says that a subject's erasure is under way, and which pseudonyms go at its end: version u8 = 1, count u8, 20 bytes each.
private struct ErasureMark {
    static let collection: RecordCollection = "erasing"

    let pseudonyms: [Pseudonym]

    static func key(_ subject: SubjectID, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: subject.bytes), collection: collection, row: subject.bytes)
    }

    init(pseudonyms: [Pseudonym]) {
        self.pseudonyms = pseudonyms
    }

    init(_ record: StoredRecord) throws(StorageError) {
        pseudonyms = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            var pseudonyms: [Pseudonym] = []
            for _ in 0..<(try reader.u8()) { pseudonyms.append(Pseudonym(bytes: try reader.fixed(20))) }
            return pseudonyms
        }
    }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.u8(UInt8(pseudonyms.count))
        for pseudonym in pseudonyms { writer.fixed(pseudonym.bytes) }
        return writer.bytes
    }
}
