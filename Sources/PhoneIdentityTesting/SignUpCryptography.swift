import CryptoPrimitives
import IdentityTypes
public import RecordStorage
public import SealedStore

/// The cryptography of one sign-up and nothing else: what a benchmark sets beside a complete one.
///
/// Performs each operation as often as begin, pay, deposit and enrolment do between them, over values of the same sizes, without a
/// store, a queue or a message. A test compares the rows whose authenticators it computes with those of a sign-up.
public struct SignUpCryptography: Sendable {
    private let vault: NumberVault
    private let pseudonyms: PseudonymIndex
    private let recipients: RecordRecipients
    private let key: SharedKey
    private let random: any RandomSource

    private final class SharedKey: Sendable {
        let secret: SecretBytes
        init(random: some RandomSource) { secret = SecretBytes(random: random) }
    }

    /// - Parameter roster: names the quorums that the sign-up seals to.
    public init(
        host: HostKeyring, keyService: KeyServiceKeyring, roster: Roster? = nil, random: any RandomSource = SystemRandomSource()
    ) {
        // What is used of them here reads and writes no row.
        let store = InMemoryRecordStore()
        let evaluator = LocalKeyService(store: store, keyring: keyService, random: random, forgetOldPages: { true })
        vault = NumberVault(
            store: store, partitions: .standard, keyring: host, keyService: evaluator, evaluator: evaluator, random: random)
        pseudonyms = PseudonymIndex(store: store, partitions: .standard, keyring: host, random: random)
        recipients = RecordRecipients(host, roster: roster)
        key = SharedKey(random: random)
        self.random = random
    }

    /// - Parameter e164: a number with its plus sign, in ASCII.
    public func perform(e164: Span<UInt8>) async throws {
        let session = random.bytes(16)

        // Begin: the number into guarded memory, both tags, the token, the code.
        let number = try NumberVault.guarded(e164: e164)
        bind(session)
        let tags = try await vault.tags(of: number)
        let (challenge, rowSecret) = (random.bytes(14), random.bytes(32))
        let token = seal(NumberTicket.encode(number, tags: tags, channel: 0, region: "CH"), challenge, rowSecret)
        _ = code()

        // Pay: the token's outside, the attempt's digest, the code to compare.
        let opened = try open(token)
        bind(session)
        var digest = BLAKE2b(label: "SPNI/v1/otp-attempt", key: codeKey(), length: 16)
        digest.append(random.bytes(16))
        digest.append(UInt32(0))
        digest.append([UInt8](repeating: 0x30, count: 6))
        _ = digest.finish()
        let code = code()
        _ = code.withUnsafeBytes { constantTimeEquals($0, $0) }

        // Enrolment: the token's inside, keys, body and envelope; the keys wrapped by the key service.
        _ = try AEAD.open(
            opened.withUnsafeBytes { Array($0[50...]) }, key: innerKey(rowSecret), nonce: Self.noNonce, associatedData: challenge)
        let subject = SubjectID(random: random)
        let historyKey = try sealRecord(number, of: subject)
        // The seed and the pseudonym; the entry, sealed to its owner.
        _ = pseudonyms.draw(for: subject)
        record(under: historyKey)

        // An authenticator for each row that is found and for each that is written, with the version drawn for it.
        for row in Self.found { authenticate(row, version: [UInt8](repeating: 0, count: 16)) }
        for row in written { authenticate(row, version: random.bytes(16)) }
    }

    // MARK: Challenge

    private static let noNonce = [UInt8](repeating: 0, count: AEAD.nonceLength)

    private func bind(_ session: [UInt8]) {
        var hash = BLAKE2b(label: "SPNI/v1/otp-binding")
        hash.append(session)
        _ = hash.finish()
    }

    private func innerKey(_ rowSecret: [UInt8]) -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/token-number", key: key.secret)
        hash.append(rowSecret)
        return hash.finishSecret()
    }

    /// The ticket under the row's secret, and that with 50 bytes more under the token key.
    private func seal(_ ticket: borrowing SecretBytes, _ challenge: [UInt8], _ rowSecret: [UInt8]) -> [UInt8] {
        let inner = ticket.withUnsafeBytes {
            AEAD.seal($0, key: innerKey(rowSecret), nonce: Self.noNonce, associatedData: challenge)
        }
        return ([UInt8](repeating: 0, count: 50) + inner).withUnsafeBytes {
            CommittingAEAD.seal($0, key: key.secret, label: "SPNI/v1/token", context: Self.tokenContext, random: random)
        }
    }

    private func open(_ token: [UInt8]) throws -> SecretBytes {
        try CommittingAEAD.open(token, key: key.secret, label: "SPNI/v1/token", context: Self.tokenContext)
    }

    /// Format, key and deployment.
    private static let tokenContext = [UInt8](repeating: 0, count: 21)

    private func codeKey() -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/otp", key: key.secret)
        // Deployment, challenge, purpose, budget tag, nobody, session.
        for count in [16, 16, 2, 32, 0, 32] { hash.append([UInt8](repeating: 0, count: count)) }
        return hash.finishSecret()
    }

    private func code() -> SecretBytes { HMACSHA256.authenticate([0, 0, 0, 0], key: codeKey()) }

    // MARK: Record

    /// - Returns: what seals under the history key.
    private func sealRecord(_ number: borrowing SecretNumber, of subject: SubjectID) throws -> OwnedBox.DirectKey {
        let record = RecordID(random: random)
        let shredKey = SecretBytes(random: random)
        let historyKey = SecretBytes(random: random)
        _ = X25519.publicKey(of: historyKey)
        _ = try recipients.seal(number, record: record, subject: subject, generation: 0, shredKey: shredKey, random: random).encoded
        // Subject, record, generation.
        let context = [UInt8](repeating: 0, count: 40)
        _ = CommittingAEAD.seal(shredKey, key: key.secret, label: "SPNI/v1/shred-wrap", context: context, random: random)
        _ = CommittingAEAD.seal(historyKey, key: key.secret, label: "SPNI/v1/history-wrap", context: context, random: random)
        return OwnedBox.DirectKey(of: historyKey)
    }

    // MARK: Entry

    /// One entry: its id, the salt, the leaf's commitment, the opening sealed to its owner, the name of the outbox row.
    private func record(under historyKey: OwnedBox.DirectKey) {
        let leaf = random.bytes(16) + [UInt8](repeating: 0, count: 43)
        let opening = random.bytes(32) + [UInt8](repeating: 0, count: 58)
        _ = SHA256.hash([UInt8](repeating: 0, count: 19) + opening)
        _ = opening.withUnsafeBytes { opening in
            OwnedBox.seal(opening, under: historyKey, label: "SPNI/v1/opening-seal", context: leaf, random: random)
        }
        _ = random.bytes(16)
    }

    // MARK: Rows

    /// A row as an authenticator takes it.
    package struct Row: Hashable, Sendable {
        package let collection: RecordCollection
        /// Bytes of the row's name.
        package let name: Int
        /// Bytes of its value.
        package let value: Int

        package init(_ collection: RecordCollection, name: Int, value: Int) {
            (self.collection, self.name, self.value) = (collection, name, value)
        }
    }

    /// What a sign-up reads and finds: the number's row when it pays, and the fence.
    package static let found = [Row("attempts", name: 32, value: 200), Row("fence", name: 0, value: 4)]

    /// What a sign-up writes, by commit: begin; pay; the deposit; enrolment.
    package var written: [Row] {
        [
            Row("attempts", name: 32, value: 200),
            Row("attempts", name: 32, value: 225),
            Row("keys", name: 16, value: 302), Row("pending", name: 32, value: 68),
            Row("attempts", name: 32, value: 235), Row("claim", name: 32, value: 37),
            // An envelope of 133 bytes for the sender, of 229 for each quorum.
            Row("vault", name: 16, value: 170 + (recipients.senderPublicKey == nil ? 0 : 133) + 229 * recipients.quorums.count),
            Row("enrolment", name: 16, value: 272), Row("pseudonym", name: 20, value: 25), Row("outbox", name: 24, value: 68),
            Row("history", name: 40, value: 248),
        ]
    }

    private func authenticate(_ row: Row, version: [UInt8]) {
        let key = RecordKey(
            partition: Partition(rawValue: 0), collection: row.collection, row: [UInt8](repeating: 0, count: row.name))
        var hash = BLAKE2b(label: "SPNI/v1/record", key: self.key.secret)
        hash.append(key.encoded)
        hash.append(version)
        hash.append(UInt64(0))
        hash.append([UInt8](repeating: 0, count: row.value))
        _ = hash.finish()
    }
}
