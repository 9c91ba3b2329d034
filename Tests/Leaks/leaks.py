#!/usr/bin/env python3
"""Looks for every number and code of the quickstart in everything it wrote and printed.

    leaks.py SIGNUP TOOL

SIGNUP is the program of Examples/SignUp, TOOL is `phone-identity`. Numbers, as typed and as understood, and codes are told on a
descriptor of its own, and looked for as text in several forms, UTF-16, hexadecimal, base 64 at every alignment and packed decimal:
in every file and file name of the deployment and of the program's temporary directory, and in every line of output. Before that the
same search has to find what planted.py holds in a copy of all that. The last line is `N passed, N failed`.
"""
import base64
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from planted import PLANTS, SECRETS

# Shorter ones would be found by chance.
SHORTEST = 5


def packed(digits):
    """Two digits a byte, in both orders of the halves, from a whole and from half a byte on, and without halves of neighbours."""
    padded = {before + digits + after for before in ("", "0", "f") for after in ("", "0", "f")} | {digits[:-1], digits[1:], digits[1:-1]}
    for halves in padded:
        if len(halves) % 2 == 0:
            yield bytes.fromhex(halves)
            yield bytes(int(halves[at + 1] + halves[at], 16) for at in range(0, len(halves), 2))


def base64_at_every_alignment(text):
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text)
        # Without the characters that neighbours share.
        yield encoded[(0, 2, 3)[shift]:].rstrip(b"=")[:-1]


def forms(text):
    """Every way a text may be written, as bytes."""
    plain = text.encode()
    yield plain
    for encoding in ("utf-16-le", "utf-16-be"):
        yield text.encode(encoding)
    for spelled in (plain.hex(), plain.hex().upper()):
        yield spelled.encode()
    for encoded in base64_at_every_alignment(plain):
        yield encoded
        yield encoded.replace(b"+", b"-").replace(b"/", b"_")
    if text.isascii() and text.isdigit():
        yield from packed(text)


def texts(secret, tool):
    """Every way a number or a code may be spelled."""
    kind, value = secret.split(" ", 1)
    if kind != "number":
        return {value}
    written = subprocess.run([tool, "normalize", "--region", "CH", value], capture_output=True, text=True, check=True).stdout
    rows = {row[:14].strip(): row[14:].strip() for row in written.splitlines()}
    national, international = rows["national"], rows["international"]
    country = international.removeprefix("+").split(" ")[0]
    significant = value.removeprefix(f"+{country}")
    return {value, value[1:], national, "".join(filter(str.isdigit, national)), significant, international}


def needles(secrets, tool):
    return {secret: {form for text in texts(secret, tool) for form in forms(text) if len(form) >= SHORTEST} for secret in secrets}


def places(directories, output):
    """Everything there is to search: a name and the bytes of each. Long runs of zeros are shortened, which no form has."""
    everything = {"the output": output}
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            everything[f"the name of a file in {directory.name}"] = (
                everything.get(f"the name of a file in {directory.name}", b"") + os.fsencode(path.relative_to(directory)) + b"\n")
            if path.is_file():
                everything[f"{directory.name}/{path.relative_to(directory)}"] = path.read_bytes()
    return {name: re.sub(rb"\0{100,}", bytes(100), hay) for name, hay in everything.items()}


def search(sought, hays):
    """(name of the place, secret, from, to) of every hit."""
    for name, hay in hays.items():
        for secret, needles_of_it in sought.items():
            for needle in needles_of_it:
                at = hay.find(needle)
                while at >= 0:
                    yield name, secret, at, at + len(needle)
                    at = hay.find(needle, at + 1)


def plant(directory, output):
    """Writes every plant into a database, a text file and a line of output; (name of the place, plant's number, from, to) of each."""
    marked = [b"<%d|%s|%d>" % (number, plant, number) for number, (_, _, plant) in enumerate(PLANTS)]
    with sqlite3.connect(directory / "identity.sqlite") as database:
        database.execute("CREATE TABLE planted (value BLOB)")
        database.executemany("INSERT INTO planted VALUES (?)", [(value,) for value in marked])
    database.close()
    (directory / "log" / "planted.txt").write_bytes(b"\n".join(marked))
    output += b"".join(b"a line with " + value + b"\n" for value in marked)
    hays = places([directory], output)
    where = []
    for name in (f"{directory.name}/identity.sqlite", f"{directory.name}/log/planted.txt", "the output"):
        for number, value in enumerate(marked):
            at = hays.get(name, b"").find(value)
            where.append((name, number, at, at + len(value)))
    return hays, where


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def note(self, what, problem=None):
        print(f"{'FAIL' if problem else 'ok  '} {what}{': ' + problem if problem else ''}")
        if problem:
            self.failed += 1
        else:
            self.passed += 1


def look_for_plants(report, deployment, output, tool, work):
    copy = work / "copy"
    shutil.copytree(deployment, copy)
    hays, where = plant(copy, output)
    hits = list(search(needles(SECRETS, tool), hays))
    for place in sorted({name for name, *_ in where}):
        missed = [
            f"{PLANTS[number][0]} as {PLANTS[number][1]}" for name, number, start, end in where
            if name == place and not any(
                hit == place and secret == PLANTS[number][0] and start <= first and last <= end for hit, secret, first, last in hits)
        ]
        report.note(f"a planted number and code are found in {place} in each of {len(PLANTS)} forms", ", ".join(missed))


def main():
    signup, tool = sys.argv[1:]
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        deployment, temporary = work / "deployment", work / "temporary"
        temporary.mkdir()
        environment = dict(os.environ, TMPDIR=str(temporary), SQLITE_TMPDIR=str(temporary))
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [signup, "--directory", str(deployment), "--code-digits", "10", "--witness", str(writing)], pass_fds=[writing],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(writing)
        output, _ = process.communicate(timeout=300)
        with os.fdopen(reading, encoding="utf-8") as told:
            secrets = sorted({line.rstrip("\n") for line in told})
        report.note("the quickstart runs", None if process.returncode == 0 else output.decode(errors="replace")[-500:])

        def run_tool(*words):
            done = subprocess.run([tool, *map(str, words)], capture_output=True, timeout=300, env=environment)
            return done.returncode, done.stdout + done.stderr

        code, said = run_tool("audit", "verify", deployment / "log", "--key", deployment / "log.pub")
        report.note("its log verifies", None if code == 0 else said.decode())
        output += said
        code, said = run_tool("audit", "verify", deployment / "log")
        report.note("without a key the tool refuses with exit 2", None if code == 2 else str(code))
        output += said

        kinds = [secret.split(" ")[0] for secret in secrets]
        counts = {kind: kinds.count(kind) for kind in ("number", "typed", "code")}
        report.note("seven numbers, what was typed, and the codes were told", None if min(counts.values()) >= 7 else str(counts))

        look_for_plants(report, deployment, output, tool, work)

        hays = places([deployment, temporary], output)
        files = {path.name for path in deployment.rglob("*") if path.is_file()}
        report.note(
            f"there are {len(files)} files to search",
            None if {"identity.sqlite", "shred.sqlite", "host.keyring", "log.pub", "checkpoint"} <= files else str(files))
        hits = sorted({f"{name} holds a {secret.split()[0]}" for name, secret, *_ in search(needles(secrets, tool), hays)})
        report.note("no file, no name of a file and no line of output holds a number or a code", ", ".join(hits))
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
