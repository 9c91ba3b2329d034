import AuditLog
import ConsentLedger
import CryptoPrimitives
import Foundation
import IdentityTypes
import Messaging
import OTPEngine
import PhoneIdentityTesting
import RecordStorage
import SQLiteStorage
import SealedStore
import Testing

@testable import PhoneIdentity

/// A whole deployment in a directory of its own, with a clock moved by hand and messages that stay here.
final class TestService: Sendable {
    let directory: String
    let service: IdentityService
    let environment: IdentityEnvironment
    let inbox = DevelopmentInbox()
    let time = ManualTimeSource()
    let random = SystemRandomSource()
    let identityStore: any RecordStore
    let keyStore: any RecordStore

    init(
        identityStore: any RecordStore = InMemoryRecordStore(), keyStore: any RecordStore = InMemoryRecordStore(),
        policy: IdentityPolicy = IdentityPolicy(template: CodeTemplate(brand: "Example")), directory given: String? = nil
    ) async throws {
        let directory = given ?? NSTemporaryDirectory() + "phone-identity-" + UUID().uuidString
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let passphrase = KeyringPassphrase(SecretBytes(copying: Array("correct horse".utf8)))
        if !FileManager.default.fileExists(atPath: directory + "/host.keyring") {
            try KeyringCeremony(origin: "example.com/test", work: .testing).perform(
                directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
        }
        let keyService = LocalKeyService(
            store: keyStore, keyring: try KeyServiceKeyring(path: directory + "/keyservice.keyring", passphrase: passphrase), time: time,
            forgetOldPages: { true })
        environment = IdentityEnvironment(
            identityStore: identityStore, forgetOldPages: { true },
            keyring: try HostKeyring(path: directory + "/host.keyring", passphrase: passphrase), keyService: keyService,
            tagEvaluator: keyService, transport: inbox,
            log: try IdentityEnvironment.Log(
                directory: directory + "/log", head: directory + "/log.head",
                keyring: try LogKeyring(path: directory + "/log.keyring", passphrase: passphrase)),
            time: time, policy: policy)
        self.identityStore = identityStore
        self.keyStore = keyStore
        service = try await IdentityService.open(environment)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Runs `body` while the service's running parts run.
    func running<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.service.run() }
            let value = try await body()
            group.cancelAll()
            return value
        }
    }

    let requester = Requester(session: [1, 2, 3])

    /// The code that the message to `number` holds.
    func code(_ number: String, digits: Int = 6) async throws -> String {
        let item = try #require(await inbox.take(for: number))
        return try #require(DevelopmentInbox.code(in: item.text, digits: digits))
    }

    func complete(_ occasion: Occasion, _ number: String, consents: [ConsentDecision] = []) async throws -> Verdict {
        let receipt = try await service.begin(occasion, number: number, region: nil, requester: requester)
        return try await service.complete(
            receipt.token, code: try await code(number), attempt: AttemptID(random: random), requester: requester, consents: consents)
    }

    func signUp(_ number: String, consents: [ConsentDecision] = []) async throws -> Pseudonym {
        guard case .enrolled(let pseudonym) = try await complete(.signUp, number, consents: consents) else {
            throw IdentityError(.busy, "The number is enrolled already.")
        }
        return pseudonym
    }

    static func decision(_ purpose: PurposeCode, _ isGiven: Bool = true) -> ConsentDecision {
        ConsentDecision(
            purpose, isGiven: isGiven, notice: Notice(id: "n-\(purpose.rawValue)", version: "1", language: "en", text: "May we?"),
            method: .signUpForm)
    }
}

@Suite("The way of a number")
struct FlowTests {
    @Test func aNumberSignsUpOnceAndItsOwnerComesBack() async throws {
        let test = try await TestService()
        try await test.running {
            let pseudonym = try await test.signUp("+41446681800", consents: [TestService.decision(.stepUpVerification)])
            test.time.advance(by: .seconds(3600))
            #expect(try await test.complete(.signUp, "+41446681800") == .alreadyEnrolled(pseudonym))
            try await test.service.acknowledge(pseudonym)
            test.time.advance(by: .seconds(3600))
            #expect(try await test.complete(.signUp, "+41446681800") == .alreadyEnrolled(nil))
            test.time.advance(by: .seconds(3600))
            #expect(try await test.complete(.recovery, "+41446681800") == .recovered(pseudonym))
            test.time.advance(by: .seconds(3600))
            guard case .steppedUp(pseudonym, let proof) = try await test.complete(.stepUp(pseudonym), "+41446681800") else {
                Issue.record("no step-up")
                return
            }
            let export = try await test.service.export(pseudonym, proof: proof, number: "044 668 18 00", region: "CH")
            #expect(export.number == "+41446681800")
            #expect(export.region == "CH")
            #expect(export.history?.map(\.action).contains(.enrolled) == true)
            #expect(export.consents.map(\.purpose) == [.stepUpVerification])
            try await test.service.withdraw(.stepUpVerification, for: pseudonym)
            await #expect(throws: IdentityError.self) { try await test.complete(.stepUp(pseudonym), "+41446681800") }
            try await test.service.erase(pseudonym)
            await #expect(throws: IdentityError.self) { try await test.service.consents(of: pseudonym) }
            test.time.advance(by: .seconds(3600))
            let again = try await test.signUp("+41446681800")
            #expect(again != pseudonym)
        }
    }
}
