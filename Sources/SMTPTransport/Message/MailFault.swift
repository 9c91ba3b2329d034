#if SMTP
    import Messaging

    /// Why a message is not given to the server at all.
    enum MailFault: Error, Hashable, Sendable, CaseIterable {
        case address
        case subject
        case tooLong
        /// The server has no SMTPUTF8 (RFC 6531).
        case notASCII
        /// The server says how much it takes (RFC 1870).
        case size

        /// - Returns: `.refused`; nothing of it says anything of the gateway, so that no address can close a route.
        func error(provider: String, of destination: MessageDestination) -> TransportError {
            TransportError(
                .refused, reason, refusal: cause.map { ProviderRefusal($0, provider: provider, providerCode: "", of: destination) })
        }

        private var cause: ProviderRefusal.Cause? {
            switch self {
            case .address: .numberInvalid
            case .notASCII: .lineTypeUnsupported
            case .subject, .tooLong, .size: nil
            }
        }

        private var reason: String {
            switch self {
            case .address: "The recipient is no e-mail address that SMTP can carry."
            case .subject: "The subject has more than 500 bytes, or control characters, which would make it more than one line."
            case .tooLong: "The text has more than 64 KiB."
            case .notASCII: "The address has letters outside of ASCII, and the mail server does not take those (SMTPUTF8)."
            case .size: "The message is longer than the mail server says it takes (SIZE)."
            }
        }
    }
#endif
