public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// What the key service holds: the key that wraps shred and history keys, the index keys, its signing key.
public final class KeyServiceKeyring: Sendable {
    public let deployment: DeploymentID
    package let keyEncryptionKey: SecretBytes
    /// k_e, a scalar.
    package let indexKey: SecretBytes
    package let indexEpoch: UInt32
    /// k_b, a scalar.
    package let budgetKey: SecretBytes
    package let proofKey: SecretBytes
    package let signingKey: SigningKey
    /// X25519; what other processes seal keys to.
    let boxSecret: SharedSecret?
    /// Whose roster it obeys; `nil` where nothing is ever released to people.
    public let custodians: CustodianSet?

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .keyService, passphrase: passphrase))
    }

    package init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        keyEncryptionKey = try file.secret("key-encryption", count: 32)
        indexKey = try file.secret("index", count: 32)
        indexEpoch = try file.value("index-epoch", count: 4).reduce(0) { $0 << 8 | UInt32($1) }
        budgetKey = try file.secret("budget", count: 32)
        proofKey = try file.secret("proof", count: 32)
        signingKey = SigningKey(seed: try file.secret("signing", count: 32))
        if let box = file.optionalSecret("box") { boxSecret = SharedSecret(box) } else { boxSecret = nil }
        custodians = try CustodianSet(in: file)
    }

    /// Checks what the key service signs. 32 bytes.
    public var publicKey: [UInt8] { signingKey.publicKey }
}

/// What the isolated sender holds: the one key that opens records for messages.
public final class SenderKeyring: Sendable {
    public let deployment: DeploymentID
    package let secret: SecretBytes
    package let publicKey: [UInt8]
    /// Of the key service.
    public let keyService: KeyServicePublicKeys?
    /// Whose roster says to whom records are sealed anew.
    public let custodians: CustodianSet?
    private let recordKey: SharedSecret?

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .sender, passphrase: passphrase))
    }

    package init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        secret = try file.secret("sender", count: 32)
        publicKey = X25519.publicKey(of: secret)
        keyService = try KeyServicePublicKeys(in: file)
        custodians = try CustodianSet(in: file)
        if let key = file.optionalSecret("record-mac") { recordKey = SharedSecret(key) } else { recordKey = nil }
    }

    /// The identity store as the host authenticates it; `nil` with a keyring that was made for a sender in the host's own process.
    public func authenticated<Store: RecordStore>(_ store: Store) -> AuthenticatedStore<Store>? {
        recordKey.map { AuthenticatedStore(store, key: $0.secret.duplicate()) }
    }

    /// As ``HostKeyring`` has it; `nil` likewise.
    package func deliveryRoot() -> SecretBytes? {
        guard let recordKey else { return nil }
        return HostKeyring.deliveryRoot(recordKey.secret)
    }
}

/// What a machine holds on which records are opened to people: it finds and authenticates rows, computes the tag that is compared, and
/// knows to whom to seal anew. It opens nothing by itself, makes no codes, tokens, pseudonyms or proofs, and attests nothing.
public final class OpenerKeyring: Sendable {
    public let deployment: DeploymentID
    /// Of the isolated sender, where there is one.
    let senderPublicKey: [UInt8]?
    /// Of the key service.
    public let keyService: KeyServicePublicKeys?
    /// Whose roster says who opens.
    public let custodians: CustodianSet
    let pepper: SharedSecret
    private let recordKey: SharedSecret

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .opener, passphrase: passphrase))
    }

    package init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        senderPublicKey = try file.senderPublicKey
        keyService = try KeyServicePublicKeys(in: file)
        guard let custodians = try CustodianSet(in: file) else {
            throw KeyringError(.incomplete, "\(file.name) names no custodians, so there is no quorum to ask.")
        }
        self.custodians = custodians
        pepper = SharedSecret(try file.secret("pepper", count: 32))
        recordKey = SharedSecret(try file.secret("record-mac", count: 32))
    }

    /// What a host may do that opens records in its own process, which is the lesser profile; `nil` where its keyring names no custodians.
    package init?(of host: HostKeyring) {
        guard let custodians = host.custodians else { return nil }
        (deployment, senderPublicKey, keyService, self.custodians) = (host.deployment, host.senderPublicKey, host.keyService, custodians)
        pepper = SharedSecret(host.keys.pepper.duplicate())
        recordKey = SharedSecret(host.keys.recordKey.duplicate())
    }

    /// The identity store as the host authenticates it.
    public func authenticated<Store: RecordStore>(_ store: Store) -> AuthenticatedStore<Store> {
        AuthenticatedStore(store, key: recordKey.secret.duplicate())
    }
}

/// A secret that several copies of its holder share.
final class SharedSecret: Sendable {
    let secret: SecretBytes

    init(_ secret: consuming SecretBytes) { self.secret = secret }
}

/// What the log's signer holds.
public final class LogKeyring: Sendable {
    public let deployment: DeploymentID
    /// Of the Ed25519 key that signs checkpoints, 32 bytes.
    public let seed: SecretBytes
    /// The log's name in its checkpoints, such as `example.com/phone-identity`.
    public let origin: String

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .log, passphrase: passphrase))
    }

    package init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        guard let origin = file.optionalValue("origin").flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw KeyringError(.malformed, "\(file.name) names no origin.")
        }
        self.origin = origin
        seed = try file.secret("signing", count: 32)
    }
}
