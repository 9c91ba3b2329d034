import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import AuditLog

@Suite("An acknowledged event is in a signed checkpoint that lasts")
struct AcknowledgementTests {
    @Test func waitingEndsWithTheRoundThatSequences() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        let ids = try await bench.record(3, in: outbox)
        async let done: Void = outbox.acknowledged(ids)
        while !outbox.acknowledgements.hasWaiters { await Task.yield() }
        try await sequencer.sequence()
        try await done
        #expect(try await bench.published().count == 3)
        // And after the fact at once.
        try await outbox.acknowledged(ids)
    }

    @Test func withoutASequencerNobodyWaits() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let ids = try await bench.record(1, in: outbox)
        await #expect { try await outbox.acknowledged(ids) } throws: { ($0 as? StorageError)?.code == .unavailable }
    }

    @Test func oneOfTwoSequencersLeavingStopsNobody() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let staying = try bench.sequencer(outbox)
        _ = try bench.sequencer(outbox)
        let ids = try await bench.record(1, in: outbox)
        async let done: Void = outbox.acknowledged(ids)
        while !outbox.acknowledgements.hasWaiters { await Task.yield() }
        try await staying.sequence()
        try await done
    }

    @Test func eventsOfAKilledProcessAreAcknowledgedToTheNextOne() async throws {
        let bench = try Bench()
        let ids = try await bench.record(2, in: bench.outbox())
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        async let done: Void = outbox.acknowledged(ids)
        while !outbox.acknowledgements.hasWaiters { await Task.yield() }
        try await sequencer.sequence()
        try await done
        // A third process, which never saw them in an outbox.
        let late = bench.outbox()
        bench.time.advance(by: .seconds(1))
        let last = try bench.sequencer(late)
        async let again: Void = late.acknowledged(ids)
        while !late.acknowledgements.hasWaiters { await Task.yield() }
        try await last.sequence()
        try await again
    }

    @Test func theProcessThatDoesNotLeadIsToldToo() async throws {
        let bench = try Bench()
        let (leading, following) = (bench.outbox(), bench.outbox())
        let (leader, follower) = (try bench.sequencer(leading), try bench.sequencer(following))
        try await bench.record(1, in: leading)
        try await leader.sequence()
        let ids = try await bench.record(2, in: following)
        async let done: Void = following.acknowledged(ids)
        while !following.acknowledgements.hasWaiters { await Task.yield() }
        #expect(try await follower.sequence() == 0)
        #expect(following.acknowledgements.hasWaiters)
        #expect(try await leader.sequence() == 2)
        #expect(try await follower.sequence() == 0)
        try await done
    }

    @Test func aCancelledWaitEnds() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        let ids = try await bench.record(1, in: outbox)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect { try await outbox.acknowledged(ids) } throws: { ($0 as? StorageError)?.code == .cancelled }
            }
            while !outbox.acknowledgements.hasWaiters { await Task.yield() }
            group.cancelAll()
        }
        #expect(!outbox.acknowledgements.hasWaiters)
        #expect(try await sequencer.sequence() == 1)
    }

    @Test func whoWaitsIsToldWhenTheSequencerStops() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox, fuse: Fuse(after: 0))
        let ids = try await bench.record(1, in: outbox)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect { try await outbox.acknowledged(ids) } throws: { ($0 as? StorageError)?.code == .unavailable }
            }
            while !outbox.acknowledgements.hasWaiters { await Task.yield() }
            let running = Task { try await sequencer.run() }
            for _ in 0..<50 { await Task.yield() }
            running.cancel()
            try await running.value
        }
    }
}

@Suite("What an entry says is its subject's alone")
struct HistoryTests {
    private func secret(_ byte: UInt8) -> SecretBytes { SecretBytes(count: 32) { $0[1] = byte } }

    private func subject(_ bench: Bench, _ secret: borrowing SecretBytes) -> AuditSubject {
        AuditSubject(id: SubjectID(random: bench.random), historyKey: X25519.publicKey(of: secret))
    }

    @Test func theOwnerReadsTheWholeHistoryAndNobodyElsesDoes() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let key = secret(1)
        let alice = subject(bench, key)
        let otherKey = secret(2)
        let bob = subject(bench, otherKey)
        for round in 0..<3 {
            bench.time.advance(by: .seconds(round))
            var commit = StagedCommit(random: bench.random)
            let events = [
                bench.event(.steppedUp, subject: alice), bench.event(.consentGiven, subject: alice), bench.event(.exported, subject: bob),
                bench.event(),
            ]
            outbox.record(events, in: &commit)
            // One row for the outbox, one for each subject.
            #expect(commit.changes.count == 3)
            try await commit.commit(to: bench.store)
        }
        try await bench.sequencer(outbox).sequence()
        let history = AuditHistory(store: bench.store, partitions: bench.partitions)
        let entries = try await history.entries(of: alice.id, with: key)
        #expect(entries.map(\.leaf.action) == [.steppedUp, .consentGiven, .steppedUp, .consentGiven, .steppedUp, .consentGiven])
        #expect(entries.allSatisfy { $0.details == [.init("guesses", 1)] })
        #expect(entries.map(\.time) == entries.map(\.time).sorted())
        let published = try await bench.published()
        #expect(entries.allSatisfy { published.contains($0.leaf.id) })
        do {
            _ = try await history.entries(of: alice.id, with: otherKey)
            Issue.record("Another one's key opened a history.")
        } catch {
            #expect(error.code == .badKey)
        }
        let others = try await history.entries(of: bob.id, with: otherKey)
        #expect(others.count == 3)
    }

    @Test func erasureTakesTheOpeningsAndTheTreeStillVerifies() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let key = secret(1)
        let alice = subject(bench, key)
        let otherKey = secret(2)
        let bob = subject(bench, otherKey)
        for _ in 0..<5 {
            for person in [alice, bob] {
                var commit = StagedCommit(random: bench.random)
                outbox.record([bench.event(subject: person)], in: &commit)
                try await commit.commit(to: bench.store)
            }
        }
        try await bench.sequencer(outbox).sequence()
        let before = bench.tiles.all
        let history = AuditHistory(store: bench.store, partitions: bench.partitions)
        var rounds = 0
        while true {
            var commit = StagedCommit(random: bench.random)
            let isAll = try await history.stageErasure(of: alice.id, in: &commit, limit: 2)
            try await commit.commit(to: bench.store)
            rounds += 1
            if isAll { break }
        }
        #expect(rounds == 3)
        let erased = try await history.entries(of: alice.id, with: key)
        #expect(erased.isEmpty)
        let others = try await history.entries(of: bob.id, with: otherKey)
        #expect(others.count == 5)
        #expect(try await bench.verify().head.size == 10)
        #expect(bench.tiles.all == before)
        // What the log keeps in the database names nobody.
        for row in try await bench.store.records(in: RecordRange(partition: LogRows.partition, collection: LogRows.entries), limit: 100) {
            #expect(!row.value.contains(alice.id.bytes))
        }
    }

    @Test func aDamagedHistoryKeyStopsNoEvent() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let key = secret(1)
        let alice = subject(bench, key)
        var commit = StagedCommit(random: bench.random)
        outbox.record([bench.event(subject: AuditSubject(id: alice.id, historyKey: [UInt8](repeating: 0, count: 32)))], in: &commit)
        try await commit.commit(to: bench.store)
        #expect(try await bench.sequencer(outbox).sequence() == 1)
        let opened = try await AuditHistory(store: bench.store, partitions: bench.partitions).entries(of: alice.id, with: key)
        #expect(opened.isEmpty)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
