public import CryptoPrimitives
public import IdentityTypes
public import RecordStorage

/// A key service in another process, as one of its parties reaches it.
///
/// Retries nothing by itself: whether an operation that was not answered was carried out is not known here, and each operation's caller
/// knows how to ask again.
public struct RemoteKeyService: KeyService, SenderKeyService, RevealKeyService, TagEvaluator {
    private let channel: any RequestChannel
    private let keys: KeyServicePublicKeys
    private let random: any RandomSource

    /// - Parameters:
    ///   - channel: to the key service, in the role of this party.
    ///   - keys: as the party's keyring names them.
    public init(_ channel: any RequestChannel, keys: KeyServicePublicKeys, random: any RandomSource = SystemRandomSource()) {
        (self.channel, self.keys, self.random) = (channel, keys, random)
    }

    // MARK: Tags

    public func evaluate(_ element: [UInt8]) async throws(VaultError) -> NumberTags {
        let tags = try await ask(.evaluate, { $0.fixed(element) }) { reader throws(MalformedBytes) in try ProvenTags(from: &reader) }
        return try tags.verified(for: element, keys)
    }

    // MARK: For the host

    public func put(_ deposit: borrowing KeyDeposit) async throws(VaultError) {
        let request = try deposit.sealed(to: keys, random: random)
        try WireAnswer.decode(try await channel.request(request)) { _ throws(MalformedBytes) in }
    }

    public func addShredKey(forChangeOfNumber deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        try await addShredKey(deposit)
    }

    public func releaseHistoryKey(for proof: StepUpProof) async throws(VaultError) -> SecretBytes {
        try await askForKey(.releaseHistoryKey) { proof.write(to: &$0) }
    }

    public func erase(_ subject: SubjectID) async throws(VaultError) -> ErasureReceipt {
        let receipt = try await ask(.erase, { $0.fixed(subject.bytes) }) { reader throws(MalformedBytes) in
            try ErasureReceipt(from: &reader)
        }
        guard receipt.isSigned(by: keys.signingKey) else {
            throw VaultError(.refused, "The receipt was not signed by this deployment's key service: call the operator.")
        }
        return receipt
    }

    public func unconfirmed(before: Timestamp, limit: Int) async throws(VaultError) -> [DepositReference] {
        try await ask(
            .unconfirmed,
            {
                $0.time(before)
                $0.u32(UInt32(clamping: limit))
            }, DepositReference.list)
    }

    public func confirm(_ deposits: [DepositReference]) async throws(VaultError) {
        try await tell(.confirm, deposits.map(\.encoded))
    }

    public func discard(_ deposit: DepositReference) async throws(VaultError) {
        try await tell(.discard, [deposit.encoded])
    }

    public func releases(limit: Int) async throws(VaultError) -> [KeyRelease] {
        try await ask(.releases, { $0.u32(UInt32(clamping: limit)) }, KeyRelease.list)
    }

    public func acknowledge(_ releases: [KeyRelease]) async throws(VaultError) {
        try await tell(.acknowledge, releases.map(\.encoded))
    }

    public func sweep() async throws(VaultError) -> Int {
        Int(try await ask(.sweep, { _ in }) { reader throws(MalformedBytes) in try reader.u32() })
    }

    public func deny(_ file: RevealFile, _ denials: [Approval]) async throws(VaultError) { try await hand(.deny, file, denials) }

    public func close(_ review: BreakGlassReview) async throws(VaultError) {
        try await ask(.closeReview, { $0.prefixed(review.bytes) }) { _ throws(MalformedBytes) in }
    }

    // MARK: For the sender

    public func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        try await askForKey(.releaseForOrder) { order.write(to: &$0) }
    }

    public func releaseShredKey(forResealingBefore order: ReleaseOrder) async throws(VaultError) -> SecretBytes {
        try await askForKey(.releaseForResealing) { order.write(to: &$0) }
    }

    public func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) {
        let request = try deposit.sealed(to: keys, random: random)
        try WireAnswer.decode(try await channel.request(request)) { _ throws(MalformedBytes) in }
    }

    // MARK: For the opener

    public func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) {
        try await hand(.submit, file, approvals)
    }

    private func hand(_ operation: KeyServiceOperation, _ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) {
        guard approvals.count <= 64 else { throw VaultError(.approvalRefused, "There are more approvals than there can be approvers.") }
        try await ask(
            operation,
            { writer in
                writer.prefixed(file.bytes)
                writer.u8(UInt8(approvals.count))
                for approval in approvals { writer.prefixed(approval.bytes) }
            }
        ) { _ throws(MalformedBytes) in }
    }

    public func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        try await askForKey(.releaseForOpening) { opening.write(to: &$0) }
    }

    public func logHead() async throws(VaultError) -> SeenLogHead? {
        try await ask(.logHead, { _ in }) { reader throws(MalformedBytes) in
            try reader.optional { reader throws(MalformedBytes) in try SeenLogHead(from: &reader) }
        }
    }

    // MARK: Asking

    private func ask<Value>(
        _ operation: KeyServiceOperation, _ write: (inout ByteWriter) -> Void,
        _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) async throws(VaultError) -> Value {
        var writer = ByteWriter()
        writer.u8(operation.rawValue)
        write(&writer)
        return try WireAnswer.decode(try await channel.request(writer.bytes), read)
    }

    /// In parts of a thousand.
    private func tell(_ operation: KeyServiceOperation, _ items: [[UInt8]]) async throws(VaultError) {
        var rest = items[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(1_000))
            rest = rest.dropFirst(1_000)
            try await ask(operation, { $0.list(part) }) { _ throws(MalformedBytes) in }
        }
    }

    /// Asks for a key, which comes sealed to a key that was drawn for this one answer.
    private func askForKey(_ operation: KeyServiceOperation, _ write: (inout ByteWriter) -> Void) async throws(VaultError) -> SecretBytes {
        let reply = SecretBytes(random: random)
        var writer = ByteWriter()
        writer.u8(operation.rawValue)
        write(&writer)
        writer.fixed(X25519.publicKey(of: reply))
        let request = writer.bytes
        let box = try WireAnswer.decode(try await channel.request(request)) { reader throws(MalformedBytes) in
            try reader.fixed(32 + SealedBox.overhead)
        }
        do {
            return try SealedBox.open(box, with: reply, label: "SPNI/v1/released-key", context: RemoteKey.context(request))
        } catch {
            throw VaultError(.refused, "The key that came is not the answer to what was asked.")
        }
    }
}
