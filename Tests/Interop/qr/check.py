#!/usr/bin/env python3
"""QR codes against other people's programs. The last line of `check` is `N passed, N failed`.

    check.py requests COUNT SEED >requests.txt    what the tests of OTPEngine are to draw
    check.py check FOLDER                         what they drew: matrices by segno and qrcodegen, pictures by rsvg-convert and zbarimg
"""
import pathlib
import random
import subprocess
import sys

import oracle


def requests(count, seed):
    rng = random.Random(seed)
    capacities = [0] + [oracle.capacity(version) for version in range(1, 41)]
    for version in range(1, 41):
        # A full code; and one that is no longer in the version below, as long as an address or as anything else.
        for length in (capacities[version], rng.randint(capacities[version - 1] + 1, capacities[version])):
            yield version, rng.randrange(8), printable(rng, length)
    for _ in range(count):
        length = rng.randint(1, 600)
        version = next(v for v in range(1, 41) if capacities[v] >= length)
        yield version, rng.randrange(8), printable(rng, length)


def printable(rng, length):
    """Text of one line: zbarimg ends what it prints with a line break, and guesses at the encoding of bytes that are no ASCII."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/?&=%+-._~@"
    return "".join(rng.choice(letters) for _ in range(length)).encode()


def reads(svg, side, data):
    """At a few sizes, as zbarimg loses some codes at some of them, whoever drew them: qrcodegen's very modules too."""
    picture = svg.with_suffix(".png")
    subprocess.run(["rsvg-convert", "-w", str(side), "-o", str(picture), str(svg)], check=True)
    return subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True).stdout == data + b"\n"


def check(folder):
    passed = failed = 0

    def expect(condition, sentence):
        nonlocal passed, failed
        passed, failed = passed + bool(condition), failed + (not condition)
        if not condition:
            print("FAILED:", sentence)

    asked = (folder / "requests.txt").read_text().splitlines()
    drawn = (folder / "matrices.txt").read_text().splitlines()
    expect(len(asked) == len(drawn), "there is an answer to every request")
    agreed = most = 0
    for index, (request, answer) in enumerate(zip(asked, drawn)):
        version, mask, data = int(request.split()[0]), int(request.split()[1]), bytes.fromhex(request.split()[2])
        chosen, best, modules = answer.split()
        name = f"{len(data)} bytes in version {version} under mask {mask}"
        expect(int(chosen) == version, f"{name}: version {chosen} was chosen")
        matrix = oracle.by_qrcodegen(data, version, mask)
        expect(modules == "".join(str(m) for row in matrix for m in row), f"{name}: not what qrcodegen makes")
        if len(data) == oracle.capacity(version):
            matrix = oracle.by_segno(data, version, mask)
            expect(modules == "".join(str(m) for row in matrix for m in row), f"{name}: not what segno makes")
        penalties = [oracle.penalty(oracle.by_qrcodegen(data, version, m)) for m in range(8)] if version <= 20 else ["-"]
        if "-" not in penalties:
            agreed += 1
            expect(penalties[int(best)] == min(penalties), f"{name}: mask {best} is not the one with the least penalty")
        sizes = [dots for dots in (4, 5, 6) if reads(folder / f"{index}.svg", dots * (25 + 4 * version), data)]
        expect(sizes, f"{name}: zbarimg does not read it")
        most += 4 in sizes
    expect(agreed > 20, "most masks were compared")
    expect(100 * most >= 97 * len(asked), f"{most} are read with four dots a module")
    print(f"{passed} passed, {failed} failed")
    return failed == 0


if sys.argv[1] == "requests":
    for version, mask, data in requests(int(sys.argv[2]), int(sys.argv[3])):
        print(version, mask, data.hex())
else:
    sys.exit(0 if check(pathlib.Path(sys.argv[2])) else 1)
