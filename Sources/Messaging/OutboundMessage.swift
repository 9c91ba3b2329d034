package import CryptoPrimitives
public import IdentityTypes
import Synchronization

/// One message to one number, in guarded memory, gone after it was handed over.
///
/// A class over guarded slots, because what must reach a child task cannot be borrowed. It prints as `<redacted>`, and after
/// ``wipe()`` holds nothing.
public final class OutboundMessage: Sendable {
    /// How the words reach the person.
    public enum Channel: String, Hashable, Sendable, CaseIterable {
        case sms
        case voice
    }

    private struct Slots: ~Copyable {
        let number: SecretNumber
        let text: SecretBytes
    }

    private let slots: Mutex<Slots?>
    public let channel: Channel
    public let purpose: PurposeCode
    /// The same for every attempt to send this message, for gateways that can refuse a repeat.
    public let idempotencyKey: String

    /// - Parameters:
    ///   - text: UTF-8.
    ///   - grant: without one there is no message; its purpose becomes the message's.
    package init<Use: MessagingPurpose>(
        to number: consuming SecretNumber, text: consuming SecretBytes, channel: Channel, grant: borrowing Grant<Use>,
        idempotencyKey: String
    ) {
        slots = Mutex(Slots(number: number, text: text))
        self.channel = channel
        purpose = grant.purpose
        self.idempotencyKey = idempotencyKey
    }

    /// By an order, which was made of a grant and is spent.
    package init(
        to number: consuming SecretNumber, words: String, channel: Channel, orderedFor purpose: PurposeCode, _ idempotencyKey: String
    ) {
        slots = Mutex(Slots(number: number, text: SecretBytes(copying: Array(words.utf8))))
        self.channel = channel
        self.purpose = purpose
        self.idempotencyKey = idempotencyKey
    }

    /// Lends number (ASCII digits of E.164 without `+`) and text (UTF-8) to a transport for the length of `body`.
    ///
    /// - Returns: `nil` once the message was wiped.
    public func withContent<Value: Sendable>(_ body: (_ digits: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Value) -> Value?
    {
        slots.withLock { slots in
            guard let content = slots.take() else { return nil }
            let value = content.number.withDigits { digits in content.text.withUnsafeBytes { body(digits, $0) } }
            slots = consume content
            return value
        }
    }

    /// Wipes number and text. The dispatcher calls it when the transport is done, however that ended.
    public func wipe() {
        slots.withLock { $0 = nil }
    }
}

extension OutboundMessage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted message>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
