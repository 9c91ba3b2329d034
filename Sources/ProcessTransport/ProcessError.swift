#if Processes
    /// Why a request between two processes has no answer, or why an end of the connection could not be set up.
    public struct ProcessError: Error, Hashable, Sendable {
        /// What a caller decides by. New codes may be added.
        public struct Code: RawRepresentable, Hashable, Sendable {
            public let rawValue: String
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The other process cannot be reached or is busy, and the request certainly was not begun: try again later.
            public static let unavailable = Self(rawValue: "process.unavailable")
            /// The request was sent and no answer came: it may have been carried out, or be still. Ask what is so, or repeat it if that is harmless.
            public static let outcomeUnknown = Self(rawValue: "process.outcomeUnknown")
            /// The other process does not take this one for what it says it is, or this one the other: call whoever set them up.
            public static let refused = Self(rawValue: "process.refused")
            /// A request or answer is empty or larger than the limit: a defect of the caller.
            public static let invalidSize = Self(rawValue: "process.invalidSize")
            /// The task was cancelled before anything was sent.
            public static let cancelled = Self(rawValue: "process.cancelled")
            /// Another server listens there already.
            public static let addressInUse = Self(rawValue: "process.addressInUse")
            /// A path, file, certificate or key cannot be used as it is: the reason says what to change.
            public static let invalidSetting = Self(rawValue: "process.invalidSetting")
        }

        public let code: Code
        /// A sentence a person can act on. Never holds a request's bytes.
        public let reason: String

        public init(_ code: Code, _ reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    extension ProcessError: CustomStringConvertible {
        public var description: String { "\(code.rawValue): \(reason)" }
    }
#else
    @available(*, unavailable, message: "ProcessError needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct ProcessError {}
#endif
