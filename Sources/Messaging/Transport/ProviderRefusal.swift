import PhoneNormalization

/// Why a gateway would not take or deliver a message, in words that are the same for every gateway: which kind of number, where, by whom, and
/// what to do. Never the number.
public struct ProviderRefusal: Hashable, Sendable {
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        /// No such number, or one that nothing reaches any more.
        case numberInvalid = "number-invalid"
        /// Switched off, out of coverage, full.
        case unreachable
        /// The line takes no messages of this kind, such as a text on a fixed line.
        case lineTypeUnsupported = "line-type-unsupported"
        /// The account may not send to this country.
        case regionDisabled = "region-disabled"
        /// The country wants the sender to be registered first.
        case senderNotRegistered = "sender-not-registered"
        /// The person wants nothing from this sender.
        case optedOut = "opted-out"
        /// A carrier or the gateway takes the words, or the traffic, for abuse.
        case filtered
        /// Too many at once.
        case throttled
        case insufficientFunds = "insufficient-funds"
        /// Wrong credentials, or a closed account.
        case unauthorized
        /// The gateway does not understand what this library sends.
        case malformed
        /// The gateway itself fails.
        case gatewayDown = "gateway-down"
        /// It did not arrive in its time.
        case expired
        case unknown

        /// Whether it is about the account or the gateway, whichever number is written to.
        var isOfAccount: Bool {
            switch self {
            case .throttled, .insufficientFunds, .unauthorized, .malformed, .gatewayDown: true
            default: false
            }
        }

        /// What an operator can do.
        public var remedy: String {
            switch self {
            case .numberInvalid: "Ask the person for the number again."
            case .unreachable: "Send it again later, or offer another method."
            case .lineTypeUnsupported: "Offer a call, or another number."
            case .regionDisabled: "Enable the country in the gateway's account, or add a route that serves it."
            case .senderNotRegistered: "Register the sender for this country with the gateway, or send from one that is."
            case .optedOut: "Offer another method: the person has to send START to this sender first."
            case .filtered: "Have the gateway clear sender and template with the carriers, or send by another route."
            case .throttled: "Lower the route's rate, or have the gateway raise it."
            case .insufficientFunds: "Pay the gateway's account up."
            case .unauthorized: "Check the account and its secret in the configuration."
            case .malformed: "Report this: the gateway and this library disagree about the protocol."
            case .gatewayDown: "Wait, or add a second route."
            case .expired: "Send it again, or offer another method."
            case .unknown: "Look the gateway's own code up in its documentation."
            }
        }
    }

    public let cause: Cause
    /// The route's name.
    public let provider: String
    /// As the gateway gave it: at most 32 ASCII letters, digits, dots and hyphens; anything else is left out.
    public let providerCode: String
    /// What kind of number it is, as its plan says, such as `mobile`.
    public let numberClass: String
    /// Two letters, or `+` and the country calling code where several countries share it; empty where it is not known.
    public let region: String

    /// A gateway's code as it may be kept and shown.
    static func plain(_ code: String) -> String {
        let plain = code.utf8.filter { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
            default: false
            }
        }
        // A code that is long enough to be a number is none.
        return plain.count > 32 || plain.count(where: { (0x30...0x39).contains($0) }) > 6 ? "" : String(decoding: plain, as: UTF8.self)
    }

    public init(_ cause: Cause, provider: String, providerCode: String, of destination: MessageDestination) {
        self.cause = cause
        self.provider = provider
        self.providerCode = Self.plain(providerCode)
        numberClass = destination.lineType.map { "\($0)" } ?? "unknown"
        region = destination.region?.code ?? (destination.countryCallingCode == 0 ? "" : "+\(destination.countryCallingCode)")
    }
}

extension ProviderRefusal: CustomStringConvertible {
    public var description: String {
        let code = providerCode.isEmpty ? "" : " (\(providerCode))"
        let place = region.isEmpty ? "" : " in \(region)"
        let what = cause.isOfAccount ? "takes no messages" : "refuses a \(numberClass) number\(place)"
        return "\(provider) \(what): \(cause.rawValue)\(code). \(cause.remedy)"
    }
}
