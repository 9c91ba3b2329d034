#!/usr/bin/env python3
"""Looks for every number and code of the quickstart in everything it wrote and printed.

    leaks.py SIGNUP TOOL

SIGNUP is the program of Examples/SignUp, TOOL is `phone-identity`. Numbers and codes are told on a descriptor of its own, and
looked for as text in several forms, UTF-16, hexadecimal, base 64 at every alignment and packed decimal. That the search
can find anything is shown first, on planted ones. The last line is `N passed, N failed`.
"""
import base64
import os
import pathlib
import subprocess
import sys
import tempfile


def bcd(digits):
    """Two digits a byte, in both orders of nibbles, and at both alignments."""
    for padded in (digits if len(digits) % 2 == 0 else digits + "f", "0" + digits if len(digits) % 2 else digits):
        yield bytes.fromhex(padded)
        yield bytes(int(padded[at + 1] + padded[at], 16) for at in range(0, len(padded), 2))


def base64_at_every_alignment(text):
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text)
        # Without the characters that neighbours share.
        yield encoded[(0, 2, 3)[shift]:].rstrip(b"=")[:-1]


def forms(texts):
    """Every way one value may be written, as bytes."""
    for text in texts:
        plain = text.encode()
        yield plain
        for encoding in ("utf-16-le", "utf-16-be"):
            yield text.encode(encoding)
        for spelled in (plain.hex(), plain.hex().upper()):
            yield spelled.encode()
        yield from base64_at_every_alignment(plain)
        for encoded in base64_at_every_alignment(plain):
            yield encoded.replace(b"+", b"-").replace(b"/", b"_")
        if text.isdigit():
            yield from bcd(text)


def found(needles, hay):
    return [needle for needle in needles if needle in hay]


def main():
    signup, tool = sys.argv[1:]
    passed = failed = 0

    def note(what, problem):
        nonlocal passed, failed
        print(f"{'FAIL' if problem else 'ok  '} {what}{': ' + problem if problem else ''}")
        if problem:
            failed += 1
        else:
            passed += 1

    with tempfile.TemporaryDirectory() as work:
        directory = pathlib.Path(work) / "deployment"
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [signup, "--directory", str(directory), "--code-digits", "10", "--witness", str(writing)], pass_fds=[writing],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(writing)
        output, _ = process.communicate(timeout=300)
        with os.fdopen(reading) as told:
            secrets = sorted(set(line.strip() for line in told))
        note("the quickstart runs", None if process.returncode == 0 else output.decode(errors="replace")[-500:])
        audit = subprocess.run(
            [tool, "audit", "verify", str(directory / "log"), "--key", str(directory / "log.pub")], capture_output=True, timeout=300)
        note("its log verifies", None if audit.returncode == 0 else audit.stderr.decode())
        without = subprocess.run([tool, "audit", "verify", str(directory / "log")], capture_output=True, timeout=300)
        note("without a key the tool refuses with exit 2", None if without.returncode == 2 else str(without.returncode))
        output += audit.stdout + audit.stderr + without.stdout + without.stderr

        needles = {}
        for secret in secrets:
            kind, value = secret.split(" ")
            texts = [value]
            if kind == "number":
                written = subprocess.run([tool, "normalize", "--region", "CH", value], capture_output=True, text=True).stdout
                rows = dict(line.split(None, 1) for line in written.splitlines() if line.startswith(("national", "international")))
                national = rows["national"].strip()
                texts += [value[1:], national, rows["international"].strip(), "".join(filter(str.isdigit, national))]
            # Seven digits and more, so that chance finds nothing.
            needles[secret] = sorted({form for form in forms(texts) if len(form) >= 5})
        numbers = sum(secret.startswith("number") for secret in secrets)
        note("numbers and codes were told", None if numbers >= 7 and len(secrets) - numbers >= 7 else str(len(secrets)))

        planted = [("number +41781234567", "+41781234567"), ("code 8362019475", "8362019475")]
        for name, text in planted:
            everything = list(forms([text]))
            missed = [form for form in everything if not found([form], b"\x17junk" + form + b"more\xff")]
            note(f"a planted {name.split()[0]} is found in each of {len(everything)} forms", repr(missed) if missed else None)

        files = [path for path in directory.rglob("*") if path.is_file()]
        expected = {"identity.sqlite", "shred.sqlite", "host.keyring", "log.pub", "checkpoint"}
        note(f"there are {len(files)} files to search", None if expected <= {path.name for path in files} else str(files))
        for path in files:
            hay = path.read_bytes()
            hits = {secret.split()[0] for secret, forms in needles.items() if found(forms, hay)}
            if hits:
                note(f"{path.relative_to(directory)} holds no number and no code", f"holds a {' and a '.join(sorted(hits))}")
        hits = {secret.split()[0] for secret, forms in needles.items() if found(forms, output)}
        note("no file and no line of output holds a number or a code", f"output holds a {', '.join(hits)}" if hits else None)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
