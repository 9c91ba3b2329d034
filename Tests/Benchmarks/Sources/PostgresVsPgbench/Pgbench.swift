import Foundation

/// PostgreSQL's own load generator, and the server it is pointed at.
struct Pgbench: Sendable {
    static let schema = "benchmark"
    /// Rows of the larger commit: about what a sign-up leaves.
    static let several = 8

    let program: String
    let server: String
    let clients: Int

    /// Transactions a second, of as many on each connection: its own clock is a signal, and a process that we start gets none.
    func run(changes: Int, transactions: Int) async throws -> Double {
        let script = FileManager.default.temporaryDirectory.path() + "/pgbench-\(getpid())-\(changes).sql"
        try (changes == 1 ? Self.one : Self.many).write(toFile: script, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: script) }
        let threads = min(clients, ProcessInfo.processInfo.activeProcessorCount)
        let said = try output(
            [program, "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(threads)", "-t", "\(transactions)", "-f", script]
                + definitions + [server + " options='-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off'"])
        let line = said.split(separator: "\n").first { $0.hasPrefix("tps = ") }
        guard let rate = line?.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) }), !said.contains("aborted") else {
            throw Trouble(said: said)
        }
        return rate
    }

    private var definitions: [String] {
        let value = String(repeating: "a", count: 200)
        let (ones, nulls) = (Self.list { _ in "1" }, Self.list { _ in "NULL" })
        let texts = [
            "collection=benchmark", "value=\(value)", "expires=1900000000000", "kinds={\(ones)}", "nulls={\(nulls)}",
            "collections={\(Self.list { _ in "benchmark" })}", "contents={\(Self.list { _ in value })}",
            "expiries={\(Self.list { _ in "1900000000000" })}",
        ]
        return texts.flatMap { ["-D", $0] }
    }

    private static let identifier = "random(1000000000000000, 9999999999999999)"

    private static let one = """
        \\set partition random(0, 255)
        \\set row \(identifier)
        \\set version \(identifier)
        INSERT INTO \(schema).record (partition, collection, "row", version, value, expires_at) \
        VALUES (:partition, :collection, :row, :version, :value, :expires) ON CONFLICT DO NOTHING;
        """

    /// What is equal in every commit goes as one argument; what is drawn, one by one.
    private static let many = """
        \(list(separator: "\n") { "\\set partition\($0) random(0, 255)\n\\set row\($0) \(identifier)\n\\set version\($0) \(identifier)" })
        SELECT \(schema).record_commit_1(:kinds, ARRAY[\(list { ":partition\($0)" })]::integer[], :collections, \
        ARRAY[\(list { ":row\($0)" })]::bytea[], :nulls, ARRAY[\(list { ":version\($0)" })]::bytea[], :contents, :expiries);
        """

    private static func list(separator: String = ",", _ element: (Int) -> String) -> String {
        (0..<several).map(element).joined(separator: separator)
    }

    func empty() async throws {
        _ = try output(["psql", server, "-XAtqc", "TRUNCATE \(Self.schema).record"])
    }

    /// Whether the server waits for its disk.
    func setFsync(_ isOn: Bool) async throws {
        _ = try output(["psql", server, "-XAtqc", "ALTER SYSTEM SET fsync = \(isOn ? "on" : "off")", "-c", "SELECT pg_reload_conf()"])
        try await Task.sleep(for: .seconds(1))
    }

    private func output(_ command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Trouble(said: said) }
        return said
    }

    struct Trouble: Error {
        let said: String
    }
}
