import CryptoPrimitives
import IdentityTypes
public import RecordStorage
import Synchronization

/// The key service's side of the wire: reads a request, asks the service, writes the answer.
///
/// Which party asks is what the transport has established; what that party may not ask is refused whatever it sends.
public struct KeyServiceEndpoint: Sendable {
    private let service: LocalKeyService
    private let random: any RandomSource
    private let limit: EvaluationLimit

    /// - Parameter evaluationsPerSecond: how many tags are made, whoever asks; a tenth of a second's work may come at once, and at least 16.
    public init(_ service: LocalKeyService, evaluationsPerSecond: Int = 500, random: any RandomSource = SystemRandomSource()) {
        (self.service, self.random) = (service, random)
        limit = EvaluationLimit(perSecond: evaluationsPerSecond, of: service)
    }

    /// - Returns: an answer to any bytes whatever.
    public func answer(_ request: [UInt8], from role: KeyServiceRole) async -> [UInt8] {
        do throws(VaultError) {
            guard let first = request.first, let operation = KeyServiceOperation(rawValue: first) else { throw Self.unreadable }
            guard operation.isAllowed(to: role) else {
                throw VaultError(.requestRefused, "The role \(role.rawValue) may not ask this of the key service.")
            }
            return WireAnswer.encode(.success(try await perform(operation, request, for: role)))
        } catch {
            return WireAnswer.encode(.failure(error))
        }
    }

    /// The answer to a party whose role there is not.
    public func refuse() -> [UInt8] {
        WireAnswer.encode(.failure(VaultError(.requestRefused, "The key service knows no party of this role.")))
    }

    private func perform(
        _ operation: KeyServiceOperation, _ request: [UInt8], for role: KeyServiceRole
    ) async throws(VaultError) -> [UInt8] {
        var writer = ByteWriter()
        switch operation {
        case .evaluate:
            let element = try WireRequest.read(request) { reader throws(MalformedBytes) in try reader.fixed(32) }
            try await limit.spend(for: role)
            return try await service.evaluateProvably(element, random: random).bytes
        case .put:
            try await service.put(try KeyDeposit(from: request, sealedTo: service.keyring))
        case .addShredKey:
            let deposit = try ShredKeyDeposit(from: request, sealedTo: service.keyring)
            // A host replaces a number; the others seal one anew whose shares were given out.
            if role == .host {
                try await service.addShredKey(forChangeOfNumber: deposit)
            } else {
                try await service.addShredKey(deposit)
            }
        case .releaseHistoryKey:
            let (proof, reply) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                (try StepUpProof(from: &reader), try reader.fixed(32))
            }
            return try sealed(try await service.releaseHistoryKey(for: proof), to: reply, request)
        case .releaseForOrder:
            let (order, reply) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                (try ReleaseOrder(from: &reader), try reader.fixed(32))
            }
            return try sealed(try await service.releaseShredKey(for: order), to: reply, request)
        case .releaseForResealing:
            let (order, reply) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                (try ReleaseOrder(from: &reader), try reader.fixed(32))
            }
            return try sealed(try await service.releaseShredKey(forResealingBefore: order), to: reply, request)
        case .releaseForOpening:
            let (opening, reply) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                (try RevealOpening(from: &reader), try reader.fixed(32))
            }
            return try sealed(try await service.releaseShredKey(for: opening), to: reply, request)
        case .submit:
            let (file, approvals) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                try RevealOpening.readFile(from: &reader)
            }
            try await service.submit(file, approvals)
        case .deny:
            let (file, denials) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                try RevealOpening.readFile(from: &reader)
            }
            try await service.deny(file, denials)
        case .closeReview:
            let bytes = try WireRequest.read(request) { reader throws(MalformedBytes) in try reader.prefixed(atMost: 4_096) }
            try await service.close(try BreakGlassReview(bytes: bytes))
        case .erase:
            let receipt = try await service.erase(try WireRequest.read(request, Self.subject))
            receipt.write(to: &writer)
        case .unconfirmed:
            let (before, limit) = try WireRequest.read(request) { reader throws(MalformedBytes) in
                (try reader.time(), Int(try reader.u32()))
            }
            let found = try await service.unconfirmed(before: before, limit: min(limit, 1_000))
            writer.u32(UInt32(found.count))
            for reference in found { writer.prefixed(reference.encoded) }
        case .confirm: try await service.confirm(try WireRequest.read(request, DepositReference.list))
        case .discard:
            guard let deposit = try WireRequest.read(request, DepositReference.list).first else { throw Self.unreadable }
            try await service.discard(deposit)
        case .releases:
            let limit = Int(try WireRequest.read(request) { reader throws(MalformedBytes) in try reader.u32() })
            let found = try await service.releases(limit: min(limit, 1_000))
            writer.u32(UInt32(found.count))
            for release in found { writer.prefixed(release.encoded) }
        case .acknowledge: try await service.acknowledge(try WireRequest.read(request, KeyRelease.list))
        case .sweep: writer.u32(UInt32(clamping: try await service.sweep()))
        case .logHead:
            try WireRequest.read(request) { _ throws(MalformedBytes) in }
            writer.optional(try await service.logHead()) { $1.write(to: &$0) }
        }
        return writer.bytes
    }

    private static func subject(from reader: inout ByteReader) throws(MalformedBytes) -> SubjectID {
        guard let subject = SubjectID(bytes: try reader.fixed(16)) else { throw MalformedBytes() }
        return subject
    }

    private func sealed(_ key: consuming SecretBytes, to reply: [UInt8], _ request: [UInt8]) throws(VaultError) -> [UInt8] {
        func seal(_ random: some RandomSource) throws(CryptoError) -> [UInt8] {
            try key.withUnsafeBytes { key throws(CryptoError) in
                try SealedBox.seal(key, to: reply, label: "SPNI/v1/released-key", context: RemoteKey.context(request), random: random)
            }
        }
        do { return try seal(random) } catch { throw Self.unreadable }
    }

    static var unreadable: VaultError {
        VaultError(.malformed, "The key service cannot read the request: is the other side of another version?")
    }
}

/// A released key on its way: bound to the request that it answers.
enum RemoteKey {
    static func context(_ request: [UInt8]) -> [UInt8] { SignedMessage.digest("SPNI/v1/key-request", request) }
}

/// How many tags are made: in a second, by a bucket that fills with time and that each process has for itself; and on a day, by lots
/// off a budget in the key service's store, which all processes share and no restart refills.
private final class EvaluationLimit: Sendable {
    private struct Bucket {
        /// In thousandths of an evaluation, so that a millisecond adds a whole number.
        var left: Int
        var filledAt: Timestamp
    }

    private struct Lot {
        var left: UInt32
        /// Since 1970.
        let day: Int64
    }

    private let perSecond: Int
    private let capacity: Int
    private let service: LocalKeyService
    private let bucket: Mutex<Bucket>
    private let lots = Mutex<[KeyServiceRole: Lot]>([:])

    init(perSecond: Int, of service: LocalKeyService) {
        precondition(perSecond > 0, "An evaluator that makes no tags lets nobody in.")
        (self.perSecond, self.service) = (perSecond, service)
        capacity = max(perSecond / 10, 16) * 1_000
        bucket = Mutex(Bucket(left: capacity, filledAt: service.time.now()))
    }

    func spend(for role: KeyServiceRole) async throws(VaultError) {
        let now = service.time.now()
        guard passes(at: now) else {
            throw VaultError(.evaluationBudget, "More tags are asked for than this key service makes in a second: try again shortly.")
        }
        let day = now.seconds / 86_400
        let isLeased = lots.withLock { lots in
            guard let lot = lots[role], lot.day == day, lot.left > 0 else { return false }
            lots[role]?.left -= 1
            return true
        }
        guard !isLeased else { return }
        let taken = try await service.leaseEvaluations(for: role)
        // Another task may have got a lot meanwhile; both count.
        lots.withLock { lots in
            let left = lots[role].map { $0.day == day ? $0.left : 0 } ?? 0
            lots[role] = Lot(left: left + taken - 1, day: day)
        }
    }

    private func passes(at now: Timestamp) -> Bool {
        bucket.withLock { bucket in
            let passed = min(max(now.milliseconds - bucket.filledAt.milliseconds, 0), 60_000)
            bucket.left = min(capacity, bucket.left + Int(passed) * perSecond)
            // A clock that goes back and comes again fills it once.
            bucket.filledAt = max(bucket.filledAt, now)
            guard bucket.left >= 1_000 else { return false }
            bucket.left -= 1_000
            return true
        }
    }
}
