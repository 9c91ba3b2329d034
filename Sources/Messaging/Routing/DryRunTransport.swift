public import IdentityTypes
import Synchronization

/// Sends nothing and counts: what a day's traffic would cost by a route.
public final class DryRunTransport: MessageTransport {
    public struct Count: Hashable, Sendable {
        public internal(set) var messages = 0
        public internal(set) var parts = 0
        public internal(set) var cost = Money.zero
    }

    private let counts = Mutex<[UInt16: Count]>([:])
    public let name: String
    public let capabilities: TransportCapabilities

    public init(like capabilities: TransportCapabilities, name: String = "dry-run") {
        (self.capabilities, self.name) = (capabilities, name)
    }

    /// By ITU country calling code.
    public var byCountry: [UInt16: Count] { counts.withLock { $0 } }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        guard capabilities.serve(message) else {
            throw TransportError(.unsupported, "This route takes no messages of this kind to this country.")
        }
        guard message.withContent({ _ in true }) != nil else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        counts.withLock { counts in
            counts[message.destination.countryCallingCode, default: Count()].messages += 1
            counts[message.destination.countryCallingCode]?.parts += message.parts
            if let cost = counts[message.destination.countryCallingCode]?.cost {
                counts[message.destination.countryCallingCode]?.cost = cost + message.price
            }
        }
        return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey], price: .zero)
    }
}
