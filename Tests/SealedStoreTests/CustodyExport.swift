import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

/// Everything of a custody that the second implementation checks, as lines of `Tests/Interop/sealed-record/deployment.py`.
struct CustodyExport {
    private let custody: TestCustody
    private let parties: TestParties
    private var lines: [String] = []

    init(_ custody: TestCustody, _ parties: TestParties) {
        (self.custody, self.parties) = (custody, parties)
    }

    private var random: SystemRandomSource { custody.random }
    private var passphrase: KeyringPassphrase { KeyringPassphrase(TestParties.passphrase) }

    private mutating func give(_ name: String, _ bytes: [UInt8]) {
        lines.append("custody \(name) \(Hexadecimal.encode(bytes))")
    }

    /// What `write` puts into a new file.
    private func content(_ write: (String) throws -> Void) throws -> [UInt8] {
        let path = "\(parties.directory)/\(UUID().uuidString)"
        try write(path)
        return Array(try #require(FileManager.default.contents(atPath: path)))
    }

    /// - Parameter people: five who are enrolled, sealed to this custody.
    mutating func madeLines(about people: [PreparedEnrolment]) async throws -> [String] {
        let custody = custody
        give("custodians", custody.custodians.bytes)
        give("host-card", custody.keyrings.host.card.bytes)
        give("roster-1", custody.roster)

        // Pat comes in by the resharing, with keys from a file.
        let file = try content {
            try PersonKeyring.create(
                at: $0, name: "pat", deployment: custody.deployment, passphrase: passphrase, work: .testing, random: random)
        }
        let pat = try SecondDeployment.inFile(file) { try PersonKeyring(path: $0, passphrase: passphrase) }
        give("person.pat", file)
        give("card.pat", pat.card.bytes)
        for (name, person) in custody.people { give("card.\(name)", person.card.bytes) }
        for (deal, level) in zip(custody.deals, TestCustody.levels) {
            give("deal.\(level.0.rawValue).\(level.1)", deal.bytes)
            for name in level.3 {
                give(
                    "share.\(name)",
                    try content { try custody.share(name).write(to: $0, passphrase: passphrase, work: .testing, random: random) })
            }
        }

        let first = try custody.verifiedRoster()
        let cards = [pat.card, custody.person("eve").card, custody.person("finn").card]
        let deals = try ["finn", "dan"].map { name in
            try ShareDeal(
                resharing: try custody.share(name), threshold: 3, members: cards, holder: custody.person(name), random: random)
        }
        for deal in deals { give("reshare.1.2.\(deal.source)", deal.bytes) }
        let level = try DealtLevel(resharing: first, deals)
        for person in [pat, custody.person("eve"), custody.person("finn")] {
            let share = try QuorumShare(of: person, in: level, from: deals)
            give(
                "share-2.\(person.name)",
                try content { try share.write(to: $0, passphrase: passphrase, work: .testing, random: random) })
        }
        let patsEntry = Roster.Person(
            pat.card, mayRequest: false, mayOpen: false, trainedUntil: custody.clock.now() + .seconds(86_400),
            vettedUntil: custody.clock.now() + .seconds(86_400))
        let second = try TestCustody.signed(
            try Roster(
                after: first, deployment: custody.deployment, levels: [(level, TestCustody.purposes)], persons: [patsEntry] + first.persons,
                issuedAt: custody.clock.now()
            ).draft, custody.people)
        give("roster-2", second)

        func shareAfter(_ name: String) throws -> QuorumShare {
            try name == "ada" ? custody.share(name) : QuorumShare(of: name == "pat" ? pat : custody.person(name), in: level, from: deals)
        }
        let one = try answered(1, people[3], .standard, custody.roster, ["cleo", "finn", "dan"], denier: "eve", custody.share)
        _ = try answered(2, people[3], .standard, second, ["ada", "eve", "pat", "finn"], denier: "ben", pat: pat, shareAfter)
        let three = try answered(3, people[4], .breakGlass, custody.roster, ["gus", "ivy"], denier: "joe", custody.share)
        let review = BreakGlassReview(
            of: three.file.request.digest, deployment: custody.deployment, verdict: .justified, text: "It was right.",
            at: custody.clock.now()
        ).signed(by: custody.person("cleo")).signed(by: custody.person("dan"))
        try review.check(first, involved: three.set.approvals.map(\.approver), openedAt: review.time, at: review.time)
        give("review", review.bytes)
        try await letOut(people, one.file, one.set)
        return lines
    }

    /// A request, signed and answered, and how it went.
    private mutating func answered(
        _ number: Int, _ person: PreparedEnrolment, _ role: QuorumRole, _ roster: [UInt8], _ approvers: [String], denier: String,
        pat: PersonKeyring? = nil, _ share: (String) throws -> QuorumShare
    ) throws -> (file: RevealFile, set: ApprovalSet) {
        let (body, envelopes) = try TestParties.decode(person.value)
        let key = RecipientKey(random: random)
        let opener = custody.person("otto")
        let attestation = custody.attestation(RevealSubject(audit: person.audit, record: person.record))
        let draft = RevealDraft(
            RevealRequest.Draft(
                role: role, attestation: attestation, body: body, envelope: try #require(envelopes.first { $0.role == .init(role) }),
                recipient: key.publicKey,
                opener: opener.publicKey))
        let file = try RevealFile(
            requesting: draft, for: Purposes.SecurityAlert.self, caseText: "Ticket \(number): threats – see § 3.", roster: roster,
            custodians: custody.custodians, requester: custody.person("rita"), notBefore: custody.clock.now(), random: random)
        give("draft-\(number)", draft.bytes)
        give("request-\(number)", file.bytes)
        let path = "\(parties.directory)/recipient-\(number)"
        try key.write(to: path, opener: opener, passphrase: passphrase, work: .testing, random: random)
        give("recipient-\(number)", Array(try #require(FileManager.default.contents(atPath: path))))

        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        var approvals: [Approval] = []
        for name in approvers {
            let approver = try name == "pat" ? #require(pat) : custody.person(name)
            approvals.append(try review.approve(as: approver, with: try share(name), at: custody.clock.now(), random: random))
            give("approval-\(number).\(name)", approvals[approvals.count - 1].bytes)
        }
        give("denial-\(number).\(denier)", try review.deny(as: custody.person(denier), at: custody.clock.now()).bytes)
        let set = try ApprovalSet(approvals, of: file.request, review.roster)
        give("data-key-\(number)", bytes(of: try RevealDesk.combine(file, set, review.roster, key)))

        let evidence = LogEvidence(leaf: random.bytes(59), opening: [], index: 0, size: 1, path: [], checkpoint: [])
        var opening = ByteWriter()
        RevealOpening(file, approvals, evidence: evidence, opener: opener).write(to: &opening)
        let outcome = SignedMessage.digest("SPNI/v1/reveal-outcome", file.request.digest + set.digest)
        give("opening-\(number)", evidence.leaf + opening.bytes.suffix(64) + opener.signingKey.sign(outcome))
        return (file, set)
    }

    /// What the key service does about them: lets two keys out, hears of the first request, gets a next key for its record.
    private mutating func letOut(_ people: [PreparedEnrolment], _ file: RevealFile, _ set: ApprovalSet) async throws {
        let service = parties.service
        let order = parties.order(people[0]).release
        var written = ByteWriter()
        order.write(to: &written)
        give("order", written.bytes)
        _ = try await service.releaseShredKey(for: order)
        let release = try #require(try await service.releases(limit: 10).first)
        give("release", release.encoded.dropFirst() + release.id)
        _ = try await service.releaseHistoryKey(
            for: parties.vault.stepUpProof(
                subject: people[1].audit.id, challenge: random.bytes(16), at: parties.clock.now(), for: .dataExport))
        try await service.submit(file, set.approvals)
        try await service.addShredKey(
            ShredKeyDeposit(
                subject: file.request.subject, record: file.request.record, generation: 1, bodyDigest: random.bytes(32),
                vaultKey: people[3].vaultKey,
                shredKey: SecretBytes(random: random)))
    }
}
