import Clibsodium

/// The library underneath, initialised once per process.
enum Sodium {
    private static let initialised: Bool = {
        defer { clearRegisters() }
        guard sodium_init() >= 0 else { return false }
        resolve()
        return true
    }()

    /// Calls once, on zeros, what ``TwoKeyAEAD`` and ``CommittingAEAD`` call between reading a secret and clearing the registers: so the dynamic linker has looked
    /// all of it up before a secret is in one.
    private static func resolve() {
        var (state, out) = ([UInt8](repeating: 0, count: 384 + 64), [UInt8](repeating: 0, count: 64))
        let zeros = [UInt8](repeating: 0, count: 64)
        state.withUnsafeMutableBytes { memory in
            let state = OpaquePointer(memory.baseAddress!.alignedUp(toMultipleOf: 64))
            crypto_generichash_init(state, zeros, 32, 64)
            crypto_generichash_update(state, zeros, 64)
            crypto_generichash_final(state, &out, 64)
        }
        crypto_generichash(&out, 64, zeros, 64, zeros, 32)
        _ = sodium_memcmp(zeros, zeros, 32)
        crypto_aead_xchacha20poly1305_ietf_encrypt(&out, nil, zeros, 32, zeros, 64, nil, zeros, zeros)
        _ = crypto_aead_xchacha20poly1305_ietf_decrypt(&out, nil, nil, zeros, 48, zeros, 64, zeros, zeros)
        sodium_memzero(&out, out.count)
    }

    /// Every entry point calls this before it touches libsodium.
    static func ready() {
        precondition(initialised, "libsodium could not be initialised: the system has no usable random generator.")
    }

    /// Called wherever a secret was just read or written, so that no copy stays in a vector register: about 5 ns.
    ///
    /// The dynamic linker saves them all on the stack when it looks a function up, which was the one way in which numbers were
    /// found in memory after they were dropped.
    static func clearRegisters() {
        phone_identity_clear_vector_registers()
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
