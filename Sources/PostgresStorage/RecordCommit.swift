import RecordStorage

/// One commit, in the two forms it can be put to a server.
///
/// In both, each change is one statement about one row, and they come in the order of their keys, the same for every commit: so
/// commits wait for each other in a line, never in a ring. Each statement of a READ COMMITTED transaction sees all that was committed before it began;
/// one that meets a row another transaction has changed and not yet committed waits, and then looks at the row as it has become. So it finds
/// the expected version, and keeps it locked to the end of the transaction, or it finds nothing, and everything is undone.
struct RecordCommit: Sendable {
    private let changes: [RecordChange]

    init(_ changes: [RecordChange]) {
        self.changes = changes.sorted { $0.key < $1.key }
    }

    /// Bytes up to which a commit is one message. PostgreSQL takes none of more than 1 GB, and holds it in memory twice.
    private static let oneMessage = 8_388_608

    func run(on connection: PostgresConnection, form: PostgresSettings.CommitForm) throws(PostgresFailure) {
        do {
            if changes.count == 1 { return try runAlone(on: connection) }
            if form == .oneStatement, size <= Self.oneMessage {
                _ = try connection.execute(.commit, arrays, commits: true)
            } else {
                try connection.transaction(changes.lazy.flatMap(Self.steps))
            }
        } catch {
            // A claim that found the key taken (23505), or a demand that found no row to divide by (22012).
            if error == .refused(state: "23505") || error == .refused(state: "22012") { throw .expectation }
            throw error
        }
    }

    private var size: Int {
        changes.reduce(0) { size, change in
            guard case .put(_, _, _, let value, _) = change else { return size }
            return size + value.count
        }
    }

    /// A single change is a transaction by itself: where it finds no row to change, there is nothing to undo.
    private func runAlone(on connection: PostgresConnection) throws(PostgresFailure) {
        let change = changes[0]
        var parameters = StatementParameters(change.key)
        let statement: RecordStatement
        if let expected = change.expectedVersion { parameters.add(expected.bytes) }
        switch change {
        case .check: statement = .check
        case .delete: statement = .delete
        case .put(_, let expected, let version, let value, let expiresAt):
            statement = expected == nil ? .insert : .update
            parameters.add(version.bytes)
            parameters.add(value)
            parameters.add(expiresAt?.milliseconds)
        }
        let result = try connection.execute(statement, parameters, commits: true)
        guard result.affected == 1 else { throw .expectation }
    }

    /// The arguments of `record_commit_1`.
    private var arrays: StatementParameters {
        var parameters = StatementParameters()
        var kinds: [Int32] = []
        var versions: [[UInt8]?] = []
        var values: [[UInt8]?] = []
        var expiries: [Int64?] = []
        for change in changes {
            switch change {
            case .check: kinds.append(0)
            case .put(_, nil, _, _, _): kinds.append(1)
            case .put: kinds.append(2)
            case .delete: kinds.append(3)
            }
            guard case .put(_, _, let version, let value, let expiresAt) = change else {
                versions.append(nil)
                values.append(nil)
                expiries.append(nil)
                continue
            }
            versions.append(version.bytes)
            values.append(value)
            expiries.append(expiresAt?.milliseconds)
        }
        parameters.add(array: kinds)
        parameters.add(array: changes.map { Int32($0.key.partition.rawValue) })
        parameters.add(array: changes.map { Array($0.key.collection.rawValue.utf8) })
        parameters.add(array: changes.map(\.key.row))
        parameters.add(array: changes.map { $0.expectedVersion?.bytes })
        parameters.add(array: versions)
        parameters.add(array: values)
        parameters.add(array: expiries)
        return parameters
    }

    /// The statements of one change in a transaction. Each fails by itself, as nobody waits for the number of rows before COMMIT is sent.
    private static func steps(of change: RecordChange) -> [(RecordStatement, StatementParameters)] {
        let key = StatementParameters(change.key)
        var demand = key
        if let expected = change.expectedVersion { demand.add(expected.bytes) }
        switch change {
        case .check: return [(.demandUnchanged, demand)]
        case .delete: return [(.demandForChange, demand), (.remove, key)]
        case .put(_, let expected, let version, let value, let expiresAt):
            var content = key
            content.add(version.bytes)
            content.add(value)
            content.add(expiresAt?.milliseconds)
            return expected == nil ? [(.claim, content)] : [(.demandForChange, demand), (.replace, content)]
        }
    }
}
