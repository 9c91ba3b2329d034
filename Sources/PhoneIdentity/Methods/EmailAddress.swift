import SealedStore

/// An e-mail address as somebody typed it. Prints masked, and is kept nowhere: what lasts of it is a tag.
///
/// Addresses are compared with their ASCII letters in lower case, as nearly every mail server does; nothing else is folded, so that nobody
/// is let into the account of a similar address.
public struct EmailAddress: Hashable, Sendable {
    /// 3 to 254 bytes. Source: RFC 5321 §4.5.3.1.3.
    let text: String

    /// Reads `local@domain`: a dot-atom of at most 64 bytes, which may be UTF-8 (RFC 6531), and a domain of ASCII letters, digits and hyphens.
    ///
    /// - Throws: ``IdentityError`` with code `.emailNotValid`.
    public init(_ typed: some StringProtocol) throws(IdentityError) {
        let refusal = IdentityError(
            .emailNotValid, "This is no e-mail address: write it as name@example.com, a domain in other letters in its xn-- form.")
        let bytes = Array(typed.utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
        guard (3...254).contains(bytes.count), let at = bytes.lastIndex(of: 0x40) else { throw refusal }
        let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
        guard (1...64).contains(local.count), local.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy(Self.isAtom),
            domain.contains(0x2E), domain.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy(Self.isLabel)
        else { throw refusal }
        let folded = bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        guard let text = String(validating: folded, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0.properties.isWhitespace })
        else { throw refusal }
        self.text = text
    }

    /// Source: RFC 5322 §3.2.3.
    private static func isAtom(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
                default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                }
            }
    }

    private static func isLabel(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        (1...63).contains(bytes.count) && bytes.first != 0x2D && bytes.last != 0x2D
            && bytes.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                default: false
                }
            }
    }

    /// Into guarded memory.
    var guarded: GuardedBytes { GuardedBytes(copying: Array(text.utf8)) }
}

extension EmailAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its first character and its domain's last label, such as `a…@….com`.
    public var description: String { "\(text.first.map(String.init) ?? "")…@….\(text.split(separator: ".").last ?? "")" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
