#if SQLite
    import Foundation
    import GRDB
    import RecordStorage

    /// How far a backup is.
    public struct BackupProgress: Sendable, Hashable {
        /// Bytes that are copied.
        public let copied: Int
        /// Bytes of the whole file.
        public let total: Int
    }

    /// Copies the file through SQLite's online backup, beside its place first, so that what bears the name of a backup is one.
    struct DatabaseBackup: Sendable {
        let path: String
        let cancellation: CancellationFlag
        let progress: @Sendable (BackupProgress) -> Void

        /// Pages (4 MiB) that are copied before anybody looks whether to go on.
        private static let step: CInt = 1_024

        /// Copies what `source`, a reader in a transaction, sees. Commits go on meanwhile and are not in the copy.
        func copy(_ source: Database) throws(StorageError) {
            let part = "\(path).\(UUID().uuidString).part"
            try create(part)
            defer { unlink(part) }
            try fill(part, from: source)
            try synchronize(part)
            // The last step's word is not heard, and a small file has no other.
            if cancellation.isRaised { throw Self.cancelled }
            try publish(part)
            do {
                try DurableFile.syncDirectory(of: path)
            } catch {
                unlink(path)
                throw error
            }
        }

        private func create(_ part: String) throws(StorageError) {
            guard access(path, F_OK) != 0 else { throw Self.taken }
            let descriptor = Foundation.open(part, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Self.failure(errno) }
            close(descriptor)
        }

        private func fill(_ part: String, from source: Database) throws(StorageError) {
            do {
                // SQLite takes the transaction's snapshot at the first statement; without it each step would be of another one.
                let page = try Int.fetchOne(source, sql: "PRAGMA page_size") ?? 0
                _ = try Int.fetchOne(source, sql: "SELECT COUNT(*) FROM sqlite_master")
                let copy = try DatabaseQueue(path: part)
                defer { try? copy.close() }
                try copy.inDatabase { target in
                    // One that is interrupted is thrown away: nothing has to be undone, and all is synced at its end.
                    try target.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                    try source.backup(to: target, pagesPerStep: Self.step) { step in
                        if cancellation.isRaised { throw Self.cancelled }
                        progress(BackupProgress(copied: step.completedPageCount * page, total: step.totalPageCount * page))
                    }
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                throw Self.failure(ENOSPC)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
                throw StorageError(.unavailable, "The backup cannot be written, or the SQLite file cannot be read; look at both disks.")
            } catch {
                throw StorageError(sqlite: error)
            }
        }

        private func synchronize(_ part: String) throws(StorageError) {
            let descriptor = Foundation.open(part, O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.failure(errno) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw Self.failure(errno) }
        }

        /// Gives it its name, unless somebody else took it meanwhile.
        private func publish(_ part: String) throws(StorageError) {
            if link(part, path) == 0 { return }
            switch errno {
            case EEXIST: throw Self.taken
            case EPERM, ENOTSUP, ENOSYS, EMLINK:
                // A file system without second names.
                guard access(path, F_OK) != 0 else { throw Self.taken }
                guard rename(part, path) == 0 else { throw Self.failure(errno) }
            case let number: throw Self.failure(number)
            }
        }

        private static let cancelled = StorageError(
            .cancelled, "The task was cancelled before the backup was whole; nothing is left of it.")
        private static let taken = StorageError(.invalidChange, "There is a file where the backup shall be; it is never overwritten.")

        private static func failure(_ number: Int32) -> StorageError {
            switch number {
            case EACCES, EPERM, EROFS: StorageError(.readOnly, "The backup's directory cannot be written; check permissions and mount.")
            case ENOSPC, EDQUOT: StorageError(.full, "The disk of the backup is full; make room, nothing is left of it.")
            case ENOENT, ENOTDIR: StorageError(.unavailable, "The directory of the backup does not exist.")
            default: StorageError(.unavailable, "The backup cannot be written (errno \(number)).")
            }
        }
    }
#endif
