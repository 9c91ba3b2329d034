import Foundation

/// A directory of a test's own, gone when the test is.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("record-storage-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "records.sqlite") -> String { path + "/" + name }

    /// Every byte of the files whose names start with `name`.
    func bytes(ofFilesNamed name: String = "records.sqlite") throws -> [String: Data] {
        var found: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasPrefix(name) {
            found[file] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + file))
        }
        return found
    }
}
