#!/usr/bin/env python3
"""Verifies DIR/log with log.pub, independently: Python's standard library and RFC 8032's own arithmetic, nothing of this package.

usage: verify.py LOG_DIRECTORY LOG_PUB        exit code 0: good, 1: bad (the reason is printed), 2: wrong use
"""
import base64
import hashlib
import pathlib
import struct
import sys

# Ed25519 verification as in RFC 8032 §5.1, affine and slow: one signature is checked.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        raise ValueError
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * I % P
    if (x * x - x2) % P or (x == 0 and sign):
        raise ValueError
    return P - x if x & 1 != sign else x


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def multiply(k, point):
    result = (0, 1)
    while k:
        if k & 1:
            result = add(result, point)
        point, k = add(point, point), k >> 1
    return result


def decode_point(data):
    n = int.from_bytes(data, "little")
    y = n & (1 << 255) - 1
    return (recover_x(y, n >> 255), y)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def verify_ed25519(key, message, signature):
    try:
        a, r = decode_point(key), decode_point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return s < L and multiply(s, BASE) == add(r, multiply(h, a))


class Bad(Exception):
    pass


def sha256(data):
    return hashlib.sha256(data).digest()


def root(hashes):
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root(hashes[:k]) + root(hashes[k:]))


def tile_name(index):
    text = "%03d" % (index % 1000)
    while index >= 1000:
        index //= 1000
        text = "x%03d/%s" % (index % 1000, text)
    return text


def read_tile(log, level, index, width):
    full = "tile/%s/%s" % (level, tile_name(index))
    path = full if width == 256 else "%s.p/%d" % (full, width)
    if (log / path).exists():
        return path, (log / path).read_bytes(), width
    if (log / full).exists():
        return full, (log / full).read_bytes(), 256
    raise Bad(f"{path} is missing")


def read_checkpoint(log, pub):
    name, digest, encoded = pub.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    key_id = sha256(name.encode() + b"\n" + key)[:4]
    if len(key) != 33 or key[0] != 1 or key_id.hex() != digest:
        raise Bad("log.pub is not a note key of type Ed25519")
    note = (log / "checkpoint").read_bytes()
    body, _, lines = note.rpartition(b"\n\n")
    body += b"\n"
    signed = False
    for line in lines.decode().splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and blob[:4] == key_id:
            if not verify_ed25519(key[1:], body, blob[4:]):
                raise Bad("the checkpoint's signature is wrong")
            signed = True
    if not signed:
        raise Bad("the checkpoint has no signature of this log")
    origin, size, root_text = body.decode().splitlines()[:3]
    if origin != name:
        raise Bad("the checkpoint is of another log")
    return int(size), base64.b64decode(root_text, validate=True)


def verify(log, pub):
    size, signed_root = read_checkpoint(log, pub)
    hashes = []
    for index in range((size + 255) // 256):
        width = min(256, size - 256 * index)
        path, data, count = read_tile(log, "entries", index, width)
        at = 0
        for offset in range(count):
            (length,) = struct.unpack_from(">H", data, at)
            entry = data[at + 2:at + 2 + length]
            at += 2 + length
            if offset >= width:
                continue
            number = index * 256 + offset
            if len(entry) != 59 or entry[0] != 1:
                raise Bad(f"entry {number} in {path} has not the format of version 1")
            hashes.append(sha256(b"\0" + entry))
        if at != len(data):
            raise Bad(f"{path} has bytes left over")
    level, row = 0, hashes
    while row:
        for index in range((len(row) + 255) // 256):
            part = row[256 * index:256 * index + 256]
            path, data, _ = read_tile(log, str(level), index, len(part))
            if data[:32 * len(part)] != b"".join(part):
                raise Bad(f"{path} does not hold the hashes of what is below it")
        row = [root(row[i:i + 256]) for i in range(0, len(row) // 256 * 256, 256)]
        level += 1
    if root(hashes) != signed_root:
        raise Bad("the tree has another root than the one that was signed")
    return size


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        size = verify(pathlib.Path(arguments[0]), pathlib.Path(arguments[1]).read_text())
    except (Bad, ValueError, OSError, struct.error) as error:
        print(f"bad: {error}")
        return 1
    print(f"good: {size} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
