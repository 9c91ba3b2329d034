public import IdentityTypes
public import RecordStorage
public import SealedStore

/// The people of one deployment's custody, with their keys and shares, in one process: for tests, simulations and benchmarks.
///
/// Standard quorum: 1 of ada, ben, cleo and 2 of dan, eve, finn. On call: 1 of gus, hal and 1 of ivy, joe. Rita requests, Otto opens.
public final class SimulatedCustody: Sendable {
    private static let levels: [(role: QuorumRole, level: UInt8, threshold: Int, members: [String])] = [
        (.standard, 1, 1, ["ada", "ben", "cleo"]), (.standard, 2, 2, ["dan", "eve", "finn"]),
        (.breakGlass, 1, 1, ["gus", "hal"]), (.breakGlass, 2, 1, ["ivy", "joe"]),
    ]
    private static let custodianNames = ["kim", "lea", "max"]
    /// Everyone who may approve for the standard quorum.
    public static let approvers = ["ada", "ben", "cleo", "dan", "eve", "finn"]
    /// As few of them as can open a record together.
    public static let enough = ["ben", "dan", "finn"]

    public let deployment: DeploymentID
    public let custodians: CustodianSet
    /// The first roster's file, signed.
    public let roster: [UInt8]
    /// When the roster was issued.
    public let now: Timestamp
    /// Of the deployment, in no file.
    package let keyrings: KeyringSet
    private let people: [String: PersonKeyring]
    private let shares: [String: Share]

    private final class Share: Sendable {
        let share: QuorumShare
        init(_ share: consuming QuorumShare) { self.share = share }
    }

    /// - Parameter roles: the quorums that there are; the standard one always is.
    public init(
        deployment: DeploymentID, now: Timestamp, roles: [QuorumRole] = QuorumRole.allCases, random: any RandomSource
    ) throws {
        let levels = Self.levels.filter { roles.contains($0.role) }
        self.deployment = deployment
        self.now = now
        var people: [String: PersonKeyring] = [:]
        let dealers = levels.indices.map { "dealer-\($0)" }
        let listed = levels.flatMap(\.members) + ["rita", "otto"]
        for name in listed + Self.custodianNames + dealers {
            people[name] = PersonKeyring(name: name, deployment: deployment, random: random)
        }
        self.people = people
        custodians = try CustodianSet(threshold: 2, keys: Self.custodianNames.map { people[$0]!.publicKey })
        keyrings = try KeyringCeremony(origin: "example.com/custody", custodians: custodians, work: .testing)
            .keyrings(deployment: deployment, random: random)
        let deals = try zip(levels, dealers).map { level, dealer in
            try ShareDeal(
                role: level.role, level: level.level, threshold: level.threshold, members: level.members.map { people[$0]!.card },
                dealer: people[dealer]!, random: random)
        }
        var shares: [String: Share] = [:]
        for (level, deal) in zip(levels, deals) {
            let dealt = try DealtLevel(deal)
            for name in level.members { shares[name] = Share(try QuorumShare(of: people[name]!, in: dealt, from: [deal])) }
        }
        self.shares = shares
        let draft = try Roster(
            after: nil, deployment: deployment, host: keyrings.host.card,
            levels: try deals.map { (try DealtLevel($0), [PurposeCode.termsOfServiceReview, .legalObligation, .securityAlert]) },
            persons: listed.map { name in
                Roster.Person(
                    people[name]!.card, mayRequest: name == "rita", mayOpen: name == "otto", trainedUntil: now + .seconds(90 * 86_400),
                    vettedUntil: now + .seconds(90 * 86_400))
            }, issuedAt: now
        ).draft
        roster = try ["kim", "max"].reduce(draft) { try Roster.sign($0, by: people[$1]!) }
    }

    /// A roster of the same people that goes on from another one, signed.
    package func roster(after earlier: Roster, at time: Timestamp) throws -> [UInt8] {
        let draft = try Roster(after: earlier, deployment: deployment, levels: [], persons: earlier.persons, issuedAt: time).draft
        return try ["kim", "max"].reduce(draft) { try Roster.sign($0, by: people[$1]!) }
    }

    /// Otto's.
    package var opener: PersonKeyring { people["otto"]! }

    package func person(_ name: String) -> PersonKeyring { people[name]! }

    package func request(_ draft: RevealDraft, at time: Timestamp, random: some RandomSource) throws -> RevealFile {
        try RevealFile(
            requesting: draft, for: Purposes.TermsOfServiceReview.self, caseText: "Ticket 4711: threats sent from this account.",
            roster: roster, custodians: custodians, requester: people["rita"]!, notBefore: time, random: random)
    }

    package func approve(_ review: RevealReview, by name: String, at time: Timestamp, random: some RandomSource) throws -> Approval {
        try review.approve(as: people[name]!, with: shares[name]!.share, at: time, random: random)
    }
}
