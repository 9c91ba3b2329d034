import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization

@testable import Messaging

let number = "41446681800"

/// A message's name that a test can tell from others.
func messageName(_ key: String) -> MessageName {
    MessageName(owner: Array((Array(key.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16)), send: 1)
}

/// A ledger over a store in memory.
func testLedger(_ store: any RecordStore = InMemoryRecordStore(), time: any TimeSource = NotingClock()) -> DeliveryLedger {
    DeliveryLedger(
        store: store, partitions: .standard, key: SecretBytes(copying: [UInt8](repeating: 7, count: 32)), time: time,
        random: SystemRandomSource())
}

func bytes(of secret: borrowing SecretBytes) -> [UInt8] {
    secret.withUnsafeBytes { Array($0) }
}

/// A message with a code in it, under a grant for one challenge.
func message(
    _ text: String = "Example: your code is 493817.", key: String = "key-1", channel: OutboundMessage.Channel = .sms,
    destination: MessageDestination = .unknown, parts: Int = 1, expiresAt: Timestamp? = nil
) throws -> OutboundMessage {
    let digits = Array(number.utf8)
    let secret = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
    let grant = Grant<Purposes.Verification>(
        token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
        expiresAt: Timestamp(milliseconds: 10_000))
    return OutboundMessage(
        to: .number(secret), MessageWords(text: SecretBytes(copying: Array(text.utf8))), channel: channel, destination: destination,
        parts: parts, expiresAt: expiresAt, grant: grant,
        name: messageName(key))
}

/// Notes how long somebody wanted to sleep, and lets them sleep not at all, or for good.
final class NotingClock: TimeSource {
    private let noted = Mutex<[Duration]>([])
    private let isStill: Bool
    init(isStill: Bool = false) { self.isStill = isStill }

    var pauses: [Duration] { noted.withLock { $0 } }
    func now() -> Timestamp { Timestamp(milliseconds: 0) }

    func sleep(for duration: Duration) async throws(CancellationError) {
        noted.withLock { $0.append(duration) }
        guard isStill else { return }
        try await SystemTimeSource().sleep(for: .seconds(3600))
    }
}

/// Three seconds pass with every sleep.
final class SlowClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 0))
    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(for duration: Duration) async throws(CancellationError) { time.withLock { $0 = $0.advanced(by: 3_000) } }
}

/// A gateway that answers by a script and then takes everything.
final class ScriptedGateway: MessageTransport {
    struct Sent: Hashable, Sendable {
        let number: String
        let text: String
        let key: String
    }

    private struct State {
        var script: [TransportError.Code]
        var sent: [Sent] = []
        var inside = 0
        var most = 0
    }

    let name = "scripted"
    let capabilities: TransportCapabilities
    private let state: Mutex<State>
    /// What is sent to it stays inside until this many are.
    private let holdsUntil: Int

    init(_ script: [TransportError.Code] = [], concurrency: Int = 1, holdsUntil: Int = 0) {
        capabilities = TransportCapabilities(channels: [.sms], concurrency: concurrency)
        self.holdsUntil = holdsUntil
        state = Mutex(State(script: script))
    }

    var attempts: [Sent] { state.withLock { $0.sent } }
    var mostAtOnce: Int { state.withLock { $0.most } }

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let content = message.withContent { content in
            (String(decoding: content.recipient, as: UTF8.self), String(decoding: content.text, as: UTF8.self))
        }
        guard let content else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        let refusal: TransportError.Code? = state.withLock { state in
            state.sent.append(Sent(number: content.0, text: content.1, key: message.idempotencyKey))
            state.inside += 1
            state.most = max(state.most, state.inside)
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        defer { state.withLock { $0.inside -= 1 } }
        while state.withLock({ $0.most }) < holdsUntil, !Task.isCancelled { await Task.yield() }
        if let refusal { throw TransportError(refusal, "The gateway says so.") }
        return MessageReceipt(route: name, gatewayIDs: ["gateway-1"])
    }
}

/// Everything that was observed.
final class Observations: Observer {
    private let seen = Mutex<[Observation]>([])
    var all: [Observation] { seen.withLock { $0 } }
    func observe(_ observation: Observation) { seen.withLock { $0.append(observation) } }
}
