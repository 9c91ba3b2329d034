import CryptoPrimitives
import IdentityTypes
import Messaging
import PhoneNormalization
import RecordStorage
import SealedStore
import Synchronization
import Testing

@testable import OTPEngine
@testable import PhoneIdentity

/// A person's authenticator app, which a test reads.
struct TestApp: Sendable {
    let secret: [UInt8]
    let recoveryCodes: [String]

    /// - Parameter steps: of 30 seconds, from now.
    func code(at time: Timestamp, steps: Int64 = 0) -> String {
        let step = UInt64(Int64(AuthenticatorParameters.step(at: time)) + steps)
        return AuthenticatorParameters.standard.code(of: SecretBytes(copying: secret), at: step)
            .withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    func wrong(at time: Timestamp) -> String {
        let right = (-1...1).map { code(at: time, steps: $0) }
        var value = 0
        while right.contains(Self.digits(value)) { value += 1 }
        return Self.digits(value)
    }

    private static func digits(_ value: Int) -> String { String(repeating: "0", count: 5) + String(value) }
}

/// A method of a host's own: whoever signs the challenge's nonce with the person's word is in.
struct TestPasskey: VerificationMethod {
    let kind: MethodKind = "passkey"
    let assurance = Assurance.phishingResistant
    /// Questions in the order they came, and whether they named somebody.
    let asked = TestLog()
    let personas = TestLog()
    var answersCanBeGuessed = false

    func prompt(for question: MethodQuestion) async throws(OTPError) -> [UInt8] {
        asked.add("prompt \(question.person?.rawValue ?? "nobody") \(question.reason.map { "\($0)" } ?? "-")")
        personas.add(Hexadecimal.encode(question.persona))
        return question.nonce
    }

    func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        asked.add("check \(question.person?.rawValue ?? "nobody")")
        guard case .response(let bytes) = answer else { throw OTPError(.malformedCode, "This is no passkey's answer.") }
        return bytes == question.nonce.reversed() ? .right : .wrong
    }
}

final class TestLog: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// Takes notices, and refuses the first of them as often as it is told to.
final class TestNotices: NoticeHandler {
    private let taken = Mutex<[AccountNotice]>([])
    let refusals = Mutex(0)
    var all: [AccountNotice] { taken.withLock { $0 } }

    func notify(_ notice: AccountNotice) async throws {
        let isRefused = refusals.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if isRefused { throw Unexpected("not now") }
        taken.withLock { $0.append(notice) }
    }
}

/// Outside services that a test scripts.
final class TestChecks: CarrierLookup, SIMSwapCheck, ReassignmentCheck, HumanCheck {
    struct Answers: Sendable {
        var line: NumberType?
        var simChange: Timestamp?
        var wasReassigned: Bool?
        var isHuman = false
        var fails = false
    }
    let answers = Mutex(Answers())
    let asked = TestLog()

    private func answer<Value>(_ name: String, _ value: (Answers) -> Value) throws -> Value {
        asked.add(name)
        let answers = answers.withLock { $0 }
        if answers.fails { throw Unexpected("the service is down") }
        return value(answers)
    }
    func lineType(of number: borrowing GuardedNumber) async throws -> NumberType? { try answer("carrier") { $0.line } }
    func lastChange(of number: borrowing GuardedNumber) async throws -> Timestamp? { try answer("sim") { $0.simChange } }
    func wasReassigned(_ number: borrowing GuardedNumber, since time: Timestamp) async throws -> Bool? {
        try answer("reassigned") { $0.wasReassigned }
    }
    func isGood(_ response: String, from network: String?) async throws -> Bool { try answer("human \(response)") { $0.isHuman } }

    var all: NumberChecks {
        var checks = NumberChecks()
        (checks.carrier, checks.simSwap, checks.reassignment, checks.human) = (self, self, self, self)
        return checks
    }
}

extension TestDeployment {
    /// Starts a process in which people may sign up with every method.
    func openForAll(
        notices: TestNotices? = nil, checks: TestChecks? = nil, passkey: TestPasskey = TestPasskey(),
        policy change: (inout IdentityPolicy) -> Void = { _ in }
    ) async throws -> TestProcess {
        var policy = Self.policy
        policy.methods.signUp = [.sms, .voice, .email, .guardian, passkey.kind]
        policy.methods.recovery.insert(passkey.kind)
        change(&policy)
        var environment = try environment(policy: policy)
        environment.methods = [passkey]
        environment.notices = notices
        if let checks { environment.checks = checks.all }
        return TestProcess(deployment: self, service: try await IdentityService.open(environment))
    }
}

extension TestProcess {
    static let address = "ada@example.com"
    static let stepUps = [decision(.stepUpVerification)]

    func begin(_ occasion: Occasion, email: String, session: String = "session") async throws(IdentityError) -> ChallengeReceipt {
        deployment.keepSecret(email)
        return try await service.begin(occasion, email: try EmailAddress(email), requester: Self.requester(session))
    }

    func begin(
        _ occasion: Occasion, by method: MethodKind, account: AccountName? = nil, session: String = "session", device: DeviceToken? = nil,
        signedIn: Pseudonym? = nil, network: String? = nil
    ) async throws(IdentityError) -> ChallengeReceipt {
        var requester = Self.requester(session, network: network)
        (requester.deviceToken, requester.pseudonym) = (device?.text, signedIn)
        return try await service.begin(occasion, by: method, account: account, requester: requester)
    }

    func complete(
        _ receipt: ChallengeReceipt, answer: VerificationAnswer, attempt: AttemptID? = nil, session: String = "session"
    ) async throws(IdentityError) -> CompletedChallenge {
        try await service.complete(
            receipt.token, answer: answer, attempt: attempt ?? self.attempt(), requester: Self.requester(session))
    }

    func prove(_ occasion: Occasion, email: String, consents: [ConsentDecision] = []) async throws -> CompletedChallenge {
        let receipt = try await begin(occasion, email: email)
        guard let code = try await code(email.lowercased()) else { throw Unexpected("no e-mail arrived") }
        return try await service.complete(
            receipt.token, code: code, attempt: attempt(), requester: Self.requester(), consents: consents)
    }

    func signUp(email: String, consents: [ConsentDecision] = []) async throws -> Pseudonym {
        guard case .enrolled(let person) = try await prove(.signUp, email: email, consents: consents).verdict else {
            throw Unexpected("not enrolled")
        }
        return person
    }

    /// A passkey's right answer.
    static func response(_ receipt: ChallengeReceipt) -> VerificationAnswer { .response(receipt.prompt.reversed()) }

    func stepUp(_ person: Pseudonym, byPasskeyFor reason: StepUpReason) async throws -> StepUpProof {
        let receipt = try await begin(.stepUp(person, because: reason), by: "passkey")
        guard case .steppedUp(person, let proof) = try await complete(receipt, answer: Self.response(receipt)).verdict else {
            throw Unexpected("no step-up")
        }
        return proof
    }

    /// Sets an app up.
    func setUpApp(_ person: Pseudonym, proof: StepUpProof) async throws -> TestApp {
        let enrolment = try await service.beginAuthenticator(
            of: person, proof: proof, label: try AuthenticatorLabel(issuer: "Example", account: "ada"))
        let text = enrolment.withTypedSecret { String(decoding: $0, as: UTF8.self) }.lowercased().filter { $0 != " " }
        guard let secret = Base32.decode(Substring(text)) else { throw Unexpected("no secret") }
        let app = TestApp(secret: secret, recoveryCodes: [])
        let code = app.code(at: clock.now())
        guard let codes = try await service.completeAuthenticator(of: person, code: code, attempt: attempt()) else {
            throw Unexpected("no recovery codes")
        }
        let shown = (0..<RecoveryCodes.count).map { codes.withCode($0) { String(decoding: $0, as: UTF8.self) } }
        for code in shown { deployment.keepSecret(code) }
        clock.advance(by: .seconds(30))
        return TestApp(secret: secret, recoveryCodes: shown)
    }

    /// What an auditor reads of a person's history, with the details of each entry.
    func tier(_ person: Pseudonym) async throws -> VerificationTier { try await service.standing(of: person).tier }

    /// The number that a sender finds.
    func opened(_ subject: SubjectID) async throws -> String {
        let person = try await service.directory.revealSubject(subject)
        let grant = Grant<Purposes.SecurityAlert>(
            token: Purposes.SecurityAlert.token, id: deployment.random.bytes(16), subject: subject, basis: .hostAssertion,
            expiresAt: deployment.clock.now() + .seconds(60))
        let order = service.vault.order(to: person, template: "new-device", grant: grant)
        grant.spend()
        let recipient = NotingRecipient()
        let keyService = try #require(service.environment.keyService as? LocalKeyService)
        try await LocalSender(
            store: service.store, keyring: deployment.keyrings.sender, keyService: keyService, recipient: recipient
        ).send(order)
        return recipient.numbers.all.last ?? ""
    }
}

private struct NotingRecipient: NumberRecipient {
    let numbers = TestLog()
    func check(_ order: DispatchOrder) throws(VaultError) {}
    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError) {
        numbers.add(number.withDigits { String(decoding: $0, as: UTF8.self) })
    }
}
