import RecordStorage

/// Why the server did not do what it was asked.
enum PostgresFailure: Error, Equatable {
    /// The server said no, and nothing of the transaction lasts.
    case refused(state: String)
    /// A record was not as the commit expects it, and nothing of the transaction lasts.
    case expectation
    /// The connection ended, or nobody answered. If the end of a commit was under way, nobody knows whether it arrived.
    case lost(mayHaveCommitted: Bool)
    /// A row does not have the form this library gives it.
    case malformed
}

extension StorageError {
    /// What a failure means to a caller. Only the SQLSTATE is kept of what the server said: its messages may hold values.
    /// Source: PostgreSQL 15, appendix A.
    init(postgres failure: PostgresFailure) {
        switch failure {
        // A claim that found the key taken (23505), or a demand that found no row to divide by (22012).
        case .expectation, .refused("23505"), .refused("22012"):
            self.init(.conflict, "A record was not at the version this commit expects.")
        case .lost(true): self.init(.outcomeUnknown, "PostgreSQL did not answer a commit; whether it was made is not known.")
        case .lost(false): self.init(.unavailable, "PostgreSQL cannot be reached or did not answer; nothing was written.")
        case .malformed: self.init(.corrupt, "A row in PostgreSQL does not have its form; restore it from a backup.")
        case .refused(let state): self.init(state: state)
        }
    }

    private init(state: String) {
        switch state {
        case "40001", "40P01": self.init(.conflict, "PostgreSQL gave up on a commit that met another one (SQLSTATE \(state)).")
        case "40003": self.init(.outcomeUnknown, "The engine cannot tell whether a commit was made (SQLSTATE \(state)).")
        case "25006": self.init(.readOnly, "This PostgreSQL takes no writes: it is a standby, or transactions are read-only by a setting.")
        case "42501": self.init(.readOnly, "The role lacks a privilege on the schema or its tables (SQLSTATE \(state)); grant it.")
        case "53100": self.init(.full, "The disk of PostgreSQL is full (SQLSTATE \(state)); make room.")
        case "57014", "55P03":
            self.init(.unavailable, "PostgreSQL ended a statement that took too long (SQLSTATE \(state)); nothing was written.")
        case "3D000": self.init(.unavailable, "The database does not exist (SQLSTATE \(state)); create it, or name another one.")
        case "3F000", "42P01", "42883":
            self.init(.unavailable, "The schema or its tables are gone (SQLSTATE \(state)); open the store again.")
        case "53300": self.init(.unavailable, "PostgreSQL has no connection left (SQLSTATE \(state)); raise max_connections or use fewer.")
        case "XX001", "XX002": self.init(.corrupt, "PostgreSQL found damage on its disk (SQLSTATE \(state)); restore a backup.")
        default:
            if state.hasPrefix("28") {
                self.init(.unavailable, "PostgreSQL refused the user or password (SQLSTATE \(state)); correct the connection string.")
            } else {
                self.init(.unavailable, "PostgreSQL refused a statement (SQLSTATE \(state)); nothing was written. Look into its log.")
            }
        }
    }
}
