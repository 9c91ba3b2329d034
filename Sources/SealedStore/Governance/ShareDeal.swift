public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Which of a deployment's two quorums.
public enum QuorumRole: UInt8, Hashable, Sendable, CaseIterable {
    /// Two levels of approval, for the ordinary case.
    case standard = 1
    /// Two levels too, of people on call: quick, loud, and reviewed afterwards. Never one person.
    case breakGlass = 3
}

/// The shares of a level's key, given out by a dealer, or one holder's share given on to the level's next people.
///
/// Public as a whole: every share in it is sealed to one person. Layout: `SPND`, version u8 1, deployment 16, role u8, level u8, epoch u32,
/// source u8 (0: the dealer; else the index of the holder whose share this is), threshold u8, commitments 32 each, proof of
/// possession 64, dealer's key 32, count of members u8, for each signing key 32, box key 32, sealed share 112; signature 64.
public struct ShareDeal: Hashable, Sendable {
    package let deployment: DeploymentID
    public let role: QuorumRole
    /// 1 or 2.
    public let level: UInt8
    /// 0 for the first shares of a key; one more with every resharing.
    public let epoch: UInt32
    package let source: UInt8
    let key: LevelKey
    private let possession: [UInt8]
    package let dealer: [UInt8]
    let members: [Member]
    private let signature: [UInt8]

    struct Member: Hashable, Sendable {
        let signingKey: [UInt8]
        let boxKey: [UInt8]
        let sealedShare: [UInt8]
    }

    /// How many people one level may have.
    public static let memberLimit = 32

    // MARK: Dealing

    /// Draws a level's key, shares it among `members`, and forgets it: the work of a dealer, on a machine that is off line.
    ///
    /// - Parameters:
    ///   - threshold: how many of the level's people must agree, 1 to 16 and no more than there are.
    ///   - members: in the order of their share indices, from 1 on.
    /// - Throws: ``VaultError`` with code `.refused`; a dealer is no member of the level.
    public init(
        role: QuorumRole, level: UInt8, threshold: Int, members: [PersonCard], dealer: PersonKeyring, random: some RandomSource
    ) throws(VaultError) {
        try self.init(
            of: Ristretto255.scalar(random: random), role: role, level: level, epoch: 0, source: 0, threshold: threshold, members: members,
            dealer: dealer, random: random)
    }

    /// Gives one's own share on to the level's next people, in shares: with those of as many holders as the threshold is, they get
    /// shares of the same key, and what was sealed to it stays as it is.
    public init(
        resharing share: borrowing QuorumShare, threshold: Int, members: [PersonCard], holder: PersonKeyring, random: some RandomSource
    ) throws(VaultError) {
        try self.init(
            of: share.secret, role: share.role, level: share.level, epoch: share.epoch + 1, source: share.index, threshold: threshold,
            members: members, dealer: holder, random: random)
    }

    private init(
        of secret: borrowing SecretBytes, role: QuorumRole, level: UInt8, epoch: UInt32, source: UInt8, threshold: Int,
        members: [PersonCard], dealer: PersonKeyring, random: some RandomSource
    ) throws(VaultError) {
        guard level == 1 || level == 2 else { throw VaultError(.refused, "A quorum has the levels 1 and 2.") }
        guard (1...16).contains(threshold), (threshold...Self.memberLimit).contains(members.count) else {
            throw VaultError(.refused, "A level needs 1 to 16 of its people, and has at least as many and at most \(Self.memberLimit).")
        }
        guard members.allSatisfy({ $0.deployment == dealer.deployment }) else {
            throw VaultError(.refused, "A card is of another deployment.")
        }
        (deployment, self.role, self.level, self.epoch, self.source) = (dealer.deployment, role, level, epoch, source)
        self.dealer = dealer.publicKey
        let sharing = SecretSharing(of: secret, threshold: threshold, random: random)
        let commitments: [[UInt8]]
        do { commitments = try sharing.commitments } catch {
            throw VaultError(.refused, "The key that was drawn cannot be used: deal again.")
        }
        key = try LevelKey(commitments: commitments)
        let head = Self.head(deployment, role, level, epoch, source, key)
        possession = try Self.prove(secret, key, head, random)
        var dealt: [Member] = []
        for (position, card) in members.enumerated() {
            let index = UInt8(position + 1)
            let share = sharing.share(index)
            do {
                let sealed = try share.withUnsafeBytes { share throws(CryptoError) in
                    try SealedBox.seal(
                        share, to: card.boxKey, label: "SPNI/v1/deal",
                        context: Self.context(head, dealer.publicKey, index, card.signingKey),
                        random: random)
                }
                dealt.append(Member(signingKey: card.signingKey, boxKey: card.boxKey, sealedShare: sealed))
            } catch {
                throw VaultError(.refused, "The card of \(card.name) holds no usable key: have it made anew.")
            }
        }
        self.members = dealt
        signature = dealer.signingKey.sign(
            SignedMessage.digest("SPNI/v1/share-deal", Self.body(head, possession, dealer.publicKey, dealt)))
        try check()
    }

    // MARK: Bytes

    private static let magic = Array("SPND".utf8) + [1]

    /// Reads and checks a deal: signature, proof of possession, people.
    ///
    /// - Throws: ``VaultError`` with code `.malformed` or `.refused`.
    public init(bytes: [UInt8]) throws(VaultError) {
        let commitments: [[UInt8]]
        (deployment, role, level, epoch, source, commitments, possession, dealer, members, signature) = try SignedMessage.decode(
            bytes, "deal"
        ) { reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)),
                let role = QuorumRole(rawValue: try reader.u8())
            else { throw MalformedBytes() }
            let (level, epoch, source) = (try reader.u8(), try reader.u32(), try reader.u8())
            var commitments: [[UInt8]] = []
            for _ in 0..<(try reader.u8()) { commitments.append(try reader.fixed(32)) }
            let (possession, dealer) = (try reader.fixed(64), try reader.fixed(32))
            var members: [Member] = []
            for _ in 0..<(try reader.u8()) {
                members.append(
                    Member(
                        signingKey: try reader.fixed(32), boxKey: try reader.fixed(32),
                        sealedShare: try reader.fixed(32 + SealedBox.overhead)))
            }
            return (deployment, role, level, epoch, source, commitments, possession, dealer, members, try reader.fixed(64))
        }
        key = try LevelKey(commitments: commitments)
        try check()
    }

    public var bytes: [UInt8] { Self.body(head, possession, dealer, members) + signature }

    private var head: [UInt8] { Self.head(deployment, role, level, epoch, source, key) }

    private static func head(
        _ deployment: DeploymentID, _ role: QuorumRole, _ level: UInt8, _ epoch: UInt32, _ source: UInt8, _ key: LevelKey
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(magic)
        writer.fixed(deployment.bytes)
        writer.u8(role.rawValue)
        writer.u8(level)
        writer.u32(epoch)
        writer.u8(source)
        writer.u8(UInt8(key.threshold))
        for commitment in key.commitments { writer.fixed(commitment) }
        return writer.bytes
    }

    private static func body(_ head: [UInt8], _ possession: [UInt8], _ dealer: [UInt8], _ members: [Member]) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(head)
        writer.fixed(possession)
        writer.fixed(dealer)
        writer.u8(UInt8(members.count))
        for member in members {
            writer.fixed(member.signingKey)
            writer.fixed(member.boxKey)
            writer.fixed(member.sealedShare)
        }
        return writer.bytes
    }

    private static func context(_ head: [UInt8], _ dealer: [UInt8], _ index: UInt8, _ member: [UInt8]) -> [UInt8] {
        head + dealer + [index] + member
    }

    // MARK: Checks

    private func check() throws(VaultError) {
        guard level == 1 || level == 2, (source == 0) == (epoch == 0),
            (key.threshold...Self.memberLimit).contains(members.count)
        else { throw VaultError(.refused, "A deal's level, epoch or number of people is none there can be.") }
        guard Set(members.map(\.signingKey)).count == members.count, Set(members.map(\.boxKey)).count == members.count else {
            throw VaultError(.refused, "A deal gives one person two shares.")
        }
        guard source > 0 || !members.contains(where: { $0.signingKey == dealer }) else {
            throw VaultError(.refused, "A dealer has known the whole key, so is no member of the level.")
        }
        guard
            SignatureVerification.isValid(
                signature, of: SignedMessage.digest("SPNI/v1/share-deal", Self.body(head, possession, dealer, members)), by: dealer)
        else { throw VaultError(.refused, "A deal was not signed by its dealer, or was changed.") }
        let (challenge, response) = (Array(possession[..<32]), Array(possession[32...]))
        guard RistrettoScalar.isCanonical(challenge), RistrettoScalar.isCanonical(response),
            let nonce = try? Ristretto255.difference(response, challenge, times: key.element),
            Self.challenge(head, nonce) == challenge
        else { throw VaultError(.refused, "A deal does not prove that its dealer knows the key: one level could undo the other.") }
    }

    /// A Schnorr proof that the dealer knows the level's key. Without it the second dealer could choose `X₂ = X − X₁` and hold a
    /// quorum's key alone.
    private static func prove(
        _ secret: borrowing SecretBytes, _ key: LevelKey, _ head: [UInt8], _ random: some RandomSource
    ) throws(VaultError) -> [UInt8] {
        let t = Ristretto255.scalar(random: random)
        guard let nonce = try? Ristretto255.publicElement(of: t) else { throw VaultError(.refused, "The proof failed: deal again.") }
        let challenge = challenge(head, nonce)
        return challenge + RistrettoScalar.multiplyAdd(challenge, secret, t).withUnsafeBytes { Array($0) }
    }

    private static func challenge(_ head: [UInt8], _ nonce: [UInt8]) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/deal-possession", length: 64)
        hash.append(head)
        hash.append(nonce)
        return RistrettoScalar.reduce(hash.finish())
    }

    /// Opens the share that is sealed to this person, and checks it against the commitments.
    ///
    /// - Throws: ``VaultError`` with code `.refused` for a share that is not on the polynomial.
    func share(_ index: UInt8, of person: PersonKeyring) throws(VaultError) -> SecretBytes {
        let refusal = VaultError(
            .refused, "The share is not on the level's polynomial: the dealer was not honest. Have the level dealt again.")
        let secret: SecretBytes
        do {
            secret = try SealedBox.open(
                members[Int(index) - 1].sealedShare, with: person.boxSecret, label: "SPNI/v1/deal",
                context: Self.context(head, dealer, index, person.publicKey))
        } catch { throw refusal }
        guard secret.count == 32, let element = try? Ristretto255.publicElement(of: secret), element == (try key.verificationShare(index))
        else { throw refusal }
        return secret
    }

    /// - Throws: ``VaultError`` with code `.notFound` for somebody who has no share in it.
    func index(of person: PersonKeyring) throws(VaultError) -> UInt8 {
        guard let position = members.firstIndex(where: { $0.signingKey == person.publicKey }) else {
            throw VaultError(.notFound, "This deal has no share for \(person.name).")
        }
        return UInt8(position + 1)
    }
}

/// A level's key and people, as its deals say: what a roster takes over.
public struct DealtLevel: Hashable, Sendable {
    let deployment: DeploymentID
    public let role: QuorumRole
    public let level: UInt8
    public let epoch: UInt32
    let key: LevelKey
    /// Signing keys in the order of the share indices.
    let members: [[UInt8]]
    /// Who dealt the key first, and has known it.
    let dealer: [UInt8]

    /// Of a first deal: one, from the dealer.
    public init(_ deal: ShareDeal) throws(VaultError) {
        guard deal.source == 0 else {
            throw VaultError(.refused, "This is one holder's part of a resharing; it needs the roster that it starts from.")
        }
        (deployment, role, level, epoch, key) = (deal.deployment, deal.role, deal.level, deal.epoch, deal.key)
        (members, dealer) = (deal.members.map(\.signingKey), deal.dealer)
    }

    /// Of a resharing: the deals of exactly as many holders as the level's threshold was.
    ///
    /// - Parameter deals: all to the same people with the same threshold.
    /// - Throws: ``VaultError`` with code `.refused` when one is not the share it says, or they do not belong together.
    public init(resharing earlier: Roster, _ deals: [ShareDeal]) throws(VaultError) {
        guard let first = deals.first, let quorum = earlier.quorum(first.role), (1...2).contains(first.level) else {
            throw VaultError(.refused, "A resharing has at least one deal, of a quorum that the roster has.")
        }
        let level = quorum.levels[Int(first.level) - 1]
        let sources = deals.map(\.source)
        guard deals.count == level.threshold, Set(sources).count == sources.count else {
            throw VaultError(.refused, "A resharing takes the deals of exactly \(level.threshold) holders, each once.")
        }
        var commitments: [[UInt8]] = []
        for deal in deals {
            guard deal.deployment == earlier.deployment, deal.role == first.role, deal.level == first.level, deal.epoch == level.epoch + 1,
                deal.key.threshold == first.key.threshold, deal.members.map(\.signingKey) == first.members.map(\.signingKey)
            else { throw VaultError(.refused, "The deals of a resharing are for the same level, people and threshold.") }
            guard level.members.indices.contains(Int(deal.source) - 1),
                earlier.persons[level.members[Int(deal.source) - 1]].signingKey == deal.dealer,
                deal.key.element == (try level.key.verificationShare(deal.source))
            else { throw VaultError(.refused, "A deal is not of the share that its holder has.") }
            let weight = try SecretSharing.weight(of: deal.source, among: sources)
            do {
                let weighted = try deal.key.commitments.map { commitment throws(CryptoError) in
                    try Ristretto255.multiplyPublic(commitment, by: weight)
                }
                commitments =
                    commitments.isEmpty
                    ? weighted
                    : try zip(commitments, weighted).map { pair throws(CryptoError) in try Ristretto255.add(pair.0, pair.1) }
            } catch {
                throw VaultError(.refused, "The deals do not add up to a polynomial: reshare anew.")
            }
        }
        guard commitments[0] == level.key.element else {
            throw VaultError(.refused, "The deals do not keep the level's key: one of them is of a share of another epoch.")
        }
        (deployment, role, self.level, epoch) = (earlier.deployment, first.role, first.level, level.epoch + 1)
        key = try LevelKey(commitments: commitments)
        (members, dealer) = (first.members.map(\.signingKey), level.dealer)
    }
}

/// One person's share of a level's key, in guarded memory.
public struct QuorumShare: ~Copyable, Sendable {
    public let deployment: DeploymentID
    public let role: QuorumRole
    /// 1 or 2.
    public let level: UInt8
    /// 1…
    public let index: UInt8
    public let epoch: UInt32
    package let secret: SecretBytes

    /// Takes a person's share out of the deals of one level: one from a dealer, or those of a resharing.
    ///
    /// - Parameter level: the level as ``DealtLevel`` makes it of the same deals, against which the share is checked once more.
    /// - Throws: ``VaultError`` with code `.notFound` or `.refused`.
    public init(of person: PersonKeyring, in level: DealtLevel, from deals: [ShareDeal]) throws(VaultError) {
        let sources = deals.map(\.source)
        var sum: SecretBytes?
        var place: UInt8 = 0
        for deal in deals {
            let index = try deal.index(of: person)
            let part = try deal.share(index, of: person)
            place = index
            // A first deal counts for itself, a part of a resharing for its weight.
            let weight = deal.source == 0 ? RistrettoScalar.one : try SecretSharing.weight(of: deal.source, among: sources)
            let weighted = RistrettoScalar.multiply(weight, part)
            if let earlier = sum.take() { sum = RistrettoScalar.add(earlier, weighted) } else { sum = consume weighted }
        }
        guard let secret = sum.take() else { throw VaultError(.notFound, "There is no deal.") }
        guard let element = try? Ristretto255.publicElement(of: secret), element == (try level.key.verificationShare(place)) else {
            throw VaultError(.refused, "The share is not the one the level's commitments are about: take the deals of one level only.")
        }
        (deployment, role, self.level, index, epoch) = (level.deployment, level.role, level.level, place, level.epoch)
        self.secret = secret
    }

    /// - Throws: ``KeyringError``
    public init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        let file = try KeyringFile(path: path, kind: .share, passphrase: passphrase)
        let place = try file.value("place", count: 7)
        guard let role = QuorumRole(rawValue: place[0]), place[1] == 1 || place[1] == 2, place[2] > 0 else {
            throw KeyringError(.malformed, "\(path) holds a share of no quorum there is.")
        }
        let deployment = try file.deploymentID
        let secret = try file.secret("share", count: 32)
        (self.deployment, self.role, level, index) = (deployment, role, place[1], place[2])
        epoch = place[3...].reduce(0) { $0 << 8 | UInt32($1) }
        self.secret = secret
    }

    /// Writes it into a new file, sealed under its person's passphrase.
    ///
    /// - Throws: ``KeyringError``; `.exists` when the file is there.
    public borrowing func write(
        to path: String, passphrase: KeyringPassphrase, work: PassphraseWork = .standard, random: some RandomSource
    ) throws(KeyringError) {
        var place = ByteWriter()
        place.u8(role.rawValue)
        place.u8(level)
        place.u8(index)
        place.u32(epoch)
        var entries = KeyringEntries()
        entries.add("place", place.bytes)
        entries.add("share", secret)
        try KeyringFile.create(
            at: path, kind: .share, deployment: deployment.bytes, entries: entries, passphrase: passphrase, salt: random.bytes(16),
            work: work,
            random: random)
    }
}
