import Clibpq

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One connection of libpq. A prepared statement is begun and advanced without ever waiting; everything else waits on the thread that uses it, which
/// is one of the pool's and never a cooperative one.
///
/// Not Sendable: `PooledConnection` has it to itself.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let schema: String
    /// How long nothing may move before the connection is given up.
    private let silence: Duration
    private var prepared: Set<RecordStatement> = []
    /// Raised by the server's warnings; see ``PostgresConnection/complete()``.
    private let warning: UnsafeMutablePointer<Bool>
    /// Nothing more can be asked on this connection.
    private(set) var isLost = false

    /// Takes over a connection that is open.
    init(_ handle: OpaquePointer, settings: PostgresSettings) throws(PostgresFailure) {
        self.handle = handle
        schema = settings.quotedSchema
        silence = settings.silence
        warning = .allocate(capacity: 1)
        warning.initialize(to: false)
        // Without a receiver libpq prints to standard error. The only warning of this class in a commit: the wait for a standby was
        // cancelled, after the commit was made here.
        PQsetNoticeReceiver(
            handle,
            { flag, notice in
                guard let state = PQresultErrorField(notice, PostgresConnection.stateField), String(cString: state) == "01000" else {
                    return
                }
                flag?.assumingMemoryBound(to: Bool.self).pointee = true
            }, warning)
        PQsetnonblocking(handle, 1)
        try setUp(settings)
    }

    deinit {
        PQfinish(handle)
        warning.deallocate()
    }

    // MARK: One statement

    var socket: Int32 { PQsocket(handle) }

    /// What was sent is not all with the system yet.
    private(set) var hasToWrite = false
    /// The statement under way is a commit by itself.
    private var commits = false
    private var answers = AnswerReading()

    /// What was read of the answer so far.
    private struct AnswerReading {
        var result: QueryResult?
        var failure: PostgresFailure?
    }

    /// Whether the server knows the statement on this connection.
    func knows(_ statement: RecordStatement) -> Bool { prepared.contains(statement) }

    /// Sends a statement that the server knows.
    func begin(_ exchange: Exchange) throws(PostgresFailure) {
        warning.pointee = false
        commits = exchange.commits
        answers = AnswerReading()
        hasToWrite = true
        try send(exchange.statement, exchange.parameters)
        try writeOn()
    }

    private func writeOn() throws(PostgresFailure) {
        // While a byte is left here, the server does not have the Sync that would make it commit.
        switch PQflush(handle) {
        case 0: hasToWrite = false
        case 1: break
        default: throw lost()
        }
    }

    /// Reads what is there of the answer.
    ///
    /// - Returns: the answer once it is there to its end: the server says that a statement is done before it commits, and `ReadyForQuery` only
    ///   after.
    func advance() throws(PostgresFailure) -> QueryResult? {
        // Reads also while there is something to write, as the server may have to get rid of answers first.
        guard PQconsumeInput(handle) == 1, consumeBuffered() else { throw giveUp() }
        if hasToWrite { try writeOn() }
        while PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else { return try complete() }
            if let refusal = failure(of: result, mayHaveCommitted: commits) {
                answers.failure = answers.failure ?? refusal
                PQclear(result)
            } else {
                answers.result = QueryResult(result)
            }
        }
        return nil
    }

    /// Reads what TLS has decrypted already and the socket does not show any more: a record has up to 16 KiB, and libpq's first read may take 8.
    ///
    /// - Returns: whether the connection holds.
    private func consumeBuffered() -> Bool {
        guard PQsslInUse(handle) == 1 else { return true }
        for _ in 0..<4 where PQisBusy(handle) == 1 {
            guard PQconsumeInput(handle) == 1 else { return false }
        }
        return true
    }

    private func complete() throws(PostgresFailure) -> QueryResult {
        if let failure = answers.failure { throw failure }
        guard PQstatus(handle) == CONNECTION_OK else { throw giveUp() }
        if commits, warning.pointee { throw .lost(mayHaveCommitted: true) }
        guard let result = answers.result else { throw giveUp() }
        answers = AnswerReading()
        return result
    }

    /// What becomes of the statement under way when its answer does not come.
    func giveUp() -> PostgresFailure { lost(mayHaveCommitted: commits && !hasToWrite) }

    /// Makes a statement known to the server, once a connection.
    func prepare(_ statement: RecordStatement) throws(PostgresFailure) {
        guard !prepared.contains(statement) else { return }
        let types = statement.types.map(\.rawValue)
        guard PQsendPrepare(handle, statement.rawValue, statement.sql(in: schema), Int32(types.count), types) == 1 else { throw lost() }
        _ = try answer()
        prepared.insert(statement)
    }

    /// Runs a text without arguments.
    func run(_ sql: String) throws(PostgresFailure) {
        _ = try query(sql)
    }

    /// Runs a text without arguments, and returns its rows in text form.
    func query(_ sql: String) throws(PostgresFailure) -> QueryResult {
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        return try answer()
    }

    private func send(_ statement: RecordStatement, _ parameters: StatementParameters) throws(PostgresFailure) {
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, statement.rawValue, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
    }

    /// Waits for the answer to what was sent and is no commit.
    private func answer() throws(PostgresFailure) -> QueryResult {
        (commits, answers) = (false, AnswerReading())
        try flush(mayHaveCommitted: false)
        while true {
            if let result = try advance() { return result }
            try wait(for: POLLIN, mayHaveCommitted: false)
        }
    }

    // MARK: Many statements in one flush

    /// Runs BEGIN, the statements, and COMMIT without waiting in between.
    func transaction(_ steps: some Sequence<(RecordStatement, StatementParameters)>) throws(PostgresFailure) {
        for statement in RecordStatement.ofTransactions { try prepare(statement) }
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        warning.pointee = false
        try enqueue("BEGIN")
        var waiting = 0
        for (statement, parameters) in steps {
            try send(statement, parameters)
            waiting += parameters.count
            if waiting > Self.flushed {
                try flush(mayHaveCommitted: false)
                waiting = 0
            }
        }
        // What is lost up to here was never committed; from here on nobody can tell.
        try flush(mayHaveCommitted: false)
        guard isConnected() else { throw lost() }
        try enqueue("COMMIT")
        guard PQpipelineSync(handle) == 1 else { throw lost(mayHaveCommitted: true) }
        try flush(mayHaveCommitted: true)
        let failure = try answersOfPipeline()
        guard PQexitPipelineMode(handle) == 1 else { throw lost(mayHaveCommitted: failure == nil) }
        if let failure {
            // The server skipped COMMIT with everything behind the failure, and has undone the rest already.
            if PQtransactionStatus(handle) != PQTRANS_IDLE { try? run("ROLLBACK") }
            throw failure
        }
        guard PQtransactionStatus(handle) == PQTRANS_IDLE, !warning.pointee else { throw lost(mayHaveCommitted: true) }
    }

    private func enqueue(_ sql: String) throws(PostgresFailure) {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 0) == 1 else { throw lost() }
    }

    /// Reads up to the Sync. The first failure, if there is one.
    private func answersOfPipeline() throws(PostgresFailure) -> PostgresFailure? {
        var failure: PostgresFailure?
        var tag = ""
        while true {
            try awaitResult(mayHaveCommitted: failure == nil)
            guard let result = PQgetResult(handle) else {
                // The end of one statement's answer.
                guard PQstatus(handle) == CONNECTION_OK else { throw lost(mayHaveCommitted: failure == nil) }
                continue
            }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                // Some answer COMMIT with ROLLBACK, and no error.
                return failure ?? (tag == "COMMIT" ? nil : .expectation)
            case PGRES_PIPELINE_ABORTED: break
            default:
                failure = failure ?? self.failure(of: result, mayHaveCommitted: true)
                tag = String(cString: PQcmdStatus(result))
            }
            if isLost { throw failure ?? .lost(mayHaveCommitted: true) }
        }
    }

    /// Bytes that may wait in memory before they are sent.
    private static let flushed = 1_048_576

    // MARK: Waiting

    /// Whether another statement may be sent.
    func isUsable() -> Bool {
        isConnected() && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// Whether the server still listens, as far as can be told without asking: one that restarted has closed its end. libpq itself
    /// takes what cannot be sent for sent, and tells only when it reads.
    private func isConnected() -> Bool {
        for _ in 0..<8 {
            guard !isLost, PQstatus(handle) == CONNECTION_OK else { return false }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 0) == 0 { return true }
            if PQconsumeInput(handle) != 1 { return false }
        }
        // Much to read, and no end of it.
        return true
    }

    /// Hands everything that was sent to the system, and reads meanwhile, as the server may have to get rid of answers first.
    private func flush(mayHaveCommitted: Bool) throws(PostgresFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1: try wait(for: POLLIN | POLLOUT, mayHaveCommitted: mayHaveCommitted)
            default: throw lost(mayHaveCommitted: mayHaveCommitted)
            }
        }
    }

    private func awaitResult(mayHaveCommitted: Bool) throws(PostgresFailure) {
        while PQisBusy(handle) == 1 { try wait(for: POLLIN, mayHaveCommitted: mayHaveCommitted) }
    }

    private func wait(for events: Int32, mayHaveCommitted: Bool) throws(PostgresFailure) {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        switch poll(&descriptor, 1, Int32(clamping: silence.wholeMilliseconds)) {
        case 0: throw lost(mayHaveCommitted: mayHaveCommitted)
        case 1...:
            guard Int32(descriptor.revents) & ~POLLOUT == 0 || (PQconsumeInput(handle) == 1 && consumeBuffered()) else {
                throw lost(mayHaveCommitted: mayHaveCommitted)
            }
        default:
            guard errno == EINTR else { throw lost(mayHaveCommitted: mayHaveCommitted) }
        }
    }

    // MARK: Failures

    private static let stateField = Int32(UInt8(ascii: "C"))  // PG_DIAG_SQLSTATE
    private static let severityField = Int32(UInt8(ascii: "V"))  // PG_DIAG_SEVERITY_NONLOCALIZED
    /// What engines send that do not send that one. Where it is in another language than English nothing is taken for refused.
    private static let localizedSeverityField = Int32(UInt8(ascii: "S"))  // PG_DIAG_SEVERITY

    /// What a result says went wrong; `nil` for one of success.
    private func failure(of result: OpaquePointer, mayHaveCommitted: Bool) -> PostgresFailure? {
        let status = PQresultStatus(result)
        guard status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK, status != PGRES_EMPTY_QUERY else { return nil }
        let severity = (PQresultErrorField(result, Self.severityField) ?? PQresultErrorField(result, Self.localizedSeverityField))
            .map { String(cString: $0) }
        // An ERROR is the server's word that nothing lasts; what fails while it commits is a PANIC.
        guard severity == "ERROR", let state = PQresultErrorField(result, Self.stateField) else {
            return lost(mayHaveCommitted: mayHaveCommitted)
        }
        switch String(cString: state) {
        case RecordStatement.conflictState: return .expectation
        case "25006", "26000":
            // A primary that became a standby, or a session that forgot its statements: the next connection finds better.
            isLost = true
            return .refused(state: String(cString: state))
        case let state: return .refused(state: state)
        }
    }

    private func lost(mayHaveCommitted: Bool = false) -> PostgresFailure {
        isLost = true
        return .lost(mayHaveCommitted: mayHaveCommitted)
    }
}
