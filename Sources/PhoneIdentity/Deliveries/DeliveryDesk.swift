import IdentityTypes
public import Messaging
import OTPEngine
public import RecordStorage
public import SealedStore

/// Tells what became of messages: for a support desk, and for whoever pays the gateway. Needs the identity store and the host's keyring, and
/// runs no flows.
public struct DeliveryDesk: Sendable {
    private let store: any RecordStore
    private let partitions: PartitionCount
    private let ledger: DeliveryLedger
    private let time: any TimeSource

    /// - Parameter store: the identity store.
    public init(
        store: some RecordStore, keyring: HostKeyring, partitions: PartitionCount = .standard, time: any TimeSource = SystemTimeSource()
    ) {
        let store = keyring.authenticated(store)
        self.init(
            store, partitions,
            DeliveryLedger(store: store, partitions: partitions, key: keyring.deliveryRoot(), time: time, random: SystemRandomSource()),
            time)
    }

    init(_ store: any RecordStore, _ partitions: PartitionCount, _ ledger: DeliveryLedger, _ time: any TimeSource) {
        (self.store, self.partitions, self.ledger, self.time) = (store, partitions, ledger, time)
    }

    /// What happened to a challenge.
    ///
    /// - Throws: ``IdentityError`` with a storage code.
    /// - Complexity: reads the challenges that share its partition.
    public func explain(_ reference: ChallengeReference) async throws(IdentityError) -> ChallengeExplanation {
        let (challenge, deliveries): (Challenge?, [MessageDelivery])
        do throws(StorageError) {
            challenge = try await NumberAttempts.find(ChallengeID(reference.challenge), in: store, partitions)
            deliveries = try await ledger.deliveries(of: reference.challenge)
        } catch {
            throw IdentityError(error)
        }
        let now = time.now()
        let facts = challenge.map { challenge in
            ChallengeExplanation.Facts(
                purpose: challenge.purpose, method: challenge.method, begunAt: challenge.created, expiresAt: challenge.expires,
                sends: challenge.sends, guesses: challenge.paid.count, triesLeft: challenge.triesLeft,
                isDeliverable: challenge.isDeliverable)
        }
        let state: ChallengeExplanation.State =
            switch challenge {
            case nil: deliveries.contains { $0.completedAt != nil } ? .completed : .gone
            case let challenge? where challenge.isCompleted: .completed
            case let challenge? where challenge.hasExpired(at: now): .expired
            case let challenge? where challenge.triesLeft == 0: .exhausted
            case _?: .live
            }
        return ChallengeExplanation(reference: reference, state: state, facts: facts, deliveries: deliveries, time: now)
    }

    /// What became of a message that a sender was ordered to send: one, or none where the order came to nothing.
    ///
    /// - Throws: ``IdentityError`` with a storage code.
    public func deliveries(of order: DispatchOrder) async throws(IdentityError) -> [MessageDelivery] {
        do throws(StorageError) { return try await ledger.deliveries(of: order.idBytes) } catch { throw IdentityError(error) }
    }

    /// What became of a day's messages, and what they cost.
    ///
    /// - Parameters:
    ///   - day: days since 1970, UTC, such as 20,786 for 2026-11-29. Deliveries are kept for 35 days.
    ///   - byRange: whether the numbers that begin alike are counted apart.
    /// - Throws: ``IdentityError`` with a storage code.
    /// - Complexity: linear in the messages of that day.
    public func report(on day: Int, byRange: Bool = false) async throws(IdentityError) -> DeliveryReport {
        do throws(StorageError) { return try await ledger.report(on: UInt32(clamping: day), byRange: byRange) } catch {
            throw IdentityError(error)
        }
    }
}
