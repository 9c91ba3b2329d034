internal import CPhoneMetadata

/// A character of a typed number, reduced to one byte: ASCII is itself, other characters of libphonenumber's grammar
/// have the values below, and all else is either some letter or number, or something else.
///
/// The values agree with `symbols.py` beside the table generator, which says which characters they stand for.
enum Symbol {
    /// The first of ten: a decimal digit of another script than ASCII's.
    static let digitZero: UInt8 = 128
    static let widePlus: UInt8 = 138
    static let dashLike: UInt8 = 139
    static let noBreakSpace: UInt8 = 140
    static let wideStop: UInt8 = 141
    static let wideTilde: UInt8 = 142
    static let wideHash: UInt8 = 143
    static let wideX: UInt8 = 144
    static let wideE: UInt8 = 145
    static let wideT: UInt8 = 146
    static let wideN: UInt8 = 147
    static let wideI: UInt8 = 148
    static let cyrillicD: UInt8 = 149
    static let cyrillicO: UInt8 = 150
    static let cyrillicB: UInt8 = 151
    static let acuteO: UInt8 = 152
    static let acute: UInt8 = 153
    static let longS: UInt8 = 154
    static let dotlessI: UInt8 = 155
    static let dottedI: UInt8 = 156
    static let kelvin: UInt8 = 157
    /// Anything else; ``isWord(_:)`` tells of which kind.
    static let other: UInt8 = 159
    /// U+30FC, a letter to Unicode and a dash to libphonenumber.
    static let longVowel: UInt8 = 160

    /// What a symbol may be.
    struct Traits: OptionSet {
        let rawValue: UInt16
        static let digit = Traits(rawValue: 1)
        static let punctuation = Traits(rawValue: 2)
        /// Letters of the keypad, in both cases.
        static let letter = Traits(rawValue: 4)
        /// Letters and numbers of every script.
        static let word = Traits(rawValue: 8)
        /// Without one of these there is no extension.
        static let extensionStart = Traits(rawValue: 16)
        static let blank = Traits(rawValue: 32)
        static let labelEnd = Traits(rawValue: 64)
        static let asciiLetter = Traits(rawValue: 128)
        static let asciiDigit = Traits(rawValue: 256)
        static let plus = Traits(rawValue: 512)
        static let slash = Traits(rawValue: 1024)
        static let hash = Traits(rawValue: 2048)
    }

    @inline(__always)
    static func traits(_ symbol: UInt8) -> Traits {
        Traits(rawValue: phone_table_symbol_traits()[Int(symbol)])
    }

    /// The symbol of a character beyond ASCII, and the script of a digit, from 1.
    @inline(__always)
    static func symbol(for character: UInt32) -> (symbol: UInt8, script: UInt8) {
        if character <= UInt32(PHONE_LAST_CHARACTER) {
            let block = Int(phone_table_character_blocks()[Int(character >> 6)])
            let entry = phone_table_characters()[block &* 64 &+ Int(character & 63)]
            if entry != 0 { return (UInt8(truncatingIfNeeded: entry), UInt8(truncatingIfNeeded: entry >> 8)) }
        }
        return (other, 0)
    }

    /// Whether a character is a letter or a number of any kind.
    ///
    /// Asks the standard library, which takes its time and allocates at the first question; so only where it matters, and not inlined
    /// into what other texts take.
    @inline(never)
    static func isWord(_ character: UInt32) -> Bool {
        switch Unicode.Scalar(character)?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default:
            false
        }
    }

    /// Digits and letters on a telephone's keypad. Digits of other scripts are dropped beside letters, as libphonenumber
    /// drops them.
    ///
    /// Source: ITU-T E.161.
    static func keypad(_ symbol: UInt8) -> UInt8? {
        switch symbol {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): symbol & 0x0F
        case longS: 7
        case dotlessI: 4
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            // Three letters a key from 2 on; 7 and 9 have four.
            switch symbol & 0x1F {
            case 1...15: 2 + (symbol & 0x1F - 1) / 3
            case 16...19: 7
            case 20...22: 8
            default: 9
            }
        default: nil
        }
    }

    /// The value of a decimal digit of any script; nil for anything else.
    static func decimal(_ character: UInt32) -> UInt8? {
        if character < 128 { return character >= 0x30 && character <= 0x39 ? UInt8(character & 15) : nil }
        let symbol = symbol(for: character).symbol
        return traits(symbol).contains(.digit) ? symbol - digitZero : nil
    }

    /// The value of a digit that is raised or encircled and counts in no system of its own: `²`, `①`.
    static func raised(_ character: UInt32) -> UInt8? {
        guard character >= 128, let properties = Unicode.Scalar(character)?.properties, properties.numericType == .digit,
            let value = properties.numericValue
        else { return nil }
        return UInt8(value)
    }

    /// The character of a digit in a script, as ``symbol(for:)`` counts them; script 0 is ASCII.
    static func digit(_ value: UInt8, script: Int) -> Unicode.Scalar {
        let zero = script == 0 ? 0x30 : phone_table_digit_zeros()[script - 1]
        // The table holds the zeros of Unicode's digits, all of them scalars.
        return Unicode.Scalar(zero + UInt32(value)).unsafelyUnwrapped
    }
}
