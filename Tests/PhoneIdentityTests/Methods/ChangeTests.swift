import CryptoPrimitives
import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("Another number, another address: proven, sealed anew, told of") struct ChangeTests {
    private let number = TestProcess.number(3)
    private let next = TestProcess.number(5)
    private static let day: Duration = .seconds(86_400)

    private func change(_ process: TestProcess, _ person: Pseudonym, _ proof: StepUpProof, to number: String) async throws -> Verdict {
        try await process.prove(.newNumber(person, proof), number)
    }

    @Test("the new number leads to the person, the old one to nobody, and no key opens the old record")
    func numberChange() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        try await process.service.acknowledge(person)
        let old = try #require(try await deployment.identity.rows("vault").first)
        let oldKeys = try #require(try await deployment.keys.rows("keys").first)
        let proof = try await process.stepUp(person, number, because: .numberChange)
        #expect(try await change(process, person, proof, to: next) == .numberChanged(person))

        let new = try #require(try await deployment.identity.rows("vault").first)
        let newKeys = try #require(try await deployment.keys.rows("keys").first)
        #expect(new.key == old.key && new.value != old.value && newKeys.value != oldKeys.value)
        #expect(try await deployment.keys.rows("resealing").isEmpty)
        #expect(try await deployment.identity.rows("claim").count == 1)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, next) == .recovered(person))
        _ = try await process.begin(.recovery, number)
        #expect(try await process.deliver().nowhere == 1)
        // The old number is free.
        deployment.clock.advance(by: .seconds(3600))
        let stranger = try await process.signUp(number)
        #expect(stranger != person)
        try await process.service.giveNotices()
        #expect(notices.all.map(\.kind) == [.numberChanged, .recovered])
        #expect(notices.all.allSatisfy { $0.pseudonym == person })
        #expect(try await process.service.giveNotices() == 0)
        #expect(notices.all.count == 2)
        #expect(try await deployment.entries(process).map(\.action).contains(.numberChanged))
        // And all of it can be erased.
        try await process.service.erase(person)
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("vault").count == 1)
    }

    @Test("who has none gives a first number and is on the phone tier; an address is added and replaced the same way")
    func firstNumber() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(email: TestProcess.address, consents: TestProcess.stepUps)
        deployment.clock.advance(by: .seconds(3600))
        guard
            case .steppedUp(_, let proof) = try await process.prove(.stepUp(person, because: .numberChange), email: TestProcess.address)
                .verdict
        else { throw Unexpected("no step-up") }
        #expect(try await change(process, person, proof, to: number) == .numberChanged(person))
        #expect(try await process.tier(person) == .phone)
        let other = try await process.stepUp(person, number, because: .emailChange)
        #expect(try await process.prove(.newEmail(person, other), email: "ada@example.org").verdict == .emailChanged(person))
        deployment.clock.advance(by: .seconds(3600))
        let gone = try await process.begin(.recovery, email: TestProcess.address)
        #expect(await refusal { try await process.complete(gone, "123456") }?.name == "otp.wrongCode")
        #expect(try await deployment.identity.rows("claim").count == 2)
        // Where the order is opened, the sender finds the number.
        let subject = try #require(try await process.service.pseudonyms.subject(of: person))
        _ = try await process.service.directory.revealSubject(subject)
    }

    @Test("without a fresh proof of this person for this very change, nothing is sent")
    func proofs() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        let other = try await process.signUp(TestProcess.number(4), consents: TestProcess.stepUps)
        let wrongReason = try await process.stepUp(person, number, because: .payment)
        let others = try await process.stepUp(other, TestProcess.number(4), because: .numberChange)
        let right = try await process.stepUp(person, number, because: .numberChange)
        for proof in [wrongReason, others] {
            #expect(await refusal { try await process.begin(.newNumber(person, proof), next) }?.name == "identity.proofMismatch")
            let email = await refusal { try await process.begin(.newEmail(person, proof), email: TestProcess.address) }
            #expect(email?.name == "identity.proofMismatch")
        }
        deployment.clock.advance(by: .seconds(900))
        #expect(await refusal { try await process.begin(.newNumber(person, right), next) }?.name == "identity.proofMismatch")
        #expect(try await process.deliver().sent == 0)
    }

    @Test("a number of another account is not taken from it, and its owner's own again is no change")
    func taken() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        let other = try await process.signUp(next)
        let proof = try await process.stepUp(person, number, because: .numberChange)
        let refused = await refusal { try await change(process, person, proof, to: next) }
        #expect(refused?.name == "identity.alreadyClaimed")
        deployment.clock.advance(by: .seconds(600))
        #expect(try await change(process, person, proof, to: number) == .numberChanged(person))
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, next) == .recovered(other))
        #expect(try await process.prove(.recovery, number) == .recovered(person))
        #expect(try await deployment.identity.rows("vault").count == 2)
    }

    @Test("many at once, with one attempt and with several, and two who want one number: every record opens with its owner's number")
    func parallel() async throws {
        for round in 0..<6 {
            let deployment = try TestDeployment()
            let process = try await deployment.openForAll()
            let people = [
                try await process.signUp(number, consents: TestProcess.stepUps),
                try await process.signUp(TestProcess.number(4), consents: TestProcess.stepUps),
            ]
            var proofs: [StepUpProof] = []
            for person in people { proofs.append(try await process.stepUp(person, byPasskeyFor: .numberChange)) }
            var begun: [(ChallengeReceipt, String)] = []
            for (index, person) in people.enumerated() {
                let receipt = try await process.begin(.newNumber(person, proofs[index]), next, session: "s\(index)")
                begun.append((receipt, try #require(try await process.code(next))))
                deployment.clock.advance(by: .seconds(120))
            }
            let attempt = process.attempt()
            await withTaskGroup { group in
                for task in 0..<6 {
                    let who = task % 2
                    let (receipt, code) = begun[who]
                    let shared = round % 2 == 0 ? attempt : process.attempt()
                    let another = try? await deployment.openForAll()
                    group.addTask { _ = try? await another?.complete(receipt, code, attempt: shared, session: "s\(who)") }
                }
            }
            deployment.clock.advance(by: .seconds(2 * 3600))
            for _ in 0..<3 { try await process.service.sweep() }
            #expect(try await deployment.keys.rows("resealing").isEmpty)
            #expect(try await deployment.identity.rows("claim").count == 2)
            var numbers: [String] = []
            for person in people {
                let subject = try #require(try await process.service.pseudonyms.subject(of: person))
                numbers.append(try await process.opened(subject))
            }
            let old = [String(number.dropFirst()), String(TestProcess.number(4).dropFirst())]
            let changed = zip(numbers, old).filter { $0 != $1 }
            #expect(changed.count == 1 && changed.first?.0 == String(next.dropFirst()))
        }
    }

    @Test("what somebody began before the account was taken back changes nothing, and neither does what they had proven")
    func takenBack() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        let stolen = try await process.stepUp(person, number, because: .numberChange)
        let begun = try await process.begin(.newNumber(person, stolen), next, session: "thief")
        let code = try #require(try await process.code(next))
        deployment.clock.advance(by: .seconds(30))
        let passkey = try await process.begin(.recovery, by: "passkey", account: .number(number))
        #expect(try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict == .recovered(person))
        #expect(await refusal { try await process.complete(begun, code, session: "thief") }?.name == "identity.proofMismatch")
        #expect(await refusal { try await process.begin(.newNumber(person, stolen), next) }?.name == "identity.proofMismatch")
        let second = try await process.stepUp(person, byPasskeyFor: .numberChange)
        deployment.clock.advance(by: .seconds(1))
        try await process.service.stopRecovery(person)
        #expect(await refusal { try await process.begin(.newNumber(person, second), next) }?.name == "identity.proofMismatch")
    }

    @Test("the number is shown only after a step-up with that number, so that no other proof finds it out by trying")
    func exportOfTheNumber() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        let passkey = try await process.stepUp(person, byPasskeyFor: .dataExport)
        for guess in [number, next] {
            #expect(
                await refusal { try await process.service.export(person, proof: passkey, number: guess) }?.name == "identity.proofMismatch")
        }
        #expect(try await process.service.export(person, proof: passkey).history != nil)
        let own = try await process.stepUp(person, number)
        #expect(try await process.service.export(person, proof: own, number: number).number == number)
    }

    /// Where a change of number is interrupted.
    struct Point: Sendable, CustomTestStringConvertible {
        let isKeyService: Bool
        let step: Int
        let fault: ProbeStore.Fault
        var testDescription: String { "\(isKeyService ? "key service" : "identity store"), commit \(step), \(fault)" }

        static let all: [Point] = [true, false].flatMap { isKeyService in
            (1...2).flatMap { step in ProbeStore.Fault.allCases.map { Point(isKeyService: isKeyService, step: step, fault: $0) } }
        }
    }

    @Test("whatever interrupts it, the same attempt ends it, one number leads to the person, and no key is left over", arguments: Point.all)
    func interrupted(_ point: Point) async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        let proof = try await process.stepUp(person, number, because: .numberChange)
        let receipt = try await process.begin(.newNumber(person, proof), next)
        let code = try #require(try await process.code(next))
        let attempt = process.attempt()
        (point.isKeyService ? deployment.keys : deployment.identity).plan(point.fault, at: point.step)
        _ = await refusal { try await process.complete(receipt, code, attempt: attempt) }
        deployment.lifeline.revive()
        let second = try await deployment.openForAll()
        var verdict: Verdict?
        for _ in 0..<5 where verdict == nil { verdict = try? await second.complete(receipt, code, attempt: attempt) }
        #expect(verdict == .numberChanged(person))
        await deployment.identity.land()
        await deployment.keys.land()
        deployment.clock.advance(by: .seconds(2 * 3600))
        for _ in 0..<3 { try await second.service.sweep() }
        #expect(try await deployment.keys.rows("resealing").isEmpty)
        #expect(try await deployment.identity.rows("claim").count == 1)
        #expect(try await deployment.identity.rows("vault").count == 1)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await second.prove(.recovery, next) == .recovered(person))
        // The record opens, and has the new number.
        let subject = try #require(try await second.service.pseudonyms.subject(of: person))
        #expect(try await second.opened(subject) == String(next.dropFirst()))
    }
}
