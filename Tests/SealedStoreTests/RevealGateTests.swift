import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// What the key service demands, of openers that would rather not give it.
@Suite struct RevealGateTests {
    private struct Case {
        let custody: TestCustody
        let person: RevealSubject
        let prepared: PreparedEnrolment
        let file: RevealFile
        let approvals: [Approval]
    }

    private func begun(
        _ custody: TestCustody, role: QuorumRole = .standard, by names: [String] = ["ben", "dan", "finn"]
    ) async throws -> Case {
        let (person, prepared) = try await custody.enrol(custody.newNumber())
        let file = try custody.file(try await custody.desk().prepare(custody.attestation(person), role: role).draft)
        return Case(
            custody: custody, person: person, prepared: prepared, file: file, approvals: try custody.approvals(file, by: names))
    }

    /// An entry as an opener would record it, in the signed log.
    private func evidence(
        _ made: Case, request: [UInt8]? = nil, approvals: [UInt8]? = nil, action: AuditAction = .revealApproved, tier: UInt8 = 1,
        subject: AuditSubject? = nil
    ) async throws -> LogEvidence {
        let (custody, file) = (made.custody, made.file)
        let set = try ApprovalSet(made.approvals, of: file.request, try custody.verifiedRoster())
        var commit = StagedCommit(random: custody.random)
        let entry = custody.outbox.recordProvably(
            AuditEvent(
                action, purpose: file.request.purpose, at: custody.clock.now(), subject: subject ?? made.person.audit,
                details: [
                    .init("request", Hexadecimal.encode(request ?? file.request.digest)),
                    .init("approvals", Hexadecimal.encode(approvals ?? set.digest)),
                ], approvalTier: tier, random: custody.random), in: &commit)
        try await commit.commit(to: custody.rows)
        let known = try await custody.service.logHead()?.size ?? 0
        return try #require(try await SequencingLog(custody: custody).evidence(for: entry, from: known))
    }

    private func release(_ made: Case, _ evidence: LogEvidence, opener: String = "otto", approvals: [Approval]? = nil) async throws
        -> VaultError.Code?
    {
        try await refusal {
            _ = try await made.custody.service.releaseShredKey(
                for: RevealOpening(made.file, approvals ?? made.approvals, evidence: evidence, opener: made.custody.person(opener)))
        }
    }

    @Test func `With everything in order one key comes out, once, however many ask at once`() async throws {
        let made = try await begun(try TestCustody())
        let evidence = try await evidence(made)
        #expect(try await release(made, evidence) == .requestRefused, "approvals were not submitted")
        try await made.custody.service.submit(made.file, made.approvals)
        let released = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { (try? await release(made, evidence)) == .some(nil) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(released == 1)
        #expect(try await release(made, evidence) == .orderRefused)
        let journal = try await made.custody.service.releases(limit: 10)
        #expect(journal.map(\.kind) == [.reveal] && journal[0].count == 1 && journal[0].order == made.file.request.id)
        #expect(journal[0].isSigned(by: made.custody.keyrings.keyService.publicKey, deployment: made.custody.deployment))
    }

    @Test func `Colluding approvers open nothing that the signed log does not know`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        try await custody.service.submit(made.file, made.approvals)
        let other = try await begun(custody)
        // A tree in which an entry has neighbours on both sides.
        for _ in 0..<6 { _ = try await evidence(other) }
        let genuine = try await evidence(made)
        #expect(genuine.path.count >= 2)
        // Of another request, of other approvals, of another action, quorum or person.
        #expect(try await release(made, try await evidence(made, request: other.file.request.digest)) == .orderRefused)
        #expect(try await release(made, try await evidence(made, approvals: [UInt8](repeating: 0, count: 32))) == .orderRefused)
        #expect(try await release(made, try await evidence(made, action: .revealRequested)) == .orderRefused)
        #expect(try await release(made, try await evidence(made, tier: 2)) == .orderRefused)
        #expect(try await release(made, try await evidence(made, subject: other.person.audit)) == .orderRefused)
        // Evidence that is not whole, or of a log of one's own.
        func changed(
            leaf: [UInt8]? = nil, opening: [UInt8]? = nil, index: UInt64? = nil, size: UInt64? = nil, path: [[UInt8]]? = nil,
            checkpoint: [UInt8]? = nil
        ) -> LogEvidence {
            LogEvidence(
                leaf: leaf ?? genuine.leaf, opening: opening ?? genuine.opening, index: index ?? genuine.index, size: size ?? genuine.size,
                path: path ?? genuine.path, checkpoint: checkpoint ?? genuine.checkpoint)
        }
        let strangers = try TestCustody()
        let theirs = try await begun(strangers)
        let foreign = try await evidence(theirs).checkpoint
        let wrong = [
            changed(leaf: Array(genuine.leaf.dropLast()) + [genuine.leaf.last! ^ 1]), changed(opening: genuine.opening + [0]),
            changed(index: genuine.index + 1), changed(size: genuine.size + 1), changed(path: genuine.path.dropLast()), changed(path: []),
            changed(checkpoint: foreign), changed(checkpoint: []),
        ]
        for evidence in wrong { #expect(try await release(made, evidence) == .orderRefused) }
        for bit in stride(from: 0, to: genuine.opening.count * 8, by: 7) {
            var opening = genuine.opening
            opening[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try await release(made, changed(opening: opening)) == .orderRefused)
        }
        // None of that spent anything.
        #expect(try await custody.service.releases(limit: 10).isEmpty)
        #expect(try await release(made, genuine) == nil)
    }

    @Test func `Neither too few, nor a denial, nor another opener, nor a service without the log's key lets a key out`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        let good = try await evidence(made)
        try await custody.service.submit(made.file, made.approvals)
        #expect(try await release(made, good, approvals: Array(made.approvals.dropLast())) == .incomplete)
        #expect(try await release(made, good, approvals: []) == .incomplete)
        #expect(try await release(made, good, opener: "rita") == .requestRefused)
        let blind = LocalKeyService(
            store: custody.keyDatabase, keyring: custody.keyrings.keyService, partitions: TestCustody.partitions, time: custody.clock,
            random: custody.random, forgetOldPages: { true })
        let opening = RevealOpening(made.file, made.approvals, evidence: good, opener: custody.person("otto"))
        #expect(try await refusal { _ = try await blind.releaseShredKey(for: opening) } == .orderRefused)

        let review = try RevealReview(made.file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        let denial = try review.deny(as: custody.person("eve"), at: custody.clock.now())
        try await custody.service.submit(made.file, [denial])
        #expect(try await release(made, good) == .denied)
        #expect(try await refusal { try await custody.service.submit(made.file, made.approvals) } == .denied)
    }

    @Test func `From the first share on nothing else of the record comes out until it is sealed anew`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        let recipient = RecordingRecipient()
        let vault = try custody.vault()
        func order() -> DispatchOrder {
            let grant = Grant<Purposes.SecurityAlert>(
                token: Purposes.SecurityAlert.token, id: custody.random.bytes(16), subject: made.person.audit.id, basis: .hostAssertion,
                expiresAt: custody.clock.now() + .seconds(60))
            return vault.order(to: made.person, template: "new-device", grant: grant)
        }
        let plain = LocalSender(
            store: custody.rows, keyring: custody.keyrings.sender, keyService: custody.service, recipient: recipient)
        try await plain.send(order())
        // Nothing yet to seal anew.
        #expect(try await refusal { _ = try await custody.service.releaseShredKey(forResealingBefore: order().release) } == .orderRefused)
        try await custody.service.submit(made.file, [made.approvals[0]])
        #expect(try await refusal { try await plain.send(order()) } == .resealDue)

        // A sender that may reseals, sends, and from then on the shares are worth nothing.
        let resealer = Resealer(
            store: custody.rows, partitions: TestCustody.partitions,
            recipients: RecordRecipients(custody.keyrings.host, roster: try custody.verifiedRoster()), keyService: custody.service,
            random: custody.random)
        let able = LocalSender(
            store: custody.rows, keyring: custody.keyrings.sender, keyService: custody.service, recipient: recipient,
            resealing: .init(resealer, recorder: custody.outbox, time: custody.clock))
        #expect(try await refusal { try await able.send(order()) } == .resealDue)
        #expect(try await refusal { try await plain.send(order()) } == .resealDue, "nobody has seen yet which record is there")
        let sweep = OrphanSweep(store: custody.rows, keyService: custody.service, recorder: custody.outbox, random: custody.random)
        #expect(try await sweep.sweep(now: custody.clock.now()) == (1, 0))
        try await able.send(order())
        try await plain.send(order())
        #expect(recipient.numbers.count == 3 && Set(recipient.numbers).count == 1)
        #expect(try await custody.logged() == [.resealed])
        #expect(try await refusal { try await custody.service.submit(made.file, made.approvals) } == .requestRefused)
        #expect(
            try await custody.service.releases(limit: 10).map(\.kind).sorted { $0.rawValue < $1.rawValue } == [
                .message, .message, .message, .reseal,
            ])
        let counts = try await custody.service.releases(limit: 10).map(\.count).sorted()
        #expect(counts == [1, 2, 3, 4])
    }

    @Test func `An approver whose training lapsed since, or whose clock is ahead, counts no more`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        let good = try await evidence(made)
        try await custody.service.submit(made.file, made.approvals)
        custody.clock.advance(by: .seconds(-61))
        #expect(try await refusal { try await custody.service.submit(made.file, made.approvals) } == .requestRefused)
        custody.clock.advance(by: .seconds(61))
        // Said in time, handed in after the training of those who said it has ended; the request itself lives on.
        let roster = try custody.verifiedRoster()
        let set = try ApprovalSet(made.approvals, of: made.file.request, roster)
        for (late, refused) in [(Duration.seconds(0), false), (.seconds(90 * 86_400), true), (.seconds(-61), true)] {
            let now = custody.clock.now() + late
            #expect(((try? set.demandInForce(roster, at: now)) == nil) == refused)
        }
        let short = try TestCustody.signed(
            try Roster(
                after: roster, deployment: custody.deployment, levels: [],
                persons: roster.persons.map { person in
                    Roster.Person(
                        custody.person(person.name).card, mayRequest: person.mayRequest, mayOpen: person.mayOpen,
                        trainedUntil: custody.clock.now() + (person.name == "finn" ? .seconds(60) : .seconds(90_000)),
                        vettedUntil: person.vettedUntil)
                }, issuedAt: custody.clock.now()
            ).draft, custody.people)
        let (person, _) = try await custody.enrol(custody.newNumber())
        let file = try RevealFile(
            requesting: try await custody.desk().prepare(custody.attestation(person), role: .standard).draft,
            for: Purposes.LegalObligation.self,
            caseText: "Order of a court.", roster: short, custodians: custody.custodians, requester: custody.person("rita"),
            notBefore: custody.clock.now(), random: custody.random)
        let approvals = try custody.approvals(file)
        try await custody.service.submit(file, approvals)
        custody.clock.advance(by: .seconds(61))
        #expect(try await refusal { try await custody.service.submit(file, approvals) } == .approvalRefused)
        let late = RevealOpening(file, approvals, evidence: good, opener: custody.person("otto"))
        #expect(try await refusal { _ = try await custody.service.releaseShredKey(for: late) } == .approvalRefused)
    }

    @Test func `One day opens as many records to people as the budget says, whatever messages were sent`() async throws {
        let custody = try TestCustody(budget: .init(releasesPerDay: 0, revealsPerDay: 2))
        for expected in [nil, nil, VaultError.Code.releaseBudget] {
            let made = try await begun(custody)
            try await custody.service.submit(made.file, made.approvals)
            #expect(try await release(made, try await evidence(made)) == expected)
        }
        custody.clock.advance(by: .seconds(86_400))
        let made = try await begun(custody)
        try await custody.service.submit(made.file, made.approvals)
        #expect(try await release(made, try await evidence(made)) == nil)
    }

    @Test func `A newer roster is law from when it is first seen, and there is one of each number`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        try await custody.service.submit(made.file, made.approvals)
        let earlier = try custody.verifiedRoster()
        func next(_ issuedAt: Timestamp) throws -> [UInt8] {
            try TestCustody.signed(
                try Roster(
                    after: earlier, deployment: custody.deployment, levels: [], persons: earlier.persons, issuedAt: issuedAt
                ).draft, custody.people)
        }
        func request(_ roster: [UInt8]) async throws -> RevealFile {
            let (person, _) = try await custody.enrol(custody.newNumber())
            return try RevealFile(
                requesting: try await custody.desk().prepare(custody.attestation(person), role: .standard).draft,
                for: Purposes.LegalObligation.self,
                caseText: "Order of a court.", roster: roster, custodians: custody.custodians, requester: custody.person("rita"),
                notBefore: custody.clock.now(), random: custody.random)
        }
        let newer = try await request(try next(custody.clock.now()))
        try await custody.service.submit(newer, [])
        #expect(try await refusal { try await custody.service.submit(made.file, made.approvals) } == .rosterOutdated)
        let fork = try await request(try next(custody.clock.now() - .seconds(1)))
        #expect(try await refusal { try await custody.service.submit(fork, []) } == .rosterOutdated)
    }

    // MARK: People on call

    @Test func `People on call open at once, loudly, and no more until two of the standard quorum reviewed it`() async throws {
        let alarms = Alarms()
        let custody = try TestCustody(observer: alarms)
        let made = try await begun(custody, role: .breakGlass, by: ["gus", "ivy"])
        try await custody.service.submit(made.file, made.approvals)
        #expect(try await release(made, try await evidence(made, tier: 2)) == nil)
        #expect(alarms.seen.withLock { $0 } == ["break-glass-released"])

        custody.clock.advance(by: BreakGlassReview.grace)
        let next = try await begun(custody, role: .breakGlass, by: ["hal", "joe"])
        try await custody.service.submit(next.file, next.approvals)
        let good = try await evidence(next, tier: 2)
        #expect(try await release(next, good) == .requestRefused)

        let review = BreakGlassReview(
            of: made.file.request.digest, deployment: custody.deployment, verdict: .justified, text: "A threat to life.",
            at: custody.clock.now())
        func close(_ names: [String]) async throws -> VaultError.Code? {
            let signed = names.reduce(review) { $0.signed(by: custody.person($1)) }
            return try await refusal { try await custody.service.close(try BreakGlassReview(bytes: signed.bytes)) }
        }
        for names in [[], ["ben"], ["ben", "cleo"], ["gus", "ivy"], ["ben", "kim"], ["rita", "dan"]] {
            #expect(try await close(names) == .approvalRefused, "\(names)")
        }
        let bytes = review.signed(by: custody.person("ben")).signed(by: custody.person("dan")).bytes
        for bit in stride(from: 0, to: bytes.count * 8, by: 3) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            await #expect(throws: VaultError.self, "bit \(bit)") { try await custody.service.close(try BreakGlassReview(bytes: changed)) }
        }
        #expect(try await close(["ben", "dan"]) == nil)
        // Once more, as after an answer that was lost; another finding is none.
        #expect(try await close(["ben", "dan"]) == nil)
        let other = BreakGlassReview(
            of: made.file.request.digest, deployment: custody.deployment, verdict: .notJustified, text: "It was none.",
            at: custody.clock.now()
        ).signed(by: custody.person("ben")).signed(by: custody.person("dan"))
        #expect(try await refusal { try await custody.service.close(other) } == .orderRefused)
        #expect(try await release(next, good) == nil)
    }

    @Test func `An overdue review is found behind however many that were made`() async throws {
        let custody = try TestCustody()
        let first = try await begun(custody, role: .breakGlass, by: ["gus", "ivy"])
        try await custody.service.submit(first.file, first.approvals)
        #expect(try await release(first, try await evidence(first, tier: 2)) == nil)
        // Reviewed ones, before and after it in the order of rows.
        for place in 0..<2 {
            var commit = StagedCommit(random: custody.random)
            for index in 0..<1_001 {
                let name = [UInt8(place == 0 ? 0 : 255)] + custody.random.bytes(29) + [UInt8(index >> 8), UInt8(index & 255)]
                var writer = ByteWriter()
                writer.u8(1)
                writer.fixed(name)
                writer.time(custody.clock.now())
                writer.u8(0)
                writer.fixed([UInt8](repeating: 7, count: 32))
                commit.insert(
                    writer.bytes, at: RecordKey(partition: Partition(rawValue: 0), collection: "review", row: name),
                    expiresAt: custody.clock.now() + .seconds(30 * 86_400))
            }
            try await commit.commit(to: custody.service.store)
        }
        custody.clock.advance(by: BreakGlassReview.grace)
        let next = try await begun(custody, role: .breakGlass, by: ["hal", "joe"])
        try await custody.service.submit(next.file, next.approvals)
        #expect(try await release(next, try await evidence(next, tier: 2)) == .requestRefused)
    }

    @Test func `One person on call is not enough, and the standard quorum's shares are none of theirs`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody, role: .breakGlass, by: ["gus", "hal"])
        let good = try await evidence(made, tier: 2)
        try await custody.service.submit(made.file, made.approvals)
        #expect(try await release(made, good) == .incomplete)
        #expect(throws: VaultError.self) { _ = try custody.approval(made.file, by: "dan") }
    }

    // MARK: Erasure

    @Test func `An erased person's record opens to no quorum, and a deposit that comes twice brings no key back`() async throws {
        let custody = try TestCustody()
        let made = try await begun(custody)
        try await custody.service.submit(made.file, made.approvals)
        let good = try await evidence(made)
        _ = try await custody.service.erase(made.person.audit.id)
        #expect(try await release(made, good) == .notFound)
        #expect(try await refusal { try await custody.service.submit(made.file, made.approvals) } == .notFound)

        let subject = SubjectID(random: custody.random)
        func deposit() -> KeyDeposit {
            let record = RecordID(random: custody.random)
            return KeyDeposit(
                subject: subject, record: record,
                vaultKey: VaultRecord.key(subject: subject.bytes, record: record, partitions: TestCustody.partitions),
                shredKey: SecretBytes(random: custody.random), historyKey: SecretBytes(random: custody.random))
        }
        try await custody.service.put(deposit())
        _ = try await custody.service.erase(subject)
        // The second sending, which was an hour on its way.
        custody.clock.advance(by: RecordLimits.lateness)
        _ = try await custody.service.sweep()
        await #expect(throws: VaultError.self) { try await custody.service.put(deposit()) }
        custody.clock.advance(by: .seconds(3 * 3_600))
        #expect(try await custody.service.sweep() > 0)
        #expect(try await custody.keyDatabase.record(at: custody.service.keysKey(subject)) == nil)
    }
}

final class Alarms: Observer {
    let seen = Mutex<[String]>([])
    func observe(_ observation: Observation) { seen.withLock { $0.append(observation.name) } }
}
