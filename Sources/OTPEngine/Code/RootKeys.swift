public import CryptoPrimitives

/// A secret of 32 bytes with the id by which rows and tokens name it.
public final class RootKey: Sendable {
    public let id: UInt32
    let secret: SecretBytes

    /// - Parameter secret: 32 bytes, from a key provider that all hosts of the deployment share.
    public init(id: UInt32, secret: consuming SecretBytes) {
        precondition(secret.count == 32, "A root key has 32 bytes.")
        self.id = id
        self.secret = secret
    }
}

/// The key in use and the one before it. A rotation keeps the old one for at least as long as a challenge lives.
public struct RootKeys: Sendable {
    public let current: RootKey
    public let previous: RootKey?

    public init(current: RootKey, previous: RootKey? = nil) {
        precondition(current.id != previous?.id, "Two keys have two ids.")
        self.current = current
        self.previous = previous
    }

    func key(_ id: UInt32) -> RootKey? {
        id == current.id ? current : id == previous?.id ? previous : nil
    }
}

extension RootKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
