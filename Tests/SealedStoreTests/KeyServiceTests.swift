import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

@Suite struct KeyServiceTests {
    private func deposit(_ parties: TestParties, for subject: SubjectID, shredKey: [UInt8]) -> KeyDeposit {
        let record = RecordID(random: parties.random)
        return KeyDeposit(
            subject: subject, record: record,
            vaultKey: VaultRecord.key(subject: subject.bytes, record: record, partitions: TestParties.partitions),
            shredKey: SecretBytes(copying: shredKey), historyKey: SecretBytes(random: parties.random))
    }

    @Test func `A second deposit for a subject never takes the place of the first`() async throws {
        let parties = try TestParties()
        let subject = SubjectID(random: parties.random)
        let (first, second) = (parties.random.bytes(32), parties.random.bytes(32))
        let made = deposit(parties, for: subject, shredKey: first)
        let record = made.record
        try await parties.service.put(made)
        let again = deposit(parties, for: subject, shredKey: second)
        var code: StorageError.Code?
        do { try await parties.service.put(again) } catch { code = error.storage?.code }
        #expect(code == .conflict)
        let order = ReleaseOrder(
            id: parties.random.bytes(16), subject: subject, record: record, purpose: .securityAlert,
            deadline: parties.clock.now() + .seconds(60), key: parties.host.keys.proofKey)
        let released = try await parties.service.releaseShredKey(for: order)
        #expect(bytes(of: released) == first)
    }

    @Test func `A deposit whose answer was lost is made once`() async throws {
        let parties = try TestParties()
        let faulty = FaultyRecordStore(parties.keyDatabase, script: [.unknownButLanded], time: parties.clock)
        let service = LocalKeyService(
            store: faulty, keyring: parties.keyService, partitions: TestParties.partitions, time: parties.clock, random: parties.random,
            forgetOldPages: { true })
        let subject = SubjectID(random: parties.random)
        try await service.put(deposit(parties, for: subject, shredKey: parties.random.bytes(32)))
        parties.clock.advance(by: .seconds(7200))
        #expect(try await service.unconfirmed(before: parties.clock.now(), limit: 10).map(\.subject) == [subject])
    }

    @Test func `The database of the key service holds no key in the open`() async throws {
        let parties = try TestParties()
        let subject = SubjectID(random: parties.random)
        let shredKey = parties.random.bytes(32)
        try await parties.service.put(deposit(parties, for: subject, shredKey: shredKey))
        let range = RecordRange(partition: TestParties.partitions.partition(of: subject.bytes), collection: "keys")
        let rows = try await parties.keyDatabase.records(in: range, limit: 10)
        #expect(rows.count == 1)
        for start in 0...rows[0].value.count - 32 { #expect(Array(rows[0].value[start..<start + 32]) != shredKey) }

        // A row moved to another subject, or read under another keyring, releases nothing.
        let strangers = try TestParties()
        let reader = LocalKeyService(
            store: parties.keyDatabase, keyring: strangers.keyService, partitions: TestParties.partitions, time: parties.clock,
            random: parties.random, forgetOldPages: { true })
        let order = ReleaseOrder(
            id: parties.random.bytes(16), subject: subject, record: RecordID(random: parties.random), purpose: .securityAlert,
            deadline: parties.clock.now() + .seconds(60), key: strangers.host.keys.proofKey)
        let error = await #expect(throws: VaultError.self) { _ = try await reader.releaseShredKey(for: order) }
        #expect(error?.storage?.code == .tampered)
    }

    @Test func `After an erasure nothing is released, and the receipt is signed by the key service alone`() async throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        let subject = prepared.audit.id
        _ = try await parties.service.releaseShredKey(for: parties.order(prepared).release)
        let receipt = try await parties.service.erase(subject)
        #expect(try await refusal { _ = try await parties.service.releaseShredKey(for: parties.order(prepared).release) } == .notFound)
        let proof = parties.vault.stepUpProof(
            subject: subject, challenge: parties.random.bytes(16), at: parties.clock.now(), for: .dataExport)
        #expect(try await refusal { _ = try await parties.service.releaseHistoryKey(for: proof) } == .notFound)
        #expect(try await parties.releases(of: subject) == nil)

        #expect(receipt.isSigned(by: parties.keyService.publicKey))
        #expect(!receipt.isSigned(by: strangers.keyService.publicKey))
        #expect(receipt.erasedAt == parties.clock.now())
        // It names the person to whoever knows the subject, and again when asked again.
        parties.clock.advance(by: .seconds(5))
        let second = try await parties.service.erase(subject)
        #expect(second.subjectDigest == receipt.subjectDigest && second.erasedAt != receipt.erasedAt)
        #expect(try await parties.service.erase(SubjectID(random: parties.random)).subjectDigest != receipt.subjectDigest)
    }

    @Test func `An erasure is pending while old pages hold the keys, and the keys are gone all the same`() async throws {
        let readers = Mutex(1)
        let parties = try TestParties(oldPagesGo: { readers.withLock { $0 == 0 } })
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        #expect(try await refusal { _ = try await parties.service.erase(prepared.audit.id) } == .erasurePending)
        #expect(try await refusal { _ = try await parties.service.releaseShredKey(for: parties.order(prepared).release) } == .notFound)
        readers.withLock { $0 = 0 }
        #expect(try await parties.service.erase(prepared.audit.id).isSigned(by: parties.keyService.publicKey))
    }

    @Test func `One day releases as many keys as the budget says, and a clock that goes back gives no new day`() async throws {
        let parties = try TestParties(releasesPerDay: 3)
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        func release() async throws -> VaultError.Code? {
            try await refusal { _ = try await parties.service.releaseShredKey(for: parties.order(prepared).release) }
        }
        for _ in 0..<3 { #expect(try await release() == nil) }
        #expect(try await release() == .releaseBudget)
        parties.clock.set(to: parties.clock.now() - .seconds(86_400))
        #expect(try await release() == .releaseBudget)
        parties.clock.advance(by: .seconds(2 * 86_400))
        #expect(try await release() == nil)
        #expect(try await parties.releases(of: prepared.audit.id) == 4)
    }

    @Test func `One day hands out as many histories as its own budget says, and an operator is told`() async throws {
        let alarms = Alarms()
        let custody = try TestCustody(budget: .init(releasesPerDay: 1, revealsPerDay: 0, historiesPerDay: 3), observer: alarms)
        let (person, _) = try await custody.enrol(custody.newNumber())
        func proof() throws -> StepUpProof {
            try custody.vault().stepUpProof(
                subject: person.audit.id, challenge: custody.random.bytes(16), at: custody.clock.now(), for: .dataExport)
        }
        func refused(_ proof: StepUpProof) async throws -> VaultError.Code? {
            try await refusal { _ = try await custody.service.releaseHistoryKey(for: proof) }
        }
        let first = try proof()
        #expect(try await refused(first) == nil)
        // A proof that is spent takes nothing off the day.
        for _ in 0..<5 { #expect(try await refused(first) == .orderRefused) }
        for _ in 0..<2 { #expect(try await refused(try proof()) == nil) }
        #expect(alarms.seen.withLock { $0 }.isEmpty)
        let late = try proof()
        #expect(try await refused(late) == .releaseBudget)
        #expect(alarms.seen.withLock { $0 } == ["history-budget-spent"])
        // Messages are counted apart.
        let order = ReleaseOrder(
            id: custody.random.bytes(16), subject: person.audit.id, record: person.record, purpose: .securityAlert,
            deadline: custody.clock.now() + .seconds(60), key: custody.keyrings.host.keys.proofKey)
        #expect(try await refusal { _ = try await custody.service.releaseShredKey(for: order) } == nil)
        // Another process of the same key service has no other day, and a clock that goes back gives none.
        let restarted = LocalKeyService(
            store: custody.keyDatabase, keyring: custody.keyrings.keyService, partitions: TestCustody.partitions,
            budget: .init(historiesPerDay: 4), time: custody.clock, random: custody.random, forgetOldPages: { true })
        // What was refused is not spent: it is good once there is room.
        _ = try await restarted.releaseHistoryKey(for: late)
        #expect(try await refusal { _ = try await restarted.releaseHistoryKey(for: try proof()) } == .releaseBudget)
        custody.clock.advance(by: .seconds(-86_400))
        #expect(try await refused(try proof()) == .releaseBudget)
        custody.clock.advance(by: .seconds(2 * 86_400))
        #expect(try await refused(try proof()) == nil)
        #expect(try await custody.service.releases(limit: 10).count { $0.kind == .history } == 5)
    }

    @Test func `One order releases one key, however many ask at once`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        let order = parties.order(prepared).release
        let released = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (try? await parties.service.releaseShredKey(for: order)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(released == 1)
        #expect(try await parties.releases(of: prepared.audit.id) == 1)
    }

    @Test func `A history is released to a step-up of the last quarter of an hour, once`() async throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        let subject = prepared.audit.id
        func proof(_ vault: NumberVault, _ age: Duration) -> StepUpProof {
            vault.stepUpProof(subject: subject, challenge: parties.random.bytes(16), at: parties.clock.now() - age, for: .dataExport)
        }
        let good = proof(parties.vault, .seconds(899))
        let key = try await parties.service.releaseHistoryKey(for: good)
        #expect(X25519.publicKey(of: key) == prepared.audit.historyKey)
        #expect(try await refusal { _ = try await parties.service.releaseHistoryKey(for: good) } == .orderRefused)
        let refused = [
            proof(parties.vault, .seconds(900)), proof(parties.vault, .seconds(-60)), proof(strangers.vault, .seconds(1)),
        ]
        for proof in refused {
            #expect(try await refusal { _ = try await parties.service.releaseHistoryKey(for: proof) } == .orderRefused)
        }
    }
}

@Suite struct OrphanSweepTests {
    private func actions(_ parties: TestParties) async throws -> [AuditAction] {
        var found: [AuditAction] = []
        for partition in TestParties.partitions.all {
            for record in try await parties.rows.records(in: RecordRange(partition: partition, collection: "outbox"), limit: 100) {
                // Packed entries: version, count, then the leaf of the first, whose action is at 17.
                let leaf = Array(record.value[5..<5 + AuditLeaf.length])
                found.append(try AuditLeaf(bytes: leaf).action)
            }
        }
        return found
    }

    @Test func `Keys without a record are taken back after the waiting time, not before`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, _) = try await parties.prepare("+41446681800")
        parties.clock.advance(by: OrphanSweep.patience)
        #expect(try await parties.sweep.sweep(now: parties.clock.now()) == (0, 0))
        #expect(try await parties.releases(of: prepared.audit.id) == 0)
        parties.clock.advance(by: .milliseconds(1))
        #expect(try await parties.sweep.sweep(now: parties.clock.now()) == (0, 1))
        #expect(try await parties.releases(of: prepared.audit.id) == nil)
        #expect(try await refusal { _ = try await parties.service.releaseShredKey(for: parties.order(prepared).release) } == .notFound)
        let tombstone = try #require(try await parties.rows.record(at: prepared.vaultKey))
        #expect(tombstone.value == [0])
        #expect(tombstone.expiresAt == parties.clock.now() + OrphanSweep.tombstoneLife)
        #expect(try await actions(parties) == [.orphanSwept])
        #expect(try await parties.sweep.sweep(now: parties.clock.now() + .seconds(86_400)) == (0, 0))
    }

    @Test func `A commit that comes after the sweep is refused by the tombstone, and claims nothing`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, tags) = try await parties.prepare("+41446681800")
        parties.clock.advance(by: .seconds(3601))
        #expect(try await parties.sweep.sweep(now: parties.clock.now()) == (0, 1))
        let error = await #expect(throws: StorageError.self) { try await parties.enrol(prepared, tags: tags) }
        #expect(error?.code == .conflict)
        #expect(try await parties.vault.claim(of: tags.uniqueness) == nil)
        // The number is free: whoever signs up anew gets it.
        let (again, _) = try await parties.enrol("+41446681800")
        #expect(try await parties.vault.claim(of: tags.uniqueness)?.subject == again.audit.id)
    }

    @Test func `A record on its way when the sweep looks either stands with its keys or never comes`() async throws {
        for landsFirst in [true, false] {
            let parties = try TestParties()
            try await parties.open()
            let (prepared, tags) = try await parties.prepare("+41446681800")
            var commit = StagedCommit(random: parties.random)
            try parties.vault.stage(prepared, tags: tags, at: try await parties.vault.place(of: tags.uniqueness), in: &commit)
            // The client dies with its request on the way, so that nobody settles what became of it.
            let slow = FaultyRecordStore(parties.database, script: [.unknownAndLate])
            let changes = commit.changes
            await #expect(throws: StorageError.self) { try await parties.host.authenticated(slow).commit(changes) }
            parties.clock.advance(by: .seconds(3601))
            if landsFirst { await slow.land() }
            let (confirmed, swept) = try await parties.sweep.sweep(now: parties.clock.now())
            await slow.land()
            #expect((confirmed, swept) == (landsFirst ? 1 : 0, landsFirst ? 0 : 1))
            let claimed = try await parties.vault.claim(of: tags.uniqueness) != nil
            let hasKeys = try await parties.releases(of: prepared.audit.id) != nil
            #expect(claimed == landsFirst && hasKeys == landsFirst)
        }
    }

    @Test func `Keys with a record are never swept, however old, and asked about once`() async throws {
        let parties = try TestParties()
        try await parties.open()
        var enrolled: [PreparedEnrolment] = []
        for index in 0..<20 { enrolled.append(try await parties.enrol("+4144668180\(index)").prepared) }
        parties.clock.advance(by: .seconds(3601))
        #expect(try await parties.sweep.sweep(now: parties.clock.now(), limit: 8) == (8, 0))
        #expect(try await parties.sweep.sweep(now: parties.clock.now()) == (12, 0))
        parties.clock.advance(by: .seconds(400 * 86_400))
        #expect(try await parties.sweep.sweep(now: parties.clock.now()) == (0, 0))
        for prepared in enrolled { #expect(try await parties.releases(of: prepared.audit.id) == 0) }
    }

    @Test func `A sweep that stops anywhere is finished by the next one`() async throws {
        for stop in 0..<4 {
            let parties = try TestParties()
            try await parties.open()
            let (orphan, _) = try await parties.prepare("+41446681800")
            let (kept, _) = try await parties.enrol("+41446681801")
            parties.clock.advance(by: .seconds(3601))
            // The tombstone, the confirmation and the discard are the commits of a sweep; each fails in turn.
            var script = [CommitFault](repeating: .none, count: stop)
            script.append(.unavailable)
            let rows = FaultyRecordStore(parties.database, script: script)
            let keys = FaultyRecordStore(parties.keyDatabase, script: script)
            let service = LocalKeyService(
                store: keys, keyring: parties.keyService, partitions: TestParties.partitions, time: parties.clock, random: parties.random,
                forgetOldPages: { true })
            let sweep = OrphanSweep(
                store: parties.host.authenticated(rows), keyService: service, recorder: parties.outbox, random: parties.random)
            let stopped = try await refusal { _ = try await sweep.sweep(now: parties.clock.now()) }
            #expect(stopped == (stop < 2 ? .unavailable : nil))
            _ = try await parties.sweep.sweep(now: parties.clock.now())
            #expect(try await parties.releases(of: orphan.audit.id) == nil)
            #expect(try await parties.releases(of: kept.audit.id) == 0)
        }
    }

    @Test func `Two sweeps at once take an orphan back once, with one entry`() async throws {
        let parties = try TestParties()
        try await parties.open()
        for index in 0..<10 { _ = try await parties.prepare("+4144668180\(index)") }
        let (kept, _) = try await parties.enrol("+41446681855")
        parties.clock.advance(by: .seconds(3601))
        let now = parties.clock.now()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try? await parties.sweep.sweep(now: now) } }
        }
        _ = try await parties.sweep.sweep(now: now)
        #expect(try await actions(parties).count == 10)
        #expect(try await parties.releases(of: kept.audit.id) == 0)
        #expect(try await parties.service.unconfirmed(before: now, limit: 100).isEmpty)
    }
}
