import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Who may ask for a number, who approves at which level, and until when each one's training and vetting hold: signed by the custodians.
///
/// The law of a deployment's custody in one file. Every client, the key service and every auditor checks it against the custodians they
/// know and refuses what it does not allow. What a roster cannot say: that one person stands in both levels of a quorum, that a level
/// needs nobody, that one person is enough.
public struct Roster: Hashable, Sendable {
    public struct Person: Hashable, Sendable {
        public let name: String
        /// Ed25519, 32 bytes.
        public let signingKey: [UInt8]
        let boxKey: [UInt8]
        public let mayRequest: Bool
        public let mayOpen: Bool
        public let trainedUntil: Timestamp
        public let vettedUntil: Timestamp

        public init(_ card: PersonCard, mayRequest: Bool, mayOpen: Bool, trainedUntil: Timestamp, vettedUntil: Timestamp) {
            (name, signingKey, boxKey) = (card.name, card.signingKey, card.boxKey)
            (self.mayRequest, self.mayOpen) = (mayRequest, mayOpen)
            (self.trainedUntil, self.vettedUntil) = (trainedUntil, vettedUntil)
        }

        init(
            name: String, signingKey: [UInt8], boxKey: [UInt8], mayRequest: Bool, mayOpen: Bool, trainedUntil: Timestamp,
            vettedUntil: Timestamp
        ) {
            (self.name, self.signingKey, self.boxKey) = (name, signingKey, boxKey)
            (self.mayRequest, self.mayOpen) = (mayRequest, mayOpen)
            (self.trainedUntil, self.vettedUntil) = (trainedUntil, vettedUntil)
        }

        /// Whether both training and vetting hold. Afterwards every client refuses this person.
        public func isInForce(at time: Timestamp) -> Bool { time < trainedUntil && time < vettedUntil }
    }

    /// One level of a quorum: enough of these people must agree.
    public struct Level: Hashable, Sendable {
        package let key: LevelKey
        public let epoch: UInt32
        package let dealer: [UInt8]
        /// What this level approves.
        public let purposes: [PurposeCode]
        /// Places in ``Roster/persons``, in the order of the share indices.
        public let members: [Int]
        /// `s_i·G` in that order.
        let verificationShares: [[UInt8]]

        public var threshold: Int { key.threshold }

        init(key: LevelKey, epoch: UInt32, dealer: [UInt8], purposes: [PurposeCode], members: [Int]) throws(VaultError) {
            (self.key, self.epoch, self.dealer, self.purposes, self.members) = (key, epoch, dealer, purposes, members)
            var shares: [[UInt8]] = []
            for place in members.indices { shares.append(try key.verificationShare(UInt8(place + 1))) }
            verificationShares = shares
        }
    }

    public struct Quorum: Hashable, Sendable {
        public let role: QuorumRole
        package let key: QuorumKey
        /// Two.
        public let levels: [Level]
    }

    public let deployment: DeploymentID
    /// 1 for the first; every later one has a higher number.
    public let number: UInt32
    /// Of the one before; zeros for the first.
    package let previous: [UInt8]
    public let issuedAt: Timestamp
    /// Of the host, Ed25519, 32 bytes: with it the host attests whose record a request is about.
    public let hostKey: [UInt8]
    public let quorums: [Quorum]
    public let persons: [Person]
    /// What the custodians sign, and what requests name it by. 32 bytes.
    public let digest: [UInt8]
    private let body: [UInt8]

    /// How many people a roster may have.
    public static let personLimit = 250

    public func quorum(_ role: QuorumRole) -> Quorum? { quorums.first { $0.role == role } }

    func person(_ signingKey: [UInt8]) -> (index: Int, person: Person)? {
        persons.firstIndex { $0.signingKey == signingKey }.map { ($0, persons[$0]) }
    }

    // MARK: Drafting

    /// A draft of a roster, for the custodians to sign.
    ///
    /// - Parameters:
    ///   - earlier: the roster before; its host and its quorums go on where none and no new level is given.
    ///   - levels: as their deals say, each with what it approves.
    /// - Throws: ``VaultError`` with code `.refused`, and what is wrong.
    package init(
        after earlier: Roster?, deployment: DeploymentID, host: HostCard? = nil, levels: [(level: DealtLevel, purposes: [PurposeCode])],
        persons: [Person],
        issuedAt: Timestamp
    ) throws(VaultError) {
        guard earlier.map({ $0.deployment == deployment }) ?? true, levels.allSatisfy({ $0.level.deployment == deployment }) else {
            throw VaultError(.refused, "A deal or the earlier roster is of another deployment.")
        }
        guard host.map({ $0.deployment == deployment }) ?? true, let hostKey = host?.key ?? earlier?.hostKey else {
            throw VaultError(.refused, "A first roster needs the host's card, of the same deployment.")
        }
        var quorums: [Quorum] = []
        for role in QuorumRole.allCases {
            var made: [Level] = []
            for number in 1...2 {
                let given = levels.filter { $0.level.role == role && Int($0.level.level) == number }
                guard given.count <= 1 else { throw VaultError(.refused, "A level is given twice.") }
                if let (level, purposes) = given.first {
                    made.append(
                        try Level(
                            key: level.key, epoch: level.epoch, dealer: level.dealer, purposes: purposes,
                            members: try Self.places(of: level.members, in: persons)))
                } else if let earlier, let level = earlier.quorum(role)?.levels[number - 1] {
                    made.append(
                        try Level(
                            key: level.key, epoch: level.epoch, dealer: level.dealer, purposes: level.purposes,
                            members: try Self.places(of: level.members.map { earlier.persons[$0].signingKey }, in: persons)))
                }
            }
            guard !made.isEmpty else { continue }
            guard made.count == 2 else { throw VaultError(.refused, "A quorum has two levels; deal the other one too.") }
            quorums.append(Quorum(role: role, key: try Self.key(of: made), levels: made))
        }
        let (number, overflow) = (earlier?.number ?? 0).addingReportingOverflow(1)
        guard !overflow else { throw VaultError(.refused, "No roster can follow this one.") }
        self.deployment = deployment
        self.number = number
        previous = earlier?.digest ?? [UInt8](repeating: 0, count: 32)
        self.issuedAt = issuedAt
        self.hostKey = hostKey
        self.quorums = quorums
        self.persons = persons
        body = Self.encode(deployment, number, previous, issuedAt, hostKey, quorums, persons)
        digest = SignedMessage.digest("SPNI/v1/roster", body)
        try check()
    }

    private static func places(of keys: [[UInt8]], in persons: [Person]) throws(VaultError) -> [Int] {
        var places: [Int] = []
        for key in keys {
            guard let place = persons.firstIndex(where: { $0.signingKey == key }) else {
                throw VaultError(.refused, "Somebody who has a share is not among the persons of the roster.")
            }
            places.append(place)
        }
        return places
    }

    private static func key(of levels: [Level]) throws(VaultError) -> QuorumKey {
        guard let sum = try? Ristretto255.add(levels[0].key.element, levels[1].key.element) else {
            throw VaultError(.refused, "The levels' keys do not add up.")
        }
        return try QuorumKey(element: sum)
    }

    /// Everything that no roster may say.
    private func check() throws(VaultError) {
        func demand(_ holds: Bool, _ sentence: String) throws(VaultError) {
            guard holds else { throw VaultError(.refused, sentence) }
        }
        try demand(quorum(.standard) != nil, "A roster has the standard quorum, with two levels.")
        try demand(
            number > 0 && (number > 1 || previous.allSatisfy { $0 == 0 }), "The first roster has number 1 and follows none.")
        try demand((2...Self.personLimit).contains(persons.count), "A roster has 2 to \(Self.personLimit) persons.")
        try demand(persons.allSatisfy { PersonCard.isName($0.name) }, "A person's name has 1 to 64 bytes of printable text.")
        try demand(Set(persons.map(\.name)).count == persons.count, "Two persons of a roster have one name.")
        try demand(Set(persons.map(\.signingKey)).count == persons.count, "One person stands twice in a roster.")
        try demand(persons.allSatisfy { $0.signingKey != hostKey }, "The host stands among the persons of a roster.")
        try demand(Set(persons.map(\.boxKey)).count == persons.count, "Two persons of a roster have one key.")
        for quorum in quorums {
            for level in quorum.levels {
                try demand(
                    (level.threshold...ShareDeal.memberLimit).contains(level.members.count), "A level needs more people than it has.")
                try demand(Set(level.members).count == level.members.count, "One person has two shares of a level.")
                try demand(level.members.allSatisfy(persons.indices.contains), "A share belongs to nobody.")
                try demand(
                    !level.purposes.isEmpty && Set(level.purposes).count == level.purposes.count
                        && level.purposes.allSatisfy(\.allowsReveal),
                    "A level approves at least one purpose, each once, and only those for which people may see a number.")
            }
            let (first, second) = (Set(quorum.levels[0].members), Set(quorum.levels[1].members))
            try demand(first.isDisjoint(with: second), "One person stands in both levels of a quorum: two levels are different people.")
            try demand(
                quorum.levels[0].dealer != quorum.levels[1].dealer, "One dealer has known both levels' keys: deal one of them anew.")
            for (level, other) in [(0, second), (1, first)] {
                let dealer = persons.firstIndex { $0.signingKey == quorum.levels[level].dealer }
                try demand(
                    dealer.map { !other.contains($0) } ?? true, "A dealer of one level has a share of the other: deal one of them anew.")
            }
        }
        if quorums.count == 2 {
            try demand(quorums[0].key != quorums[1].key, "The two quorums have one key.")
        }
    }

    // MARK: Bytes

    private static let magic = Array("SPNR".utf8) + [1]

    /// What is signed: `SPNR`, version u8 1, deployment 16, number u32, digest of the one before 32, issued time, host's key 32, count of
    /// quorums u8, for each role u8, key 32 and two levels (epoch u32, dealer 32, count of commitments u8, 32 each, count of purposes u8, u16 each, count
    /// of members u8, place u8 each); count of persons u8, for each LP(name), signing key 32, box key 32, powers u8 (1 requests, 2
    /// opens), trained until time, vetted until time.
    private static func encode(
        _ deployment: DeploymentID, _ number: UInt32, _ previous: [UInt8], _ issuedAt: Timestamp, _ hostKey: [UInt8],
        _ quorums: [Quorum], _ persons: [Person]
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(magic)
        writer.fixed(deployment.bytes)
        writer.u32(number)
        writer.fixed(previous)
        writer.time(issuedAt)
        writer.fixed(hostKey)
        writer.u8(UInt8(quorums.count))
        for quorum in quorums {
            writer.u8(quorum.role.rawValue)
            writer.fixed(quorum.key.element)
            for level in quorum.levels {
                writer.u32(level.epoch)
                writer.fixed(level.dealer)
                writer.u8(UInt8(level.key.commitments.count))
                for commitment in level.key.commitments { writer.fixed(commitment) }
                writer.u8(UInt8(level.purposes.count))
                for purpose in level.purposes { writer.u16(purpose.rawValue) }
                writer.u8(UInt8(level.members.count))
                for member in level.members { writer.u8(UInt8(member)) }
            }
        }
        writer.u8(UInt8(persons.count))
        for person in persons {
            writer.prefixed(person.name)
            writer.fixed(person.signingKey)
            writer.fixed(person.boxKey)
            writer.u8((person.mayRequest ? 1 : 0) | (person.mayOpen ? 2 : 0))
            writer.time(person.trainedUntil)
            writer.time(person.vettedUntil)
        }
        return writer.bytes
    }

    /// Reads what ``draft`` gives.
    private init(body: [UInt8]) throws(VaultError) {
        struct ReadLevel {
            var epoch: UInt32 = 0
            var dealer: [UInt8] = []
            var commitments: [[UInt8]] = []
            var purposes: [PurposeCode] = []
            var members: [Int] = []
        }
        var read: [(QuorumRole, [UInt8], [ReadLevel])] = []
        (deployment, number, previous, issuedAt, hostKey, persons) = try SignedMessage.decode(body, "roster") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            let (number, previous, issuedAt) = (try reader.u32(), try reader.fixed(32), try reader.time())
            let hostKey = try reader.fixed(32)
            for _ in 0..<(try reader.u8()) {
                guard let role = QuorumRole(rawValue: try reader.u8()) else { throw MalformedBytes() }
                let key = try reader.fixed(32)
                var levels: [ReadLevel] = []
                for _ in 0..<2 {
                    var level = ReadLevel()
                    level.epoch = try reader.u32()
                    level.dealer = try reader.fixed(32)
                    for _ in 0..<(try reader.u8()) { level.commitments.append(try reader.fixed(32)) }
                    for _ in 0..<(try reader.u8()) {
                        guard let purpose = PurposeCode(rawValue: try reader.u16()) else { throw MalformedBytes() }
                        level.purposes.append(purpose)
                    }
                    for _ in 0..<(try reader.u8()) { level.members.append(Int(try reader.u8())) }
                    levels.append(level)
                }
                read.append((role, key, levels))
            }
            var persons: [Person] = []
            for _ in 0..<(try reader.u8()) {
                let (name, signingKey, boxKey) = (try reader.text(atMost: 64), try reader.fixed(32), try reader.fixed(32))
                let powers = try reader.u8()
                guard powers < 4 else { throw MalformedBytes() }
                persons.append(
                    Person(
                        name: name, signingKey: signingKey, boxKey: boxKey, mayRequest: powers & 1 == 1, mayOpen: powers & 2 == 2,
                        trainedUntil: try reader.time(), vettedUntil: try reader.time()))
            }
            return (deployment, number, previous, issuedAt, hostKey, persons)
        }
        var quorums: [Quorum] = []
        for (role, element, readLevels) in read {
            guard !quorums.contains(where: { $0.role == role }), role == .standard || !quorums.isEmpty else {
                throw VaultError(.refused, "A quorum stands twice in a roster, or in another order than there is.")
            }
            var levels: [Level] = []
            for level in readLevels {
                guard level.members.count <= ShareDeal.memberLimit else { throw VaultError(.refused, "A level has too many people.") }
                levels.append(
                    try Level(
                        key: try LevelKey(commitments: level.commitments), epoch: level.epoch, dealer: level.dealer,
                        purposes: level.purposes, members: level.members))
            }
            let quorum = Quorum(role: role, key: try Self.key(of: levels), levels: levels)
            guard quorum.key.element == element else { throw VaultError(.refused, "A quorum's key is not the sum of its levels'.") }
            quorums.append(quorum)
        }
        self.quorums = quorums
        self.body = body
        digest = SignedMessage.digest("SPNI/v1/roster", body)
        try check()
    }

    // MARK: Signing

    /// An unsigned roster, for custodians to look at and sign.
    public var draft: [UInt8] { Self.file(body, signatures: []) }

    /// Reads a draft, whoever has signed it so far. What it says is in force only once ``init(_:custodians:)`` takes it.
    package init(unverified file: [UInt8]) throws(VaultError) {
        try self.init(body: try Self.parts(of: file).body)
    }

    /// Adds a custodian's signature to a draft.
    ///
    /// - Throws: ``VaultError`` with code `.malformed`, or `.refused` when the roster may not be signed by anybody.
    public static func sign(_ file: [UInt8], by custodian: PersonKeyring) throws(VaultError) -> [UInt8] {
        let roster = try Roster(unverified: file)
        guard roster.deployment == custodian.deployment else { throw VaultError(.refused, "The roster is of another deployment.") }
        let (body, signatures) = try parts(of: file)
        return Self.file(
            body,
            signatures: signatures.filter { $0.key != custodian.publicKey }
                + [(custodian.publicKey, custodian.signingKey.sign(roster.digest))])
    }

    /// Reads a roster and checks that enough of the custodians signed it.
    ///
    /// - Throws: ``VaultError`` with code `.malformed` or `.refused`.
    public init(_ file: [UInt8], custodians: CustodianSet) throws(VaultError) {
        let (body, signatures) = try Self.parts(of: file)
        try self.init(body: body)
        var signers: Set<[UInt8]> = []
        for (key, signature) in signatures where custodians.keys.contains(key) {
            guard SignatureVerification.isValid(signature, of: digest, by: key) else {
                throw VaultError(.refused, "A custodian's signature does not belong to this roster.")
            }
            signers.insert(key)
        }
        guard signers.count >= custodians.threshold else {
            throw VaultError(
                .refused, "The roster has \(signers.count) of the \(custodians.threshold) custodians' signatures that it needs.")
        }
    }

    /// Whose valid signatures a draft has so far, custodians or not.
    package static func signers(of file: [UInt8]) throws(VaultError) -> [[UInt8]] {
        let (body, signatures) = try parts(of: file)
        let digest = try Roster(body: body).digest
        return signatures.filter { SignatureVerification.isValid($0.signature, of: digest, by: $0.key) }.map(\.key)
    }

    /// LP(body), count u8, for each key 32 and signature 64.
    private static func file(_ body: [UInt8], signatures: [(key: [UInt8], signature: [UInt8])]) -> [UInt8] {
        var writer = ByteWriter()
        writer.prefixed(body)
        writer.u8(UInt8(signatures.count))
        for (key, signature) in signatures {
            writer.fixed(key)
            writer.fixed(signature)
        }
        return writer.bytes
    }

    private static func parts(
        of file: [UInt8]
    ) throws(VaultError) -> (body: [UInt8], signatures: [(key: [UInt8], signature: [UInt8])]) {
        try SignedMessage.decode(file, "roster") { reader throws(MalformedBytes) in
            let body = try reader.prefixed(atMost: 65_536)
            var signatures: [(key: [UInt8], signature: [UInt8])] = []
            let count = try reader.u8()
            guard count <= 16 else { throw MalformedBytes() }
            for _ in 0..<count { signatures.append((try reader.fixed(32), try reader.fixed(64))) }
            return (body, signatures)
        }
    }
}
