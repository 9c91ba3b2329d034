public import RecordStorage

/// Which deployment (one tenant's keys and store) something belongs to. 16 bytes; sealed into every record.
public struct DeploymentID: Hashable, Sendable {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// `nil` unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public init(random: some RandomSource) {
        bytes = random.bytes(16)
    }
}

/// The internal name of a data subject: 16 random bytes that never leave the library. Everyone else gets a ``Pseudonym``.
public struct SubjectID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    package init(random: some RandomSource) {
        bytes = random.bytes(16)
    }
}

/// Exact, secret-keyed index of a number: a ristretto255 element, 32 bytes. Two numbers are equal if and only if their tags are.
///
/// Not secret by itself, but with both index keys it can be reversed by enumeration; never log one.
public struct UniquenessTag: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}

/// What budgets, locks and challenges of a number hang on: 32 bytes under a key of its own, so that rotating the uniqueness tag resets nothing.
///
/// A host that takes `OTPEngine` alone makes it from 32 bytes that stand for the number under a secret key.
public struct BudgetTag: Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// `nil` unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    // All at once: an array hands the hasher one byte after the other, and each guess finds its queue by its tag.
    public func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

/// A system that knows people by pseudonym: the host's own accounts, its support desk, a conversation service.
///
/// 1 to 64 bytes of UTF-8. Two consumers cannot tell that two pseudonyms are one person.
public struct Consumer: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    public let rawValue: String

    /// `nil` unless there are 1 to 64 bytes.
    public init?(rawValue: String) {
        guard (1...64).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    public init(stringLiteral value: StaticString) {
        guard let consumer = Self(rawValue: value.description) else { preconditionFailure("A consumer's name has 1 to 64 bytes.") }
        self = consumer
    }

    /// The host's own accounts.
    public static let host: Self = "host"
}

/// What one consumer knows a person by: `u_` and 32 characters of `a-z2-7`, made from a random seed and never from the number.
public struct Pseudonym: RawRepresentable, Hashable, Sendable {
    /// 20 bytes.
    package let bytes: [UInt8]

    public var rawValue: String { "u_" + Base32.encode(bytes) }

    /// `nil` unless the text has exactly the form of a pseudonym.
    public init?(rawValue: String) {
        guard rawValue.hasPrefix("u_"), let bytes = Base32.decode(rawValue.dropFirst(2)), bytes.count == 20 else { return nil }
        self.bytes = bytes
    }

    /// From 20 bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 20, "A pseudonym has 160 bits.")
        self.bytes = bytes
    }
}

extension Pseudonym: CustomStringConvertible {
    public var description: String { rawValue }
}
