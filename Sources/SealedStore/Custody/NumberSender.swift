public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// One message to one person, named by record and never by number. Made by the host, for its grant's purpose and until its grant lapses.
public struct DispatchOrder: Hashable, Sendable {
    package let release: ReleaseOrder
    package let vaultKey: RecordKey
    /// The public half of the person's history key.
    package let historyKey: [UInt8]
    /// Which text; it cannot take the number in. At most 64 bytes.
    public let template: String

    package init(release: ReleaseOrder, vaultKey: RecordKey, historyKey: [UInt8], template: String) {
        (self.release, self.vaultKey, self.historyKey, self.template) = (release, vaultKey, historyKey, template)
    }

    public var purpose: PurposeCode { release.purpose }

    /// The same however often it is sent: for gateways that can refuse a repeat.
    public var id: String { Hexadecimal.encode(release.id) }

    /// 16 bytes.
    package var idBytes: [UInt8] { release.id }

    /// u8 1, release order 90, vault key, history key 32, LP(template).
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        release.write(to: &writer)
        vaultKey.write(to: &writer)
        writer.fixed(historyKey)
        writer.prefixed(template)
        return writer.bytes
    }

    package init(from reader: inout ByteReader) throws(MalformedBytes) {
        guard try reader.u8() == 1 else { throw MalformedBytes() }
        release = try ReleaseOrder(from: &reader)
        vaultKey = try RecordKey(from: &reader)
        historyKey = try reader.fixed(32)
        template = try reader.text(atMost: 64)
    }
}

/// The only party that opens a record for a message: takes an order, hands the number to the gateway, forgets it, answers how that went.
public protocol NumberSender: Sendable {
    /// - Throws: ``VaultError``; `.resealDue` where the record had to be sealed anew first: order again, a minute later; `.rosterOutdated`
    ///   where that needs a newer roster than the sender has. Once the key service has released a key for it an order is spent, however the rest goes.
    func send(_ order: DispatchOrder) async throws(VaultError)
}

/// What a sender hands an opened number to. It must not keep it.
public protocol NumberRecipient: Sendable {
    /// Refuses an order that cannot be carried out, before anything is opened for it.
    func check(_ order: DispatchOrder) throws(VaultError)

    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError)
}

extension NumberRecipient {
    public func check(_ order: DispatchOrder) throws(VaultError) {}
}

/// The sender itself, wherever it runs: `phone-identity sender` runs it in a process of its own.
///
/// Inside the host's process it is a lesser profile, for development and small hosts; ``profile`` says so.
public final class LocalSender: NumberSender {
    /// What an operator is told about this arrangement.
    public static let profile = "sender in-process (development profile: this process can open records)"

    private let store: any RecordStore
    private let keyring: SenderKeyring
    private let keyService: any SenderKeyService
    private let recipient: any NumberRecipient
    private let resealing: Resealing?

    /// With what the sender seals a record anew, of whose decryption shares were given out.
    public struct Resealing: Sendable {
        let resealer: Resealer
        let recorder: any EventRecorder
        let time: any TimeSource

        public init(_ resealer: Resealer, recorder: any EventRecorder, time: any TimeSource = SystemTimeSource()) {
            (self.resealer, self.recorder, self.time) = (resealer, recorder, time)
        }
    }

    /// - Parameters:
    ///   - store: the identity store, as the host authenticates it.
    ///   - resealing: without it, a record that is due to be sealed anew gets no message before people open it again.
    public init(
        store: any RecordStore, keyring: SenderKeyring, keyService: any SenderKeyService, recipient: any NumberRecipient,
        resealing: Resealing? = nil
    ) {
        self.store = store
        self.keyring = keyring
        self.keyService = keyService
        self.recipient = recipient
        self.resealing = resealing
    }

    public func send(_ order: DispatchOrder) async throws(VaultError) {
        try recipient.check(order)
        let (row, body, envelope) = try await find(order)
        let dataKey = try envelope.open(for: body, with: keyring.secret)
        do throws(VaultError) {
            let shredKey = try await keyService.releaseShredKey(for: order.release)
            let number = try body.open(dataKey: dataKey, shredKey: shredKey)
            guard !number.isAbsent else { throw VaultError(.notFound, "This person gave no number: reach them another way.") }
            return try await recipient.deliver(order, to: number)
        } catch {
            guard error.code == .resealDue, let resealing else { throw error }
            try await resealing.resealer.checkRoster(time: resealing.time)
            let shredKey = try await keyService.releaseShredKey(forResealingBefore: order.release)
            let sealedAnew = VaultError(.resealDue, "The record was just sealed anew: order the message again after the host's next sweep.")
            let number: SecretNumber
            do { number = try body.open(dataKey: dataKey, shredKey: shredKey) } catch {
                // By somebody else, whose key the key service has beside the one it let out.
                throw sealedAnew
            }
            let event = AuditEvent(
                .resealed, purpose: nil, at: resealing.time.now(),
                subject: AuditSubject(id: order.release.subject, historyKey: order.historyKey), random: resealing.resealer.random)
            try await resealing.resealer.reseal(number, of: body.header, in: row) { commit in
                resealing.recorder.record([event], in: &commit)
            }
            throw sealedAnew
        }
    }

    private func find(_ order: DispatchOrder) async throws(VaultError) -> (StoredRecord, SealedBody, Envelope) {
        let row: StoredRecord?
        let found: VaultRecord?
        do {
            row = try await store.record(at: order.vaultKey)
            found = try row.map { record throws(StorageError) in
                try decodeRecord(record) { reader throws(MalformedBytes) in try VaultRecord(from: &reader) }
            }
        } catch {
            throw VaultError(error)
        }
        guard let row, case .sealed(let body, let envelopes)? = found, body.header.record == order.release.record,
            body.header.subject == order.release.subject, body.header.deployment == keyring.deployment
        else { throw VaultError(.notFound, "There is no such record, or it was erased.") }
        let keyID = Envelope.keyID(of: keyring.publicKey)
        guard let envelope = envelopes.first(where: { $0.role == .sender && $0.keyID == keyID }) else {
            throw VaultError(.refused, "The record has no envelope for this sender.")
        }
        return (row, body, envelope)
    }
}
