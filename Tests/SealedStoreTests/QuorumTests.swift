import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

@Suite struct QuorumTests {
    let custody: TestCustody
    let roster: Roster
    let quorum: Roster.Quorum
    let dataKey: [UInt8]
    let ciphertext: ThresholdCiphertext
    let label = Array("a label".utf8)
    let context = [UInt8](repeating: 7, count: 32)

    init() throws {
        custody = try TestCustody()
        roster = try custody.verifiedRoster()
        quorum = try #require(roster.quorum(.standard))
        dataKey = custody.random.bytes(32)
        ciphertext = try ThresholdCiphertext(
            sealing: SecretBytes(copying: dataKey), to: quorum.key, label: label, random: custody.random)
    }

    private func share(_ name: String) throws -> DecryptionShare {
        try DecryptionShare(
            of: ciphertext, key: quorum.key, secret: try custody.share(name).secret, context: context, random: custody.random)
    }

    /// What these shares, taken as those of one level, add up to.
    private func sum(_ names: [(String, UInt8)]) throws -> SecretBytes {
        var sum = ShareSum()
        for (name, index) in names { try sum.add(try share(name), index: index, among: names.map(\.1)) }
        guard let total = sum.take() else { throw VaultError(.incomplete, "There are no shares.") }
        return total
    }

    @Test func `Enough of both levels open it, whoever they are`() throws {
        try ciphertext.verify(key: quorum.key, label: label)
        for (first, second) in [
            ([("ada", UInt8(1))], [("dan", UInt8(1)), ("eve", 2)]), ([("cleo", 3)], [("eve", 2), ("finn", 3)]),
            ([("ben", 2), ("ada", 1)], [("finn", 3), ("dan", 1), ("eve", 2)]),
        ] {
            let shared = try Ristretto255.add(try sum(first), try sum(second))
            let opened = try ciphertext.open(with: shared, key: quorum.key, label: label)
            #expect(bytes(of: opened) == dataKey)
        }
    }

    @Test func `One level alone, or fewer than it takes, opens nothing`() throws {
        let levels: [[(String, UInt8)]] = [
            [("ada", 1)], [("ada", 1), ("ben", 2), ("cleo", 3)], [("dan", 1), ("eve", 2), ("finn", 3)], [("dan", 1)],
        ]
        for level in levels {
            #expect(throws: VaultError.self) {
                let shared = try sum(level)
                _ = try ciphertext.open(with: shared, key: quorum.key, label: label)
            }
        }
        // Both levels, but one of two of the second.
        #expect(throws: VaultError.self) {
            let shared = try Ristretto255.add(try sum([("ada", 1)]), try sum([("dan", 1)]))
            _ = try ciphertext.open(with: shared, key: quorum.key, label: label)
        }
    }

    @Test func `A ciphertext is good for its label and its quorum alone`() throws {
        #expect(throws: VaultError.self) { try ciphertext.verify(key: quorum.key, label: label + [0]) }
        let other = try #require(roster.quorum(.breakGlass))
        #expect(throws: VaultError.self) { try ciphertext.verify(key: other.key, label: label) }
        let shared = try Ristretto255.add(try sum([("ada", 1)]), try sum([("dan", 1), ("eve", 2)]))
        #expect(throws: VaultError.self) { _ = try ciphertext.open(with: shared, key: quorum.key, label: label + [0]) }
    }

    @Test func `A share is good for one request, one holder and one ciphertext`() throws {
        let dan = try share("dan")
        let level = quorum.levels[1]
        func verify(_ index: Int, _ context: [UInt8], _ ciphertext: ThresholdCiphertext) throws {
            try dan.verify(for: ciphertext, key: quorum.key, verificationShare: level.verificationShares[index], context: context)
        }
        try verify(0, context, ciphertext)
        #expect(throws: VaultError.self) { try verify(1, context, ciphertext) }
        #expect(throws: VaultError.self) { try verify(0, [UInt8](repeating: 8, count: 32), ciphertext) }
        let other = try ThresholdCiphertext(
            sealing: SecretBytes(copying: dataKey), to: quorum.key, label: label, random: custody.random)
        #expect(throws: VaultError.self) { try verify(0, context, other) }
    }

    @Test func `Two seals of one key have nothing in common`() throws {
        let again = try ThresholdCiphertext(
            sealing: SecretBytes(copying: dataKey), to: quorum.key, label: label, random: custody.random)
        for part in 0..<6 {
            let range = part * 32..<part * 32 + 32
            #expect(again.bytes[range] != ciphertext.bytes[range])
        }
    }

    // MARK: Giving shares on

    /// Ben left level 2 of three; gus and hal come in, and three of four are needed from now on.
    private func reshared() throws -> (deals: [ShareDeal], level: DealtLevel) {
        let members = ["dan", "eve", "gus", "hal"].map { custody.person($0).card }
        let deals = try ["eve", "finn"].map { name in
            try ShareDeal(
                resharing: try custody.share(name), threshold: 3, members: members, holder: custody.person(name), random: custody.random)
        }
        return (deals, try DealtLevel(resharing: roster, deals))
    }

    @Test func `Shares that were given on open what was sealed before, and the old ones do not mix with them`() throws {
        let (deals, level) = try reshared()
        #expect(level.key.element == quorum.levels[1].key.element && level.epoch == 1)
        var fresh: [String: DecryptionShare.Copy] = [:]
        for name in ["dan", "eve", "gus", "hal"] {
            let share = try QuorumShare(of: custody.person(name), in: level, from: deals)
            fresh[name] = .init(
                index: share.index,
                share: try DecryptionShare(
                    of: ciphertext, key: quorum.key, secret: share.secret, context: context, random: custody.random))
        }
        func open(_ names: [String]) throws -> [UInt8] {
            var sum = ShareSum()
            let indices = names.map { fresh[$0]!.index }
            for name in names { try sum.add(fresh[name]!.share, index: fresh[name]!.index, among: indices) }
            guard let second = sum.take() else { return [] }
            let shared = try Ristretto255.add(try self.sum([("ada", 1)]), second)
            return bytes(of: try ciphertext.open(with: shared, key: quorum.key, label: label))
        }
        #expect(try open(["dan", "eve", "gus"]) == dataKey)
        #expect(try open(["hal", "gus", "eve"]) == dataKey)
        #expect(throws: VaultError.self) { _ = try open(["dan", "eve"]) }
        // An old share among new ones.
        #expect(throws: VaultError.self) {
            var sum = ShareSum()
            try sum.add(try share("dan"), index: 1, among: [1, 3, 4])
            for name in ["gus", "hal"] { try sum.add(fresh[name]!.share, index: fresh[name]!.index, among: [1, 3, 4]) }
            guard let second = sum.take() else { return }
            let shared = try Ristretto255.add(try self.sum([("ada", 1)]), second)
            _ = try ciphertext.open(with: shared, key: quorum.key, label: label)
        }
    }

    @Test func `A resharing takes exactly as many honest holders as it needs`() throws {
        let (deals, _) = try reshared()
        let members = ["dan", "eve", "gus", "hal"].map { custody.person($0).card }
        #expect(throws: VaultError.self) { _ = try DealtLevel(resharing: roster, [deals[0]]) }
        #expect(throws: VaultError.self) { _ = try DealtLevel(resharing: roster, [deals[0], deals[0]]) }
        // Of another threshold, or other people.
        for (threshold, members) in [(2, members), (3, Array(members.reversed()))] {
            let other = try ShareDeal(
                resharing: try custody.share("finn"), threshold: threshold, members: members, holder: custody.person("finn"),
                random: custody.random)
            #expect(throws: VaultError.self) { _ = try DealtLevel(resharing: roster, [deals[0], other]) }
        }
        // A holder who gives on something else than the share.
        let liar = try ShareDeal(
            resharing: try custody.share("ada"), threshold: 3, members: members, holder: custody.person("finn"), random: custody.random)
        #expect(throws: VaultError.self) { _ = try DealtLevel(resharing: roster, [deals[0], liar]) }
        #expect(throws: VaultError.self) { _ = try DealtLevel(deals[0]) }
    }

    // MARK: Deals

    @Test func `Every bit of a deal counts, and whoever has no share gets none`() throws {
        let deal = custody.deals[1]
        #expect(throws: VaultError.self) { _ = try QuorumShare(of: custody.person("ada"), in: try DealtLevel(deal), from: [deal]) }
        let bytes = deal.bytes
        for bit in 0..<bytes.count * 8 where bit % 3 == 0 || bit < 512 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self, "bit \(bit)") { _ = try ShareDeal(bytes: changed) }
        }
        for cut in [0, 1, 5, 100, bytes.count - 1] {
            #expect(throws: VaultError.self) { _ = try ShareDeal(bytes: Array(bytes[..<cut])) }
        }
    }

    @Test func `A dealer is no member, gives nobody two shares, and needs no more people than there are`() throws {
        let cards = ["dan", "eve"].map { custody.person($0).card }
        func deal(_ threshold: Int, _ members: [PersonCard], _ dealer: String, level: UInt8 = 1) throws {
            _ = try ShareDeal(
                role: .standard, level: level, threshold: threshold, members: members, dealer: custody.person(dealer),
                random: custody.random)
        }
        try deal(2, cards, "dealer-1")
        #expect(throws: VaultError.self) { try deal(3, cards, "dealer-1") }
        #expect(throws: VaultError.self) { try deal(0, cards, "dealer-1") }
        #expect(throws: VaultError.self) { try deal(2, cards, "eve") }
        #expect(throws: VaultError.self) { try deal(1, cards + cards, "dealer-1") }
        #expect(throws: VaultError.self) { try deal(1, cards, "dealer-1", level: 3) }
        let stranger = PersonKeyring(name: "zoe", deployment: DeploymentID(random: custody.random), random: custody.random)
        #expect(throws: VaultError.self) { try deal(1, cards + [stranger.card], "dealer-1") }
    }

    @Test func `Without knowing a key nobody can deal it, so no level can undo the other`() throws {
        // The second dealer would choose X − X₁ as its key and hold the quorum's alone; the proof of possession is what it cannot make.
        let first = custody.deals[0]
        let wanted = Ristretto255.generator
        let cancelling = try Ristretto255.subtract(wanted, first.key.element)
        var forged = custody.deals[1].bytes
        // The first commitment stands behind magic, deployment, role, level, epoch, source and threshold.
        forged.replaceSubrange(29..<61, with: cancelling)
        // Signed as it should be, so that the proof is all that is wrong; a deal that is only signed anew is taken.
        func signed(_ bytes: [UInt8]) -> [UInt8] {
            let body = Array(bytes.dropLast(64))
            return body + custody.person("dealer-2").signingKey.sign(SignedMessage.digest("SPNI/v1/share-deal", body))
        }
        _ = try ShareDeal(bytes: signed(custody.deals[1].bytes))
        let error = #expect(throws: VaultError.self) { _ = try ShareDeal(bytes: signed(forged)) }
        #expect(error?.reason.contains("prove") == true)
    }
}

extension DecryptionShare {
    /// A share in a dictionary, which holds no noncopyable values.
    final class Copy: Sendable {
        let index: UInt8
        let share: DecryptionShare

        init(index: UInt8, share: consuming DecryptionShare) {
            self.index = index
            self.share = share
        }
    }
}
