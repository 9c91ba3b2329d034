package import CryptoPrimitives
package import IdentityTypes
package import RecordStorage

/// To whom records are sealed: public keys alone, with which nothing opens.
public struct RecordRecipients: Hashable, Sendable {
    package let deployment: DeploymentID
    package let quorums: [Quorum]
    package let senderPublicKey: [UInt8]?
    /// That names the quorums.
    let roster: Roster?

    package struct Quorum: Hashable, Sendable {
        package let role: QuorumRole
        package let key: QuorumKey

        package init(_ quorum: Roster.Quorum) { (role, key) = (quorum.role, quorum.key) }
    }

    /// - Parameters:
    ///   - keyring: names the sender, where there is one.
    ///   - roster: names the quorums; without one, people never see a number again.
    public init(_ keyring: HostKeyring, roster: Roster?) {
        deployment = keyring.deployment
        quorums = (roster?.quorums ?? []).map(Quorum.init)
        senderPublicKey = keyring.senderPublicKey
        self.roster = roster
    }

    /// As an opener seals records anew.
    public init(_ keyring: OpenerKeyring, roster: Roster) {
        deployment = keyring.deployment
        quorums = roster.quorums.map(Quorum.init)
        senderPublicKey = keyring.senderPublicKey
        self.roster = roster
    }

    /// As a sender seals records anew.
    public init(_ keyring: SenderKeyring, roster: Roster) {
        deployment = keyring.deployment
        quorums = roster.quorums.map(Quorum.init)
        senderPublicKey = keyring.publicKey
        self.roster = roster
    }

    package init(deployment: DeploymentID, quorums: [Quorum], senderPublicKey: [UInt8]?) {
        (self.deployment, self.quorums, self.senderPublicKey) = (deployment, quorums, senderPublicKey)
        roster = nil
    }

    /// Seals a number under a new data-encryption key, and that to everyone in question.
    ///
    /// - Parameter shredKey: 32 bytes; goes into the key service, and nowhere else.
    package func seal(
        _ number: borrowing SecretNumber, record: RecordID, subject: SubjectID, generation: UInt64, shredKey: borrowing SecretBytes,
        random: some RandomSource
    ) throws(VaultError) -> VaultRecord {
        let dataKey = SecretBytes(random: random)
        let header = RecordHeader(deployment: deployment, record: record, subject: subject, generation: generation)
        let body = SealedBody(sealing: number, header: header, dataKey: dataKey, shredKey: shredKey, random: random)
        var envelopes: [Envelope] = []
        for quorum in quorums {
            envelopes.append(try Envelope(sealing: dataKey, for: body, to: quorum.key, role: quorum.role, random: random))
        }
        if let senderPublicKey { envelopes.append(try Envelope(sealing: dataKey, for: body, to: senderPublicKey, random: random)) }
        return .sealed(body, envelopes: envelopes)
    }
}
