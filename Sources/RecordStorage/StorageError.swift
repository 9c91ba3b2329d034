/// Why a store did not do what it was asked.
public struct StorageError: Error, Hashable, Sendable {
    /// What a caller decides by. New codes may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An expectation did not hold, or the engine gave up on a deadlock: nothing was written; read and decide again.
        public static let conflict = Self(rawValue: "storage.conflict")
        /// The connection was lost around the commit: it may have landed, or land still. Read one's own versions.
        public static let outcomeUnknown = Self(rawValue: "storage.outcomeUnknown")
        /// The store cannot be reached or stayed busy: nothing was written; try again later.
        public static let unavailable = Self(rawValue: "storage.unavailable")
        /// The disk or quota is full: nothing was written; make room.
        public static let full = Self(rawValue: "storage.full")
        /// The store cannot be written (permissions, a read-only mount or replica).
        public static let readOnly = Self(rawValue: "storage.readOnly")
        /// What is stored is damaged or not ours: restore from a backup.
        public static let corrupt = Self(rawValue: "storage.corrupt")
        /// A record's authenticator does not match: somebody changed or swapped rows.
        public static let tampered = Self(rawValue: "storage.tampered")
        /// A row, value or commit is beyond the limits of ``RecordLimits``.
        public static let tooLarge = Self(rawValue: "storage.tooLarge")
        /// The commit could never hold, whatever is stored: a defect of the caller.
        public static let invalidChange = Self(rawValue: "storage.invalidChange")
        /// The store belongs to another deployment, or was made by a newer version of this library.
        public static let wrongDeployment = Self(rawValue: "storage.wrongDeployment")
        /// The task was cancelled before anything was written.
        public static let cancelled = Self(rawValue: "storage.cancelled")
    }

    public let code: Code
    /// A sentence a person can act on. Never holds a record's bytes.
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
