import CryptoPrimitives
import IdentityTypes
import RecordStorage
import SealedStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Way {
    /// A number from its sealing to its delivery, with the keys of all parties.
    static let deployments = [
        Way(name: "delivery") { needles in try await deliver(needles, isGood: true) },
        Way(name: "refused-delivery") { needles in try await deliver(needles, isGood: false) },
        Way(name: "passphrase-file") { needles in
            try inDirectory { directory in
                try writePassphrase(to: directory + "/passphrase", needles)
                _ = try KeyringPassphrase(file: directory + "/passphrase")
            }
        },
        Way(name: "keyring-files") { needles in try inDirectory { directory in try readKeyrings(in: directory, needles) } },
    ]

    private static let random = SystemRandomSource()
    private static let partitions = PartitionCount(rawValue: 8)!

    private static func deliver(_ needles: Needles, isGood: Bool) async throws {
        let set = try KeyringCeremony(origin: "example.com/test", work: .testing).keyrings(
            deployment: DeploymentID(random: random), random: random)
        note(set, needles)
        let service = LocalKeyService(
            store: InMemoryRecordStore(), keyring: set.keyService, partitions: partitions, random: random, forgetOldPages: { true })
        let watched = WatchedKeyService(service, needles: needles)
        let store = set.host.authenticated(InMemoryRecordStore())
        let vault = NumberVault(
            store: store, partitions: partitions, keyring: set.host, keyService: watched, evaluator: service, random: random)
        var fences = StagedCommit(random: random)
        NumberVault.stageFences(epoch: 1, partitions: partitions, in: &fences)
        try await fences.commit(to: store)

        let number = try freshNumber()
        needles.note("number", number)
        let prepared = try await vault.seal(number, for: SubjectID(random: random))
        var commit = StagedCommit(random: random)
        let tags = try await vault.tags(of: number)
        try vault.stage(prepared, tags: tags, at: try await vault.place(of: tags.uniqueness), in: &commit)
        try await commit.commit(to: store)
        try note(prepared, set.sender, needles)

        let grant = Grant<Purposes.SecurityAlert>(
            token: Purposes.SecurityAlert.token, id: random.bytes(16), subject: prepared.audit.id, basis: .hostAssertion,
            expiresAt: SystemTimeSource().now() + .seconds(60))
        let order = vault.order(to: RevealSubject(audit: prepared.audit, record: prepared.record), template: "new-device", grant: grant)
        let sender = LocalSender(store: store, keyring: set.sender, keyService: watched, recipient: Recipient(isGood: isGood))
        do { try await sender.send(order) } catch { guard !isGood else { throw error } }
    }

    private static func inDirectory(_ body: (String) throws -> Void) throws {
        let directory = "/tmp/memory-scan-" + Hexadecimal.encode(random.bytes(8))
        try DurableFile.createDirectory(directory, mode: 0o700)
        defer {
            for name in KeyringCeremony(origin: "").fileNames + ["passphrase"] { unlink("\(directory)/\(name)") }
            rmdir(directory)
        }
        try body(directory)
    }

    /// A ceremony and the start of three parties, with the passphrase from a file.
    private static func readKeyrings(in directory: String, _ needles: Needles) throws {
        try writePassphrase(to: directory + "/passphrase", needles)
        let passphrase = try KeyringPassphrase(file: directory + "/passphrase")
        try KeyringCeremony(origin: "example.com/test", work: .testing).perform(
            directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
        let host = try HostKeyring(path: directory + "/host.keyring", passphrase: passphrase)
        let keyService = try KeyServiceKeyring(path: directory + "/keyservice.keyring", passphrase: passphrase)
        let sender = try SenderKeyring(path: directory + "/sender.keyring", passphrase: passphrase)
        needles.note("pepper", host.keys.pepper)
        needles.note("key-encryption-key", keyService.keyEncryptionKey)
        needles.note("index-key", keyService.indexKey)
        needles.note("sender-secret", sender.secret)
        let salt = Array(try DurableFile.contents(of: directory + "/host.keyring")![26..<42])
        needles.note("derived", try passphrase.key(salt: salt, work: .testing))
    }

    /// 32 letters and the end of a line.
    private static func writePassphrase(to path: String, _ needles: Needles) throws {
        let text = SecretBytes(count: 33) { target in
            for index in 0..<32 { target[index] = 0x61 + UInt8(random.number(below: 26)) }
            target[32] = 0x0A
        }
        needles.note("passphrase", text.slice(0, 32))
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o600))
        let written = text.withUnsafeBytes { write(file, $0.baseAddress!, $0.count) }
        close(file)
        precondition(written == 33, "\(path) could not be written.")
    }

    private static func note(_ set: KeyringSet, _ needles: Needles) {
        needles.note("pepper", set.host.keys.pepper)
        needles.note("record-key", set.host.keys.recordKey)
        needles.note("key-encryption-key", set.keyService.keyEncryptionKey)
        needles.note("index-key", set.keyService.indexKey)
        needles.note("budget-key", set.keyService.budgetKey)
        needles.note("proof-key", set.keyService.proofKey)
        needles.note("sender-secret", set.sender.secret)
    }

    /// The data key, which only the sender's envelope tells.
    private static func note(_ prepared: PreparedEnrolment, _ keyring: SenderKeyring, _ needles: Needles) throws {
        var reader = ByteReader(prepared.value)
        guard case .sealed(let body, let envelopes) = try VaultRecord(from: &reader) else { return }
        needles.note("data-key", try envelopes[0].open(for: body, with: keyring.secret))
        needles.note("shared", try X25519.agree(secret: keyring.secret, publicKey: Array(envelopes[0].box[..<32])))
    }
}

/// Reads each digit, as a gateway does, and keeps none; or fails over it.
private struct Recipient: NumberRecipient {
    let isGood: Bool

    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError) {
        await Task.yield()
        let sum = number.withDigits { $0.reduce(0) { $0 + Int($1) } }
        precondition(sum > 0)
        guard isGood else { throw VaultError(.unavailable, "The gateway did not answer.") }
    }
}

/// Notes the keys that go by.
private struct WatchedKeyService: KeyService, SenderKeyService {
    let service: LocalKeyService
    let needles: Needles

    init(_ service: LocalKeyService, needles: Needles) {
        self.service = service
        self.needles = needles
    }

    func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) {
        needles.note("shred-key", deposit.shredKey)
        needles.note("history-key", deposit.historyKey)
        try await service.put(deposit)
    }

    func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes { try await service.releaseShredKey(for: order) }

    func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes {
        try await service.releaseHistoryKey(for: proof)
    }

    func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt { try await service.erase(subject) }

    func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        try await service.unconfirmed(before: before, limit: limit)
    }

    func confirm(_ deposits: [DepositReference]) async throws(VaultError) { try await service.confirm(deposits) }

    func discard(_ deposit: DepositReference) async throws(VaultError) { try await service.discard(deposit) }

    func releases(limit: Int) async throws(VaultError) -> [KeyRelease] { try await service.releases(limit: limit) }

    func acknowledge(_ releases: [KeyRelease]) async throws(VaultError) { try await service.acknowledge(releases) }

    func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError) { try await service.deny(file, denials) }

    func close(_ review: BreakGlassReview) async throws(VaultError) { try await service.close(review) }

    func sweep() async throws(VaultError) -> Int { try await service.sweep() }

    func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        needles.note("shred-key", deposit.shredKey)
        try await service.addShredKey(forChangeOfNumber: deposit)
    }

    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) { try await service.addShredKey(deposit) }

    func releaseShredKey(forResealingBefore order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        try await service.releaseShredKey(forResealingBefore: order)
    }
}
