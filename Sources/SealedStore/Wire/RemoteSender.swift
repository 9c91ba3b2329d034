import RecordStorage

/// A sender in another process: an order goes, a status comes back, and nothing else ever.
public struct RemoteSender: NumberSender {
    private let channel: any RequestChannel

    public init(_ channel: any RequestChannel) { self.channel = channel }

    public func send(_ order: DispatchOrder) async throws(VaultError) {
        try WireAnswer.decode(try await channel.request(order.bytes)) { _ throws(MalformedBytes) in }
    }
}

/// The sender's side of the wire.
public struct SenderEndpoint: Sendable {
    private let sender: any NumberSender

    public init(_ sender: any NumberSender) { self.sender = sender }

    /// - Returns: an answer to any bytes whatever.
    public func answer(_ request: [UInt8]) async -> [UInt8] {
        do throws(VaultError) {
            let order = try SignedMessage.decode(request, "order") { reader throws(MalformedBytes) in try DispatchOrder(from: &reader) }
            try await sender.send(order)
            return WireAnswer.encode(.success([]))
        } catch {
            return WireAnswer.encode(.failure(error))
        }
    }

    /// The answer to a party that is no host.
    public func refuse() -> [UInt8] {
        WireAnswer.encode(.failure(VaultError(.requestRefused, "A sender takes orders of its host alone.")))
    }
}
