import CryptoPrimitives
import IdentityTypes
public import RecordStorage

/// Seals a number anew under new keys, so that shares of its decryption that were given out are worth nothing, in old backups too.
///
/// The new shred key is put beside the old one, named by the digest of the body it is for; then the new record is committed at the exact
/// version of the old one. The host's next sweep sees which body is there, and has the key service keep its key and drop every other.
/// Killed between any two steps, or several at it at once, the record opens as before or as after.
public struct Resealer: Sendable {
    let store: any RecordStore
    let partitions: PartitionCount
    let recipients: RecordRecipients
    let keyService: any ResealingKeyService
    let random: any RandomSource

    /// - Parameter store: the identity store, as the host authenticates it.
    public init(
        store: any RecordStore, partitions: PartitionCount = .standard, recipients: RecordRecipients, keyService: any ResealingKeyService,
        random: any RandomSource = SystemRandomSource()
    ) {
        (self.store, self.partitions, self.recipients) = (store, partitions, recipients)
        (self.keyService, self.random) = (keyService, random)
    }

    /// Refuses to go on with a roster that is not the newest any more: whoever seals anew does so before asking for the key.
    ///
    /// - Throws: ``VaultError`` with code `.rosterOutdated`.
    func checkRoster(time: any TimeSource) async throws(VaultError) {
        guard let roster = recipients.roster else { return }
        try await SeenRoster.take(roster, in: store, time: time, random: random)
    }

    /// - Parameters:
    ///   - row: the record as it is.
    ///   - stage: what belongs into the same commit, above all the event.
    func reseal(
        _ number: borrowing SecretNumber, of header: RecordHeader, in row: StoredRecord,
        staging stage: (inout StagedCommit) -> Void
    ) async throws(VaultError) {
        let shredKey = SecretBytes(random: random)
        let generation = header.generation + 1
        let resealed = try recipients.seal(
            number, record: header.record, subject: header.subject, generation: generation, shredKey: shredKey, random: random)
        guard case .sealed(let body, _) = resealed else { return }
        try await keyService.addShredKey(
            ShredKeyDeposit(
                subject: header.subject, record: header.record, generation: generation, bodyDigest: body.digest, vaultKey: row.key,
                shredKey: shredKey))
        var commit = StagedCommit(random: random)
        commit.put(resealed.encoded, at: row.key, replacing: row)
        stage(&commit)
        do { try await commit.commit(to: store) } catch { throw VaultError(error) }
    }
}
