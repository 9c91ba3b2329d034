import Foundation
import RecordStorage
@_spi(PowerCutTesting) import SQLiteStorage

// powercut-workload FILE COMMITS (full|normal|off)
// Commits numbered pairs of records, four tasks at a time, and prints each number once its commit has returned.
let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]), let synchronous = SQLiteRecordStore.Synchronous(rawValue: arguments[3]) else {
    fatalError("usage: powercut-workload FILE COMMITS (full|normal|off)")
}
let store = try await SQLiteRecordStore(path: arguments[1], unsafelySynchronous: synchronous)
let random = SystemRandomSource()

@Sendable func commit(_ number: Int) async throws {
    let row = (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    let changes = [UInt16(1), 2].map { partition in
        RecordChange.put(
            RecordKey(partition: Partition(rawValue: partition), collection: "pair", row: row), expecting: nil,
            version: RecordVersion(random: random), value: [UInt8](repeating: row[3], count: 100 + number % 7 * 900), expiresAt: nil)
    }
    try await store.commit(changes)
    let line = Array("\(number)\n".utf8)
    _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
}

try await withThrowingTaskGroup(of: Void.self) { group in
    for task in 0..<4 {
        group.addTask {
            for number in stride(from: task, to: count, by: 4) { try await commit(number) }
        }
    }
    try await group.waitForAll()
}
// No close: it would move everything into the file, and a power cut closes nothing.
exit(0)
