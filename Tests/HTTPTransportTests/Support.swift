import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import Messaging

let number = "41446681800"
let code = "493817"
let words = "Example: your code is 493817."
let script = VoiceScript(
    language: "de-CH", prompt: "Drücken Sie eine Taste, um Ihren Code zu hören.",
    parts: [.words("Ihr Code bei \"Müller & <Söhne>\" ist"), .pause(500), .digits(pause: 700)], repeats: 2)

/// A message with a code in it, under a grant for one challenge.
func message(
    _ text: String = words, channel: OutboundMessage.Channel = .sms, code: String? = code, language: String = "de-CH",
    expiresAt: Timestamp? = nil
) throws -> OutboundMessage {
    let digits = Array(number.utf8)
    let secret = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
    let grant = Grant<Purposes.Verification>(
        token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
        expiresAt: Timestamp(milliseconds: 10_000))
    let recipient: OutboundMessage.Recipient =
        channel == .email ? .address(SecretBytes(copying: Array("somebody@example.com".utf8))) : .number(secret)
    return OutboundMessage(
        to: recipient,
        MessageWords(
            code: SecretBytes(copying: Array((code ?? "").utf8)), language: language, subject: channel == .email ? "Your code" : nil,
            script: channel == .voice ? script : nil
        ) { _ in SecretBytes(copying: Array(text.utf8)) },
        channel: channel, destination: MessageDestination(countryCallingCode: 41), expiresAt: expiresAt, grant: grant,
        name: MessageName(owner: [UInt8](repeating: 0xA5, count: 16), send: 1))
}

let messageName = "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5-1"

/// A clock that a test sets.
final class SetClock: TimeSource {
    private let time: Mutex<Timestamp>
    init(seconds: Int64 = 1_900_000_000) { time = Mutex(Timestamp(milliseconds: seconds * 1_000)) }
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0.advanced(by: seconds * 1_000) } }
    func sleep(for duration: Duration) async throws(CancellationError) {}
}

/// Everything that can be said, printed or dumped of a value.
func texts(of value: Any) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    return [String(describing: value), String(reflecting: value), dumped]
}

/// What no error, print or dump may show.
let secrets = [number, code, words, "your code", "auth-token-0123456789", "another-token-9876543210"]

func isSilent(_ value: Any) -> Bool {
    texts(of: value).allSatisfy { text in secrets.allSatisfy { !text.contains($0) } }
}

/// What was thrown; a test fails where nothing was.
func refusal(_ body: () async throws -> some Any) async throws -> TransportError {
    do {
        _ = try await body()
    } catch let error as TransportError {
        #expect(isSilent(error), "an error tells a secret")
        return error
    }
    Issue.record("nothing was thrown")
    throw CocoaError(.fileReadUnknown)
}

extension TransportEvent {
    var receipt: DeliveryReceipt? {
        if case .receipt(let receipt) = self { receipt } else { nil }
    }
    var inbound: InboundMessage? {
        if case .inbound(let message) = self { message } else { nil }
    }
}

extension InboundMessage {
    /// Number and text.
    var content: [String]? {
        withContent { number, text in
            [number.withDigits { String(decoding: $0, as: UTF8.self) }, text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }]
        }
    }
}

func vectors<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let file = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"))
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

/// What a gateway answers, and what that means.
struct AnswerVector: Decodable, Sendable, CustomTestStringConvertible {
    let what: String
    let status: Int
    let headers: [String: String]?
    let body: String
    let type: String?
    /// The gateway's name for a message that it took.
    let sid: String?
    let error: String?
    let cause: String?
    let code: String?
    let retryAfter: Int?

    var testDescription: String { what }

    var answer: LoopbackPeer.Answer { .status(status, body, type: type ?? "application/json", headers: headers ?? [:]) }

    private struct File: Decodable { let answers: [AnswerVector] }
    static func all(_ name: String) -> [AnswerVector] { (try? vectors(name, as: File.self).answers) ?? [] }

    /// Sends a message and checks that what comes of it is what the answer means.
    func check(_ transport: some MessageTransport) async throws {
        let message = try message()
        if let sid {
            let receipt = try await transport.send(message)
            #expect(receipt == MessageReceipt(route: transport.name, gatewayIDs: [sid]))
            return
        }
        let error = try await refusal { try await transport.send(message) }
        #expect(error.code.rawValue == self.error)
        #expect(error.refusal?.cause.rawValue == cause)
        #expect(error.refusal?.providerCode == code)
        #expect(error.retryAfter == retryAfter.map { .seconds($0) })
    }
}

/// Keeps what it is given, or does not take it.
final class KeepingHandler: TransportEventHandler {
    private let state = Mutex<(events: [TransportEvent], fails: Int)>(([], 0))
    init(failing times: Int = 0) { state.withLock { $0.fails = times } }
    var events: [TransportEvent] { state.withLock { $0.events } }

    func receive(_ event: TransportEvent) async throws {
        try state.withLock { state in
            guard state.fails == 0 else {
                state.fails -= 1
                throw CocoaError(.fileWriteOutOfSpace)
            }
            state.events.append(event)
        }
    }
}

/// Takes long over an event, and then fails.
final class WaitingHandler: TransportEventHandler {
    private let asked = AsyncStream<Void>.makeStream()
    private let released = AsyncStream<Void>.makeStream()

    func receive(_ event: TransportEvent) async throws {
        asked.continuation.yield()
        for await _ in released.stream { break }
        throw CocoaError(.fileWriteOutOfSpace)
    }

    func wasAsked() async {
        for await _ in asked.stream { break }
    }

    func fail() { released.continuation.finish() }
}

/// A form's body.
func form(_ fields: [(String, String)]) -> [UInt8] {
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._*")
    return Array(
        fields.map { name, value in
            name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "").replacingOccurrences(of: "%20", with: "+")
        }.joined(separator: "&").utf8)
}
