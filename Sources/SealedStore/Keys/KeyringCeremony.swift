public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// Makes the keyrings of a new deployment: every key drawn at random, each in the file of the one party that holds it.
public struct KeyringCeremony: Sendable {
    /// The log's name in its checkpoints, such as `example.com/phone-identity`: no white space, no `+`.
    public var origin: String
    /// Who signs the roster of those who may open records; without them nobody ever sees a number again.
    public var custodians: CustodianSet?
    public var work: PassphraseWork

    public init(origin: String, custodians: CustodianSet? = nil, work: PassphraseWork = .standard) {
        self.origin = origin
        self.custodians = custodians
        self.work = work
    }

    /// The keyrings it writes, each with mode 0600; that of the opener with custodians alone.
    public var fileNames: [String] {
        ["host.keyring", "keyservice.keyring", "sender.keyring", "log.keyring"] + (custodians == nil ? [] : ["opener.keyring"])
    }

    /// Writes the keyrings into `directory`, which is there already.
    ///
    /// A ceremony that was interrupted leaves files behind that are of no use without the others: delete them and start again.
    ///
    /// - Throws: ``KeyringError``; `.exists` when one of the files is there: keys are never overwritten.
    public func perform(
        directory: String, deployment: DeploymentID, passphrase: KeyringPassphrase, random: some RandomSource
    ) throws(KeyringError) {
        guard !origin.isEmpty, !origin.contains(where: { $0.isWhitespace || $0 == "+" }) else {
            throw KeyringError(.malformed, "The log's origin is a name without white space and plus signs.")
        }
        let salt = random.bytes(16)
        let drawn = DrawnKeys(origin: origin, custodians: custodians, random: random)

        func write(_ name: String, _ kind: KeyringKind, _ entries: borrowing KeyringEntries) throws(KeyringError) {
            try KeyringFile.create(
                at: "\(directory)/\(name)", kind: kind, deployment: deployment.bytes, entries: entries, passphrase: passphrase,
                salt: salt, work: work, random: random)
        }
        try write("keyservice.keyring", .keyService, drawn.keyService)
        try write("sender.keyring", .sender, drawn.sender)
        try write("log.keyring", .log, drawn.log)
        if custodians != nil { try write("opener.keyring", .opener, drawn.opener) }
        // Last: a host starts from its own keyring, so it never meets a set that is not whole.
        try write("host.keyring", .host, drawn.host)
    }

    /// Draws the same keys and writes them nowhere: for simulations, whose keys may be foreseen.
    package func keyrings(deployment: DeploymentID, random: some RandomSource) throws(KeyringError) -> KeyringSet {
        let drawn = DrawnKeys(origin: origin, custodians: custodians, random: random)
        return KeyringSet(
            host: try HostKeyring(KeyringFile(drawn.host, kind: .host, deployment: deployment)),
            keyService: try KeyServiceKeyring(KeyringFile(drawn.keyService, kind: .keyService, deployment: deployment)),
            sender: try SenderKeyring(KeyringFile(drawn.sender, kind: .sender, deployment: deployment)),
            log: try LogKeyring(KeyringFile(drawn.log, kind: .log, deployment: deployment)),
            opener: custodians == nil
                ? nil : try OpenerKeyring(KeyringFile(drawn.opener, kind: .opener, deployment: deployment)))
    }
}

/// The keyrings of all parties of one deployment, in one hand: only a simulation has that.
package struct KeyringSet: Sendable {
    package let host: HostKeyring
    package let keyService: KeyServiceKeyring
    package let sender: SenderKeyring
    package let log: LogKeyring
    /// There are custodians.
    package let opener: OpenerKeyring?
}

/// The keys of a new deployment, by party.
private struct DrawnKeys: ~Copyable {
    var host = KeyringEntries()
    var keyService = KeyringEntries()
    var sender = KeyringEntries()
    var log = KeyringEntries()
    var opener = KeyringEntries()

    init(origin: String, custodians: CustodianSet?, random: some RandomSource) {
        let senderKey = SecretBytes(random: random)
        let proofKey = SecretBytes(random: random)

        let recordKey = SecretBytes(random: random)
        let pepper = SecretBytes(random: random)
        host.add("pepper", pepper)
        opener.add("pepper", pepper)
        host.add("record-mac", recordKey)
        opener.add("record-mac", recordKey)
        for name in ["pseudonym-root", "token", "code", "attestation", "authenticator"] { host.add(name, SecretBytes(random: random)) }
        host.add("token-id", [0, 0, 0, 1])
        host.add("code-id", [0, 0, 0, 1])
        host.add("authenticator-id", [0, 0, 0, 1])
        host.add("index-epoch", [0, 0, 0, 1])
        host.add("proof", proofKey)
        host.add("sender-public", X25519.publicKey(of: senderKey))
        opener.add("sender-public", X25519.publicKey(of: senderKey))

        let signing = SecretBytes(random: random)
        let box = SecretBytes(random: random)
        let index = Ristretto255.scalar(random: random)
        let budget = Ristretto255.scalar(random: random)
        keyService.add("key-encryption", SecretBytes(random: random))
        keyService.add("signing", signing)
        keyService.add("box", box)
        keyService.add("index", index)
        keyService.add("budget", budget)
        keyService.add("index-epoch", [0, 0, 0, 1])
        keyService.add("proof", proofKey)

        sender.add("sender", senderKey)
        sender.add("record-mac", recordKey)
        if let indexElement = try? Ristretto255.publicElement(of: index), let budgetElement = try? Ristretto255.publicElement(of: budget) {
            let known = KeyServicePublicKeys(
                signingKey: SigningKey(seed: signing).publicKey, boxKey: X25519.publicKey(of: box), indexElement: indexElement,
                budgetElement: budgetElement)
            host.add("keyservice-public", known.bytes)
            sender.add("keyservice-public", known.bytes)
            opener.add("keyservice-public", known.bytes)
        }

        if let custodians {
            host.add("custodians", custodians.bytes)
            keyService.add("custodians", custodians.bytes)
            sender.add("custodians", custodians.bytes)
            opener.add("custodians", custodians.bytes)
        }

        log.add("signing", SecretBytes(random: random))
        log.add("origin", Array(origin.utf8))
    }
}
