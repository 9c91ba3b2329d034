#!/usr/bin/env python3
"""How texts are split into parts, by another method than the library's.

    segments.py > segments.txt

The tables are 3GPP TS 23.038 §6.2.1 and §6.2.1.1, as code points in the order of the standard's columns. Where the library counts units and remembers
where it is, this encodes each character first, and then fills parts with whole encoded characters until the next does not fit. Python's own UTF-16
codec makes the surrogates. PyPI's smsutil 1.1.3 makes the same parts of those with an 8-bit reference, and gsm0338 1.1.0 the same septets; only that
smsutil takes the escape itself for a character of the alphabet. Header lengths are those of 3GPP TS 23.040 §9.2.3.24.1 and §9.2.3.24.8.

A line: name, reference (8 or 16), text, encoding, units of each part, each part encoded in hex. The text is UTF-8 in hex, `+` between pieces,
`*N` behind a piece that comes N times, `-` for none.
"""
import random

COLUMNS = [
    [0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D, 0xC5, 0xE5],
    [0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E, None, 0xC6, 0xE6, 0xDF, 0xC9],
    [0x20, 0x21, 0x22, 0x23, 0xA4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F],
    [0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F],
    [0xA1, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F],
    [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0xC4, 0xD6, 0xD1, 0xDC, 0xA7],
    [0xBF, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
    [0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0xE4, 0xF6, 0xF1, 0xFC, 0xE0],
]
EXTENSION = {0x0C: 0x0A, 0x5E: 0x14, 0x7B: 0x28, 0x7D: 0x29, 0x5C: 0x2F, 0x5B: 0x3C, 0x7E: 0x3D, 0x5D: 0x3E, 0x7C: 0x40, 0x20AC: 0x65}
GSM = {chr(point): bytes([16 * column + row]) for column, points in enumerate(COLUMNS) for row, point in enumerate(points) if point is not None}
GSM.update({chr(point): bytes([0x1B, septet]) for point, septet in EXTENSION.items()})
HEADER = {8: 6, 16: 7}


def split(text, reference):
    """(encoding, units of each part, bytes of each part)"""
    gsm = set(text) <= GSM.keys()
    characters = [GSM[c] if gsm else c.encode("utf-16-be") for c in text]
    unit, bits = (1, 7) if gsm else (2, 16)
    fits = lambda parts_bytes, header: (parts_bytes // unit) * bits <= (140 - header) * 8
    whole = b"".join(characters)
    if fits(len(whole), 0):
        return ("gsm7" if gsm else "ucs2"), [len(whole) // unit], [whole]
    parts = [b""]
    for character in characters:
        if not fits(len(parts[-1]) + len(character), HEADER[reference]):
            parts.append(b"")
        parts[-1] += character
    return ("gsm7" if gsm else "ucs2"), [len(part) // unit for part in parts], parts


def notation(pieces):
    hexed = lambda text: text.encode("utf-8").hex()
    return "+".join(hexed(text) + (f"*{count}" if count != 1 else "") for text, count in pieces if text and count) or "-"


def line(name, pieces, reference=8):
    text = "".join(text * count for text, count in pieces)
    encoding, units, parts = split(text, reference)
    print(name, reference, notation(pieces), encoding, ",".join(map(str, units)), ",".join(part.hex() or "-" for part in parts))


def main():
    print("# Origin: segments.py beside this file, from the tables of 3GPP TS 23.038 §6.2.1. Not made by this library.")
    print("# name reference text encoding units-of-each-part parts")
    line("empty", [("", 1)])
    for name, character in {"pound": "£", "euro": "€", "caret": "^", "form-feed": "\f", "line-feed": "\n", "carriage-return": "\r"}.items():
        line(name, [(character, 1)])
    line("whole-alphabet", [("".join(sorted(GSM)), 1)])
    for absent in "çáíóúâêãõšżğı`’“–…\t\u001b\u00a0\u200b":
        line(f"not-in-gsm-{ord(absent):04x}", [("a", 1), (absent, 1)])
    line("combining-marks", [("e\u0301", 1), ("ñ", 1), ("n\u0303", 1)])
    line("emoji-with-joiners", [("👩‍👩‍👧‍👦", 1), ("🇨🇭", 1), ("👍🏽", 1)])
    for reference in (8, 16):
        for count in (159, 160, 161, 304, 305, 306, 307):
            line(f"gsm-{count}", [("a", count)], reference)
        for count in (79, 80, 81):
            line(f"euro-{count}", [("€", count)], reference)
        for before in (151, 152, 153):
            line(f"euro-after-{before}", [("a", before), ("€", 1), ("b", 20)], reference)
        for count in (69, 70, 71, 132, 133, 134, 135):
            line(f"ucs2-{count}", [("я", count)], reference)
        for before in (65, 66, 67, 68, 69):
            line(f"emoji-after-{before}", [("я", before), ("😀", 1), ("я", 10)], reference)
        for count in (34, 35, 36, 67):
            line(f"emoji-{count}", [("😀", count)], reference)
        line("one-letter-makes-all-ucs2", [("a", 80), ("ł", 1), ("a", 80)], reference)
    draw = random.Random(20231)
    pools = ["abc XYZ019@£", "ab€^{}~", "яжш ", "я😀𝒜", "a€я😀e\u0301漢"]
    for index in range(120):
        pool = draw.choice(pools)
        around = draw.choice([10, 66, 70, 140, 153, 160, 306, 320])
        pieces = []
        while sum(count for _, count in pieces) < around:
            pieces.append((draw.choice(pool), draw.choice([1, 1, 2, 7, 31])))
        line(f"drawn-{index}", pieces, draw.choice([8, 16]))


main()
