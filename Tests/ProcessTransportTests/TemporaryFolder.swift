#if Processes
    import Foundation
    import Testing

    /// A folder of a test's own in which nobody else may write, gone when the test is.
    final class TemporaryFolder: Sendable {
        let path: String

        /// Short: a socket's path has little room.
        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID().uuidString.prefix(8))").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var socket: String { file("socket") }

        func file(_ name: String) -> String { path + "/" + name }
    }

    /// Does what waits on a thread that may wait.
    func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// What a program printed, and its exit status.
    @discardableResult
    func run(_ program: String, _ arguments: [String], input: String = "") async throws -> (status: Int32, output: String) {
        try await waiting {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [program] + arguments
            let (output, entry) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = output
            process.standardInput = entry
            try process.run()
            entry.fileHandleForWriting.write(Data(input.utf8))
            try entry.fileHandleForWriting.close()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            return (status, String(decoding: data, as: UTF8.self))
        }
    }
#endif
