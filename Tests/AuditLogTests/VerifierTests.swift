import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import AuditLog

private func log(of count: Int) async throws -> Bench {
    let bench = try Bench()
    let outbox = bench.outbox()
    try await bench.record(count, in: outbox)
    try await bench.sequencer(outbox).sequence()
    return bench
}

private func fault(_ bench: Bench) async -> AuditError? {
    do {
        _ = try await LogVerifier(bench.tiles, key: bench.key).verify()
        return nil
    } catch {
        return error
    }
}

@Suite("A verifier finds every change, and says where")
struct VerifierTests {
    @Test func aFlippedBitAtEveryPositionIsFoundAndLocated() async throws {
        let bench = try await log(of: 5)
        let intact = bench.tiles.all
        #expect(Set(intact.keys) == ["checkpoint", "tile/0/000.p/5", "tile/entries/000.p/5"])
        #expect(await fault(bench) == nil)
        for (path, bytes) in intact {
            for bit in 0..<bytes.count * 8 {
                bench.tiles.all[path]![bit / 8] ^= 1 << (bit % 8)
                let error = try #require(await fault(bench), "bit \(bit) of \(path)")
                #expect(error.path == path)
                switch path {
                case "checkpoint": #expect([.badSignature, .malformed].contains(error.code))
                case "tile/0/000.p/5":
                    #expect(error.code == .badTile)
                    #expect(error.reason.hasPrefix("Hash \(bit / 256) of"))
                default:
                    #expect(error.code == .badEntry)
                    // A length that grew may only show at the next entry; nothing is blamed before the place.
                    let place = UInt64(bit / 8 / (AuditLeaf.length + 2))
                    let isLength = bit / 8 % (AuditLeaf.length + 2) < 2
                    #expect(isLength ? error.index! >= place : error.index == place)
                }
                bench.tiles.all = intact
            }
        }
    }

    @Test func aFlippedBitInALargeLogIsLocatedAtEveryLevel() async throws {
        let bench = try await log(of: 700)
        let intact = bench.tiles.all
        #expect(await fault(bench) == nil)
        for (path, bytes) in intact {
            for place in stride(from: 0, to: bytes.count, by: 509) {
                bench.tiles.all[path]![place] ^= 16
                let error = try #require(await fault(bench))
                #expect(error.path == path)
                bench.tiles.all = intact
            }
            bench.tiles.all[path] = nil
            #expect(await fault(bench)?.code == .tileMissing)
            #expect(await fault(bench)?.path == path)
            bench.tiles.all = intact
        }
    }

    @Test func aRewrittenHistoryIsFound() async throws {
        let bench = try await log(of: 300)
        let other = try Bench(2)
        let outbox = other.outbox()
        try await other.record(300, in: outbox)
        try await other.sequencer(outbox).sequence()
        // Everything consistent with itself, under the checkpoint of another log.
        let checkpoint = bench.tiles.all["checkpoint"]
        bench.tiles.all = other.tiles.all
        bench.tiles.all["checkpoint"] = checkpoint
        #expect(await fault(bench)?.code == .badRoot)
    }

    @Test func anotherKeyOrNameIsRefused() async throws {
        let bench = try await log(of: 3)
        let stranger = try LogSigner(
            name: "log.example/identity", seed: SecretBytes(count: 32) { $0[0] = 8 }, heads: InMemorySignerHeadStore()
        ).key
        await #expect { try await LogVerifier(bench.tiles, key: stranger).verify() } throws: { ($0 as? AuditError)?.code == .badSignature }
        let renamed = try LogKey(name: "log.example/other", publicKey: bench.key.publicKey)
        await #expect { try await LogVerifier(bench.tiles, key: renamed).verify() } throws: { ($0 as? AuditError)?.code == .badSignature }
    }

    @Test func anOlderPartialTileThatDiffersIsFound() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        for _ in 0..<3 {
            try await bench.record(2, in: outbox)
            try await sequencer.sequence()
        }
        #expect(await fault(bench) == nil)
        for path in ["tile/0/000.p/4", "tile/entries/000.p/2"] {
            let intact = bench.tiles.all
            bench.tiles.all[path]![40] ^= 1
            #expect(await fault(bench)?.path == path)
            bench.tiles.all = intact
        }
    }

    @Test func signaturesOfWitnessesArePassedOver() async throws {
        let bench = try await log(of: 3)
        bench.tiles.all["checkpoint"]! += Array("\u{2014} witness.example AAAAAAAAAAAAAAAAAAAAAA==\n".utf8)
        #expect(await fault(bench) == nil)
    }

    @Test func aKeyIsReadBackAndDamageRefused() throws {
        let key = try Bench().key
        #expect(try LogKey(key.text) == key)
        #expect(try LogKey(key.text + "\n") == key)
        for index in key.text.indices {
            var text = key.text
            text.replaceSubrange(index...index, with: text[index] == "x" ? "y" : "x")
            #expect(throws: AuditError.self) { try LogKey(text) }
        }
        for text in ["", "a+b", "PGP", "\(key.text) "] { #expect(throws: AuditError.self) { try LogKey(text) } }
    }

    @Test(arguments: [0, 1, 299]) func anEntryIsProvenAgainstTheCheckpoint(index: UInt64) async throws {
        let bench = try await log(of: 300)
        let checkpoint = try await bench.verify()
        let proof = try await LogProver(bench.tiles, size: checkpoint.head.size).inclusion(of: index)
        let entry = try await bench.tiles.bundle(.entries(index / 256, width: index < 256 ? 256 : 44)).entries[Int(index % 256)]
        #expect(proof.holds(for: entry, root: checkpoint.head.root))
    }
}
