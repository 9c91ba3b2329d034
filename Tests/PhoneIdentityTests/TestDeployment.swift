import AuditLog
import ConsentLedger
import CryptoPrimitives
import Foundation
import IdentityTypes
import Messaging
import OTPEngine
import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Synchronization

@testable import PhoneIdentity

/// A clock that only a test moves. Sleeping lets others run, or really sleeps beside running parts.
final class TestClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_795_478_400_000))
    private let short = Mutex(Duration.zero)
    private let sleeps: Bool

    init(sleeps: Bool = false) {
        self.sleeps = sleeps
    }

    func now() -> Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

    func sleep(for duration: Duration) async throws(CancellationError) {
        guard sleeps else {
            await Task.yield()
            if Task.isCancelled { throw CancellationError() }
            return
        }
        try await SystemTimeSource().sleep(for: duration)
        if duration < .seconds(1) { short.withLock { $0 += duration } }
    }

    /// All sleeps of less than a second: how far the sequencer, which polls, has come, however slow the machine is.
    var polled: Duration { short.withLock { $0 } }
}

/// A log's files in memory, and when each checkpoint came.
final class MemoryTiles: TileStore {
    private let files = Mutex<[String: [UInt8]]>([:])
    private let moments = Mutex<[(size: UInt64, at: Duration)]>([])
    private let clock: TestClock

    init(_ clock: TestClock = TestClock()) { self.clock = clock }

    var all: [String: [UInt8]] {
        get { files.withLock { $0 } }
        set { files.withLock { $0 = newValue } }
    }
    /// The size of each checkpoint, and how long the sequencer had polled then.
    var checkpoints: [(size: UInt64, at: Duration)] { moments.withLock { $0 } }

    func contents(of path: String) async throws(AuditError) -> [UInt8]? { files.withLock { $0[path] } }
    func write(_ bytes: [UInt8], to path: String) async throws(AuditError) {
        files.withLock { $0[path] = bytes }
        guard path == TilePath.checkpoint else { return }
        let size = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().first.flatMap { UInt64($0) }
        moments.withLock { $0.append((size ?? 0, clock.polled)) }
    }
    func removePartials(of tile: TilePath) async throws(AuditError) {}
}

/// Everything that was observed.
final class Observations: Observer {
    private let seen = Mutex<[Observation]>([])
    var all: [Observation] { seen.withLock { $0 } }
    func observe(_ observation: Observation) { seen.withLock { $0.append(observation) } }
}

/// The keyrings of one deployment, in a directory of their own, gone with them.
final class TestKeyrings: Sendable {
    static let passphrase = "correct horse battery"
    let directory: String
    let host: HostKeyring
    let keyService: KeyServiceKeyring
    let sender: SenderKeyring
    let log: LogKeyring

    /// - Parameter set: keyrings that are in no file, instead of new ones.
    init(_ set: KeyringSet? = nil) throws {
        directory = NSTemporaryDirectory() + "phone-identity-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if let set {
            (host, keyService, sender, log) = (set.host, set.keyService, set.sender, set.log)
            return
        }
        let (random, passphrase) = (SystemRandomSource(), KeyringPassphrase(Self.passphrase))
        try KeyringCeremony(origin: "example.com/test", work: .testing).perform(
            directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
        host = try HostKeyring(path: directory + "/host.keyring", passphrase: passphrase)
        keyService = try KeyServiceKeyring(path: directory + "/keyservice.keyring", passphrase: passphrase)
        sender = try SenderKeyring(path: directory + "/sender.keyring", passphrase: passphrase)
        log = try LogKeyring(path: directory + "/log.keyring", passphrase: passphrase)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }
}

/// What lasts of one deployment: two stores, keyrings, clock, log, and the phones of people. Processes come and go over it.
final class TestDeployment: Sendable {
    let keyrings: TestKeyrings
    let lifeline = Lifeline()
    let identity: ProbeStore
    let keys: ProbeStore
    let clock: TestClock
    let random = SystemRandomSource()
    let tiles: MemoryTiles
    let heads = InMemorySignerHeadStore()
    let inbox = DevelopmentInbox()
    let observations = Observations()
    /// Whether older pages of the stores are gone when asked.
    let isForgotten = Mutex(true)
    private let secrets = Mutex<Set<String>>([])
    /// Who may open numbers.
    let custody: SimulatedCustody?

    init(clock: TestClock = TestClock(), custody: SimulatedCustody? = nil, keyrings: KeyringSet? = nil) throws {
        self.custody = custody
        self.keyrings = try TestKeyrings(keyrings ?? custody?.keyrings)
        identity = ProbeStore(lifeline)
        keys = ProbeStore(lifeline)
        self.clock = clock
        tiles = MemoryTiles(clock)
    }

    static var policy: IdentityPolicy {
        var policy = IdentityPolicy(template: CodeTemplate(brand: "Example"))
        policy.abuse = .forNumbersOfTests
        return policy
    }

    func environment(
        policy: IdentityPolicy = TestDeployment.policy, transport: (any MessageTransport)? = nil, budget: LocalKeyService.Budget = .init()
    ) throws -> IdentityEnvironment {
        let forget: @Sendable () async throws(StorageError) -> Bool = { [self] in isForgotten.withLock { $0 } }
        let signer = try LogSigner(name: keyrings.log.origin, seed: keyrings.log.seed, heads: heads)
        let keyService = LocalKeyService(
            store: keys, keyring: keyrings.keyService, budget: budget, log: signer.key, time: clock, random: random, forgetOldPages: forget)
        return IdentityEnvironment(
            identityStore: identity, forgetOldPages: forget, keyring: keyrings.host,
            roster: try custody.map { try Roster($0.roster, custodians: $0.custodians) }, keyService: keyService, tagEvaluator: keyService,
            transport: transport ?? inbox,
            log: .init(signer: signer, tiles: tiles),
            observer: observations, time: clock, random: random, policy: policy)
    }

    /// Starts a process.
    func open(_ policy: IdentityPolicy = TestDeployment.policy, transport: (any MessageTransport)? = nil) async throws -> TestProcess {
        TestProcess(
            deployment: self, service: try await IdentityService.open(try environment(policy: policy, transport: transport)))
    }

    /// Notes what no error may say.
    func keepSecret(_ texts: String...) { secrets.withLock { $0.formUnion(texts.filter { !$0.isEmpty }) } }
    var allSecrets: Set<String> { secrets.withLock { $0 } }

    /// Every row of both stores.
    func rows() async throws -> [StoredRecord] { try await identity.rows() + keys.rows() }

    /// The entries of the log, after whatever waits was put into it and the whole log was verified.
    func entries(_ process: TestProcess) async throws -> [AuditLeaf] {
        let (service, log) = (process.service, process.service.environment.log)
        try await Self.sequence(service.store, service.outbox, log, clock)
        guard try await identity.rows("outbox").isEmpty else { throw Unexpected("entries wait that the sequencer should have taken") }
        return try await verifiedEntries()
    }

    private static func sequence(
        _ store: some RecordStore, _ outbox: AuditOutbox, _ log: IdentityEnvironment.Log, _ clock: TestClock
    ) async throws {
        // No lease: it would keep the next round's sequencer away for as long as the clock stands still.
        var policy = log.sequencer
        policy.lease = .zero
        func run(_ tiles: some TileStore) async throws {
            try await LogSequencer(store: store, outbox: outbox, signer: log.signer, tiles: tiles, policy: policy, time: clock).sequence()
        }
        try await run(log.tiles)
    }

    func verifiedEntries() async throws -> [AuditLeaf] {
        let key = try LogSigner(name: keyrings.log.origin, seed: keyrings.log.seed, heads: heads).key
        let size = try await LogVerifier(tiles, key: key).verify().head.size
        var entries: [AuditLeaf] = []
        for start in stride(from: 0, to: size, by: 256) {
            let path = TilePath.entries(start / 256, width: Int(min(256, size - start))).text
            var bundle = (tiles.all[path] ?? [])[...]
            while bundle.count > 2 {
                let length = Int(bundle[bundle.startIndex]) << 8 | Int(bundle[bundle.startIndex + 1])
                entries.append(try AuditLeaf(bytes: Array(bundle.dropFirst(2).prefix(length))))
                bundle = bundle.dropFirst(2 + length)
            }
        }
        return entries
    }
}

/// One process over a deployment, and what its people do with it. Messages are handed over by hand.
struct TestProcess: Sendable {
    let deployment: TestDeployment
    let service: IdentityService

    var clock: TestClock { deployment.clock }
    func attempt() -> AttemptID { AttemptID(random: deployment.random) }
    static func requester(_ session: String = "session", network: String? = nil) -> Requester {
        Requester(session: Array(session.utf8), network: network)
    }

    /// One of ten million mobile numbers; nothing is sent to any.
    static func number(_ index: Int) -> String {
        let digits = String(index)
        return "+4178" + String(repeating: "0", count: 7 - digits.count) + digits
    }

    func begin(_ occasion: Occasion, _ number: String, session: String = "session") async throws(IdentityError) -> ChallengeReceipt {
        deployment.keepSecret(number, String(number.dropFirst()))
        let receipt = try await service.begin(occasion, number: number, region: nil, requester: Self.requester(session))
        deployment.keepSecret(receipt.token.text)
        return receipt
    }

    /// Hands every message that waits to the phones. - Returns: how many were real, and how many went nowhere.
    @discardableResult
    func deliver() async throws -> (sent: Int, nowhere: Int) {
        var counts = (sent: 0, nowhere: 0)
        while service.queue.count > 0, let item = await service.queue.next() {
            switch item {
            case .message(let message):
                _ = try await deployment.inbox.send(message)
                counts.sent += 1
            case .nothing: counts.nowhere += 1
            }
        }
        return counts
    }

    /// The code of the latest message to a number; `nil` where none came.
    func code(_ number: String, digits: Int = 6) async throws -> String? {
        try await deliver()
        guard let item = deployment.inbox.items.last(where: { $0.recipient == number }) else { return nil }
        let code = DevelopmentInbox.code(in: item.text, digits: digits)
        if let code { deployment.keepSecret(code) }
        return code
    }

    func complete(
        _ receipt: ChallengeReceipt, _ code: String, attempt: AttemptID? = nil, session: String = "session",
        consents: [ConsentDecision] = []
    ) async throws(IdentityError) -> Verdict {
        try await service.complete(
            receipt.token, code: code, attempt: attempt ?? self.attempt(), requester: Self.requester(session), consents: consents
        ).verdict
    }

    /// Begins, reads the code and completes.
    func prove(_ occasion: Occasion, _ number: String, consents: [ConsentDecision] = []) async throws -> Verdict {
        let receipt = try await begin(occasion, number)
        guard let code = try await code(number) else { throw Unexpected("no message arrived") }
        return try await complete(receipt, code, consents: consents)
    }

    @discardableResult
    func signUp(_ number: String, consents: [ConsentDecision] = []) async throws -> Pseudonym {
        guard case .enrolled(let pseudonym) = try await prove(.signUp, number, consents: consents) else {
            throw Unexpected("not enrolled")
        }
        return pseudonym
    }

    func stepUp(_ pseudonym: Pseudonym, _ number: String, because reason: StepUpReason = .dataExport) async throws -> StepUpProof {
        clock.advance(by: .seconds(3600))
        guard case .steppedUp(pseudonym, let proof) = try await prove(.stepUp(pseudonym, because: reason), number) else {
            throw Unexpected("no step-up")
        }
        return proof
    }

    static func decision(_ purpose: PurposeCode, _ isGiven: Bool = true, expiresAt: Timestamp? = nil) -> ConsentDecision {
        ConsentDecision(
            purpose, isGiven: isGiven, notice: Notice(id: "notice-\(purpose.rawValue)", version: "3", language: "en", text: "May we?"),
            method: .signUpForm, jurisdiction: "EU", expiresAt: expiresAt)
    }

    static func wrong(_ code: String) -> String { String(code.map { $0 == "9" ? "0" : Character("\($0.wholeNumberValue! + 1)") }) }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The error of an operation that is to be refused.
func refusal(_ operation: () async throws -> some Any) async -> IdentityError? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return error as? IdentityError
    }
}

extension IdentityError {
    var name: String { code.rawValue }
}

/// Counts.
final class TestCounter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}
