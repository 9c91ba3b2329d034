public import RecordStorage

/// Why a consent was not recorded or a grant not minted.
public struct ConsentError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The person never agreed to this purpose, or refused: do not use the number for it.
        public static let notGiven = Self(rawValue: "consent.notGiven")
        /// The person withdrew: do not use the number for it.
        public static let withdrawn = Self(rawValue: "consent.withdrawn")
        /// The consent ran out: ask again.
        public static let expired = Self(rawValue: "consent.expired")
        /// The purpose is necessary for the contract or by law: it is recorded when it happens, and nobody is asked.
        public static let notOptIn = Self(rawValue: "consent.notOptIn")
        /// A decision comes with the id, version, language and full text of the notice that was shown.
        public static let noticeIncomplete = Self(rawValue: "consent.noticeIncomplete")
        /// Two decisions about one purpose came together.
        public static let contradictory = Self(rawValue: "consent.contradictory")
        /// The store could not be read or written: try again.
        public static let unavailable = Self(rawValue: "consent.unavailable")
    }

    public let code: Code
    public let reason: String
    /// What the store said, where it was the store.
    public let storage: StorageError?

    public init(_ code: Code, _ reason: String, storage: StorageError? = nil) {
        self.code = code
        self.reason = reason
        self.storage = storage
    }

    init(_ error: StorageError) {
        self.init(.unavailable, error.reason, storage: error)
    }
}

extension ConsentError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
