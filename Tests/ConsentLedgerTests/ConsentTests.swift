import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import ConsentLedger

@Suite struct ConsentTests {
    @Test func `What was never agreed to is granted to nobody`() async throws {
        let person = Person()
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .notGiven)
        try await person.decide(.securityAlert, given: false)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .notGiven)
        #expect(try await person.consents.states(of: person.subject.id).map(\.standing) == [.refused])
    }

    @Test func `A consent is for its own purpose and its own person`() async throws {
        let person = Person()
        try await person.decide(.securityAlert)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == nil)
        #expect(try await person.refusal(Purposes.ServiceAlert.self) == .notGiven)
        #expect(try await person.refusal(Purposes.ProductUpdate.self) == .notGiven)
        let other = await #expect(throws: ConsentError.self) {
            _ = try await person.consents.grant(Purposes.SecurityAlert.self, of: SubjectID(random: person.random))
        }
        #expect(other?.code == .notGiven)
    }

    @Test func `It is kept with the notice that was shown, hashed here, and never with its text`() async throws {
        let person = Person()
        let text = "Dürfen wir Sie warnen? – “Yes”"
        let notice = Notice(id: "alerts", version: "2026-11", language: "de-CH", text: text)
        try await person.consents.record(
            [ConsentDecision(.securityAlert, isGiven: true, notice: notice, method: .spoken, jurisdiction: "US-CA")], of: person.subject)
        let state = try #require(try await person.consents.states(of: person.subject.id).first)
        // printf '%s' 'Dürfen wir Sie warnen? – “Yes”' | sha256sum
        #expect(Hexadecimal.encode(state.notice.textDigest) == "3ba21b96c5d35d0e48ae604410a05fe21f2dfc48ef2ed810a3d6dfb1e18c039c")
        #expect((state.notice.id, state.notice.version, state.notice.language) == ("alerts", "2026-11", "de-CH"))
        #expect(state.method == .spoken && state.jurisdiction == "US-CA" && state.standing == .given)
        #expect(state.decidedAt == person.clock.now() && state.expiresAt == nil)
        let row = try #require(try await person.store.record(at: person.key))
        #expect(!String(decoding: row.value, as: UTF8.self).contains("warnen"))
    }

    @Test(
        arguments: [
            Notice(id: "", version: "1", language: "en", text: "x"), Notice(id: "a", version: "", language: "en", text: "x"),
            Notice(id: "a", version: "1", language: "e", text: "x"), Notice(id: "a", version: "1", language: "en", text: ""),
            Notice(id: String(repeating: "a", count: 65), version: "1", language: "en", text: "x"),
            Notice(id: "a", version: String(repeating: "1", count: 65), language: "en", text: "x"),
            Notice(id: "a", version: "1", language: String(repeating: "e", count: 36), text: "x"),
            Notice(id: "a", version: "1", language: "en", text: String(repeating: "x", count: 100_001)),
        ])
    func `A decision without a whole notice is refused, and nothing is written`(_ notice: Notice) async throws {
        let person = Person()
        let decisions = [person.decision(.serviceAlert), ConsentDecision(.securityAlert, isGiven: true, notice: notice, method: .settings)]
        let error = await #expect(throws: ConsentError.self) { try await person.consents.record(decisions, of: person.subject) }
        #expect(error?.code == .noticeIncomplete)
        #expect(throws: ConsentError.self) { try ConsentRecords.validate(decisions) }
        #expect(try await person.store.record(at: person.key) == nil)
    }

    @Test func `A jurisdiction has a form, and one purpose is decided once at a time`() async throws {
        let person = Person()
        for bad in ["", "E", String(repeating: "E", count: 17)] {
            var decision = person.decision(.securityAlert)
            decision.jurisdiction = bad
            let error = #expect(throws: ConsentError.self) { try ConsentRecords.validate([decision]) }
            #expect(error?.code == .noticeIncomplete)
        }
        let twice = [person.decision(.securityAlert), person.decision(.securityAlert, given: false)]
        let error = await #expect(throws: ConsentError.self) { try await person.consents.record(twice, of: person.subject) }
        #expect(error?.code == .contradictory)
        #expect(try await person.store.record(at: person.key) == nil)
    }

    @Test func `A consent counts until the moment it runs out`() async throws {
        let person = Person()
        let end = person.clock.now() + .seconds(86_400)
        try await person.decide(.productUpdate, expiresAt: end)
        person.clock.advance(by: .milliseconds(86_400_000 - 1))
        #expect(try await person.refusal(Purposes.ProductUpdate.self) == nil)
        person.clock.advance(by: .milliseconds(1))
        #expect(try await person.refusal(Purposes.ProductUpdate.self) == .expired)
        try await person.decide(.productUpdate)
        #expect(try await person.refusal(Purposes.ProductUpdate.self) == nil)
    }

    @Test func `Withdrawing is one call, ends the grants to come, and is undone by a new decision alone`() async throws {
        let person = Person()
        try await person.decide(.securityAlert)
        try await person.decide(.conversation)
        person.clock.advance(by: .seconds(60))
        try await person.withdraw(.securityAlert)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .withdrawn)
        #expect(try await person.refusal(Purposes.Conversation.self) == nil)
        let states = try await person.consents.states(of: person.subject.id)
        let state = try #require(states.first { $0.purpose == .securityAlert })
        #expect(state.standing == .withdrawn && state.method == .settings && state.decidedAt == person.clock.now())
        #expect(state.notice.textDigest == SHA256.hash(Array(Person.notice().text.utf8)))

        // Asked again it stays as it was, without another entry.
        let before = try await person.history().count
        try await person.withdraw(.securityAlert)
        try await person.withdraw(.productUpdate)
        #expect(try await person.history().count == before)
        try await person.decide(.securityAlert)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == nil)
    }

    @Test func `A use whose consent was withdrawn after its grant was minted is not committed`() async throws {
        for isWithdrawn in [false, true] {
            let person = Person()
            try await person.decide(.securityAlert)
            let grant = try await person.consents.grant(Purposes.SecurityAlert.self, of: person.subject.id)
            #expect(grant.purpose == .securityAlert && grant.subject == person.subject.id && grant.id.count == 16)
            if isWithdrawn { try await person.withdraw(.securityAlert) }
            var use = StagedCommit(random: person.random)
            try grant.stage(in: &use, now: person.clock.now())
            let key = RecordKey(partition: Partition(rawValue: 0), collection: "use", row: [1])
            use.insert([1], at: key)
            if isWithdrawn {
                let changes = use
                let error = await #expect(throws: StorageError.self) { try await changes.commit(to: person.store) }
                #expect(error?.code == .conflict)
            } else {
                try await use.commit(to: person.store)
                grant.spend()
            }
            #expect((try await person.store.record(at: key) == nil) == isWithdrawn)
        }
    }

    @Test func `A grant lapses after ten seconds`() async throws {
        let person = Person()
        try await person.decide(.securityAlert)
        let grant = try await person.consents.grant(Purposes.SecurityAlert.self, of: person.subject.id)
        let lasting = person.consents.grantForChallenge(Purposes.Verification.self, challenge: [1, 2])
        #expect(lasting.subject == nil && lasting.basis == .challenge([1, 2]) && lasting.purpose == .verification)
        person.clock.advance(by: .milliseconds(9_999))
        var commit = StagedCommit(random: person.random)
        try grant.stage(in: &commit, now: person.clock.now())
        person.clock.advance(by: .milliseconds(1))
        for attempt in 0..<2 {
            var late: StorageError.Code?
            do throws(StorageError) {
                if attempt == 0 {
                    try grant.stage(in: &commit, now: person.clock.now())
                } else {
                    try lasting.stage(in: &commit, now: person.clock.now())
                }
            } catch { late = error.code }
            #expect(late == .conflict)
        }
    }

    @Test func `An erasure takes the row, and the purposes with it`() async throws {
        let person = Person()
        try await person.decide(.securityAlert)
        var commit = StagedCommit(random: person.random)
        try await person.consents.stageErasure(of: person.subject.id, in: &commit)
        try await commit.commit(to: person.store)
        #expect(try await person.store.record(at: person.key) == nil)
        #expect(try await person.consents.states(of: person.subject.id).isEmpty)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .notGiven)
    }
}

@Suite struct ConsentHistoryTests {
    @Test func `Every decision is an entry that its owner can open and check, with the words' digest`() async throws {
        let person = Person()
        try await person.consents.record(
            [person.decision(.securityAlert), person.decision(.conversation, given: false)], of: person.subject)
        person.clock.advance(by: .seconds(1))
        try await person.withdraw(.securityAlert)
        let history = try await person.history()
        #expect(history.map(\.leaf.action) == [.consentGiven, .consentRefused, .consentWithdrawn])
        #expect(history.map(\.leaf.purpose) == [.securityAlert, .conversation, .securityAlert])
        let digest = Hexadecimal.encode(SHA256.hash(Array(Person.notice().text.utf8)))
        for (entry, method) in zip(history, ["1", "1", "2"]) {
            let details = Dictionary(entry.details.map { ($0.name, $0.value) }) { first, _ in first }
            #expect(
                details == [
                    "notice": "security-alerts", "version": "3", "language": "en-GB", "text-sha256": digest, "method": method,
                ])
        }
    }

    @Test func `Without the owner's key a history opens to nobody, and a changed entry to nobody`() async throws {
        let person = Person()
        try await person.decide(.securityAlert)
        let history = AuditHistory(store: person.store, partitions: Person.partitions)
        let stranger = SecretBytes(random: person.random)
        let error = await #expect(throws: AuditError.self) { _ = try await history.entries(of: person.subject.id, with: stranger) }
        #expect(error?.code == .badKey)

        let range = RecordRange(partition: person.key.partition, collection: "history")
        let row = try #require(try await person.store.records(in: range, limit: 2).first)
        // Of the leaf: the purpose it is about. (Version 1, count 4, leaf: version 1, event 16, action 2, purpose 2.)
        var changed = row.value
        changed[5 + 20] ^= 1
        var commit = StagedCommit(random: person.random)
        commit.put(changed, at: row.key, replacing: row)
        try await commit.commit(to: person.store)
        let refused = await #expect(throws: AuditError.self) { _ = try await person.history() }
        #expect(refused?.code == .badKey)
    }

    @Test func `A decision and its entry are one commit: with a store that fails neither is there`() async throws {
        let store = FaultyRecordStore(InMemoryRecordStore(), script: [.unavailable])
        let person = Person(store: store)
        let error = await #expect(throws: ConsentError.self) { try await person.decide(.securityAlert) }
        #expect(error?.code == .unavailable && error?.storage?.code == .unavailable)
        #expect(try await person.history().isEmpty)
        #expect(try await person.consents.states(of: person.subject.id).isEmpty)
        // An answer that was lost: made once, with one entry.
        store.schedule(.unknownButLanded)
        try await person.decide(.securityAlert)
        #expect(try await person.history().count == 1)
        store.failReads(1)
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .unavailable)
    }

    @Test func `Of decisions and withdrawals at once none is lost`() async throws {
        let person = Person()
        let purposes: [PurposeCode] = [.securityAlert, .serviceAlert, .conversation]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<24 {
                let purpose = purposes[index % 3]
                group.addTask { try await person.decide(purpose) }
                group.addTask { try await person.withdraw(purpose) }
            }
            try await group.waitForAll()
        }
        let states = try await person.consents.states(of: person.subject.id)
        #expect(states.map(\.purpose) == purposes)
        let history = try await person.history()
        for state in states {
            let entries = history.filter { $0.leaf.purpose == state.purpose }
            #expect(entries.filter { $0.leaf.action == .consentGiven }.count == 8)
            // A withdrawal is an entry where there was something to withdraw: never two between two consents.
            #expect(entries.filter { $0.leaf.action == .consentWithdrawn }.count <= 8)
        }
        for purpose in purposes { try await person.withdraw(purpose) }
        #expect(try await person.consents.states(of: person.subject.id).allSatisfy { $0.standing == .withdrawn })
        #expect(try await person.refusal(Purposes.SecurityAlert.self) == .withdrawn)
        #expect(try await person.refusal(Purposes.Conversation.self) == .withdrawn)
    }

    private final class Tally: Sendable {
        let acknowledged = Mutex(false)
        /// Uses that were committed although the withdrawal had been acknowledged before.
        let late = Mutex(0)
    }

    @Test func `However uses and a withdrawal meet, no use commits after the withdrawal`() async throws {
        for _ in 0..<20 {
            let person = Person()
            try await person.decide(.securityAlert)
            let tally = Tally()
            await withTaskGroup(of: Void.self) { group in
                for index in UInt8(0)..<8 {
                    group.addTask {
                        guard let grant = try? await person.consents.grant(Purposes.SecurityAlert.self, of: person.subject.id) else {
                            return
                        }
                        await Task.yield()
                        var commit = StagedCommit(random: person.random)
                        guard (try? grant.stage(in: &commit, now: person.clock.now())) != nil else { return }
                        commit.insert([1], at: RecordKey(partition: Partition(rawValue: 0), collection: "use", row: [index]))
                        let isAfter = tally.acknowledged.withLock { $0 }
                        guard (try? await commit.commit(to: person.store)) != nil else { return }
                        if isAfter { tally.late.withLock { $0 += 1 } }
                    }
                }
                group.addTask {
                    try? await person.withdraw(.securityAlert)
                    tally.acknowledged.withLock { $0 = true }
                }
            }
            #expect(tally.late.withLock { $0 } == 0)
            #expect(try await person.refusal(Purposes.SecurityAlert.self) == .withdrawn)
        }
    }
}
