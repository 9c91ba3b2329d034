"""Constant arrays as C source, the same bytes for the same values."""

BANNER = "// Made by Tests/Interop/phone-metadata/generate.py; see NOTICE. Do not edit."


def begin():
    return [BANNER, '#include "CPhoneMetadata.h"', ""]


def array(kind, name, values):
    """The lines of one array."""
    values = list(values)
    lines = ["const %s %s[%d] = {" % (kind, name, len(values))]
    line = ""
    for value in values:
        piece = "%s," % value
        if len(line) + len(piece) > 118:
            lines.append(line)
            line = ""
        line += piece
    return lines + [line, "};", ""]
