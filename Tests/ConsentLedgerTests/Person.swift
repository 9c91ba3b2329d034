import AuditLog
import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import ConsentLedger

/// A clock that only a test moves; who waits out a conflict really sleeps.
final class TestClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_795_478_400_000))

    func now() -> Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    func sleep(for duration: Duration) async throws(CancellationError) { try await SystemTimeSource().sleep(for: duration) }
}

/// One person, their consents in a store of their own, and their history with the key that opens it.
struct Person: Sendable {
    static let partitions = PartitionCount(rawValue: 4)!

    let store: any RecordStore
    let clock = TestClock()
    let random = SystemRandomSource()
    let outbox: AuditOutbox
    let consents: ConsentRecords
    let subject: AuditSubject
    private let historyKey: [UInt8]

    init(store: any RecordStore = InMemoryRecordStore()) {
        self.store = store
        outbox = AuditOutbox(partitions: Self.partitions, time: clock, random: random)
        consents = ConsentRecords(store: store, partitions: Self.partitions, recorder: outbox, time: clock, random: random)
        historyKey = random.bytes(32)
        subject = AuditSubject(
            id: SubjectID(random: random), historyKey: X25519.publicKey(of: SecretBytes(copying: historyKey)))
    }

    static func notice(_ text: String = "May we warn you of danger to your account by text message?") -> Notice {
        Notice(id: "security-alerts", version: "3", language: "en-GB", text: text)
    }

    func decision(_ purpose: PurposeCode, given: Bool = true, expiresAt: Timestamp? = nil) -> ConsentDecision {
        ConsentDecision(purpose, isGiven: given, notice: Self.notice(), method: .signUpForm, jurisdiction: "EU", expiresAt: expiresAt)
    }

    func decide(_ purpose: PurposeCode, given: Bool = true, expiresAt: Timestamp? = nil) async throws {
        try await consents.record([decision(purpose, given: given, expiresAt: expiresAt)], of: subject)
    }

    func withdraw(_ purpose: PurposeCode) async throws {
        try await consents.withdraw(purpose, of: subject, method: .settings)
    }

    /// The code with which a grant is refused; `nil` when there is one.
    func refusal<Use: Purpose>(_ use: Use.Type) async throws -> ConsentError.Code? {
        do throws(ConsentError) {
            _ = try await consents.grant(use, of: subject.id)
            return nil
        } catch {
            return error.code
        }
    }

    /// What the owner reads of their own history.
    func history() async throws -> [HistoryEntry] {
        try await AuditHistory(store: store, partitions: Self.partitions).entries(
            of: subject.id, with: SecretBytes(copying: historyKey))
    }

    var key: RecordKey {
        RecordKey(partition: Self.partitions.partition(of: subject.id.bytes), collection: "consent", row: subject.id.bytes)
    }
}
