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
        try await process.service.giveNotices()
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
        // The same code again is used up; where the host has signed the person in, it is asked for as well.
        let unknown = await refusal { try await process.begin(.recovery, by: .authenticatorApp, account: .pseudonym(person)) }
        #expect(unknown?.name == "identity.methodNotOffered")
        let named = try await process.begin(.recovery, by: .authenticatorApp, account: .pseudonym(person), signedIn: person)
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
        try await process.service.giveNotices()
        #expect(notices.all.isEmpty)
        try await process.service.giveNotices()
        // In their order: what was set up, and then that somebody asks.
        #expect(notices.all.map(\.kind).suffix(1) == [.recoveryWaits(until: until)])
        process.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, email: TestProcess.address).verdict == .recoveryWaits(until: until))
        try await process.service.giveNotices()
        #expect(notices.all.filter { $0.kind == .recoveryWaits(until: until) }.count == 1)
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

    @Test("strangers who try for days close nothing to the owner: not the codes, not a guardian, not a passkey")
    func strangersCloseNothing() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (person, app, _) = try await person(process)
        for day in 0..<8 {
            for round in 0..<20 {
                for method in [MethodKind.recoveryCode, "passkey"] {
                    let receipt = try await process.begin(.recovery, by: method, account: .number(number), session: "stranger")
                    for guess in 0..<5 {
                        let answer: VerificationAnswer =
                            method == "passkey" ? .response([UInt8(guess)]) : .recoveryCode("22222-22222-222\(day)\(round % 10)")
                        _ = await refusal { try await process.complete(receipt, answer: answer, session: "stranger") }
                    }
                }
            }
            process.clock.advance(by: Self.day)
        }
        let receipt = try await process.begin(.recovery, by: .recoveryCode, account: .number(number))
        #expect(try await process.complete(receipt, answer: .recoveryCode(app.recoveryCodes[3])).verdict == .recovered(person))
        let passkey = try await process.begin(.recovery, by: "passkey", account: .number(number))
        #expect(try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict == .recovered(person))
    }

    @Test("each way waits its own time: who asked by e-mail does not open the door to whoever has the number now")
    func waysWaitApart() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (person, _, _) = try await person(process)
        process.clock.advance(by: Self.day * 46)
        guard case .recoveryWaits = try await process.prove(.recovery, email: TestProcess.address).verdict else {
            throw Unexpected("let in")
        }
        process.clock.advance(by: Self.day * 7)
        let until = process.clock.now() + Self.day * 7
        #expect(try await process.prove(.recovery, number) == .recoveryWaits(until: until))
        #expect(try await process.prove(.recovery, email: TestProcess.address).verdict == .recovered(person))
        // And the owner's return ends the other's wait.
        #expect(try await process.service.standing(of: person).recoveryWaitsUntil == nil)
    }

    @Test("a method makes up the same decoy each time, and another for another name")
    func personas() async throws {
        let deployment = try TestDeployment()
        let passkey = TestPasskey()
        let process = try await deployment.openForAll(passkey: passkey)
        let (_, _, _) = try await person(process)
        for name in [number, TestProcess.number(7), TestProcess.number(7), TestProcess.number(8), number] {
            _ = try await process.begin(.recovery, by: "passkey", account: .number(name))
        }
        let seen = passkey.personas.all
        #expect(seen[0] == seen[4] && seen[1] == seen[2] && Set(seen).count == 3 && seen.allSatisfy { $0.utf8.count == 64 })
    }

    @Test("an answer for somebody who was erased since writes nothing about them")
    func erasedSince() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let (person, app, _) = try await person(process)
        let subject = try #require(try await process.service.pseudonyms.subject(of: person))
        _ = try await process.stepUp(person, byPasskeyFor: .payment)
        let receipt = try await process.begin(.recovery, by: .recoveryCode, account: .number(number))
        try await process.service.erase(person)
        #expect(await refusal { try await process.complete(receipt, answer: .recoveryCode(app.recoveryCodes[0])) }?.name == "otp.wrongCode")
        process.clock.advance(by: .seconds(2 * 3600))
        try await process.service.sweep()
        for row in try await deployment.identity.rows() {
            #expect(!(row.key.row + row.value).containsSequence(subject.bytes), "\(row.key.collection.rawValue)")
        }
    }

    @Test("a notice that cannot be read or is refused holds up no one else, and whoever is erased hears no more")
    func noticesGoOn() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        var people: [Pseudonym] = []
        for index in 10..<13 {
            let person = try await process.signUp(TestProcess.number(index))
            process.clock.advance(by: .seconds(3600))
            #expect(try await process.prove(.recovery, TestProcess.number(index)) == .recovered(person))
            people.append(person)
        }
        let subject = try #require(try await process.service.pseudonyms.subject(of: people[0]))
        var commit = StagedCommit(random: deployment.random)
        commit.insert(
            [9, 9, 9],
            at: RecordKey(
                partition: PartitionCount.standard.partition(of: subject.bytes), collection: "notice", row: subject.bytes + [0]))
        try await commit.commit(to: process.service.store)
        try await process.service.erase(people[2])
        try await process.service.giveNotices()
        #expect(notices.all.map(\.pseudonym) == [people[1]])
        #expect(deployment.observations.all.contains { $0.name == "notice-unreadable" })
        try await process.service.erase(people[0])
        #expect(try await deployment.identity.rows("notice").isEmpty)
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
            let verdict = try? await process.prove(.recovery, number)
            #expect((verdict == .recovered(person)) == letsIn)
            // However long the new holder waits.
            process.clock.advance(by: Self.day * 8)
            let later = try? await process.prove(.recovery, number)
            #expect((later == .recovered(person)) == (wasReassigned != true))
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
        // What the number's own budget refuses costs no look-up.
        _ = try await deployment.open().begin(.signUp, TestProcess.number(9))
        let asked = checks.asked.all.count
        for _ in 0..<3 {
            #expect(await refusal { try await process.begin(.signUp, TestProcess.number(9)) }?.name == "otp.tooManySends")
        }
        #expect(checks.asked.all.count == asked)
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
