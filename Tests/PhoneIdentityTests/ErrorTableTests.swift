import Foundation
import RecordStorage
import SQLiteStorage
import Testing

@testable import PhoneIdentity

@Suite("The table of errors") struct ErrorTableTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// First cells of the rows of `Documentation/Errors.md` that begin a row with a code in back quotes.
    private static func listed() throws -> [String] {
        try String(contentsOf: root.appendingPathComponent("Documentation/Errors.md"), encoding: .utf8).split(separator: "\n")
            .compactMap { $0.wholeMatch(of: /\| `([a-z]+\.[A-Za-z0-9]+)` \| [^|]{10,} \| [^|]{5,} \|/).map { String($0.1) } }
    }

    /// Every code that the sources declare.
    private static func declared() throws -> Set<String> {
        var codes: Set<String> = []
        let sources = root.appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /static let \w+ = Self\(rawValue: "([a-z]+\.[A-Za-z0-9]+)"\)/) { codes.insert(String(match.1)) }
            guard file.lastPathComponent == "PhoneNumberError.swift" else { continue }
            for match in text.matches(of: /static let (\w+) = Code\(number:/) { codes.insert("phone.\(match.1)") }
        }
        return codes
    }

    @Test("it has exactly the codes of the sources, each once, with when and what to do")
    func agreesWithSources() throws {
        let (listed, declared) = (try Self.listed(), try Self.declared())
        #expect(declared.count > 80)
        #expect(listed.count == Set(listed).count)
        #expect(declared.subtracting(listed).sorted() == [], "not in the table")
        #expect(Set(listed).subtracting(declared).sorted() == [], "not in the sources")
        #expect(try Self.mentioned().subtracting(declared).sorted() == [], "named in a comment, and no code")
    }

    /// Codes that comments of the façade name.
    private static func mentioned() throws -> Set<String> {
        var codes: Set<String> = []
        let files = try #require(
            FileManager.default.enumerator(at: root.appendingPathComponent("Sources/PhoneIdentity"), includingPropertiesForKeys: nil))
        for case let file as URL in files where ["swift", "md"].contains(file.pathExtension) {
            let text = try String(contentsOf: file, encoding: .utf8)
            let code = /`((?:storage|crypto|keyring|vault|consent|transport|otp|audit|identity|phone)\.[a-z][A-Za-z0-9]+)`/
            for match in text.matches(of: code) { codes.insert(String(match.1)) }
        }
        return codes
    }

    @Test("every code in it is provoked below")
    func everyCodeIsProvoked() throws {
        #expect(Set(try Self.listed()).subtracting(Provocation.all.map(\.code)).subtracting(Provocation.notHere).sorted() == [])
    }

    @Test("each is thrown as the table says, tells no secret, and leaves stores and files as they were", arguments: Provocation.all)
    func provoked(_ provocation: Provocation) async throws {
        let bench = try await ErrorBench()
        let refused = try await provocation.body(bench)
        #expect(refused.code == provocation.code)
        #expect(refused.texts.allSatisfy { !$0.isEmpty })
        for secret in bench.deployment.allSecrets where secret.utf8.count > 4 {
            #expect(!refused.texts.contains { $0.contains(secret.prefix(1000)) }, "an error tells a secret")
        }
        switch provocation.writes {
        case nil: #expect(!refused.wrote, "rows or files were written")
        case .some: #expect(refused.wrote, "nothing was written: say so in the list")
        }
    }

    @Test("whatever is written half would be noticed: a file that is new, changed or gone, a row of a database, a row of the stores")
    func noticesWrites() async throws {
        let bench = try await ErrorBench()
        let store = try await SQLiteRecordStore(path: bench.directory + "/rows.sqlite")
        try await store.commit([ErrorBench.put([1])])
        _ = try bench.file("file", [1, 2, 3])
        func writes(_ change: () async throws -> Void) async throws -> Bool {
            try await bench.refused {
                try await change()
                throw StorageError(.full, "As the test wants it.")
            }.wrote
        }
        #expect(try await !writes {})
        #expect(try await !writes { _ = try await store.record(at: ErrorBench.put([1]).key) })
        #expect(try await !writes { _ = try await store.truncateWriteAheadLog() })
        #expect(try await writes { try await store.commit([ErrorBench.put([2])]) })
        #expect(try await writes { _ = try bench.file("file", [1, 2, 4]) })
        #expect(try await writes { _ = try bench.file("new", []) })
        #expect(
            try await writes {
                try FileManager.default.createDirectory(atPath: bench.directory + "/folder", withIntermediateDirectories: false)
            })
        #expect(try await writes { try FileManager.default.removeItem(atPath: bench.directory + "/new") })
        #expect(try await writes { try FileManager.default.removeItem(atPath: bench.path("host.keyring")) })
        #expect(try await writes { try await bench.deployment.identity.commit([ErrorBench.put()]) })
        try await store.close()
    }

    /// What goes wrong most, and the one of the provocations above that stands for it.
    private static let causes = [
        ("empty", "nothing"), ("10 MB", "10 MB of digits"), ("invalid UTF-8", "bytes that are not UTF-8"), ("letters", "letters"),
        ("wrong region", "a number of another country than the one it is typed in"), ("unknown region", "a region that nobody has"),
        ("expired", "a token of eleven minutes ago"), ("forged token", "a token: one bit of it"), ("reused token", "a token that was used"),
        ("corrupt database", "a database that was damaged"), ("wrong passphrase", "opening another passphrase"),
        ("read-only directory", "a database in a directory that nobody can write"),
    ]

    @Test("causes that a person or an operator has to tell apart have different codes")
    func causesDiffer() async throws {
        var codes: [String: String] = [:]
        for (cause, what) in Self.causes {
            let found = Provocation.all.filter { $0.what == what && !$0.code.hasSuffix(".malformedCode") }
            let provocation = try #require(found.first, "\(cause) is not provoked")
            #expect(found.count == 1, "\(cause)")
            codes[cause] = try await provocation.body(try await ErrorBench()).code
        }
        #expect(Set(codes.values).count == Self.causes.count, "\(codes)")
    }

    // MARK: The tool

    private static let tool: URL? = {
        let folders = [
            URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(), root.appendingPathComponent(".build/debug"),
        ]
        return folders.map { $0.appendingPathComponent("phone-identity") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }()

    private static func exitCode(_ arguments: [String]) throws -> Int32 {
        let tool: URL = try #require(Self.tool, "build the tool: swift build --enable-all-traits")
        let process = Process()
        process.executableURL = tool
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test("the tool ends with the exit codes of the second table")
    func exitCodes() async throws {
        let text = try String(contentsOf: Self.root.appendingPathComponent("Documentation/Errors.md"), encoding: .utf8)
        #expect(text.matches(of: /\n\| ([0-9]+) \|/).map { String($0.1) } == ["0", "1", "2"])
        let bench = try await ErrorBench()
        let directory = bench.directory
        try await bench.process.signUp(TestProcess.number(1))
        _ = try await bench.deployment.entries(bench.process)
        for (path, bytes) in bench.deployment.tiles.all {
            let file = URL(fileURLWithPath: directory + "/log/" + path)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        try Data(bench.process.service.logKey.text.utf8).write(to: URL(fileURLWithPath: directory + "/log.pub"))
        let verify = ["audit", "verify", directory + "/log", "--key", directory + "/log.pub"]
        #expect(try Self.exitCode(["normalize", "--region", "CH", "044 668 18 00"]) == 0)
        #expect(try Self.exitCode(["--help"]) == 0)
        #expect(try Self.exitCode(verify) == 0)
        #expect(try Self.exitCode(["normalize", "letters"]) == 1)
        #expect(try Self.exitCode(["normalize", ""]) == 1)
        try Data("junk".utf8).write(to: URL(fileURLWithPath: directory + "/log/checkpoint"))
        #expect(try Self.exitCode(verify) == 1)
        #expect(try Self.exitCode([]) == 2)
        #expect(try Self.exitCode(["nothing"]) == 2)
        #expect(try Self.exitCode(["normalize"]) == 2)
        #expect(try Self.exitCode(["normalize", "--region", "Switzerland", "1"]) == 2)
        #expect(try Self.exitCode(["audit", "verify", directory + "/none", "--key", directory + "/log.pub"]) == 2)
        #expect(try Self.exitCode(["audit", "verify", directory + "/log"]) == 2)
        #expect(try Self.exitCode(["audit", "verify", directory + "/log", "--key", directory + "/none"]) == 2)
        #expect(try Self.exitCode(["audit", "nothing"]) == 2)
    }
}
