import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import SealedStore

/// A custody that was made elsewhere, from `Documentation/Formats.md` alone: people, shares, rosters, requests and what people answered.
@Suite struct SecondImplementationCustodyTests {
    private let second: SecondDeployment
    private let custodians: CustodianSet
    private var now: Timestamp { second.clock.now() }

    init() async throws {
        second = try await SecondDeployment()
        custodians = try #require(second.host.custodians)
    }

    // MARK: People and shares

    @Test func `Its people have the cards that their keys make here`() throws {
        let persons = second.files("person")
        #expect(persons.count == 22 && persons.count == second.files("card").count)
        for (name, _) in persons {
            let (person, card) = (try second.person(name), try second.file("card.\(name)"))
            #expect(person.name == name && person.card.bytes == card)
            #expect(try PersonCard(bytes: card) == person.card)
        }
        #expect(try custodians.threshold == 2 && custodians.bytes == second.file("custodians"))
        #expect(second.keyService.custodians == custodians)
    }

    @Test func `Its deals are honest, and their shares those that people keep`() throws {
        for (name, file) in second.files("deal") {
            let deal = try ShareDeal(bytes: file)
            #expect(deal.bytes == file && "\(deal.role.rawValue).\(deal.level)" == name)
            let level = try DealtLevel(deal)
            for member in deal.members {
                let person = try self.person(member.signingKey)
                let opened = try QuorumShare(of: person, in: level, from: [deal])
                let kept = try second.share(person.name)
                #expect(bytes(of: opened.secret) == bytes(of: kept.secret))
                #expect(opened.role == kept.role && opened.level == kept.level)
                #expect(opened.index == kept.index && opened.epoch == kept.epoch)
            }
        }
        #expect(try second.deals("deal").count == 4)
    }

    private func person(_ key: [UInt8]) throws -> PersonKeyring {
        let card = try #require(try second.files("card").map { try PersonCard(bytes: $0.bytes) }.first { $0.signingKey == key })
        return try second.person(card.name)
    }

    @Test func `Its roster is the one that is drafted and signed here`() throws {
        let roster = try second.roster(1)
        let drafted = try Roster(
            after: nil, deployment: second.host.deployment, host: second.host.card,
            levels: try second.deals("deal").map { deal in
                let purposes = roster.quorum(deal.role)?.levels[Int(deal.level) - 1].purposes
                return (try DealtLevel(deal), try #require(purposes))
            }, persons: roster.persons, issuedAt: roster.issuedAt)
        #expect(try HostCard(bytes: second.file("host-card")) == second.host.card)
        let signed = try Roster.sign(try Roster.sign(drafted.draft, by: second.person("kim")), by: second.person("max"))
        #expect(try signed == second.file("roster-1"))
        #expect(throws: VaultError.self) {
            try Roster(try Roster.sign(drafted.draft, by: second.person("kim")), custodians: custodians)
        }
    }

    @Test func `Its resharing keeps the key, and gives the new people their shares`() throws {
        let (first, roster) = (try second.roster(1), try second.roster(2))
        let deals = try second.deals("reshare")
        let level = try DealtLevel(resharing: first, deals)
        let kept = try #require(roster.quorum(.standard)).levels[1]
        #expect(level.key == kept.key && level.epoch == 1 && kept.epoch == 1 && kept.threshold == 3)
        #expect(roster.quorum(.standard)?.key == first.quorum(.standard)?.key)
        for key in level.members {
            let person = try person(key)
            let opened = try QuorumShare(of: person, in: level, from: deals)
            let share = try second.share(person.name, "share-2")
            #expect(bytes(of: opened.secret) == bytes(of: share.secret))
            #expect(opened.index == share.index && share.epoch == 1)
        }
        let drafted = try Roster(
            after: first, deployment: first.deployment, levels: [(level, kept.purposes)], persons: roster.persons,
            issuedAt: roster.issuedAt)
        #expect(drafted.digest == roster.digest)
    }

    // MARK: Requests

    @Test(arguments: [1, 2, 3]) func `Its requests open their records with the shares that were given`(number: Int) async throws {
        let file = try RevealFile(bytes: try second.file("request-\(number)"))
        #expect(try file.bytes == second.file("request-\(number)"))
        let roster = try file.check(custodians: custodians, at: now)
        let draft = try RevealDraft(bytes: try second.file("draft-\(number)"))
        #expect(try draft.bytes == second.file("draft-\(number)"))
        let key = try second.recipient(number)
        #expect(key.publicKey == file.request.recipient && draft.draft.recipient == file.request.recipient)
        #expect(draft.draft.body.digest == file.request.bodyDigest && draft.draft.envelope.digest == file.request.envelopeDigest)

        let approvals = try second.files("approval-\(number)").map { name, bytes in
            let approval = try Approval(bytes: bytes)
            #expect(approval.bytes == bytes && bytes.count == 320)
            #expect(try approval.approver == second.person(name).publicKey)
            try approval.check(file.request, roster)
            let share = try approval.share(of: file.envelope, file.request, roster, recipient: key.secret)
            #expect(SealedStoreTests.bytes(of: share.bytes).count == 96)
            return approval
        }
        let set = try ApprovalSet(approvals, of: file.request, roster)
        #expect(set.isComplete)
        let dataKey = try RevealDesk.combine(file, set, roster, key)
        #expect(try bytes(of: dataKey) == second.file("data-key-\(number)"))

        for (name, written) in second.files("denial-\(number)") {
            let denial = try Approval(bytes: written)
            #expect(written.count == 144 && denial.verdict == .deny)
            #expect(try denial.bytes == written && denial.approver == second.person(name).publicKey)
            #expect(try ApprovalSet(approvals + [denial], of: file.request, roster).isDenied)
        }

        // What the opener signed.
        let opening = try second.file("opening-\(number)")
        let evidence = LogEvidence(leaf: Array(opening[..<59]), opening: [], index: 0, size: 1, path: [], checkpoint: [])
        #expect(RevealOpening(file, approvals, evidence: evidence, signature: Array(opening[59..<123])).isSignedByOpener)
        #expect(
            SignatureVerification.isValid(
                Array(opening[123...]), of: SignedMessage.digest("SPNI/v1/reveal-outcome", file.request.digest + set.digest),
                by: file.request.opener))

        // The number, with the shred key that lies in the key service for it.
        let row = try #require(
            try await second.rows.record(
                at: VaultRecord.key(subject: file.request.subject.bytes, record: file.request.record, partitions: TestParties.partitions)))
        let (body, envelopes) = try TestParties.decode(row.value)
        #expect(envelopes.map(\.role) == [.quorum, .breakGlass, .sender] && body == draft.draft.body)
        let service = second.service()
        let stored = try #require(try await service.store.record(at: service.keysKey(file.request.subject)))
        let keys = try #require(try SubjectKeys.read(stored))
        let shredKey = try keys.shredKey(under: second.keyService.keyEncryptionKey)
        let number = digits(of: try body.open(dataKey: dataKey, shredKey: shredKey))
        #expect(try second.people.contains { try $0[0] == number && SecondDeployment.unhex($0[1]) == file.request.subject.bytes })
    }

    @Test func `An approval made here with its shares goes together with its own`() throws {
        let file = try RevealFile(bytes: try second.file("request-1"))
        let review = try RevealReview(file, custodians: custodians, knownRoster: 1, at: now)
        let made = try ["ada", "finn"].map { name in
            try review.approve(as: second.person(name), with: try second.share(name), at: now, random: SystemRandomSource())
        }
        let its = try ["ben", "zoë"].map { try Approval(bytes: try second.file("approval-1.\($0)")) }
        let set = try ApprovalSet(made + its, of: file.request, review.roster)
        let dataKey = try RevealDesk.combine(file, set, review.roster, second.recipient(1))
        #expect(try bytes(of: dataKey) == second.file("data-key-1"))
    }

    @Test func `With any byte changed, none of what they signed is taken`() throws {
        let roster = try second.roster(1)
        let (request, one, three) = (
            try second.file("request-1"), try RevealFile(bytes: try second.file("request-1")),
            try RevealFile(bytes: try second.file("request-3"))
        )
        func expectRefusal(_ name: String, _ bytes: [UInt8], every step: Int = 1, _ take: ([UInt8]) throws -> Void) throws {
            try take(bytes)
            for place in stride(from: 0, to: bytes.count, by: step) {
                var changed = bytes
                changed[place] ^= 1 << UInt8(place % 8)
                do {
                    try take(changed)
                    Issue.record("byte \(place) of \(name) may be changed")
                } catch is VaultError {
                }
            }
        }
        try expectRefusal("a card", try second.file("card.ada")) { _ = try PersonCard(bytes: $0) }
        try expectRefusal("a deal", try second.file("deal.1.1")) { _ = try ShareDeal(bytes: $0) }
        try expectRefusal("a roster", try second.file("roster-1"), every: 5) { _ = try Roster($0, custodians: custodians) }
        try expectRefusal("a request file", request, every: 7) { _ = try RevealFile(bytes: $0).check(custodians: custodians, at: now) }
        try expectRefusal("a request", one.request.bytes) { try RevealRequest(bytes: $0).check(roster, at: now) }
        for name in ["approval-1.ben", "denial-1.eve"] {
            try expectRefusal(name, try second.file(name)) { try Approval(bytes: $0).check(one.request, roster) }
        }
        try expectRefusal("a review", try second.file("review")) { bytes in
            let review = try BreakGlassReview(bytes: bytes)
            try review.check(roster, involved: [], openedAt: review.time, at: review.time)
            // Whose opening it is, the key service finds by the digest.
            guard review.requestDigest == three.request.digest else { throw VaultError(.notFound, "") }
        }
        #expect(throws: VaultError.self) { try Approval(bytes: try second.file("approval-1.ben")).check(three.request, roster) }
    }

    // MARK: The key service

    @Test func `Its record opens at the desk, is logged, and is sealed anew`() async throws {
        let signer = try LogSigner(name: second.log.origin, seed: second.log.seed, heads: InMemorySignerHeadStore())
        let (tiles, outbox) = (InMemoryTileStore(), AuditOutbox(partitions: TestParties.partitions, time: second.clock))
        let sequencer = LogSequencer(
            store: second.rows, outbox: outbox, signer: signer, tiles: tiles, policy: SequencerPolicy(), time: second.clock,
            random: SystemRandomSource(), observer: NoObserver())
        func desk(revealsPerDay: UInt32) throws -> RevealDesk {
            let service = second.service(budget: .init(revealsPerDay: revealsPerDay), log: signer.key)
            return RevealDesk(
                store: second.rows, partitions: TestParties.partitions, keyring: second.opener, opener: try second.person("otto"),
                keyService: service, evaluator: service, recorder: outbox,
                log: SequencedLog(sequencer: sequencer, evidence: EvidenceSource(tiles, key: signer.key)), time: second.clock)
        }
        let file = try RevealFile(bytes: try second.file("request-1"))
        let approvals = try second.files("approval-1").map { try Approval(bytes: $0.bytes) }
        second.clock.set(to: try #require(approvals.map(\.time).max()))
        let line = try #require(try second.people.first { try SecondDeployment.unhex($0[1]) == file.request.subject.bytes })
        let person = RevealSubject(
            audit: AuditSubject(id: file.request.subject, historyKey: try SecondDeployment.unhex(line[6])), record: file.request.record)
        let key = try second.recipient(1)
        // The row of the meter says that 20 were opened on this day.
        let spent = try desk(revealsPerDay: 20)
        #expect(try await refusal { _ = try await spent.open(file, approvals, with: key, of: person) } == .releaseBudget)
        let number = try await desk(revealsPerDay: 21).open(file, approvals, with: key, of: person)
        #expect(digits(of: number) == line[0])

        let row = try #require(
            try await second.rows.record(
                at: VaultRecord.key(subject: person.audit.id.bytes, record: person.record, partitions: TestParties.partitions)))
        #expect(try TestParties.decode(row.value).body.header.generation == file.request.generation + 1)
        let releases = try await second.service().releases(limit: 10).filter { $0.subject == person.audit.id }
        #expect(releases.map(\.kind) == [.reveal] && releases.map(\.count) == [1])
    }

    @Test func `The key service goes on with its requests, and closes its review`() async throws {
        let service = second.service()
        let file = try RevealFile(bytes: try second.file("request-1"))
        let approvals = try second.files("approval-1").map { try Approval(bytes: $0.bytes) }
        second.clock.set(to: try #require(approvals.map(\.time).max()))
        try await service.submit(file, approvals)
        let denial = try Approval(bytes: try #require(second.files("denial-1").first).bytes)
        try await service.submit(file, approvals + [denial])
        #expect(try await refusal { try await service.submit(file, approvals) } == .denied)

        let review = try BreakGlassReview(bytes: try second.file("review"))
        #expect(try review.bytes == second.file("review"))
        let before = second.clock.now()
        second.clock.set(to: review.time)
        try await service.close(review)
        try await service.close(review)
        second.clock.set(to: before)

        let later = try RevealFile(bytes: try second.file("request-2"))
        try await service.submit(later, try second.files("approval-2").map { try Approval(bytes: $0.bytes) })
        #expect(try await refusal { try await service.submit(file, approvals) } == .rosterOutdated)
    }

    @Test func `Its journal, its orders and what it counted are read on`() async throws {
        let service = second.service(budget: .init(releasesPerDay: 10))
        let release = try #require(try await service.releases(limit: 10).first)
        #expect(release.isSigned(by: second.keyService.publicKey, deployment: second.host.deployment))
        #expect(try Array(release.encoded.dropFirst()) + release.id == second.file("release"))
        #expect(release.kind == .reveal && release.count == 1 && release.purpose == .securityAlert)
        try await service.acknowledge([release])
        #expect(try await service.releases(limit: 10).isEmpty)

        var reader = ByteReader(try second.file("order"))
        let order = try ReleaseOrder(from: &reader)
        try reader.finish()
        let isGenuine = order.isGenuine(second.keyService.proofKey)
        #expect(isGenuine)
        _ = try await service.releaseShredKey(for: order)
        #expect(try await refusal { _ = try await service.releaseShredKey(for: order) } == .orderRefused)
        let next = ReleaseOrder(
            id: SystemRandomSource().bytes(16), subject: order.subject, record: order.record, purpose: .securityAlert,
            deadline: order.deadline, key: second.keyService.proofKey)
        #expect(try await refusal { _ = try await service.releaseShredKey(for: next) } == .releaseBudget)
    }

    @Test func `A record that is being sealed anew opens for that alone, until its next key is confirmed`() async throws {
        let service = second.service()
        let subject = try #require(SubjectID(bytes: try SecondDeployment.unhex(second.due[1])))
        let record = try #require(RecordID(bytes: try SecondDeployment.unhex(second.due[2])))
        func order() -> ReleaseOrder {
            ReleaseOrder(
                id: SystemRandomSource().bytes(16), subject: subject, record: record, purpose: .securityAlert,
                deadline: now + .seconds(60), key: second.keyService.proofKey)
        }
        #expect(try await refusal { _ = try await service.releaseShredKey(for: order()) } == .resealDue)
        let row = try #require(
            try await second.rows.record(
                at: VaultRecord.key(subject: subject.bytes, record: record, partitions: TestParties.partitions)))
        let (body, envelopes) = try TestParties.decode(row.value)
        let dataKey = try envelopes[2].open(for: body, with: second.sender.secret)
        let shredKey = try await service.releaseShredKey(forResealingBefore: order())
        #expect(digits(of: try body.open(dataKey: dataKey, shredKey: shredKey)) == second.due[0])

        let waiting = try await service.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10)
        #expect(waiting.map(\.generation) == [6] && waiting[0].subject == subject && waiting[0].vaultKey == row.key)
        try await service.confirm(waiting)
        let nextKey = try await service.releaseShredKey(for: order())
        #expect(throws: VaultError.self) { _ = try body.open(dataKey: dataKey, shredKey: nextKey) }
        let releases = try await service.releases(limit: 10).filter { $0.subject == subject }
        #expect(releases.map(\.count).sorted() == [4, 5])
    }
}

/// Looks into a log after one more round of sequencing.
private struct SequencedLog: LogEvidenceSource {
    let sequencer: LogSequencer
    let evidence: EvidenceSource

    func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(StorageError) -> LogEvidence? {
        do { _ = try await sequencer.sequence() } catch { throw StorageError(.unavailable, "The sequencer failed.") }
        return try await evidence.evidence(for: entry, from: knownSize)
    }
}
