/// Where the records are, and how much of the server one store may use. Prints without the connection string, which may hold a password.
public struct PostgresSettings: Sendable {
    /// A connection string of libpq: `host=db1,db2 dbname=identity user=host sslmode=verify-full sslrootcert=ca.pem
    /// target_session_attrs=read-write`, or the same as a `postgresql://` address. With several hosts, `target_session_attrs=read-write`
    /// finds the one that takes writes. Source: PostgreSQL 15, §34.1.
    public var connection: String
    /// The schema the tables are in, 1 to 63 bytes: one for each tenant. Made when it is not there.
    public var schema = "phone_identity"
    /// Connections at once, 1...128. What comes meanwhile waits suspended.
    public var connections = 8
    /// How long an operation waits for a connection that works, through a restart or a failover, before it throws `.unavailable`. Behind
    /// connections that are all busy it is refused after this time too, when the next one is free.
    public var patience: Duration = .seconds(5)
    /// How long the server may take for one statement, 1 ms to 30 minutes; five seconds of silence beyond it, and the connection is given up.
    public var statementTimeout: Duration = .seconds(30)
    /// How a commit is put to the server.
    public var commitForm = CommitForm.automatic

    /// - Parameter connection: A connection string of libpq.
    public init(connection: String) {
        self.connection = connection
    }

    /// The two ways to make a commit in one round trip.
    public enum CommitForm: Sendable, Hashable {
        /// ``oneStatement`` where the server has the function, else ``pipelined``.
        case automatic
        /// One call of a function in the schema: PostgreSQL itself.
        case oneStatement
        /// One flush of BEGIN, one-row statements, and COMMIT: any engine that speaks PostgreSQL's protocol.
        case pipelined
    }
}

extension PostgresSettings {
    /// How long nothing may move before a connection is given up.
    var silence: Duration { statementTimeout + .seconds(5) }
}

extension PostgresSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PostgresSettings(<redacted>, schema: \(schema), connections: \(connections))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
