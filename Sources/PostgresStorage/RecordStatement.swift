/// Every statement that touches records. Each is prepared once a connection, when it is first needed.
enum RecordStatement: String, CaseIterable {
    case find, findMany, scan, scanFromStart
    /// Makes one change by itself; the number of rows tells whether the record was as expected.
    case check, insert, update, delete
    /// Makes all of a commit's changes, or fails.
    case commit
    /// Part of a transaction: fails unless the record is as expected, and keeps it so until the end.
    case demandUnchanged, demandForChange
    /// Part of a transaction, after its demand.
    case claim, replace, remove

    static let ofTransactions: [Self] = [.demandUnchanged, .demandForChange, .claim, .replace, .remove]

    /// What the function raises when a record is not as expected. A class of its own, which PostgreSQL will not use.
    static let conflictState = "PI001"

    func sql(in schema: String) -> String {
        let table = "\(schema).record"
        let key = #"partition = $1 AND collection = $2 AND "row" = $3"#
        let columns = #"(partition, collection, "row", version, value, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"#
        switch self {
        case .find: return "SELECT version, value, expires_at FROM \(table) WHERE \(key)"
        case .findMany:
            // LIMIT 1 makes it a look into the primary key for each, whatever the planner thinks of the table.
            return """
                SELECT asked.place, found.version, found.value, found.expires_at
                FROM unnest($1, $2, $3) WITH ORDINALITY AS asked (partition, collection, "row", place)
                CROSS JOIN LATERAL (
                    SELECT r.version, r.value, r.expires_at FROM \(table) AS r
                    WHERE r.partition = asked.partition AND r.collection = asked.collection AND r."row" = asked."row" LIMIT 1
                ) AS found
                """
        case .scan, .scanFromStart:
            return """
                SELECT "row", version, value, expires_at FROM \(table)
                WHERE partition = $1 AND collection = $2 AND "row" \(self == .scan ? ">" : ">=") $3 ORDER BY "row" LIMIT $4
                """
        case .check: return "SELECT 1 FROM \(table) WHERE \(key) AND version = $4 FOR SHARE"
        case .insert: return "INSERT INTO \(table) \(columns) ON CONFLICT DO NOTHING"
        case .update: return "UPDATE \(table) SET version = $5, value = $6, expires_at = $7 WHERE \(key) AND version = $4"
        case .delete: return "DELETE FROM \(table) WHERE \(key) AND version = $4"
        case .commit: return "SELECT \(schema).record_commit_1($1, $2, $3, $4, $5, $6, $7, $8)"
        case .demandUnchanged, .demandForChange:
            // A division by zero is the one way to fail that every engine has, without a function or a modifying CTE.
            let lock = self == .demandUnchanged ? "SHARE" : "UPDATE"
            return "SELECT 1 / count(*) FROM (SELECT 1 FROM \(table) WHERE \(key) AND version = $4 FOR \(lock)) AS expected"
        case .claim: return "INSERT INTO \(table) \(columns)"
        case .replace: return "UPDATE \(table) SET version = $4, value = $5, expires_at = $6 WHERE \(key)"
        case .remove: return "DELETE FROM \(table) WHERE \(key)"
        }
    }

    var types: [PostgresType] {
        let key: [PostgresType] = [.int32, .bytes, .bytes]
        switch self {
        case .find, .remove: return key
        case .findMany: return [.int32Array, .bytesArray, .bytesArray]
        case .scan, .scanFromStart: return key + [.int64]
        case .check, .delete, .demandUnchanged, .demandForChange: return key + [.bytes]
        case .insert, .claim, .replace: return key + [.bytes, .bytes, .int64]
        case .update: return key + [.bytes, .bytes, .bytes, .int64]
        case .commit:
            return [.int32Array, .int32Array, .bytesArray, .bytesArray, .bytesArray, .bytesArray, .bytesArray, .int64Array]
        }
    }
}
