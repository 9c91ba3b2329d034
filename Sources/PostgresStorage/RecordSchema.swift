import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The tables, and how they are made by hosts that start at the same time.
///
/// Each step is repeatable by itself, and the format is written last: whoever finds it finds everything. Where two meet in one
/// step, one of them is refused and starts again. No lock is taken that not every engine has.
struct RecordSchema {
    /// The version of the tables. A schema with a greater one is from a newer library.
    static let format: Int64 = 1

    let name: String

    /// Makes what is not there.
    ///
    /// - Returns: the greater format of a newer library, which is left alone, or this one's.
    func prepare(on connection: PostgresConnection) throws(PostgresFailure) -> Int64 {
        for attempt in 0... {
            if let found = try formatFound(on: connection) { return found }
            do throws(PostgresFailure) {
                for step in steps { try connection.run(step) }
                // Not every engine has functions, and not every role may make one; commits go without it.
                do throws(PostgresFailure) {
                    try connection.run(function)
                } catch {
                    guard case .refused(let state) = error, !Self.isRace(state), !connection.isLost else { throw error }
                }
                try connection.run("INSERT INTO \(name).record_format VALUES (1, \(Self.format)) ON CONFLICT DO NOTHING")
            } catch {
                guard case .refused(let state) = error, Self.isRace(state), attempt < 50, !connection.isLost else { throw error }
                poll(nil, 0, 5 + Int32(getpid() % 16))
            }
        }
        preconditionFailure("An attempt returns or throws.")
    }

    private func formatFound(on connection: PostgresConnection) throws(PostgresFailure) -> Int64? {
        do throws(PostgresFailure) {
            let found = try connection.query("SELECT format FROM \(name).record_format WHERE id = 1")
            guard found.rows > 0 else { return nil }
            guard let format = Int64(String(decoding: try found.bytes(0, 0), as: UTF8.self)) else { throw PostgresFailure.malformed }
            return format
        } catch {
            guard error == .refused(state: "42P01") || error == .refused(state: "3F000") else { throw error }
            return nil
        }
    }

    /// Two hosts in one step: a unique violation in the catalogue, something that exists now, or a catalogue row changed by both.
    private static func isRace(_ state: String) -> Bool {
        ["23505", "42P06", "42P07", "42710", "42723", "XX000", "40001", "40P01"].contains(state)
    }

    /// Rows and collections are bytes, so that no collation has a say in their order or can change under an index.
    private var steps: [String] {
        [
            "CREATE SCHEMA IF NOT EXISTS \(name)",
            "CREATE TABLE IF NOT EXISTS \(name).record_format (id integer PRIMARY KEY, format integer NOT NULL)",
            """
            CREATE TABLE IF NOT EXISTS \(name).record (
                partition integer NOT NULL,
                collection bytea NOT NULL,
                "row" bytea NOT NULL,
                version bytea NOT NULL,
                value bytea NOT NULL,
                expires_at bigint,
                PRIMARY KEY (partition, collection, "row")
            )
            """,
        ]
    }

    /// All changes of a commit, in the order given. Its name has a number of its own: hosts of two versions may work side by side.
    private var function: String {
        let found = #"partition = partitions[i] AND collection = collections[i] AND "row" = keys[i] AND version = expected[i]"#
        return """
            CREATE OR REPLACE FUNCTION \(name).record_commit_1(
                kinds integer[], partitions integer[], collections bytea[], keys bytea[],
                expected bytea[], versions bytea[], contents bytea[], expiries bigint[]
            ) RETURNS void LANGUAGE plpgsql AS $body$
            BEGIN
                FOR i IN 1 .. cardinality(kinds) LOOP
                    CASE kinds[i]
                    WHEN 0 THEN
                        PERFORM 1 FROM \(name).record WHERE \(found) FOR SHARE;
                    WHEN 1 THEN
                        INSERT INTO \(name).record (partition, collection, "row", version, value, expires_at)
                        VALUES (partitions[i], collections[i], keys[i], versions[i], contents[i], expiries[i])
                        ON CONFLICT DO NOTHING;
                    WHEN 2 THEN
                        UPDATE \(name).record SET version = versions[i], value = contents[i], expires_at = expiries[i] WHERE \(found);
                    WHEN 3 THEN
                        DELETE FROM \(name).record WHERE \(found);
                    END CASE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION USING ERRCODE = '\(RecordStatement.conflictState)',
                            MESSAGE = 'a record was not at the version a commit expects';
                    END IF;
                END LOOP;
            END
            $body$
            """
    }
}
