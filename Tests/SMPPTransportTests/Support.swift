#if SMPP
    import CryptoPrimitives
    import Foundation
    import IdentityTypes
    import Messaging
    import NIOCore
    import NIOPosix
    import RecordStorage
    import Synchronization
    import Testing

    @testable import SMPPTransport

    @Suite(.serialized, .timeLimit(.minutes(2))) struct SMPPTransportTests {}

    let number = "41446681800"

    func message(
        _ text: String = "Example: your code is 493817.", key: String = "key-1", to digits: String = number, expiresAt: Timestamp? = nil
    )
        throws -> OutboundMessage
    {
        let digits = Array(digits.utf8)
        let secret = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
        let grant = Grant<Purposes.Verification>(
            token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
            expiresAt: Timestamp(milliseconds: 10_000))
        return OutboundMessage(
            to: .number(secret), MessageWords(text: SecretBytes(copying: Array(text.utf8))), channel: .sms, expiresAt: expiresAt,
            grant: grant,
            name: messageName(key))
    }

    /// A message's name that a test can tell from others.
    func messageName(_ key: String) -> MessageName {
        MessageName(owner: Array((Array(key.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16)), send: 1)
    }

    func octets(_ hexadecimal: String) -> ByteBuffer { ByteBuffer(bytes: Hexadecimal.decode(hexadecimal) ?? []) }
    func hexadecimal(_ buffer: ByteBuffer) -> String { Hexadecimal.encode(buffer.readableBytesView) }

    /// Everything that was observed, and every event; a handler that refuses as often as it is told to.
    final class Seen: Observer, TransportEventHandler {
        struct NotNow: Error {}

        private struct State {
            var observations: [Observation] = []
            var receipts: [DeliveryReceipt] = []
            var texts: [String] = []
            var names: [String] = []
            var refusals: Int
        }

        private let state: Mutex<State>
        init(refusals: Int = 0) { state = Mutex(State(refusals: refusals)) }

        var receipts: [DeliveryReceipt] { state.withLock { $0.receipts } }
        var texts: [String] { state.withLock { $0.texts } }
        var names: [String] { state.withLock { $0.names } }
        func count(_ name: String) -> Int { state.withLock { $0.observations.filter { $0.name == name }.reduce(0) { $0 + $1.count } } }

        func observe(_ observation: Observation) { state.withLock { $0.observations.append(observation) } }

        func receive(_ event: TransportEvent) async throws {
            try state.withLock { state in
                if case .inbound(let message) = event { state.names.append(message.gatewayID) }
                if state.refusals > 0 {
                    state.refusals -= 1
                    throw NotNow()
                }
                switch event {
                case .receipt(let receipt): state.receipts.append(receipt)
                case .inbound(let message):
                    let text = message.withContent { _, text in text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
                    state.texts.append(text)
                }
            }
        }
    }

    /// Waits for what another task is about to do.
    func eventually(_ sentence: String, _ holds: () throws -> Bool) async throws {
        for _ in 0..<2_000 {
            if try holds() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("It did not come to that: \(sentence).")
    }

    extension SMPPSettings {
        init(_ centre: ScriptedCentre) {
            self.init(
                host: "127.0.0.1", port: centre.port, systemID: "phone", password: SMPPPassword("hush"), sender: SMPPSender("Example"),
                tls: nil)
            reconnectPause = .milliseconds(10)...(.milliseconds(50))
            throttlePause = .milliseconds(20)...(.milliseconds(100))
            responseTimeout = .seconds(5)
        }
    }

    /// Runs a gateway for as long as `body` takes, from when it is bound.
    func withGateway(
        _ settings: SMPPSettings, _ seen: Seen = Seen(), isBound: Bool = true, _ body: (SMPPGateway) async throws -> Void
    ) async throws {
        let gateway = try SMPPGateway(settings, observer: seen)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await gateway.run(seen) }
            if isBound { try await eventually("the gateway is bound") { seen.count("bound") > 0 } }
            let result = await Result { try await body(gateway) }
            group.cancelAll()
            try await group.waitForAll()
            try result.get()
        }
    }

    extension Result where Failure == any Error {
        init(_ body: () async throws -> Success) async {
            do { self = .success(try await body()) } catch { self = .failure(error) }
        }
    }

    /// What `send` came to.
    func outcome(_ gateway: SMPPGateway, _ message: OutboundMessage) async -> Result<[String], TransportError> {
        do { return .success(try await gateway.send(message).gatewayIDs) } catch { return .failure(error) }
    }

    extension Result where Failure == TransportError {
        var error: TransportError? {
            guard case .failure(let error) = self else { return nil }
            return error
        }
    }
#endif
