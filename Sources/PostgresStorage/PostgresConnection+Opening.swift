import Clibpq
import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension PostgresConnection {
    /// Connects to the first host that will have us. Blocks.
    static func open(_ settings: PostgresSettings) throws(PostgresFailure) -> PostgresConnection {
        let seconds = 5
        // What the connection string names itself counts more: it comes last.
        let options = [
            ("fallback_application_name", "swift-phone-identity"), ("connect_timeout", "\(seconds)"),
            ("tcp_user_timeout", "\(seconds * 1_000)"), ("keepalives_idle", "30"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("dbname", settings.connection),
        ]
        guard let handle = withCStrings(options, { PQconnectStartParams($0, $1, 1) }) else { throw .lost(mayHaveCommitted: false) }
        let limit = ContinuousClock.now + .seconds(2 * seconds)
        if complete(handle, until: limit) { return try PostgresConnection(handle, settings: settings) }
        let state = state(ofFailed: handle)
        PQfinish(handle)
        if let state { throw .refused(state: state) }
        // A host that takes connections and does not answer: libpq goes on to the next one only where it waits by itself.
        guard ContinuousClock.now >= limit, let handle = withCStrings(options, { PQconnectdbParams($0, $1, 1) }) else {
            throw .lost(mayHaveCommitted: false)
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            PQfinish(handle)
            throw .lost(mayHaveCommitted: false)
        }
        return try PostgresConnection(handle, settings: settings)
    }

    private static func complete(_ handle: OpaquePointer, until limit: ContinuousClock.Instant) -> Bool {
        // Errors shall hold their SQLSTATE and nothing else.
        PQsetErrorVerbosity(handle, PQERRORS_SQLSTATE)
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        var direction = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            switch direction {
            case PGRES_POLLING_OK: return true
            case PGRES_POLLING_FAILED: return false
            default:
                let left = ContinuousClock.now.duration(to: limit).wholeMilliseconds
                var descriptor = pollfd(
                    fd: PQsocket(handle), events: Int16(direction == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
                guard left > 0, poll(&descriptor, 1, Int32(clamping: left)) != 0 else { return false }
            }
            direction = PQconnectPoll(handle)
        }
        return false
    }

    /// The SQLSTATE of a server that refused the connection: the last word of what libpq says of it.
    private static func state(ofFailed handle: OpaquePointer) -> String? {
        let words = String(cString: PQerrorMessage(handle)).split { $0 == " " || $0 == "\n" }
        guard let last = words.last?.utf8, last.count == 5,
            last.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { return nil }
        return String(words[words.count - 1])
    }

    private static func withCStrings<Answer>(
        _ options: [(String, String)],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Answer
    ) -> Answer {
        let keywords = options.map { strdup($0.0) }
        let values = options.map { strdup($0.1) }
        defer { for text in keywords + values { free(text) } }
        return body(keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }

    /// What every session is set to. An engine may not know all of it, so each setting is by itself where they are refused together.
    func setUp(_ settings: PostgresSettings) throws(PostgresFailure) {
        let timeout = max(1, settings.statementTimeout.wholeMilliseconds)
        let texts = [
            "SET statement_timeout = \(timeout)",
            // Between BEGIN and COMMIT the server waits without a timeout: a host that vanished there must not keep its locks for hours.
            "SET tcp_keepalives_idle = 30", "SET tcp_keepalives_interval = 5", "SET tcp_keepalives_count = 3",
            "SET default_transaction_isolation = 'read committed'",
            // A commit that returned lasts, whatever the server's default is.
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            // Every statement goes by the primary key, also on a table that was never analyzed: no other plan is worth looking for.
            "SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off", "SET jit = off",
        ]
        do {
            return try run(texts.joined(separator: "; "))
        } catch {
            guard case .refused = error, !isLost else { throw error }
        }
        for text in texts {
            do {
                try run(text)
            } catch {
                guard case .refused = error, !isLost else { throw error }
            }
        }
    }
}

extension PostgresSettings {
    /// The schema's name as statements write it.
    var quotedSchema: String {
        "\"" + schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
