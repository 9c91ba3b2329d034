"""QR codes by other people's programs, at level M in byte mode: matrices as rows of 0 and 1.

segno ends every content with a whole byte of zeros before its padding, which ISO/IEC 18004 §7.4.10 does not have, so it is asked only for
content that leaves no room for padding; qrcodegen (Project Nayuki) is asked for any length.
"""
import re

import qrcodegen
import segno
import segno.encoder

MEDIUM = qrcodegen.QrCode.Ecc.MEDIUM


def content(count, salt):
    """Bytes that a test makes again by the same rule."""
    return bytes((7 * i * i + 13 * i + 31 * salt) & 255 for i in range(count))


def by_qrcodegen(data, version, mask):
    code = qrcodegen.QrCode.encode_segments([qrcodegen.QrSegment.make_bytes(data)], MEDIUM, version, version, mask, False)
    size = code.get_size()
    return [[int(code.get_module(x, y)) for x in range(size)] for y in range(size)]


def by_segno(data, version, mask):
    code = segno.make(data, error="m", version=version, mask=mask, mode="byte", boost_error=False, micro=False)
    return [[int(module) for module in row] for row in code.matrix]


def lookalikes(text):
    """Points for what looks like a finder pattern in a line, every one of them counted."""
    around = "0000" + text + "0000"
    starts = [match.start() for match in re.finditer("(?=1011101)", text)]
    return sum(40 for start in starts if "0000" in (around[start:start + 4], around[start + 11:start + 15]))


def penalty(matrix):
    """By segno's reading of §7.8.3; - where two look-alikes overlap, of which segno counts one."""
    rows = [bytearray(row) for row in matrix]
    scores = segno.encoder.mask_scores(rows, len(rows), len(rows))
    lines = ["".join(map(str, line)) for line in [*matrix, *zip(*matrix)]]
    return sum(scores) if sum(map(lookalikes, lines)) == scores[2] else "-"


def capacity(version):
    """Bytes that a version holds, by qrcodegen."""
    words = qrcodegen.QrCode._get_num_data_codewords(version, MEDIUM)
    return (8 * words - 4 - (8 if version < 10 else 16)) // 8
