/// A phone number in guarded memory: cannot be copied, printed, compared or encoded.
///
/// Holds the 32-byte plaintext of a sealed record: format 1, the count of digits, the ASCII digits of E.164 without
/// `+`, zeros. Between its parsing and its sealing or sending this is the type that carries it.
public struct SecretNumber: ~Copyable, Sendable {
    /// 32 bytes.
    package static let plaintextLength = 32
    private static let format: UInt8 = 1
    private static let digitLimit = 30

    private let plaintext: SecretBytes

    /// - Parameter digits: 3 to 30 ASCII digits of E.164, without `+`.
    /// - Throws: ``CryptoError`` with code `.invalidEncoding`.
    public init(digits: UnsafeBufferPointer<UInt8>) throws(CryptoError) {
        guard (3...Self.digitLimit).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw CryptoError(.invalidEncoding, "A number is 3 to 30 ASCII digits without a plus sign.")
        }
        plaintext = SecretBytes(count: Self.plaintextLength) { target in
            target[0] = Self.format
            target[1] = UInt8(digits.count)
            for index in 0..<digits.count { target[2 + index] = digits[index] }
        }
    }

    /// Takes the plaintext of an opened record, and refuses all but the one encoding a number has.
    package init(plaintext: consuming SecretBytes) throws(CryptoError) {
        let isCanonical = plaintext.withUnsafeBytes { bytes in
            guard bytes.count == Self.plaintextLength, bytes[0] == Self.format else { return false }
            let count = Int(bytes[1])
            guard (3...Self.digitLimit).contains(count) else { return false }
            return bytes[2..<2 + count].allSatisfy { (0x30...0x39).contains($0) } && bytes[(2 + count)...].allSatisfy { $0 == 0 }
        }
        guard isCanonical else { throw CryptoError(.invalidEncoding, "An opened record holds no number in a known format.") }
        self.plaintext = plaintext
    }

    /// Lends the ASCII digits, without `+`, for the length of `body`.
    public borrowing func withDigits<Value: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try plaintext.withUnsafeBytes { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[2..<2 + Int(bytes[1])]))
        }
    }

    package borrowing func withPlaintext<Value: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try plaintext.withUnsafeBytes(body)
    }

    /// A second owner of the same number.
    package borrowing func duplicate() -> SecretNumber {
        SecretNumber(owning: plaintext.duplicate())
    }

    private init(owning plaintext: consuming SecretBytes) {
        self.plaintext = plaintext
    }

    /// Whether both are the same number; the time taken tells nothing.
    package borrowing func equals(_ other: borrowing SecretNumber) -> Bool {
        plaintext.withUnsafeBytes { mine in other.plaintext.withUnsafeBytes { constantTimeEquals(mine, $0) } }
    }
}
