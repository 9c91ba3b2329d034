public import IdentityTypes
public import Messaging
public import OTPEngine
public import RecordStorage
public import SealedStore

/// Hands a number that the sender opened to a gateway, with one of the texts the sender knows, and forgets it.
///
/// No text has a place for the number, and none can be given by whoever orders the message: an order names a text. What became of a message is
/// recorded as a code's is, in the identity store: ``DeliveryDesk`` counts it.
public struct MessagingRecipient: NumberRecipient {
    private let handOver: MessageHandOver
    private let texts: [String: Text]
    private let tariff: Tariff?

    /// What a template's name stands for.
    public struct Text: Hashable, Sendable {
        public var words: String
        public var channel: OutboundMessage.Channel

        /// - Parameter words: 1 to 1,600 bytes.
        public init(_ words: String, channel: OutboundMessage.Channel = .sms) {
            (self.words, self.channel) = (words, channel)
        }
    }

    /// - Parameters:
    ///   - transport: its receipts come to this recipient: keep it going with `transport.run(recipient)` where it needs that.
    ///   - texts: by the name of the template.
    ///   - store: the identity store.
    ///   - partitions: as the deployment was made with.
    ///   - tariff: what a message costs, for reports; where a route names its own price, that counts.
    /// - Throws: `KeyringError` with code `.incomplete` where the keyring was made for a sender in the host's own process.
    public init(
        _ transport: any MessageTransport, texts: [String: Text], store: some RecordStore, keyring: SenderKeyring,
        partitions: PartitionCount, tariff: Tariff? = nil, observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource()
    ) throws(KeyringError) {
        guard let rows = keyring.authenticated(store), let root = keyring.deliveryRoot() else {
            throw KeyringError(.incomplete, "This sender's keyring cannot read the identity store: give the host's keyring.")
        }
        self.init(
            transport, texts, DeliveryLedger(store: rows, partitions: partitions, key: root, time: time, random: random), tariff,
            observer, time)
    }

    /// For a sender in the host's own process.
    public init(
        _ transport: any MessageTransport, texts: [String: Text], store: some RecordStore, keyring: HostKeyring,
        partitions: PartitionCount, tariff: Tariff? = nil, observer: any Observer = NoObserver(), time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource()
    ) {
        self.init(
            transport, texts,
            DeliveryLedger(
                store: keyring.authenticated(store), partitions: partitions, key: keyring.deliveryRoot(), time: time, random: random),
            tariff, observer, time)
    }

    private init(
        _ transport: any MessageTransport, _ texts: [String: Text], _ ledger: DeliveryLedger, _ tariff: Tariff?, _ observer: any Observer,
        _ time: any TimeSource
    ) {
        // Whoever ordered the message waits for it.
        handOver = MessageHandOver(
            transport: transport, ledger: ledger, observer: observer, time: time, attempts: 3, longestPause: .seconds(1),
            patience: .seconds(5))
        self.tariff = tariff
        self.texts = texts
    }

    public func check(_ order: DispatchOrder) throws(VaultError) { _ = try text(of: order) }

    private func text(of order: DispatchOrder) throws(VaultError) -> Text {
        guard let text = texts[order.template] else {
            throw VaultError(.requestRefused, "The sender knows no text of this name: add it to the sender, or order another.")
        }
        guard handOver.transport.capabilities.channels.contains(text.channel) else {
            throw VaultError(.requestRefused, "The sender's gateway has no such channel: order a text for another.")
        }
        return text
    }

    public func deliver(_ order: DispatchOrder, to number: borrowing GuardedNumber) async throws(VaultError) {
        let text = try text(of: order)
        let destination = MessageDestination(number)
        let parts = text.channel == .sms ? (try? MessageSegments(text.words))?.count ?? 1 : 1
        let price = tariff.map { $0.price(text.channel == .voice ? .voice : .text, to: destination.countryCallingCode) * parts } ?? .zero
        let message = OutboundMessage(
            to: number.duplicate(), words: text.words, channel: text.channel, destination: destination, parts: parts, price: price,
            orderedFor: order.purpose, MessageName(owner: order.idBytes, send: 0))
        do throws(TransportError) { try await handOver(message) } catch { throw VaultError(.notDelivered, error.reason) }
    }
}

extension MessagingRecipient: TransportEventHandler {
    /// Takes what a gateway says of a message.
    ///
    /// - Throws: a `StorageError`; ``TransportError`` with code `.unsupported` for what somebody has written: a sender knows nobody, and the
    ///   gateway has to bring it to the host.
    public func receive(_ event: TransportEvent) async throws {
        guard case .receipt(let receipt) = event else {
            throw TransportError(.unsupported, "A sender takes no messages: let the gateway bring them to the host.")
        }
        if let feedback = try await handOver.ledger.receive(receipt)?.feedback { handOver.transport.note(feedback) }
    }
}
