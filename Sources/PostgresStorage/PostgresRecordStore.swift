public import RecordStorage

/// Records in a PostgreSQL database, or in an engine that speaks its protocol.
///
/// Any number of hosts may use one schema at once. A commit is one round trip. Connections are made when they are needed, and again when they are lost:
/// what has not begun waits for that, up to the settings' patience. Waiting happens suspended, or on threads of the store's own. A cooperative one
/// stays for an answer for 50 µs at most, while nothing else is under way and the server has lately been as quick as that.
///
/// A cancelled commit that has not begun throws `.cancelled`; one that has begun tells its real outcome. If the connection is lost before the end of a
/// commit was sent, it throws `.unavailable`; if it is lost later, `.outcomeUnknown`.
public final class PostgresRecordStore: RecordStore {
    private let pool: ConnectionPool
    /// How this store commits: never `.automatic`.
    public let commitForm: PostgresSettings.CommitForm

    /// Connects, and makes the schema and its tables when they are not there. Several hosts may do so at once.
    ///
    /// - Throws: ``StorageError`` with code `.unavailable` (no server, wrong password, no such database; the reason tells), `.readOnly` (no
    ///   privilege to make the tables, or a standby), `.wrongDeployment` (made by a newer version of this library), or `.invalidChange` (settings
    ///   out of their range).
    public init(_ settings: PostgresSettings) async throws(StorageError) {
        guard (1...63).contains(settings.schema.utf8.count), !settings.schema.utf8.contains(0) else {
            throw StorageError(.invalidChange, "A schema's name has 1 to 63 bytes, none of them zero.")
        }
        guard (1...128).contains(settings.connections) else {
            throw StorageError(.invalidChange, "A store has 1 to 128 connections.")
        }
        // So that nothing is made as late as `RecordLimits.lateness`.
        guard (.milliseconds(1) ... .seconds(1_800)).contains(settings.statementTimeout) else {
            throw StorageError(
                .invalidChange, "A statement's timeout is 1 ms to 30 minutes: a commit that nobody heard of must be over soon.")
        }
        guard let pool = ConnectionPool(settings: settings) else {
            throw StorageError(.unavailable, "This process has no file descriptor left; raise the number of open files.")
        }
        do {
            commitForm = try await Self.open(pool)
        } catch {
            await pool.close()
            throw error
        }
        self.pool = pool
    }

    private static func open(_ pool: ConnectionPool) async throws(StorageError) -> PostgresSettings.CommitForm {
        let settings = pool.settings
        let (format, takesFunction) = try await pool.write { connection throws(PostgresFailure) in
            let format = try RecordSchema(name: settings.quotedSchema).prepare(on: connection)
            guard format == RecordSchema.format, settings.commitForm != .pipelined else { return (format, false) }
            do throws(PostgresFailure) {
                try connection.prepare(.commit)
                return (format, true)
            } catch {
                guard case .refused = error else { throw error }
                return (format, false)
            }
        }
        guard format == RecordSchema.format else {
            throw StorageError(.wrongDeployment, "The schema was made by a newer version of this library (format \(format)).")
        }
        if settings.commitForm == .oneStatement, !takesFunction {
            throw StorageError(.unavailable, "The schema lacks the function for commits, or the server or role cannot use it.")
        }
        return takesFunction ? .oneStatement : .pipelined
    }

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        guard keys.count > 1 else {
            guard let key = keys.first else { return [] }
            let found = try await pool.run(Exchange(statement: .find, parameters: StatementParameters(key)))
            return try decoded { () throws(PostgresFailure) in [found.rows > 0 ? try found.record(at: key, 0, 0) : nil] }
        }
        var parameters = StatementParameters()
        parameters.add(array: keys.map { Int32($0.partition.rawValue) })
        parameters.add(array: keys.map { Array($0.collection.rawValue.utf8) })
        parameters.add(array: keys.map(\.row))
        let found = try await pool.run(Exchange(statement: .findMany, parameters: parameters))
        return try decoded { () throws(PostgresFailure) in
            var records = [StoredRecord?](repeating: nil, count: keys.count)
            for row in 0..<found.rows {
                guard let place = try found.integer(row, 0).map({ Int($0) - 1 }), keys.indices.contains(place) else { throw .malformed }
                records[place] = try found.record(at: keys[place], row, 1)
            }
            return records
        }
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        guard limit > 0 else { return [] }
        var parameters = StatementParameters(
            RecordKey(partition: range.partition, collection: range.collection, row: range.after ?? []))
        parameters.add(Int64(limit))
        let found = try await pool.run(Exchange(statement: range.after == nil ? .scanFromStart : .scan, parameters: parameters))
        return try decoded { () throws(PostgresFailure) in
            var records: [StoredRecord] = []
            records.reserveCapacity(found.rows)
            for row in 0..<found.rows {
                let key = RecordKey(partition: range.partition, collection: range.collection, row: try found.bytes(row, 0))
                records.append(try found.record(at: key, row, 1))
            }
            return records
        }
    }

    private func decoded<Value>(_ body: () throws(PostgresFailure) -> Value) throws(StorageError) -> Value {
        do throws(PostgresFailure) {
            return try body()
        } catch {
            throw StorageError(postgres: error)
        }
    }

    public func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try RecordLimits.validate(changes)
        let commit = RecordCommit(changes)
        guard let exchange = commit.exchange(commitForm) else {
            return try await pool.write { connection throws(PostgresFailure) in try commit.run(on: connection) }
        }
        guard commit.isMade(try await pool.run(exchange)) else { throw StorageError(postgres: .expectation) }
    }

    /// Refuses what waits and whatever comes later with `.unavailable`; returns when what has begun is done and all connections are closed.
    public func close() async {
        await pool.close()
    }
}
