import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("A service opens under the newest roster that was used with its store") struct RosterTests {
    let deployment: TestDeployment
    let custody: SimulatedCustody

    init() throws {
        deployment = try TestDeployment()
        custody = try SimulatedCustody(
            deployment: deployment.keyrings.host.deployment, now: deployment.clock.now(), roles: [.standard], random: deployment.random)
    }

    private func opened(_ roster: Roster?, in store: (any RecordStore)? = nil) async throws -> IdentityError? {
        var environment = try deployment.environment()
        environment.roster = roster
        if let store { environment.identityStore = store }
        do {
            _ = try await IdentityService.open(environment)
            return nil
        } catch {
            return error
        }
    }

    private func rosters() throws -> (first: Roster, second: Roster, other: Roster) {
        let first = try Roster(custody.roster, custodians: custody.custodians)
        func next(_ later: Duration) throws -> Roster {
            try Roster(try custody.roster(after: first, at: custody.now + later), custodians: custody.custodians)
        }
        return (first, try next(.seconds(1)), try next(.seconds(2)))
    }

    @Test("an older one, and another one of the same number, is refused with what to do")
    func older() async throws {
        let (first, second, other) = try rosters()
        #expect(try await opened(first) == nil)
        #expect(try await opened(second) == nil)
        let error = try #require(try await opened(first))
        #expect(error.code.rawValue == "vault.rosterOutdated" && error.reason.contains("Roster 2 is in force, and this is 1"))
        #expect(try await opened(other)?.code.rawValue == "vault.rosterOutdated")
        #expect(try await opened(second) == nil)
        #expect(try await deployment.identity.rows("roster").count == 1)
    }

    @Test("a deployment without a roster reads and writes nothing of it")
    func none() async throws {
        #expect(try await opened(nil) == nil)
        #expect(try await deployment.identity.rows("roster").isEmpty)
        #expect(try await opened(nil, in: WithoutRoster(store: deployment.identity)) == nil)
    }

    @Test("a standby that takes no writes opens with the roster that is known, and says why it does not with a newer one")
    func standby() async throws {
        let (first, second, _) = try rosters()
        #expect(try await opened(first) == nil)
        let standby = Standby(store: deployment.identity)
        #expect(try await opened(nil, in: standby) == nil)
        #expect(try await opened(first, in: standby) == nil)
        #expect(try await opened(second, in: standby)?.code == .init(rawValue: "storage.readOnly"))
    }

    @Test("sweeping leaves it")
    func swept() async throws {
        let (first, second, _) = try rosters()
        #expect(try await opened(second) == nil)
        deployment.clock.advance(by: .seconds(400 * 86_400))
        let service = try await IdentityService.open(try deployment.environment())
        try await service.sweep()
        #expect(try await opened(first)?.code.rawValue == "vault.rosterOutdated")
    }
}

/// A database that takes no writes.
private struct Standby: RecordStore {
    let store: ProbeStore

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await store.records(at: keys) }
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await store.records(in: range, limit: limit)
    }
    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        throw StorageError(.readOnly, "A standby (made for a test).")
    }
}

/// A database that nobody may ask for a roster.
private struct WithoutRoster: RecordStore {
    let store: ProbeStore

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        guard !keys.contains(where: { $0.collection == "roster" }) else { throw StorageError(.corrupt, "Asked for a roster.") }
        return try await store.records(at: keys)
    }
    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await store.records(in: range, limit: limit)
    }
    func commit(_ changes: [RecordChange]) async throws(StorageError) { try await store.commit(changes) }
}
