import CryptoPrimitives
import Foundation
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import AuditLog

@Suite("A log in a directory is the log")
struct DirectoryTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID())").path

    @Test func aLogInFilesIsSequencedReopenedAndVerified() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bench = try Bench()
        let outbox = bench.outbox()
        let tiles = DirectoryTileStore(directory: "\(folder)/log/")
        let heads = FileSignerHeadStore(path: "\(folder)/log.head")
        for count in [3, 300, 1] {
            try await bench.record(count, in: outbox)
            bench.time.advance(by: .seconds(1))
            let sequencer = LogSequencer(
                store: bench.store, outbox: outbox, signer: try Bench.signer(heads), tiles: tiles, time: bench.time, random: bench.random)
            #expect(try await sequencer.sequence() == count)
        }
        let checkpoint = try await LogVerifier(DirectoryTileStore(directory: "\(folder)/log"), key: bench.key).verify()
        #expect(checkpoint.head.size == 304)
        #expect(try await heads.head() == checkpoint.head)
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/log/tile/0/000.p"))
        #expect(try await tiles.contents(of: "tile/9/000") == nil)
    }

    @Test func theHeadMovesFromWhatItIsAlone() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let heads = FileSignerHeadStore(path: "\(folder)/log.head")
        #expect(try await heads.head() == nil)
        #expect(try await heads.move(from: nil, to: .empty))
        #expect(try await !heads.move(from: nil, to: .empty))
        // Of many who move it at once one does.
        let moved = await withTaskGroup(of: Bool.self) { group in
            for size in 1...20 {
                group.addTask {
                    let other = FileSignerHeadStore(path: heads.path)
                    return (try? await other.move(from: .empty, to: TreeHead(size: UInt64(size), root: MerkleHash.leaf([])))) ?? false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(moved == 1)
        try Data("swift-phone-identity log head 1\n5\n".utf8).write(to: URL(fileURLWithPath: heads.path))
        await #expect { try await heads.head() } throws: { ($0 as? AuditError)?.code == .malformed }
    }
}

@Suite("The formats do not change")
struct FormatTests {
    @Test func leafOpeningAndCheckpointHaveTheirBytes() async throws {
        let random = AuditTestRandom(42)
        let key = SecretBytes(count: 32) { $0[0] = 9 }
        let subject = AuditSubject(id: SubjectID(random: random), historyKey: X25519.publicKey(of: key))
        let event = AuditEvent(
            .enrolled, purpose: .verification, at: Timestamp(milliseconds: 1_795_478_400_123), subject: subject,
            details: [.init("guesses", 2), .init("messages", 1)], approvalTier: 1, delayClass: 3, random: random)
        let opening = EntryOpening(event, random: random)
        let leaf = AuditLeaf(event, commitment: opening.commitment)
        var edge = TileEdge()
        edge.append(leaf.bytes)
        let signer = try Bench.signer(InMemorySignerHeadStore())
        _ = try await signer.begin()
        let note = try await signer.sign(extending: MerkleFrontier(), by: [MerkleHash.leaf(leaf.bytes)])
        let found = [
            ["opening", Hexadecimal.encode(opening.bytes)], ["leaf", Hexadecimal.encode(leaf.bytes)],
            ["root", Hexadecimal.encode(edge.frontier.root)], ["key", signer.key.text], ["checkpoint", Hexadecimal.encode(note)],
        ]
        for line in found { #expect(try vectors("golden.txt", line[0]) == [[line[1]]]) }
        #expect(leaf.monthText == "2026-11")
        #expect(try AuditLeaf(bytes: leaf.bytes) == leaf)
        #expect(try EntryOpening(bytes: opening.bytes) == opening)
        let sealed = opening.sealed(to: subject.historyKey, leaf: leaf, random: random)
        let direct = opening.sealed(under: OwnedBox.DirectKey(of: key), leaf: leaf, random: random)
        for (sealed, form) in [(sealed, 1 as UInt8), (direct, 2)] {
            #expect(sealed.first == form)
            let opened = try OwnedBox.open(sealed, with: key, label: EntryOpening.sealLabel, context: leaf.bytes)
            #expect(opened.withUnsafeBytes { Array($0) } == opening.bytes)
        }
    }

    @Test func aLeafWithWhatItsFormatDoesNotKnowIsRefused() throws {
        let bytes = AuditLeaf(
            AuditEvent(.erased, purpose: nil, at: Timestamp(milliseconds: 0), shard: [1, 2], random: AuditTestRandom()),
            commitment: Array(0..<32)
        ).bytes
        #expect(bytes.count == AuditLeaf.length)
        // Version, action, purpose.
        for place in [0, 17, 20] {
            var changed = bytes
            changed[place] = 99
            #expect { try AuditLeaf(bytes: changed) } throws: { ($0 as? AuditError)?.code == .malformed }
        }
        #expect(throws: AuditError.self) { try AuditLeaf(bytes: bytes + [0]) }
        #expect(throws: AuditError.self) { try AuditLeaf(bytes: Array(bytes.dropLast())) }
    }
}

@Suite("Other people's programs read the log", .enabled(if: ProcessInfo.processInfo.environment["AUDIT_INTEROP_DIRECTORY"] != nil))
struct InteropTests {
    /// Leaves a log for `Tests/Interop/audit/run`.
    @Test func aLogIsWrittenForThem() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["AUDIT_INTEROP_DIRECTORY"])
        let bench = try Bench()
        let outbox = bench.outbox()
        try await bench.record(600, in: outbox)
        let sequencer = LogSequencer(
            store: bench.store, outbox: outbox, signer: try Bench.signer(FileSignerHeadStore(path: "\(folder)/log.head")),
            tiles: DirectoryTileStore(directory: "\(folder)/log"), time: bench.time, random: bench.random)
        #expect(try await sequencer.sequence() == 600)
        try Data("\(bench.key.text)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/log.pub"))
    }
}
