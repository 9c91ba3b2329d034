import IdentityTypes
public import RecordStorage

/// The newest roster that somebody has worked with: nobody goes back behind it.
///
/// Where the identity store is kept, host, opener and sender share one; ``take(_:in:time:random:)`` looks at it, and raises it.
public struct SeenRoster: Hashable, Sendable {
    public let number: UInt32
    /// 32 bytes.
    public let digest: [UInt8]

    init(number: UInt32, digest: [UInt8]) {
        (self.number, self.digest) = (number, digest)
    }

    init(_ roster: Roster) {
        self.init(number: roster.number, digest: roster.digest)
    }

    /// Why this roster may not be used after the one that was seen; `nil` where it is that one, or goes on from it.
    ///
    /// Of two rosters with one number only the first is ever taken: the custodians' law does not fork.
    func refusal(of roster: Roster) -> VaultError? {
        guard roster.number >= number else {
            return VaultError(
                .rosterOutdated,
                "Roster \(number) is in force, and this is \(roster.number): get the newest from the custodians, and use it everywhere.")
        }
        if roster.number == number, roster.digest != digest {
            return VaultError(.rosterOutdated, "There is another roster of this number: ask the custodians which one is theirs.")
        }
        // Of a later one it cannot be told: those between were not seen here.
        if number < .max, roster.number == number + 1, roster.previous != digest {
            return VaultError(
                .rosterOutdated, "The roster does not go on from the one that is known: ask the custodians which is theirs.")
        }
        return nil
    }

    // MARK: In the identity store

    private static let key = RecordKey(partition: Partition(rawValue: 0), collection: "roster", row: [])

    /// Makes sure that a roster is none older than the newest one that was used with this store, and notes it where it is newer.
    ///
    /// Writes only then: a store that takes no writes serves who comes with the roster that is known.
    /// - Parameter store: the identity store, as the host authenticates it.
    /// - Throws: ``VaultError`` with code `.rosterOutdated`; `.unavailable` with what the store said.
    public static func take(
        _ roster: Roster, in store: any RecordStore, time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource()
    ) async throws(VaultError) {
        let refusal: VaultError?
        do {
            refusal = try await ConflictRetry().run(time: time, random: random) { () async throws(StorageError) in
                let stored = try await store.record(at: key)
                let seen = try stored.map(SeenRoster.init)
                if let refusal = seen?.refusal(of: roster) { return refusal }
                guard seen != SeenRoster(roster) else { return nil }
                var commit = StagedCommit(random: random)
                commit.put(SeenRoster(roster).encoded, at: key, replacing: stored)
                try await commit.commit(to: store)
                return nil
            }
        } catch {
            throw VaultError(error)
        }
        if let refusal { throw refusal }
    }

    /// u8 1, number u32, digest 32.
    private var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 37)
        writer.u8(1)
        writer.u32(number)
        writer.fixed(digest)
        return writer.bytes
    }

    private init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            return SeenRoster(number: try reader.u32(), digest: try reader.fixed(32))
        }
    }
}
