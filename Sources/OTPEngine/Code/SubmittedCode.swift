import CryptoPrimitives

/// What a person typed as the code: its digits in guarded memory, never printed.
///
/// A class, so that it can be asked about again after a conflict without being copied.
public final class SubmittedCode: Sendable {
    /// 6 to 10 ASCII digits.
    let digits: SecretBytes

    /// Reads a code as people paste and type it: digits of any script (full-width, Arabic-Indic, Devanagari, …), with spaces,
    /// hyphens and invisible marks between them. At most 64 characters.
    ///
    /// - Throws: ``OTPError`` with code `.malformedCode` for anything else. That costs no guess: it could never have been right.
    public init(_ text: some StringProtocol) throws(OTPError) {
        var count = 0
        let read = SecretBytes(count: 10) { target in
            for (index, scalar) in text.unicodeScalars.enumerated() {
                let properties = scalar.properties
                if properties.numericType == .decimal, let value = properties.numericValue, count < 10, index < 64 {
                    target[count] = 0x30 + UInt8(value)
                    count += 1
                } else if index >= 64 || !(properties.isWhitespace || Self.separators.contains(properties.generalCategory)) {
                    count = 0
                    return
                }
            }
        }
        guard count >= 6 else { throw .malformedCode }
        digits = read.slice(0, count)
    }

    /// The same from UTF-8.
    public convenience init(utf8: some Collection<UInt8>) throws(OTPError) {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .malformedCode }
        try self.init(text)
    }

    private static let separators: Set<Unicode.GeneralCategory> = [.dashPunctuation, .format]

    var count: Int { digits.count }
}

extension SubmittedCode: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
