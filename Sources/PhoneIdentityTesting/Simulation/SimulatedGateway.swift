import IdentityTypes
import Messaging
import RecordStorage
import Synchronization

/// A gateway that loses, doubles, refuses and reorders messages, and the phones behind it.
final class SimulatedGateway: Sendable {
    /// What a phone shows.
    struct Message: Sendable {
        /// E.164 with `+`.
        let number: String
        let text: String
        /// `challenge id in hexadecimal`-`how often its code was sent`.
        let idempotencyKey: String
    }

    private let scheduler: SimulationScheduler
    private let rates: FaultRates
    /// Told of each message that a process hands over.
    private let watch: @Sendable (Message, PurposeCode) -> Void
    private let arrived = Mutex<[Message]>([])

    init(on scheduler: SimulationScheduler, rates: FaultRates, watch: @escaping @Sendable (Message, PurposeCode) -> Void) {
        self.scheduler = scheduler
        self.rates = rates
        self.watch = watch
    }

    /// What the phone with this number shows, oldest first.
    func messages(to number: String) -> [Message] { arrived.withLock { $0.filter { $0.number == number } } }

    func transport(of process: SimulatedProcess) -> some MessageTransport { Transport(gateway: self, process: process) }

    private func deliver(_ message: Message) {
        scheduler.after(scheduler.duration(200...9_000)) { [self] in
            scheduler.note { "a phone shows \(message.idempotencyKey.suffix(6))" }
            arrived.withLock { $0.append(message) }
        }
    }

    private struct Transport: MessageTransport {
        let gateway: SimulatedGateway
        let process: SimulatedProcess
        let name = "simulated"
        let capabilities = TransportCapabilities(channels: [.sms, .voice], concurrency: 2)

        func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            let (scheduler, faults) = (process.scheduler, gateway.rates.current)
            let content = message.withContent { content in
                Message(
                    number: "+" + String(decoding: content.recipient, as: UTF8.self), text: String(decoding: content.text, as: UTF8.self),
                    idempotencyKey: message.idempotencyKey)
            }
            guard let content else { throw TransportError(.refused, "The message was wiped before it was sent.") }
            guard await process.pause(scheduler.duration(1...80)) else { throw TransportError(.notSent, "The process is dead.") }
            if scheduler.happens(perMille: faults.refusedMessages) {
                scheduler.note { "the gateway refuses a message" }
                throw TransportError(.notSent, "The gateway is overloaded (a fault made for a test).")
            }
            gateway.watch(content, message.purpose)
            if scheduler.happens(perMille: faults.lostMessages) {
                scheduler.note { "the gateway loses a message" }
            } else {
                gateway.deliver(content)
            }
            if scheduler.happens(perMille: faults.doubledMessages) {
                scheduler.note { "the gateway doubles a message" }
                gateway.deliver(content)
            }
            guard await process.pause(scheduler.duration(1...80)), !scheduler.happens(perMille: faults.lostReplies) else {
                throw TransportError(.maybeSent, "The gateway did not answer (a fault made for a test).")
            }
            return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
        }
    }
}
