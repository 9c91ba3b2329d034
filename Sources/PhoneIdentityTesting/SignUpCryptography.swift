import CryptoPrimitives
import IdentityTypes
public import RecordStorage
public import SealedStore

/// The cryptography of one sign-up and nothing else: what a benchmark sets beside a complete one.
///
/// Performs each operation as often as begin, pay, deposit and enrolment do between them, over values of the same sizes.
public struct SignUpCryptography: Sendable {
    private let vault: NumberVault
    private let pseudonyms: PseudonymIndex
    private let key: SharedKey
    private let random: any RandomSource

    private final class SharedKey: Sendable {
        let secret: SecretBytes
        init(random: some RandomSource) { secret = SecretBytes(random: random) }
    }

    public init(host: HostKeyring, keyService: KeyServiceKeyring, random: any RandomSource = SystemRandomSource()) {
        let service = LocalKeyService(store: InMemoryRecordStore(), keyring: keyService, random: random, forgetOldPages: { true })
        let store = InMemoryRecordStore()
        vault = NumberVault(
            store: store, partitions: .standard, keyring: host, keyService: service, evaluator: service, random: random)
        pseudonyms = PseudonymIndex(store: store, partitions: .standard, keyring: host, random: random)
        key = SharedKey(random: random)
        self.random = random
    }

    /// - Parameter e164: a number with its plus sign, in ASCII.
    public func perform(e164: Span<UInt8>) async throws {
        // Begin: the number into guarded memory, both tags, the token, the code.
        let number = try NumberVault.guarded(e164: e164)
        let tags = try await vault.tags(of: number)
        let inner = SecretBytes(count: 88, random: random)
        let token = CommittingAEAD.seal(inner, key: key.secret, label: "SPNI/v1/token", context: [], random: random)
        deriveCode()
        // Pay: the token opened, the attempt's digest, the code again.
        _ = try CommittingAEAD.open(token, key: key.secret, label: "SPNI/v1/token", context: [])
        deriveCode()
        // Enrol: body, envelope, both keys and their wrapping, seed and pseudonym, one sealed opening.
        let subject = SubjectID(random: random)
        let prepared = try await vault.seal(number, for: subject)
        let seed = pseudonyms.newSeed(for: subject)
        _ = try pseudonyms.pseudonym(of: subject, wrappedSeed: seed, linkGeneration: 0, for: .host)
        _ = try random.bytes(100).withUnsafeBytes { opening throws(CryptoError) in
            try SealedBox.seal(
                opening, to: prepared.audit.historyKey, label: "SPNI/v1/opening-seal", context: tags.uniqueness.bytes, random: random)
        }
        // Every row read and written carries an authenticator: about eighteen.
        for _ in 0..<18 {
            var authenticator = BLAKE2b(label: "SPNI/v1/record", key: key.secret)
            authenticator.append(prepared.value)
            _ = authenticator.finish()
        }
    }

    private func deriveCode() {
        var hash = BLAKE2b(label: "SPNI/v1/otp", key: key.secret)
        hash.append([UInt8](repeating: 0, count: 120))
        _ = HMACSHA256.authenticate([0, 0, 0, 0], key: hash.finishSecret())
    }
}
