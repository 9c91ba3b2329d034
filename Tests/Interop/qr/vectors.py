#!/usr/bin/env python3
"""Prints Tests/OTPEngineTests/Vectors/qr-codes.txt."""
import hashlib

import oracle

print("# Origin: PyPI segno 1.6.6 (full codes) and qrcodegen 1.8.0 (with padding), by Tests/Interop/qr/vectors.py; penalties by segno.")
print("# program version mask count penalty matrix: byte i of the content is (7 i² + 13 i + 31 version) mod 256; the matrix is in rows of 0 and 1")
print("# without separator: as hexadecimal of its bits filled up with zeros, or as the SHA-256 of those characters")


def line(program, version, mask, count, matrix):
    bits = "".join(str(module) for row in matrix for module in row)
    if version in (1, 2, 7):
        packed = bits.ljust(-(-len(bits) // 8) * 8, "0")
        shown = int(packed, 2).to_bytes(len(packed) // 8, "big").hex()
    else:
        shown = hashlib.sha256(bits.encode()).hexdigest()
    print(program, version, mask, count, oracle.penalty(matrix), shown)


for version in range(1, 41):
    full = oracle.capacity(version)
    mask = version % 8
    line("segno", version, mask, full, oracle.by_segno(oracle.content(full, version), version, mask))
    for mask in range(8) if version in (1, 7) else [(version + 3) % 8]:
        shorter = full - 1 - version // 2
        line("qrcodegen", version, mask, shorter, oracle.by_qrcodegen(oracle.content(shorter, version), version, mask))
