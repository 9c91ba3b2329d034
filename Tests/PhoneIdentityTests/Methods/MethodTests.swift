import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("Nobody is shut out: methods, tiers, and what they open") struct MethodTests {
    private let number = TestProcess.number(3)

    // MARK: Signing up

    @Test("who has no number signs up by e-mail, guardian or a method of the host's, and the tier says so")
    func signUps() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(email: TestProcess.address)
        #expect(try await process.tier(person) == .alternative)
        let passkey = try await process.begin(.signUp, by: "passkey")
        #expect(passkey.prompt.count == 32 && passkey.digits == 0 && passkey.method == "passkey")
        guard case .enrolled(let other) = try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict else {
            throw Unexpected("not enrolled")
        }
        #expect(try await process.tier(other) == .alternative)
        #expect(try await process.tier(try await process.signUp(number)) == .phone)
        let standing = try await process.service.standing(of: person)
        #expect(!standing.hasNumber && standing.hasEmail && standing.methods.map(\.kind) == [.email])
        // All three sealed records are alike: the store does not tell who gave a number.
        #expect(Set(try await deployment.identity.rows("vault").map(\.value.count)).count == 1)
        let directory = process.service.directory
        let subject = try #require(try await process.service.pseudonyms.subject(of: person))
        #expect(await refusal { try await directory.revealSubject(subject) }?.name == "vault.notFound")
    }

    @Test("a service that does not offer a method refuses it by name, before anything is written or sent")
    func notOffered() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        #expect(await refusal { try await process.begin(.signUp, email: TestProcess.address) }?.name == "identity.methodNotOffered")
        #expect(await refusal { try await process.begin(.signUp, by: "passkey") }?.name == "identity.methodNotOffered")
        #expect(await refusal { try await process.begin(.signUp, by: .sms) }?.name == "identity.methodNotOffered")
        #expect(try await process.deliver() == (0, 0))
        #expect(deployment.observations.all.filter { $0.name == "refused" && $0.errorCode == "identity.methodNotOffered" }.count == 3)
    }

    @Test("an address belongs to one account, however its letters are written, and stands in no row")
    func oneAddressOneAccount() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(email: TestProcess.address)
        try await process.service.acknowledge(person)
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.signUp, email: "Ada@Example.COM").verdict == .alreadyEnrolled(nil))
        for row in try await deployment.rows() {
            #expect(!String(decoding: row.value, as: UTF8.self).lowercased().contains("ada@"))
        }
    }

    @Test(
        "what is no address is refused",
        arguments: [
            "", "@", "ada", "ada@", "@example.com", "ada@com", "a da@example.com", "ada@exa_mple.com",
            "ada@-example.com", ".ada@example.com", "ada.@example.com", "a..da@example.com", "ada@exämple.com", "ada\n@example.com",
            "ada@example.com\r\nBcc: x",
            String(repeating: "a", count: 65) + "@example.com", "ada@" + String(repeating: "a", count: 64) + ".com",
            "ada@" + String(repeating: "a.", count: 125) + "com",
        ])
    func noAddress(_ text: String) {
        #expect(throws: IdentityError.self) { try EmailAddress(text) }
    }

    @Test("an address prints masked, and other scripts are letters like any other")
    func addresses() throws {
        let address = try EmailAddress(" Ada.Lovelace+x@Mail.Example.com ")
        #expect(address.description == "a…@….com" && "\(address)" == address.debugDescription)
        #expect(address == (try EmailAddress("ada.lovelace+x@mail.example.com")))
        #expect(try EmailAddress("用户@xn--fsqu00a.xn--0zwm56d") != EmailAddress("用戶@xn--fsqu00a.xn--0zwm56d"))
    }

    // MARK: Voice

    @Test("a person may ask for a call, and for one after a text that never came; a fixed line gets nothing else")
    func voice() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let text = try await process.begin(.signUp, number)
        #expect(text.method == .sms)
        _ = try await process.code(number)
        deployment.clock.advance(by: .seconds(60))
        let call = try await process.service.resend(text.token, by: .voice, requester: TestProcess.requester())
        let code = try #require(try await process.code(number))
        #expect(call.token == text.token && deployment.inbox.items.map(\.channel) == [.sms, .voice])
        guard case .enrolled(let person) = try await process.complete(text, code) else { throw Unexpected("not enrolled") }
        #expect(try await process.tier(person) == .phone)

        let other = TestProcess.number(4)
        let called = try await process.service.begin(.signUp, number: other, region: nil, by: .voice, requester: TestProcess.requester())
        #expect(called.method == .voice)
        _ = try await process.code(other)
        #expect(deployment.inbox.items.last?.channel == .voice)
        deployment.clock.advance(by: .seconds(60))
        _ = try await process.service.resend(called.token, by: .sms, requester: TestProcess.requester())
        _ = try await process.code(other)
        #expect(deployment.inbox.items.last?.channel == .sms)

        let fixed = "+41446681800"
        let refused = await refusal {
            try await process.service.begin(.signUp, number: fixed, region: nil, by: .sms, requester: TestProcess.requester())
        }
        #expect(refused?.name == "identity.methodNotOffered")
        let line = try await process.begin(.signUp, fixed)
        #expect(line.method == .voice)
        deployment.clock.advance(by: .seconds(60))
        let again = await refusal { try await process.service.resend(line.token, by: .sms, requester: TestProcess.requester()) }
        #expect(again?.name == "identity.methodNotOffered")
        _ = try await process.service.resend(line.token, requester: TestProcess.requester())
        try await process.deliver()
        #expect(deployment.inbox.items.filter { $0.recipient == fixed }.map(\.channel) == [.voice, .voice])
    }

    // MARK: What a challenge can be answered with

    @Test("a challenge is answered by the method it was begun with and no other")
    func noOtherMethod() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        deployment.clock.advance(by: .seconds(3600))
        let text = try await process.begin(.stepUp(person), number)
        for answer in [VerificationAnswer.response([1, 2, 3]), .recoveryCode("XXXXX-XXXXX-XXXXX"), .guardianClaim("x")] {
            #expect(await refusal { try await process.complete(text, answer: answer) }?.name == "otp.malformedCode")
        }
        let passkey = try await process.begin(.stepUp(person), by: "passkey")
        #expect(await refusal { try await process.complete(passkey, answer: .code("123456")) }?.name == "otp.malformedCode")
        #expect(await refusal { try await process.complete(passkey, answer: .response(passkey.prompt)) }?.name == "otp.wrongCode")
        let another = try await process.begin(.stepUp(person), by: "passkey")
        #expect(await refusal { try await process.complete(passkey, answer: TestProcess.response(another)) }?.name == "otp.wrongCode")
        #expect(another.prompt != passkey.prompt)
        let resent = await refusal { try await process.service.resend(passkey.token, requester: TestProcess.requester()) }
        #expect(resent?.name == "otp.nothingToSend")
        // Another session has no such challenge.
        let stolen = await refusal { try await process.complete(passkey, answer: TestProcess.response(passkey), session: "thief") }
        #expect(stolen?.name == "otp.challengeNotFound")
        guard case .steppedUp(person, _) = try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict else {
            throw Unexpected("no step-up")
        }
    }

    @Test("answers to a host's method are paid for, end, are given back when right, and repeated")
    func paidFor() async throws {
        let deployment = try TestDeployment()
        let passkey = TestPasskey()
        let process = try await deployment.openForAll(passkey: passkey)
        let person = try await process.signUp(number)
        let receipt = try await process.begin(.stepUp(person, because: .payment), by: "passkey")
        #expect(passkey.asked.all == ["prompt \(person.rawValue) payment"])
        for left in (0..<5).reversed() {
            let wrong = await refusal { try await process.complete(receipt, answer: .response([UInt8(left)])) }
            #expect(wrong?.name == "otp.wrongCode" && wrong?.triesLeft == left)
        }
        let spent = await refusal { try await process.complete(receipt, answer: TestProcess.response(receipt)) }
        #expect(spent?.name == "otp.exhausted")
        #expect(passkey.asked.all.count == 6)

        let second = try await process.begin(.stepUp(person, because: .payment), by: "passkey")
        let attempt = process.attempt()
        let first = try await process.complete(second, answer: TestProcess.response(second), attempt: attempt)
        let repeated = try await process.complete(second, answer: TestProcess.response(second), attempt: attempt)
        #expect(first == repeated)
        guard case .steppedUp(_, let proof) = first.verdict else { throw Unexpected("no step-up") }
        #expect(proof.reason == .payment)
        let replay = await refusal { try await process.complete(second, answer: TestProcess.response(second)) }
        #expect(replay?.name == "otp.alreadyCompleted")
        // Forty right answers close nothing.
        for _ in 0..<40 {
            deployment.clock.advance(by: .seconds(600))
            _ = try await process.stepUp(person, byPasskeyFor: .payment)
        }
        // A lock on the number closes no other method.
        #expect(first.deviceToken == nil)
    }

    @Test("a number that strangers have locked still lets its owner in by another method")
    func lockLeavesOthersOpen() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number)
        deployment.clock.advance(by: .seconds(3600))
        var isClosed = false
        for _ in 0..<200 where !isClosed {
            deployment.clock.advance(by: .seconds(7_200))
            guard let receipt = try? await process.begin(.recovery, number, session: "stranger") else { continue }
            let wrong = TestProcess.wrong(try await process.code(number, digits: receipt.digits) ?? "123456")
            for _ in 0..<5 {
                let error = await refusal { try await process.complete(receipt, wrong, session: "stranger") }
                if error?.name == "otp.locked" { isClosed = true }
            }
        }
        #expect(isClosed)
        #expect(await refusal { try await process.begin(.recovery, number) }?.name == "otp.locked")
        _ = try await process.stepUp(person, byPasskeyFor: .payment)
        let passkey = try await process.begin(.recovery, by: "passkey", account: .number(number))
        #expect(try await process.complete(passkey, answer: TestProcess.response(passkey)).verdict == .recovered(person))
    }

    // MARK: Reasons

    @Test("the reason stands in the message, on the page and in the history, and what was shown is good for it alone")
    func reasons() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        for reason in StepUpReason.allCases {
            deployment.clock.advance(by: .seconds(86_400))
            let receipt = try await process.service.begin(
                .stepUp(person, because: reason), number: number, region: nil, requester: TestProcess.requester(), language: "de-CH")
            let code = try #require(try await process.code(number))
            let sentence = try #require(receipt.sentence)
            #expect(deployment.inbox.items.last?.text.contains(sentence) == true)
            #expect(sentence == ReasonSentences.sentence(for: reason, language: "de"))
            guard case .steppedUp(_, let proof) = try await process.complete(receipt, code) else { throw Unexpected("no step-up") }
            #expect(proof.reason == reason)
            let export = await refusal { try await process.service.export(person, proof: proof) }
            #expect(export?.name == (reason == .dataExport ? nil : "vault.orderRefused"))
            let app = await refusal {
                try await process.service.beginAuthenticator(
                    of: person, proof: proof, label: try AuthenticatorLabel(issuer: "Example", account: "ada"))
            }
            #expect(app?.name == ([.methodChange, .lostMethod].contains(reason) ? nil : "identity.proofMismatch"))
        }
        let proof = try await process.stepUp(person, number)
        let history = try #require(try await process.service.export(person, proof: proof).history)
        let reasons = history.filter { $0.action == .steppedUp }.compactMap { $0.details.first { $0.name == "reason" }?.value }
        #expect(reasons == StepUpReason.allCases.map { "\($0)" } + ["dataExport"])
        #expect(history.allSatisfy { $0.action != .steppedUp || $0.details.contains { $0.name == "method" && $0.value == "sms" } })
    }

    @Test("a resend tells the same reason, and a row whose reason was changed has another code")
    func reasonLasts() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        deployment.clock.advance(by: .seconds(3600))
        let receipt = try await process.begin(.stepUp(person, because: .numberChange), number)
        let first = try #require(try await process.code(number))
        deployment.clock.advance(by: .seconds(31))
        let again = try await process.service.resend(receipt.token, requester: TestProcess.requester())
        #expect(again.sentence == receipt.sentence && receipt.sentence != nil)
        #expect(try await process.code(number) == first)
        #expect(deployment.inbox.items.last?.text.contains("It changes your phone number.") == true)
    }

    @Test("a sensitive step-up takes no weaker method than the person has, and somebody with an address alone that one")
    func strongEnough() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll()
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        deployment.clock.advance(by: .seconds(3600))
        let proof = try await process.stepUp(person, number, because: .emailChange)
        guard case .emailChanged(person) = try await process.prove(.newEmail(person, proof), email: TestProcess.address).verdict else {
            throw Unexpected("no e-mail")
        }
        deployment.clock.advance(by: .seconds(3600))
        let weak = await refusal { try await process.begin(.stepUp(person, because: .payment), email: TestProcess.address) }
        #expect(weak?.name == "identity.methodTooWeak")
        // For a look at a sign-in it will do.
        _ = try await process.begin(.stepUp(person, because: .suspiciousSignIn), email: TestProcess.address)
        let other = try await process.signUp(email: "ben@example.com", consents: TestProcess.stepUps)
        deployment.clock.advance(by: .seconds(3600))
        let own = try await process.prove(.stepUp(other, because: .dataExport), email: "ben@example.com")
        guard case .steppedUp(other, let opened) = own.verdict else { throw Unexpected("no step-up") }
        #expect(try await process.service.export(other, proof: opened).history?.isEmpty == false)
        // An address that is not theirs is a decoy's.
        deployment.clock.advance(by: .seconds(3600))
        let decoy = try await process.begin(.stepUp(other, because: .dataExport), email: TestProcess.address)
        #expect(try await process.deliver() == (0, 1))
        #expect(await refusal { try await process.complete(decoy, "123456") }?.name == "otp.wrongCode")
    }

    @Test("a reason that covers others demands what the strictest of them does, and a call is sent again only where calls are offered")
    func strictest() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.openForAll { policy in
            policy.methods.stepUp[.numberChange] = .possession
            policy.methods.signUp = [.sms, "passkey"]
        }
        let person = try await process.signUp(number, consents: TestProcess.stepUps)
        _ = try await process.stepUp(person, byPasskeyFor: .payment)
        deployment.clock.advance(by: .seconds(3600))
        for reason in [StepUpReason.numberChange, .lostMethod] {
            #expect(await refusal { try await process.begin(.stepUp(person, because: reason), number) }?.name == "identity.methodTooWeak")
        }
        _ = try await process.begin(.stepUp(person, because: .payment), number)
        let text = try await process.begin(.signUp, TestProcess.number(4))
        deployment.clock.advance(by: .seconds(60))
        let call = await refusal { try await process.service.resend(text.token, by: .voice, requester: TestProcess.requester()) }
        #expect(call?.name == "identity.methodNotOffered")
    }

    // MARK: Tiers

    @Test(
        "tiers are computed from what was completed",
        arguments: [
            ([], .unverified), ([.email], .alternative), (["passkey"], .alternative), ([.recoveryCode], .alternative), ([.sms], .phone),
            ([.voice], .phone),
            ([.sms, .email], .phone), ([.sms, .authenticatorApp], .phoneWithStepUp), (["passkey", .voice], .phoneWithStepUp),
            ([.sms, .recoveryCode], .phoneWithStepUp), ([.guardian], .supervisedMinor),
            ([.sms, .authenticatorApp, .guardian], .supervisedMinor),
        ] as [([MethodKind], VerificationTier)])
    func tiers(_ kinds: [MethodKind], _ tier: VerificationTier) {
        let assurances: [MethodKind: Assurance] = [
            .sms: .restricted, .voice: .restricted, .authenticatorApp: .possession, .recoveryCode: .possession,
            "passkey": .phishingResistant,
        ]
        #expect(VerificationTier(of: kinds.map { CompletedMethod($0, assurances[$0] ?? .vouched, at: .init(milliseconds: 0)) }) == tier)
    }
}
