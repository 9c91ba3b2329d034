import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Synchronization
import Testing

@testable import PhoneIdentity

/// A key service whose journal passes through a hand, and which may not hear that it was taken over.
private struct HandledKeyService: KeyService {
    let base: any KeyService
    let handle: @Sendable (KeyRelease) -> KeyRelease
    let loses: @Sendable () -> Bool

    func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) { try await base.put(deposit) }
    func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        try await base.addShredKey(forChangeOfNumber: deposit)
    }
    func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes { try await base.releaseHistoryKey(for: proof) }
    func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt { try await base.erase(subject) }
    func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        try await base.unconfirmed(before: before, limit: limit)
    }
    func confirm(_ deposits: [DepositReference]) async throws(VaultError) { try await base.confirm(deposits) }
    func discard(_ deposit: DepositReference) async throws(VaultError) { try await base.discard(deposit) }
    func releases(limit: Int) async throws(VaultError) -> [KeyRelease] { try await base.releases(limit: limit).map(handle) }
    func acknowledge(_ releases: [KeyRelease]) async throws(VaultError) {
        if loses() { throw VaultError(.unavailable, "The key service cannot be reached (a fault made for a test).") }
        try await base.acknowledge(releases)
    }
    func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError) { try await base.deny(file, denials) }
    func close(_ review: BreakGlassReview) async throws(VaultError) { try await base.close(review) }
    func sweep() async throws(VaultError) -> Int { try await base.sweep() }
}

@Suite("What the key service let out is in the log")
struct JournalTests {
    private let number = TestProcess.number(1)

    private func process(
        _ deployment: TestDeployment, handle: @escaping @Sendable (KeyRelease) -> KeyRelease = { $0 },
        loses: @escaping @Sendable () -> Bool = { false }
    ) async throws -> TestProcess {
        var environment = try deployment.environment()
        environment.keyService = HandledKeyService(base: environment.keyService, handle: handle, loses: loses)
        return TestProcess(deployment: deployment, service: try await IdentityService.open(environment))
    }

    private func count(_ action: AuditAction, _ deployment: TestDeployment, _ process: TestProcess) async throws -> Int {
        try await deployment.entries(process).count { $0.action == action }
    }

    @Test("each release once, counted from 1 in its person's own history, also when the word that it is there was lost")
    func once() async throws {
        let deployment = try TestDeployment()
        let isLost = Mutex(true)
        let process = try await process(deployment, loses: { isLost.withLock { $0 } })
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        for _ in 0..<2 {
            deployment.clock.advance(by: .seconds(3600))
            _ = try await process.service.export(person, proof: try await process.stepUp(person, number))
        }
        #expect(await refusal { try await process.service.sweep() } != nil)
        isLost.withLock { $0 = false }
        for _ in 0..<2 { try await process.service.sweep() }
        #expect(try await count(.keyReleased, deployment, process) == 2)
        deployment.clock.advance(by: .seconds(3600))
        let history = try await process.service.export(person, proof: try await process.stepUp(person, number)).history
        let counts = history?.filter { $0.action == .keyReleased }.compactMap { entry in
            entry.details.first { $0.name == "count" }?.value
        }
        // The clock of this test stands still: entries of one instant have no order.
        #expect(counts?.sorted() == ["1", "2"])
    }

    @Test("one that this deployment's key service did not sign is not taken for true, and stays where it is")
    func unsigned() async throws {
        let deployment = try TestDeployment()
        let isForged = Mutex(true)
        let process = try await process(deployment) { release in
            guard isForged.withLock({ $0 }) else { return release }
            var bytes = release.encoded
            bytes[bytes.count - 1] ^= 1
            var reader = ByteReader(bytes)
            return (try? KeyRelease(from: &reader)) ?? release
        }
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        _ = try await process.service.export(person, proof: try await process.stepUp(person, number))
        try await process.service.sweep()
        #expect(try await count(.keyReleased, deployment, process) == 0)
        isForged.withLock { $0 = false }
        try await process.service.sweep()
        #expect(try await count(.keyReleased, deployment, process) == 1)
    }
}
