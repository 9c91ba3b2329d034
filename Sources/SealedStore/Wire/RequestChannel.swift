import RecordStorage

/// Takes a request to another process and brings the answer. `ProcessTransport` has one over sockets and TLS.
///
/// What goes over it holds no secret in the open: keys are sealed to the party that needs them before they are in any buffer.
public protocol RequestChannel: Sendable {
    /// - Throws: ``VaultError`` with code `.unavailable`: not sent, not answered, or not in time. The request may have been carried out.
    func request(_ payload: [UInt8]) async throws(VaultError) -> [UInt8]
}

/// A party that asks a key service, as its process is known to the server.
public enum KeyServiceRole: String, Hashable, Sendable, CaseIterable {
    /// The host: deposits, erasures, histories, the journal, denials and reviews.
    case host
    /// Whoever asks for tags alone: an endpoint of its own, so that a flood of strangers stops no release and no erasure.
    case evaluator
    case sender
    case opener
}

/// What can be asked, with who may ask it.
enum KeyServiceOperation: UInt8, Sendable, CaseIterable {
    case evaluate = 1
    case put = 2
    case releaseHistoryKey = 3
    case erase = 4
    case unconfirmed = 5
    case confirm = 6
    case discard = 7
    case releases = 8
    case acknowledge = 9
    case sweep = 10
    case releaseForOrder = 11
    case releaseForResealing = 12
    case addShredKey = 13
    case submit = 14
    case releaseForOpening = 15
    case closeReview = 16
    case deny = 17
    case logHead = 20

    func isAllowed(to role: KeyServiceRole) -> Bool {
        switch self {
        case .evaluate: role == .evaluator || role == .opener
        case .put, .releaseHistoryKey, .erase, .unconfirmed, .confirm, .discard, .releases, .acknowledge, .sweep, .deny, .closeReview:
            role == .host
        case .addShredKey: role == .sender || role == .opener || role == .host
        case .releaseForOrder, .releaseForResealing: role == .sender
        case .submit, .releaseForOpening, .logHead: role == .opener
        }
    }
}

/// Answers on the wire: 0 and what was asked for, or 1, LP(code), LP(reason), LP(storage code).
enum WireAnswer {
    static func encode(_ result: Result<[UInt8], VaultError>) -> [UInt8] {
        var writer = ByteWriter()
        switch result {
        case .success(let bytes):
            writer.u8(0)
            writer.fixed(bytes)
        case .failure(let error):
            writer.u8(1)
            writer.prefixed(error.code.rawValue)
            writer.prefixed(error.reason)
            writer.prefixed(error.storage?.code.rawValue ?? "")
        }
        return writer.bytes
    }

    /// Reads an answer to its end.
    static func decode<Value>(
        _ bytes: [UInt8], _ read: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(VaultError) -> Value {
        let decoded: Result<Value, VaultError>
        do {
            var reader = ByteReader(bytes)
            switch try reader.u8() {
            case 0: decoded = .success(try read(&reader))
            case 1:
                let (code, reason) = (VaultError.Code(rawValue: try reader.text(atMost: 64)), try reader.text(atMost: 1_024))
                let storage = try reader.text(atMost: 64)
                decoded = .failure(
                    VaultError(
                        code, reason, storage: storage.isEmpty ? nil : StorageError(StorageError.Code(rawValue: storage), reason)))
            default: throw MalformedBytes()
            }
            try reader.finish()
        } catch {
            throw VaultError(.unavailable, "The other process gave an answer that cannot be read: is it of another version?")
        }
        return try decoded.get()
    }
}
