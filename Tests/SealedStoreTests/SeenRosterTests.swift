import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// Host, opener and sender have one memory of the newest roster, and nobody goes back behind it.
@Suite struct SeenRosterTests {
    private func after(_ earlier: Roster, _ custody: TestCustody, later: Duration = .zero) throws -> (file: [UInt8], roster: Roster) {
        let file = try TestCustody.signed(
            try Roster(
                after: earlier, deployment: custody.deployment, levels: [], persons: earlier.persons, issuedAt: custody.clock.now() + later
            ).draft, custody.people)
        return (file, try Roster(file, custodians: custody.custodians))
    }

    private func take(_ roster: Roster, _ custody: TestCustody, in store: (any RecordStore)? = nil) async throws -> VaultError? {
        do {
            try await SeenRoster.take(roster, in: store ?? custody.rows, time: custody.clock, random: custody.random)
            return nil
        } catch {
            return error
        }
    }

    private func seen(_ custody: TestCustody) async throws -> [StoredRecord] {
        try await custody.rows.records(in: RecordRange(partition: Partition(rawValue: 0), collection: "roster"), limit: 10)
    }

    @Test func `A newer one is noted, the same one again writes nothing, an older or another one is refused`() async throws {
        let custody = try TestCustody()
        let first = try custody.verifiedRoster()
        let second = try after(first, custody).roster
        let fork = try after(first, custody, later: .seconds(-1)).roster
        let third = try after(second, custody).roster
        let forksNext = try after(fork, custody).roster
        #expect(try await seen(custody).isEmpty)
        #expect(try await take(first, custody) == nil)
        let row = try #require(try await seen(custody).first)
        #expect(row.value == [1] + [0, 0, 0, 1] + first.digest && row.expiresAt == nil)
        #expect(try await take(first, custody) == nil)
        #expect(try await seen(custody) == [row])

        #expect(try await take(second, custody) == nil)
        let older = try #require(try await take(first, custody))
        #expect(older.code == .rosterOutdated && older.reason.contains("Roster 2 is in force, and this is 1"))
        #expect(try await take(fork, custody)?.code == .rosterOutdated)
        #expect(try await take(forksNext, custody)?.code == .rosterOutdated)
        #expect(try await seen(custody).map { Array($0.value[1..<5]) } == [[0, 0, 0, 2]])
        #expect(try await take(third, custody) == nil)
        #expect(try await take(second, custody)?.code == .rosterOutdated)

        // Whoever was not there for those between takes a later one.
        let other = try TestCustody()
        #expect(try await take(first, custody, in: other.rows) == nil)
        #expect(try await take(third, custody, in: other.rows) == nil)
    }

    @Test func `A store that takes no writes serves the roster that is known, and says what it is with a newer one`() async throws {
        let custody = try TestCustody()
        let first = try custody.verifiedRoster()
        let second = try after(first, custody).roster
        #expect(try await take(first, custody) == nil)
        let standby = custody.keyrings.host.authenticated(Standby(store: custody.database))
        #expect(try await take(first, custody, in: standby) == nil)
        #expect(try await take(second, custody, in: standby)?.storage?.code == .readOnly)
        #expect(try await take(second, custody) == nil)
        #expect(try await take(second, custody, in: standby) == nil)
        #expect(try await take(first, custody, in: standby)?.code == .rosterOutdated)
        // Who edits the row without the host's key is found out.
        var commit = StagedCommit(random: custody.random)
        commit.put([1, 0, 0, 0, 0] + first.digest, at: try await seen(custody)[0].key, replacing: try await seen(custody)[0])
        try await commit.commit(to: custody.database)
        #expect(try await take(second, custody)?.storage?.code == .tampered)
    }

    @Test func `Of many who come at once with several rosters the newest stands`() async throws {
        let custody = try TestCustody()
        var rosters = [try custody.verifiedRoster()]
        for _ in 0..<4 { rosters.append(try after(rosters.last!, custody).roster) }
        let all = rosters
        await withTaskGroup { group in
            for roster in all.shuffled() + all.shuffled() { group.addTask { _ = try? await take(roster, custody) } }
        }
        #expect(try await seen(custody).map { Array($0.value[1..<5]) } == [[0, 0, 0, 5]])
    }

    // MARK: Who asks

    @Test func `The desk opens nothing under an older roster than was used before, and tells the key service nothing`() async throws {
        let custody = try TestCustody()
        let (person, _) = try await custody.enrol(custody.newNumber())
        let desk = try custody.desk()
        let draft = try await desk.prepare(custody.attestation(person), role: .standard)
        let file = try custody.file(draft.draft)
        let approvals = try custody.approvals(file)
        let second = try after(try custody.verifiedRoster(), custody)
        // The host started with the next roster meanwhile.
        #expect(try await take(second.roster, custody) == nil)
        #expect(try await refusal { _ = try await desk.open(file, approvals, with: draft.key, of: person) } == .rosterOutdated)
        #expect(try await custody.logged().isEmpty)
        let order = try custody.vault().order(to: person, template: "new-device", grant: alert(custody, person))
        _ = try await custody.service.releaseShredKey(for: order.release)

        // A request under the next one opens, and is seen by whoever comes after.
        let third = try after(second.roster, custody)
        let next = try await desk.prepare(custody.attestation(person), role: .standard)
        let again = try RevealFile(
            requesting: next.draft, for: Purposes.LegalObligation.self, caseText: "Order of a court.", roster: third.file,
            custodians: custody.custodians, requester: custody.person("rita"), notBefore: custody.clock.now(), random: custody.random)
        _ = try await desk.open(again, try custody.approvals(again), with: next.key, of: person)
        #expect(try await take(second.roster, custody)?.code == .rosterOutdated)
        #expect(try await take(third.roster, custody) == nil)
    }

    private func alert(_ custody: TestCustody, _ person: RevealSubject) -> Grant<Purposes.SecurityAlert> {
        Grant(
            token: Purposes.SecurityAlert.token, id: custody.random.bytes(16), subject: person.audit.id, basis: .hostAssertion,
            expiresAt: custody.clock.now() + .seconds(60))
    }

    @Test func `A sender seals nothing anew to an older roster, and asks for no key to do so`() async throws {
        let custody = try TestCustody()
        let (person, prepared) = try await custody.enrol(custody.newNumber())
        let file = try custody.file(try await custody.desk().prepare(custody.attestation(person), role: .standard).draft)
        try await custody.service.submit(file, [try custody.approval(file, by: "ben")])
        func sender(_ roster: Roster) -> LocalSender {
            let resealer = Resealer(
                store: custody.rows, partitions: TestCustody.partitions,
                recipients: RecordRecipients(custody.keyrings.sender, roster: roster), keyService: custody.service, random: custody.random)
            return LocalSender(
                store: custody.rows, keyring: custody.keyrings.sender, keyService: custody.service, recipient: RecordingRecipient(),
                resealing: .init(resealer, recorder: custody.outbox, time: custody.clock))
        }
        let first = try custody.verifiedRoster()
        let second = try after(first, custody).roster
        #expect(try await take(second, custody) == nil)
        let before = try #require(try await custody.rows.record(at: prepared.vaultKey))
        let order = try custody.vault().order(to: person, template: "new-device", grant: alert(custody, person))
        #expect(try await refusal { try await sender(first).send(order) } == .rosterOutdated)
        #expect(try await custody.service.releases(limit: 10).isEmpty)
        #expect(try await custody.rows.record(at: prepared.vaultKey) == before)
        // The same order goes to a sender that has the newest.
        #expect(try await refusal { try await sender(second).send(order) } == .resealDue)
        #expect(try await custody.rows.record(at: prepared.vaultKey) != before)
    }
}

/// A database that takes no writes.
private struct Standby: RecordStore {
    let store: InMemoryRecordStore

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await store.records(at: keys) }
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await store.records(in: range, limit: limit)
    }
    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        throw StorageError(.readOnly, "A standby (made for a test).")
    }
}
