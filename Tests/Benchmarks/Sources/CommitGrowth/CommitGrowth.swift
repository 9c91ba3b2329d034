// figure commit-growth: the time of a commit of one new record into a store of 3,000,000, as a multiple of the same into one of 10,000. Keys are spread
// over 256 partitions. Both in turn, one commit at a time; the median of the rounds' ratios, as disks swing from round to round.
import BenchmarkSupport
import Foundation
import Measuring
import PostgresStorage
import RecordStorage
import SQLiteStorage

@main
struct CommitGrowth {
    /// Argument: a directory for SQLite's files; or PostgreSQL of the environment.
    static func main() async throws {
        if let connection = ProcessInfo.processInfo.environment["PHONE_IDENTITY_POSTGRES"] {
            func store(_ schema: String) async throws -> PostgresRecordStore {
                var settings = PostgresSettings(connection: connection)
                settings.schema = schema
                return try await PostgresRecordStore(settings)
            }
            try await Measurement.run("PostgreSQL", small: store("small"), large: store("large"))
        } else {
            let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path()
            let directory = "\(folder)/commit-growth-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await Measurement.run(
                "SQLite", small: SQLiteRecordStore(path: "\(directory)/small"), large: SQLiteRecordStore(path: "\(directory)/large"))
        }
    }
}

/// Away from the main actor, so that no measured step hops.
private enum Measurement {
    static func run(_ adapter: String, small: some RecordStore, large: some RecordStore) async throws {
        var numbers = Numbers(seed: 1)
        let filling = ContinuousClock().now
        for _ in 0..<300 { try await large.commit((0..<10_000).map { _ in .claim(&numbers) }) }
        let rate = 3_000_000 / ((ContinuousClock().now - filling) / .seconds(1))
        try await small.commit((0..<10_000).map { _ in .claim(&numbers) })
        var (before, after): ([Double], [Double]) = ([], [])
        for round in -5..<61 {
            let few = try await microseconds(50) { _ in try await small.commit([.claim(&numbers)]) }
            let many = try await microseconds(50) { _ in try await large.commit([.claim(&numbers)]) }
            guard round >= 0 else { continue }
            before.append(few)
            after.append(many)
        }
        let ratios = zip(after, before).map { $0 / $1 }.sorted()
        print(
            String(
                format:
                    "figure commit-growth %.2f x; %@: %.0f us with 3,000,000 records, %.0f us with 10,000 (rounds, middle half: %.2f to %.2f; filled with %.0f rows/s)",
                median(ratios), adapter, median(after), median(before), ratios[ratios.count / 4], ratios[ratios.count * 3 / 4], rate))
    }
}
