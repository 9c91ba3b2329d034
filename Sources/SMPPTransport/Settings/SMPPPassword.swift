#if SMPP
    import CryptoPrimitives

    /// The password of an account at a message centre, in guarded memory. Prints as `<redacted>`.
    public final class SMPPPassword: Sendable {
        /// SMPP 3.4 §4.1.1: nine octets with the NUL at the end.
        static let longest = 8
        private let secret: SecretBytes
        let isValid: Bool

        /// - Parameter bytes: 0 to 8, none of them NUL; ``SMPPGateway`` refuses any other. Wiping them is the caller's part.
        public init(copying bytes: UnsafeRawBufferPointer) {
            isValid = bytes.count <= Self.longest && !bytes.contains(0)
            secret = SecretBytes(copying: bytes)
        }

        /// For passwords that are in the process as a text already.
        public convenience init(_ text: String) {
            self.init(Array(text.utf8))
        }

        private convenience init(_ bytes: [UInt8]) {
            self.init(count: bytes.count) { target in target.copyBytes(from: bytes) }
        }

        private init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
            secret = SecretBytes(count: count, fill)
            isValid = count <= Self.longest && secret.withUnsafeBytes { !$0.contains(0) }
        }

        func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value { secret.withUnsafeBytes { body($0) } }
    }

    extension SMPPPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        public var description: String { "<redacted>" }
        public var debugDescription: String { description }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }
#else
    @available(*, unavailable, message: "SMPPPassword needs SwiftNIO: enable the package trait SMPP of swift-phone-identity.")
    public final class SMPPPassword {}
#endif
