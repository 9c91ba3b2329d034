import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// Another process that writes a request's row just before a commit does, a few times.
private final class Rival: RecordStore {
    private let store: any RecordStore
    private let random: any RandomSource
    private let left: Mutex<Int>

    init(_ store: any RecordStore, times: Int, random: any RandomSource) {
        (self.store, self.random) = (store, random)
        left = Mutex(times)
    }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await store.records(at: keys) }
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await store.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        let marks = changes.map(\.key).filter { $0.collection == RevealMark.collection }
        if let key = marks.first, let row = try await store.record(at: key),
            left.withLock({ left in
                left -= 1
                return left >= 0
            })
        {
            var rival = StagedCommit(random: random)
            rival.put(row.value, at: key, replacing: row, expiresAt: row.expiresAt)
            try await rival.commit(to: store)
        }
        try await store.commit(changes)
    }
}

@Suite struct RevealTests {
    @Test func `A denial and a review are in the log, whoever else writes meanwhile`() async throws {
        let custody = try TestCustody()
        let (person, _) = try await custody.enrol(custody.newNumber())
        let file = try custody.file(try await custody.desk().prepare(custody.attestation(person), role: .breakGlass).draft)
        let rival = Rival(custody.rows, times: 3, random: custody.random)
        let ledger = RevealLedger(
            store: rival, partitions: TestCustody.partitions, recorder: custody.outbox, time: custody.clock, random: custody.random)
        try await ledger.recordRequest(file.request, person)
        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        let denial = try review.deny(as: custody.person("gus"), at: custody.clock.now())
        let set = try ApprovalSet([denial], of: file.request, try custody.verifiedRoster())
        for _ in 0..<2 { try await ledger.recordDenial(file.request, set, person) }
        let finding = BreakGlassReview(
            of: file.request.digest, deployment: custody.deployment, verdict: .justified, text: "Seen.", at: custody.clock.now())
        let second = RevealLedger(
            store: Rival(custody.rows, times: 3, random: custody.random), partitions: TestCustody.partitions, recorder: custody.outbox,
            time: custody.clock, random: custody.random)
        for _ in 0..<2 { try await second.recordReview(finding, of: file.request, person) }
        let logged = try await custody.logged()
        #expect(Set(logged) == [.revealRequested, .revealDenied, .breakGlassReviewed] && logged.count == 3)
    }

    @Test func `A share that is not its approver's is left out, and opens nothing in its place`() async throws {
        let custody = try TestCustody()
        let (person, _) = try await custody.enrol("+41446681800")
        let desk = try custody.desk()
        let draft = try await desk.prepare(custody.attestation(person), role: .standard)
        let file = try custody.file(draft.draft)
        // Signed by dan with all that is dan's, around a share that eve's key made.
        let quorum = try #require(try custody.verifiedRoster().quorum(.standard))
        let eves = try custody.share("eve")
        let share = try DecryptionShare(
            of: file.envelope, key: quorum.key, secret: eves.secret, context: file.request.digest, random: custody.random)
        let index = try custody.share("dan").index
        let swapped = try Approval.approve(
            file.request, level: 2, index: index, share: share, signer: custody.person("dan"), at: custody.clock.now(),
            random: custody.random)
        try swapped.check(file.request, try custody.verifiedRoster())
        let (ben, finn, eve) = (
            try custody.approval(file, by: "ben"), try custody.approval(file, by: "finn"), try custody.approval(file, by: "eve")
        )
        #expect(try await refusal { _ = try await desk.open(file, [ben, swapped, finn], with: draft.key, of: person) } == .approvalRefused)
        let number = try await desk.open(file, [ben, swapped, finn, eve], with: draft.key, of: person)
        #expect(digits(of: number) == "41446681800")
    }

    @Test func `A record whose number its person did not prove is shown to nobody`() async throws {
        for planted in [true, false] {
            let custody = try TestCustody()
            let (ada, _) = try await custody.enrol("+41446681800")
            let (ben, _) = try await custody.enrol("+41446681801")
            let tags = try await custody.vault().tags(of: try secret("+41446681800"))
            let key = Claim.key(tags.uniqueness, TestCustody.partitions)
            let claim = try #require(try await custody.rows.record(at: key))
            var commit = StagedCommit(random: custody.random)
            // The number is another person's, or nobody's.
            if planted {
                commit.put(Claim(subject: ben.audit.id, record: ben.record, epoch: tags.epoch).encoded, at: key, replacing: claim)
            } else {
                commit.delete(claim)
            }
            try await commit.commit(to: custody.rows)
            let desk = try custody.desk()
            let draft = try await desk.prepare(custody.attestation(ada), role: .standard)
            let file = try custody.file(draft.draft)
            let approvals = try custody.approvals(file)
            #expect(try await refusal { _ = try await desk.open(file, approvals, with: draft.key, of: ada) } == .refused)
            #expect(try await !custody.logged().contains(.revealed))
        }
    }

    @Test func `A desk of another opener, or with another request's key, does nothing at all`() async throws {
        let custody = try TestCustody()
        let (person, _) = try await custody.enrol(custody.newNumber())
        let draft = try await custody.desk().prepare(custody.attestation(person), role: .standard)
        let other = try await custody.desk().prepare(custody.attestation(person), role: .standard)
        let file = try custody.file(draft.draft)
        let approvals = try custody.approvals(file)
        let strangers = try custody.desk(opener: "ada")
        #expect(try await refusal { _ = try await strangers.open(file, approvals, with: draft.key, of: person) } == .requestRefused)
        let desk = try custody.desk()
        #expect(try await refusal { _ = try await desk.open(file, approvals, with: other.key, of: person) } == .requestRefused)
        #expect(try await custody.rows.record(at: RevealMark.key(file.request, TestCustody.partitions)) == nil)
        #expect(try await custody.service.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10).isEmpty)
    }

    @Test func `Two levels open a record together, once, and it is sealed anew`() async throws {
        let custody = try TestCustody()
        let (person, prepared) = try await custody.enrol("+41446681800")
        let desk = try custody.desk()
        let before = try #require(try await custody.rows.record(at: prepared.vaultKey))
        let draft = try await desk.prepare(custody.attestation(person), role: .standard)
        let file = try RevealFile(bytes: try custody.file(draft.draft).bytes)
        try await custody.ledger().recordRequest(file.request, person)
        let approvals = try custody.approvals(file).map { try Approval(bytes: $0.bytes) }
        let number = try await desk.open(file, approvals, with: draft.key, of: person)
        #expect(digits(of: number) == "41446681800")
        let logged = try await custody.logged()
        // All in one millisecond of a clock that stands, so in any order.
        #expect(Set(logged) == [.revealRequested, .revealApproved, .revealed] && logged.count == 3)

        // Sealed anew: another generation, another key, and the request is spent.
        let (body, envelopes) = try TestParties.decode(try #require(try await custody.rows.record(at: prepared.vaultKey)).value)
        let (old, _) = try TestParties.decode(before.value)
        #expect(body.header.generation == 1 && body.encoded[120...] != old.encoded[120...])
        #expect(envelopes.map(\.role) == [.quorum, .breakGlass, .sender])
        #expect(try await refusal { _ = try await desk.open(file, approvals, with: draft.key, of: person) } == .orderRefused)
        let sweep = OrphanSweep(store: custody.rows, keyService: custody.service, recorder: custody.outbox, random: custody.random)
        #expect(try await sweep.sweep(now: custody.clock.now()) == (1, 0))
        #expect(try await custody.service.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10).isEmpty)

        // It opens again, by a new request.
        let next = try await desk.prepare(custody.attestation(person), role: .standard)
        let again = try custody.file(next.draft)
        let second = try await desk.open(again, try custody.approvals(again, by: ["cleo", "eve", "dan"]), with: next.key, of: person)
        #expect(digits(of: second) == "41446681800")
    }
}
