import Foundation
import GRDBSQLite

/// What is in the files of a directory.
enum DiskContents {
    /// Every file's bytes by its path; of an SQLite database its rows instead, wherever SQLite keeps them.
    static func of(_ directories: [String]) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for directory in directories {
            for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
                // A database's log is read with it.
                guard !name.hasSuffix("-wal"), !name.hasSuffix("-shm") else { continue }
                let path = directory + "/" + name
                var isDirectory: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
                found[path] = isDirectory.boolValue ? [] : try contents(of: path)
            }
        }
        return found
    }

    private static func contents(of path: String) throws -> [UInt8] {
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        return try bytes.starts(with: "SQLite format 3\0".utf8) ? rows(of: path) : bytes
    }

    /// Reads a copy: a reader of the database itself would leave traces, and perhaps take a lock that a test holds.
    ///
    /// Not the bytes: whoever opens a database makes its log, for which GRDB writes a table and drops it again. Of a damaged one, as many
    /// rows as can be read.
    private static func rows(of path: String) throws -> [UInt8] {
        let copy = NSTemporaryDirectory() + "copy-" + UUID().uuidString
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + end) } }
        for end in ["", "-wal"] where FileManager.default.fileExists(atPath: path + end) {
            try FileManager.default.copyItem(atPath: path + end, toPath: copy + end)
        }
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open(copy, &database) == SQLITE_OK else { return Array("cannot be opened".utf8) }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let sql = """
            SELECT partition || collection || quote(row) || quote(version) || quote(value) || quote(expires_at)
            FROM record ORDER BY partition, collection, row
            """
        guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { return Array("has no rows".utf8) }
        var text = ""
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: text += String(cString: sqlite3_column_text(statement, 0)) + "\n"
            case SQLITE_DONE: return Array(text.utf8)
            default: return Array((text + "damaged").utf8)
            }
        }
    }

    /// The names of the files in a directory that hold a piece of 16 bytes of `secret`.
    static func holding(_ secret: [UInt8], in directory: String) throws -> Set<String> {
        let pieces = stride(from: 0, through: secret.count - 16, by: 8).map { Data(secret[$0..<$0 + 16]) }
        return try Set(
            FileManager.default.contentsOfDirectory(atPath: directory).filter { name in
                var filled = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
                // A log has its length from the start, and is mostly zeros: searching those byte by byte would hold up every other test.
                let zeros = Data(count: 65_536)
                while filled.count > zeros.count, filled.suffix(zeros.count) == zeros { filled.removeLast(zeros.count) }
                return pieces.contains { filled.range(of: $0) != nil }
            })
    }
}
