import Clibpq
import RecordStorage

/// The rows or the tag that answer one statement; columns are in PostgreSQL's binary form.
// @unchecked: nobody writes to it, and what libpq gave away belongs to no connection any more.
final class QueryResult: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { PQclear(handle) }

    var rows: Int { Int(PQntuples(handle)) }

    /// Rows that were changed, or read.
    var affected: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    func bytes(_ row: Int, _ column: Int32) throws(PostgresFailure) -> [UInt8] {
        guard PQgetisnull(handle, Int32(row), column) == 0, let start = PQgetvalue(handle, Int32(row), column) else {
            throw .malformed
        }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, Int32(row), column))))
    }

    func integer(_ row: Int, _ column: Int32) throws(PostgresFailure) -> Int64? {
        guard PQgetisnull(handle, Int32(row), column) == 0 else { return nil }
        let bytes = try bytes(row, column)
        guard bytes.count == 8 else { throw .malformed }
        return Int64(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The record at `key` whose version, value and expiry start at a column.
    func record(at key: RecordKey, _ row: Int, _ column: Int32) throws(PostgresFailure) -> StoredRecord {
        guard let version = RecordVersion(bytes: try bytes(row, column)) else { throw .malformed }
        return StoredRecord(
            key: key, version: version, value: try bytes(row, column + 1),
            expiresAt: try integer(row, column + 2).map { Timestamp(milliseconds: $0) })
    }
}
