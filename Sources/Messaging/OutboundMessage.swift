package import CryptoPrimitives
public import IdentityTypes
import Synchronization

/// One message to one number or address, in guarded memory, gone after it was handed over.
///
/// A class over guarded slots, because what must reach a child task cannot be borrowed. It prints as `<redacted>`, and after
/// ``wipe()`` holds nothing.
public final class OutboundMessage: Sendable {
    /// How the words reach the person.
    public enum Channel: String, Hashable, Sendable, CaseIterable {
        case sms
        case voice
        case email
    }

    private struct Slots: ~Copyable {
        let recipient: Recipient
        let text: SecretBytes
    }

    /// Where it goes.
    package enum Recipient: ~Copyable, Sendable {
        case number(SecretNumber)
        /// An e-mail address in UTF-8.
        case address(SecretBytes)
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
        to recipient: consuming Recipient, text: consuming SecretBytes, channel: Channel, grant: borrowing Grant<Use>,
        idempotencyKey: String
    ) {
        slots = Mutex(Slots(recipient: recipient, text: text))
        self.channel = channel
        purpose = grant.purpose
        self.idempotencyKey = idempotencyKey
    }

    /// By an order, which was made of a grant and is spent.
    package init(
        to number: consuming SecretNumber, words: String, channel: Channel, orderedFor purpose: PurposeCode, _ idempotencyKey: String
    ) {
        slots = Mutex(Slots(recipient: .number(number), text: SecretBytes(copying: Array(words.utf8))))
        self.channel = channel
        self.purpose = purpose
        self.idempotencyKey = idempotencyKey
    }

    /// Lends recipient (ASCII digits of E.164 without `+`; of ``Channel/email`` the address in UTF-8) and text (UTF-8) to a transport for the length of `body`.
    ///
    /// - Returns: `nil` once the message was wiped.
    public func withContent<Value: Sendable>(_ body: (_ recipient: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Value)
        -> Value?
    {
        slots.withLock { slots in
            guard let content = slots.take() else { return nil }
            let value =
                switch content.recipient {
                case .number(let number): number.withDigits { digits in content.text.withUnsafeBytes { body(digits, $0) } }
                case .address(let address): address.withUnsafeBytes { bytes in content.text.withUnsafeBytes { body(bytes, $0) } }
                }
            slots = consume content
            return value
        }
    }

    /// Wipes recipient and text. The dispatcher calls it when the transport is done, however that ended.
    public func wipe() {
        slots.withLock { $0 = nil }
    }
}

extension OutboundMessage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted message>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
