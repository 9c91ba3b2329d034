#!/usr/bin/env python3
"""Messages a second that SMPPGateway gets through a message centre, against a bare client's: in turn, with the same centre, a window of 100.

    compare.py SMPP-LOAD BARE PYTHON [ROUNDS] [COUNT]

PYTHON runs Tests/Interop/smpp/centre.py, whose speed is the limit of both; where PORT is in the environment, another centre that listens there is taken.
"""
import os
import pathlib
import re
import statistics
import subprocess
import sys

load, bare, python = sys.argv[1:4]
rounds, count = (int(text) for text in (sys.argv[4:] + ["15", "8000"][len(sys.argv) - 4:]))
centre = None
port = os.environ.get("PORT")
if not port:
    script = pathlib.Path(__file__).resolve().parents[2] / "Interop/smpp/centre.py"
    centre = subprocess.Popen([python, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    port = centre.stdout.readline().split()[1]


def ours():
    said = subprocess.run(
        [load, "--port", port, "--count", str(count), "--window", "100", "--quiet", "1"], check=True, capture_output=True, text=True).stdout
    assert f"accepted={count} " in said, said
    return int(re.search(r"rate (\d+)", said)[1])


def theirs():
    return int(subprocess.run([bare, port, str(count), "100"], check=True, capture_output=True, text=True).stdout)


try:
    pairs = []
    ours(), theirs()
    for number in range(rounds):
        # Who comes first changes, as the machine does.
        if number % 2:
            second = theirs()
            pairs.append((ours(), second))
        else:
            first = ours()
            pairs.append((first, theirs()))
finally:
    if centre:
        centre.kill()
mine, other = (statistics.median(values) for values in zip(*pairs))
print(f"figure smpp-vs-peer {statistics.median(a / b for a, b in pairs):.2f} x; ours {mine:.0f}/s, bare {other:.0f}/s")
