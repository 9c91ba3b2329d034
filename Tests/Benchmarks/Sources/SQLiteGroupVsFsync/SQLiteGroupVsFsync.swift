// figure sqlite-group-vs-fsync: commits a second of 64 committers through SQLiteRecordStore, as a multiple of one-row transactions on SQLite's C
// interface that wait for the disk one by one. Both in turn; the median of the rounds' ratios, as disks swing from round to round.
import BenchmarkSupport
import Foundation
import Measuring
import RecordStorage
import SQLiteStorage

@main
struct SQLiteGroupVsFsync {
    static func main() async throws { try await Measurement.run() }
}

/// Away from the main actor, so that no measured step hops.
private enum Measurement {
    static let committers = 64
    static let each = 100

    static func run() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path()
        let directory = "\(folder)/sqlite-group-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let raw = RawSQLite(path: "\(directory)/raw.sqlite")
        let store = try await SQLiteRecordStore(path: "\(directory)/store.sqlite")
        var (alone, together, batches): ([Double], [Double], [Double]) = ([], [], [])
        for round in -2..<21 {
            let transaction = await microseconds(200) { _ in raw.transaction() }
            // What nobody can pass: as many rows as commits, without commits of their own, threads or tasks.
            let batch = await microseconds(committers * each / 64) { _ in raw.transaction(rows: 64) }
            let commits = try await microseconds(1) { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<committers {
                        group.addTask {
                            var numbers = Numbers(seed: UInt64(task) << 32 | UInt64(round + 2))
                            for _ in 0..<each { try await store.commit([.claim(&numbers)]) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            guard round >= 0 else { continue }
            alone.append(1e6 / transaction)
            together.append(1e6 * Double(committers * each) / commits)
            batches.append(64e6 / batch)
        }
        let ratios = zip(together, alone).map { $0 / $1 }.sorted()
        print(
            String(
                format: "figure sqlite-group-vs-fsync %.1f x; 64 committers %.0f commits/s, raw one by one %.0f/s (rounds %.1f to %.1f); "
                    + "raw with 64 rows a transaction %.0f rows/s",
                median(ratios), median(together), median(alone), ratios.first!, ratios.last!, median(batches)))
    }
}
