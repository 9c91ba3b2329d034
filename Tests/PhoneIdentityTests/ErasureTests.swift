import AuditLog
import ConsentLedger
import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("The owner withdraws, takes everything along, and leaves") struct ErasureTests {
    private let number = TestProcess.number(5)

    /// A person who used everything there is.
    private func person() async throws -> (TestDeployment, TestProcess, Pseudonym) {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let pseudonym = try await process.signUp(
            number, consents: [TestProcess.decision(.stepUpVerification), TestProcess.decision(.securityAlert)])
        // Entries of one millisecond have no order.
        deployment.clock.advance(by: .seconds(1))
        try await process.service.acknowledge(pseudonym)
        deployment.clock.advance(by: .seconds(1))
        try await process.service.record([TestProcess.decision(.productUpdate)], for: pseudonym)
        deployment.clock.advance(by: .seconds(1))
        try await process.service.withdraw(.securityAlert, for: pseudonym)
        deployment.clock.advance(by: .seconds(3600))
        _ = try await process.prove(.recovery, number)
        return (deployment, process, pseudonym)
    }

    // MARK: Withdrawing

    @Test("a withdrawal is one commit, is in force at once, and stays what it is when asked again")
    func withdraws() async throws {
        let (deployment, process, pseudonym) = try await person()
        deployment.identity.reset()
        try await process.service.withdraw(.stepUpVerification, for: pseudonym)
        #expect(deployment.identity.made.count == 1)
        deployment.clock.advance(by: .seconds(3600))
        #expect(await refusal { try await process.begin(.stepUp(pseudonym), number) }?.name == "consent.withdrawn")
        try await process.service.withdraw(.stepUpVerification, for: pseudonym)
        try await process.service.withdraw(.conversation, for: pseudonym)
        // Each is a commit, as something that was given before may still be on its way; an entry has only what changed something.
        #expect(deployment.identity.made.map { commit in commit.contains { $0.key.collection == "outbox" } } == [true, false, false])
        let states = try await process.service.consents(of: pseudonym)
        #expect(states.map(\.purpose) == [.securityAlert, .productUpdate, .stepUpVerification])
        #expect(states.map(\.standing) == [.withdrawn, .given, .withdrawn])
        #expect(states.allSatisfy { $0.notice.id == "notice-\($0.purpose.rawValue)" && $0.notice.version == "3" })
    }

    @Test("a consent that was still on its way when its owner withdrew does not land after", arguments: [true, false])
    func withdrawsInTime(hasDecidedBefore: Bool) async throws {
        let (deployment, process, pseudonym) = try await person()
        let purpose = hasDecidedBefore ? PurposeCode.productUpdate : .conversation
        if hasDecidedBefore { try await process.service.withdraw(purpose, for: pseudonym) }
        deployment.identity.reset()
        deployment.identity.plan(.killedLate, at: 1)
        #expect(await refusal { try await process.service.record([TestProcess.decision(purpose)], for: pseudonym) } != nil)
        deployment.lifeline.revive()
        let next = try await deployment.open()
        try await next.service.withdraw(purpose, for: pseudonym)
        await deployment.identity.land()
        #expect(try await next.service.consents(of: pseudonym).allSatisfy { $0.purpose != purpose || $0.standing == .withdrawn })
    }

    @Test("a use that a withdrawal overtakes does not happen")
    func overtakes() async throws {
        let (deployment, process, pseudonym) = try await person()
        deployment.clock.advance(by: .seconds(3600))
        deployment.identity.beforeNextCommit { try? await process.service.withdraw(.stepUpVerification, for: pseudonym) }
        #expect(await refusal { try await process.begin(.stepUp(pseudonym), number) }?.name == "consent.withdrawn")
        #expect(try await process.deliver() == (0, 0))
    }

    @Test("a step-up's code is not sent again after the withdrawal, whoever the number belongs to")
    func noResend() async throws {
        let (deployment, process, pseudonym) = try await person()
        deployment.clock.advance(by: .seconds(3600))
        let own = try await process.begin(.stepUp(pseudonym), number)
        let decoy = try await process.begin(.stepUp(pseudonym), TestProcess.number(6))
        deployment.clock.advance(by: .seconds(60))
        _ = try await process.service.resend(own.token, requester: TestProcess.requester())
        _ = try await process.service.resend(decoy.token, requester: TestProcess.requester())
        #expect(try await process.deliver() == (2, 2))
        deployment.clock.advance(by: .seconds(120))
        // In between: the resend has read the consent, and its commit finds that it was withdrawn.
        deployment.identity.beforeNextCommit { try? await process.service.withdraw(.stepUpVerification, for: pseudonym) }
        for token in [own.token, decoy.token] {
            #expect(
                await refusal { try await process.service.resend(token, requester: TestProcess.requester()) }?.name == "consent.withdrawn")
        }
        #expect(try await process.deliver() == (0, 0))
    }

    // MARK: Export

    @Test("an export with a proof has everything, agrees with the log, and is itself in the log")
    func exports() async throws {
        let (deployment, process, pseudonym) = try await person()
        let proof = try await process.stepUp(pseudonym, number)
        deployment.clock.advance(by: .seconds(1))
        let export = try await process.service.export(pseudonym, proof: proof, number: number)
        let history = try #require(export.history)
        #expect(
            history.map(\.action) == [
                .enrolled, .consentGiven, .consentGiven, .enrolmentAcknowledged, .consentGiven, .consentWithdrawn, .recovered, .steppedUp,
                .exported, .historyReleased,
            ])
        #expect(export.number == number && export.region == "CH" && export.pseudonym == pseudonym)
        #expect(export.lastProof == proof.provenAt && export.enrolledAt < proof.provenAt)
        #expect(export.consents == (try await process.service.consents(of: pseudonym)))
        // Every entry of the history is a leaf of the log, and none of the log's is missing.
        let leaves = try await deployment.entries(process)
        #expect(Set(history.map(\.entry)) == Set(leaves.map { Hexadecimal.encode($0.id) }))
        let digest = Hexadecimal.encode(SHA256.hash(Array("May we?".utf8)))
        let given = history.filter { $0.action == .consentGiven }
        #expect(given.allSatisfy { $0.details.contains { $0.name == "text-sha256" && $0.value == digest } })
        #expect(given.compactMap { $0.details.first { $0.name == "notice" }?.value } == ["notice-20", "notice-16", "notice-18"])
    }

    @Test("an export without a proof shows neither history nor number, and is in the log too")
    func exportsWithoutProof() async throws {
        let (deployment, process, pseudonym) = try await person()
        deployment.clock.advance(by: .seconds(1))
        let export = try await process.service.export(pseudonym)
        #expect(export.history == nil && export.number == nil && export.consents.count == 3)
        #expect(try await deployment.entries(process).last?.action == .exported)
        #expect(await refusal { try await process.service.export(pseudonym, number: number) }?.name == "identity.proofMismatch")
    }

    @Test("a proof opens the history once, for 15 minutes, and only its own person's")
    func proofs() async throws {
        let (deployment, process, pseudonym) = try await person()
        let other = try await process.signUp(TestProcess.number(6))
        let proof = try await process.stepUp(pseudonym, number)
        #expect(await refusal { try await process.service.export(other, proof: proof) }?.name == "identity.proofMismatch")
        #expect(
            await refusal { try await process.service.export(pseudonym, proof: proof, number: TestProcess.number(6)) }?.name
                == "identity.proofMismatch")
        _ = try await process.service.export(pseudonym, proof: proof)
        #expect(await refusal { try await process.service.export(pseudonym, proof: proof) }?.name == "vault.orderRefused")
        let late = try await process.stepUp(pseudonym, number)
        deployment.clock.advance(by: .seconds(15 * 60))
        #expect(await refusal { try await process.service.export(pseudonym, proof: late) }?.name == "vault.orderRefused")
        #expect(
            await refusal { try await process.service.export(pseudonym, proof: late, number: number) }?.name == "identity.proofMismatch")
    }

    // MARK: Erasing

    /// What leads to one person, in bytes: a row that holds one of these holds something of that person.
    private func traces(_ deployment: TestDeployment, _ process: TestProcess, _ pseudonym: Pseudonym) async throws -> [String: [UInt8]] {
        let subject = try #require(try await process.service.pseudonyms.subject(of: pseudonym))
        let (enrolment, _) = try #require(try await process.service.enrolment(of: subject))
        let keys = try #require(try await deployment.keys.rows("keys").first { $0.key.row == subject.bytes })
        return [
            "subject": subject.bytes, "record": enrolment.record.bytes, "tag": try #require(enrolment.number).tag.bytes,
            "history key": enrolment.historyKey,
            "seed": enrolment.wrappedSeed, "pseudonym": pseudonym.bytes, "pseudonym as text": Array(pseudonym.rawValue.utf8),
            "number": Array(number.dropFirst().utf8), "national number": Array(number.dropFirst(3).utf8),
            // The wrapped keys are what the row has behind its head.
            "wrapped keys": Array(keys.value[100..<240]),
        ]
    }

    private static func places(of trace: [UInt8], in rows: [StoredRecord]) -> Set<String> {
        Set(rows.filter { holds($0.key.row, trace) || holds($0.value, trace) }.map(\.key.collection.rawValue))
    }

    private static func holds(_ bytes: [UInt8], _ trace: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(trace)) != nil
    }

    @Test("nothing of the person is left in any row of either store, but the random name in a challenge that is swept in an hour")
    func erasesAll() async throws {
        let (deployment, process, pseudonym) = try await person()
        let proof = try await process.stepUp(pseudonym, number)
        _ = try await process.service.export(pseudonym, proof: proof)
        let neighbour = try await process.signUp(TestProcess.number(6))
        let traces = try await traces(deployment, process, pseudonym)
        let before = try await deployment.rows()
        for (name, trace) in traces where !name.contains("number") && name != "pseudonym as text" {
            #expect(!Self.places(of: trace, in: before).isEmpty, "the search would not find the \(name)")
        }
        let receipt = try await process.service.erase(pseudonym)
        #expect(receipt.isSigned(by: deployment.keyrings.keyService.publicKey))
        let rows = try await deployment.rows()
        for (name, trace) in traces {
            let left = Self.places(of: trace, in: rows)
            #expect(
                name == "subject" ? left.isSubset(of: ["attempts", "keys", "release"]) : left.isEmpty, "the \(name) is left in \(left)")
        }
        deployment.clock.advance(by: .seconds(2 * 3600))
        try await process.service.sweep()
        let swept = try await deployment.rows()
        for (name, trace) in traces { #expect(Self.places(of: trace, in: swept).isEmpty, "the \(name) is left") }
        // What the number was sent and how often it was tried is forgotten when those budgets are at rest.
        deployment.clock.advance(by: .seconds(3 * 86_400))
        try await process.service.sweep()
        #expect(try await deployment.identity.rows("attempts").isEmpty)
        // Nobody else lost anything.
        #expect(try await process.service.export(neighbour).region == "CH")
        #expect(try await deployment.identity.rows("enrolment").count == 1)
        #expect(try await deployment.keys.rows("keys").count == 1)
        let actions = try await deployment.entries(process).map(\.action)
        #expect(actions.filter { $0 == .erasureBegun }.count == 1 && actions.filter { $0 == .erased }.count == 1)
    }

    @Test("the erased number signs up as somebody new")
    func signsUpAgain() async throws {
        let (deployment, process, pseudonym) = try await person()
        try await process.service.erase(pseudonym)
        #expect(await refusal { try await process.service.consents(of: pseudonym) }?.name == "identity.unknownPseudonym")
        #expect(await refusal { try await process.service.erase(pseudonym) }?.name == "identity.unknownPseudonym")
        deployment.clock.advance(by: .seconds(3600))
        let again = try await process.signUp(number)
        #expect(again != pseudonym)
        #expect(try await process.service.consents(of: again).isEmpty)
    }

    @Test("an erasure that is interrupted anywhere goes on by itself, and nobody comes back in between", arguments: 1...4, 1...3)
    func interrupted(step: Int, kind: Int) async throws {
        let (deployment, process, pseudonym) = try await person()
        let traces = try await traces(deployment, process, pseudonym)
        switch kind {
        case 1: deployment.identity.plan(.killedBefore, at: step)
        case 2: deployment.identity.plan(.killedAfter, at: step)
        default: deployment.keys.plan(step % 2 == 0 ? .killedBefore : .killedAfter, at: (step + 1) / 2)
        }
        let first = await refusal { try await process.service.erase(pseudonym) }
        deployment.lifeline.revive()
        let next = try await deployment.open()
        let states = await refusal { try await next.service.consents(of: pseudonym) }
        if first != nil, states == nil {
            // It died before the first commit: nothing has happened, and the person asks again.
            try await next.service.erase(pseudonym)
        }
        deployment.clock.advance(by: .seconds(2 * 3600))
        for _ in 0..<2 {
            _ = await refusal { try await next.service.sweep() }
            deployment.lifeline.revive()
        }
        // The mark that keeps late deposits out stands for as long as one can be late.
        deployment.clock.advance(by: .seconds(2 * 3600))
        try await next.service.sweep()
        let rows = try await deployment.rows()
        for (name, trace) in traces { #expect(Self.places(of: trace, in: rows).isEmpty, "the \(name) is left") }
        let actions = try await deployment.entries(next).map(\.action)
        #expect(actions.filter { $0 == .erasureBegun }.count == 1 && actions.filter { $0 == .erased }.count == 1)
    }

    @Test("while a reader holds older pages the erasure is pending, the person is locked, and asking again ends it")
    func pending() async throws {
        let (deployment, process, pseudonym) = try await person()
        deployment.isForgotten.withLock { $0 = false }
        #expect(await refusal { try await process.service.erase(pseudonym) }?.name == "vault.erasurePending")
        #expect(await refusal { try await process.service.consents(of: pseudonym) }?.name == "identity.erasing")
        deployment.isForgotten.withLock { $0 = true }
        try await process.service.erase(pseudonym)
        #expect(await refusal { try await process.service.consents(of: pseudonym) }?.name == "identity.unknownPseudonym")
    }

    @Test("whoever is erased while the number is shown again at sign-up leaves nothing behind")
    func erasedDuringSignUp() async throws {
        let (deployment, process, pseudonym) = try await person()
        let traces = try await traces(deployment, process, pseudonym)
        deployment.clock.advance(by: .seconds(3600))
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let attempt = process.attempt()
        // The first commit pays; the second notes that the number is enrolled, and the erasure gets in right before it.
        deployment.identity.beforeNextCommit {
            deployment.identity.beforeNextCommit { _ = try? await process.service.erase(pseudonym) }
        }
        let first = await refusal { try await process.complete(receipt, code, attempt: attempt) }
        #expect(first?.name == "identity.busy")
        let rows = try await deployment.rows()
        for (name, trace) in traces {
            let left = Self.places(of: trace, in: rows)
            #expect(
                name == "subject" ? left.isSubset(of: ["attempts", "keys", "release"]) : left.isEmpty, "the \(name) is left in \(left)")
        }
        guard case .enrolled(let again) = try await process.complete(receipt, code, attempt: attempt) else {
            Issue.record("The same attempt did not enrol.")
            return
        }
        #expect(again != pseudonym)
    }
}
