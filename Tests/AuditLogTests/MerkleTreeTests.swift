import RecordStorage
import Testing

@testable import AuditLog

/// The tree as RFC 9162 §2.1 defines it, straight from the text.
private enum NaiveTree {
    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else { return leaves.first.map(MerkleHash.leaf) ?? MerkleHash.emptyRoot }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return MerkleHash.node(root(leaves.prefix(half)), root(leaves.dropFirst(half)))
    }
}

private func edge(_ entries: [[UInt8]]) -> TileEdge {
    var edge = TileEdge()
    for entry in entries { edge.append(entry) }
    return edge
}

private func tiles(_ entries: [[UInt8]]) async throws -> MemoryTiles {
    let tiles = MemoryTiles()
    var edge = edge(entries)
    for file in edge.takeFiles() { try await tiles.write(file.bytes, to: file.path.text) }
    return tiles
}

private func numbered(_ count: Int) -> [[UInt8]] { (0..<count).map { LogRows.bigEndian(UInt64($0)) } }

@Suite("The Merkle tree is the one of RFC 9162")
struct MerkleTreeTests {
    private func referenceLeaves() throws -> [[UInt8]] {
        try vectors("rfc6962.txt", "leaves")[0].map { $0 == "-" ? [] : try #require(Hexadecimal.decode($0)) }
    }

    @Test func theReferenceTreesHaveTheirRoots() throws {
        let leaves = try referenceLeaves()
        let roots = try vectors("rfc6962.txt", "root")
        #expect(roots.count == 9)
        for root in roots { #expect(Hexadecimal.encode(edge(Array(leaves.prefix(Int(root[0])!))).frontier.root) == root[1]) }
    }

    @Test func theReferenceProofsAreTheOnesWeMake() async throws {
        let leaves = try referenceLeaves()
        for line in try vectors("rfc6962.txt", "inclusion") {
            let (index, size) = (UInt64(line[0])!, UInt64(line[1])!)
            let proof = try await LogProver(tiles(Array(leaves.prefix(Int(size)))), size: size).inclusion(of: index)
            #expect(proof.path.map(Base64.encode) == Array(line[2...]))
            #expect(proof.holds(for: leaves[Int(index)], root: edge(Array(leaves.prefix(Int(size)))).frontier.root))
        }
        for line in try vectors("rfc6962.txt", "consistency") {
            let (old, size) = (UInt64(line[0])!, UInt64(line[1])!)
            let proof = try await LogProver(tiles(Array(leaves.prefix(Int(size)))), size: size).consistency(from: old)
            #expect(proof.path.map(Base64.encode) == Array(line[2...]))
        }
    }

    @Test func frontierAndNaiveRecursionAgreeAtEverySize() {
        let entries = numbered(600)
        var frontier = MerkleFrontier()
        for size in 0...600 {
            if size < 40 || size % 37 == 0 { #expect(frontier.root == NaiveTree.root(entries[..<size])) }
            #expect(MerkleFrontier(size: frontier.size, hashes: frontier.hashes) == frontier)
            if size < 600 { frontier.append(MerkleHash.leaf(entries[size])) }
        }
    }

    @Test func everyEntryOfASmallTreeIsProvenAndNoOther() async throws {
        let entries = numbered(20)
        for size in 1...20 {
            let tiles = try await tiles(Array(entries[..<size]))
            let root = NaiveTree.root(entries[..<size])
            for index in 0..<size {
                let proof = try await LogProver(tiles, size: UInt64(size)).inclusion(of: UInt64(index))
                #expect(proof.holds(for: entries[index], root: root))
                #expect(!proof.holds(for: [1, 2, 3], root: root))
                let elsewhere = InclusionProof(index: UInt64(size - 1 - index), size: UInt64(size), path: proof.path)
                #expect(!elsewhere.holds(for: entries[index], root: root) || 2 * index + 1 == size)
                let longer = InclusionProof(index: UInt64(index), size: UInt64(size), path: proof.path + [root])
                #expect(!longer.holds(for: entries[index], root: root))
            }
        }
    }

    @Test func everyPairOfSizesIsProvenConsistentAndNoForkIs() async throws {
        let entries = numbered(24)
        for size in 1...24 {
            let tiles = try await tiles(Array(entries[..<size]))
            let root = NaiveTree.root(entries[..<size])
            for old in 1...size {
                let proof = try await LogProver(tiles, size: UInt64(size)).consistency(from: UInt64(old))
                #expect(proof.holds(oldRoot: NaiveTree.root(entries[..<old]), root: root))
                var forked = Array(entries[..<old])
                forked[old - 1] = [9]
                #expect(!proof.holds(oldRoot: NaiveTree.root(forked[...]), root: root))
            }
        }
    }

    @Test(arguments: [255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])
    func proofsCrossTiles(size: Int) async throws {
        let entries = numbered(size)
        let all = edge(entries)
        let tiles = try await tiles(entries)
        let prover = LogProver(tiles, size: UInt64(size))
        for index in [0, 1, 127, 254, size / 2, size - 2, size - 1] {
            #expect(try await prover.inclusion(of: UInt64(index)).holds(for: entries[index], root: all.frontier.root))
        }
        for old in [1, 128, 255, size / 2, size - 1, size] {
            let oldRoot = edge(Array(entries[..<old])).frontier.root
            #expect(try await prover.consistency(from: UInt64(old)).holds(oldRoot: oldRoot, root: all.frontier.root))
        }
        let loaded = try await TileEdge.load(all.frontier.head, from: tiles)
        #expect(loaded.frontier == all.frontier)
    }

    @Test func whatLiesOutsideTheTreeIsRefused() async throws {
        let prover = LogProver(try await tiles(numbered(5)), size: 5)
        await #expect { try await prover.inclusion(of: 5) } throws: { ($0 as? AuditError)?.code == .outOfRange }
        await #expect { try await prover.consistency(from: 6) } throws: { ($0 as? AuditError)?.code == .outOfRange }
        await #expect { try await prover.consistency(from: 0) } throws: { ($0 as? AuditError)?.code == .outOfRange }
    }

    @Test func tilesHaveTheNamesOfTheSpecification() {
        #expect(TilePath.tile(level: 0, index: 1_234_067).text == "tile/0/x001/x234/067")
        #expect(TilePath.tile(level: 3, index: 5, width: 8).text == "tile/3/005.p/8")
        #expect(TilePath.entries(1000).text == "tile/entries/x001/000")
        // The example of C2SP tlog-tiles: a tree of 70,000.
        let edge = ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
        #expect(TilePath.edge(size: 70_000).map(\.text) == edge)
        #expect(TilePath.edge(size: 256).map(\.text) == ["tile/1/000.p/1"])
    }
}
