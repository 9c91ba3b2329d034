import CryptoPrimitives
import RecordStorage

/// The words a person was shown before deciding.
public struct Notice: Hashable, Sendable {
    /// The host's name for it, 1 to 64 bytes.
    public var id: String
    /// Which wording, 1 to 64 bytes.
    public var version: String
    /// BCP 47, such as `de-CH`; 2 to 35 bytes.
    public var language: String
    /// The exact text, 1 byte to 100,000.
    public var text: String

    public init(id: String, version: String, language: String, text: String) {
        self.id = id
        self.version = version
        self.language = language
        self.text = text
    }
}

/// Which words were shown, without the words: what a consent record keeps.
public struct NoticeReference: Hashable, Sendable {
    public let id: String
    public let version: String
    /// BCP 47.
    public let language: String
    /// SHA-256 of the exact UTF-8 text shown, 32 bytes. The library hashes the text itself.
    public let textDigest: [UInt8]

    /// - Throws: ``ConsentError`` with code `.noticeIncomplete`.
    init(_ notice: Notice) throws(ConsentError) {
        guard (1...64).contains(notice.id.utf8.count), (1...64).contains(notice.version.utf8.count),
            (2...35).contains(notice.language.utf8.count), (1...100_000).contains(notice.text.utf8.count)
        else {
            throw ConsentError(
                .noticeIncomplete, "A decision needs the notice's id, version, language (BCP 47) and the full text that was shown.")
        }
        id = notice.id
        version = notice.version
        language = notice.language
        textDigest = SHA256.hash(Array(notice.text.utf8))
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        id = try reader.text(atMost: 64)
        version = try reader.text(atMost: 64)
        language = try reader.text(atMost: 35)
        textDigest = try reader.fixed(32)
        guard !id.isEmpty, !version.isEmpty, language.utf8.count >= 2 else { throw MalformedBytes() }
    }

    func write(to writer: inout ByteWriter) {
        writer.prefixed(id)
        writer.prefixed(version)
        writer.prefixed(language)
        writer.fixed(textDigest)
    }
}
