import IdentityTypes
import OTPEngine
import RecordStorage
import Testing

@testable import PhoneIdentity

@Suite("The owner comes back by number, and nothing is opened for it") struct RecoveryTests {
    private let number = TestProcess.number(3)
    private static let day: Duration = .seconds(86_400)

    /// An enrolled person, in a deployment whose sealed records nobody can read from then on, unless they are to be.
    private func enrolled(consents: [ConsentDecision] = [], isReadable: Bool = false) async throws -> (
        TestDeployment, TestProcess, Pseudonym
    ) {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let pseudonym = try await process.signUp(number, consents: consents)
        try await process.service.acknowledge(pseudonym)
        if !isReadable { deployment.identity.makeUnreadable("vault") }
        deployment.clock.advance(by: .seconds(3600))
        return (deployment, process, pseudonym)
    }

    @Test("the store under these tests really refuses to read a sealed record")
    func unreadable() async throws {
        let (deployment, process, _) = try await enrolled()
        let key = try #require(try await deployment.identity.rows("vault").first?.key)
        await #expect(throws: StorageError.self) { try await process.service.store.record(at: key) }
    }

    @Test("a proof within 45 days lets in at once, and is itself one")
    func recent() async throws {
        let (deployment, process, pseudonym) = try await enrolled()
        for _ in 0..<4 {
            deployment.clock.advance(by: Self.day * 44)
            #expect(try await process.prove(.recovery, number) == .recovered(pseudonym))
        }
        #expect(!deployment.identity.read.contains("vault"))
    }

    @Test("without one it waits seven days, lets in for seven, and then waits anew")
    func waits() async throws {
        let (deployment, process, pseudonym) = try await enrolled()
        deployment.clock.advance(by: Self.day * 45)
        let until = deployment.clock.now() + Self.day * 7
        #expect(try await process.prove(.recovery, number) == .recoveryWaits(until: until))
        deployment.clock.advance(by: Self.day * 7 - .seconds(1))
        #expect(try await process.prove(.recovery, number) == .recoveryWaits(until: until))
        // Past the window: it begins again.
        deployment.clock.advance(by: Self.day * 7 + .seconds(1))
        let later = deployment.clock.now() + Self.day * 7
        #expect(try await process.prove(.recovery, number) == .recoveryWaits(until: later))
        deployment.clock.advance(by: Self.day * 7)
        #expect(try await process.prove(.recovery, number) == .recovered(pseudonym))
        // The proof of this recovery counts from now on.
        deployment.clock.advance(by: Self.day * 44)
        #expect(try await process.prove(.recovery, number) == .recovered(pseudonym))
    }

    @Test("the owner stops it: for 30 days not even a recent proof lets in, and what waited is gone")
    func stops() async throws {
        let (deployment, process, pseudonym) = try await enrolled()
        deployment.clock.advance(by: Self.day * 45)
        _ = try await process.prove(.recovery, number)
        try await process.service.stopRecovery(pseudonym)
        let until = deployment.clock.now() + Self.day * 30
        deployment.clock.advance(by: Self.day * 8)
        let refused = await refusal { try await process.prove(.recovery, number) }
        #expect(refused?.name == "identity.recoveryStopped" && refused?.until == until && refused?.retryAfter == Self.day * 22)
        deployment.clock.advance(by: Self.day * 22)
        // Stopped means ended: it waits from the beginning.
        #expect(
            try await process.prove(.recovery, number) == .recoveryWaits(until: deployment.clock.now() + Self.day * 7))
        let actions = try await deployment.entries(process).map(\.action)
        #expect(actions.filter { $0 == .recoveryStopped }.count == 2)
        #expect(actions.filter { $0 == .recoveryWaiting }.count == 2)
    }

    @Test("a step-up proves the number again, for whoever agreed to it")
    func stepUp() async throws {
        let (deployment, process, pseudonym) = try await enrolled(consents: [TestProcess.decision(.stepUpVerification)])
        deployment.clock.advance(by: Self.day * 40)
        guard case .steppedUp(pseudonym, let proof) = try await process.prove(.stepUp(pseudonym), number) else {
            Issue.record("no step-up")
            return
        }
        #expect(proof.provenAt == deployment.clock.now())
        deployment.clock.advance(by: Self.day * 44)
        #expect(try await process.prove(.recovery, number) == .recovered(pseudonym))
        #expect(!deployment.identity.read.contains("vault"))
    }

    @Test("a step-up with another number than the person's own is answered like any, and goes nowhere")
    func stepUpWithAnotherNumber() async throws {
        let (deployment, process, pseudonym) = try await enrolled(consents: [TestProcess.decision(.stepUpVerification)])
        let own = try await process.begin(.stepUp(pseudonym), number)
        #expect(try await process.deliver() == (1, 0))
        let other = try await process.begin(.stepUp(pseudonym), TestProcess.number(4))
        #expect(try await process.deliver() == (0, 1))
        #expect(
            (own.token.text.count, own.expiresAt, own.resendAfter, own.digits) == (
                other.token.text.count, other.expiresAt, other.resendAfter, other.digits
            ))
        #expect(deployment.identity.made.count > 0)
        await #expect(throws: IdentityError.self) { try await process.complete(other, "123456") }
    }

    @Test("an unknown number is answered like a known one: same receipt, same reads and commits, same answer to a wrong code")
    func decoys() async throws {
        // Readable for the sweep, which looks whether a record is there and opens none.
        let (deployment, process, _) = try await enrolled(isReadable: true)
        let unknown = TestProcess.number(4)
        // The known number was sent a code before; the unknown one gets the same history of sign-ups nobody completed.
        _ = try await process.begin(.signUp, unknown)
        _ = try await process.code(unknown)
        deployment.clock.advance(by: .seconds(2 * 3600))
        try await process.service.sweep()
        // Slices of shared budgets are fetched now and then, whoever comes.
        _ = try await process.begin(.recovery, TestProcess.number(5))
        _ = try await process.deliver()
        var seen: [[String]] = []
        var receipts: [ChallengeReceipt] = []
        for typed in [number, unknown] {
            deployment.identity.reset()
            let receipt = try await process.begin(.recovery, typed)
            seen.append(deployment.identity.read.map(\.rawValue) + deployment.identity.made.flatMap { $0.map(\.key.collection.rawValue) })
            receipts.append(receipt)
        }
        #expect(try await process.deliver() == (1, 1))
        #expect(seen[0] == seen[1])
        let (first, second) = (receipts[0], receipts[1])
        #expect(
            (first.token.text.count, first.expiresAt, first.resendAfter, first.digits)
                == (second.token.text.count, second.expiresAt, second.resendAfter, second.digits))
        let code = try #require(try await process.code(number))
        var refusals: [IdentityError?] = []
        for receipt in receipts {
            deployment.identity.reset()
            refusals.append(await refusal { try await process.complete(receipt, TestProcess.wrong(code)) })
            #expect(deployment.identity.made.count == 1)
        }
        #expect(refusals[0]?.name == "otp.wrongCode" && refusals[0] == refusals[1])
        deployment.clock.advance(by: .seconds(31))
        _ = try await process.service.resend(first.token, requester: TestProcess.requester())
        _ = try await process.service.resend(second.token, requester: TestProcess.requester())
        #expect(try await process.deliver() == (1, 1))
    }

    @Test("an account that is erased while its recovery is under way is told as no account, once the number is proven")
    func erasedMeanwhile() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let pseudonym = try await process.signUp(number)
        deployment.clock.advance(by: .seconds(3600))
        let receipt = try await process.begin(.recovery, number)
        let code = try #require(try await process.code(number))
        try await process.service.erase(pseudonym)
        #expect(await refusal { try await process.complete(receipt, code) }?.name == "identity.noAccount")
    }
}
