#!/usr/bin/env python3
"""Looks for secrets in the memory of a process that has dropped them all. Linux only.

    scan.py MEMORY_SCAN…

MEMORY_SCAN is the program `memory-scan`, in one or several builds. It runs once for each of its ways; when it waits, all its writable
memory is read: heap, stacks of all threads, guarded pages. Looked for is every needle it told (under a mask, so that it does not hold
it itself), whole and in part, and what its algorithm makes of it. What it planted has to be found. The last line is
`N passed, N failed`.
"""
import hashlib
import re
import subprocess
import sys

MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)")
RUNS = 3


def parts(name, secret):
    """What is as good as the secret. A key is found by half of it: freed memory loses its first 16 bytes to the allocator."""
    found = {}
    if name == "number":
        return {f"digits {at}": secret[at:at + 8] for at in (0, 4, 7)}
    for at in range(0, len(secret) - 15, 8):
        found[f"{at}…{at + 15}"] = secret[at:at + 16]
    if name == "hmac-key":
        for pad in (0x36, 0x5C):
            padded = bytes(byte ^ pad for byte in secret)
            found.update({f"padded {pad:02x} {where}": part for where, part in parts("", padded).items()})
    if name == "ed25519-seed":
        found.update({f"expanded {where}": part for where, part in parts("", hashlib.sha512(secret).digest()).items()})
    return found


def mappings(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            start, end, mode, path = MAPPING.match(line).groups()
            if mode.startswith("rw"):
                yield int(start, 16), int(end, 16), path


def memory(pid):
    with open(f"/proc/{pid}/mem", "rb", 0) as contents:
        for start, end, path in mappings(pid):
            contents.seek(start)
            held = b""
            while len(held) < end - start:
                more = contents.read(end - start - len(held))
                if not more:
                    break
                held += more
            yield path or "anonymous", start, held


def residues(program, way):
    """(how many bytes were read, how many secrets were told, a line for each residue)"""
    process = subprocess.Popen([program, way], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        needles = []
        for line in process.stdout:
            if line == "ready\n":
                break
            _, name, masked, mask = line.split()
            needles.append((name, bytes(a ^ b for a, b in zip(bytes.fromhex(masked), bytes.fromhex(mask)))))
        else:
            raise SystemExit(f"{program} {way} ended with {process.wait()} before it was ready")
        read, found = 0, []
        for path, start, held in memory(process.pid):
            read += len(held)
            for name, secret in needles:
                for where, part in parts(name, secret).items():
                    at = held.find(part)
                    if at >= 0:
                        found.append(f"{name} ({where}) at {path}+{at:#x}")
        return read, len(needles), found
    finally:
        process.stdin.close()
        process.wait()


def main():
    passed = failed = 0
    for program in sys.argv[1:]:
        ways = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split()
        for way in ways:
            planted = way.startswith("planted")
            faults = []
            for _ in range(RUNS):
                read, told, found = residues(program, way)
                if read < 1 << 20 or not told:
                    faults.append(f"only {read} bytes of memory and {told} secrets")
                if planted != bool(found):
                    faults += found or ["what was planted was not found"]
            if faults:
                failed += 1
                for fault in sorted(set(faults)):
                    print(f"FAILED: {way}: {fault} ({program})")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
