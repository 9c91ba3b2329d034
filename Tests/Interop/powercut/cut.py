"""Runs a command, cuts the power at random points, and has each disk that may be left checked.

    cut.py --check CHECKER [--images 60] [--seed 1] [--expect-loss] -- COMMAND...

COMMAND finds the directory it shall work in, empty at first, as its environment's POWERCUT_DIRECTORY. CHECKER is called as
`CHECKER IMAGE PRINTED`: a directory as it may be after the cut, and a file with what COMMAND had printed by then; it exits 0 when
everything promised is there. With --expect-loss the run passes when at least one image fails: the proof that the
check can fail at all. POWERCUT_SHIM names the library built from shim.c.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

from rebuild import Journal


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--check", required=True)
    arguments.add_argument("--images", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--expect-loss", action="store_true")
    arguments.add_argument("command", nargs="+")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory() as work:
        directory, journal_file = os.path.join(work, "disk"), os.path.join(work, "journal")
        os.mkdir(directory)
        environment = dict(os.environ, POWERCUT_DIRECTORY=directory, POWERCUT_JOURNAL=journal_file)
        environment["LD_PRELOAD"] = os.environ["POWERCUT_SHIM"]
        subprocess.run(options.command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=120)
        journal = Journal.read(journal_file)
        kinds = "".join(record[0] for record in journal.records)
        assert "W" in kinds and "P" in kinds, "the shim saw nothing: is the command linked statically?"

        chance = random.Random(options.seed)
        failures = []
        for number in range(options.images):
            torn = number % 2 == 1
            cut = chance.randint(0, len(journal.records))
            image, printed_file = os.path.join(work, "image"), os.path.join(work, "printed")
            printed = journal.image(cut, image, chance if torn else None)
            open(printed_file, "wb").write(printed)
            checked = subprocess.run([options.check, image, printed_file], capture_output=True, text=True)
            if checked.returncode:
                failures.append(f"cut at {cut} of {len(journal.records)}, {'torn' if torn else 'synced only'}: {checked.stdout.strip()}")
            shutil.rmtree(image)

    if options.expect_loss:
        print(f"  {len(failures)} of {options.images} cuts lost something, as they must without waiting for the disk")
        print("".join(f"  first: {failure}\n" for failure in failures[:1]), end="")
        return 0 if failures else 1
    for failure in failures:
        print("  " + failure)
    print(f"  {options.images} cuts over {len(journal.records)} records, {len(failures)} lost something ({kinds.count('S')} syncs)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
