import AuditLog
import CryptoPrimitives
import Foundation
import IdentityTypes
import PhoneNormalization
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// A clock that only a test moves; who waits out a conflict really sleeps.
final class TestClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_795_478_400_000))

    func now() -> Timestamp { time.withLock { $0 } }
    func set(to value: Timestamp) { time.withLock { $0 = value } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    func sleep(for duration: Duration) async throws(CancellationError) { try await SystemTimeSource().sleep(for: duration) }
}

/// The parties of one deployment, each with the keyring of its own file, and the two stores they keep apart.
final class TestParties: Sendable {
    static let passphrase = "correct horse battery"
    static let partitions = PartitionCount(rawValue: 8)!

    let directory: String
    let random = SystemRandomSource()
    let clock = TestClock()
    let deployment: DeploymentID
    let host: HostKeyring
    let keyService: KeyServiceKeyring
    let sender: SenderKeyring
    /// The host's database, as its administrator sees it.
    let database = InMemoryRecordStore()
    /// The key service's, which nobody else sees.
    let keyDatabase = InMemoryRecordStore()
    let service: LocalKeyService
    let outbox: AuditOutbox
    /// To whose quorums numbers are sealed.
    let roster: Roster?

    /// - Parameter custody: whose people may open records here; without it nobody.
    init(
        releasesPerDay: UInt32 = 500, custody: TestCustody? = nil, oldPagesGo: @escaping @Sendable () -> Bool = { true }
    ) throws {
        directory = NSTemporaryDirectory() + "sealed-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        deployment = custody?.deployment ?? DeploymentID(random: random)
        roster = try custody?.verifiedRoster()
        let passphrase = KeyringPassphrase(Self.passphrase)
        try KeyringCeremony(origin: "example.com/test", custodians: custody?.custodians, work: .testing).perform(
            directory: directory, deployment: deployment, passphrase: passphrase, random: random)
        host = try HostKeyring(path: directory + "/host.keyring", passphrase: passphrase)
        keyService = try KeyServiceKeyring(path: directory + "/keyservice.keyring", passphrase: passphrase)
        sender = try SenderKeyring(path: directory + "/sender.keyring", passphrase: passphrase)
        service = LocalKeyService(
            store: keyDatabase, keyring: keyService, partitions: Self.partitions, budget: .init(releasesPerDay: releasesPerDay),
            time: clock, random: random, forgetOldPages: { oldPagesGo() })
        outbox = AuditOutbox(partitions: Self.partitions, time: clock, random: random)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// The database as the host reads and writes it.
    var rows: AuthenticatedStore<InMemoryRecordStore> { host.authenticated(database) }

    var vault: NumberVault {
        NumberVault(
            store: rows, partitions: Self.partitions, keyring: host, roster: roster, keyService: service, evaluator: service, random: random
        )
    }

    var sweep: OrphanSweep { OrphanSweep(store: rows, keyService: service, recorder: outbox, random: random) }

    func open() async throws {
        var commit = StagedCommit(random: random)
        NumberVault.stageFences(epoch: keyService.indexEpoch, partitions: Self.partitions, in: &commit)
        try await commit.commit(to: rows)
    }

    /// Seals a number and deposits its keys, without the commit that makes it true.
    func prepare(_ e164: String) async throws -> (prepared: PreparedEnrolment, tags: NumberTags) {
        let number = try secret(e164)
        let tags = try await vault.tags(of: number)
        return (try await vault.seal(number, for: SubjectID(random: random)), tags)
    }

    func enrol(_ prepared: PreparedEnrolment, tags: NumberTags) async throws {
        var commit = StagedCommit(random: random)
        try vault.stage(prepared, tags: tags, at: try await vault.place(of: tags.uniqueness), in: &commit)
        try await commit.commit(to: rows)
    }

    func enrol(_ e164: String) async throws -> (prepared: PreparedEnrolment, tags: NumberTags) {
        let (prepared, tags) = try await prepare(e164)
        try await enrol(prepared, tags: tags)
        return (prepared, tags)
    }

    /// What stands in the database under a subject's vault key.
    func sealedRecord(_ prepared: PreparedEnrolment) async throws -> (body: SealedBody, envelopes: [Envelope]) {
        let record = try #require(try await rows.record(at: prepared.vaultKey))
        return try Self.decode(record.value)
    }

    static func decode(_ value: [UInt8]) throws -> (body: SealedBody, envelopes: [Envelope]) {
        var reader = ByteReader(value)
        let record = try VaultRecord(from: &reader)
        try reader.finish()
        guard case .sealed(let body, let envelopes) = record else { throw MalformedBytes() }
        return (body, envelopes)
    }

    /// An order as a use of a granted purpose makes it.
    func order(_ prepared: PreparedEnrolment, grant id: [UInt8]? = nil) -> DispatchOrder {
        let grant = Grant<Purposes.SecurityAlert>(
            token: Purposes.SecurityAlert.token, id: id ?? random.bytes(16), subject: prepared.audit.id, basis: .hostAssertion,
            expiresAt: clock.now() + .seconds(60))
        return vault.order(to: RevealSubject(audit: prepared.audit, record: prepared.record), template: "new-device", grant: grant)
    }

    func sender(to recipient: RecordingRecipient, keyring: SenderKeyring? = nil) -> LocalSender {
        LocalSender(store: rows, keyring: keyring ?? sender, keyService: service, recipient: recipient)
    }

    /// Overwrites the row under a key in the database, with or without the host's authenticator.
    func overwrite(_ key: RecordKey, with value: [UInt8], authenticated: Bool) async throws {
        let store: any RecordStore = authenticated ? rows : database
        let current = try #require(try await database.record(at: key))
        var commit = StagedCommit(random: random)
        commit.put(value, at: key, replacing: current)
        try await commit.commit(to: store)
    }
}

/// A gateway that notes what it was handed.
final class RecordingRecipient: NumberRecipient {
    private let seen = Mutex<[String]>([])
    var numbers: [String] { seen.withLock { $0 } }

    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError) {
        let digits = digits(of: number)
        seen.withLock { $0.append(digits) }
    }
}

func secret(_ e164: String) throws -> SecretNumber {
    let bytes = Array(e164.utf8)
    return try NumberVault.guarded(e164: bytes.span)
}

func digits(of number: borrowing SecretNumber) -> String {
    number.withDigits { String(decoding: $0, as: UTF8.self) }
}

func bytes(of secret: borrowing SecretBytes) -> [UInt8] {
    secret.withUnsafeBytes { Array($0) }
}

/// The code with which a vault operation refuses; `nil` when it does not.
func refusal(_ body: () async throws -> Void) async throws -> VaultError.Code? {
    do {
        try await body()
        return nil
    } catch let error as VaultError {
        return error.code
    }
}
