import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

@Suite struct RevealTests {
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
