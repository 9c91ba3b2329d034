#if SQLite
    import Foundation
    import GRDB
    import RecordStorage
    import Synchronization

    /// The file on disk: how it is made, and what is refused.
    struct DatabaseFile: Sendable {
        /// `PHID`: what tells our files from other programs'.
        static let applicationID: Int32 = 0x5048_4944
        /// The version of the schema. A file with a greater one is from a newer library.
        static let formatVersion: Int32 = 1

        let path: String
        let patience: BusyPatience
        let readers: Int
        let synchronous: SQLiteRecordStore.Synchronous

        /// Opens the file, and makes it first when there is none. Blocks; called from a queue of its own.
        func open() throws(StorageError) -> DatabasePool {
            try create()
            for attempt in 0... {
                do {
                    let pool = try DatabasePool(path: path, configuration: configuration)
                    try pool.writeWithoutTransaction { try prepare($0) }
                    return pool
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && patience.waits(attempt) {
                    // Changing a new file to WAL meets another process doing the same, without asking the busy handler.
                    continue
                } catch {
                    throw StorageError(sqlite: error)
                }
            }
            preconditionFailure("An attempt returns or throws.")
        }

        private var configuration: Configuration {
            var configuration = Configuration()
            configuration.label = "SQLiteRecordStore"
            configuration.maximumReaderCount = readers
            configuration.busyMode = .callback { [patience] attempt in patience.waits(attempt) }
            configuration.prepareDatabase { database in
                if !database.configuration.readonly {
                    // Before GRDB writes anything into the file; in one transaction, as another process may be making it.
                    try database.inTransaction(.deferred) {
                        _ = try Self.isOurs(database)
                        return .commit
                    }
                }
                // Statement journals hold pages; they stay off the disk, where an erasure could not find them.
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
            }
            return configuration
        }

        /// What the writer is set to, and the table if it is not there yet.
        private func prepare(_ database: Database) throws {
            try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA synchronous = \(synchronous.rawValue)")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(WriteAheadLog.pages)")
            try database.inTransaction(.immediate) {
                if try !Self.isOurs(database) {
                    try database.execute(sql: RecordTable.schema)
                    try database.execute(sql: "PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.formatVersion)")
                }
                return .commit
            }
            try WriteAheadLog.lengthen(database, path: path)
        }

        /// `true` for our file, `false` for an empty one.
        private static func isOurs(_ database: Database) throws -> Bool {
            let id = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if id == 0, version == 0, try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") == 0 { return false }
            guard id == applicationID else {
                throw StorageError(.corrupt, "The SQLite file belongs to another program; give another path.")
            }
            guard version <= formatVersion else {
                throw StorageError(.wrongDeployment, "The SQLite file was made by a newer version of this library; update the library.")
            }
            guard version > 0, try database.tableExists("record") else {
                throw StorageError(.corrupt, "The SQLite file lacks its table; restore it from a backup.")
            }
            return true
        }

        /// Held while a file is made: closing a file drops this process's locks on it, also those of another store.
        private static let creation = Mutex(())

        /// Makes the file for its owner alone; SQLite gives its log the same permissions.
        private func create() throws(StorageError) {
            let failure = Self.creation.withLock { _ in
                let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
                guard descriptor < 0 else {
                    close(descriptor)
                    return CInt(0)
                }
                if errno == EEXIST { return access(path, R_OK | W_OK) == 0 && access(directory, W_OK) == 0 ? 0 : errno }
                return errno
            }
            switch failure {
            case 0: return
            case EACCES, EPERM, EROFS:
                throw StorageError(.readOnly, "The SQLite file or its directory cannot be written; check permissions and mount.")
            case ENOSPC, EDQUOT: throw StorageError(.full, "The disk with the SQLite file is full; make room.")
            case ENOENT, ENOTDIR: throw StorageError(.unavailable, "The directory of the SQLite file does not exist.")
            default: throw StorageError(.unavailable, "The SQLite file cannot be made (errno \(failure)).")
            }
        }

        private var directory: String {
            let parent = (path as NSString).deletingLastPathComponent
            return parent.isEmpty ? "." : parent
        }
    }
#endif
