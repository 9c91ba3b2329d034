import CryptoPrimitives
import IdentityTypes
import RecordStorage

// How each value goes over the wire. Keys go sealed to the key service: no buffer of either process holds one in the open.

extension KeyDeposit {
    static let label: StaticString = "SPNI/v1/deposit"

    /// Operation u8, subject 16, record 16, vault key, SealedBox(shred key ‖ history key).
    func sealed(to keys: KeyServicePublicKeys, random: some RandomSource) throws(VaultError) -> [UInt8] {
        let head = Self.head(subject, record, vaultKey)
        let both = SecretBytes(count: 64) { target in
            shredKey.withUnsafeBytes { target.copyMemory(from: $0) }
            let tail = UnsafeMutableRawBufferPointer(rebasing: target[32...])
            historyKey.withUnsafeBytes { tail.copyMemory(from: $0) }
        }
        return head + (try WireRequest.seal(both, to: keys, label: Self.label, context: head, random: random))
    }

    init(from request: [UInt8], sealedTo keyring: KeyServiceKeyring) throws(VaultError) {
        let (subject, record, vaultKey, box) = try WireRequest.read(request) { reader throws(MalformedBytes) in
            guard let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            return (subject, record, try RecordKey(from: &reader), try reader.fixed(64 + SealedBox.overhead))
        }
        let both = try WireRequest.open(
            box, with: keyring, label: Self.label, context: Self.head(subject, record, vaultKey))
        self.init(subject: subject, record: record, vaultKey: vaultKey, shredKey: both.slice(0, 32), historyKey: both.slice(32, 32))
    }

    private static func head(_ subject: SubjectID, _ record: RecordID, _ vaultKey: RecordKey) -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(KeyServiceOperation.put.rawValue)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        vaultKey.write(to: &writer)
        return writer.bytes
    }
}

extension ShredKeyDeposit {
    static let label: StaticString = "SPNI/v1/shred-deposit"

    /// Operation u8, subject 16, record 16, generation u64, body's digest 32, vault key, SealedBox(shred key).
    func sealed(to keys: KeyServicePublicKeys, random: some RandomSource) throws(VaultError) -> [UInt8] {
        let head = Self.head(subject, record, generation, bodyDigest, vaultKey)
        return head + (try WireRequest.seal(shredKey, to: keys, label: Self.label, context: head, random: random))
    }

    init(from request: [UInt8], sealedTo keyring: KeyServiceKeyring) throws(VaultError) {
        let (subject, record, generation, bodyDigest, vaultKey, box) = try WireRequest.read(request) { reader throws(MalformedBytes) in
            guard let subject = SubjectID(bytes: try reader.fixed(16)), let record = RecordID(bytes: try reader.fixed(16)) else {
                throw MalformedBytes()
            }
            return (
                subject, record, try reader.u64(), try reader.fixed(32), try RecordKey(from: &reader),
                try reader.fixed(32 + SealedBox.overhead)
            )
        }
        let key = try WireRequest.open(
            box, with: keyring, label: Self.label, context: Self.head(subject, record, generation, bodyDigest, vaultKey))
        self.init(subject: subject, record: record, generation: generation, bodyDigest: bodyDigest, vaultKey: vaultKey, shredKey: key)
    }

    private static func head(_ subject: SubjectID, _ record: RecordID, _ generation: UInt64, _ bodyDigest: [UInt8], _ vaultKey: RecordKey)
        -> [UInt8]
    {
        var writer = ByteWriter()
        writer.u8(KeyServiceOperation.addShredKey.rawValue)
        writer.fixed(subject.bytes)
        writer.fixed(record.bytes)
        writer.u64(generation)
        writer.fixed(bodyDigest)
        vaultKey.write(to: &writer)
        return writer.bytes
    }
}

/// A request's fields behind its operation, and the keys in it.
enum WireRequest {
    static func seal(
        _ secret: borrowing SecretBytes, to keys: KeyServicePublicKeys, label: StaticString, context: [UInt8], random: some RandomSource
    ) throws(VaultError) -> [UInt8] {
        do {
            return try secret.withUnsafeBytes { secret throws(CryptoError) in
                try SealedBox.seal(secret, to: keys.boxKey, label: label, context: context, random: random)
            }
        } catch {
            throw VaultError(.refused, "The key service's public key in the keyring is no usable key.")
        }
    }

    static func open(
        _ box: [UInt8], with keyring: KeyServiceKeyring, label: StaticString, context: [UInt8]
    ) throws(VaultError) -> SecretBytes {
        guard let secret = keyring.boxSecret else {
            throw VaultError(
                .refused, "This key service's keyring has no key that deposits are sealed to: it cannot serve other processes.")
        }
        do {
            return try SealedBox.open(box, with: secret.secret, label: label, context: context)
        } catch {
            throw VaultError(.refused, "The deposit was sealed to another key service.")
        }
    }

    static func read<Value>(
        _ request: [UInt8], _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(VaultError) -> Value {
        do {
            var reader = ByteReader(request)
            _ = try reader.u8()
            let value = try read(&reader)
            try reader.finish()
            return value
        } catch {
            throw KeyServiceEndpoint.unreadable
        }
    }
}

extension ErasureReceipt {
    /// Subject digest 32, erased at time, signature 64.
    func write(to writer: inout ByteWriter) {
        writer.fixed(subjectDigest)
        writer.time(erasedAt)
        writer.fixed(signature)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        (subjectDigest, erasedAt, signature) = (try reader.fixed(32), try reader.time(), try reader.fixed(64))
    }
}

extension DepositReference {
    static func list(from reader: inout ByteReader) throws(MalformedBytes) -> [DepositReference] {
        var list: [DepositReference] = []
        let count = try reader.u32()
        guard count <= 1_000 else { throw MalformedBytes() }
        for _ in 0..<count {
            var part = ByteReader(try reader.prefixed(atMost: 1_024))
            list.append(try DepositReference(from: &part))
            try part.finish()
        }
        return list
    }
}

extension KeyRelease {
    static func list(from reader: inout ByteReader) throws(MalformedBytes) -> [KeyRelease] {
        var list: [KeyRelease] = []
        let count = try reader.u32()
        guard count <= 1_000 else { throw MalformedBytes() }
        for _ in 0..<count {
            var part = ByteReader(try reader.prefixed(atMost: 256))
            list.append(try KeyRelease(from: &part))
            try part.finish()
        }
        return list
    }
}

extension ByteWriter {
    /// Count u32, each with its length.
    mutating func list(_ items: [[UInt8]]) {
        u32(UInt32(items.count))
        for item in items { prefixed(item) }
    }
}
