// figure signup-vs-work: 64 at once on SQLite, complete sign-ups a second as a share of the rate at which the same cores do the work that
// cannot be spared: a sign-up's sealing (body, quorum and sender envelope, both tags) and as many raw SQLite rows, in batches of 64.
// Both 64 at once and in turn, each waiting for its rows; the median of the rounds' ratios.
import BenchmarkSupport
import Foundation
import Measuring
import PhoneIdentity
import PhoneIdentityTesting
import SQLiteStorage
import Synchronization

@main
struct SignUpVsWork {
    static func main() async throws { try await Measurement.run() }
}

/// Away from the main actor, so that no measured step hops.
private enum Measurement {
    static let atOnce = 64

    static func run() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path()
        let directory = "\(folder)/signup-vs-work-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }

        let custody = try CustodyCryptography(roles: [.standard])
        let deployment = try await Deployment(directory, custody.custody)
        let service = deployment.service
        let raw = RawRows(path: "\(directory)/raw.sqlite")
        let (rounds, each) = (Int(ProcessInfo.processInfo.environment["ROUNDS"] ?? "") ?? 11, 40 * atOnce)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The sequencer and all else that runs beside a service.
            group.addTask { await service.run() }
            var (signUps, work, ratios): ([Double], [Double], [Double]) = ([], [], [])
            // Of the processors, for one: what a busy machine changes little.
            var (ownTimes, workTimes): ([Double], [Double]) = ([], [])
            var next = 0
            var rows = 0
            for round in -1..<rounds {
                let before = deployment.rows
                let first = next
                next += each
                let start = processMicroseconds()
                let ours = try await rate(each) { try await deployment.signUp(first + $0) }
                rows = (deployment.rows - before + each / 2) / each
                let middle = processMicroseconds()
                let theirs = try await rate(each) { [rows] _ in
                    try await custody.sealSignUp(quorums: 1)
                    await raw.write(rows)
                }
                guard round >= 0 else { continue }
                ownTimes.append((middle - start) / Double(each))
                workTimes.append((processMicroseconds() - middle) / Double(each))
                signUps.append(ours)
                work.append(theirs)
                ratios.append(ours / theirs)
            }
            print(
                String(
                    format: "figure signup-vs-work %.2f x; %.0f sign-ups/s with %d rows each, sealing and as many raw rows %.0f/s",
                    median(ratios), median(signUps), rows, median(work))
                    + String(
                        format: ", rounds %.2f...%.2f, processor time %.0f and %.0f us", ratios.min()!, ratios.max()!, median(ownTimes),
                        median(workTimes)))
            group.cancelAll()
        }
    }

    /// How many a second, 64 at once.
    static func rate(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws -> Double {
        let time = try await microseconds(count) { index in
            guard index == 0 else { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<atOnce {
                    group.addTask { for index in stride(from: worker, to: count, by: atOnce) { try await body(index) } }
                }
                try await group.waitForAll()
            }
        }
        return 1e6 / time
    }
}

/// Raw rows of several tasks, in transactions of 64 rows that a thread of their own makes while the cores go on sealing.
private final class RawRows: Sendable {
    private struct State {
        var rows = 0
        var waiting: [(rows: Int, CheckedContinuation<Void, Never>)] = []
        var isWriting = false
    }
    // @unchecked: used on the queue alone.
    private struct Connection: @unchecked Sendable { let database: RawSQLite }
    private let connection: Connection
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "raw rows")

    init(path: String) { connection = Connection(database: RawSQLite(path: path)) }

    /// Returns when the rows are on the disk, as a sign-up does.
    func write(_ rows: Int) async {
        await withCheckedContinuation { continuation in
            let starts = state.withLock { state in
                state.waiting.append((rows, continuation))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if starts { queue.async { self.drain() } }
        }
    }

    private func drain() {
        while true {
            let (rows, done) = state.withLock { state in
                var room = 64
                var done: [CheckedContinuation<Void, Never>] = []
                while room > 0, let (rows, continuation) = state.waiting.first {
                    if rows <= room { done.append(continuation) }
                    state.waiting[0].rows -= min(rows, room)
                    if rows <= room { state.waiting.removeFirst() }
                    room -= min(rows, room)
                }
                state.isWriting = room < 64
                return (64 - room, done)
            }
            guard rows > 0 else { return }
            connection.database.transaction(rows: rows)
            for continuation in done { continuation.resume() }
        }
    }
}

/// A whole deployment: two SQLite files, a log in a directory, quorums of people and an isolated sender.
private struct Deployment {
    let service: IdentityService
    private let inbox = Inbox()
    private let identity: CountingStore
    private let shred: CountingStore

    init(_ directory: String, _ custody: SimulatedCustody) async throws {
        let random = SystemRandomSource()
        let passphrase = KeyringPassphrase("benchmark")
        try KeyringCeremony(origin: "example.com/benchmark", custodians: custody.custodians, work: .testing).perform(
            directory: directory, deployment: custody.deployment, passphrase: passphrase, random: random)
        let identityStore = try await SQLiteRecordStore(path: "\(directory)/identity.sqlite")
        let shredStore = try await SQLiteRecordStore(path: "\(directory)/shred.sqlite")
        (identity, shred) = (CountingStore(identityStore), CountingStore(shredStore))
        let keyService = LocalKeyService(
            store: shred, keyring: try KeyServiceKeyring(path: "\(directory)/keyservice.keyring", passphrase: passphrase),
            forgetOldPages: { () throws(StorageError) in try await shredStore.truncateWriteAheadLog() })
        var policy = IdentityPolicy(template: CodeTemplate(brand: "Benchmark"))
        policy.abuse = .forNumbersOfTests
        service = try await IdentityService.open(
            IdentityEnvironment(
                identityStore: identity,
                forgetOldPages: { () throws(StorageError) in try await identityStore.truncateWriteAheadLog() },
                keyring: try HostKeyring(path: "\(directory)/host.keyring", passphrase: passphrase),
                roster: try Roster(custody.roster, custodians: custody.custodians), keyService: keyService,
                tagEvaluator: keyService, transport: inbox,
                log: try IdentityEnvironment.Log(
                    directory: "\(directory)/log", head: "\(directory)/log.head",
                    keyring: try LogKeyring(path: "\(directory)/log.keyring", passphrase: passphrase)),
                policy: policy))
    }

    /// Rows that were written so far, by whoever.
    var rows: Int { identity.written.load(ordering: .relaxed) + shred.written.load(ordering: .relaxed) }

    func signUp(_ index: Int) async throws {
        let digits = String(index)
        let number = "+4178" + String(repeating: "0", count: 7 - digits.count) + digits
        let requester = Requester(session: [1])
        let receipt = try await service.begin(.signUp, number: number, region: nil, requester: requester)
        guard let code = DevelopmentInbox.code(in: await inbox.text(to: number)),
            case .enrolled = try await service.complete(
                receipt.token, code: code, attempt: AttemptID(random: SystemRandomSource()), requester: requester
            ).verdict
        else { fatalError("A sign-up did not end in an enrolment.") }
    }
}

/// Gives each message to the one task that waits for it.
private final class Inbox: MessageTransport {
    private enum Place {
        case arrived(String)
        case awaited(CheckedContinuation<String, Never>)
    }
    private let places = Mutex<[String: Place]>([:])

    let name = "benchmark"
    let capabilities = TransportCapabilities(channels: [.sms, .voice])

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let content = message.withContent { content in
            ("+" + String(decoding: content.recipient, as: UTF8.self), String(decoding: content.text, as: UTF8.self))
        }
        guard let (number, text) = content else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        let waiting: Place? = places.withLock { places in
            if let waiting = places.removeValue(forKey: number) { return waiting }
            places[number] = .arrived(text)
            return nil
        }
        if case .awaited(let continuation) = waiting { continuation.resume(returning: text) }
        return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
    }

    func text(to number: String) async -> String {
        await withCheckedContinuation { continuation in
            let arrived: Place? = places.withLock { places in
                if let arrived = places.removeValue(forKey: number) { return arrived }
                places[number] = .awaited(continuation)
                return nil
            }
            if case .arrived(let text) = arrived { continuation.resume(returning: text) }
        }
    }
}

/// A store that counts the rows it puts.
private final class CountingStore: RecordStore {
    private let store: SQLiteRecordStore
    let written = Atomic(0)

    init(_ store: SQLiteRecordStore) { self.store = store }

    func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { try await store.records(at: keys) }

    func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        try await store.records(in: range, limit: limit)
    }

    func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try await store.commit(changes)
        let puts = changes.reduce(0) { sum, change in if case .put = change { sum + 1 } else { sum } }
        written.add(puts, ordering: .relaxed)
    }
}
