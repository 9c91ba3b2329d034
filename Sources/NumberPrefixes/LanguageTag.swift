/// What a BCP 47 language tag asks for, as far as the tables can tell languages apart: `de`, `pt-BR`, `zh-Hant-TW`.
///
/// Hyphens and underscores separate subtags, and case does not matter. Of the subtags only language, script and region count.
/// A text that is no tag is a language nobody speaks.
/// Source: RFC 5646 §2.1.
package struct LanguageTag: Sendable, Hashable {
    /// Two lower-case letters, the first in the low byte; 0 for a language that no table has.
    package let language: UInt16
    /// Whether names in the traditional Chinese script are preferred to others in Chinese.
    package let prefersTraditional: Bool

    /// - Complexity: O(length); no heap allocation.
    package init(_ text: String) {
        var text = text
        self = text.withUTF8 { Self($0) }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var subtags = Subtags(bytes)
        let first = subtags.next()
        guard let first, first.length == 2, first.isAlphabetic else {
            (language, prefersTraditional) = (0, false)
            return
        }
        language = UInt16(first.letters)
        guard language == Self.chinese else {
            prefersTraditional = false
            return
        }
        var script: UInt32?
        var region: UInt32?
        while let next = subtags.next() {
            // Behind a single character come extensions, which may look like scripts and regions.
            if next.length == 1 { break }
            if next.length == 4, next.isAlphabetic, script == nil, region == nil { script = next.letters }
            if next.length == 2, next.isAlphabetic, region == nil { region = next.letters }
        }
        // Source: libphonenumber, whose table maps these three regions to the script, unless a script is named.
        prefersTraditional =
            script.map { $0 == Self.letters("h", "a", "n", "t") }
            ?? (region == Self.letters("t", "w") || region == Self.letters("h", "k") || region == Self.letters("m", "o"))
    }

    /// Whether a name in English is better than none.
    ///
    /// Source: libphonenumber, which does not answer in English who reads Chinese, Japanese or Korean.
    package var acceptsEnglish: Bool {
        language != Self.chinese && language != UInt16(Self.letters("j", "a")) && language != UInt16(Self.letters("k", "o"))
    }

    /// The code that the data still has for the language: `iw` for Hebrew, which has been `he` since 1989.
    package var formerCode: UInt16? {
        language == UInt16(Self.letters("h", "e")) ? UInt16(Self.letters("i", "w")) : nil
    }

    package static var english: UInt16 { UInt16(letters("e", "n")) }
    private static var chinese: UInt16 { UInt16(letters("z", "h")) }

    @inline(__always)
    private static func letters(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt32 {
        UInt32(UInt8(ascii: first)) | UInt32(UInt8(ascii: second)) << 8
    }

    @inline(__always)
    private static func letters(
        _ first: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar, _ fourth: Unicode.Scalar
    ) -> UInt32 {
        letters(first, second) | letters(third, fourth) << 16
    }
}

/// The parts of a tag, in lower case.
private struct Subtags {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    struct Subtag {
        var length = 0
        /// The first four, the first in the low byte.
        var letters: UInt32 = 0
        var isAlphabetic = true
    }

    mutating func next() -> Subtag? {
        guard position < bytes.count else { return nil }
        var subtag = Subtag()
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { break }
            // Setting bit 5 makes an ASCII letter lower case.
            let lower = byte | 0x20
            subtag.isAlphabetic = subtag.isAlphabetic && lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
            if subtag.length < 4 { subtag.letters |= UInt32(lower) << UInt32(subtag.length * 8) }
            subtag.length += 1
        }
        return subtag
    }
}
