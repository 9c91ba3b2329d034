#if SQLite
    import GRDB
    import GRDBSQLite
    import RecordStorage

    /// A prepared statement that is bound, run and reset in one go.
    ///
    /// It goes past GRDB's argument arrays straight to SQLite: they cost more than the statements themselves do here.
    /// Valid only where its `Database` is.
    struct RecordStatement: ~Copyable {
        private let statement: Statement
        private var handle: OpaquePointer { statement.sqliteStatement }
        private var bound: CInt = 0

        /// Takes the statement from the connection's cache, and compiles it the first time.
        init(_ sql: String, in database: Database) throws(StorageError) {
            do {
                statement = try database.cachedStatement(sql: sql)
            } catch {
                throw StorageError(sqlite: error)
            }
        }

        deinit {
            sqlite3_reset(statement.sqliteStatement)
            sqlite3_clear_bindings(statement.sqliteStatement)
        }

        mutating func bind(_ value: Int64) {
            bound += 1
            sqlite3_bind_int64(handle, bound, value)
        }

        mutating func bind(_ value: Int64?) {
            guard let value else { return bound += 1 }
            bind(value)
        }

        mutating func bind(_ text: String) {
            bound += 1
            sqlite3_bind_text(handle, bound, text, CInt(text.utf8.count), Self.copied)
        }

        mutating func bind(_ bytes: [UInt8]) throws(StorageError) {
            bound += 1
            let code =
                bytes.isEmpty  // An empty array may have no address, and SQLite takes that for NULL.
                ? sqlite3_bind_zeroblob(handle, bound, 0)
                : bytes.withUnsafeBytes { sqlite3_bind_blob(handle, bound, $0.baseAddress, CInt($0.count), Self.copied) }
            guard code == SQLITE_OK else { throw StorageError(sqlite: code) }
        }

        mutating func bind(_ key: RecordKey) throws(StorageError) {
            bind(Int64(key.partition.rawValue))
            bind(key.collection.rawValue)
            try bind(key.row)
        }

        /// Runs to the next row. `false` at the end.
        func step() throws(StorageError) -> Bool {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: return true
            case SQLITE_DONE: return false
            case let code: throw StorageError(sqlite: code)
            }
        }

        /// Runs a statement that writes. How many rows it changed.
        func run() throws(StorageError) -> CInt {
            while try step() {}
            return sqlite3_changes(sqlite3_db_handle(handle))
        }

        func bytes(at column: CInt) throws(StorageError) -> [UInt8] {
            guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw Self.damaged }
            let address = sqlite3_column_blob(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return [UInt8](UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : count))
        }

        func integer(at column: CInt) throws(StorageError) -> Int64? {
            switch sqlite3_column_type(handle, column) {
            case SQLITE_NULL: return nil
            case SQLITE_INTEGER: return sqlite3_column_int64(handle, column)
            default: throw Self.damaged
            }
        }

        func version(at column: CInt) throws(StorageError) -> RecordVersion {
            guard let version = RecordVersion(bytes: try bytes(at: column)) else { throw Self.damaged }
            return version
        }

        private static var damaged: StorageError {
            StorageError(.corrupt, "A row of the SQLite file does not have its form; restore the file from a backup.")
        }

        /// `SQLITE_TRANSIENT`, which Swift cannot import: SQLite copies what it is given.
        private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
    }
#endif
