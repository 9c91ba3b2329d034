#!/usr/bin/env python3
"""Compares two programs' answers line by line: compare.py CORPUS EXPECTED ACTUAL.

Shows the first differences, then how many lines agree, then `N passed, N failed`.
"""
import sys
from itertools import zip_longest


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def main():
    inputs, expected, actual = map(lines, sys.argv[1:4])
    failed = 0
    for text, wanted, got in zip_longest(inputs, expected, actual):
        if wanted != got or text is None:
            failed += 1
            if failed <= 10:
                print("input     %s\nreference %s\nours      %s\n" % (ascii(text), wanted, got))
    total = max(len(inputs), len(expected), len(actual))
    print("agreement %.4f %%" % (100.0 * (total - failed) / max(total, 1)))
    print("%d passed, %d failed" % (total - failed, failed))
    sys.exit(1 if failed or not total else 0)


if __name__ == "__main__":
    main()
