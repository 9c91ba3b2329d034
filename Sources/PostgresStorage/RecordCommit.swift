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
        self.changes = changes.count == 1 ? changes : changes.sorted { $0.key < $1.key }
    }

    /// Bytes up to which a commit is one message. PostgreSQL takes none of more than 1 GB, and holds it in memory twice.
    private static let oneMessage = 8_388_608

    /// The one statement that makes the commit; `nil` where it takes a transaction of several.
    func exchange(_ form: PostgresSettings.CommitForm) -> Exchange? {
        if changes.count == 1 { return Self.alone(changes[0]) }
        guard form == .oneStatement, size <= Self.oneMessage else { return nil }
        return Exchange(statement: .commit, parameters: arrays, commits: true)
    }

    /// Whether the statement's answer says that it was made. A single change tells by the number of rows, the function by failing.
    func isMade(_ answer: QueryResult) -> Bool { changes.count > 1 || answer.affected == 1 }

    /// Makes the commit as a transaction of several statements.
    func run(on connection: PostgresConnection) throws(PostgresFailure) {
        try connection.transaction(changes.lazy.flatMap(Self.steps))
    }

    private var size: Int {
        changes.reduce(0) { size, change in
            guard case .put(_, _, _, let value, _) = change else { return size }
            return size + value.count
        }
    }

    /// A single change is a transaction by itself: where it finds no row to change, there is nothing to undo.
    private static func alone(_ change: RecordChange) -> Exchange {
        var parameters = StatementParameters(change.key)
        if let expected = change.expectedVersion { parameters.add(expected.bytes) }
        let statement: RecordStatement
        switch change {
        case .check: statement = .check
        case .delete: statement = .delete
        case .put(_, let expected, let version, let value, let expiresAt):
            statement = expected == nil ? .insert : .update
            parameters.add(version.bytes)
            parameters.add(value)
            parameters.add(expiresAt?.milliseconds)
        }
        return Exchange(statement: statement, parameters: parameters, commits: true)
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
