import CryptoPrimitives
import Foundation
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import AuditLog
@testable import SealedStore

/// The people of one deployment's custody, with their shares, and everything they work on.
///
/// Standard: 1 of {ada, ben, cleo} and 2 of {dan, eve, finn}. On call: 1 of {gus, hal} and 1 of {ivy, joe}. Rita requests, Otto opens.
final class TestCustody: Sendable {
    static let levels: [(QuorumRole, UInt8, Int, [String])] = [
        (.standard, 1, 1, ["ada", "ben", "cleo"]), (.standard, 2, 2, ["dan", "eve", "finn"]),
        (.breakGlass, 1, 1, ["gus", "hal"]), (.breakGlass, 2, 1, ["ivy", "joe"]),
    ]
    static let custodianNames = ["kim", "lea", "max"]

    let random = SystemRandomSource()
    let clock = TestClock()
    let deployment: DeploymentID
    let people: [String: PersonKeyring]
    let custodians: CustodianSet
    let deals: [ShareDeal]
    let roster: [UInt8]
    let keyrings: KeyringSet
    let database = InMemoryRecordStore()
    let keyDatabase = InMemoryRecordStore()
    let outbox: AuditOutbox
    let tiles = InMemoryTileStore()
    let signer: LogSigner
    let service: LocalKeyService
    let sequencer: LogSequencer
    static let partitions = TestParties.partitions

    init(
        budget: LocalKeyService.Budget = .init(), observer: any Observer = NoObserver(), keyStore: (any RecordStore)? = nil
    ) throws {
        deployment = DeploymentID(random: random)
        var people: [String: PersonKeyring] = [:]
        for name in Self.levels.flatMap(\.3) + Self.custodianNames + ["rita", "otto", "dealer-1", "dealer-2", "dealer-3", "dealer-4"] {
            people[name] = PersonKeyring(name: name, deployment: deployment, random: random)
        }
        self.people = people
        custodians = try CustodianSet(threshold: 2, keys: Self.custodianNames.map { people[$0]!.publicKey })
        var deals: [ShareDeal] = []
        for (number, (role, level, threshold, members)) in Self.levels.enumerated() {
            deals.append(
                try ShareDeal(
                    role: role, level: level, threshold: threshold, members: members.map { people[$0]!.card },
                    dealer: people["dealer-\(number + 1)"]!, random: random))
        }
        self.deals = deals
        keyrings = try KeyringCeremony(origin: "example.com/test", custodians: custodians, work: .testing)
            .keyrings(deployment: deployment, random: random)
        roster = try Self.signed(
            try Roster(
                after: nil, deployment: deployment, host: keyrings.host.card, levels: try deals.map { (try DealtLevel($0), Self.purposes) },
                persons: Self.persons(people, at: clock.now()), issuedAt: clock.now()
            ).draft, people)
        outbox = AuditOutbox(partitions: Self.partitions, time: clock, random: random)
        signer = try LogSigner(name: keyrings.log.origin, seed: keyrings.log.seed, heads: InMemorySignerHeadStore())
        service = LocalKeyService(
            store: keyStore ?? keyDatabase, keyring: keyrings.keyService, partitions: Self.partitions, budget: budget, log: signer.key,
            observer: observer, time: clock, random: random, forgetOldPages: { true })
        sequencer = LogSequencer(
            store: keyrings.host.authenticated(database), outbox: outbox, signer: signer, tiles: tiles, policy: SequencerPolicy(),
            time: clock, random: random, observer: NoObserver())
    }

    static let purposes: [PurposeCode] = [.termsOfServiceReview, .legalObligation, .securityAlert]

    static func persons(_ people: [String: PersonKeyring], at now: Timestamp) -> [Roster.Person] {
        (levels.flatMap(\.3) + ["rita", "otto"]).map { name in
            Roster.Person(
                people[name]!.card, mayRequest: ["rita", "ada", "dan"].contains(name), mayOpen: name == "otto",
                trainedUntil: now + .seconds(90 * 86_400), vettedUntil: now + .seconds(120 * 86_400))
        }
    }

    static func signed(_ draft: [UInt8], _ people: [String: PersonKeyring]) throws -> [UInt8] {
        try Roster.sign(try Roster.sign(draft, by: people["kim"]!), by: people["max"]!)
    }

    func person(_ name: String) -> PersonKeyring { people[name]! }

    private let numbers = Mutex(1_800)

    /// A number that nobody has yet.
    func newNumber() -> String {
        numbers.withLock {
            $0 += 1
            return "+4144668\($0)"
        }
    }

    func verifiedRoster() throws -> Roster { try Roster(roster, custodians: custodians) }

    /// One person's share, from the first deals.
    func share(_ name: String) throws -> QuorumShare {
        let number = try #require(Self.levels.firstIndex { $0.3.contains(name) })
        return try QuorumShare(of: person(name), in: try DealtLevel(deals[number]), from: [deals[number]])
    }

    // MARK: Records

    var rows: AuthenticatedStore<InMemoryRecordStore> { keyrings.host.authenticated(database) }

    func vault() throws -> NumberVault {
        NumberVault(
            store: rows, partitions: Self.partitions, keyring: keyrings.host, roster: try verifiedRoster(), keyService: service,
            evaluator: service, random: random)
    }

    func enrol(_ e164: String) async throws -> (subject: RevealSubject, prepared: PreparedEnrolment) {
        let number = try secret(e164)
        let vault = try vault()
        let tags = try await vault.tags(of: number)
        let prepared = try await vault.seal(number, for: SubjectID(random: random))
        var commit = StagedCommit(random: random)
        if try await rows.record(at: RecordKey(partition: Partition(rawValue: 0), collection: "fence", row: [])) == nil {
            var fences = StagedCommit(random: random)
            NumberVault.stageFences(epoch: tags.epoch, partitions: Self.partitions, in: &fences)
            try await fences.commit(to: rows)
        }
        try vault.stage(prepared, tags: tags, at: try await vault.place(of: tags.uniqueness), in: &commit)
        try await commit.commit(to: rows)
        try await service.confirm(try await service.unconfirmed(before: Timestamp(milliseconds: .max), limit: 100))
        return (RevealSubject(audit: prepared.audit, record: prepared.record), prepared)
    }

    // MARK: Reveals

    func desk(keyService: (any RevealKeyService)? = nil, store: (any RecordStore)? = nil, opener: String = "otto") throws -> RevealDesk {
        RevealDesk(
            store: store ?? rows, partitions: Self.partitions, keyring: try #require(keyrings.opener), opener: person(opener),
            keyService: keyService ?? service, evaluator: service, recorder: outbox, log: SequencingLog(custody: self), time: clock,
            random: random)
    }

    /// What the host remembers of requests.
    func ledger() -> RevealLedger {
        RevealLedger(store: rows, partitions: Self.partitions, recorder: outbox, time: clock, random: random)
    }

    /// The host's word about a person.
    func attestation(_ person: RevealSubject, host: HostKeyring? = nil) -> RecordAttestation {
        RecordAttestation(
            Pseudonym(bytes: Array(person.audit.id.bytes) + [0, 0, 0, 0]), subject: person.audit.id, record: person.record,
            keyring: host ?? keyrings.host, at: clock.now())
    }

    func file(_ draft: RevealDraft, requester: String = "rita", life: Duration = .seconds(86_400)) throws -> RevealFile {
        try RevealFile(
            requesting: draft, for: Purposes.TermsOfServiceReview.self, caseText: "Ticket 4711: threats sent from this account.",
            roster: roster, custodians: custodians, requester: person(requester), notBefore: clock.now(), life: life, random: random)
    }

    func approval(_ file: RevealFile, by name: String) throws -> Approval {
        let review = try RevealReview(file, custodians: custodians, knownRoster: 0, at: clock.now())
        return try review.approve(as: person(name), with: try share(name), at: clock.now(), random: random)
    }

    func approvals(_ file: RevealFile, by names: [String] = ["ben", "dan", "finn"]) throws -> [Approval] {
        try names.map { try approval(file, by: $0) }
    }

    /// Puts everything recorded so far into the signed log.
    func sequence() async throws {
        _ = try await sequencer.sequence()
    }

    /// The actions in the log, in order.
    func logged() async throws -> [AuditAction] {
        try await sequence()
        var actions: [AuditAction] = []
        let note = try #require(try await tiles.contents(of: TilePath.checkpoint))
        let size = try Checkpoint(verifying: note, by: signer.key).head.size
        for index in 0..<size {
            let width = Int(min(size - index / 256 * 256, 256))
            let entries = try await tiles.bundle(.entries(index / 256, width: width)).entries
            actions.append(try AuditLeaf(bytes: entries[Int(index % 256)]).action)
        }
        return actions
    }
}

/// Looks into the log after one more round of sequencing.
struct SequencingLog: LogEvidenceSource {
    let custody: TestCustody

    func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(StorageError) -> LogEvidence? {
        do { try await custody.sequence() } catch { throw StorageError(.unavailable, "The sequencer failed.") }
        return try await EvidenceSource(custody.tiles, key: custody.signer.key).evidence(for: entry, from: knownSize)
    }
}

final class InMemoryTileStore: TileStore {
    private let files = Mutex<[String: [UInt8]]>([:])

    func contents(of path: String) async throws(AuditError) -> [UInt8]? { files.withLock { $0[path] } }
    func write(_ bytes: [UInt8], to path: String) async throws(AuditError) { files.withLock { $0[path] = bytes } }
    func removePartials(of tile: TilePath) async throws(AuditError) {}
}
