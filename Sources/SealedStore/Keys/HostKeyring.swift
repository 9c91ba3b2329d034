public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// What the host process holds: public keys to seal to, and secrets that look up but open nothing.
public final class HostKeyring: Sendable {
    public let deployment: DeploymentID
    /// Of the isolated sender, X25519, 32 bytes; `nil` where nothing on line can open a record.
    package let senderPublicKey: [UInt8]?
    /// Who signs the roster of those who may open records; `nil` where there is no quorum.
    public let custodians: CustodianSet?
    /// Of the key service, where it is in another process.
    public let keyService: KeyServicePublicKeys?
    /// Which index key is in use when a new store is opened.
    package let indexEpoch: UInt32
    package let keys: HostSecrets
    /// Ed25519: with it the host says whose record a pseudonym leads to.
    let attestationKey: SigningKey

    /// - Throws: ``KeyringError``
    public convenience init(path: String, passphrase: KeyringPassphrase) throws(KeyringError) {
        try self.init(try KeyringFile(path: path, kind: .host, passphrase: passphrase))
    }

    package init(_ file: borrowing KeyringFile) throws(KeyringError) {
        deployment = try file.deploymentID
        senderPublicKey = try file.senderPublicKey
        custodians = try CustodianSet(in: file)
        keyService = try KeyServicePublicKeys(in: file)
        indexEpoch = try file.value("index-epoch", count: 4).reduce(0) { $0 << 8 | UInt32($1) }
        attestationKey = SigningKey(seed: try file.secret("attestation", count: 32))
        keys = HostSecrets(
            pepper: try file.secret("pepper", count: 32), recordKey: try file.secret("record-mac", count: 32),
            pseudonymRoot: try file.secret("pseudonym-root", count: 32), proofKey: try file.secret("proof", count: 32),
            tokenRoots: try Self.roots("token", in: file), codeRoots: try Self.roots("code", in: file),
            authenticatorRoots: try Self.roots("authenticator", in: file))
    }

    /// What a roster needs of this host.
    public var card: HostCard { HostCard(signedBy: self) }

    /// A root that is shared by all processes of the host, with the id by which tokens and rows name it.
    package final class Root: Sendable {
        package let id: UInt32
        private let secret: SecretBytes

        fileprivate init(id: UInt32, secret: consuming SecretBytes) {
            self.id = id
            self.secret = secret
        }

        package func copy() -> SecretBytes { secret.duplicate() }
    }

    /// What challenge tokens are sealed under: the current root, then the one before it while it is valid.
    package func tokenRoots() -> [Root] { keys.tokenRoots }

    /// What codes are derived from, likewise.
    package func codeRoots() -> [Root] { keys.codeRoots }

    /// What secrets of authenticator apps are sealed under, likewise. Whoever has them and the store has the secrets.
    package func authenticatorRoots() -> [Root] { keys.authenticatorRoots }

    /// What device tokens and the names of shared budgets rest on: BLAKE2b-256(key: pepper, LP("SPNI/v1/budget-root")), as lasting as the tags
    /// that a number's budgets hang on.
    package func budgetRoot() -> SecretBytes {
        BLAKE2b(label: "SPNI/v1/budget-root", key: keys.pepper).finishSecret()
    }

    /// What gateways' names of messages are hashed with: BLAKE2b-256(key: record-mac, LP("SPNI/v1/delivery-root")), as the sender has it too.
    package func deliveryRoot() -> SecretBytes { Self.deliveryRoot(keys.recordKey) }

    static func deliveryRoot(_ recordKey: borrowing SecretBytes) -> SecretBytes {
        BLAKE2b(label: "SPNI/v1/delivery-root", key: recordKey).finishSecret()
    }

    private static func roots(_ name: String, in file: borrowing KeyringFile) throws(KeyringError) -> [Root] {
        let id = try file.value("\(name)-id", count: 4).reduce(0) { $0 << 8 | UInt32($1) }
        var roots = [Root(id: id, secret: try file.secret(name, count: 32))]
        if let previous = file.optionalSecret("\(name)-previous") { roots.append(Root(id: id - 1, secret: previous)) }
        return roots
    }

    /// Wraps a store so that rows edited or swapped by anyone else are refused.
    public func authenticated<Store: RecordStore>(_ store: Store) -> AuthenticatedStore<Store> {
        // Strangers name accounts that are not there.
        AuthenticatedStore(store, key: keys.recordKey.duplicate(), hiding: ["enrolment": 352, "authenticator": 640])
    }
}

/// The host's secrets, each under its own key so that one can be replaced without the others.
package final class HostSecrets: Sendable {
    package let pepper: SecretBytes
    package let recordKey: SecretBytes
    package let pseudonymRoot: SecretBytes
    /// Shared with the key service: proofs of a fresh step-up.
    package let proofKey: SecretBytes
    package let tokenRoots: [HostKeyring.Root]
    package let codeRoots: [HostKeyring.Root]
    package let authenticatorRoots: [HostKeyring.Root]

    init(
        pepper: consuming SecretBytes, recordKey: consuming SecretBytes, pseudonymRoot: consuming SecretBytes,
        proofKey: consuming SecretBytes, tokenRoots: [HostKeyring.Root], codeRoots: [HostKeyring.Root],
        authenticatorRoots: [HostKeyring.Root]
    ) {
        self.pepper = pepper
        self.recordKey = recordKey
        self.pseudonymRoot = pseudonymRoot
        self.proofKey = proofKey
        self.tokenRoots = tokenRoots
        self.codeRoots = codeRoots
        self.authenticatorRoots = authenticatorRoots
    }
}
