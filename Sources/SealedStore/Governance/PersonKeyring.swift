public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// The keys of one person in the custody of numbers: who requests, approves, opens, deals or signs the roster.
///
/// One file for one person, sealed under a passphrase that this person alone knows; a share of a quorum's key comes in a file of its own.
public final class PersonKeyring: Sendable {
    public let deployment: DeploymentID
    /// As the roster will show it.
    public let name: String
    package let signingKey: SigningKey
    /// X25519: shares are sealed to it.
    package let boxSecret: SecretBytes
    package let boxKey: [UInt8]

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .person, passphrase: passphrase))
    }

    init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        guard let name = file.optionalValue("name").flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw KeyringError(.malformed, "\(file.name) names nobody.")
        }
        self.name = name
        signingKey = SigningKey(seed: try file.secret("signing", count: 32))
        boxSecret = try file.secret("box", count: 32)
        boxKey = X25519.publicKey(of: boxSecret)
    }

    /// One that is in no file, for tests and simulations.
    package init(name: String, deployment: DeploymentID, random: some RandomSource) {
        self.deployment = deployment
        self.name = name
        signingKey = SigningKey(seed: SecretBytes(random: random))
        boxSecret = SecretBytes(random: random)
        boxKey = X25519.publicKey(of: boxSecret)
    }

    /// By which the roster knows this person. Ed25519, 32 bytes.
    public var publicKey: [UInt8] { signingKey.publicKey }

    /// What everyone else needs of this person.
    public var card: PersonCard { PersonCard(signedBy: self) }

    /// Draws a person's keys into a new file.
    ///
    /// - Throws: ``KeyringError``; `.exists` when the file is there.
    public static func create(
        at path: String, name: String, deployment: DeploymentID, passphrase: KeyringPassphrase, work: PassphraseWork = .standard,
        random: some RandomSource
    ) throws(KeyringError) {
        guard PersonCard.isName(name) else {
            throw KeyringError(.malformed, "A person's name has 1 to 64 bytes of printable text.")
        }
        var entries = KeyringEntries()
        entries.add("name", Array(name.utf8))
        entries.add("signing", SecretBytes(random: random))
        entries.add("box", SecretBytes(random: random))
        try KeyringFile.create(
            at: path, kind: .person, deployment: deployment.bytes, entries: entries, passphrase: passphrase, salt: random.bytes(16),
            work: work, random: random)
    }
}

/// The public half of a person's keys, signed with them: what a dealer and the custodians are given.
///
/// `SPNC`, version u8 1, deployment 16, LP(name), signing key 32, box key 32, signature 64.
public struct PersonCard: Hashable, Sendable {
    public let deployment: DeploymentID
    public let name: String
    /// Ed25519, 32 bytes.
    public let signingKey: [UInt8]
    /// X25519, 32 bytes.
    let boxKey: [UInt8]
    private let signature: [UInt8]

    init(signedBy keyring: PersonKeyring) {
        (deployment, name, signingKey, boxKey) = (keyring.deployment, keyring.name, keyring.publicKey, keyring.boxKey)
        signature = keyring.signingKey.sign(Self.digest(deployment, name, signingKey, boxKey))
    }

    /// - Throws: ``VaultError`` with code `.malformed`, or `.refused` when it was not signed with its own keys.
    public init(bytes: [UInt8]) throws(VaultError) {
        (deployment, name, signingKey, boxKey, signature) = try SignedMessage.decode(bytes, "person's card") {
            reader throws(MalformedBytes) in
            guard try reader.fixed(5) == Self.magic, let deployment = DeploymentID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            return (deployment, try reader.text(atMost: 64), try reader.fixed(32), try reader.fixed(32), try reader.fixed(64))
        }
        guard Self.isName(name),
            SignatureVerification.isValid(signature, of: Self.digest(deployment, name, signingKey, boxKey), by: signingKey)
        else { throw VaultError(.refused, "A card was not signed by the person it names: have it made anew.") }
    }

    public var bytes: [UInt8] { Self.body(deployment, name, signingKey, boxKey) + signature }

    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    private static let magic = Array("SPNC".utf8) + [1]

    private static func body(_ deployment: DeploymentID, _ name: String, _ signingKey: [UInt8], _ boxKey: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(magic)
        writer.fixed(deployment.bytes)
        writer.prefixed(name)
        writer.fixed(signingKey)
        writer.fixed(boxKey)
        return writer.bytes
    }

    private static func digest(_ deployment: DeploymentID, _ name: String, _ signingKey: [UInt8], _ boxKey: [UInt8]) -> [UInt8] {
        SignedMessage.digest("SPNI/v1/person", body(deployment, name, signingKey, boxKey))
    }
}
