package import CryptoPrimitives

/// A token, password or key that a gateway was agreed with, in guarded memory. Prints as `<redacted>`.
public final class GatewaySecret: Sendable {
    package let bytes: SecretBytes

    /// - Parameter bytes: at least one. Wiped by the caller.
    public init(copying bytes: UnsafeRawBufferPointer) {
        precondition(!bytes.isEmpty, "A secret is not empty.")
        self.bytes = SecretBytes(copying: bytes)
    }

    /// - Parameter text: taken as UTF-8. The text itself stays wherever it came from.
    public init(_ text: String) {
        precondition(!text.isEmpty, "A secret is not empty.")
        bytes = SecretBytes.writing { $0.text(text) }
    }
}

extension GatewaySecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
