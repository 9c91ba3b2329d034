import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// An opener's process that dies at a chosen step: at its n-th write, to either store.
private final class MortalProcess: Sendable {
    enum Death: CaseIterable {
        /// The step never took effect.
        case before
        /// It took effect, and nobody was there to hear of it.
        case after
        /// It is still on its way, and takes effect when everybody has stopped expecting it.
        case late
    }

    private struct State {
        var left: Int
        var isDead = false
        var late: [RecordChange]?
    }

    private let death: Death
    private let state: Mutex<State>

    init(at step: Int, _ death: Death) {
        self.death = death
        state = Mutex(State(left: step))
    }

    var isDead: Bool { state.withLock { $0.isDead } }
    /// The commit that is on its way.
    var lateCommit: [RecordChange]? { state.withLock { $0.late } }

    static let gone = StorageError(.unavailable, "The process is dead (a fault made for a test).")

    func alive() throws(StorageError) {
        if isDead { throw Self.gone }
    }

    func step(_ changes: [RecordChange]?, _ body: () async throws -> Void) async throws {
        try alive()
        let dies = state.withLock { state in
            state.left -= 1
            guard state.left < 0 else { return false }
            state.isDead = true
            if death == .late { state.late = changes }
            return true
        }
        if !dies || death == .after { try await body() }
        if dies { throw Self.gone }
    }
}

private struct MortalStore: RecordStore {
    let store: any RecordStore
    let process: MortalProcess

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        try process.alive()
        return try await store.records(at: keys)
    }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try process.alive()
        return try await store.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        do {
            try await process.step(changes) { try await store.commit(changes) }
        } catch let error as StorageError {
            throw error
        } catch {
            throw MortalProcess.gone
        }
    }
}

private struct MortalKeyService: RevealKeyService {
    let service: LocalKeyService
    let process: MortalProcess

    private func step<Value: Sendable>(_ body: () async throws -> Value) async throws(VaultError) -> Value {
        var value: Value?
        do {
            try await process.step(nil) { value = try await body() }
        } catch let error as VaultError {
            throw error
        } catch {
            throw VaultError(.unavailable, "The process is dead (a fault made for a test).")
        }
        return value!
    }

    func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) {
        try await step { try await service.submit(file, approvals) }
    }

    func logHead() async throws(VaultError) -> SeenLogHead? { try await step { try await service.logHead() } }

    func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        try await step { SharedSecret(try await service.releaseShredKey(for: opening)) }.secret.duplicate()
    }

    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        let copy = Copy(
            ShredKeyDeposit(
                subject: deposit.subject, record: deposit.record, generation: deposit.generation, bodyDigest: deposit.bodyDigest,
                vaultKey: deposit.vaultKey, shredKey: deposit.shredKey.duplicate()))
        try await step { try await service.addShredKey(copy.deposit) }
    }

    private final class Copy: Sendable {
        let deposit: ShredKeyDeposit
        init(_ deposit: consuming ShredKeyDeposit) { self.deposit = deposit }
    }
}

@Suite struct RevealCrashTests {
    @Test(arguments: [0, 1, 2], [true, false])
    func `An opener that dies at any step loses no number, shows none unrecorded, and another opens it`(
        _ kind: Int, _ isSweptBefore: Bool
    ) async throws {
        let death = MortalProcess.Death.allCases[kind]
        var steps = 0
        while true {
            let custody = try TestCustody()
            let number = custody.newNumber()
            let (person, prepared) = try await custody.enrol(number)
            let process = MortalProcess(at: steps, death)
            let desk = try custody.desk(
                keyService: MortalKeyService(service: custody.service, process: process),
                store: MortalStore(store: custody.rows, process: process))
            let draft = try await desk.prepare(custody.attestation(person), role: .standard)
            let file = try custody.file(draft.draft)
            let approvals = try custody.approvals(file)
            var shown: String?
            do { shown = digits(of: try await desk.open(file, approvals, with: draft.key, of: person)) } catch {}
            #expect(shown == nil || !process.isDead || death == .after)
            if shown != nil { #expect(try await custody.logged().contains(.revealed)) }
            guard process.isDead else {
                #expect(shown == String(number.dropFirst()))
                break
            }

            // Somebody sweeps, an hour later, or nobody does; then, sometimes, the commit that was on its way arrives.
            let sweep = OrphanSweep(store: custody.rows, keyService: custody.service, recorder: custody.outbox, random: custody.random)
            if isSweptBefore {
                custody.clock.advance(by: .seconds(3_700))
                _ = try await sweep.sweep(now: custody.clock.now())
            }
            if let late = process.lateCommit { try? await custody.rows.commit(late) }
            // The host's own sweep, which settles at once what is there.
            _ = try await sweep.sweep(now: custody.clock.now())

            // The same request goes on where it stopped, or is over; a new one always opens.
            let again = try custody.desk()
            var reopened: String?
            do { reopened = digits(of: try await again.open(file, approvals, with: draft.key, of: person)) } catch {}
            if let reopened { #expect(reopened == String(number.dropFirst())) }
            _ = try await sweep.sweep(now: custody.clock.now())
            let next = try await again.prepare(custody.attestation(person), role: .standard)
            let nextFile = try custody.file(next.draft)
            let opened = try await again.open(nextFile, try custody.approvals(nextFile), with: next.key, of: person)
            #expect(digits(of: opened) == String(number.dropFirst()), "step \(steps)")

            // Each request was approved once at most in the log, and nothing waits any more.
            let logged = try await custody.logged()
            #expect(logged.count { $0 == .revealRequested } <= 2 && logged.count { $0 == .revealApproved } <= 2)
            #expect(logged.count { $0 == .revealed } <= logged.count { $0 == .revealApproved })
            custody.clock.advance(by: .seconds(3_700))
            _ = try await sweep.sweep(now: custody.clock.now())
            #expect(try await custody.service.unconfirmed(before: custody.clock.now(), limit: 10).isEmpty)
            let key = custody.service.keysKey(person.audit.id)
            let row = try #require(try await custody.service.store.record(at: key))
            let keys = try #require(try SubjectKeys.read(row))
            let (body, _) = try TestParties.decode(try #require(try await custody.rows.record(at: prepared.vaultKey)).value)
            #expect(keys.shred.generation == body.header.generation && keys.candidates.isEmpty && keys.due == nil)
            steps += 1
        }
        #expect(steps >= 5)
    }

    @Test func `Two who seal one record anew at once lose nothing, whoever is faster`() async throws {
        for order in [[0, 1], [1, 0]] {
            let custody = try TestCustody()
            let number = custody.newNumber()
            let (person, _) = try await custody.enrol(number)
            let desk = try custody.desk()
            // Two requests about one record, both approved, both let out before either is sealed anew.
            let gate = Gate(custody.service, holding: 2)
            let gated = try custody.desk(keyService: gate)
            var files: [RevealFile] = []
            var prepared: [PreparedBox] = []
            for _ in 0..<2 {
                let draft = PreparedBox(try await desk.prepare(custody.attestation(person), role: .standard))
                files.append(try custody.file(draft.prepared.draft))
                prepared.append(draft)
            }
            let (cases, boxes) = (files, prepared)
            let approvals = try cases.map { try custody.approvals($0) }
            let shown = await withTaskGroup(of: String?.self) { group in
                for place in order {
                    group.addTask {
                        try? digits(of: await gated.open(cases[place], approvals[place], with: boxes[place].prepared.key, of: person))
                    }
                }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(shown.compactMap { $0 }.allSatisfy { $0 == String(number.dropFirst()) })
            let sweep = OrphanSweep(store: custody.rows, keyService: custody.service, recorder: custody.outbox, random: custody.random)
            for _ in 0..<2 {
                _ = try await sweep.sweep(now: custody.clock.now())
                custody.clock.advance(by: .seconds(3_700))
            }
            let next = try await desk.prepare(custody.attestation(person), role: .standard)
            let file = try custody.file(next.draft)
            let opened = try await desk.open(file, try custody.approvals(file), with: next.key, of: person)
            #expect(digits(of: opened) == String(number.dropFirst()))
        }
    }
}

private final class PreparedBox: Sendable {
    let prepared: PreparedReveal
    init(_ prepared: consuming PreparedReveal) { self.prepared = prepared }
}

/// Lets nobody put a shred key there before as many as it holds have one released.
private struct Gate: RevealKeyService {
    let service: LocalKeyService
    private let released: Released

    private final class Released: Sendable {
        let count = Mutex(0)
    }

    private let holding: Int

    init(_ service: LocalKeyService, holding: Int) {
        (self.service, self.holding) = (service, holding)
        released = Released()
    }

    func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) { try await service.submit(file, approvals) }

    func logHead() async throws(VaultError) -> SeenLogHead? { try await service.logHead() }

    func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        let key: SecretBytes
        do { key = try await service.releaseShredKey(for: opening) } catch {
            // Who is asked to show the log anew comes again.
            guard error.code != .logHeadOutdated else { throw error }
            released.count.withLock { $0 += 1 }
            throw error
        }
        released.count.withLock { $0 += 1 }
        return key
    }

    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        for _ in 0..<2_000 where released.count.withLock({ $0 < holding }) { try? await Task.sleep(for: .milliseconds(1)) }
        try await service.addShredKey(deposit)
    }

}
