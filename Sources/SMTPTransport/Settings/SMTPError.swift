#if SMTP
    /// Why a gateway cannot be made as it is configured.
    public struct SMTPError: Error, Hashable, Sendable {
        /// What a caller decides by. New codes may be added.
        public struct Code: RawRepresentable, Hashable, Sendable {
            public let rawValue: String
            public init(rawValue: String) { self.rawValue = rawValue }

            /// A setting is outside of what the protocol or this library allows: the reason says which.
            public static let invalidSetting = Self(rawValue: "smtp.invalidSetting")
        }

        public let code: Code
        /// A sentence a person can act on. Never holds the password.
        public let reason: String

        public init(_ code: Code, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    extension SMTPError: CustomStringConvertible {
        public var description: String { "\(code.rawValue): \(reason)" }
    }
#else
    @available(*, unavailable, message: "SMTPError needs SwiftNIO: enable the package trait SMTP of swift-phone-identity.")
    public struct SMTPError {}
#endif
