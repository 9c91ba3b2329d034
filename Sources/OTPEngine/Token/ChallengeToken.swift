import RecordStorage

/// What a host's client carries between begin and completion: the challenge's id, and the number, sealed.
///
/// Opaque to everyone else, and useless without the session it was begun in. Once the challenge is over nobody can open
/// the number in it, this library included: half of its key was in the challenge's row. Who holds the host's keyring can tell from it where the number
/// begins: country calling code and four digits.
public struct ChallengeToken: Hashable, Sendable {
    /// Format u8, token key id u32, sealed box. 155 to 1,024 bytes; 228 with the façade's content.
    let bytes: [UInt8]

    /// Format, key id, the box's own 72 bytes, id, tag and purpose (50), the route, and the tag of an empty inner part.
    static let shortest = 5 + 72 + 50 + TokenRoute.length + 16
    static let longest = 1_024
    /// Bytes of content that a token can carry.
    static let contentLimit = longest - shortest

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// From ``text``.
    ///
    /// - Throws: ``OTPError`` with code `.tokenMalformed`.
    public init(_ text: some StringProtocol) throws(OTPError) {
        guard text.utf8.count <= Self.longest * 4 / 3 + 1, let bytes = Base64URL.decode(text), bytes.count >= Self.shortest else {
            throw .tokenMalformed
        }
        self.bytes = bytes
    }

    /// Base 64 for addresses and cookies, without padding; 304 characters with the façade's content.
    public var text: String { Base64URL.encode(bytes) }
}

extension ChallengeToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
