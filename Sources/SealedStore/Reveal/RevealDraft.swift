public import CryptoPrimitives
import IdentityTypes
public import RecordStorage

/// What the opener's machine prepares for a request: which record, and the key that shares are to be sealed to. The requester signs it.
///
/// `SPNF`, version u8 1, quorum u8, LP(attestation), body 168, key id 16, envelope 208, recipient's key 32, opener's key 32. Nothing in it opens the record.
public struct RevealDraft: Hashable, Sendable {
    package let draft: RevealRequest.Draft

    init(_ draft: RevealRequest.Draft) { self.draft = draft }

    package init(
        _ attestation: RecordAttestation, body: SealedBody, envelope: Envelope, role: QuorumRole, recipient: borrowing RecipientKey,
        opener: PersonKeyring
    ) {
        self.init(
            RevealRequest.Draft(
                role: role, attestation: attestation, body: body, envelope: envelope, recipient: recipient.publicKey,
                opener: opener.publicKey))
    }

    private static let magic = Array("SPNF".utf8) + [1]

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(Self.magic)
        writer.u8(draft.role.rawValue)
        writer.prefixed(draft.attestation.bytes)
        writer.fixed(draft.body.encoded)
        writer.fixed(draft.envelope.keyID)
        writer.fixed(draft.envelope.box)
        writer.fixed(draft.recipient)
        writer.fixed(draft.opener)
        return writer.bytes
    }

    /// - Throws: ``VaultError`` with code `.malformed`.
    public init(bytes: [UInt8]) throws(VaultError) {
        draft = try SignedMessage.decode(bytes, "draft of a request") { reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let role = QuorumRole(rawValue: try reader.u8()) else { throw MalformedBytes() }
            guard let attestation = try? RecordAttestation(bytes: try reader.prefixed(atMost: RecordAttestation.limit)) else {
                throw MalformedBytes()
            }
            let body = try SealedBody(from: &reader)
            let envelope = Envelope(
                role: .init(role), keyID: try reader.fixed(16), box: try reader.fixed(ThresholdCiphertext.length))
            return RevealRequest.Draft(
                role: role, attestation: attestation, body: body, envelope: envelope, recipient: try reader.fixed(32),
                opener: try reader.fixed(32))
        }
    }
}

/// The secret half of the key that the shares of one request are sealed to. Drawn for it, and of no use afterwards.
public struct RecipientKey: ~Copyable, Sendable {
    let secret: SecretBytes

    package init(random: some RandomSource) { secret = SecretBytes(random: random) }

    var publicKey: [UInt8] { X25519.publicKey(of: secret) }

    /// - Throws: ``KeyringError``
    public init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        secret = try KeyringFile(path: path, kind: .recipient, passphrase: passphrase).secret("recipient", count: 32)
    }

    /// Writes it into a new file, sealed under the opener's passphrase.
    ///
    /// - Throws: ``KeyringError``; `.exists` when the file is there.
    public borrowing func write(
        to path: String, opener: PersonKeyring, passphrase: KeyringPassphrase, work: PassphraseWork = .standard, random: some RandomSource
    ) throws(KeyringError) {
        var entries = KeyringEntries()
        entries.add("recipient", secret)
        try KeyringFile.create(
            at: path, kind: .recipient, deployment: opener.deployment.bytes, entries: entries, passphrase: passphrase,
            salt: random.bytes(16), work: work, random: random)
    }
}
