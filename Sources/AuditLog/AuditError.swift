public import RecordStorage

/// Why the log did not do what it was asked, or what a verifier found.
public struct AuditError: Error, Hashable, Sendable {
    /// What a caller decides by. New codes may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// An index or size lies outside the tree: fix the input.
        public static let outOfRange = Self(rawValue: "audit.outOfRange")
        /// A tile, an entry bundle or the checkpoint is not there: fetch it, or restore it.
        public static let tileMissing = Self(rawValue: "audit.tileMissing")
        /// The checkpoint is not signed by the key that was given.
        public static let badSignature = Self(rawValue: "audit.badSignature")
        /// A tile holds other hashes than the tree below it.
        public static let badTile = Self(rawValue: "audit.badTile")
        /// An entry is not the one that was signed, or has not the format of an entry.
        public static let badEntry = Self(rawValue: "audit.badEntry")
        /// A tree has another root than the one that was signed.
        public static let badRoot = Self(rawValue: "audit.badRoot")
        /// A key cannot be read, or is not the right one.
        public static let badKey = Self(rawValue: "audit.badKey")
        /// Bytes or text have not the format they should have.
        public static let malformed = Self(rawValue: "audit.malformed")
        /// The database holds another or a smaller tree than the one signed last, as after restoring a backup: call someone.
        public static let forked = Self(rawValue: "audit.forked")
        /// Another sequencer moved the log meanwhile: try again.
        public static let notLeader = Self(rawValue: "audit.notLeader")
        /// The store below failed; see ``AuditError/storage``.
        public static let storage = Self(rawValue: "audit.storage")
    }

    public let code: Code
    /// A sentence a person can act on.
    public let reason: String
    /// Which file of the log, such as `tile/entries/000.p/3`.
    public let path: String?
    /// Which entry of the log, counted from 0.
    public let index: UInt64?
    /// What the store said, where ``code`` is `.storage`.
    public let storage: StorageError?

    public init(_ code: Code, _ reason: String, path: String? = nil, index: UInt64? = nil) {
        self.code = code
        self.reason = reason
        self.path = path
        self.index = index
        storage = nil
    }

    public init(_ error: StorageError) {
        code = .storage
        reason = "\(error.code.rawValue): \(error.reason)"
        path = nil
        index = nil
        storage = error
    }
}

extension AuditError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}
