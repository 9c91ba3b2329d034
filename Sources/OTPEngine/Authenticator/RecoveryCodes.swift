import CryptoPrimitives
import RecordStorage

/// The ten codes that let a person in without the app, as they are shown once: fifteen characters in groups of five, such as
/// `7F3KX-0PWRA-9C2MD`.
///
/// In guarded memory, never printed; the row keeps digests alone, so they cannot be shown again.
public final class RecoveryCodes: Sendable {
    /// How many there are.
    public static let count = RecoverySet.size
    /// Characters that count, and how many stand together.
    static let length = 15
    static let group = 5

    /// 28 characters, of each pair that looks alike one: no B, I, L, O, Q, S, U, Z. Fifteen of them are 72.1 bits.
    /// Source: NIST SP 800-63B-4 §4.2.1.1, which asks for 64.
    static let alphabet = Array("0123456789ACDEFGHJKMNPRTVWXY".utf8)

    /// ``count`` times ``length`` characters.
    private let characters: SecretBytes

    init(random: some RandomSource) {
        characters = SecretBytes(count: Self.count * Self.length) { target in
            random.fill(target)
            for index in target.indices {
                // 252 is the largest multiple of 28 in a byte: what is above is drawn again, so that no character is likelier.
                while target[index] >= 252 { random.fill(UnsafeMutableRawBufferPointer(rebasing: target[index...index])) }
                target[index] = Self.alphabet[Int(target[index] % 28)]
            }
        }
    }

    /// Lends one code as it is shown, 17 bytes of ASCII.
    ///
    /// - Parameter index: 0..<``count``.
    public func withCode<Value: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let code = self[index]
        return try SecretText.make { text in
            code.withUnsafeBytes { bytes in
                for (place, byte) in bytes.enumerated() {
                    if place > 0, place % Self.group == 0 { text.append("-") }
                    text.append(byte)
                }
            }
        }.withUnsafeBytes(body)
    }

    /// The fifteen characters that count.
    subscript(index: Int) -> SecretBytes {
        precondition((0..<Self.count).contains(index), "There are \(Self.count) recovery codes.")
        return characters.slice(index * Self.length, Self.length)
    }
}

extension RecoveryCodes: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a person typed as a recovery code: its fifteen characters in guarded memory, never printed.
public final class SubmittedRecoveryCode: Sendable {
    let characters: SecretBytes

    /// Reads a code as people type it: any case, digits of any script, full-width letters, with spaces, hyphens and invisible marks between
    /// them, and look-alikes for what they look like. At most 64 characters.
    ///
    /// - Throws: ``OTPError`` with code `.malformedCode` for anything else. That costs no guess: it could never have been right.
    public init(_ text: some StringProtocol) throws(OTPError) {
        var count = 0
        let read = SecretBytes(count: RecoveryCodes.length) { target in
            for (index, scalar) in text.unicodeScalars.enumerated() {
                let properties = scalar.properties
                if index < 64, count < target.count, let character = Self.character(scalar) {
                    target[count] = character
                    count += 1
                } else if index >= 64 || !(properties.isWhitespace || Self.separators.contains(properties.generalCategory)) {
                    count = 0
                    return
                }
            }
        }
        guard count == RecoveryCodes.length else { throw .malformedRecoveryCode }
        characters = read
    }

    /// The same from UTF-8.
    public convenience init(utf8: some Collection<UInt8>) throws(OTPError) {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .malformedRecoveryCode }
        try self.init(text)
    }

    private static let separators: Set<Unicode.GeneralCategory> = [.dashPunctuation, .format]

    private static func character(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue { return 0x30 + UInt8(value) }
        // Full-width letters are the ASCII ones, moved.
        let value = (0xFF21...0xFF5A).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
        guard (0x41...0x5A).contains(value & ~0x20) else { return nil }
        switch UInt8(value & ~0x20) {
        case UInt8(ascii: "B"): return UInt8(ascii: "8")
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return UInt8(ascii: "1")
        case UInt8(ascii: "O"), UInt8(ascii: "Q"): return UInt8(ascii: "0")
        case UInt8(ascii: "S"): return UInt8(ascii: "5")
        case UInt8(ascii: "U"): return UInt8(ascii: "V")
        case UInt8(ascii: "Z"): return UInt8(ascii: "2")
        case let letter: return letter
        }
    }
}

extension SubmittedRecoveryCode: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
