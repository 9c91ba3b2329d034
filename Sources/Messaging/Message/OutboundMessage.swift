package import CryptoPrimitives
public import IdentityTypes
public import RecordStorage
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
        case whatsapp
    }

    private struct Slots: ~Copyable {
        let recipient: Recipient
        let words: MessageWords
    }

    /// Where it goes.
    package enum Recipient: ~Copyable, Sendable {
        case number(SecretNumber)
        /// An e-mail address in UTF-8.
        case address(SecretBytes)
    }

    /// What a message says and to whom, lent for as long as a call takes. Nothing of it may be kept.
    public struct Content {
        /// ASCII digits of E.164 without `+`; of ``Channel/email`` the address in UTF-8.
        public let recipient: UnsafeRawBufferPointer
        /// UTF-8. Of ``Channel/voice`` the script in one piece, for whoever reads it instead of hearing it.
        public let text: UnsafeRawBufferPointer
        /// The code alone, ASCII digits, for gateways that put it into a template of their own; empty where the message has none.
        public let code: UnsafeRawBufferPointer
    }

    private let slots: Mutex<Slots?>
    public let channel: Channel
    public let purpose: PurposeCode
    package let name: MessageName
    /// The same for every attempt to send this message, for gateways that can refuse a repeat: at most 36 ASCII letters, digits and hyphens.
    public var idempotencyKey: String { name.text }
    /// BCP 47, of the words.
    public let language: String
    /// Of ``Channel/email``: one line, and no code in it.
    public let subject: String?
    /// Of ``Channel/voice``: how it is spoken.
    public let script: VoiceScript?
    /// Where it goes, as far as routes, prices and reports have to know.
    public let destination: MessageDestination
    /// Parts that a text is paid for, as counted beforehand.
    public let parts: Int
    /// What all of it costs by the host's tariff.
    public let price: Money
    /// After which it is of no use, such as the end of its code: no longer handed over then, and a gateway need not try for longer.
    public let expiresAt: Timestamp?

    /// - Parameters:
    ///   - grant: without one there is no message; its purpose becomes the message's.
    package init<Use: MessagingPurpose>(
        to recipient: consuming Recipient, _ words: consuming MessageWords, channel: Channel, destination: MessageDestination = .unknown,
        parts: Int = 1, price: Money = .zero, expiresAt: Timestamp? = nil, grant: borrowing Grant<Use>, name: MessageName
    ) {
        (language, subject, script) = (words.language, words.subject, words.script)
        slots = Mutex(Slots(recipient: recipient, words: words))
        self.channel = channel
        self.destination = destination
        purpose = grant.purpose
        (self.parts, self.price, self.expiresAt, self.name) = (parts, price, expiresAt, name)
    }

    /// By an order, which was made of a grant and is spent.
    package init(
        to number: consuming SecretNumber, words: String, channel: Channel, destination: MessageDestination = .unknown,
        parts: Int = 1, price: Money = .zero, orderedFor purpose: PurposeCode, _ name: MessageName
    ) {
        slots = Mutex(
            Slots(recipient: .number(number), words: MessageWords(text: SecretBytes(copying: Array(words.utf8)))))
        (language, subject, script, self.destination) = ("", nil, nil, destination)
        self.channel = channel
        self.purpose = purpose
        (self.parts, self.price, expiresAt, self.name) = (parts, price, nil, name)
    }

    /// Lends recipient and words to a transport for the length of `body`.
    ///
    /// - Returns: `nil` once the message was wiped.
    public func withContent<Value: Sendable>(_ body: (Content) -> Value) -> Value? {
        slots.withLock { slots in
            guard let content = slots.take() else { return nil }
            let value =
                content.words.withContent { text, code in
                    switch content.recipient {
                    case .number(let number):
                        number.withDigits { body(Content(recipient: $0, text: text, code: code)) }
                    case .address(let address):
                        address.withUnsafeBytes { body(Content(recipient: $0, text: text, code: code)) }
                    }
                }
            slots = consume content
            return value
        }
    }

    /// How long a gateway may try: while the message is of use, and no longer than the route's own settings say. A second at least.
    package func validity(atMost longest: Duration?, at now: Timestamp) -> Duration? {
        guard let expiresAt else { return longest }
        let left = max(expiresAt - now, .seconds(1))
        return longest.map { min($0, left) } ?? left
    }

    /// Wipes recipient and words. The dispatcher calls it when the transport is done, however that ended.
    public func wipe() {
        slots.withLock { $0 = nil }
    }
}

extension OutboundMessage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted message>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
