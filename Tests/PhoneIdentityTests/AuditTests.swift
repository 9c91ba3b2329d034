import AuditLog
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import PhoneIdentity

@Suite("Every outcome is in the log") struct AuditTests {
    @Test("whoever has the log recounts every challenge's guesses, completed or not, and sees that none had more than its budget")
    func guessesAreRecounted() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        var expected: [Int: Int] = [:]
        for wrong in 0...5 {
            let number = TestProcess.number(wrong)
            let receipt = try await process.begin(.signUp, number)
            let code = try #require(try await process.code(number))
            let attempt = process.attempt()
            for _ in 0..<wrong {
                // Each asked twice: a guess is evaluated once.
                let (attempt, typed) = (process.attempt(), TestProcess.wrong(code))
                for _ in 0..<2 { _ = await refusal { try await process.complete(receipt, typed, attempt: attempt) } }
            }
            // The sixth guess of one is refused, whatever it is.
            let last = await refusal { try await process.complete(receipt, code, attempt: attempt) }
            #expect(last?.name == (wrong == 5 ? "otp.exhausted" : nil))
            expected[min(wrong + 1, 5), default: 0] += 1
        }
        _ = try await process.begin(.recovery, TestProcess.number(9))
        expected[0, default: 0] += 1
        let passkey = try await process.begin(.signUp, by: "passkey")
        for _ in 0..<3 { _ = await refusal { try await process.complete(passkey, answer: .response([1])) } }
        _ = try await process.complete(passkey, answer: TestProcess.response(passkey))
        expected[4, default: 0] += 1
        deployment.clock.advance(by: .seconds(2 * 3600))
        try await process.service.sweep()
        var recount = GuessRecount()
        for leaf in try await deployment.entries(process) { recount.add(leaf) }
        #expect(recount.challenges == (0...5).map { expected[$0, default: 0] })
        #expect(recount.total == 8 && recount.completed == 6 && recount.most == 5)
        #expect(recount.over(5) == 0 && recount.over(4) == expected[5])
    }

    @Test("a challenge that is under way when its person is erased has its entry too, with its guesses")
    func endedByErasure() async throws {
        let deployment = try TestDeployment()
        // Its answers can be guessed, so they are counted in a row of the person's, which the erasure takes away.
        var passkey = TestPasskey()
        passkey.answersCanBeGuessed = true
        let process = try await deployment.openForAll(passkey: passkey)
        let person = try await process.signUp(TestProcess.number(1))
        let open = try await process.begin(.stepUp(person), by: "passkey")
        for guess in 0..<2 as Range<UInt8> { _ = await refusal { try await process.complete(open, answer: .response([guess])) } }
        _ = try await process.stepUp(person, byPasskeyFor: .payment)
        try await process.service.erase(person)
        deployment.clock.advance(by: .seconds(2 * 3600))
        try await process.service.sweep()
        var recount = GuessRecount()
        for leaf in try await deployment.entries(process) { recount.add(leaf) }
        // Of the sign-up and the completed step-up one each, of the open one two.
        #expect(recount.challenges == [0, 2, 1])
    }

    @Test("as many entries of each kind as outcomes of that kind, whoever asked and however it ended")
    func counts() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let (service, clock) = (process.service, deployment.clock)
        var expected: [AuditAction: Int] = [:]
        func happened(_ action: AuditAction, _ count: Int = 1) { expected[action, default: 0] += count }
        var people: [Pseudonym] = []
        for index in 0..<5 {
            people.append(
                try await process.signUp(
                    TestProcess.number(index),
                    consents: [TestProcess.decision(.stepUpVerification), TestProcess.decision(.productUpdate, index % 2 == 0)]))
        }
        happened(.enrolled, 5)
        happened(.consentGiven, 8)
        happened(.consentRefused, 2)
        for person in people.prefix(3) { try await service.acknowledge(person) }
        try await service.acknowledge(people[0])
        happened(.enrolmentAcknowledged, 3)
        clock.advance(by: .seconds(3600))
        _ = try await process.prove(.signUp, TestProcess.number(0))
        happened(.alreadyEnrolled)
        // Five wrong codes end a challenge; it is recorded when it is swept, as is one that nobody answers.
        let exhausted = try await process.begin(.signUp, TestProcess.number(8))
        let code = try #require(try await process.code(TestProcess.number(8)))
        for _ in 0..<5 { _ = await refusal { try await process.complete(exhausted, TestProcess.wrong(code)) } }
        _ = try await process.begin(.recovery, TestProcess.number(9))
        happened(.challengeExhausted)
        happened(.challengeAbandoned)
        clock.advance(by: .seconds(3600))
        _ = try await process.prove(.recovery, TestProcess.number(1))
        happened(.recovered)
        let proof = try await process.stepUp(people[1], TestProcess.number(1))
        happened(.steppedUp)
        _ = try await service.export(people[1], proof: proof)
        happened(.exported)
        happened(.historyReleased)
        for _ in 0..<2 { _ = try await service.pseudonym(of: people[1], for: "support") }
        happened(.pseudonymGiven)
        try await service.withdraw(.productUpdate, for: people[0])
        try await service.withdraw(.productUpdate, for: people[0])
        happened(.consentWithdrawn)
        try await service.stopRecovery(people[2])
        happened(.recoveryStopped)
        clock.advance(by: .seconds(3600))
        _ = await refusal { try await process.prove(.recovery, TestProcess.number(2)) }
        happened(.recoveryStopped)
        clock.advance(by: .seconds(50 * 86_400))
        _ = try await process.prove(.recovery, TestProcess.number(3))
        happened(.recoveryWaiting)
        let receipt = try await process.begin(.recovery, TestProcess.number(4))
        let lateCode = try #require(try await process.code(TestProcess.number(4)))
        try await service.erase(people[4])
        happened(.erasureBegun)
        happened(.erased)
        _ = await refusal { try await process.complete(receipt, lateCode) }
        happened(.recoveryNotFound)
        // A key whose commit never came.
        let lost = try await process.begin(.signUp, TestProcess.number(7))
        let lostCode = try #require(try await process.code(TestProcess.number(7)))
        deployment.identity.plan(.full, at: 2)
        #expect(await refusal { try await process.complete(lost, lostCode) }?.name == "storage.full")
        happened(.orphanSwept)
        happened(.challengeAbandoned)
        clock.advance(by: .seconds(2 * 3600))
        try await service.sweep()
        var found: [AuditAction: Int] = [:]
        for entry in try await deployment.entries(process) { found[entry.action, default: 0] += 1 }
        // Each key that came out of the key service is an entry as well: here, histories.
        expected[.keyReleased] = expected[.historyReleased]
        #expect(found == expected)
        // A second sweep has nothing to say.
        try await service.sweep()
        #expect(try await deployment.entries(process).count == expected.values.reduce(0, +))
    }

    @Test("what is refused before it has an outcome is in no entry")
    func refusals() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        _ = await refusal { try await process.begin(.signUp, "+410000") }
        _ = await refusal { try await process.service.consents(of: Pseudonym(bytes: [UInt8](repeating: 1, count: 20))) }
        #expect(try await deployment.identity.rows("outbox").isEmpty)
        #expect(try await deployment.entries(process).isEmpty)
    }

    /// In the time that the sequencer sleeps; `Tests/Crash` measures the same by the clock, on SQLite.
    @Test("while people sign up, each entry is in a signed checkpoint within two seconds of the answer")
    func checkpointed() async throws {
        let clock = TestClock(sleeps: true)
        let deployment = try TestDeployment(clock: clock)
        let process = try await deployment.open()
        let answered = Mutex<[Duration]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await process.service.run() }
            // One after another, so that the n-th answer stands for n entries; for longer than one checkpoint's cadence.
            var index = 0
            while clock.polled < .milliseconds(1_200) || index < 5 || deployment.tiles.checkpoints.count < 3 {
                let number = TestProcess.number(index)
                let receipt = try await process.begin(.signUp, number)
                let message = await deployment.inbox.take(for: number)
                let code = try #require(message.flatMap { DevelopmentInbox.code(in: $0.text) })
                guard case .enrolled = try await process.complete(receipt, code) else { throw Unexpected("not enrolled") }
                answered.withLock { $0.append(clock.polled) }
                index += 1
            }
            try await process.service.checkpointed()
            group.cancelAll()
        }
        let (answers, checkpoints) = (answered.withLock { $0 }, deployment.tiles.checkpoints)
        #expect(answers.count >= 5 && checkpoints.count > 2)
        for (index, answer) in answers.enumerated() {
            let covering = try #require(checkpoints.first { $0.size >= UInt64(index + 1) })
            #expect(covering.at < answer + .seconds(2), "entry \(index) waited \(covering.at - answer)")
        }
        #expect(try await deployment.verifiedEntries().filter { $0.action == .enrolled }.count == answers.count)
        #expect(!deployment.observations.all.contains { $0.errorCode != nil })
    }
}
