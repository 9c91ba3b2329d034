public import CryptoPrimitives

/// Signs the log's checkpoints, and never a smaller or a different tree than the one it signed last.
///
/// It takes no one's word for that: who wants a larger tree signed shows the old tree's frontier and the leaf hashes added, and
/// the signer computes both roots itself.
public final class LogSigner: Sendable {
    private let signingKey: SigningKey
    private let heads: any SignerHeadStore
    /// What verifiers need; its text is the content of `log.pub`.
    public let key: LogKey

    /// - Parameters:
    ///   - name: the log's name and origin line, such as `example.com/identity-log`.
    ///   - seed: 32 bytes.
    ///   - heads: the memory of what was signed last; not in the database the log is in.
    /// - Throws: ``AuditError`` with code `.badKey` when the name cannot be one.
    public init(name: String, seed: borrowing SecretBytes, heads: some SignerHeadStore) throws(AuditError) {
        let signingKey = SigningKey(seed: seed)
        key = try LogKey(name: name, publicKey: signingKey.publicKey)
        self.signingKey = signingKey
        self.heads = heads
    }

    /// The tree signed last; `nil` before the log began.
    func head() async throws(AuditError) -> TreeHead? { try await heads.head() }

    /// Begins a log. - Returns: whether none was begun before.
    func begin() async throws(AuditError) -> Bool { try await heads.move(from: nil, to: .empty) }

    /// Moves the memory to the extended tree, lastingly, and then signs it. Nothing added: signs the tree signed last once more.
    ///
    /// - Returns: the bytes of the checkpoint.
    /// - Throws: ``AuditError`` with code `.notLeader` when the tree shown is not the one signed last: read again, and decide
    ///   whether another sequencer was faster or the log would fork.
    func sign(extending frontier: MerkleFrontier, by leafHashes: [[UInt8]]) async throws(AuditError) -> [UInt8] {
        let old = frontier.head
        var extended = frontier
        for hash in leafHashes { extended.append(hash) }
        let new = extended.head
        if try await heads.head() != new {
            guard old != new, try await heads.move(from: old, to: new) else {
                throw AuditError(.notLeader, "The tree signed last is another one than the one to be extended.")
            }
        }
        return Checkpoint(origin: key.name, head: new).note(signedBy: signingKey, as: key)
    }
}
