import IdentityTypes
import RecordStorage
import SealedStore

/// The record that says whose store this is: one deployment, one store.
enum Deployment {
    private static let key = RecordKey(partition: Partition(rawValue: 0), collection: "deployment", row: [])

    /// Takes possession of an empty store, or makes sure that this one is ours.
    ///
    /// - Throws: ``StorageError`` with code `.wrongDeployment` when it is another's, or was made with another number of partitions.
    static func open(
        _ store: any RecordStore, id: DeploymentID, partitions: PartitionCount, epoch: UInt32, now: Timestamp, random: any RandomSource
    ) async throws(StorageError) {
        // A second process may open the same new store at the same time: the loser of the commit finds the winner's record.
        for attempt in 1...2 {
            let found: StoredRecord?
            do {
                found = try await store.record(at: key)
            } catch {
                guard error.code == .tampered else { throw error }
                throw StorageError(.wrongDeployment, "This store was written under another deployment's keyring, or its rows were edited.")
            }
            if let found { return try check(found, id: id, partitions: partitions) }
            var writer = ByteWriter()
            writer.u8(1)
            writer.fixed(id.bytes)
            writer.u32(UInt32(partitions.rawValue))
            writer.time(now)
            var commit = StagedCommit(random: random)
            commit.insert(writer.bytes, at: key)
            NumberVault.stageFences(epoch: epoch, partitions: partitions, in: &commit)
            do {
                return try await commit.commit(to: store)
            } catch {
                guard error.code == .conflict, attempt == 1 else { throw error }
            }
        }
    }

    private static func check(_ record: StoredRecord, id: DeploymentID, partitions: PartitionCount) throws(StorageError) {
        let (owner, count) = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            let found = (try reader.fixed(16), try reader.u32())
            _ = try reader.time()
            return found
        }
        guard owner == id.bytes else {
            throw StorageError(.wrongDeployment, "This store belongs to another deployment: give each tenant a store of its own.")
        }
        guard count == UInt32(partitions.rawValue) else {
            throw StorageError(.wrongDeployment, "This store was made with \(count) partitions; their number never changes.")
        }
    }
}
