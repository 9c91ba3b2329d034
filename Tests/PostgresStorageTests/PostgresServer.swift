import Dispatch
import Foundation
import PostgresStorage
import RecordStorage
import Synchronization
import Testing

/// The server that `Tests/Postgres/server` has started.
enum PostgresServer {
    static let connection = ProcessInfo.processInfo.environment["PHONE_IDENTITY_POSTGRES"]
    private static let control = ProcessInfo.processInfo.environment["PHONE_IDENTITY_POSTGRES_CONTROL"]

    static var isThere: Bool { connection != nil }
    static let absence: Comment = "NOT TESTED: there is no PHONE_IDENTITY_POSTGRES. Run `Tests/run postgres`."

    /// Settings of a test's own: a schema nobody else uses, and a name the server knows its sessions by.
    static func settings(
        _ form: PostgresSettings.CommitForm = .automatic, connections: Int = 8, appending more: String = ""
    ) -> PostgresSettings {
        let name = "test-" + UUID().uuidString.prefix(13).lowercased()
        var settings = PostgresSettings(connection: "\(connection ?? "") application_name=\(name) \(more)")
        settings.schema = name
        settings.commitForm = form
        settings.connections = connections
        settings.patience = .seconds(20)
        return settings
    }

    /// Runs texts as the owner of everything; the rows, one a line.
    @discardableResult
    static func run(_ sql: String...) async throws -> String {
        try await output("/usr/bin/env", ["psql", connection ?? "", "-XAtq", "-v", "ON_ERROR_STOP=1"] + sql.flatMap { ["-c", $0] })
    }

    static func restart(_ mode: String) async throws {
        _ = try await output(try #require(control), ["restart", mode])
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        let process = Process()
                        process.executableURL = URL(fileURLWithPath: program)
                        process.arguments = arguments
                        let output = Pipe()
                        process.standardOutput = output
                        try process.run()
                        let data = output.fileHandleForReading.readDataToEndOfFile()
                        process.waitUntilExit()
                        guard process.terminationStatus == 0 else { throw ServerTrouble() }
                        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
                    })
            }
        }
    }

    /// Waits until `count` sessions of these settings wait for a lock.
    static func awaitBlocked(_ count: Int = 1, of settings: PostgresSettings) async throws {
        try await awaitSessions(count, of: settings, where: "wait_event_type = 'Lock'")
    }

    static func awaitSessions(_ count: Int, of settings: PostgresSettings, where condition: String) async throws {
        for _ in 0..<400 {
            let found = try await run(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(settings.schema)' AND \(condition)")
            if found == "\(count)" { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw ServerTrouble()
    }

    /// Ends the sessions of these settings as an administrator does.
    static func terminate(_ settings: PostgresSettings) async throws {
        try await run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '\(settings.schema)'")
    }
}

/// The server did not do what a test needs.
struct ServerTrouble: Error {}

/// A session that holds locks until it is released.
final class LockHolder: Sendable {
    private let process: ProcessHandle

    /// The process and its input: started and ended by the holder alone.
    private struct ProcessHandle: @unchecked Sendable {
        let process: Process
        let input: FileHandle
    }

    private init(_ process: ProcessHandle) {
        self.process = process
    }

    /// Locks every record of a schema.
    static func lockingAll(of settings: PostgresSettings) async throws -> LockHolder {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["psql", PostgresServer.connection ?? "", "-XAtq"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let text = "BEGIN;\nSELECT count(*) FROM (SELECT 1 FROM \"\(settings.schema)\".record FOR UPDATE) AS held;\n\\echo held\n"
        input.fileHandleForWriting.write(Data(text.utf8))
        let handle = ProcessHandle(process: process, input: input.fileHandleForWriting)
        let reading = output.fileHandleForReading
        let descriptor = reading.fileDescriptor
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                var said = Data()
                var buffer = [UInt8](repeating: 0, count: 256)
                while !String(decoding: said, as: UTF8.self).contains("held") {
                    let count = read(descriptor, &buffer, buffer.count)
                    guard count > 0 else { break }
                    said.append(contentsOf: buffer[..<count])
                }
                continuation.resume()
            }
        }
        withExtendedLifetime(output) {}
        return LockHolder(handle)
    }

    func release() async {
        try? process.input.close()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async { [process] in
                process.process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}

extension RecordKey {
    static func test(_ row: [UInt8], partition: UInt16 = 3) -> RecordKey {
        RecordKey(partition: Partition(rawValue: partition), collection: "test", row: row)
    }
}

extension RecordChange {
    static func claim(_ key: RecordKey, _ value: [UInt8] = [1]) -> RecordChange {
        .put(key, expecting: nil, version: RecordVersion(random: SystemRandomSource()), value: value, expiresAt: nil)
    }

    static func replace(_ key: RecordKey, _ expected: RecordVersion, _ value: [UInt8] = [2]) -> RecordChange {
        .put(key, expecting: expected, version: RecordVersion(random: SystemRandomSource()), value: value, expiresAt: nil)
    }

    var newVersion: RecordVersion? {
        guard case .put(_, _, let version, _, _) = self else { return nil }
        return version
    }
}

/// The code a commit or read throws; `nil` when it throws nothing.
func code(of body: () async throws(StorageError) -> Void) async -> StorageError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return error.code
    }
}

/// A number that several tasks count up.
final class Counter: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add() { number.add(1, ordering: .relaxed) }
}

/// Why a store does not open; `nil` when it does.
func refusal(opening settings: PostgresSettings) async -> StorageError? {
    do {
        try await PostgresRecordStore(settings).close()
        return nil
    } catch {
        return error
    }
}
