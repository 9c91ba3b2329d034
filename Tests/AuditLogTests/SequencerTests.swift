import IdentityTypes
import RecordStorage
import Testing

@testable import AuditLog

@Suite("What is recorded gets into the log, once")
struct SequencerTests {
    @Test func everyRecordedEventIsPublishedAndTheOutboxIsEmpty() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        let ids = try await bench.record(300, in: outbox)
        #expect(try await sequencer.sequence() == 300)
        #expect(try await Set(bench.published()) == Set(ids))
        #expect(try await bench.verify().head.size == 300)
        for partition in bench.partitions.all {
            #expect(try await bench.store.records(in: RecordRange(partition: partition, collection: "outbox"), limit: 1).isEmpty)
        }
        #expect(try await sequencer.sequence() == 0)
        // The partial tiles that a full one replaced are gone.
        #expect(!bench.tiles.all.keys.contains { $0.hasPrefix("tile/0/000.p/") })
    }

    @Test func growingByManySmallRoundsGivesTheTreeOfOneLargeRound() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        var policy = SequencerPolicy()
        policy.batch = 7
        let sequencer = try bench.sequencer(outbox, policy: policy)
        var ids: [[UInt8]] = []
        for count in [1, 2, 40, 0, 213, 1, 256, 90] {
            ids += try await bench.record(count, in: outbox)
            bench.time.advance(by: .milliseconds(5))
            try await sequencer.sequence()
            #expect(try await bench.verify().head.size == UInt64(ids.count))
        }
        #expect(try await Set(bench.published()) == Set(ids))
    }

    @Test func anEventCommittedWithItsChangeAloneIsInTheLog() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        var abandoned = StagedCommit(random: bench.random)
        outbox.record([bench.event()], in: &abandoned)
        try await bench.record(1, in: outbox)
        #expect(try await sequencer.sequence() == 1)
    }

    @Test func appendsGoOnWhileTheSequencerRuns() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let sequencer = try bench.sequencer(outbox)
        let ids = try await withThrowingTaskGroup(of: [[UInt8]]?.self) { group in
            group.addTask {
                try await sequencer.run()
                return nil
            }
            for _ in 0..<8 {
                group.addTask {
                    let ids = try await bench.record(40, in: outbox)
                    try await outbox.acknowledged(ids)
                    return ids
                }
            }
            var ids: [[UInt8]] = []
            var done = 0
            while done < 8, let part = try await group.next() {
                ids += part ?? []
                done += 1
            }
            group.cancelAll()
            return ids
        }
        let published = try await bench.published()
        #expect(published.count == 320)
        #expect(Set(published) == Set(ids))
    }

    @Test func twoSequencersAtOnceMakeOneLog() async throws {
        let bench = try Bench()
        let (first, second) = (bench.outbox(), bench.outbox())
        let sequencers = [try bench.sequencer(first), try bench.sequencer(second)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (sequencer, outbox) in zip(sequencers, [first, second]) {
                group.addTask {
                    for _ in 0..<30 {
                        try await bench.record(3, in: outbox)
                        // Leases lapse at once, so that the two meet in the middle of their commits.
                        bench.time.advance(by: .seconds(1))
                        do { try await sequencer.sequence() } catch let error as AuditError where error.code == .notLeader {}
                    }
                }
            }
            try await group.waitForAll()
        }
        bench.time.advance(by: .seconds(1))
        try await sequencers[0].sequence()
        let published = try await bench.published()
        #expect(published.count == 180)
        #expect(Set(published).count == 180)
    }

    @Test func aHeldLeaseKeepsTheOtherSequencerAwayUntilItLapses() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let (first, second) = (try bench.sequencer(outbox), try bench.sequencer(outbox))
        try await bench.record(1, in: outbox)
        #expect(try await first.sequence() == 1)
        try await bench.record(1, in: outbox)
        #expect(try await second.sequence() == 0)
        bench.time.advance(by: .seconds(1))
        #expect(try await second.sequence() == 1)
        let head = try LogHead(#require(try await bench.store.record(at: LogRows.head)))
        #expect(head.epoch == 2)
    }

    @Test func aClockThatGoesBackStopsNothing() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let (first, second) = (try bench.sequencer(outbox), try bench.sequencer(outbox))
        try await bench.record(1, in: outbox)
        #expect(try await first.sequence() == 1)
        bench.time.advance(by: .seconds(-86_400))
        try await bench.record(2, in: outbox)
        #expect(try await second.sequence() == 2)
        #expect(try await first.sequence() == 0)
        #expect(try await bench.verify().head.size == 3)
    }

    @Test(arguments: [false, true]) func aKillAtAnyStepLosesAndDoublesNothing(isFirstRound: Bool) async throws {
        var killed = 0
        while true {
            let bench = try Bench(UInt64(killed))
            let outbox = bench.outbox()
            // 250 entries first, so that the killed round fills a tile.
            var ids = try await bench.record(250, in: outbox)
            if !isFirstRound { try await bench.sequencer(outbox).sequence() }
            ids += try await bench.record(10, in: outbox)
            bench.time.advance(by: .seconds(1))
            let fuse = Fuse(after: killed)
            let isKilled: Bool
            do {
                try await bench.sequencer(outbox, fuse: fuse).sequence()
                isKilled = false
            } catch {
                isKilled = true
            }
            bench.time.advance(by: .seconds(1))
            try await bench.sequencer().sequence()
            let published = try await bench.published()
            #expect(published.count == 260)
            #expect(Set(published) == Set(ids))
            #expect(bench.heads.current == (try await bench.verify().head))
            guard isKilled else { break }
            killed += 1
        }
        // Before and after: the commit, the signer's head, five files or more.
        #expect(killed >= 14)
    }

    @Test func tilesThatAreLostOrDamagedAreWrittenAgain() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        let ids = try await bench.record(300, in: outbox)
        try await bench.sequencer(outbox).sequence()
        let before = bench.tiles.all
        for damage in 0..<3 {
            switch damage {
            case 0: bench.tiles.all = [:]
            case 1: bench.tiles.all["tile/0/001.p/44"]![3] ^= 1
            default: bench.tiles.all["checkpoint"] = nil
            }
            bench.time.advance(by: .seconds(1))
            try await bench.sequencer().sequence()
            if damage == 1 {
                // Nothing to sequence, the checkpoint stands: what is wrong at the edge shows when the log is read back.
                #expect(bench.tiles.all == before)
            }
            #expect(try await Set(bench.published()) == Set(ids))
        }
        #expect(bench.tiles.all == before)
    }
}

@Suite("The signer never signs a smaller or a different tree")
struct ForkTests {
    @Test func anOlderDatabaseIsRefused() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        try await bench.record(5, in: outbox)
        try await bench.sequencer(outbox).sequence()
        let copy = InMemoryRecordStore()
        try await bench.store.copy(to: copy, bench.partitions)
        try await bench.record(5, in: outbox)
        bench.time.advance(by: .seconds(1))
        try await bench.sequencer(outbox).sequence()

        let restored = LogSequencer(
            store: copy, outbox: bench.outbox(), signer: try Bench.signer(bench.heads), tiles: bench.tiles, time: bench.time,
            random: bench.random)
        bench.time.advance(by: .seconds(1))
        await #expect { try await restored.sequence() } throws: { ($0 as? AuditError)?.code == .forked }
        #expect(try await bench.verify().head.size == 10)
        // `run` gives up as well instead of trying for ever.
        await #expect { try await restored.run() } throws: { ($0 as? AuditError)?.code == .forked }
    }

    @Test func aDifferentTreeOfTheSameSizeIsRefused() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        try await bench.record(5, in: outbox)
        try await bench.sequencer(outbox).sequence()
        let other = try Bench(2)
        let otherOutbox = other.outbox()
        try await other.record(5, in: otherOutbox)
        try await other.sequencer(otherOutbox).sequence()
        bench.time.advance(by: .seconds(1))
        for tiles in [bench.tiles, other.tiles, MemoryTiles()] {
            let forged = LogSequencer(
                store: other.store, outbox: bench.outbox(), signer: try Bench.signer(bench.heads), tiles: tiles, time: bench.time,
                random: bench.random)
            await #expect(throws: AuditError.self) { try await forged.sequence() }
        }
        #expect(bench.heads.current == (try await bench.verify().head))
    }

    @Test func aLostOrOlderMemoryOfTheSignerIsRefused() async throws {
        let bench = try Bench()
        let outbox = bench.outbox()
        try await bench.record(5, in: outbox)
        try await bench.sequencer(outbox).sequence()
        let old = bench.heads.current
        try await bench.record(5, in: outbox)
        bench.time.advance(by: .seconds(1))
        try await bench.sequencer(outbox).sequence()
        for head in [nil, old] {
            bench.heads.current = head
            bench.time.advance(by: .seconds(1))
            await #expect { try await bench.sequencer().sequence() } throws: { ($0 as? AuditError)?.code == .forked }
        }
    }
}

extension InMemoryRecordStore {
    /// A backup.
    func copy(to other: InMemoryRecordStore, _ partitions: PartitionCount) async throws {
        for partition in partitions.all {
            for collection in ["outbox", "history", "log-entry", "log-head", "log-lease"] as [RecordCollection] {
                for record in try await records(in: RecordRange(partition: partition, collection: collection), limit: 10_000) {
                    try await other.commit([
                        .put(record.key, expecting: nil, version: record.version, value: record.value, expiresAt: record.expiresAt)
                    ])
                }
            }
        }
    }
}
