/// UTF-8 by position, a character at a time in both directions.
struct Text {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    /// The character at a position, and the position behind it.
    @inline(__always)
    func character(at offset: Int) -> (value: UInt32, next: Int) {
        let first = bytes[offset]
        if first < 0x80 { return (UInt32(first), offset &+ 1) }
        var characters = Characters(bytes, from: offset)
        let value = characters.next() ?? 0
        return (value, characters.offset)
    }

    /// The character that ends at a position, and where it begins.
    func character(before offset: Int) -> (value: UInt32, start: Int) {
        var start = offset - 1
        while start > 0, offset - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return (character(at: start).value, start)
    }

    @inline(__always)
    static func traits(_ character: UInt32) -> Symbol.Traits {
        Symbol.traits(character < 128 ? UInt8(character) : Symbol.symbol(for: character).symbol)
    }

    /// Whether a number may end with it, letters and other numbers included.
    static func endsNumber(_ character: UInt32) -> Bool {
        if character < 128 { return !Symbol.traits(UInt8(character)).isDisjoint(with: [.word, .hash]) }
        let symbol = Symbol.symbol(for: character).symbol
        return symbol == Symbol.other ? Symbol.isWord(character) : !Symbol.traits(symbol).isDisjoint(with: [.word, .hash])
    }

    static func isDigit(_ character: UInt32) -> Bool { traits(character).contains(.digit) }

    /// What separates digits. A star may stand in a number that is typed, and separates none.
    static func isPunctuation(_ character: UInt32) -> Bool { character != 0x2A && traits(character).contains(.punctuation) }

    static func opens(_ character: UInt32) -> Bool {
        character == 0x28 || character == 0x5B || character == 0xFF08 || character == 0xFF3B
    }

    static func closes(_ character: UInt32) -> Bool {
        character == 0x29 || character == 0x5D || character == 0xFF09 || character == 0xFF3D
    }

    /// What a number may begin with, digits aside.
    static func leads(_ character: UInt32) -> Bool { opens(character) || character == 0x2B || character == 0xFF0B }

    /// White space as Python and Unicode have it.
    static func isSpace(_ character: UInt32) -> Bool {
        switch character {
        case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Whether a character is a letter of the Latin script, or a mark on one: a number that one touches is part of a word.
    static func isLatinLetter(_ character: UInt32) -> Bool {
        // ASCII is nearly all there is beside numbers, and the standard library looks every character up.
        if character < 0x80 { return traits(character).contains(.asciiLetter) }
        guard character <= 0x24F || (0x300...0x36F).contains(character) || (0x1E00...0x1EFF).contains(character),
            let scalar = Unicode.Scalar(character)
        else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark: return true
        default: return false
        }
    }

    /// A per cent sign or a sign of a currency, beside which digits are no phone number.
    static func tellsAmount(_ character: UInt32) -> Bool {
        if character < 0x80 { return character == 0x24 || character == 0x25 }
        return Unicode.Scalar(character)?.properties.generalCategory == .currencySymbol
    }
}
