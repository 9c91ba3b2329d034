#if SQLite
    import GRDB
    import RecordStorage

    /// What a look through a whole file found.
    public struct IntegrityReport: Sendable, Hashable {
        /// Records that have their form.
        public let records: Int
        /// What is wrong, a sentence each, at most 100 of SQLite's own. They name pages, rows by their number, and nothing that is stored.
        public let problems: [String]

        public init(records: Int, problems: [String]) {
            self.records = records
            self.problems = problems
        }

        public var isSound: Bool { problems.isEmpty }
    }

    /// How thorough a look is.
    public enum IntegrityDepth: Sendable, Hashable {
        /// Every page and row.
        case quick
        /// Also whether table and index say the same, which takes several times as long.
        case complete
    }

    /// Looks through a file, in one snapshot: SQLite's own check, and then this library's.
    enum IntegrityCheck {
        static func run(_ depth: IntegrityDepth, in database: Database) throws(StorageError) -> IntegrityReport {
            var problems: [String] = []
            var records = 0
            do {
                let said = try String.fetchAll(database, sql: depth == .quick ? "PRAGMA quick_check" : "PRAGMA integrity_check")
                problems = said.filter { $0 != "ok" }
                problems += try shape(of: database)
                let all = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM record NOT INDEXED") ?? 0
                let malformed = try Int.fetchOne(database, sql: Self.malformed) ?? 0
                records = all - malformed
                if malformed > 0 { problems.append("Rows that do not have their form: \(malformed).") }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB {
                // Damage that stops SQLite itself.
                problems.append("A page is damaged (SQLite code \(error.extendedResultCode.rawValue)).")
            } catch {
                throw StorageError(sqlite: error)
            }
            return IntegrityReport(records: records, problems: problems)
        }

        private static func shape(of database: Database) throws -> [String] {
            let found = try String.fetchAll(database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            var problems: [String] = []
            if found != [RecordTable.schema] {
                problems.append("The file does not hold this library's table and no other.")
            }
            if try Int32.fetchOne(database, sql: "PRAGMA application_id") != DatabaseFile.applicationID
                || Int32.fetchOne(database, sql: "PRAGMA user_version") != DatabaseFile.formatVersion
            {
                problems.append("The file's marks are not this library's.")
            }
            return problems
        }

        /// SQLite lets any type into any column.
        private static let malformed = """
            SELECT COUNT(*) FROM record NOT INDEXED WHERE NOT (
                typeof(partition) = 'integer' AND partition BETWEEN 0 AND 65535
                AND typeof(collection) = 'text' AND length(collection) BETWEEN 1 AND 32 AND collection NOT GLOB '*[^a-z0-9-]*'
                AND typeof(row) = 'blob' AND length(row) <= \(RecordLimits.row)
                AND typeof(version) = 'blob' AND length(version) = 16
                AND typeof(value) = 'blob' AND length(value) <= \(RecordLimits.value)
                AND typeof(expires_at) IN ('integer', 'null'))
            """
    }
#endif
