#if SQLite
    import GRDB
    import GRDBSQLite
    import RecordStorage

    extension StorageError {
        /// What an error of GRDB means to a caller. Nothing of its message is kept: it may carry a statement's arguments.
        init(sqlite error: any Error) {
            switch error {
            case let error as StorageError: self = error
            case let error as DatabaseError: self.init(sqlite: error.extendedResultCode.rawValue)
            case is CancellationError: self.init(.cancelled, "The task was cancelled before it had an answer; nothing was written.")
            default: self.init(.unavailable, "The SQLite file could not be used.")
            }
        }

        /// What one of SQLite's result codes means, anywhere but in COMMIT.
        init(sqlite code: CInt) {
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
                self.init(.unavailable, "Another process kept the SQLite file busy; try again.")
            case SQLITE_FULL: self.init(.full, "The disk with the SQLite file is full; make room.")
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
                self.init(.readOnly, "The SQLite file or its directory cannot be written; check permissions and mount.")
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISMATCH:
                self.init(.corrupt, "The SQLite file is damaged or no database; restore it from a backup (SQLite code \(code)).")
            case SQLITE_TOOBIG: self.init(.tooLarge, "A record is larger than this SQLite accepts.")
            case SQLITE_INTERRUPT, SQLITE_ABORT:
                self.init(.cancelled, "The task was cancelled before it had an answer; nothing was written.")
            case SQLITE_CANTOPEN: self.init(.unavailable, "The SQLite file cannot be opened; check its path and the number of open files.")
            case SQLITE_MISUSE: self.init(.unavailable, "The SQLite file is closed.")
            default: self.init(.unavailable, "The SQLite file could not be used (SQLite code \(code)); look at the disk.")
            }
        }

        /// What an error of COMMIT itself means.
        ///
        /// A full disk stops SQLite before the frame that would make the transaction count, so nothing was written. After any other
        /// failure to write or sync that frame may be in the log, and the next start may find it.
        init(commit error: any Error) {
            let code = (error as? DatabaseError)?.extendedResultCode.rawValue ?? SQLITE_IOERR
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_READONLY: self.init(sqlite: code)
            default:
                self.init(.outcomeUnknown, "The disk failed at the end of a commit (SQLite code \(code)); whether it lasts is not known.")
            }
        }
    }
#endif
