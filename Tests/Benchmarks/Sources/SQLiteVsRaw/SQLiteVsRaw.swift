// figure sqlite-one-vs-raw: commits a second of one committer through SQLiteRecordStore, as a share of the same one-row transactions on
// SQLite's C interface. Both in turn, medians of the rounds.
import BenchmarkSupport
import Foundation
import Measuring
import RecordStorage
import SQLiteStorage

@main
struct SQLiteVsRaw {
    static func main() async throws { try await Measurement.run() }
}

private enum Measurement {
    static func run() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path()
        let directory = "\(folder)/sqlite-vs-raw-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let raw = RawSQLite(path: "\(directory)/raw.sqlite")
        let store = try await SQLiteRecordStore(path: "\(directory)/store.sqlite")
        let random = SystemRandomSource()
        var (transactions, commits, reads): ([Double], [Double], [Double]) = ([], [], [])
        var last: RecordKey?
        for round in -3..<31 {
            let limit = await microseconds(100) { _ in raw.transaction() }
            let commit = try await microseconds(100) { _ in
                let key = RecordKey(partition: Partition(rawValue: 7), collection: "benchmark", row: random.bytes(16))
                last = key
                try await store.commit([
                    .put(key, expecting: nil, version: RecordVersion(random: random), value: random.bytes(200), expiresAt: nil)
                ])
            }
            let read = try await microseconds(100) { _ in _ = try await store.record(at: last!) }
            guard round >= 0 else { continue }
            transactions.append(limit)
            commits.append(commit)
            reads.append(read)
        }
        print(
            String(
                format: "figure sqlite-one-vs-raw %.2f x; raw %.0f us, commit %.0f us (a read takes %.0f us)",
                median(transactions) / median(commits), median(transactions), median(commits), median(reads)))
    }
}
