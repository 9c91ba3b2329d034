import CryptoPrimitives
import IdentityTypes
import RecordStorage
import SealedStore
import Synchronization

/// The key service in a process of its own, with a store of its own, behind a network.
final class SimulatedKeyServer: Sendable {
    private struct Instance {
        let process: SimulatedProcess
        let service: LocalKeyService
    }

    private let store: SimulatedStore
    private let keyring: KeyServiceKeyring
    private let partitions: PartitionCount
    private let random: any RandomSource
    private let scheduler: SimulationScheduler
    fileprivate let rates: FaultRates
    private let instance: Mutex<Instance>

    init(
        store: SimulatedStore, keyring: KeyServiceKeyring, partitions: PartitionCount, random: any RandomSource,
        scheduler: SimulationScheduler, rates: FaultRates
    ) {
        (self.store, self.keyring, self.partitions, self.random) = (store, keyring, partitions, random)
        (self.scheduler, self.rates) = (scheduler, rates)
        instance = Mutex(Self.start(store, keyring, partitions, random, scheduler))
    }

    private static func start(
        _ store: SimulatedStore, _ keyring: KeyServiceKeyring, _ partitions: PartitionCount, _ random: any RandomSource,
        _ scheduler: SimulationScheduler
    ) -> Instance {
        let process = SimulatedProcess("key service", on: scheduler)
        let service = LocalKeyService(
            store: store.client(of: process), keyring: keyring, partitions: partitions, time: process.clock, random: random,
            forgetOldPages: { () throws(StorageError) in true })
        return Instance(process: process, service: service)
    }

    /// What works now. Where its process has died, another one has started.
    var service: LocalKeyService {
        if instance.withLock({ $0.process.isDead }) {
            let next = Self.start(store, keyring, partitions, random, scheduler)
            instance.withLock { $0 = next }
        }
        return instance.withLock { $0.service }
    }

    func crash() { instance.withLock { $0.process }.kill() }

    func client(of process: SimulatedProcess) -> SimulatedKeyService { SimulatedKeyService(server: self, process: process) }
}

/// The key service and the tag evaluator as one host process has them.
struct SimulatedKeyService: KeyService, SenderKeyService, RevealKeyService, TagEvaluator {
    let server: SimulatedKeyServer
    let process: SimulatedProcess

    private static let away = VaultError(.unavailable, "The key service cannot be reached (a fault made for a test).")

    /// The call on its way. - Returns: who takes it.
    private func call() async throws(VaultError) -> LocalKeyService {
        let scheduler = process.scheduler
        guard await process.pause(scheduler.duration(0...5)), !scheduler.happens(perMille: server.rates.current.lostCalls) else {
            throw Self.away
        }
        return server.service
    }

    /// Whether this call arrives twice, one after the other.
    private var isDoubled: Bool {
        let doubles = process.scheduler.happens(perMille: server.rates.current.doubledCalls)
        if doubles { process.scheduler.note { "a call arrives at the key service twice" } }
        return doubles
    }

    /// The answer on its way back.
    private func answer() async throws(VaultError) {
        let scheduler = process.scheduler
        guard await process.pause(scheduler.duration(0...5)), !scheduler.happens(perMille: server.rates.current.lostReplies) else {
            throw Self.away
        }
    }

    func evaluate(_ element: [UInt8]) async throws(VaultError) -> NumberTags {
        let tags = try await call().evaluate(element)
        try await answer()
        return tags
    }

    func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) {
        let service = try await call()
        try await service.put(deposit)
        if isDoubled { try? await service.put(deposit) }
        try await answer()
    }

    func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        let key = try await call().releaseShredKey(for: order)
        try await answer()
        return key
    }

    func releaseShredKey(forResealingBefore order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        let key = try await call().releaseShredKey(forResealingBefore: order)
        try await answer()
        return key
    }

    func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) {
        let service = try await call()
        try await service.submit(file, approvals)
        if isDoubled { try? await service.submit(file, approvals) }
        try await answer()
    }

    func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        let key = try await call().releaseShredKey(for: opening)
        try await answer()
        return key
    }

    func logHead() async throws(VaultError) -> SeenLogHead? {
        let head = try await call().logHead()
        try await answer()
        return head
    }

    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        let service = try await call()
        try await service.addShredKey(deposit)
        if isDoubled { try? await service.addShredKey(deposit) }
        try await answer()
    }

    func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        let service = try await call()
        try await service.addShredKey(forChangeOfNumber: deposit)
        if isDoubled { try? await service.addShredKey(forChangeOfNumber: deposit) }
        try await answer()
    }

    func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError) {
        let service = try await call()
        try await service.deny(file, denials)
        if isDoubled { try? await service.deny(file, denials) }
        try await answer()
    }

    func close(_ review: BreakGlassReview) async throws(VaultError) {
        let service = try await call()
        try await service.close(review)
        if isDoubled { try? await service.close(review) }
        try await answer()
    }

    func releases(limit: Int) async throws(VaultError) -> [KeyRelease] {
        let releases = try await call().releases(limit: limit)
        try await answer()
        return releases
    }

    func acknowledge(_ releases: [KeyRelease]) async throws(VaultError) {
        let service = try await call()
        try await service.acknowledge(releases)
        if isDoubled { try? await service.acknowledge(releases) }
        try await answer()
    }

    func sweep() async throws(VaultError) -> Int {
        let count = try await call().sweep()
        try await answer()
        return count
    }

    func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes {
        let key = try await call().releaseHistoryKey(for: proof)
        try await answer()
        return key
    }

    func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt {
        let service = try await call()
        let receipt = try await service.erase(subject)
        if isDoubled { _ = try? await service.erase(subject) }
        try await answer()
        return receipt
    }

    func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        let deposits = try await call().unconfirmed(before: before, limit: limit)
        try await answer()
        return deposits
    }

    func confirm(_ deposits: [DepositReference]) async throws(VaultError) {
        let service = try await call()
        try await service.confirm(deposits)
        if isDoubled { try? await service.confirm(deposits) }
        try await answer()
    }

    func discard(_ deposit: DepositReference) async throws(VaultError) {
        let service = try await call()
        try await service.discard(deposit)
        if isDoubled { try? await service.discard(deposit) }
        try await answer()
    }
}
