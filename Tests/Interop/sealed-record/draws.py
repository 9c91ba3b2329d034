"""Bytes that look random and are the same each time: for files that are committed."""
import hashlib

import ristretto


class Draws:
    def __init__(self, name):
        self.name, self.counter = name, 0

    def bytes(self, count):
        self.counter += 1
        return hashlib.shake_256(b"%s %d" % (self.name, self.counter)).digest(count)

    def scalar(self):
        return int.from_bytes(self.bytes(64), "little") % ristretto.ORDER
