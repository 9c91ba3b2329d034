import IdentityTypes
import RecordStorage
import Testing

@testable import AuditLog

@Suite("Evidence shows an entry, and that the log goes on from one that was seen")
struct EvidenceTests {
    private func bench(_ count: Int) async throws -> (bench: Bench, entries: [ProvableEntry], heads: [SeenLogHead]) {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        var entries: [ProvableEntry] = []
        var heads = [SeenLogHead(size: 0, root: MerkleHash.emptyRoot)]
        for _ in 0..<count {
            var commit = StagedCommit(random: bench.random)
            entries.append(outbox.recordProvably(bench.event(), in: &commit))
            try await commit.commit(to: bench.store)
            try await sequencer.sequence()
            let head = try await bench.verify().head
            heads.append(SeenLogHead(size: head.size, root: head.root))
        }
        return (bench, entries, heads)
    }

    @Test func ofEverySizeThatWasSeen() async throws {
        let (bench, entries, heads) = try await bench(20)
        #expect(heads.map(\.size) == Array(0...20))
        let other = MerkleHash.leaf([1])
        for known in heads {
            let source = EvidenceSource(bench.tiles, key: bench.key)
            let evidence = try #require(try await source.evidence(for: entries[7], from: known.size))
            #expect(evidence.knownSize == known.size)
            #expect(bench.key.entry(provenBy: evidence)?.head == heads[20])
            for head in heads {
                // Nothing is proven of the tree without entries; and of one size there is one tree, wherever the proof begins.
                let holds = head.size == 20 || (head.size == known.size && head.size > 0)
                #expect(bench.key.isConsistent(evidence, with: head) == holds, "\(head.size) from \(known.size)")
                #expect(!bench.key.isConsistent(evidence, with: SeenLogHead(size: head.size, root: other)))
            }
            // A head that is newer than the checkpoint shows nothing at all.
            #expect(!bench.key.isConsistent(evidence, with: SeenLogHead(size: 21, root: heads[20].root)))
        }
        let ahead = try #require(try await EvidenceSource(bench.tiles, key: bench.key).evidence(for: entries[7], from: 99))
        #expect(ahead.knownSize == 99 && ahead.consistency.isEmpty)
    }

    @Test func byTheLogsKeyAlone() async throws {
        let (bench, entries, heads) = try await bench(5)
        let evidence = try #require(try await EvidenceSource(bench.tiles, key: bench.key).evidence(for: entries[4], from: 3))
        #expect(bench.key.isConsistent(evidence, with: heads[3]))
        for bit in stride(from: 0, to: evidence.checkpoint.count * 8, by: 5) {
            var checkpoint = evidence.checkpoint
            checkpoint[bit / 8] ^= 1 << UInt8(bit % 8)
            let bent = LogEvidence(
                leaf: evidence.leaf, opening: evidence.opening, index: evidence.index, size: evidence.size, path: evidence.path,
                checkpoint: checkpoint, knownSize: evidence.knownSize, consistency: evidence.consistency)
            #expect(!bench.key.isConsistent(bent, with: heads[3]))
        }
        var reader = ByteReader(evidence.bytes)
        #expect(try LogEvidence(from: &reader) == evidence)
        try reader.finish()
    }
}
