import IdentityTypes

/// Sends codes by one transport and everything else by another, so that each has a sender of its own: STOP to one never stops the other.
public struct DividedTransport: MessageTransport {
    private let codes: any MessageTransport
    private let others: any MessageTransport
    public let name: String
    public var capabilities: TransportCapabilities { TransportCapabilities(all: [codes.capabilities, others.capabilities]) }

    /// - Parameters:
    ///   - codes: of verification, recovery and step-up.
    ///   - others: of alerts and conversations.
    public init(codes: any MessageTransport, others: any MessageTransport, name: String = "divided") {
        (self.codes, self.others, self.name) = (codes, others, name)
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let transport = message.purpose.isOfCodes ? codes : others
        guard transport.capabilities.serve(message) else {
            throw TransportError(.unsupported, "The transport for this purpose takes no messages of this kind to this country.")
        }
        return try await transport.send(message)
    }

    public func run(_ events: any TransportEventHandler) async { await [codes, others].run(events) }

    public func note(_ feedback: RouteFeedback) {
        codes.note(feedback)
        others.note(feedback)
    }
}

extension PurposeCode {
    /// Whether its messages carry a code.
    var isOfCodes: Bool {
        switch self {
        case .verification, .accountRecovery, .stepUpVerification: true
        default: false
        }
    }
}
