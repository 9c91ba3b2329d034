#if SQLite
    import Foundation
    import GRDB
    import RecordStorage

    /// The log beside the file (`-wal`), where what was deleted from the file may still be.
    enum WriteAheadLog {
        /// Whether the log is empty now.
        static func truncate(_ database: Database, path: String) throws(StorageError) -> Bool {
            // SQLite itself does not survive a checkpoint of a connection that is closed.
            guard database.sqliteConnection != nil else { throw StorageError(.unavailable, "The SQLite file is closed.") }
            do {
                _ = try database.checkpoint(.truncate)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED {
                return false
            } catch {
                throw StorageError(sqlite: error)
            }
            return try synchronize(path + "-wal")
        }

        /// Pages (16 MiB) in the log before they are moved into the file: four times SQLite's default, as most are written again before.
        static let pages = 4_000

        /// Fills the log's file with zeros up to the length it soon has anyway, since a commit that makes the file longer waits for
        /// the file system's journal too, and takes up to twice as long. SQLite takes zeros behind the last frame for no frame.
        ///
        /// In a transaction that holds the writer's lock: nobody else appends meanwhile. A disk that has no room tells the commit
        /// that needs it.
        static func lengthen(_ database: Database, path: String) throws {
            try database.inTransaction(.immediate) {
                let descriptor = open(path + "-wal", O_RDWR | O_CLOEXEC)
                guard descriptor >= 0 else { return .rollback }
                defer { close(descriptor) }
                // A frame is a page of 4 KiB and 24 bytes; the last commit before a checkpoint may go beyond.
                let length = off_t(pages + pages / 10) * 4_120
                let zeros = [UInt8](repeating: 0, count: 65_536)
                var end = lseek(descriptor, 0, SEEK_END)
                while end >= 0, end < length {
                    let written = pwrite(descriptor, zeros, min(zeros.count, Int(length - end)), end)
                    guard written > 0 else { break }
                    end += off_t(written)
                }
                return .rollback
            }
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
