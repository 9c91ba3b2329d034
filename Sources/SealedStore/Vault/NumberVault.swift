public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Seals numbers, claims their tags, and can open none of them.
///
/// Holds public keys and the pepper. What it stages becomes true with the caller's commit; the one thing that happens before is the
/// deposit of the new subject's keys in the key service, which a sweep takes back if the commit never comes.
public struct NumberVault: Sendable {
    private let store: any RecordStore
    private let partitions: PartitionCount
    private let keyring: HostKeyring
    private let keyService: any KeyService
    private let evaluator: any TagEvaluator
    private let recipients: RecordRecipients
    private let random: any RandomSource

    /// - Parameter roster: names the quorums to which records are sealed; without one, people never see a number again.
    public init(
        store: any RecordStore, partitions: PartitionCount, keyring: HostKeyring, roster: Roster? = nil, keyService: any KeyService,
        evaluator: any TagEvaluator, random: any RandomSource = SystemRandomSource()
    ) {
        recipients = RecordRecipients(keyring, roster: roster)
        self.store = store
        self.partitions = partitions
        self.keyring = keyring
        self.keyService = keyService
        self.evaluator = evaluator
        self.random = random
    }

    // MARK: Tags

    /// Both tags of a number: one hash here, one evaluation by the party that holds the index keys.
    public func tags(of number: borrowing SecretNumber) async throws(VaultError) -> NumberTags {
        let element = hashedNumber(number, pepper: keyring.keys.pepper)
        return try await evaluator.evaluate(element)
    }

    /// The same of an e-mail address, which is claimed as numbers are and sealed nowhere.
    ///
    /// - Parameter address: as it is compared: UTF-8, its domain in lower case.
    package func tags(ofAddress address: borrowing SecretBytes) async throws(VaultError) -> NumberTags {
        var hash = BLAKE2b(label: "SPNI/v1/email", key: keyring.keys.pepper)
        hash.append(address)
        return try await evaluator.evaluate(Ristretto255.hashToGroup(hash.finish()))
    }

    /// Who has claimed a tag.
    public func claim(of tag: UniquenessTag) async throws(StorageError) -> Claim? {
        guard let record = try await store.record(at: Claim.key(tag, partitions)) else { return nil }
        return try Claim(record)
    }

    /// Who has claimed a tag, and the fence of its bucket, in one read.
    public func place(of tag: UniquenessTag) async throws(StorageError) -> TagPlace {
        let key = Claim.key(tag, partitions)
        let found = try await store.records(at: [key, Self.fenceKey(key.partition)])
        guard let fence = found[1] else {
            throw StorageError(.wrongDeployment, "This store was never opened by this library: open the deployment first.")
        }
        return TagPlace(claimKey: key, claim: try found[0].map(Claim.init), claimed: found[0], fence: fence)
    }

    // MARK: Sealing

    /// Seals a number for a new subject and deposits its keys: one put in the key service, nothing in the identity store yet.
    public func seal(_ number: borrowing SecretNumber, for subject: SubjectID) async throws(VaultError) -> PreparedEnrolment {
        try await seal(number, for: subject) { $0 }
    }

    /// The same, and stages meanwhile what rests on the record: the deposit mostly waits for a disk.
    ///
    /// - Parameter stage: gets the sealed record before its keys are deposited, so it must not commit anything.
    /// - Returns: what `stage` returned, once the deposit is made.
    package func seal<Staged>(
        _ number: borrowing SecretNumber, for subject: SubjectID, staging stage: (PreparedEnrolment) async -> Staged
    ) async throws(VaultError) -> Staged {
        let record = RecordID(random: random)
        let vaultKey = VaultRecord.key(subject: subject.bytes, record: record, partitions: partitions)
        let historyKey = SecretBytes(random: random)
        let historyPublicKey = X25519.publicKey(of: historyKey)
        let directKey = OwnedBox.DirectKey(of: historyKey)
        let deposit = KeyDeposit(
            subject: subject, record: record, vaultKey: vaultKey, shredKey: SecretBytes(random: random), historyKey: historyKey)
        async let failure = failure(depositing: deposit)
        let sealed = try recipients.seal(
            number, record: record, subject: subject, generation: 0, shredKey: deposit.shredKey, random: random)
        let staged = await stage(
            PreparedEnrolment(
                record: record, audit: AuditSubject(id: subject, historyKey: historyPublicKey), vaultKey: vaultKey,
                value: sealed.encoded, historyKey: directKey))
        if let failure = await failure { throw failure }
        return staged
    }

    private func failure(depositing deposit: borrowing KeyDeposit) async -> VaultError? {
        do throws(VaultError) {
            try await keyService.put(deposit)
            return nil
        } catch {
            return error
        }
    }

    /// Stages the claim of the tag and the sealed record, both expected absent, and the check of the bucket's fence.
    ///
    /// - Parameter place: as it was read for this commit.
    /// - Precondition: the place is the tag's.
    /// - Throws: ``StorageError`` with code `.conflict` when the index key is being replaced and this process has the older one.
    public func stage(
        _ prepared: PreparedEnrolment, tags: NumberTags, at place: TagPlace, in commit: inout StagedCommit
    ) throws(StorageError) {
        try stageClaim(by: prepared.audit.id, record: prepared.record, tags, at: place, in: &commit)
        stage(prepared, in: &commit)
    }

    /// Stages the sealed record alone, of somebody who gave no number.
    package func stage(_ prepared: PreparedEnrolment, in commit: inout StagedCommit) {
        commit.insert(prepared.value, at: prepared.vaultKey)
    }

    /// Stages the claim of a tag, and the check of the bucket's fence.
    ///
    /// - Parameter former: from whom the claim is taken; without one it is expected absent.
    package func stageClaim(
        by subject: SubjectID, record: RecordID, _ tags: NumberTags, at place: TagPlace, from former: SubjectID? = nil,
        in commit: inout StagedCommit
    ) throws(StorageError) {
        precondition(place.claimKey == Claim.key(tags.uniqueness, partitions), "The place is the tag's.")
        let epoch = try decodeRecord(place.fence) { reader throws(MalformedBytes) in try reader.u32() }
        guard epoch == tags.epoch else {
            throw StorageError(.conflict, "The index key was replaced meanwhile; evaluate the tag again.")
        }
        commit.check(place.fence)
        let claim = Claim(subject: subject, record: record, epoch: tags.epoch)
        if let former {
            guard let claimed = place.claimed, place.claim?.subject == former else {
                preconditionFailure("A claim is taken from whoever has it.")
            }
            commit.put(claim.encoded, at: place.claimKey, replacing: claimed)
        } else {
            commit.insert(claim.encoded, at: place.claimKey)
        }
    }

    // MARK: Another number

    /// Seals another number for a person and deposits its key beside the one there is: the record in the store stays as it is.
    ///
    /// - Throws: ``VaultError``; `.notFound` when the person has no record, `.resealDue`, `.orderRefused`, `.unavailable`.
    package func seal(
        another number: borrowing SecretNumber, for subject: SubjectID, record: RecordID
    ) async throws(VaultError) -> PreparedNumber {
        let vaultKey = VaultRecord.key(subject: subject.bytes, record: record, partitions: partitions)
        let row: StoredRecord?
        let present: VaultRecord?
        do throws(StorageError) {
            row = try await store.record(at: vaultKey)
            present = try row.map { row throws(StorageError) in
                try decodeRecord(row) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
            }
        } catch {
            throw VaultError(error)
        }
        guard let row, case .sealed(let body, _)? = present else {
            throw VaultError(.notFound, "This person has no sealed record: they are being erased.")
        }
        let shredKey = SecretBytes(random: random)
        let generation = body.header.generation + 1
        let sealed = try recipients.seal(
            number, record: record, subject: subject, generation: generation, shredKey: shredKey, random: random)
        guard case .sealed(let next, _) = sealed else { preconditionFailure("What was sealed is no tombstone.") }
        try await keyService.addShredKey(
            forChangeOfNumber: ShredKeyDeposit(
                subject: subject, record: record, generation: generation, bodyDigest: next.digest, vaultKey: vaultKey, shredKey: shredKey))
        return PreparedNumber(
            value: sealed.encoded, row: row,
            deposit: DepositReference(
                subject: subject, madeAt: Timestamp(milliseconds: 0), generation: generation, bodyDigest: next.digest, vaultKey: vaultKey))
    }

    /// Stages the record in the place of the one that was there when it was sealed; anything else since is a conflict for good.
    package func stage(_ prepared: PreparedNumber, in commit: inout StagedCommit) {
        commit.put(prepared.value, at: prepared.row.key, replacing: prepared.row)
    }

    /// Stages the removal of a claim, where it is this person's.
    package func stageRemoval(ofClaim tag: UniquenessTag, by subject: SubjectID, in commit: inout StagedCommit) async throws(StorageError) {
        if let claim = try await store.record(at: Claim.key(tag, partitions)), try Claim(claim).subject == subject { commit.delete(claim) }
    }

    /// Stages the removal of a subject's record and claims, whatever of them is there still.
    public func stageRemoval(
        of subject: SubjectID, record: RecordID, tags: [UniquenessTag], in commit: inout StagedCommit
    ) async throws(StorageError) {
        let vaultKey = VaultRecord.key(subject: subject.bytes, record: record, partitions: partitions)
        let found = try await store.records(at: [vaultKey] + tags.map { Claim.key($0, partitions) })
        if let vault = found[0] { commit.delete(vault) }
        // Requests that were open about this person are over.
        let marks = RecordRange(partition: vaultKey.partition, collection: RevealMark.collection, after: subject.bytes)
        for mark in try await store.records(in: marks, limit: 500) where mark.key.row.starts(with: subject.bytes) { commit.delete(mark) }
        // Only one's own claim: after an interrupted erasure the number may be somebody else's by now.
        for case let claim? in found.dropFirst() where try Claim(claim).subject == subject { commit.delete(claim) }
    }

    // MARK: Fences

    /// Stages the fence of every partition, for a new deployment's first commit.
    public static func stageFences(epoch: UInt32, partitions: PartitionCount, in commit: inout StagedCommit) {
        var writer = ByteWriter()
        writer.u32(epoch)
        for partition in partitions.all { commit.insert(writer.bytes, at: fenceKey(partition)) }
    }

    private static func fenceKey(_ partition: Partition) -> RecordKey {
        RecordKey(partition: partition, collection: "fence", row: [])
    }

    // MARK: Secrets that the host's other parts use

    /// Proof, for the key service and for the façade, that a subject has just proven that it is them.
    package func stepUpProof(
        subject: SubjectID, challenge: [UInt8], at time: Timestamp, for reason: StepUpReason, isByNumber: Bool = false
    ) -> StepUpProof {
        StepUpProof(
            subject: subject, challenge: challenge, provenAt: time, reason: reason, isByNumber: isByNumber, key: keyring.keys.proofKey)
    }

    /// Orders one message to a person, for the sender.
    ///
    /// - Precondition: the grant is this person's, where it names somebody.
    package func order<Use: MessagingPurpose>(
        to person: RevealSubject, template: String, grant: borrowing Grant<Use>
    ) -> DispatchOrder {
        precondition(grant.subject == nil || grant.subject == person.audit.id, "A grant is for the person it was given for.")
        return DispatchOrder(
            release: ReleaseOrder(
                id: grant.id, subject: person.audit.id, record: person.record, purpose: grant.purpose, deadline: grant.expiresAt,
                key: keyring.keys.proofKey),
            vaultKey: VaultRecord.key(subject: person.audit.id.bytes, record: person.record, partitions: partitions),
            historyKey: person.audit.historyKey, template: template)
    }

    package func isGood(_ proof: StepUpProof, for action: StepUpReason, at now: Timestamp) -> Bool {
        proof.isGood(for: action, at: now, key: keyring.keys.proofKey)
    }
}

/// A sealed number whose keys are deposited, and which is not stored yet.
public struct PreparedEnrolment: Sendable {
    package let record: RecordID
    /// The subject, with the public half of its history key.
    public let audit: AuditSubject
    package let vaultKey: RecordKey
    package let value: [UInt8]
    /// Seals the subject's first entries.
    package let historyKey: OwnedBox.DirectKey
}

/// Another number of a person, sealed, whose key is deposited, and which is not stored yet.
package struct PreparedNumber: Sendable {
    let value: [UInt8]
    let row: StoredRecord
    /// To be confirmed once it is stored.
    package let deposit: DepositReference
}

/// Where a number is claimed, as one read found it.
public struct TagPlace: Sendable {
    public let claim: Claim?
    fileprivate let claimKey: RecordKey
    fileprivate let claimed: StoredRecord?
    /// Of the claim's bucket: changes with the index key.
    fileprivate let fence: StoredRecord

    fileprivate init(claimKey: RecordKey, claim: Claim?, claimed: StoredRecord?, fence: StoredRecord) {
        self.claimKey = claimKey
        self.claim = claim
        self.claimed = claimed
        self.fence = fence
    }
}

/// Whose number it is: the row under a uniqueness tag.
public struct Claim: Hashable, Sendable {
    package let subject: SubjectID
    package let record: RecordID
    package let epoch: UInt32

    init(subject: SubjectID, record: RecordID, epoch: UInt32) {
        self.subject = subject
        self.record = record
        self.epoch = epoch
    }

    package init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)),
                let record = RecordID(bytes: try reader.fixed(16))
            else { throw MalformedBytes() }
            return Claim(subject: subject, record: record, epoch: try reader.u32())
        }
    }

    /// Version u8 = 1, subject 16, record 16, epoch u32.
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 37)
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u32(epoch)
        return writer.bytes
    }

    static func key(_ tag: UniquenessTag, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: tag.bytes), collection: "claim", row: tag.bytes)
    }
}
