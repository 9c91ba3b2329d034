import RecordStorage
import SQLiteStorage
import Synchronization
import Testing

@testable import PhoneIdentityTesting

@Suite struct ConformanceTests {
    @Test func `The store in memory keeps the contract`() async throws {
        try await RecordStoreConformance { InMemoryRecordStore() }.run()
    }

    @Test func `The SQLite store keeps the contract`() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteRecordStore(path: directory.file())
        try await RecordStoreConformance { store }.run()
        try await store.close()
    }

    @Test func `Two SQLite stores on one file keep the contract together`() async throws {
        let directory = try TemporaryDirectory()
        let stores = [try await SQLiteRecordStore(path: directory.file()), try await SQLiteRecordStore(path: directory.file())]
        let turn = Turn()
        try await RecordStoreConformance(sharesData: true) { stores[turn.next() % 2] }.run()
        for store in stores { try await store.close() }
    }

    @Test func `A slow store keeps the contract too`() async throws {
        let store = FaultyRecordStore(
            InMemoryRecordStore(), perMille: [.delay(.microseconds(100)): 300], random: SeededRandomSource(seed: 1))
        try await RecordStoreConformance { store }.run()
    }

    @Test func `Conflicts, lost answers and late commits have an explanation too`() async throws {
        let store = FaultyRecordStore(
            InMemoryRecordStore(), perMille: [.conflict: 50, .unknownButLanded: 60, .unknownAndLost: 60, .unknownAndLate: 100],
            random: SeededRandomSource(seed: 2))
        for seed in UInt64(1)...4 {
            try await ConcurrentWorkload(seed: seed).run(in: ConformanceRoom(hosts: [store], largestValue: 100))
        }
    }

    @Test(arguments: BrokenRecordStore.Defect.allCases)
    func `A store with a defect is found out, and by the check of that clause`(_ defect: BrokenRecordStore.Defect) async throws {
        let failures = try await failures(of: RecordStoreConformance { BrokenRecordStore(defect) })
        #expect(failures.contains { $0.hasPrefix(defect.check) && $0.contains(defect.sentence) }, "\(failures)")
    }

    @Test(arguments: RacyRecordStore.Defect.allCases)
    func `A store with a defect that shows under load is found out`(_ defect: RacyRecordStore.Defect) async throws {
        let failures = try await failures(of: RecordStoreConformance { RacyRecordStore(defect) })
        let check = "What many tasks saw while they wrote has one explanation: in the workload of seed"
        let history = failures.first { $0.hasPrefix(check) }
        #expect(defect.kinds.contains { history?.contains(", \($0.rawValue): ") ?? false }, "\(failures)")
    }

    @Test func `A cache of one's own is found out where two stores share the data, and only there`() async throws {
        try await RecordStoreConformance { CachingRecordStore(InMemoryRecordStore()) }.run(ConformanceCheck.all)
        let database = InMemoryRecordStore()
        let failures = try await failures(of: RecordStoreConformance(sharesData: true) { CachingRecordStore(database) })
        #expect(
            failures.contains {
                $0.hasPrefix("What one store commits, the other reads next: there is no record for the other store after a put")
            })
    }

    @Test func `Two stores that do not share their data are found out`() async throws {
        let failures = try await failures(of: RecordStoreConformance(sharesData: true) { InMemoryRecordStore() })
        #expect(failures.contains { $0.hasPrefix("What one store commits, the other reads next: there is no record for the other store") })
    }

    private func failures(of conformance: RecordStoreConformance) async throws -> [String] {
        let failure = await #expect(throws: ConformanceFailure.self) { try await conformance.run(ConformanceCheck.all) }
        return failure?.failures ?? []
    }
}

/// Counts.
private final class Turn: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

extension BrokenRecordStore.Defect {
    /// The check whose clause this defect breaks.
    fileprivate var check: String {
        switch self {
        case .appliesChangesOneByOne: "A conflict at any place in a commit leaves nothing of it"
        case .ignoresChecks: "An expectation that does not hold is a conflict"
        case .looksBeforeItWrites: "No increment of a counter is lost among many writers"
        case .ordersRowsBySignedBytes: "Rows are ordered as unsigned bytes, and every byte value is kept"
        case .hidesExpiredRecords: "Expiry permits sweeping and hides nothing"
        case .overwritesOnClaim: "An expectation that does not hold is a conflict"
        case .answersInTheOrderOfKeys: "Records come in the order they were asked for"
        case .forgetsTheExpiryOfReplacements: "What many tasks saw while they wrote has one explanation"
        case .acceptsAnySize: "What is beyond the limits is refused as too large, and writes nothing"
        case .landsWhatItCalledCancelled: "A commit in a cancelled task tells its real outcome"
        case .startsPagesAtThePosition: "A page starts after its position, whether a record is there or not"
        case .confirmsBeforeItWrites: "A put, a replacement and a deletion are seen by the next read"
        }
    }

    /// What its failure says.
    fileprivate var sentence: String {
        switch self {
        case .appliesChangesOneByOne: "after a refused commit"
        case .ignoresChecks: "a check of another version was accepted"
        case .looksBeforeItWrites: "increments were confirmed and"
        case .ordersRowsBySignedBytes: "are not in the order of unsigned bytes"
        case .hidesExpiredRecords: "there is no record that expired at"
        case .overwritesOnClaim: "a claim of a key that is taken was accepted"
        case .answersInTheOrderOfKeys: "the answer for a key stands at another key's place"
        case .forgetsTheExpiryOfReplacements: "with another value or expiry than was put"
        case .acceptsAnySize: "a row of 256 bytes was accepted"
        case .landsWhatItCalledCancelled: "a commit that threw .cancelled is there"
        case .startsPagesAtThePosition: "the page after"
        case .confirmsBeforeItWrites: "there is no record after a put"
        }
    }
}

extension RacyRecordStore.Defect {
    /// What the history of this defect breaks; which of these comes first is a matter of timing.
    fileprivate var kinds: [HistoryViolation.Kind] {
        switch self {
        case .fillsItsCacheTooLate: [.staleRead, .deletionUndone, .vanished, .nonMonotonicRead, .halfCommit]
        case .looksAtChecksBeforehand: [.notSerializable, .staleExpectation]
        case .deletesLater: [.deletionUndone, .lostUpdate, .notSerializable, .staleExpectation]
        case .putsBackOverOthers: [.refusedCommitLanded, .lostUpdate, .halfCommit, .staleRead, .vanished, .twoWinners, .deletionUndone]
        case .takesBackItsNeighbours: [.lostUpdate, .twoWinners, .halfCommit, .staleRead, .vanished, .deletionUndone]
        case .rangesLagBehind: [.missedByRange, .staleRead, .deletionUndone, .nonMonotonicRead, .halfCommit]
        case .passesOnTheSecondAnswer: [.refusedCommitLanded]
        case .looksForCancellationTooLate: [.refusedCommitLanded]
        }
    }
}
