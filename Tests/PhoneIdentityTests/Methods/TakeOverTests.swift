import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("A number that somebody new has goes to them, and nothing else does") struct TakeOverTests {
    private let number = TestProcess.number(3)
    private let next = TestProcess.number(5)
    private static let day: Duration = .seconds(86_400)

    /// Somebody who signed up some days ago.
    private func owner(
        days: Int = 46, notices: TestNotices? = nil, checks: TestChecks? = nil, consents: [ConsentDecision] = TestProcess.stepUps
    ) async throws -> (TestDeployment, TestProcess, Pseudonym) {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll(notices: notices, checks: checks)
        let person = try await process.signUp(number, consents: consents)
        try await process.service.acknowledge(person)
        deployment.clock.advance(by: Self.day * days)
        return (deployment, process, person)
    }

    private func subject(_ person: Pseudonym, _ process: TestProcess) async throws -> SubjectID {
        try #require(try await process.service.pseudonyms.subject(of: person))
    }

    @Test("known to have changed hands: the new holder has an account at once, the old one keeps everything but the number")
    func known() async throws {
        let (notices, checks) = (TestNotices(), TestChecks())
        let (deployment, process, old) = try await owner(notices: notices, checks: checks)
        checks.answers.withLock { $0.wasReassigned = true }
        let sealed = try #require(try await deployment.identity.rows("vault").first)
        let keys = try #require(try await deployment.keys.rows("keys").first)
        // Neither a plain sign-up nor a recovery gives anything to anybody.
        #expect(try await process.prove(.signUp, number) == .alreadyEnrolled(nil))
        deployment.clock.advance(by: .seconds(3600))
        #expect(await refusal { try await process.prove(.recovery, number) }?.name == "identity.recoveryStopped")
        deployment.clock.advance(by: .seconds(3600))
        guard case .enrolled(let new) = try await process.prove(.newHolder, number) else { throw Unexpected("not enrolled") }
        #expect(new != old)

        let standing = try await process.service.standing(of: old)
        #expect(!standing.hasNumber && standing.tier == .unverified && standing.methods.isEmpty)
        #expect(try await process.tier(new) == .phone)
        #expect(try await process.service.consents(of: old).map(\.purpose) == [.stepUpVerification])
        #expect(try await process.service.consents(of: new).isEmpty)
        // Its sealed record has no number any more, whoever opens it.
        #expect(try await process.opened(try await subject(new, process)) == String(number.dropFirst()))
        await #expect(throws: IdentityError.self) { _ = try await process.opened(try await subject(old, process)) }
        // Nor does any copy of it from before: its key is gone.
        #expect(try await deployment.identity.rows("vault").first { $0.key == sealed.key }?.value != sealed.value)
        #expect(try await deployment.keys.rows("keys").first { $0.key == keys.key }?.value != keys.value)
        #expect(try await deployment.keys.rows("resealing").isEmpty)
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("vault").count == 2)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, number) == .recovered(new))
        try await process.service.giveNotices()
        #expect(notices.all.filter { $0.pseudonym == old }.map(\.kind) == [.numberLost])
        #expect(try await deployment.entries(process).map(\.action).contains(.numberLost))
        // And both can be erased.
        for person in [old, new] { try await process.service.erase(person) }
        for collection in ["claim", "vault", "enrolment"] as [RecordCollection] {
            #expect(try await deployment.identity.rows(collection).isEmpty)
        }
    }

    @Test("not known: it waits seven days under the owner's eyes, and then goes")
    func waits() async throws {
        let notices = TestNotices()
        let (deployment, process, old) = try await owner(notices: notices)
        let until = deployment.clock.now() + Self.day * 7
        #expect(try await process.prove(.newHolder, number) == .takeOverWaits(until: until))
        #expect(try await process.service.standing(of: old).takeOverWaitsUntil == until)
        deployment.clock.advance(by: Self.day * 7 - .seconds(1))
        #expect(try await process.prove(.newHolder, number) == .takeOverWaits(until: until))
        try await process.service.giveNotices()
        #expect(notices.all.map(\.kind) == [.takeOverWaits(until: until)])
        #expect(notices.all.map(\.pseudonym) == [old])
        // A stop of recoveries shows no number, and keeps none.
        try await process.service.stopRecovery(old)
        deployment.clock.advance(by: .seconds(3600))
        guard case .enrolled(let new) = try await process.prove(.newHolder, number) else { throw Unexpected("not enrolled") }
        #expect(new != old)
        #expect(try await process.service.standing(of: old).hasNumber == false)
        let actions = try await deployment.entries(process).map(\.action)
        #expect(actions.filter { $0 == .takeOverWaiting }.count == 2)
        #expect(actions.filter { $0 == .numberLost }.count == 1)
    }

    @Test("past its window it waits anew")
    func window() async throws {
        let (deployment, process, old) = try await owner()
        _ = try await process.prove(.newHolder, number)
        deployment.clock.advance(by: Self.day * 14)
        #expect(try await process.service.standing(of: old).takeOverWaitsUntil == nil)
        #expect(try await process.prove(.newHolder, number) == .takeOverWaits(until: deployment.clock.now() + Self.day * 7))
    }

    /// How an owner shows that they have it still.
    enum Proof: CaseIterable { case stepUp, sameNumberAgain, recovery }

    @Test("an owner who proves the number again keeps it", arguments: Proof.allCases)
    func keeps(_ proof: Proof) async throws {
        let (deployment, process, old) = try await owner(consents: TestProcess.stepUps)
        _ = try await process.prove(.newHolder, number)
        deployment.clock.advance(by: Self.day)
        switch proof {
        case .stepUp: _ = try await process.stepUp(old, number, because: .payment)
        case .sameNumberAgain:
            let proof = try await process.stepUp(old, byPasskeyFor: .numberChange)
            #expect(try await process.prove(.newNumber(old, proof), number) == .numberChanged(old))
        case .recovery:
            guard case .recoveryWaits = try await process.prove(.recovery, number) else { throw Unexpected("let in") }
            deployment.clock.advance(by: Self.day * 7)
            #expect(try await process.prove(.recovery, number) == .recovered(old))
        }
        #expect(try await process.service.standing(of: old).takeOverWaitsUntil == nil)
        deployment.clock.advance(by: Self.day * 6 + .seconds(3600))
        #expect(try await process.prove(.newHolder, number) == .alreadyEnrolled(nil))
        #expect(try await process.service.standing(of: old).hasNumber)
    }

    @Test("a recent proof keeps it whatever a service says, and one known to have stayed is nobody else's; a free number is a sign-up")
    func stays() async throws {
        for (days, wasReassigned) in [(44, true), (400, false)] as [(Int, Bool)] {
            let checks = TestChecks()
            let (deployment, process, old) = try await owner(days: days, checks: checks)
            checks.answers.withLock { $0.wasReassigned = wasReassigned }
            #expect(try await process.prove(.newHolder, number) == .alreadyEnrolled(nil))
            #expect(checks.asked.all.contains("reassigned") == (days > 45))
            #expect(try await process.service.standing(of: old).hasNumber)
            guard case .enrolled(let free) = try await process.prove(.newHolder, next) else { throw Unexpected("not enrolled") }
            #expect(free != old)
            #expect(try await deployment.identity.rows("vault").count == 2)
        }
    }

    @Test("it is a sign-up by number: no other method begins it, and a sign-up's switch closes it")
    func isASignUp() async throws {
        let (_, process, _) = try await owner()
        for refused in [
            await refusal { try await process.begin(.newHolder, email: TestProcess.address) },
            await refusal { try await process.begin(.newHolder, by: "passkey") },
        ] {
            #expect(refused?.name == "identity.methodNotOffered")
        }
        let other = try await TestDeployment().openForAll { $0.methods.signUp = [.email] }
        #expect(await refusal { try await other.begin(.newHolder, number) }?.name == "identity.methodNotOffered")
    }

    @Test("who has no method left is taken at the host's word to set one up, and nobody else is")
    func nothingLeft() async throws {
        let checks = TestChecks()
        let (deployment, process, old) = try await owner(checks: checks)
        #expect(await refusal { try await process.service.proofOnHostsWord(of: old) }?.name == "identity.methodTooWeak")
        checks.answers.withLock { $0.wasReassigned = true }
        guard case .enrolled(let new) = try await process.prove(.newHolder, number) else { throw Unexpected("not enrolled") }
        #expect(await refusal { try await process.service.proofOnHostsWord(of: new) }?.name == "identity.methodTooWeak")
        let proof = try await process.service.proofOnHostsWord(of: old)
        #expect(await refusal { try await process.begin(.newNumber(new, proof), next) }?.name == "identity.proofMismatch")
        #expect(try await process.prove(.newNumber(old, proof), next) == .numberChanged(old))
        #expect(try await process.opened(try await subject(old, process)) == String(next.dropFirst()))
        #expect(await refusal { try await process.service.proofOnHostsWord(of: old) }?.name == "identity.methodTooWeak")
        #expect(try await deployment.entries(process).map(\.action).contains(.provenByHost))
    }

    @Test("several who want it at once, its owner and an erasure among them: one number, one account, and every record opens as it should")
    func parallel() async throws {
        for round in 0..<6 {
            let checks = TestChecks()
            let (deployment, process, old) = try await owner(checks: checks)
            checks.answers.withLock { $0.wasReassigned = true }
            var begun: [(ChallengeReceipt, String)] = []
            for index in 0..<3 {
                let receipt = try await process.begin(.newHolder, number, session: "s\(index)")
                begun.append((receipt, try #require(try await process.code(number))))
                deployment.clock.advance(by: .seconds(150))
            }
            let challenges = begun
            let attempts = (0..<3).map { _ in process.attempt() }
            let people = await withTaskGroup { group in
                for task in 0..<6 {
                    let who = task % 3
                    let another = try? await deployment.openForAll(checks: checks)
                    group.addTask {
                        let verdict = try? await another?.complete(
                            challenges[who].0, challenges[who].1, attempt: attempts[who], session: "s\(who)")
                        if case .enrolled(let person)? = verdict { return Optional(person) }
                        return nil
                    }
                }
                if round % 2 == 1 {
                    group.addTask {
                        _ = try? await process.service.erase(old)
                        return nil
                    }
                }
                var people: Set<Pseudonym> = []
                for await person in group { if let person { people.insert(person) } }
                return people
            }
            #expect(people.count <= 1)
            if round % 2 == 1 { _ = try? await process.service.erase(old) }
            deployment.clock.advance(by: .seconds(3 * 3600))
            for _ in 0..<3 { try await process.service.sweep() }
            #expect(try await deployment.keys.rows("resealing").isEmpty)
            let accounts = try await deployment.identity.rows("enrolment").count
            #expect(accounts == (round % 2 == 1 ? 0 : 1) + people.count)
            #expect(try await deployment.identity.rows("claim").count <= 1)
            for person in people {
                #expect(try await process.opened(try await subject(person, process)) == String(number.dropFirst()))
            }
        }
    }

    /// Where a take-over is interrupted.
    struct Point: Sendable, CustomTestStringConvertible {
        let isKeyService: Bool
        let step: Int
        let fault: ProbeStore.Fault
        var testDescription: String { "\(isKeyService ? "key service" : "identity store"), commit \(step), \(fault)" }

        static let all: [Point] = [(true, 1), (true, 2), (true, 3), (false, 1), (false, 2)].flatMap { isKeyService, step in
            ProbeStore.Fault.allCases.map { Point(isKeyService: isKeyService, step: step, fault: $0) }
        }
    }

    @Test("whatever interrupts it, the same attempt ends it, and no key is left over", arguments: Point.all)
    func interrupted(_ point: Point) async throws {
        let checks = TestChecks()
        let (deployment, process, old) = try await owner(checks: checks)
        checks.answers.withLock { $0.wasReassigned = true }
        let receipt = try await process.begin(.newHolder, number)
        let code = try #require(try await process.code(number))
        let attempt = process.attempt()
        (point.isKeyService ? deployment.keys : deployment.identity).plan(point.fault, at: point.step)
        _ = await refusal { try await process.complete(receipt, code, attempt: attempt) }
        deployment.lifeline.revive()
        let second = try await deployment.openForAll(checks: checks)
        var verdict: Verdict?
        for _ in 0..<5 where verdict == nil { verdict = try? await second.complete(receipt, code, attempt: attempt) }
        guard case .enrolled(let new)? = verdict else { throw Unexpected("not enrolled: \(String(describing: verdict))") }
        await deployment.identity.land()
        await deployment.keys.land()
        deployment.clock.advance(by: .seconds(3 * 3600))
        for _ in 0..<3 { try await second.service.sweep() }
        #expect(try await deployment.keys.rows("resealing").isEmpty)
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("enrolment").count == 2)
        #expect(try await deployment.keys.rows("pending").isEmpty)
        #expect(try await second.opened(try await subject(new, second)) == String(number.dropFirst()))
        #expect(try await second.service.standing(of: old).hasNumber == false)
    }
}
