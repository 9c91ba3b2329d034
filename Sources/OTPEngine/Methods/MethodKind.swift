import RecordStorage

/// The name of a way in which a person shows that it is them: 1 to 32 lowercase ASCII letters, digits and hyphens.
///
/// A host's own methods have names of their own, such as `passkey` or `invitation`.
public struct MethodKind: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// Of a method that this library brings, its place in ``names`` and 1 more; 0 of a host's.
    private let code: UInt8
    /// Of a host's.
    private let name: String

    private static let names = ["sms", "voice", "email", "authenticator-app", "recovery-code", "guardian"]

    private init(code: UInt8, name: String = "") { (self.code, self.name) = (code, name) }

    /// `nil` for anything but 1 to 32 lowercase ASCII letters, digits and hyphens.
    public init?(rawValue: String) {
        if let place = Self.names.firstIndex(of: rawValue) {
            self.init(code: UInt8(place) + 1)
            return
        }
        guard RecordCollection(rawValue: rawValue) != nil else { return nil }
        self.init(code: 0, name: rawValue)
    }

    public init(stringLiteral value: StaticString) {
        guard let kind = Self(rawValue: value.description) else {
            preconditionFailure("A method's name is 1 to 32 lowercase ASCII letters, digits and hyphens.")
        }
        self = kind
    }

    public var rawValue: String { code == 0 ? name : Self.names[Int(code) - 1] }

    /// A code by text message.
    public static var sms: Self { Self(code: 1) }
    /// A code that is spoken to whoever takes the call.
    public static var voice: Self { Self(code: 2) }
    /// A code by e-mail.
    public static var email: Self { Self(code: 3) }
    /// A code of an authenticator app (RFC 6238).
    public static var authenticatorApp: Self { Self(code: 4) }
    /// One of the codes that a person was given to keep, each good once.
    public static var recoveryCode: Self { Self(code: 5) }
    /// A person with a proven number who answers for this one.
    public static var guardian: Self { Self(code: 6) }

    /// Whether a code of ours goes out, which can be sent again.
    public var sendsCode: Bool { (1...3).contains(code) }
    /// Whether it shows possession of the number.
    public var isPhone: Bool { code == 1 || code == 2 }

    /// u8 in the order of ``names``, or 0 and the name of a host's: u8 length, ASCII.
    func write(to writer: inout ByteWriter) {
        writer.u8(code)
        guard code == 0 else { return }
        let bytes = Array(name.utf8)
        writer.u8(UInt8(bytes.count))
        writer.fixed(bytes)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let code = try reader.u8()
        guard code == 0 else {
            guard code <= Self.names.count else { throw MalformedBytes() }
            self.init(code: code)
            return
        }
        let name = String(decoding: try reader.fixed(Int(try reader.u8())), as: UTF8.self)
        guard let kind = Self(rawValue: name), kind.code == 0 else { throw MalformedBytes() }
        self = kind
    }
}

/// What a right answer shows, weakest first.
public enum Assurance: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Somebody vouches for the person, or an address answered that others may read: e-mail, an invitation, a guardian.
    case vouched = 1
    /// Possession of a phone number, which a carrier can give to somebody else. Source: NIST SP 800-63B-4 §3.1.3.3, restricted authenticators.
    case restricted = 2
    /// Possession of a secret that nobody else has: an authenticator app, a recovery code.
    case possession = 3
    /// The same, and it answers to nobody but the service itself: a passkey.
    case phishingResistant = 4

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
