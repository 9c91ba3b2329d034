import AuditLog
import CryptoPrimitives
import Foundation
import IdentityTypes
import Messaging
import OTPEngine
import PhoneIdentity
import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Synchronization

/// Keeps the code of the last message to each number.
final class CodeKeeper: MessageTransport {
    let name = "kept"
    let capabilities = TransportCapabilities(channels: [.sms])
    private let texts = Mutex<[String: String]>([:])

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let content = message.withContent { content in
            (String(decoding: content.recipient, as: UTF8.self), String(decoding: content.text, as: UTF8.self))
        }
        guard let (number, text) = content else { throw TransportError(.refused, "The message was wiped.") }
        texts.withLock { $0["+" + number] = text }
        return MessageReceipt(route: name, gatewayIDs: ["kept"])
    }

    func code(_ number: String) -> String? { texts.withLock { $0[number] }.flatMap { DevelopmentInbox.code(in: $0) } }
}

/// A service on stores in memory, with people whose numbers it knows and as many whose it does not, all with the same past.
final class Bench: Sendable {
    static let people = 100
    let clock = ManualTimeSource()
    let keeper = CodeKeeper()
    let service: IdentityService
    let directory: String
    let random = SystemRandomSource()
    let requester = Requester(session: Array("session".utf8))

    static func known(_ index: Int) -> String { "+41781\(String(format: "%06d", index * 7_919 % 1_000_000))" }
    static func unknown(_ index: Int) -> String { "+41792\(String(format: "%06d", index * 6_007 % 1_000_000))" }

    init() async throws {
        directory = NSTemporaryDirectory() + "timing-" + UUID().uuidString
        let keyrings = try KeyringCeremony(origin: "example.com/timing").keyrings(deployment: DeploymentID(random: random), random: random)
        let keyService = LocalKeyService(
            store: InMemoryRecordStore(), keyring: keyrings.keyService, time: clock, random: random,
            forgetOldPages: { () throws(StorageError) in true })
        var policy = IdentityPolicy(template: CodeTemplate(brand: "Timing"))
        policy.abuse = .forNumbersOfTests
        policy.queueCapacity = 1_000_000
        var sends = SendPolicy()
        (sends.coolDown, sends.longestCoolDown, sends.hourlyLimit, sends.dailyLimit) = (.seconds(1), .seconds(1), 60, 200)
        policy.challenges = try ChallengePolicy(sends: sends)
        service = try await IdentityService.open(
            IdentityEnvironment(
                identityStore: InMemoryRecordStore(), forgetOldPages: { () throws(StorageError) in true }, keyring: keyrings.host,
                keyService: keyService, tagEvaluator: keyService, transport: keeper,
                log: .init(
                    signer: try LogSigner(name: keyrings.log.origin, seed: keyrings.log.seed, heads: InMemorySignerHeadStore()),
                    tiles: DirectoryTileStore(directory: directory)),
                time: clock, policy: policy))
        try await enrol()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Sets an app up for everybody who is known, so that they have recovery codes.
    func setUpApps() async throws {
        let label = try AuthenticatorLabel(issuer: "Timing", account: "timing")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [service] in await service.run() }
            for index in 0..<Self.people {
                clock.advance(by: .seconds(2))
                let number = Self.known(index)
                let old = keeper.code(number)
                let receipt = try await service.begin(.recovery, number: number, region: nil, requester: requester)
                while keeper.code(number) == old { await Task.yield() }
                let completed = try await service.complete(
                    receipt.token, code: keeper.code(number)!, attempt: AttemptID(random: random), requester: requester)
                guard case .recovered(let person) = completed.verdict, let proof = completed.proof else { preconditionFailure("Let in.") }
                let app = try await service.beginAuthenticator(of: person, proof: proof, label: label)
                let text = app.withTypedSecret { String(decoding: $0, as: UTF8.self) }.lowercased().filter { $0 != " " }
                let code = Self.appCode(Base32.decode(Substring(text))!, at: clock.now())
                let codes = try await service.completeAuthenticator(of: person, code: code, attempt: AttemptID(random: random))
                precondition(codes != nil, "An app was set up.")
            }
            group.cancelAll()
        }
    }

    /// What an authenticator app shows. Source: RFC 6238.
    private static func appCode(_ secret: [UInt8], at time: Timestamp) -> String {
        let step = withUnsafeBytes(of: UInt64(time.seconds / 30).bigEndian) { Array($0) }
        let code = HMACSHA1.authenticate(step, key: SecretBytes(copying: secret)).withUnsafeBytes { bytes in
            let offset = Int(bytes[19] & 15)
            return bytes[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        }
        return String(format: "%06d", code % 1_000_000)
    }

    /// Everybody asks for a code; those who are to be known type it.
    private func enrol() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [service] in await service.run() }
            for index in 0..<Self.people {
                _ = try await service.begin(.signUp, number: Self.unknown(index), region: nil, requester: requester)
                let number = Self.known(index)
                let receipt = try await service.begin(.signUp, number: number, region: nil, requester: requester)
                while keeper.code(number) == nil { await Task.yield() }
                _ = try await service.complete(
                    receipt.token, code: keeper.code(number)!, attempt: AttemptID(random: random), requester: requester)
            }
            group.cancelAll()
        }
        // Past challenges go, for both alike.
        clock.advance(by: .seconds(7_200))
        try await service.sweep()
    }
}

/// An engine alone, over a store in memory.
struct EngineBench {
    let clock = ManualTimeSource()
    let random = SystemRandomSource()
    let engine: ChallengeEngine
    let requester = Requester(session: Array("session".utf8))

    struct NoRecorder: EventRecorder {
        func record(_ events: [AuditEvent], in commit: inout StagedCommit) {}
        func acknowledged(_ events: [[UInt8]]) async throws(StorageError) {}
    }

    init() throws {
        func key() -> SecretBytes { SecretBytes(random: SystemRandomSource()) }
        engine = try ChallengeEngine(
            store: InMemoryRecordStore(), deployment: DeploymentID(random: random), time: clock, recorder: NoRecorder(),
            codeKeys: RootKeys(current: RootKey(id: 1, secret: key())), tokenKeys: RootKeys(current: RootKey(id: 1, secret: key())),
            budgetKey: BudgetKey(secret: key()), abuse: .forNumbersOfTests)
    }

    /// A challenge of a number that had none before.
    func begin() async throws -> BegunChallenge {
        try await engine.begin(
            .verification, tag: BudgetTag(bytes: random.bytes(32))!, requester: requester, sealing: SecretBytes(copying: random.bytes(68)))
    }

    /// The code, with some of its digits one higher.
    func code(of challenge: BegunChallenge, wrongAt places: [Int]) throws -> SubmittedCode {
        var digits = challenge.code().withUnsafeBytes { Array($0) }
        for place in places { digits[place] = 0x30 + (digits[place] - 0x30 + 1) % 10 }
        return try SubmittedCode(utf8: digits)
    }

    /// - Returns: whether the code was right.
    func pay(_ challenge: BegunChallenge, _ code: SubmittedCode, _ attempt: AttemptID) async -> Bool {
        do {
            _ = try await engine.pay(challenge.token, code: code, attempt: attempt, requester: requester)
            return true
        } catch {
            precondition(error.code == .wrongCode, "Every guess here is paid and compared.")
            return false
        }
    }
}
