#if SQLite
    import GRDB
    import RecordStorage

    /// The one table, and every statement that touches it.
    enum RecordTable {
        /// With a rowid, though `WITHOUT ROWID` would be one tree instead of two: values are appended side by side and only the
        /// narrow index is written all over. Measured with 300-byte values in a file of 400,000: as fast for one committer, twice as
        /// fast for 64 that share a transaction.
        static let schema = """
            CREATE TABLE record (
                partition INTEGER NOT NULL,
                collection TEXT NOT NULL,
                row BLOB NOT NULL,
                version BLOB NOT NULL,
                value BLOB NOT NULL,
                expires_at INTEGER,
                PRIMARY KEY (partition, collection, row)
            )
            """

        private static let find = "SELECT version, value, expires_at FROM record WHERE partition = ? AND collection = ? AND row = ?"
        private static let findVersion = "SELECT version FROM record WHERE partition = ? AND collection = ? AND row = ?"
        private static let scan = """
            SELECT row, version, value, expires_at FROM record
            WHERE partition = ? AND collection = ? AND row > ? ORDER BY row LIMIT ?
            """
        private static let scanFromStart = """
            SELECT row, version, value, expires_at FROM record
            WHERE partition = ? AND collection = ? AND row >= ? ORDER BY row LIMIT ?
            """
        private static let insert = """
            INSERT INTO record (partition, collection, row, version, value, expires_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        private static let update = """
            UPDATE record SET version = ?, value = ?, expires_at = ?
            WHERE partition = ? AND collection = ? AND row = ? AND version = ?
            """
        private static let delete = "DELETE FROM record WHERE partition = ? AND collection = ? AND row = ? AND version = ?"

        static func records(at keys: [RecordKey], in database: Database) throws(StorageError) -> [StoredRecord?] {
            var found: [StoredRecord?] = []
            found.reserveCapacity(keys.count)
            for key in keys {
                var statement = try RecordStatement(find, in: database)
                try statement.bind(key)
                found.append(try statement.step() ? try record(at: key, from: statement, column: 0) : nil)
            }
            return found
        }

        static func records(in range: RecordRange, limit: Int, in database: Database) throws(StorageError) -> [StoredRecord] {
            var statement = try RecordStatement(range.after == nil ? scanFromStart : scan, in: database)
            statement.bind(Int64(range.partition.rawValue))
            statement.bind(range.collection.rawValue)
            try statement.bind(range.after ?? [])
            statement.bind(Int64(limit))
            var found: [StoredRecord] = []
            while try statement.step() {
                let key = RecordKey(partition: range.partition, collection: range.collection, row: try statement.bytes(at: 0))
                found.append(try record(at: key, from: statement, column: 1))
            }
            return found
        }

        /// Whether the record is as the change expects it.
        static func holds(_ change: RecordChange, in database: Database) throws(StorageError) -> Bool {
            var statement = try RecordStatement(findVersion, in: database)
            try statement.bind(change.key)
            let current: RecordVersion? = try statement.step() ? try statement.version(at: 0) : nil
            return current == change.expectedVersion
        }

        /// Makes the change if the record is as it expects. Whether it was.
        static func apply(_ change: RecordChange, in database: Database) throws(StorageError) -> Bool {
            switch change {
            case .check:
                return try holds(change, in: database)
            case .put(let key, nil, let version, let value, let expiresAt):
                var statement = try RecordStatement(insert, in: database)
                try statement.bind(key)
                try statement.bind(version.bytes)
                try statement.bind(value)
                statement.bind(expiresAt?.milliseconds)
                return try statement.run() == 1
            case .put(let key, let expected?, let version, let value, let expiresAt):
                var statement = try RecordStatement(update, in: database)
                try statement.bind(version.bytes)
                try statement.bind(value)
                statement.bind(expiresAt?.milliseconds)
                try statement.bind(key)
                try statement.bind(expected.bytes)
                return try statement.run() == 1
            case .delete(let key, let version):
                var statement = try RecordStatement(delete, in: database)
                try statement.bind(key)
                try statement.bind(version.bytes)
                return try statement.run() == 1
            }
        }

        private static func record(
            at key: RecordKey, from statement: borrowing RecordStatement, column: CInt
        ) throws(StorageError) -> StoredRecord {
            StoredRecord(
                key: key, version: try statement.version(at: column), value: try statement.bytes(at: column + 1),
                expiresAt: try statement.integer(at: column + 2).map { Timestamp(milliseconds: $0) })
        }
    }
#endif
