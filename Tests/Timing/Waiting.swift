import CryptoPrimitives
import Foundation
import IdentityTypes
import Messaging
import PhoneNormalization
import RecordStorage
import SealedStore
import Synchronization

/// The memory that a hundred thousand messages take while they wait, and while as many again pass through three times.
enum Waiting {
    private static let count = 100_000
    private static let turns = Int(ProcessInfo.processInfo.environment["TURNS"] ?? "") ?? 10

    /// Takes everything at once.
    private final class Taker: MessageTransport {
        let name = "taker"
        let capabilities = TransportCapabilities(channels: [.sms], concurrency: 16)
        private let taken = Atomic<Int>(0)
        var total: Int { taken.load(ordering: .relaxed) }

        func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            guard message.withContent({ $0.text.count > 40 && $0.code.count == 6 }) == true else {
                throw TransportError(.refused, "Empty.")
            }
            taken.add(1, ordering: .relaxed)
            return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
        }
    }

    /// Keeps nothing: what is measured is the queue.
    private struct NoStore: RecordStore {
        func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] { keys.map { _ in nil } }
        func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] { [] }
        func commit(_ changes: [RecordChange]) async throws(StorageError) {}
    }

    private struct Bench {
        let queue = MessageQueue(capacity: count)
        let template = CodeTemplate(brand: "Example", webDomain: "example.com")
        let random = SystemRandomSource()

        func add() throws {
            let place = try queue.reserve()
            let id = random.bytes(16)
            let digits = Array("4179\(1_000_000 + Int(random.number(below: 8_000_000)))".utf8)
            let number = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
            let grant = Grant<Purposes.Verification>(
                token: Purposes.Verification.token, id: id, subject: nil, basis: .challenge(id), expiresAt: Timestamp(milliseconds: .max))
            let words = template.render(code: SecretBytes(copying: Array("493817".utf8)), minutes: 10, language: "de")
            let message = OutboundMessage(
                to: .number(number), words, channel: .sms,
                destination: MessageDestination(countryCallingCode: 41, region: "CH", lineType: .mobile, range: 7), grant: grant,
                name: MessageName(owner: id, send: 1))
            grant.spend()
            place.fill(.message(message))
        }
    }

    static func measure() async throws {
        let (bench, taker) = (Bench(), Taker())
        let before = resident()
        for _ in 0..<count { try bench.add() }
        let full = resident()
        // One more is refused before anything is made of it.
        var refusal = "none"
        do { _ = try bench.queue.reserve() } catch { refusal = error.code.rawValue }
        let ledger = DeliveryLedger(
            store: NoStore(), partitions: .standard, key: SecretBytes(random: bench.random), time: SystemTimeSource(), random: bench.random)
        let dispatcher = MessageDispatcher(
            queue: bench.queue, handOver: MessageHandOver(transport: taker, ledger: ledger, observer: NoObserver()))
        var (most, settled) = (full, full)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.run() }
            var added = count
            while added < turns * count {
                do { try bench.add() } catch is TransportError {
                    await Task.yield()
                    continue
                }
                added += 1
                if added % 20_000 == 0 { most = max(most, resident()) }
                if added == 2 * count { settled = resident() }
            }
            while taker.total < turns * count { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
        }
        let each = Double(full - before) / Double(count)
        print(
            String(
                format:
                    "figure waiting-messages %.3f x; %d waiting take %.1f MB (%.0f bytes each, guarded memory locked: %@), after as many passed through %.1f MB, after %d at most "
                    + "%.1f MB; one more: %@", Double(most - before) / Double(settled - before), count, Double(full - before) / 1e6,
                each,
                GuardedMemory.isLocked ? "yes" : "no", Double(settled - before) / 1e6, turns * count,
                Double(most - before) / 1e6, refusal))
    }

    /// Bytes of this process in memory.
    private static func resident() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
