/// A phone number in guarded memory: cannot be copied, printed, compared or encoded.
///
/// Holds the 32-byte plaintext of a sealed record: format 1, the count of digits, the ASCII digits of E.164 without
/// `+`, zeros; where a person gave none, no digits. Between its parsing and its sealing or sending this is the type that carries it.
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

    /// What a record holds of a person who gave no number: as long as any other, so that a stolen store does not tell who gave one.
    package static var absent: SecretNumber {
        SecretNumber(owning: SecretBytes(count: plaintextLength) { $0[0] = format })
    }

    /// Whether there is a number at all.
    package var isAbsent: Bool { plaintext.withUnsafeBytes { $0[1] == 0 } }

    /// Takes the plaintext of an opened record, and refuses all but the one encoding a number has.
    package init(plaintext: consuming SecretBytes) throws(CryptoError) {
        guard plaintext.withUnsafeBytes(Self.isCanonical) else { throw Self.unknownFormat }
        self.plaintext = plaintext
    }

    /// The same, where `fill` writes the plaintext, 32 bytes.
    init(filling fill: (UnsafeMutableRawBufferPointer) throws(CryptoError) -> Void) throws(CryptoError) {
        plaintext = try SecretBytes(count: Self.plaintextLength) { target throws(CryptoError) in
            try fill(target)
            guard Self.isCanonical(UnsafeRawBufferPointer(target)) else { throw Self.unknownFormat }
        }
    }

    private static func isCanonical(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == plaintextLength, bytes[0] == format else { return false }
        let end = 2 + Int(bytes[1])
        guard end == 2 || (5...2 + digitLimit).contains(end) else { return false }
        // Eight bytes at a time, and all of them whatever they are, so that the time taken tells nothing.
        let high: UInt64 = 0x8080_8080_8080_8080
        var wrong: UInt64 = 0
        for offset in stride(from: 0, to: plaintextLength, by: 8) {
            var word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            // Format and count, as if they were digits.
            if offset == 0 { word = word & ~0xFFFF | 0x3030 }
            // All bits of those bytes that come before the end; shifting by 64 or more gives 0.
            let digits = ~(UInt64.max << UInt64(8 * max(end - offset, 0)))
            // 0 to 9 in each byte that is a digit; adding 0x76 to anything above reaches the high bit.
            let value = word ^ 0x3030_3030_3030_3030
            wrong |= (value | (value & ~high &+ 0x7676_7676_7676_7676)) & high & digits
            wrong |= word & ~digits
        }
        return wrong == 0
    }

    private static var unknownFormat: CryptoError {
        CryptoError(.invalidEncoding, "An opened record holds no number in a known format.")
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

    /// The same for one step of an operation that clears the registers when it is over.
    borrowing func withUnclearedPlaintext<Value: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try plaintext.withUnclearedBytes(body)
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
