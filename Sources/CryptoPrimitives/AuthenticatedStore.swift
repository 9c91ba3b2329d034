public import RecordStorage

/// A store whose rows only this deployment can write: whoever edits or swaps them in the database is found out.
///
/// Wraps any store and adds to every value a 32-byte BLAKE2b under a host key over key, version, expiry and value. What
/// it does not stop is a row taken away, or an older one put back whole, with its own authenticator; nothing finds that yet.
public struct AuthenticatedStore<Wrapped: RecordStore>: RecordStore {
    /// Bytes added to every value: that much less than `RecordLimits.value` is the largest it takes.
    public static var overhead: Int { 32 }

    private let wrapped: Wrapped
    private let key: AuthenticationKey
    private let hidden: [RecordCollection: Int]

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - hidden: collections in which the time of an answer must not tell whether there is a row, each with the bytes that a row of it has: one
    ///     that is not there costs the same hash.
    public init(_ wrapped: Wrapped, key: consuming SecretBytes, hiding hidden: [RecordCollection: Int] = [:]) {
        self.wrapped = wrapped
        self.hidden = hidden
        self.key = AuthenticationKey(key)
    }

    public func records(at keys: [RecordKey]) async throws(StorageError) -> [StoredRecord?] {
        let found = try await wrapped.records(at: keys)
        guard found.count == keys.count else { throw Self.tampered }
        var opened: [StoredRecord?] = []
        opened.reserveCapacity(found.count)
        for (asked, record) in zip(keys, found) {
            guard record == nil || record?.key == asked else { throw Self.tampered }
            opened.append(try record.map { record throws(StorageError) in try open(record) })
            if record == nil, let length = hidden[asked.collection] { workInVain(asked, length) }
        }
        return opened
    }

    public func records(in range: RecordRange, limit: Int) async throws(StorageError) -> [StoredRecord] {
        var opened: [StoredRecord] = []
        var after = range.after
        for record in try await wrapped.records(in: range, limit: limit) {
            // True rows of another range, or rows of a page before this one, are no answer.
            guard record.key.partition == range.partition, record.key.collection == range.collection,
                after.map({ $0.lexicographicallyPrecedes(record.key.row) }) ?? true
            else { throw Self.tampered }
            after = record.key.row
            opened.append(try open(record))
        }
        return opened
    }

    public func commit(_ changes: [RecordChange]) async throws(StorageError) {
        try await wrapped.commit(
            changes.map { change in
                guard case .put(let key, let expected, let version, let value, let expiresAt) = change else { return change }
                let code = authenticator(key: key, version: version, value: value, expiresAt: expiresAt)
                return .put(key, expecting: expected, version: version, value: value + code, expiresAt: expiresAt)
            })
    }

    private func open(_ record: StoredRecord) throws(StorageError) -> StoredRecord {
        guard record.value.count >= Self.overhead else { throw Self.tampered }
        let value = Array(record.value.dropLast(Self.overhead))
        let expected = authenticator(key: record.key, version: record.version, value: value, expiresAt: record.expiresAt)
        let isTrue = record.value.withUnsafeBytes { stored in
            expected.withUnsafeBytes { constantTimeEquals($0, UnsafeRawBufferPointer(rebasing: stored[value.count...])) }
        }
        guard isTrue else { throw Self.tampered }
        return StoredRecord(key: record.key, version: record.version, value: value, expiresAt: record.expiresAt)
    }

    private func workInVain(_ key: RecordKey, _ length: Int) {
        let record = StoredRecord(
            key: key, version: RecordVersion(bytes: [UInt8](repeating: 0, count: 16))!, value: [UInt8](repeating: 0, count: length),
            expiresAt: nil)
        _ = try? open(record)
    }

    private func authenticator(key: RecordKey, version: RecordVersion, value: [UInt8], expiresAt: Timestamp?) -> [UInt8] {
        BLAKE2b.onStack(label: "SPNI/v1/record", key: self.key.secret, length: Self.overhead) { hash in
            var hash = hash
            hash.append(key.encoded)
            hash.append(version.value)
            hash.append(UInt64(bitPattern: expiresAt?.milliseconds ?? .max))
            hash.append(value)
            return hash.finish()
        }
    }

    private static var tampered: StorageError {
        StorageError(.tampered, "A record was not written by this deployment: rows were edited, swapped, or the MAC key is another's.")
    }
}

/// Shares one key among copies of a store.
private final class AuthenticationKey: Sendable {
    let secret: SecretBytes

    init(_ secret: consuming SecretBytes) {
        precondition(secret.count == 32, "The key has 32 bytes.")
        self.secret = secret
    }
}
