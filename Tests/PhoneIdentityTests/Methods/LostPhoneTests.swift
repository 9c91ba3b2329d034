import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("A lost phone: another way in, a waiting time, a notice, a stop") struct LostPhoneTests {
    private let number = TestProcess.number(3)
    private let next = TestProcess.number(5)
    private static let day: Duration = .seconds(86_400)

    /// Somebody with a number, an app and an address.
    private func person(_ process: TestProcess) async throws -> (Pseudonym, TestApp, DeviceToken?) {
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let signedUp = try await process.service.complete(
            receipt.token, code: code, attempt: process.attempt(), requester: TestProcess.requester(), consents: TestProcess.stepUps)
        guard case .enrolled(let person) = signedUp.verdict else { throw Unexpected("not enrolled") }
        let app = try await process.setUpApp(person, proof: try await process.stepUp(person, number, because: .methodChange))
        let proof = try await process.stepUp(person, number, because: .emailChange)
        guard case .emailChanged = try await process.prove(.newEmail(person, proof), email: TestProcess.address).verdict else {
            throw Unexpected("no e-mail")
        }
        process.clock.advance(by: .seconds(3600))
        return (person, app, signedUp.deviceToken)
    }

    @Test("a recovery code lets in at once, each once, and what it shows sets up a new number")
    func recoveryCode() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        let (person, app, _) = try await person(process)
        #expect(try await process.tier(person) == .phoneWithStepUp)
        let sent = try await process.deliver()
        let receipt = try await process.begin(.recovery, by: .recoveryCode, account: .number(number), session: "new phone")
        let attempt = process.attempt()
        let completed = try await process.complete(
            receipt, answer: .recoveryCode(app.recoveryCodes[0].lowercased()), attempt: attempt, session: "new phone")
        #expect(completed.verdict == .recovered(person) && completed.deviceToken == nil)
        #expect(
            try await process.complete(receipt, answer: .recoveryCode(app.recoveryCodes[0]), attempt: attempt, session: "new phone")
                == completed)
        let proof = try #require(completed.proof)
        #expect(try await process.prove(.newNumber(person, proof), next) == .numberChanged(person))
        // It is no proof for anything but what was lost.
        #expect(await refusal { try await process.service.export(person, proof: proof) }?.name == "vault.orderRefused")
        deployment.clock.advance(by: .seconds(600))
        let again = try await process.begin(.recovery, by: .recoveryCode, account: .number(next))
        #expect(await refusal { try await process.complete(again, answer: .recoveryCode(app.recoveryCodes[0])) }?.name == "otp.wrongCode")
        #expect(
            try await process.complete(again, answer: .recoveryCode(app.recoveryCodes[1])).verdict == .recovered(person))
        #expect(try await process.service.standing(of: person).authenticator.recoveryCodesLeft == 8)
        #expect(sent.sent == 0)
        try await process.service.sweep()
        #expect(Set(notices.all.map(\.kind)) == [.authenticatorChanged, .emailChanged, .recovered, .numberChanged])
    }

    @Test("an app's code lets in on a device that has proven the number, and is not asked for on any other")
    func app() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (person, app, device) = try await person(process)
        let stranger = await refusal { try await process.begin(.recovery, by: .authenticatorApp, account: .number(number)) }
        #expect(stranger?.name == "identity.methodNotOffered")
        let receipt = try await process.begin(.recovery, by: .authenticatorApp, account: .number(number), device: device)
        #expect(
            await refusal { try await process.complete(receipt, answer: .code(app.wrong(at: process.clock.now()))) }?.name
                == "otp.wrongCode")
        #expect(try await process.complete(receipt, answer: .code(app.code(at: process.clock.now()))).verdict == .recovered(person))
        // The same code again is used up; by the host's own sign-in name it is asked for as well.
        let named = try await process.begin(.recovery, by: .authenticatorApp, account: .pseudonym(person))
        #expect(
            await refusal { try await process.complete(named, answer: .code(app.code(at: process.clock.now()))) }?.name == "otp.wrongCode")
        process.clock.advance(by: .seconds(30))
        #expect(try await process.complete(named, answer: .code(app.code(at: process.clock.now()))).verdict == .recovered(person))
    }

    @Test("an address alone waits seven days where a number was shown, is told of, and is stopped by the owner")
    func addressWaits() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        let (person, _, _) = try await person(process)
        let until = process.clock.now() + Self.day * 7
        let waiting = try await process.prove(.recovery, email: TestProcess.address)
        #expect(waiting.verdict == .recoveryWaits(until: until) && waiting.proof == nil)
        #expect(try await process.service.standing(of: person).recoveryWaitsUntil == until)
        notices.refusals.withLock { $0 = 1 }
        try await process.service.sweep()
        try await process.service.sweep()
        #expect(notices.all.contains { $0.kind == .recoveryWaits(until: until) && $0.pseudonym == person })
        try await process.service.stopRecovery(person)
        process.clock.advance(by: Self.day * 7)
        let stopped = await refusal { try await process.prove(.recovery, email: TestProcess.address) }
        #expect(stopped?.name == "identity.recoveryStopped")
        // What nobody else can have is not stopped.
        process.clock.advance(by: Self.day)
        let passkey = try await process.begin(.recovery, by: "passkey", account: .email(try EmailAddress(TestProcess.address)))
        #expect(try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict == .recovered(person))
    }

    @Test("unstopped, an address lets in after its waiting time, within its window")
    func addressLetsIn() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (person, _, _) = try await person(process)
        let until = process.clock.now() + Self.day * 7
        #expect(try await process.prove(.recovery, email: TestProcess.address).verdict == .recoveryWaits(until: until))
        process.clock.advance(by: Self.day * 7)
        let completed = try await process.prove(.recovery, email: TestProcess.address)
        #expect(completed.verdict == .recovered(person))
        let proof = try #require(completed.proof)
        #expect(try await process.prove(.newNumber(person, proof), next) == .numberChanged(person))
        // Who has nothing but an address is let in by it.
        let other = try await process.signUp(email: "ben@example.com")
        process.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, email: "ben@example.com").verdict == .recovered(other))
    }

    @Test(
        "a stranger learns nothing of an account: no answer, no message, no budget, and the same commits",
        arguments: [MethodKind.recoveryCode, "passkey"])
    func nothingShows(_ method: MethodKind) async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (_, app, _) = try await person(process)
        var seen: [[String]] = []
        // One with an account and codes, one with an account alone, one with nothing.
        _ = try await process.signUp(TestProcess.number(6))
        process.clock.advance(by: .seconds(3600))
        for name in [number, TestProcess.number(6), TestProcess.number(7)] {
            var lines: [String] = []
            deployment.identity.reset()
            for round in 0..<4 {
                let receipt = try await process.begin(.recovery, by: method, account: .number(name), session: name)
                lines.append("\(receipt.digits) \(receipt.prompt.count) \(receipt.token.text.utf8.count)")
                for guess in 0..<5 {
                    let answer: VerificationAnswer =
                        method == .recoveryCode ? .recoveryCode("22222-22222-2222\(round)") : .response([UInt8(guess)])
                    let error = await refusal { try await process.complete(receipt, answer: answer, session: name) }
                    lines.append("\(error?.name ?? "let in") \(error?.triesLeft ?? -1) \(error?.reason ?? "")")
                }
                process.clock.advance(by: .seconds(1))
            }
            lines.append("\(deployment.identity.made.map { $0.map(\.key.collection.rawValue) })")
            lines.append("\(deployment.identity.read)")
            seen.append(lines)
        }
        #expect(seen[0] == seen[1] && seen[1] == seen[2])
        #expect(try await process.deliver().sent == 0 && app.recoveryCodes.count == 10)
    }

    // MARK: Outside services

    @Test("a new SIM card makes a recovery wait and a step-up choose another method; a failing check is observed and counts as none")
    func simSwap() async throws {
        let deployment = try TestDeployment()
        let checks = TestChecks()
        let process = try await deployment.openForAll(checks: checks)
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        process.clock.advance(by: .seconds(3600))
        #expect(checks.asked.all == ["carrier"])
        checks.answers.withLock { $0.simChange = process.clock.now() }
        process.clock.advance(by: .seconds(3600))
        let stepUp = await refusal { try await process.stepUp(person, number, because: .payment) }
        #expect(stepUp?.name == "identity.simChanged")
        process.clock.advance(by: .seconds(3600))
        guard case .recoveryWaits = try await process.prove(.recovery, number) else { throw Unexpected("let in") }
        process.clock.advance(by: Self.day * 3)
        #expect(try await process.prove(.recovery, number) == .recovered(person))
        checks.answers.withLock {
            $0.simChange = process.clock.now(); $0.fails = true
        }
        process.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, number) == .recovered(person))
        #expect(deployment.observations.all.contains { $0.name == "sim-swap-check-failed" })
        #expect(checks.asked.all.filter { $0 == "carrier" }.count == 1)
    }

    @Test("a number known to have stayed needs no recent proof, and one known to have gone waits whatever its proof")
    func reassigned() async throws {
        for (wasReassigned, letsIn) in [(false, true), (true, false), (nil, false)] as [(Bool?, Bool)] {
            let deployment = try TestDeployment()
            let checks = TestChecks()
            let process = try await deployment.openForAll(checks: checks)
            let person = try await process.signUp(number)
            process.clock.advance(by: Self.day * 46)
            checks.answers.withLock { $0.wasReassigned = wasReassigned }
            let verdict = try await process.prove(.recovery, number)
            #expect((verdict == .recovered(person)) == letsIn)
            #expect(checks.asked.all.contains("reassigned"))
        }
    }

    @Test("a carrier that calls the line another kind refuses it before a code is sent, and a CAPTCHA lets past a flood's limit")
    func carrierAndHuman() async throws {
        let deployment = try TestDeployment()
        let checks = TestChecks()
        let process = try await deployment.openForAll(checks: checks) { $0.abuse.network.hourlySends = 2 }
        checks.answers.withLock { $0.line = .voip }
        #expect(await refusal { try await process.begin(.signUp, number) }?.name == "identity.lineTypeRefused")
        checks.answers.withLock { $0.line = .mobile }
        func begin(_ index: Int, _ proof: RequesterProof?) async throws -> ChallengeReceipt {
            var requester = TestProcess.requester("s\(index)", network: "203.0.113.9")
            requester.proof = proof
            return try await process.service.begin(.signUp, number: TestProcess.number(1_000 * index), region: nil, requester: requester)
        }
        var limited = 0
        while limited < 50, await refusal({ try await begin(limited, nil) }) == nil { limited += 1 }
        #expect(await refusal { try await begin(60, nil) }?.name == "otp.networkLimited")
        #expect(await refusal { try await begin(61, .response("robot")) }?.name == "otp.proofInvalid")
        checks.answers.withLock { $0.isHuman = true }
        _ = try await begin(62, .response("person"))
        checks.answers.withLock { $0.fails = true }
        #expect(await refusal { try await begin(63, .response("person")) }?.name == "otp.proofInvalid")
        // Without a check plugged in, a response counts for nothing.
        let plain = try await deployment.openForAll()
        var requester = TestProcess.requester("x")
        requester.proof = .response("person")
        let refused = await refusal { try await plain.service.begin(.signUp, number: number, region: nil, requester: requester) }
        #expect(refused?.name == "otp.proofInvalid")
    }
}
