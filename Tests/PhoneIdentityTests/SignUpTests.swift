import ConsentLedger
import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import OTPEngine
@testable import PhoneIdentity

@Suite("A number signs up") struct SignUpTests {
    private let number = TestProcess.number(1)

    @Test("the person exists, with what they agreed to, and the challenge is spent, all in one commit")
    func oneCommit() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let decisions = [TestProcess.decision(.securityAlert), TestProcess.decision(.productUpdate, false)]
        let pseudonym = try await process.signUp(number, consents: decisions)
        let last = try #require(deployment.identity.made.last)
        let collections = Set(last.map(\.key.collection.rawValue))
        #expect(collections == ["attempts", "claim", "vault", "fence", "enrolment", "pseudonym", "consent", "outbox", "history"])
        let states = try await process.service.consents(of: pseudonym)
        #expect(states.map(\.purpose) == [.securityAlert, .productUpdate])
        #expect(states.map(\.standing) == [.given, .refused])
        #expect(states.map(\.notice.id) == ["notice-16", "notice-18"])
        #expect(states.allSatisfy { $0.notice.textDigest == SHA256.hash(Array("May we?".utf8)) && $0.jurisdiction == "EU" })
        #expect(try await deployment.entries(process).map(\.action) == [.enrolled, .consentGiven, .consentRefused])
    }

    @Test("three commits on the identity store, one put in the key service")
    func commits() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        deployment.identity.reset()
        let receipt = try await process.begin(.signUp, number)
        #expect(deployment.identity.made.count == 1)
        let code = try #require(try await process.code(number))
        _ = try await process.complete(receipt, code)
        #expect(deployment.identity.made.count == 3)
        #expect(deployment.keys.made.count == 1)
        #expect(deployment.keys.made.first?.map(\.key.collection.rawValue).sorted() == ["keys", "pending"])
    }

    @Test("the same attempt gets the same answer, and writes nothing; another attempt is told that it is too late")
    func repeated() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let attempt = process.attempt()
        let first = try await process.complete(receipt, code, attempt: attempt)
        let rows = try await deployment.rows()
        let later = try await deployment.open()
        #expect(try await later.complete(receipt, code, attempt: attempt) == first)
        #expect(await refusal { try await process.complete(receipt, code) }?.name == "otp.alreadyCompleted")
        #expect(
            await refusal { try await process.complete(receipt, code, attempt: attempt, session: "other") }?.name == "otp.challengeNotFound"
        )
        #expect(try await deployment.rows() == rows)
    }

    @Test("the same number again is told so, with the pseudonym only until the host has acknowledged it, and for a day")
    func alreadyEnrolled() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let pseudonym = try await process.signUp(number)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.signUp, number) == .alreadyEnrolled(pseudonym))
        try await process.service.acknowledge(pseudonym)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.signUp, number) == .alreadyEnrolled(nil))
        let other = try await process.signUp(TestProcess.number(2))
        deployment.clock.advance(by: .seconds(86_401))
        #expect(other != pseudonym)
        #expect(try await process.prove(.signUp, TestProcess.number(2)) == .alreadyEnrolled(nil))
        #expect(try await deployment.identity.rows("claim").count == 2)
        #expect(try await deployment.keys.rows("keys").count == 2)
    }

    @Test("a right guess is given back, a wrong one is not")
    func refund() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let wrong = await refusal { try await process.complete(receipt, TestProcess.wrong(code)) }
        #expect(wrong?.name == "otp.wrongCode" && wrong?.triesLeft == 4)
        #expect(try await budget(process).failures.total(at: deployment.clock.now()) == 1)
        _ = try await process.complete(receipt, code)
        #expect(try await budget(process).failures.total(at: deployment.clock.now()) == 1)
        #expect(try await budget(process).consecutive == 0)
        let other = TestProcess.number(2)
        _ = try await process.signUp(other)
        let untouched = try await deployment.identity.rows("attempts").count
        #expect(untouched == 2)
        #expect(
            try await budgets(process).contains { $0.hour <= deployment.clock.now() && $0.failures.total(at: deployment.clock.now()) == 0 })
    }

    private func budgets(_ process: TestProcess) async throws -> [GuessBudget] {
        var found: [GuessBudget] = []
        for row in try await process.deployment.identity.rows("attempts") {
            let record = try #require(try await process.service.store.record(at: row.key))
            found.append(try decodeRecord(record, NumberAttempts.init(from:)).guesses)
        }
        return found
    }

    private func budget(_ process: TestProcess) async throws -> GuessBudget { try #require(try await budgets(process).first) }
}

@Suite("Many at once") struct ParallelTests {
    @Test("of 64 right completions of one challenge exactly one enrols")
    func oneChallenge() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let number = TestProcess.number(1)
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let answers = await withTaskGroup(of: Result<Verdict, IdentityError>.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    do throws(IdentityError) { return .success(try await process.complete(receipt, code)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let won = answers.compactMap { try? $0.get() }
        guard won.count == 1, case .enrolled = won.first else {
            Issue.record("\(won.count) completions of one challenge took effect.")
            return
        }
        let others = Set(answers.compactMap { if case .failure(let error) = $0 { error.name } else { nil } })
        #expect(others.isSubset(of: ["otp.alreadyCompleted", "otp.exhausted"]))
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("enrolment").count == 1)
    }

    @Test("64 numbers sign up at once")
    func manyNumbers() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let receipts = try await withThrowingTaskGroup(of: (Int, ChallengeReceipt).self) { group in
            for index in 0..<64 {
                group.addTask { (index, try await process.begin(.signUp, TestProcess.number(index), session: "\(index)")) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await process.deliver()
        let people = try await withThrowingTaskGroup(of: Pseudonym?.self) { group in
            for (index, receipt) in receipts {
                group.addTask {
                    let code = try await process.code(TestProcess.number(index)) ?? ""
                    guard case .enrolled(let pseudonym) = try await process.complete(receipt, code, session: "\(index)") else { return nil }
                    return pseudonym
                }
            }
            return try await group.reduce(into: Set<Pseudonym>()) { if let person = $1 { $0.insert(person) } }
        }
        #expect(people.count == 64)
        #expect(try await deployment.entries(process).filter { $0.action == .enrolled }.count == 64)
    }

    @Test("sign-ups of one number in several processes at once make one account", arguments: 1...8)
    func oneNumber(round: Int) async throws {
        let deployment = try TestDeployment()
        let number = TestProcess.number(round)
        var started: [(TestProcess, ChallengeReceipt, String)] = []
        for index in 0..<3 {
            let process = try await deployment.open()
            let receipt = try await process.begin(.signUp, number, session: "\(index)")
            started.append((process, receipt, try #require(try await process.code(number))))
            deployment.clock.advance(by: .seconds(120))
        }
        let verdicts = try await withThrowingTaskGroup(of: Verdict.self) { group in
            for (index, (process, receipt, code)) in started.enumerated() {
                group.addTask { try await process.complete(receipt, code, session: "\(index)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let enrolled = verdicts.compactMap { if case .enrolled(let pseudonym) = $0 { pseudonym } else { nil } }
        #expect(enrolled.count == 1)
        #expect(verdicts.filter { $0 == .alreadyEnrolled(enrolled.first) }.count == 2)
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("enrolment").count == 1)
    }
}
