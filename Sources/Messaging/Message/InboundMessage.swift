package import CryptoPrimitives
import Synchronization

/// A message that somebody sent to one of the host's own senders, in guarded memory. Prints as `<redacted>`.
public final class InboundMessage: Sendable {
    private struct Slots: ~Copyable {
        let number: SecretNumber
        let text: SecretBytes
    }

    private let slots: Mutex<Slots>
    /// The transport's name.
    public let route: String
    /// The gateway's own name of it, the same when it comes twice; at most 128 bytes.
    public let gatewayID: String
    /// Which sender of the host's it was sent to, as the gateway names it.
    public let sender: String
    public let channel: OutboundMessage.Channel

    /// - Parameters:
    ///   - number: from whom: E.164 with or without `+`, UTF-8. Wiped by the caller.
    ///   - text: UTF-8, at most 4,096 bytes.
    /// - Returns: `nil` where it is from no number, such as a short code or a name: nobody can answer it.
    public init?(
        from number: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer, to sender: String, route: String, gatewayID: String,
        channel: OutboundMessage.Channel = .sms
    ) {
        let digits = number.first == 0x2B ? UnsafeRawBufferPointer(rebasing: number.dropFirst()) : number
        guard (7...15).contains(digits.count), text.count <= 4_096, gatewayID.utf8.count <= 128,
            let secret = digits.withMemoryRebound(to: UInt8.self, { try? SecretNumber(digits: $0) })
        else { return nil }
        let words = SecretBytes(count: text.count) { $0.copyMemory(from: text) }
        slots = Mutex(Slots(number: secret, text: words))
        (self.route, self.gatewayID, self.sender, self.channel) = (route, gatewayID, sender, channel)
    }

    /// Lends number and text for the length of `body`. They are wiped with the message.
    package func withContent<Value: Sendable>(_ body: (borrowing SecretNumber, borrowing SecretBytes) -> Value) -> Value {
        slots.withLock { body($0.number, $0.text) }
    }
}

extension InboundMessage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted inbound message>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
