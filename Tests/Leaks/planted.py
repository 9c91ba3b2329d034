"""A number and a code in every form that the search must find, written down byte by byte: nothing here is computed by the search.

The number is +41 79 876 54 32. In base 64 it stands after nothing, after `x` and after `xy`, and before `zz`. Packed decimal has
two digits a byte: in the order of a dump, or the lower half first as telephone networks do; from a whole byte on, or from half of one.
"""

# What the program is said to have been given; the search makes its needles from these lines, as from the quickstart's.
SECRETS = ["number +41798765432", "code 8362019475", "typed ０７９　８７６　５４　３２", "typed ٠٧٩ ٨٧٦ ٥٤ ٣٢"]
NUMBER, CODE, WIDE, ARABIC = SECRETS

PLANTS = [
    (NUMBER, "E.164", b"+41798765432"),
    (NUMBER, "digits", b"41798765432"),
    (NUMBER, "national", b"079 876 54 32"),
    (NUMBER, "national digits", b"0798765432"),
    (NUMBER, "national significant number", b"<798765432>"),
    (NUMBER, "international", b"+41 79 876 54 32"),
    (NUMBER, "E.164, UTF-16LE", b"+\x004\x001\x007\x009\x008\x007\x006\x005\x004\x003\x002\x00"),
    (NUMBER, "E.164, UTF-16BE", b"\x00+\x004\x001\x007\x009\x008\x007\x006\x005\x004\x003\x002"),
    (NUMBER, "national, UTF-16LE", b"0\x007\x009\x00 \x008\x007\x006\x00 \x005\x004\x00 \x003\x002\x00"),
    (NUMBER, "national digits, UTF-16BE", b"\x000\x007\x009\x008\x007\x006\x005\x004\x003\x002"),
    (NUMBER, "E.164, hexadecimal", b"2b3431373938373635343332"),
    (NUMBER, "E.164, hexadecimal in capitals", b"2B3431373938373635343332"),
    (NUMBER, "national digits, hexadecimal", b"30373938373635343332"),
    (NUMBER, "E.164, base 64", b"KzQxNzk4NzY1NDMyeno="),
    (NUMBER, "E.164, base 64 after x", b"eCs0MTc5ODc2NTQzMnp6"),
    (NUMBER, "E.164, base 64 after xy", b"eHkrNDE3OTg3NjU0MzJ6eg=="),
    (NUMBER, "national digits, base 64", b"MDc5ODc2NTQzMnp6"),
    (NUMBER, "national digits, base 64 after x", b"eDA3OTg3NjU0MzJ6eg=="),
    (NUMBER, "national digits, base 64 after xy", b"eHkwNzk4NzY1NDMyeno="),
    (NUMBER, "national, base 64", b"MDc5IDg3NiA1NCAzMnp6"),
    (NUMBER, "digits, packed", b"\x41\x79\x87\x65\x43\x2f"),
    (NUMBER, "digits, packed, lower half first", b"\x14\x97\x78\x56\x34\xf2"),
    (NUMBER, "digits, packed from half a byte on", b"\x04\x17\x98\x76\x54\x32"),
    (NUMBER, "digits, packed from half a byte on, lower half first", b"\x40\x71\x89\x67\x45\x23"),
    (NUMBER, "digits, packed after a 9", b"\x94\x17\x98\x76\x54\x32"),
    (NUMBER, "national digits, packed", b"\x07\x98\x76\x54\x32"),
    (NUMBER, "national digits, packed, lower half first", b"\x70\x89\x67\x45\x23"),
    (NUMBER, "national digits, packed from half a byte on", b"\xf0\x79\x87\x65\x43\x2f"),
    (NUMBER, "national digits, packed from half a byte on, lower half first", b"\x00\x97\x78\x56\x34\xf2"),
    (CODE, "text", b"8362019475"),
    (CODE, "UTF-16LE", b"8\x003\x006\x002\x000\x001\x009\x004\x007\x005\x00"),
    (CODE, "UTF-16BE", b"\x008\x003\x006\x002\x000\x001\x009\x004\x007\x005"),
    (CODE, "hexadecimal", b"38333632303139343735"),
    (CODE, "base 64", b"ODM2MjAxOTQ3NXp6"),
    (CODE, "base 64 after x", b"eDgzNjIwMTk0NzV6eg=="),
    (CODE, "base 64 after xy", b"eHk4MzYyMDE5NDc1eno="),
    (CODE, "packed", b"\x83\x62\x01\x94\x75"),
    (CODE, "packed, lower half first", b"\x38\x26\x10\x49\x57"),
    (CODE, "packed from half a byte on", b"\x08\x36\x20\x19\x47\x50"),
    (CODE, "packed from half a byte on, lower half first", b"\x8f\x63\x02\x91\x74\xf5"),
    (WIDE, "typed", b"\xef\xbc\x90\xef\xbc\x97\xef\xbc\x99\xe3\x80\x80\xef\xbc\x98\xef\xbc\x97\xef\xbc\x96"
                       b"\xe3\x80\x80\xef\xbc\x95\xef\xbc\x94\xe3\x80\x80\xef\xbc\x93\xef\xbc\x92"),
    (WIDE, "typed, UTF-16LE", b"\x10\xff\x17\xff\x19\xff\x00\x30\x18\xff\x17\xff\x16\xff\x00\x30\x15\xff\x14\xff\x00\x30\x13\xff\x12\xff"),
    (WIDE, "typed, hexadecimal", b"efbc90efbc97efbc99e38080efbc98efbc97efbc96e38080efbc95efbc94e38080efbc93efbc92"),
    (WIDE, "typed, base 64 after x", b"eO+8kO+8l++8meOAgO+8mO+8l++8luOAgO+8le+8lOOAgO+8k++8knp6"),
    (WIDE, "typed, base 64 for addresses after x", b"eO-8kO-8l--8meOAgO-8mO-8l--8luOAgO-8le-8lOOAgO-8k--8knp6"),
    (ARABIC, "typed", b"\xd9\xa0\xd9\xa7\xd9\xa9 \xd9\xa8\xd9\xa7\xd9\xa6 \xd9\xa5\xd9\xa4 \xd9\xa3\xd9\xa2"),
    (ARABIC, "typed, UTF-16BE", b"\x06\x60\x06\x67\x06\x69\x00 \x06\x68\x06\x67\x06\x66\x00 \x06\x65\x06\x64\x00 \x06\x63\x06\x62"),
]
