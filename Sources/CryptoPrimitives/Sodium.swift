import Clibsodium

/// The library underneath, initialised once per process.
enum Sodium {
    private static let initialised: Bool = sodium_init() >= 0

    /// Every entry point calls this before it touches libsodium.
    static func ready() {
        precondition(initialised, "libsodium could not be initialised: the system has no usable random generator.")
    }
}

/// Why a cryptographic operation was refused.
public struct CryptoError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The ciphertext, its associated data or its key is not the one that was sealed.
        public static let authenticationFailed = Self(rawValue: "crypto.authenticationFailed")
        /// Bytes have the wrong length or are no canonical encoding.
        public static let invalidEncoding = Self(rawValue: "crypto.invalidEncoding")
        /// The system has too little memory for the password hash.
        public static let outOfMemory = Self(rawValue: "crypto.outOfMemory")
    }

    public let code: Code
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension CryptoError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}

/// Compares without telling by the time taken where the first difference is. Different lengths are unequal at once.
package func constantTimeEquals(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard left.count > 0 else { return true }
    return sodium_memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
}

package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { constantTimeEquals(left, $0) } }
}
