#if SMTP
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import NIOCore
    import RecordStorage
    import Synchronization
    import Testing

    @testable import SMTPTransport

    @Suite(.serialized, .timeLimit(.minutes(2))) struct SMTPTransportTests {}

    let recipient = "someone@example.org"

    func message(
        _ text: String = "Example: your code is 493817.", to address: String = recipient, subject: String? = "Your code", key: Int = 1,
        language: String = "en", expiresAt: Timestamp? = nil
    ) -> OutboundMessage {
        message(
            bytes: Array(text.utf8), to: Array(address.utf8), subject: subject, key: key, language: language, expiresAt: expiresAt)
    }

    func message(
        bytes: [UInt8], to address: [UInt8], subject: String? = "Your code", key: Int = 1, language: String = "en",
        expiresAt: Timestamp? = nil
    ) -> OutboundMessage {
        let grant = Grant<Purposes.Verification>(
            token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
            expiresAt: Timestamp(milliseconds: .max))
        let words = MessageWords(code: SecretBytes(copying: Array("493817".utf8)), language: language, subject: subject) { _ in
            SecretBytes(copying: bytes)
        }
        return OutboundMessage(
            to: .address(SecretBytes(copying: address)), words, channel: .email, expiresAt: expiresAt, grant: grant,
            name: MessageName(owner: withUnsafeBytes(of: UInt64(key).bigEndian) { Array($0) } + [UInt8](repeating: 0, count: 8), send: 1))
    }

    func textMessage() throws -> OutboundMessage {
        let digits = Array("41446681800".utf8)
        let secret = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
        let grant = Grant<Purposes.Verification>(
            token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
            expiresAt: Timestamp(milliseconds: .max))
        return OutboundMessage(
            to: .number(secret), MessageWords(text: SecretBytes(copying: Array("493817".utf8))), channel: .sms, grant: grant,
            name: MessageName(owner: [UInt8](repeating: 2, count: 16), send: 1))
    }

    /// Everything that was observed.
    final class Seen: Observer {
        private let observations = Mutex<[Observation]>([])
        func observe(_ observation: Observation) { observations.withLock { $0.append(observation) } }
        func count(_ name: String) -> Int { observations.withLock { $0.filter { $0.name == name }.count } }
    }

    struct FixedTime: TimeSource {
        func now() -> Timestamp { Timestamp(milliseconds: 784_111_777_000) }
        func sleep(for duration: Duration) async throws(CancellationError) {}
    }

    /// Waits for what another task is about to do.
    func eventually(_ sentence: String, _ holds: () throws -> Bool) async throws {
        for _ in 0..<2_000 {
            if try holds() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("It did not come to that: \(sentence).")
    }

    extension SMTPSettings {
        init(_ server: ScriptedServer) {
            self.init(
                host: "127.0.0.1", port: server.port, security: .plaintextOnThisMachine, from: "codes@example.com", fromName: "Example")
            connections = 1
        }
    }

    /// What `send` came to.
    func outcome(_ gateway: SMTPGateway, _ message: OutboundMessage = message()) async -> Result<[String], TransportError> {
        do { return .success(try await gateway.send(message).gatewayIDs) } catch { return .failure(error) }
    }

    extension Result where Failure == TransportError {
        var error: TransportError? {
            guard case .failure(let error) = self else { return nil }
            return error
        }
    }

    /// The same every time, for bytes that nobody chose.
    struct Draws {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed }

        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    /// The same for a script.
    final class DrawsBox: Sendable {
        private let draws: Mutex<Draws>
        init(_ seed: UInt64) { draws = Mutex(Draws(seed)) }
        func below(_ limit: Int) -> Int { draws.withLock { $0.below(limit) } }
    }
#endif
