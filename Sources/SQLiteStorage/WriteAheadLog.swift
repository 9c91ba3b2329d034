#if SQLite
    import Foundation
    import GRDB
    import RecordStorage

    /// The log beside the file (`-wal`), where what was deleted from the file may still be.
    enum WriteAheadLog {
        /// Whether the log is empty now.
        static func truncate(_ database: Database, path: String, patience: BusyPatience) throws(StorageError) -> Bool {
            // SQLite itself does not survive a checkpoint of a connection that is closed.
            guard database.sqliteConnection != nil else { throw StorageError(.unavailable, "The SQLite file is closed.") }
            do {
                // Not the whole busy timeout: every commit waits meanwhile.
                try patience.limited(to: .milliseconds(200)) { _ = try database.checkpoint(.truncate) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
                return false
            } catch {
                throw StorageError(sqlite: error)
            }
            return try synchronize(path + "-wal")
        }

        /// SQLite does not wait for the truncation to reach the disk, and a power cut could bring the old bytes back.
        /// Opening the log and closing it again frees no lock: SQLite's locks are on the two other files.
        private static func synchronize(_ path: String) throws(StorageError) -> Bool {
            let descriptor = open(path, O_RDWR)
            guard descriptor >= 0 else {
                if errno == ENOENT { return true }
                throw StorageError(.unavailable, "The write-ahead log cannot be opened (errno \(errno)).")
            }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else {
                throw StorageError(.unavailable, "The disk did not confirm the emptied write-ahead log (errno \(errno)); try again.")
            }
            return true
        }
    }
#endif
