public import CryptoPrimitives
package import IdentityTypes
public import RecordStorage

/// One message to one person, named by record and never by number.
public struct DispatchOrder: Hashable, Sendable {
    package let release: ReleaseOrder
    package let vaultKey: RecordKey
    /// Which text; it cannot take the number in.
    public let template: String

    /// - Parameter grant: spent by its id in the key service; its deadline is the order's.
    package init<Use: MessagingPurpose>(
        subject: SubjectID, record: RecordID, vaultKey: RecordKey, template: String, grant: borrowing Grant<Use>
    ) {
        release = ReleaseOrder(id: grant.id, subject: subject, record: record, purpose: grant.purpose, deadline: grant.expiresAt)
        self.vaultKey = vaultKey
        self.template = template
    }
}

/// The only party that opens a record for a message: takes an order, hands the number to the gateway, forgets it, answers how that went.
public protocol NumberSender: Sendable {
    /// - Throws: ``VaultError``. Once the key service has released a key for it an order is spent, however the rest goes.
    func send(_ order: DispatchOrder) async throws(VaultError)
}

/// What a sender hands an opened number to. It must not keep it.
public protocol NumberRecipient: Sendable {
    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError)
}

/// The sender inside the host's own process: a lesser profile, for development and small hosts.
public final class LocalSender: NumberSender {
    /// What an operator is told about this arrangement.
    public static let profile = "sender in-process (development profile: this process can open records)"

    private let store: any RecordStore
    private let keyring: SenderKeyring
    private let keyService: any KeyService
    private let recipient: any NumberRecipient

    /// - Parameter store: the identity store, as the host authenticates it.
    public init(store: any RecordStore, keyring: SenderKeyring, keyService: any KeyService, recipient: any NumberRecipient) {
        self.store = store
        self.keyring = keyring
        self.keyService = keyService
        self.recipient = recipient
    }

    public func send(_ order: DispatchOrder) async throws(VaultError) {
        let found: VaultRecord?
        do {
            found = try await store.record(at: order.vaultKey).map { record throws(StorageError) in
                try decodeRecord(record) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
            }
        } catch {
            throw VaultError(error)
        }
        guard case .sealed(let body, let envelopes)? = found, body.header.record == order.release.record,
            body.header.subject == order.release.subject, body.header.deployment == keyring.deployment
        else { throw VaultError(.notFound, "There is no such record, or it was erased.") }
        let keyID = Envelope.keyID(of: keyring.publicKey)
        guard let envelope = envelopes.first(where: { $0.role == .sender && $0.keyID == keyID }) else {
            throw VaultError(.refused, "The record has no envelope for this sender.")
        }
        let dataKey = try envelope.open(for: body, with: keyring.secret)
        let shredKey = try await keyService.releaseShredKey(for: order.release)
        let number = try body.open(dataKey: dataKey, shredKey: shredKey)
        try await recipient.deliver(order, to: number)
    }
}
