import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

/// How people see a number, by the façade alone: what the host does, what the opener does, and that none of it rests on the other.
@Suite struct RevealFlowTests {
    private let number = TestProcess.number(1)
    private let deployment: TestDeployment
    private let custody: SimulatedCustody
    private let process: TestProcess

    init() async throws {
        let clock = TestClock()
        custody = try SimulatedCustody(
            deployment: DeploymentID(random: SystemRandomSource()), now: clock.now(), random: SystemRandomSource())
        deployment = try TestDeployment(clock: clock, custody: custody)
        process = try await deployment.open()
    }

    private var reveals: RevealRegistry { process.service.reveals }

    private func desk() throws -> RevealDesk {
        let keyService = try #require(process.service.environment.keyService as? LocalKeyService)
        return try process.service.revealDesk(opener: custody.opener, keyService: keyService)
    }

    private func request(_ draft: RevealDraft) throws -> RevealFile {
        try custody.request(draft, at: deployment.clock.now(), random: deployment.random)
    }

    private func review(_ file: RevealFile) throws -> RevealReview {
        try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: deployment.clock.now())
    }

    private func approvals(_ file: RevealFile, by names: [String] = SimulatedCustody.enough) throws -> [Approval] {
        try names.map { try custody.approve(try review(file), by: $0, at: deployment.clock.now(), random: deployment.random) }
    }

    private func denial(_ file: RevealFile, by name: String) throws -> Approval {
        try review(file).deny(as: custody.person(name), at: deployment.clock.now())
    }

    /// Opens while the log goes on beside it. - Returns: the digits.
    private func open(_ file: RevealFile, _ approvals: [Approval], with key: borrowing RecipientKey) async throws -> String {
        let (person, desk) = (try await process.service.directory.revealSubject(of: file.request), try desk())
        let log = Task {
            while !Task.isCancelled {
                _ = try? await deployment.entries(process)
                await Task.yield()
            }
        }
        defer { log.cancel() }
        let number = try await desk.open(file, approvals, with: key, of: person)
        return number.withDigits { String(decoding: $0, as: UTF8.self) }
    }

    private func count(_ action: AuditAction) async throws -> Int {
        try await deployment.entries(process).count { $0.action == action }
    }

    @Test func `The host says whose record it is, two levels agree, and the log and the person's history tell`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let attestation = try await reveals.attest(person)
        #expect(attestation.pseudonym == person)
        let prepared = try await desk().prepare(try RecordAttestation(bytes: attestation.bytes), role: .standard)
        let file = try request(prepared.draft)
        #expect(try review(file).pseudonym == person)
        try await reveals.register(file)
        try await reveals.register(file)
        #expect(try await open(file, try approvals(file), with: prepared.key) == String(number.dropFirst()))
        for action in [AuditAction.revealRequested, .revealApproved, .revealed] { #expect(try await count(action) == 1, "\(action)") }
        try await process.service.sweep()
        deployment.clock.advance(by: .seconds(3_600))
        let history = try await process.service.export(person, proof: try await process.stepUp(person, number)).history
        #expect(history?.contains { $0.action == .revealed } == true && history?.contains { $0.action == .keyReleased } == true)
    }

    @Test func `Nobody who is unknown or erased is attested, and a request about them is not recorded`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let prepared = try await desk().prepare(try await reveals.attest(person), role: .standard)
        let file = try request(prepared.draft)
        _ = try await process.service.erase(person)
        #expect(await refusal { try await reveals.attest(person) }?.code == .unknownPseudonym)
        #expect(await refusal { try await reveals.register(file) }?.code == .erasing)
        #expect(await refusal { try await reveals.attest(Pseudonym(bytes: [UInt8](repeating: 7, count: 20))) }?.code == .unknownPseudonym)
    }

    @Test func `A denial that the host hands in ends the request, whatever the opener leaves out`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let prepared = try await desk().prepare(try await reveals.attest(person), role: .standard)
        let file = try request(prepared.draft)
        let enough = try approvals(file)
        #expect(await refusal { try await reveals.deny(file, enough) }?.name == "vault.approvalRefused")
        #expect(await refusal { try await reveals.deny(file, []) }?.name == "vault.approvalRefused")
        let another = try request(prepared.draft)
        #expect(await refusal { try await reveals.deny(another, [try denial(file, by: "eve")]) }?.name == "vault.approvalRefused")

        let veto = try denial(file, by: "eve")
        try await reveals.deny(file, [veto])
        try await reveals.deny(file, [veto])
        let refused = await vaultError { try await open(file, enough, with: prepared.key) }
        #expect(refused?.code == .denied)
        #expect(try await count(.revealRequested) == 1)
        #expect(try await count(.revealDenied) == 1)
        #expect(try await count(.revealApproved) == 0)
        // What was open by then stays opened, and says so.
        let next = try await desk().prepare(try await reveals.attest(person), role: .standard)
        let second = try request(next.draft)
        #expect(try await open(second, try approvals(second), with: next.key) == String(number.dropFirst()))
        #expect(await refusal { try await reveals.deny(second, [try denial(second, by: "eve")]) }?.name == "vault.orderRefused")
        #expect(try await count(.revealDenied) == 1)
    }

    private func vaultError(_ body: () async throws -> some Any) async -> VaultError? {
        do { _ = try await body() } catch { return error as? VaultError }
        return nil
    }

    @Test func `An opening by people on call is reviewed once, in the key service and in the log`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let prepared = try await desk().prepare(try await reveals.attest(person), role: .breakGlass)
        let file = try request(prepared.draft)
        func reviewed(_ text: String, by names: [String] = ["ben", "dan"]) -> BreakGlassReview {
            names.reduce(
                BreakGlassReview(
                    of: file.request.digest, deployment: custody.deployment, verdict: .justified, text: text, at: deployment.clock.now())
            ) { $0.signed(by: custody.person($1)) }
        }
        #expect(await refusal { try await reveals.review(reviewed("Too early."), of: file) }?.name == "vault.notFound")
        #expect(try await open(file, try approvals(file, by: ["gus", "ivy"]), with: prepared.key) == String(number.dropFirst()))
        // Long after the request is over, and its mark swept.
        deployment.clock.advance(by: .seconds(40 * 86_400))
        try await process.service.sweep()
        let other = try request(try await desk().prepare(try await reveals.attest(person), role: .breakGlass).draft)
        #expect(await refusal { try await reveals.review(reviewed("Of another."), of: other) }?.name == "vault.approvalRefused")
        #expect(await refusal { try await reveals.review(reviewed("By one.", by: ["ben"]), of: file) }?.name == "vault.approvalRefused")
        let finding = reviewed("A threat to life.")
        try await reveals.review(finding, of: file)
        try await reveals.review(finding, of: file)
        #expect(await refusal { try await reveals.review(reviewed("Another finding."), of: file) }?.name == "vault.orderRefused")
        #expect(try await count(.breakGlassReviewed) == 1)
    }

    @Test func `No request is recorded or denied under an older roster than was seen`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let file = try request(try await desk().prepare(try await reveals.attest(person), role: .standard).draft)
        let first = try Roster(custody.roster, custodians: custody.custodians)
        let draft = try Roster(
            after: first, deployment: custody.deployment, levels: [], persons: first.persons, issuedAt: deployment.clock.now()
        ).draft
        let second = try ["kim", "max"].reduce(draft) { try Roster.sign($0, by: custody.person($1)) }
        try await SeenRoster.take(
            try Roster(second, custodians: custody.custodians), in: process.service.store, time: deployment.clock,
            random: deployment.random)
        #expect(await refusal { try await reveals.register(file) }?.name == "vault.rosterOutdated")
        #expect(await refusal { try await reveals.deny(file, [try denial(file, by: "eve")]) }?.name == "vault.rosterOutdated")
        #expect(try await count(.revealRequested) == 0)
    }

    @Test func `A host whose key the roster does not name is told so`() async throws {
        let person = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        let file = try request(try await desk().prepare(try await reveals.attest(person), role: .standard).draft)
        let keyrings = try KeyringCeremony(origin: "example.com/other", custodians: custody.custodians, work: .testing)
            .keyrings(deployment: custody.deployment, random: deployment.random)
        let other = try await TestDeployment(clock: deployment.clock, custody: custody, keyrings: keyrings).open()
        #expect(await refusal { try await other.service.reveals.register(file) }?.name == "vault.requestRefused")
    }
}
