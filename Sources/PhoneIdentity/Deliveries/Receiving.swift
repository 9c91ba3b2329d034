import IdentityTypes
public import Messaging
import OTPEngine
import RecordStorage
import Synchronization

/// Challenges that were completed and whose messages do not know it yet: what a crash loses of them is missing in a report.
final class CompletionNotes: Sendable {
    private static let limit = 10_000
    private let waiting = Mutex<[[UInt8]]>([])

    func add(_ challenge: [UInt8]) {
        waiting.withLock { if $0.count < Self.limit { $0.append(challenge) } }
    }

    func take() -> [[UInt8]] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

extension IdentityService: TransportEventHandler {
    /// Takes what comes back from a gateway: what became of a message, or what somebody has written.
    ///
    /// A transport that ``run()`` keeps going brings its events here by itself; those that come to your web server are made by the transport
    /// from the request, and given here. Answer the gateway with an error where this throws: it sends the event again.
    ///
    /// - Throws: ``IdentityError``: `.busy` or a storage code.
    public func receive(_ event: TransportEvent) async throws(IdentityError) {
        try await observing(.receive) { () async throws(IdentityError) in
            switch event {
            case .receipt(let receipt):
                do throws(StorageError) {
                    if let feedback = try await deliveries.receive(receipt)?.feedback { environment.transport.note(feedback) }
                } catch {
                    throw IdentityError(error)
                }
            case .inbound(let message): try await receive(message)
            }
        }
    }

    /// What became of messages, for a support desk and for whoever pays the gateway.
    public var desk: DeliveryDesk { DeliveryDesk(store, environment.partitions, deliveries, environment.time) }

    func note(_ guess: RightGuess, _ outcome: Outcome) {
        if guess.method.sendsCode, outcome.kind != .noAccount { completions.add(guess.challenge.bytes) }
    }

    /// Beside everything else: who typed a right code waits for no report.
    func runCompletions() async {
        while !Task.isCancelled {
            do { try await environment.time.sleep(for: .seconds(1)) } catch { return }
            await noteCompletions()
        }
    }

    func noteCompletions() async {
        for challenge in completions.take() {
            do throws(StorageError) {
                if let feedback = try await deliveries.complete(challenge)?.feedback { environment.transport.note(feedback) }
            } catch {
                environment.observer.observe(Observation(.dispatcher, "completion-not-recorded", errorCode: error.code.rawValue))
            }
        }
    }
}
