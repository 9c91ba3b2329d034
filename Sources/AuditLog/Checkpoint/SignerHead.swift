import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The signer's memory of the largest tree it signed, kept apart from the database, so that a restored backup cannot fork the log.
///
/// Contract: ``move(from:to:)`` is atomic among all processes that share the memory, and lasts when it returns.
public protocol SignerHeadStore: Sendable {
    /// The head moved to last; `nil` before the first.
    ///
    /// - Throws: ``AuditError`` with code `.storage` or `.malformed`.
    func head() async throws(AuditError) -> TreeHead?

    /// Moves to `new` if the head is still `old`. - Returns: whether it was.
    func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool
}

/// The signer's head as a small text file, `log.head` beside the log's keyring: a first line, the size, the root in base 64.
public struct FileSignerHeadStore: SignerHeadStore {
    private static let firstLine = "swift-phone-identity log head 1"
    public let path: String

    /// - Parameter path: its directory must be there. A file `path.lock` beside it keeps processes apart.
    public init(path: String) {
        self.path = path
    }

    public func head() async throws(AuditError) -> TreeHead? { try read() }

    public func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool {
        let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, mode_t(0o600))
        guard lock >= 0 else {
            throw AuditError(StorageError(.readOnly, "Cannot open \(path).lock; give this process write permission there."))
        }
        // Closing gives the lock back, as does the end of the process.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw AuditError(StorageError(.unavailable, "Cannot lock \(path).lock.")) }
        }
        guard try read() == old else { return false }
        let text = "\(Self.firstLine)\n\(new.size)\n\(Base64.encode(new.root))\n"
        do { try DurableFile.replace(path, with: Array(text.utf8), mode: 0o600) } catch { throw AuditError(error) }
        return true
    }

    private func read() throws(AuditError) -> TreeHead? {
        let bytes: [UInt8]?
        do { bytes = try DurableFile.contents(of: path, limit: 4096) } catch { throw AuditError(error) }
        guard let bytes else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0] == Self.firstLine, let size = UInt64(lines[1]), lines[3].isEmpty,
            let root = Base64.decode(lines[2]), root.count == MerkleHash.length
        else { throw AuditError(.malformed, "\(path) is damaged; restore it, it says which tree was signed last.", path: path) }
        return TreeHead(size: size, root: root)
    }
}
