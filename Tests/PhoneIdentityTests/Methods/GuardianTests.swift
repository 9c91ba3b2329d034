import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("A guardian answers: at a sign-up, and when a ward is locked out") struct GuardianTests {
    private let number = TestProcess.number(3)

    private func guardian(_ process: TestProcess, _ number: String? = nil) async throws -> Pseudonym {
        try await process.signUp(number ?? self.number, consents: TestProcess.stepUps)
    }

    private func approve(
        _ request: GuardianRequest, _ process: TestProcess, _ guardian: Pseudonym, _ number: String? = nil, _ isApproved: Bool = true
    ) async throws {
        let proof = try await process.stepUp(guardian, number ?? self.number, because: .guardianApproval)
        let question = try await process.service.guardianQuestion(invitation: request.invitation, to: guardian)
        try await process.service.answer(
            guardianInvitation: request.invitation, to: question, as: guardian, proof: proof, approving: isApproved)
    }

    private func ward(_ process: TestProcess, _ guardian: Pseudonym, _ number: String? = nil) async throws -> Pseudonym {
        let request = try await process.service.requestGuardian(by: TestProcess.requester())
        try await approve(request, process, guardian, number)
        let receipt = try await process.begin(.signUp, by: .guardian)
        guard case .enrolled(let ward) = try await process.complete(receipt, answer: .guardianClaim(request.claim)).verdict else {
            throw Unexpected("not enrolled")
        }
        return ward
    }

    @Test("asked, approved days later, signed up: a supervised minor, in both people's histories")
    func signUp() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let guardian = try await guardian(process)
        let request = try await process.service.requestGuardian(by: TestProcess.requester())
        #expect(try await process.service.guardianAnswer(claim: request.claim) == .asked)
        #expect("\(request)" == "<redacted>")
        deployment.clock.advance(by: .seconds(5 * 86_400))
        let early = try await process.begin(.signUp, by: .guardian)
        #expect(await refusal { try await process.complete(early, answer: .guardianClaim(request.claim)) }?.name == "otp.wrongCode")
        try await approve(request, process, guardian)
        #expect(try await process.service.guardianAnswer(claim: request.claim) == .approved)
        deployment.clock.advance(by: .seconds(5 * 86_400))
        let receipt = try await process.begin(.signUp, by: .guardian)
        // The invitation is no claim.
        #expect(await refusal { try await process.complete(receipt, answer: .guardianClaim(request.invitation)) }?.name == "otp.wrongCode")
        guard case .enrolled(let ward) = try await process.complete(receipt, answer: .guardianClaim(request.claim)).verdict else {
            throw Unexpected("not enrolled")
        }
        #expect(try await process.tier(ward) == .supervisedMinor)
        // Good once.
        let second = try await process.begin(.signUp, by: .guardian)
        #expect(await refusal { try await process.complete(second, answer: .guardianClaim(request.claim)) }?.name == "otp.wrongCode")
        #expect(await refusal { try await process.service.guardianAnswer(claim: request.claim) }?.name == "otp.invitationInvalid")
        let actions = try await deployment.entries(process).map(\.action)
        #expect(actions.filter { $0 == .guardianApproved }.count == 1)
    }

    @Test("who may not answer: a stranger, a ward, somebody without a number, one with too many wards, one without a fresh step-up for it")
    func refusedGuardians() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll { $0.methods.wardLimit = 1 }
        let guardian = try await guardian(process)
        let ward = try await ward(process, guardian)
        let request = try await process.service.requestGuardian(by: TestProcess.requester())
        #expect(await refusal { try await approve(request, process, guardian) }?.name == "identity.guardianRefused")
        let other = try await self.guardian(process, TestProcess.number(4))
        let wrong = try await process.stepUp(other, TestProcess.number(4), because: .payment)
        func answer(_ person: Pseudonym, _ proof: StepUpProof, _ invitation: String) async -> String? {
            await refusal {
                try await process.service.answer(
                    guardianInvitation: invitation, to: .signUp, as: person, proof: proof, approving: true)
            }?.name
        }
        #expect(await answer(other, wrong, request.invitation) == "identity.proofMismatch")
        let right = try await process.stepUp(other, TestProcess.number(4), because: .guardianApproval)
        #expect(await answer(guardian, right, request.invitation) == "identity.proofMismatch")
        #expect(await answer(other, right, request.claim) == "otp.invitationInvalid")
        for text in ["", "x", String(repeating: "A", count: 43), String(repeating: "é", count: 10_000)] {
            #expect(await answer(other, right, text) == "otp.invitationInvalid")
        }
        let passkey = try await process.begin(.stepUp(ward, because: .guardianApproval), by: "passkey")
        guard case .steppedUp(_, let wards) = try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict else {
            throw Unexpected("no step-up")
        }
        #expect(await answer(ward, wards, request.invitation) == "identity.guardianRefused")
        #expect(await answer(other, right, request.invitation) == nil)
        // Answered is answered.
        #expect(await answer(other, right, request.invitation) == "otp.invitationInvalid")
        // A ward that is gone makes room for another.
        try await process.service.erase(ward)
        deployment.clock.advance(by: .seconds(86_400))
        _ = try await self.ward(process, guardian)
    }

    @Test("a refusal ends the request, time does too, and a guardian who is erased meanwhile takes nobody in")
    func deniedAndOver() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let guardian = try await guardian(process)
        let denied = try await process.service.requestGuardian(by: TestProcess.requester())
        try await approve(denied, process, guardian, number, false)
        #expect(try await process.service.guardianAnswer(claim: denied.claim) == .denied)
        let late = try await process.service.requestGuardian(by: TestProcess.requester())
        deployment.clock.advance(by: .seconds(7 * 86_400))
        #expect(await refusal { try await approve(late, process, guardian) }?.name == "otp.invitationInvalid")
        let request = try await process.service.requestGuardian(by: TestProcess.requester())
        try await approve(request, process, guardian)
        try await process.service.erase(guardian)
        let receipt = try await process.begin(.signUp, by: .guardian)
        #expect(
            await refusal { try await process.complete(receipt, answer: .guardianClaim(request.claim)) }?.name == "identity.guardianRefused"
        )
        deployment.clock.advance(by: .seconds(8 * 86_400))
        try await process.service.sweep()
        #expect(try await deployment.identity.rows("guardian-request").isEmpty)
    }

    @Test("a guardian lets the ward back in, no other guardian does, and the request tells nothing of an account")
    func recovery() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        let guardian = try await guardian(process)
        let other = try await self.guardian(process, TestProcess.number(4))
        let ward = try await ward(process, guardian)
        let request = try await process.service.requestGuardian(recovering: .pseudonym(ward), by: TestProcess.requester())
        #expect(await refusal { try await approve(request, process, other, TestProcess.number(4)) }?.name == "identity.guardianRefused")
        try await approve(request, process, guardian)
        // Nobody who vouches for a new account lets somebody into an old one.
        let proof = try await process.stepUp(guardian, number, because: .guardianApproval)
        let second = try await process.service.requestGuardian(recovering: .pseudonym(ward), by: TestProcess.requester())
        #expect(try await process.service.guardianQuestion(invitation: second.invitation, to: guardian) == .recovery(of: ward))
        let blind = await refusal {
            try await process.service.answer(
                guardianInvitation: second.invitation, to: .signUp, as: guardian, proof: proof, approving: true)
        }
        #expect(blind?.name == "identity.guardianRefused")
        // Not for another account, and not for a sign-up.
        let wrong = try await process.begin(.recovery, by: .guardian, account: .pseudonym(other))
        #expect(await refusal { try await process.complete(wrong, answer: .guardianClaim(request.claim)) }?.name == "otp.wrongCode")
        let signUp = try await process.begin(.signUp, by: .guardian)
        #expect(await refusal { try await process.complete(signUp, answer: .guardianClaim(request.claim)) }?.name == "otp.wrongCode")
        let receipt = try await process.begin(.recovery, by: .guardian, account: .pseudonym(ward))
        let completed = try await process.complete(receipt, answer: .guardianClaim(request.claim))
        #expect(completed.verdict == .recovered(ward) && completed.proof != nil)
        try await process.service.giveNotices()
        #expect(notices.all.map(\.kind) == [.recovered])
        let decoy = try await process.service.requestGuardian(
            recovering: .number(TestProcess.number(9)), by: TestProcess.requester())
        #expect(decoy.claim.count == request.claim.count)
        #expect(try await process.service.guardianAnswer(claim: decoy.claim) == .asked)
        #expect(await refusal { try await approve(decoy, process, guardian) }?.name == "identity.guardianRefused")
    }

    @Test("a ward whose guardian was erased has none, and no name of theirs stays")
    func guardianErased() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let guardian = try await guardian(process)
        let wards = [try await ward(process, guardian), try await ward(process, guardian)]
        let subject = try #require(try await process.service.pseudonyms.subject(of: guardian))
        try await process.service.erase(guardian)
        deployment.clock.advance(by: .seconds(10 * 86_400))
        try await process.service.sweep()
        for row in try await deployment.identity.rows() {
            #expect(!(row.key.row + row.value).containsSequence(subject.bytes), "\(row.key.collection.rawValue)")
        }
        for ward in wards { #expect(try await process.tier(ward) == .supervisedMinor) }
        let request = try await process.service.requestGuardian(recovering: .pseudonym(wards[0]), by: TestProcess.requester())
        let other = try await self.guardian(process, TestProcess.number(4))
        #expect(await refusal { try await approve(request, process, other, TestProcess.number(4)) }?.name == "identity.guardianRefused")
    }

    @Test("a ward with an app of their own is not let in by a word alone: it waits, and they hear of it")
    func wordWaits() async throws {
        let deployment = try TestDeployment()
        let notices = TestNotices()
        let process = try await deployment.openForAll(notices: notices)
        let guardian = try await guardian(process)
        let ward = try await ward(process, guardian)
        let passkey = try await process.begin(.stepUp(ward, because: .methodChange), by: "passkey")
        _ = try await process.complete(passkey, answer: TestProcess.response(passkey))
        let request = try await process.service.requestGuardian(recovering: .pseudonym(ward), by: TestProcess.requester())
        try await approve(request, process, guardian)
        let receipt = try await process.begin(.recovery, by: .guardian, account: .pseudonym(ward))
        guard case .recoveryWaits = try await process.complete(receipt, answer: .guardianClaim(request.claim)).verdict else {
            throw Unexpected("let in")
        }
        try await process.service.giveNotices()
        #expect(notices.all.count == 1)
    }

    @Test("a network that asks for guardians without end is stopped like any other flood")
    func flood() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll { $0.abuse.network.hourlySends = 3 }
        func ask(_ index: Int) async -> String? {
            await refusal {
                try await process.service.requestGuardian(by: TestProcess.requester("s\(index)", network: "203.0.113.9"))
            }?.name
        }
        var asked = 0
        while asked < 50, await ask(asked) == nil { asked += 1 }
        #expect(asked < 50)
        #expect(await ask(60) == "otp.networkLimited")
        let passkey = await refusal { try await process.begin(.signUp, by: "passkey", network: "203.0.113.9") }
        #expect(passkey?.name == "otp.networkLimited")
        // Who is signed in is no flood.
        let person = try await process.signUp(TestProcess.number(8))
        _ = try await process.begin(.stepUp(person), by: "passkey", network: "203.0.113.9")
    }

    @Test("two take up one approval at once: one gets an account")
    func race() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let guardian = try await guardian(process)
        let request = try await process.service.requestGuardian(by: TestProcess.requester())
        try await approve(request, process, guardian)
        let accounts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let receipt = try await process.begin(.signUp, by: .guardian, session: "s\(index)")
                    do {
                        _ = try await process.complete(receipt, answer: .guardianClaim(request.claim), session: "s\(index)")
                        return true
                    } catch let error as IdentityError {
                        #expect(["otp.wrongCode", "otp.codeUsed", "identity.busy", "otp.busy"].contains(error.name))
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(accounts == 1)
        #expect(try await deployment.identity.rows("enrolment").count == 2)
    }
}

extension [UInt8] {
    func containsSequence(_ bytes: [UInt8]) -> Bool {
        guard count >= bytes.count else { return false }
        return (0...count - bytes.count).contains { self[$0..<$0 + bytes.count].elementsEqual(bytes) }
    }
}
