// figures postgres-vs-pgbench-1, -8, -32: commits a second through PostgresRecordStore, as a share of what pgbench reaches with an equal prepared
// statement on as many connections of the same socket. Both in turn, the table emptied before each; the median of the rounds' ratios, as disks
// swing from round to round.
//
// Equal means: one round trip each; the same statement with the same number and lengths of arguments (a random row and version of 16 bytes each,
// a value of 200); a table of the store's own making; the planner's settings of the store's sessions. both draw their numbers at next to no cost; the
// store gets changes as a host makes them.
import BenchmarkSupport
import Foundation
import Measuring
import PostgresStorage
import RecordStorage

@main
struct PostgresVsPgbench {
    /// Arguments: the program pgbench, and the number of connections.
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let clients = Int(arguments[2]),
            let server = ProcessInfo.processInfo.environment["PHONE_IDENTITY_POSTGRES"]
        else { fatalError("usage: Tests/Postgres/server PostgresVsPgbench PGBENCH CLIENTS") }
        try await Measurement(pgbench: Pgbench(program: arguments[1], server: server, clients: clients), clients: clients).run()
    }
}

/// Away from the main actor, so that no measured step hops.
private struct Measurement: Sendable {
    let pgbench: Pgbench
    let clients: Int
    private let rounds = ProcessInfo.processInfo.environment["ROUNDS"].flatMap { Int($0) } ?? 7
    private let seconds = 2

    func run() async throws {
        var settings = PostgresSettings(connection: pgbench.server)
        settings.schema = Pgbench.schema
        settings.connections = clients
        settings.commitForm = .oneStatement
        let store = try await PostgresRecordStore(settings)
        try await pgbench.setFsync(true)
        let figure = try await compare(store, changes: 1)
        let several = try await compare(store, changes: Pgbench.several)
        try await pgbench.setFsync(false)
        let processor = try await compare(store, changes: 1)
        let severalOnProcessor = try await compare(store, changes: Pgbench.several)
        await store.close()
        print(
            "figure postgres-vs-pgbench-\(clients) \(figure.ratio) x; \(figure)",
            "\(Pgbench.several) rows: \(several)", "without fsync: \(processor)",
            "\(Pgbench.several) rows without fsync: \(severalOnProcessor)",
            separator: "; ")
    }

    private func compare(_ store: PostgresRecordStore, changes: Int) async throws -> Comparison {
        var comparison = Comparison()
        for round in 0...rounds {
            try await pgbench.empty()
            let ours = try await commits(store, changes: changes)
            try await pgbench.empty()
            let theirs = try await pgbench.run(changes: changes, transactions: max(Int(ours) * seconds / clients, 1))
            // The first is to get warm.
            if round > 0 { comparison.add(ours: ours, theirs: theirs) }
        }
        return comparison
    }

    private func commits(_ store: PostgresRecordStore, changes count: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start.advanced(by: .seconds(seconds))
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var numbers = Numbers(seed: UInt64.random(in: 0...UInt64.max) ^ UInt64(client))
                    var made = 0
                    while clock.now < end {
                        try await store.commit((0..<count).map { _ in .claim(&numbers) })
                        made += 1
                    }
                    return made
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(made) / ((clock.now - start) / .seconds(1))
    }
}

/// Commits a second on both sides, round by round.
private struct Comparison: CustomStringConvertible {
    private var (ours, theirs): ([Double], [Double]) = ([], [])

    mutating func add(ours: Double, theirs: Double) {
        self.ours.append(ours)
        self.theirs.append(theirs)
    }

    private var ratios: [Double] { zip(ours, theirs).map { $0 / $1 }.sorted() }

    var ratio: String { String(format: "%.2f", median(ratios)) }

    var description: String {
        String(
            format: "%.2f (rounds %.2f to %.2f), %.0f commits/s, pgbench %.0f/s", median(ratios), ratios.first!, ratios.last!,
            median(ours), median(theirs))
    }
}
