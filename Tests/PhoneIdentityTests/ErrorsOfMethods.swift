import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

extension ErrorBench {
    /// A process of this deployment in which every method is offered.
    fileprivate func forAll(checks: TestChecks? = nil) async throws -> TestProcess { try await deployment.openForAll(checks: checks) }

    /// An enrolled person with an app, and a process that offers everything.
    fileprivate func withApp() async throws -> (TestProcess, Pseudonym, TestApp) {
        let (process, person) = (try await forAll(), try await person())
        let app = try await process.setUpApp(person, proof: try await process.stepUp(person, Self.number, because: .methodChange))
        return (process, person, app)
    }
}

extension Provocation {
    static let methods: [Provocation] = [
        Provocation("identity.emailNotValid", "a word") { bench in try await bench.refused { try EmailAddress("ada") } },
        Provocation("identity.methodNotOffered", "a sign-up by e-mail where that is not offered") { bench in
            try await bench.refused { try await bench.process.begin(.signUp, email: TestProcess.address) }
        },
        Provocation("identity.methodNotOffered", "an app's code on a device that nobody knows") { bench in
            _ = try await bench.person()
            return try await bench.refused {
                try await bench.process.begin(.recovery, by: .authenticatorApp, account: .number(ErrorBench.number))
            }
        },
        Provocation("identity.methodTooWeak", "an address where a number was shown") { bench in
            let process = try await bench.forAll()
            let person = try await bench.person()
            return try await bench.refused { try await process.begin(.stepUp(person, because: .payment), email: TestProcess.address) }
        },
        Provocation("identity.alreadyClaimed", "another account's number", writes: "the code is spent") { bench in
            let person = try await bench.person()
            _ = try await bench.process.signUp(ErrorBench.other)
            let proof = try await bench.process.stepUp(person, ErrorBench.number, because: .numberChange)
            let receipt = try await bench.process.begin(.newNumber(person, proof), ErrorBench.other)
            guard let code = try await bench.process.code(ErrorBench.other) else { throw Unexpected("no code") }
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("identity.simChanged", "a step-up on a new SIM card", writes: "the guess is paid") { bench in
            let checks = TestChecks()
            let process = try await bench.forAll(checks: checks)
            let person = try await bench.person()
            bench.deployment.clock.advance(by: .seconds(3_600))
            checks.answers.withLock { $0.simChange = bench.deployment.clock.now() }
            let receipt = try await process.begin(.stepUp(person), ErrorBench.number)
            guard let code = try await process.code(ErrorBench.number) else { throw Unexpected("no code") }
            return try await bench.refused { try await process.complete(receipt, code) }
        },
        Provocation("identity.guardianRefused", "somebody without a number") { bench in
            let process = try await bench.forAll()
            let person = try await process.signUp(email: TestProcess.address)
            let proof = try await process.stepUp(person, byPasskeyFor: .guardianApproval)
            let request = try await process.service.requestGuardian(by: TestProcess.requester())
            return try await bench.refused {
                try await process.service.answer(
                    guardianInvitation: request.invitation, to: .signUp, as: person, proof: proof, approving: true)
            }
        },
        Provocation("identity.proofMismatch", "a proof of a step-up for something else") { bench in
            let person = try await bench.person()
            let proof = try await bench.process.stepUp(person, ErrorBench.number, because: .payment)
            return try await bench.refused { try await bench.process.begin(.newNumber(person, proof), ErrorBench.other) }
        },
        Provocation("otp.invitationInvalid", "a claim that was never made") { bench in
            try await bench.refused { try await bench.service.guardianAnswer(claim: String(repeating: "A", count: 43)) }
        },
        Provocation("otp.nothingToSend", "a passkey's challenge sent again") { bench in
            let process = try await bench.forAll()
            let receipt = try await process.begin(.signUp, by: "passkey")
            return try await bench.refused { try await process.service.resend(receipt.token, requester: TestProcess.requester()) }
        },
        Provocation("otp.proofInvalid", "a CAPTCHA's answer that nobody judges") { bench in
            var requester = TestProcess.requester()
            requester.proof = .response("person")
            return try await bench.refused {
                try await bench.service.begin(.signUp, number: ErrorBench.number, region: nil, requester: requester)
            }
        },
        Provocation("identity.methodNotOffered", "a step-up by an app that is not there") { bench in
            let process = try await bench.forAll()
            let person = try await bench.person()
            return try await bench.refused { try await process.begin(.stepUp(person), by: .authenticatorApp) }
        },
        Provocation("otp.authenticatorNotFound", "the first code of an app that nobody is setting up") { bench in
            let person = try await bench.person()
            return try await bench.refused {
                try await bench.service.completeAuthenticator(of: person, code: "123456", attempt: bench.process.attempt())
            }
        },
        Provocation("otp.codeUsed", "an app's code a second time", writes: "the guess is paid") { bench in
            let (process, person, app) = try await bench.withApp()
            let code = app.code(at: bench.deployment.clock.now())
            let first = try await process.begin(.stepUp(person), by: .authenticatorApp)
            _ = try await process.complete(first, answer: .code(code))
            let second = try await process.begin(.stepUp(person), by: .authenticatorApp)
            return try await bench.refused { try await process.complete(second, answer: .code(code)) }
        },
        Provocation("otp.authenticatorKeyUnknown", "an app sealed under a key that was replaced and forgotten") { bench in
            let (process, person, app) = try await bench.withApp()
            let other = AuthenticatorEngine(
                store: process.service.store, deployment: bench.deployment.keyrings.host.deployment, time: bench.deployment.clock,
                recorder: process.service.outbox, keys: RootKeys(current: RootKey(id: 9, secret: .init(random: bench.deployment.random))))
            let subject = try #require(try await process.service.pseudonyms.subject(of: person))
            let (enrolment, _) = try #require(try await process.service.enrolment(of: subject))
            return try await bench.refused {
                try await other.pay(
                    .code(try SubmittedCode(app.code(at: bench.deployment.clock.now()))), of: enrolment.audit,
                    attempt: process.attempt())
            }
        },
        Provocation("otp.labelInvalid", "an issuer with a colon") { bench in
            try await bench.refused { try AuthenticatorLabel(issuer: "a:b", account: "ada") }
        },
    ]
}
