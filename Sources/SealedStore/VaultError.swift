public import RecordStorage

/// Why the vault, the key service or the sender refused.
public struct VaultError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A record, envelope or wrapped key is not what was sealed, or is not this subject's.
        public static let refused = Self(rawValue: "vault.refused")
        /// There is no such record, or it was erased.
        public static let notFound = Self(rawValue: "vault.notFound")
        /// The key service, the tag evaluator, or a store cannot be reached now: try again. If it was a store, ``VaultError/storage``
        /// has its own code.
        public static let unavailable = Self(rawValue: "vault.unavailable")
        /// The key service has released as much as its budget allows; it refuses until the day is over.
        public static let releaseBudget = Self(rawValue: "vault.releaseBudget")
        /// An order or proof was used before, is too old, or is not genuine.
        public static let orderRefused = Self(rawValue: "vault.orderRefused")
        /// All is deleted, but older copies of its pages are still in a store's write-ahead log: ask again.
        public static let erasurePending = Self(rawValue: "vault.erasurePending")
        /// A file or message is not of a format that is known here.
        public static let malformed = Self(rawValue: "vault.malformed")
        /// A request to open a record is not allowed: the reason says what to change.
        public static let requestRefused = Self(rawValue: "vault.requestRefused")
        /// An approval does not count: the reason says why.
        public static let approvalRefused = Self(rawValue: "vault.approvalRefused")
        /// More tags are asked for than the evaluator makes in a second: try again shortly.
        public static let evaluationBudget = Self(rawValue: "vault.evaluationBudget")
        /// The number was opened, and the gateway did not take the message: it may have been sent. The order is spent.
        public static let notDelivered = Self(rawValue: "vault.notDelivered")
        /// There is a newer roster than the one that was used.
        public static let rosterOutdated = Self(rawValue: "vault.rosterOutdated")
        /// The log was shown from an older head than the one that the key service has seen since: nothing is lost, open again.
        public static let logHeadOutdated = Self(rawValue: "vault.logHeadOutdated")
        /// The log that is shown does not go on from the one that the key service has seen before: call the operator.
        public static let logForked = Self(rawValue: "vault.logForked")
        /// An approver denied the request; it is over.
        public static let denied = Self(rawValue: "vault.denied")
        /// Approvals are missing yet.
        public static let incomplete = Self(rawValue: "vault.incomplete")
        /// Shares of this record's decryption were given out; it must be resealed before anything else of it is released.
        public static let resealDue = Self(rawValue: "vault.resealDue")
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

extension VaultError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
