import GRDBSQLite

/// One-row transactions on SQLite's own C interface, with the settings of the identity store: the limit a sign-up is held against.
public final class RawSQLite {
    private var database: OpaquePointer?
    private var insert: OpaquePointer?
    private var next: Int64 = 0

    public init(path: String) {
        precondition(sqlite3_open(path, &database) == SQLITE_OK)
        for statement in [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON",
            "CREATE TABLE record(key BLOB PRIMARY KEY, version BLOB, value BLOB)",
        ] { run(statement) }
        precondition(
            sqlite3_prepare_v2(database, "INSERT INTO record VALUES(?, randomblob(16), randomblob(200))", -1, &insert, nil) == SQLITE_OK)
    }

    public func transaction(rows: Int = 1) {
        run("BEGIN IMMEDIATE")
        for _ in 0..<rows {
            next += 1
            // A key that lands anywhere, as the store's do.
            sqlite3_bind_int64(insert, 1, next &* 0x9E37_79B9_7F4A_7C1 & Int64.max)
            precondition(sqlite3_step(insert) == SQLITE_DONE)
            sqlite3_reset(insert)
        }
        run("COMMIT")
    }

    private func run(_ sql: String) {
        precondition(sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK, String(cString: sqlite3_errmsg(database)))
    }
}
