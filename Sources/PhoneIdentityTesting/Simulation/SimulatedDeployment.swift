import AuditLog
import CryptoPrimitives
import IdentityTypes
import Messaging
import OTPEngine
import PhoneIdentity
import RecordStorage
import SealedStore
import Synchronization

/// Everything of one deployment that outlives its processes, and the processes.
final class SimulatedDeployment: Sendable {
    /// Of every number of a simulation; no store may hold these digits.
    static let plant = "4178000"
    private static let origin = "simulation.example"

    let scheduler: SimulationScheduler
    let rates: FaultRates
    /// What never dies: people, and the network.
    let world: SimulatedProcess
    let watch: PromiseWatch
    let random: SeededRandomSource
    let partitions = PartitionCount(rawValue: 4)!
    let policy: IdentityPolicy
    let identity: SimulatedStore
    let keys: SimulatedStore
    let keyServer: SimulatedKeyServer
    let gateway: SimulatedGateway
    let log: SimulatedLog
    private let keyrings: KeyringSet
    private let places: Mutex<[SimulatedHost]> = Mutex([])

    init(
        on scheduler: SimulationScheduler, faults: SimulatedFaults, hosts: Int, identity: (any RecordStore)?, keys: (any RecordStore)?
    ) throws {
        self.scheduler = scheduler
        rates = FaultRates(faults)
        world = SimulatedProcess("world", on: scheduler)
        random = SeededRandomSource(seed: scheduler.seed)
        policy = try Self.drawnPolicy(scheduler)
        let watch = PromiseWatch(scheduler: scheduler, policy: policy.challenges, partitions: partitions, plant: Self.plant)
        self.watch = watch
        keyrings = try KeyringCeremony(origin: Self.origin).keyrings(deployment: DeploymentID(random: random), random: random)
        self.identity = SimulatedStore("identity", backing: identity, on: scheduler, rates: rates) { watch.saw($0) }
        self.keys = SimulatedStore("keys", backing: keys, on: scheduler, rates: rates) { watch.sawKeys($0) }
        keyServer = SimulatedKeyServer(
            store: self.keys, keyring: keyrings.keyService, partitions: partitions, random: random, scheduler: scheduler, rates: rates)
        gateway = SimulatedGateway(on: scheduler, rates: rates) { message, _ in watch.handedOver(message.idempotencyKey) }
        log = SimulatedLog(on: scheduler, rates: rates)
        places.withLock { places in places = (0..<hosts).map { SimulatedHost("host \($0)", of: self) } }
    }

    /// Mostly many codes in a short time, so that much happens; else the defaults.
    private static func drawnPolicy(_ scheduler: SimulationScheduler) throws -> IdentityPolicy {
        var policy = IdentityPolicy(template: CodeTemplate(brand: "Simulation"))
        policy.abuse = .forNumbersOfTests
        guard scheduler.draw(below: 4) > 0 else { return policy }
        var sends = SendPolicy()
        sends.coolDown = .seconds(1)
        sends.longestCoolDown = .seconds(scheduler.draw(in: 2...30))
        sends.hourlyLimit = scheduler.draw(in: 12...60)
        sends.dailyLimit = 200
        policy.challenges = try ChallengePolicy(tries: scheduler.draw(in: 2...5), sends: sends)
        return policy
    }

    var hosts: [SimulatedHost] { places.withLock { $0 } }
    /// Any of the hosts, as a load balancer picks one.
    var host: SimulatedHost { hosts[scheduler.draw(below: hosts.count)] }

    /// Clocks differ by up to 25 seconds.
    func drawnSkew() -> Duration { rates.current.clockSteps > 0 ? scheduler.duration(-25_000...25_000) : .zero }

    func environment(of process: SimulatedProcess) throws(IdentityError) -> IdentityEnvironment {
        let keyService = keyServer.client(of: process)
        var sequencer = SequencerPolicy()
        // Slower than by default: most of a simulated minute is sleep.
        sequencer.poll = .seconds(1)
        sequencer.cadence = .seconds(2)
        sequencer.sweep = .seconds(5)
        sequencer.lease = .seconds(4)
        let signer: LogSigner
        do {
            signer = try LogSigner(name: keyrings.log.origin, seed: keyrings.log.seed, heads: log.heads(of: process))
        } catch {
            throw IdentityError(error)
        }
        return IdentityEnvironment(
            identityStore: identity.client(of: process), forgetOldPages: { () throws(StorageError) in true }, keyring: keyrings.host,
            keyService: keyService, tagEvaluator: keyService, transport: gateway.transport(of: process),
            log: .init(signer: signer, tiles: log.tiles(of: process), sequencer: sequencer), observer: FaultObserver(watch: watch),
            time: process.clock, random: random, partitions: partitions, policy: policy)
    }

    /// Errors that no fault explains, and what none may say.
    func saw(_ error: IdentityError) {
        if error.description.contains(Self.plant) { watch.breaks("an error shows a number") }
        if Self.hopeless.contains(error.code.rawValue) { watch.breaks("an answer that no fault explains: \(error.code.rawValue)") }
    }

    fileprivate static let hopeless: Set<String> = [
        "storage.corrupt", "storage.tampered", "storage.wrongDeployment", "storage.invalidChange", "storage.tooLarge", "storage.readOnly",
        "audit.forked", "audit.badRoot", "audit.malformed", "audit.badKey", "vault.refused", "otp.tokenForged", "otp.tokenMalformed",
        "otp.tokenKeyUnknown", "identity.numberNotValid", "identity.foreignPseudonym",
    ]

    // MARK: The end

    func tags(of number: String) async throws -> NumberTags {
        let vault = NumberVault(
            store: InMemoryRecordStore(), partitions: partitions, keyring: keyrings.host, keyService: keyServer.service,
            evaluator: keyServer.service, random: random)
        let digits = Array(number.utf8)
        return try await vault.tags(of: try NumberVault.guarded(e164: digits.span))
    }

    /// Opens the record of whoever holds a tag, as the sender does. - Returns: the number in it; `nil` where nobody holds the tag.
    func opened(_ tag: UniquenessTag) async throws -> String? {
        let store = keyrings.host.authenticated(identity.client(of: world))
        let vault = NumberVault(
            store: store, partitions: partitions, keyring: keyrings.host, keyService: keyServer.service, evaluator: keyServer.service,
            random: random)
        guard let claim = try await vault.claim(of: tag) else { return nil }
        let grant = Grant<Purposes.Verification>(
            token: Purposes.Verification.token, id: random.bytes(16), subject: claim.subject, basis: .hostAssertion,
            expiresAt: scheduler.now + .seconds(600))
        let person = RevealSubject(
            audit: AuditSubject(id: claim.subject, historyKey: [UInt8](repeating: 0, count: 32)), record: claim.record)
        let order = vault.order(to: person, template: "check", grant: grant)
        grant.spend()
        let recipient = OpenedNumber()
        try await LocalSender(store: store, keyring: keyrings.sender, keyService: keyServer.service, recipient: recipient).send(order)
        return recipient.number.withLock { $0 }
    }

    /// The code of a challenge; `nil` where none is right.
    func code(of challenge: Challenge, _ tag: BudgetTag) -> String? {
        let roots = keyrings.host.codeRoots().map { RootKey(id: $0.id, secret: $0.copy()) }
        guard challenge.isDeliverable,
            let derivation = CodeDerivation(
                of: challenge, tag: tag, deployment: keyrings.host.deployment, keys: RootKeys(current: roots[0]))
        else { return nil }
        return derivation.code().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    var logKey: LogKey {
        get throws { try LogKey(name: Self.origin, publicKey: SigningKey(seed: keyrings.log.seed).publicKey) }
    }
}

private final class OpenedNumber: NumberRecipient {
    let number = Mutex<String?>(nil)

    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError) {
        let digits = number.withDigits { String(decoding: $0, as: UTF8.self) }
        self.number.withLock { $0 = "+" + digits }
    }
}

/// Looks for failures of the running parts that no fault explains.
private struct FaultObserver: Observer {
    let watch: PromiseWatch

    func observe(_ observation: Observation) {
        guard let code = observation.errorCode, SimulatedDeployment.hopeless.contains(code) else { return }
        watch.breaks("a running part failed as no fault explains: \(code)")
    }
}
