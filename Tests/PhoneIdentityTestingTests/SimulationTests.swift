import Foundation
import PhoneIdentity
import PhoneIdentityTesting
import RecordStorage
import SQLiteStorage
import Synchronization
import Testing

@Suite struct SimulationTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `A seed is the same run each time, step by step`(_ seed: UInt64) async throws {
        let first = try await IdentitySimulation().run(seed: seed, isTracing: true)
        let second = try await IdentitySimulation().run(seed: seed, isTracing: true)
        #expect(first.broken.isEmpty, "\(first)")
        #expect(first.trace == second.trace)
        #expect((first.digest, first.jobs) == (second.digest, second.jobs))
        // Keeping the trace is no part of the run.
        #expect(try await IdentitySimulation().run(seed: seed).digest == first.digest)
        #expect(try await IdentitySimulation().run(seed: seed + 100).digest != first.digest)
    }

    @Test func `The seeds meet every fault, and people do everything there is to do`() async throws {
        var seen: Set<String> = []
        let events = [
            "… lostRequest", "… lostAnswer", "… late(", "… failedSync(isMade: true)", "… failedSync(isMade: false)", "… refused",
            "… conflict",
            "key service is dead", "host 0#1 is dead", "identity is away", "keys is away", "is torn", "arrives at the key service twice",
            "loses a message", "doubles a message", "refuses a message", "did: sweep", "delete vault", "delete keys",
            "give consent to alerts", "clock of", "leap of", "no answer", "BROKEN", "did: begin", "did: resend",
            "did: complete with the right code",
            "otp.wrongCode", "otp.exhausted", "otp.alreadyCompleted", "otp.tooManyGuesses", "consent.", "did: export", "did: erase",
            "did: withdraw", "did: give consent", "did: pseudonym", "did: acknowledge", "otp.challengeNotFound", "vault.orderRefused",
            "identity.unknownPseudonym", "delete outbox",
        ]
        for seed in UInt64(0)..<40 {
            let trace = try await IdentitySimulation().run(seed: seed, isTracing: true).trace.joined(separator: "\n")
            for event in events where !seen.contains(event) && trace.contains(event) { seen.insert(event) }
        }
        #expect(Set(events).subtracting(seen) == ["BROKEN"])
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `A host's own stores run under the same seeds`(_ seed: UInt64) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "simulation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let runs = Notes<Void>()
        var simulation = IdentitySimulation()
        simulation.stores = {
            let run = runs.add(())
            return (
                try await SQLiteRecordStore(path: directory.appending(path: "identity-\(run).sqlite").path()),
                try await SQLiteRecordStore(path: directory.appending(path: "keys-\(run).sqlite").path())
            )
        }
        let onDisk = try await simulation.run(seed: seed)
        #expect(onDisk.broken.isEmpty, "\(onDisk)")
        #expect(try await simulation.run(seed: seed).digest == onDisk.digest)
    }

    @Test func `A host's own flows run beside the others, and may find what they look for`() async throws {
        let answered = Notes<Void>()
        var simulation = IdentitySimulation()
        simulation.faults = SimulatedFaults.none
        simulation.flows = [
            { person in
                await person.pause(0...1_000)
                let answer = await person.insist("consents of nobody") { service throws(IdentityError) in
                    try await service.consents(of: Pseudonym(rawValue: "u_" + String(repeating: "a", count: 32))!)
                }
                guard case .failure(let error)? = answer, error.code == .unknownPseudonym else {
                    return person.breaks("somebody was found")
                }
                answered.add(())
            }
        ]
        let kept = try await simulation.run(seed: 1)
        #expect(kept.broken.isEmpty, "\(kept)")
        #expect(answered.all.count == simulation.numbers)
        simulation.flows.append { person in person.breaks("mine") }
        #expect(try await simulation.run(seed: 1).broken == ["mine"])
    }

    /// Stores that break the contract, as a host's own may.
    enum Defect: CaseIterable {
        /// Answers, and one commit in twelve never comes.
        case losesWhatItConfirmed
        /// Brings deleted records back after a while, as a copy that lags behind may.
        case revivesWhatWasDeleted
        /// Takes expectations for granted.
        case overwrites
        /// Applies all but the last change of some commits.
        case tearsCommits
    }

    @Test(arguments: Defect.allCases)
    func `A host's store that breaks the contract is found out`(_ defect: Defect) async throws {
        var simulation = IdentitySimulation()
        simulation.stores = { (DefectiveStore(defect), InMemoryRecordStore()) }
        var found = false
        for seed in UInt64(0)..<20 where !found { found = try await !simulation.run(seed: seed).broken.isEmpty }
        #expect(found)
    }

    private final class DefectiveStore: RecordStore {
        private let defect: Defect
        private let store = InMemoryRecordStore()
        private let commits = Mutex(0)
        private let deleted = Notes<StoredRecord>()

        init(_ defect: Defect) { self.defect = defect }

        func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await store.records(at: keys) }
        func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
            try await store.records(in: range, limit: limit)
        }

        func commit(_ changes: [RecordChange]) async throws(StorageError) {
            let number = commits.withLock { commits in
                commits += 1
                return commits
            }
            switch defect {
            case .losesWhatItConfirmed: if number % 12 != 0 { try await store.commit(changes) }
            case .tearsCommits: try await store.commit(number % 12 == 0 && changes.count > 1 ? Array(changes.dropLast()) : changes)
            case .revivesWhatWasDeleted:
                let before = try await store.records(at: changes.map(\.key))
                try await store.commit(changes)
                for case (.delete, let record?) in zip(changes, before) where record.key.collection == "history" { deleted.add(record) }
                guard number % 12 == 0, let record = deleted.all.last else { return }
                try? await store.commit([
                    .put(record.key, expecting: nil, version: record.version, value: record.value, expiresAt: record.expiresAt)
                ])
            case .overwrites:
                let current = try await store.records(at: changes.map(\.key))
                try await store.commit(
                    zip(changes, current).compactMap { change, record in
                        guard case .put(let key, _, let version, let value, let expiresAt) = change else {
                            return record.map { .check($0.key, version: $0.version) }
                        }
                        return .put(key, expecting: record?.version, version: version, value: value, expiresAt: expiresAt)
                    })
            }
        }
    }
}
