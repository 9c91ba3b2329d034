import CryptoPrimitives
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// TDH2 on ristretto255 as the second implementation computes it. No vectors of others are for this group.
@Suite struct QuorumVectorTests {
    private let key: QuorumKey
    private let levels: [LevelKey]
    private let ciphertext: ThresholdCiphertext
    private let vectors: [String: [[String]]]

    init() throws {
        let lines = try SecondDeployment.lines(of: "tdh2")
        let vectors = Dictionary(lines.map { ($0[0], [Array($0.dropFirst())]) }, uniquingKeysWith: +)
        func only(_ word: String) throws -> [String] { try #require(vectors[word]?.first) }
        key = try QuorumKey(element: try SecondDeployment.unhex(try only("key")[0]))
        levels = try #require(vectors["level"]).map { try LevelKey(commitments: try $0.dropFirst().map(SecondDeployment.unhex)) }
        ciphertext = try ThresholdCiphertext(bytes: try SecondDeployment.unhex(try only("box")[0]))
        self.vectors = vectors
    }

    private func value(_ word: String, _ place: Int = 0) throws -> [UInt8] {
        try SecondDeployment.unhex(try #require(vectors[word]?.first)[place])
    }

    private struct Share {
        let level: Int
        let index: UInt8
        let secret, verification, bytes, wide: [UInt8]
    }

    private func shares() throws -> [Share] {
        try #require(vectors["share"]).map { line in
            let values = try line.dropFirst(2).map(SecondDeployment.unhex)
            return Share(
                level: try #require(Int(line[0])), index: try #require(UInt8(line[1])), secret: values[0], verification: values[1],
                bytes: values[2], wide: values[3])
        }
    }

    private func refuses(_ share: [UInt8], level: Int, index: UInt8) throws -> Bool {
        let (verification, context) = (try levels[level - 1].verificationShare(index), try value("context"))
        do throws(VaultError) {
            try DecryptionShare(bytes: SecretBytes(copying: share))
                .verify(for: ciphertext, key: key, verificationShare: verification, context: context)
            return false
        } catch {
            return error.code == .refused
        }
    }

    private func refuses(_ box: [UInt8]) throws -> Bool {
        let label = try value("label")
        do throws(VaultError) {
            try ThresholdCiphertext(bytes: box).verify(key: key, label: label)
            return false
        } catch {
            return error.code == .refused
        }
    }

    @Test func `The quorum's key is the levels' sum, and leads to the second generator`() throws {
        #expect(try Ristretto255.add(levels[0].element, levels[1].element) == key.element)
        #expect(try key.secondGenerator == value("key", 1))
        #expect(levels.map(\.threshold) == [2, 3])
    }

    @Test func `The same draws give the same envelope and the same shares`() throws {
        let drawn = ScriptedRandomSource([try value("box", 1), try value("box", 2)])
        let made = try ThresholdCiphertext(
            sealing: SecretBytes(copying: try value("data-key")), to: key, label: try value("label"), random: drawn)
        #expect(made == ciphertext)
        try made.verify(key: key, label: try value("label"))
        for share in try shares() {
            let made = try DecryptionShare(
                of: ciphertext, key: key, secret: SecretBytes(copying: share.secret), context: try value("context"),
                random: ScriptedRandomSource([share.wide]))
            #expect(bytes(of: made.bytes) == share.bytes)
            #expect(try levels[share.level - 1].verificationShare(share.index) == share.verification)
            #expect(try Ristretto255.publicElement(of: SecretBytes(copying: share.secret)) == share.verification)
            #expect(try !refuses(share.bytes, level: share.level, index: share.index))
        }
    }

    @Test func `As many shares as each level needs open it, whichever they are`() throws {
        let shares = try shares()
        for line in try #require(vectors["sum"]) {
            let z = try sum(line, shares)
            #expect(try bytes(of: z) == SecondDeployment.unhex(line[0]))
            let opened = try ciphertext.open(with: z, key: key, label: try value("label"))
            #expect(try bytes(of: opened) == value("data-key"))
            #expect(throws: VaultError.self) {
                _ = try ciphertext.open(with: z, key: key, label: try value("label") + [0])
            }
        }
    }

    private func sum(_ line: [String], _ shares: [Share]) throws -> SecretBytes {
        func level(_ number: Int) throws -> SecretBytes {
            let indices = line[number].split(separator: ",").compactMap { UInt8($0) }
            var sum = ShareSum()
            for index in indices {
                let share = try #require(shares.first { $0.level == number && $0.index == index })
                try sum.add(try DecryptionShare(bytes: SecretBytes(copying: share.bytes)), index: index, among: indices)
            }
            guard let sum = sum.take() else { throw MalformedBytes() }
            return sum
        }
        return try Ristretto255.add(try level(1), try level(2))
    }

    @Test func `What is not quite an envelope or a share is refused`() throws {
        for line in try #require(vectors["not-a-box"]) {
            #expect(try refuses(SecondDeployment.unhex(line[0])), "\(line[1])")
        }
        for line in try #require(vectors["not-a-share"]) {
            let (level, index) = (try #require(Int(line[0])), try #require(UInt8(line[1])))
            #expect(try refuses(SecondDeployment.unhex(line[2]), level: level, index: index), "\(line[3])")
        }
    }

    @Test func `An envelope with any single bit changed is refused`() throws {
        for bit in 0..<ThresholdCiphertext.length * 8 {
            var changed = ciphertext.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if try !refuses(changed) { Issue.record("bit \(bit) may be changed") }
        }
    }

    @Test func `A share with any single bit changed is refused`() throws {
        let share = try #require(try shares().last)
        for bit in 0..<DecryptionShare.length * 8 {
            var changed = share.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            if try !refuses(changed, level: share.level, index: share.index) { Issue.record("bit \(bit) may be changed") }
        }
    }
}

/// Gives out what it was given, in that order.
final class ScriptedRandomSource: RandomSource {
    private let script: Mutex<[[UInt8]]>

    init(_ script: [[UInt8]]) { self.script = Mutex(script) }

    func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        script.withLock { script in
            precondition(script.first?.count == bytes.count, "The script has other lengths.")
            bytes.copyBytes(from: script.removeFirst())
        }
    }
}
