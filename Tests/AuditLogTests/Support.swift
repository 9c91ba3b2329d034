import CryptoPrimitives
import Foundation
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import AuditLog

/// SHA-256 of a seed and a counter: the same bytes each run.
final class AuditTestRandom: RandomSource {
    private let seed: UInt64
    private let counter = Mutex<UInt64>(0)

    init(_ seed: UInt64 = 1) { self.seed = seed }

    func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        var offset = 0
        while offset < bytes.count {
            var writer = ByteWriter()
            writer.u64(seed)
            writer.u64(
                counter.withLock {
                    $0 += 1
                    return $0
                })
            for byte in SHA256.hash(writer.bytes) where offset < bytes.count {
                bytes[offset] = byte
                offset += 1
            }
        }
    }
}

/// A clock that only tests move. Sleeping yields, so that nothing waits for it.
final class AuditTestTime: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_795_478_400_000))

    func now() -> Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        await Task.yield()
    }
}

/// The moment a process dies: before or after its n-th step everything stops.
final class Fuse: Sendable {
    private let state: Mutex<(left: Int, steps: Int)>

    init(after steps: Int = .max) { state = Mutex((steps, 0)) }

    /// How many steps were taken.
    var steps: Int { state.withLock { $0.steps } }

    func step() throws(StorageError) {
        let burnt = state.withLock { state in
            state.steps += 1
            state.left -= 1
            return state.left < 0
        }
        if burnt { throw StorageError(.unavailable, "The process was killed.") }
    }
}

struct FusedStore: RecordStore {
    let wrapped: any RecordStore
    let fuse: Fuse

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await wrapped.records(at: keys) }
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await wrapped.records(in: range, limit: limit)
    }
    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try fuse.step()
        try await wrapped.commit(changes)
        try fuse.step()
    }
}

/// A log's files in memory.
final class MemoryTiles: TileStore {
    private let files = Mutex<[String: [UInt8]]>([:])

    var all: [String: [UInt8]] {
        get { files.withLock { $0 } }
        set { files.withLock { $0 = newValue } }
    }

    func with(fuse: Fuse) -> FusedTiles { FusedTiles(wrapped: self, fuse: fuse) }
    func contents(of path: String) async throws(AuditError) -> [UInt8]? { files.withLock { $0[path] } }
    func write(_ bytes: [UInt8], to path: String) async throws(AuditError) { files.withLock { $0[path] = bytes } }
    func removePartials(of tile: TilePath) async throws(AuditError) {
        files.withLock { files in files = files.filter { !$0.key.hasPrefix("\(tile.full).p/") } }
    }
}

struct FusedTiles: TileStore {
    let wrapped: MemoryTiles
    let fuse: Fuse

    func contents(of path: String) async throws(AuditError) -> [UInt8]? { try await wrapped.contents(of: path) }
    func write(_ bytes: [UInt8], to path: String) async throws(AuditError) {
        do { try fuse.step() } catch { throw AuditError(error) }
        try await wrapped.write(bytes, to: path)
        do { try fuse.step() } catch { throw AuditError(error) }
    }
    func removePartials(of tile: TilePath) async throws(AuditError) { try await wrapped.removePartials(of: tile) }
}

struct FusedHeads: SignerHeadStore {
    let wrapped: InMemorySignerHeadStore
    let fuse: Fuse

    func head() async throws(AuditError) -> TreeHead? { try await wrapped.head() }
    func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool {
        do { try fuse.step() } catch { throw AuditError(error) }
        let moved = try await wrapped.move(from: old, to: new)
        do { try fuse.step() } catch { throw AuditError(error) }
        return moved
    }
}

/// Everything a log consists of, and processes that come and go over it.
final class Bench: Sendable {
    let store: InMemoryRecordStore
    let tiles = MemoryTiles()
    let heads = InMemorySignerHeadStore()
    let time = AuditTestTime()
    let random: AuditTestRandom
    let partitions = PartitionCount(rawValue: 8)!
    let key: LogKey

    init(_ seed: UInt64 = 1, store: InMemoryRecordStore = InMemoryRecordStore()) throws {
        random = AuditTestRandom(seed)
        self.store = store
        key = try Self.signer(InMemorySignerHeadStore()).key
    }

    static func signer(_ heads: some SignerHeadStore) throws -> LogSigner {
        try LogSigner(name: "log.example/identity", seed: SecretBytes(count: 32) { $0[0] = 7 }, heads: heads)
    }

    func outbox() -> AuditOutbox { AuditOutbox(partitions: partitions, time: time, random: random) }

    func sequencer(_ outbox: AuditOutbox? = nil, fuse: Fuse = Fuse(), policy: SequencerPolicy = SequencerPolicy()) throws -> LogSequencer {
        LogSequencer(
            store: FusedStore(wrapped: store, fuse: fuse), outbox: outbox ?? self.outbox(),
            signer: try Self.signer(FusedHeads(wrapped: heads, fuse: fuse)), tiles: tiles.with(fuse: fuse), policy: policy, time: time,
            random: random)
    }

    func event(_ action: AuditAction = .enrolled, subject: AuditSubject? = nil) -> AuditEvent {
        guard let subject else {
            return AuditEvent(
                action, purpose: .verification, at: time.now(), shard: random.bytes(16), details: [.init("guesses", 2)], random: random)
        }
        return AuditEvent(
            action, purpose: .verification, at: time.now(), subject: subject, details: [.init("guesses", 1)], random: random)
    }

    /// Records events, each in a commit of its own.
    @discardableResult
    func record(_ count: Int, in outbox: AuditOutbox) async throws -> [[UInt8]] {
        var ids: [[UInt8]] = []
        for _ in 0..<count {
            let event = event()
            var commit = StagedCommit(random: random)
            outbox.record([event], in: &commit)
            try await commit.commit(to: store)
            ids.append(event.id)
        }
        return ids
    }

    func verify() async throws -> Checkpoint { try await LogVerifier(tiles, key: key).verify() }

    /// The ids of the entries that are published, in order.
    func published() async throws -> [[UInt8]] {
        let size = try await verify().head.size
        var ids: [[UInt8]] = []
        for start in stride(from: 0, to: size, by: 256) {
            for entry in try await tiles.bundle(.entries(start / 256, width: Int(min(256, size - start)))).entries {
                ids.append(try AuditLeaf(bytes: entry).id)
            }
        }
        return ids
    }
}

/// The lines of a vector file that begin with a word, split at spaces.
func vectors(_ file: String, _ word: String) throws -> [[String]] {
    let url = try #require(Bundle.module.url(forResource: "Vectors", withExtension: nil)).appendingPathComponent(file)
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        .map { $0.split(separator: " ").map(String.init) }.filter { $0.first == word }.map { Array($0.dropFirst()) }
}
