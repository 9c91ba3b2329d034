#!/usr/bin/env python3
"""Kills sign-ups, cuts their power, and races processes; then checks that every promise is kept.

    crash.py LOAD [--rounds 12] [--images 20] [--seed N] [--only kill|race|power]

LOAD is the program `signup-load`. The last line is `N passed, N failed`.
"""
import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
POWERCUT = HERE.parent / "Interop" / "powercut"


class Bench:
    def __init__(self, load, seed):
        self.load, self.chance = load, random.Random(seed)
        self.passed = self.failed = self.hours = 0

    def run(self, *words, **options):
        return subprocess.run([self.load, *map(str, words)], capture_output=True, text=True, timeout=300, **options)

    def note(self, what, problem):
        print(f"{'ok  ' if problem is None else 'FAIL'} {what}{'' if problem is None else ': ' + problem}", flush=True)
        if problem is None:
            self.passed += 1
        else:
            self.failed += 1

    def check(self, state, keys, printed):
        # Each check asks for codes of some numbers again, which have a cool-down: each has a later clock.
        self.hours += 2
        done = self.run("check", state, keys, printed, self.hours)
        return None if done.returncode == 0 else (done.stdout + done.stderr).strip()

    def kill(self, rounds):
        """kill -9 at a random moment of each round, until 200 sign-ups were promised and the rounds are over."""
        with tempfile.TemporaryDirectory() as work:
            state, keys, printed = f"{work}/state", f"{work}/keys", f"{work}/printed"
            os.mkdir(state)
            assert self.run("prepare", state, keys).returncode == 0
            number = promised = 0
            begun = time.monotonic()
            while (number < rounds or promised < 200) and number < 200 and time.monotonic() - begun < 600:
                with open(printed, "a") as out:
                    process = subprocess.Popen([self.load, "sign-ups", state, keys, str(number * 1000), "1000", "8"], stdout=out)
                    time.sleep(self.chance.uniform(0.02, 0.5))
                    process.kill()
                    process.wait()
                with open(printed) as lines:
                    promised = sum(line.startswith("enrolled") for line in lines)
                number += 1
                if number % 4 == 0 and (problem := self.check(state, keys, printed)):
                    return self.note(f"kill -9, after {number} rounds", problem)
            self.note(f"kill -9 at {number} random moments of {promised} promised sign-ups", self.check(state, keys, printed))

    def race(self):
        """Two processes with 32 callers each, on one database."""
        with tempfile.TemporaryDirectory() as work:
            state, keys = f"{work}/state", f"{work}/keys"
            os.mkdir(state)
            assert self.run("prepare", state, keys).returncode == 0

            def together(*commands):
                running = [
                    subprocess.Popen([self.load, *map(str, command)], stdout=subprocess.PIPE, text=True) for command in commands
                ]
                return [line for process in running for line in process.communicate(timeout=300)[0].splitlines()]

            token, code = self.run("begin", state, keys, 1).stdout.split()[1:3]
            endings = sorted(together(*[("race", state, keys, token, code, 32)] * 2))
            expected = ["ended enrolled"] + ["ended otp.alreadyCompleted"] * 63
            won = endings.count("ended enrolled")
            # Payments are budgeted: those who came after the tries were used up are told so, and nobody is told "busy".
            allowed = {"ended enrolled", "ended otp.alreadyCompleted", "ended otp.exhausted"}
            self.note(
                "of 64 right completions of one challenge in 2 processes exactly one wins",
                None if won == 1 and set(endings) <= allowed and len(endings) == len(expected) else str({e: endings.count(e) for e in endings}))

            token, code = self.run("begin", state, keys, 2).stdout.split()[1:3]
            wrong = "".join(str((int(digit) + 1) % 10) for digit in code)
            endings = together(*[("race", state, keys, token, wrong, 32)] * 2)
            counts = {ending: endings.count(ending) for ending in endings}
            self.note(
                "of 64 wrong guesses in 2 processes exactly 5 are compared",
                None if counts == {"ended otp.wrongCode": 5, "ended otp.exhausted": 59} else str(counts))

            lines = together(("sign-ups", state, keys, 100, 32, 32), ("sign-ups", state, keys, 200, 32, 32))
            self.note(
                "64 sign-ups of 64 numbers in 2 processes all succeed",
                None if len(lines) == 64 and all(line.startswith("enrolled") for line in lines) else "\n".join(lines))
            lines = together(*[("sign-ups", state, keys, 300, 16, 16)] * 2)
            enrolled = [line.split()[1] for line in lines if line.startswith("enrolled")]
            self.note(
                "16 numbers that sign up in 2 processes at once get at most one account each",
                None if len(enrolled) == len(set(enrolled)) else "\n".join(lines))
            printed = f"{work}/printed"
            pathlib.Path(printed).write_text("")
            self.note("nothing is half there after the races", self.check(state, keys, printed))

    def power(self, images):
        """Cuts the power of a whole deployment: both databases, the signer's head and the tiles."""
        with tempfile.TemporaryDirectory() as work:
            shim = f"{work}/shim.so"
            subprocess.run(
                ["cc", "-O2", "-Wno-format-truncation", "-shared", "-fPIC", "-o", shim, POWERCUT / "shim.c", "-ldl"], check=True)
            scratch, keys = f"{work}/scratch", f"{work}/keys"
            os.mkdir(scratch)
            assert self.run("prepare", scratch, keys).returncode == 0
            checker = pathlib.Path(f"{work}/check")
            checker.write_text(f'#!/bin/sh\nexec "{self.load}" check "$1" "{keys}" "$2"\n')
            checker.chmod(0o755)
            done = subprocess.run(
                [
                    sys.executable, POWERCUT / "cut.py", "--check", checker, "--images", str(images), "--seed",
                    str(self.chance.randrange(1 << 30)), "--", "sh", "-c",
                    'exec "$0" sign-ups "$POWERCUT_DIRECTORY" "$1" 0 60 4', self.load, keys,
                ], env=dict(os.environ, POWERCUT_SHIM=shim), capture_output=True, text=True, timeout=1200)
            print(done.stdout.strip())
            self.note(f"power cut at {images} random moments of 60 sign-ups", None if done.returncode == 0 else done.stderr.strip()[-2000:])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("load")
    arguments.add_argument("--rounds", type=int, default=12)
    arguments.add_argument("--images", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--only", choices=["kill", "race", "power"])
    options = arguments.parse_args()
    print(f"seed {options.seed}")
    bench = Bench(options.load, options.seed)
    if options.only in (None, "race"):
        bench.race()
    if options.only in (None, "kill"):
        bench.kill(options.rounds)
    if options.only in (None, "power"):
        bench.power(options.images)
    print(f"{bench.passed} passed, {bench.failed} failed")
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
