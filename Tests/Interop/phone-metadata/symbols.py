"""What each symbol of a typed number may be.

A symbol is a byte: an ASCII character is its own symbol, and every character beyond ASCII that
libphonenumber's grammar names has a symbol from 128 up (Sources/PhoneNormalization/Parsing/Symbol.swift
has the same numbers). Letters match without regard to case, as Python's
`re.IGNORECASE` understands it, so the long s and the Turkish i count as letters of the keypad.
"""
DIGIT, PUNCTUATION, LETTER, WORD, EXTENSION_START, BLANK, LABEL_END, ASCII_LETTER, ASCII_DIGIT, PLUS, SLASH, HASH = (
    1 << n for n in range(12))

PLUS_WIDE, DASH_LIKE, NO_BREAK_SPACE, STOP_WIDE, TILDE_WIDE, HASH_WIDE = range(138, 144)
X_WIDE, E_WIDE, T_WIDE, N_WIDE, I_WIDE, CYRILLIC_D, CYRILLIC_O, CYRILLIC_B, O_ACUTE, ACUTE = range(144, 154)
LONG_S, DOTLESS_I, DOTTED_I, KELVIN, OTHER_WORD, OTHER, LONG_VOWEL = range(154, 161)

DIGIT_ZERO = 128
CHARACTERS = {
    NO_BREAK_SPACE: [0xA0],
    DASH_LIKE: [0xAD, 0x200B, *range(0x2010, 0x2016), 0x2053, 0x2060, 0x2212, 0x223C, 0x3000, 0xFF08, 0xFF09, 0xFF0D, 0xFF0F, 0xFF3B, 0xFF3D],
    LONG_VOWEL: [0x30FC],
    PLUS_WIDE: [0xFF0B],
    STOP_WIDE: [0xFF0E],
    TILDE_WIDE: [0xFF5E],
    HASH_WIDE: [0xFF03],
    X_WIDE: [0xFF38, 0xFF58],
    E_WIDE: [0xFF25, 0xFF45],
    T_WIDE: [0xFF34, 0xFF54],
    N_WIDE: [0xFF2E, 0xFF4E],
    I_WIDE: [0xFF29, 0xFF49],
    CYRILLIC_D: [0x414, 0x434, 0x1C81],
    CYRILLIC_O: [0x41E, 0x43E, 0x1C82],
    CYRILLIC_B: [0x411, 0x431],
    O_ACUTE: [0xD3, 0xF3],
    ACUTE: [0x301],
    LONG_S: [0x17F],
    DOTLESS_I: [0x131],
    DOTTED_I: [0x130],
    KELVIN: [0x212A],
}
BLOCK = 64
LAST_CHARACTER = 0x1FFFF

# The digit zero of every script whose decimal digits are encoded 0...9 in order (general category Nd, Unicode 17.0).
DIGIT_ZEROS = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950,
    0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
    0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
]

# What the fast scan of plain ASCII distinguishes.
KIND_PUNCTUATION, KIND_DIGIT, KIND_PLUS, KIND_TEXT, KIND_OTHER = range(5)


def byte_kinds():
    """For bytes: digits, punctuation that can be nothing but punctuation, the plus sign, ASCII that may stand in front of a
    number without meaning, and all that needs a closer look."""
    kinds = [KIND_TEXT] * 128 + [KIND_OTHER] * 128
    kinds[ord(";")] = KIND_OTHER
    for char in b"0123456789":
        kinds[char] = KIND_DIGIT
    for char in b"- .()[]/*":
        kinds[char] = KIND_PUNCTUATION
    kinds[ord("+")] = KIND_PLUS
    return kinds


def traits():
    table = [0] * 256

    def mark(symbols, bits):
        for symbol in symbols:
            table[symbol] |= bits

    mark(b"0123456789", DIGIT | WORD | ASCII_DIGIT)
    mark(range(128, 138), DIGIT | WORD)
    mark([ord("+"), PLUS_WIDE], PLUS)
    letters = [code for code in range(128) if chr(code).isalpha()]
    mark(letters, LETTER | WORD | ASCII_LETTER)
    mark([LONG_S, DOTLESS_I, DOTTED_I, KELVIN], LETTER | WORD)
    mark([X_WIDE, E_WIDE, T_WIDE, N_WIDE, I_WIDE, CYRILLIC_D, CYRILLIC_O, CYRILLIC_B, O_ACUTE, OTHER_WORD, LONG_VOWEL], WORD)
    mark(b"-xX .()[]/~*", PUNCTUATION)
    mark([DASH_LIKE, NO_BREAK_SPACE, STOP_WIDE, TILDE_WIDE, LONG_VOWEL], PUNCTUATION)
    mark(b"xX#~;,iI", EXTENSION_START)
    mark([X_WIDE, TILDE_WIDE, HASH_WIDE, I_WIDE, DOTLESS_I, DOTTED_I, CYRILLIC_D], EXTENSION_START)
    mark(b" \t,", BLANK)
    mark([NO_BREAK_SPACE], BLANK)
    mark(b":.", LABEL_END)
    mark([STOP_WIDE], LABEL_END)
    mark(b"/\\", SLASH)
    mark(b"#", HASH)
    return table


def characters():
    """The symbol of each character beyond ASCII in blocks of 64, each stored once: which block, and the blocks.

    An entry is a symbol and, in the high byte, the place of a digit's script, from 1; 0 is a character without a symbol.
    """
    entries = [0] * (LAST_CHARACTER + 1)
    for symbol, codes in CHARACTERS.items():
        for code in codes:
            entries[code] = symbol
    for script, zero in enumerate(DIGIT_ZEROS):
        for value in range(10):
            entries[zero + value] = DIGIT_ZERO + value | script + 1 << 8
    blocks, known, which = [], {}, []
    for start in range(0, len(entries), BLOCK):
        block = tuple(entries[start:start + BLOCK])
        if block not in known:
            known[block] = len(blocks)
            blocks.append(block)
        which.append(known[block])
    assert len(blocks) <= 256
    return which, [entry for block in blocks for entry in block]
