import CryptoPrimitives
package import IdentityTypes
public import RecordStorage

/// Makes the name by which one consumer knows a person, and finds the person again by it.
///
/// A pseudonym comes from a random seed drawn at enrolment, never from the number: the next holder of a recycled number, or an erased
/// person who returns, starts as somebody new, and two consumers cannot compare notes.
public struct PseudonymIndex: Sendable {
    private let store: any RecordStore
    private let partitions: PartitionCount
    private let keyring: HostKeyring
    private let random: any RandomSource

    public init(store: any RecordStore, partitions: PartitionCount, keyring: HostKeyring, random: any RandomSource = SystemRandomSource()) {
        self.store = store
        self.partitions = partitions
        self.keyring = keyring
        self.random = random
    }

    /// A new subject's seed, wrapped under the pseudonym root (104 bytes for its enrolment record), and the host's pseudonym from it.
    package func draw(for subject: SubjectID) -> (wrappedSeed: [UInt8], host: Pseudonym) {
        let seed = SecretBytes(random: random)
        let wrapped = CommittingAEAD.seal(seed, key: wrapKey(), label: "SPNI/v1/seed-wrap", context: subject.bytes, random: random)
        return (wrapped, pseudonym(from: seed, linkGeneration: 0, for: .host))
    }

    /// `u_` and base 32 of BLAKE2b-160(key: K_pid[consumer], LP("SPNI/v1/pid") LP(seed) LP(link generation u32)).
    package func pseudonym(
        of subject: SubjectID, wrappedSeed: [UInt8], linkGeneration: UInt32, for consumer: Consumer
    ) throws(VaultError) -> Pseudonym {
        let seed: SecretBytes
        do {
            seed = try CommittingAEAD.open(wrappedSeed, key: wrapKey(), label: "SPNI/v1/seed-wrap", context: subject.bytes)
        } catch {
            throw VaultError(.refused, "An enrolment's seed does not open under this host keyring.")
        }
        return pseudonym(from: seed, linkGeneration: linkGeneration, for: consumer)
    }

    private func pseudonym(from seed: borrowing SecretBytes, linkGeneration: UInt32, for consumer: Consumer) -> Pseudonym {
        var consumerKey = BLAKE2b(label: "SPNI/v1/pid-key", key: keyring.keys.pseudonymRoot)
        consumerKey.append(consumer.rawValue)
        var hash = BLAKE2b(label: "SPNI/v1/pid", key: consumerKey.finishSecret(), length: 20)
        hash.append(seed)
        hash.append(linkGeneration)
        return Pseudonym(bytes: hash.finish())
    }

    private func wrapKey() -> SecretBytes {
        BLAKE2b(label: "SPNI/v1/seed-key", key: keyring.keys.pseudonymRoot).finishSecret()
    }

    /// Stages the row that leads from a pseudonym to its subject.
    package func stage(_ pseudonym: Pseudonym, of subject: SubjectID, for consumer: Consumer, in commit: inout StagedCommit) {
        var writer = ByteWriter()
        writer.u8(1)
        writer.fixed(subject.bytes)
        writer.prefixed(consumer.rawValue)
        commit.insert(writer.bytes, at: key(pseudonym))
    }

    /// Stages its removal, if it is there.
    package func stageRemoval(of pseudonym: Pseudonym, in commit: inout StagedCommit) async throws(StorageError) {
        if let record = try await store.record(at: key(pseudonym)) { commit.delete(record) }
    }

    /// Whom a pseudonym names; `nil` for one that was never given or whose person was erased.
    package func subject(of pseudonym: Pseudonym) async throws(StorageError) -> SubjectID? {
        try await holder(of: pseudonym)?.subject
    }

    /// Whom a pseudonym names, and to which consumer.
    package func holder(of pseudonym: Pseudonym) async throws(StorageError) -> (subject: SubjectID, consumer: Consumer)? {
        guard let record = try await store.record(at: key(pseudonym)) else { return nil }
        return try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1, let subject = SubjectID(bytes: try reader.fixed(16)),
                let consumer = Consumer(rawValue: try reader.text(atMost: 64))
            else { throw MalformedBytes() }
            return (subject, consumer)
        }
    }

    private func key(_ pseudonym: Pseudonym) -> RecordKey {
        let bytes = pseudonym.bytes
        return RecordKey(partition: partitions.partition(of: bytes), collection: "pseudonym", row: bytes)
    }
}
