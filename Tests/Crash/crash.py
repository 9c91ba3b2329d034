#!/usr/bin/env python3
"""Kills sign-ups, cuts their power, and races processes; then checks that every promise is kept.

    crash.py LOAD [--rounds 12] [--images 16] [--seed N] [--only kill|race|power] [--postgres]

With --postgres the databases are on the server that PHONE_IDENTITY_POSTGRES names (`Tests/Postgres/server` sets it); its own power is not cut.
LOAD is the program `signup-load`. The last line is `N passed, N failed`.
"""
import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
POWERCUT = HERE.parent / "Interop" / "powercut"
HOUR = 3600


class Rate:
    """The rates of Documentation/Formats.md, written again: what passes of many that come at once."""

    def __init__(self, limit, period):
        self.interval, self.burst, self.arrival = -(-period // limit), limit // 2 + 1, 0

    def passes(self, now):
        return self.arrival - (self.burst - 1) * self.interval <= now

    def spend(self, now):
        self.arrival = max(self.arrival, now) + self.interval


class Deployment:
    """One deployment in a directory. Its clock only goes forward, also from one process to the next."""

    def __init__(self, load, work, databases=()):
        self.load, self.work, self.ahead, self.databases = load, pathlib.Path(work), 0, databases
        self.state, self.keys, self.printed = (str(self.work / name) for name in ("state", "keys", "printed"))
        os.mkdir(self.state)
        pathlib.Path(self.printed).write_text("")
        self.run("prepare")

    def words(self, command, *words):
        return [self.load, command, self.state, self.keys, *map(str, words), "--ahead", str(self.ahead), *self.databases]

    def run(self, command, *words):
        done = subprocess.run(self.words(command, *words), capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.splitlines()

    def promise(self, lines):
        with open(self.printed, "a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def check(self, *options):
        """What is broken, or None. The check's own sign-ups are promises too; each check has a later clock, for their cool-down."""
        self.ahead += 3 * HOUR
        done = subprocess.run(self.words("check", self.printed, *options), capture_output=True, text=True, timeout=300)
        lines = done.stdout.splitlines()
        self.promise([line for line in lines if line.startswith(("already", "trying"))])
        said = [line for line in lines if not line.startswith(("already", "trying"))]
        print("     " + "; ".join(said), flush=True)
        return None if done.returncode == 0 else "\n".join(said) + done.stderr

    def begin(self, first, count=1):
        """[(index, token, code)]"""
        lines = [line.split() for line in self.run("begin", first, count)]
        assert len(lines) == count, lines
        return [(index, token, code) for _, index, token, code in lines]

    def together(self, *commands):
        """Runs commands in as many processes, which begin when all are open. Their lines as they came, and their exit codes."""
        reading, writing = os.pipe()
        running = [
            subprocess.Popen([*self.words(*command), "--wait"], stdin=subprocess.PIPE, stdout=writing, text=True) for command in commands
        ]
        os.close(writing)
        # Whoever waits for ever has failed.
        guard = threading.Timer(120, lambda: [process.kill() for process in running])
        guard.start()
        lines, ready = [], 0
        with os.fdopen(reading) as told:
            for line in map(str.strip, told):
                if line != "ready":
                    lines.append(line)
                    continue
                ready += 1
                if ready == len(running):
                    for process in running:
                        process.stdin.write("go\n")
                        process.stdin.flush()
        codes = [process.wait(timeout=60) for process in running]
        guard.cancel()
        return lines, codes

    def submit_together(self, *submissions):
        """Each list of (index, token, code, attempt) from a process of its own, at once: counted endings, and what went wrong beside."""
        commands = []
        for number, list_of_one in enumerate(submissions):
            file = self.work / f"submissions-{number}"
            file.write_text("".join(f"{index} {token} {code} {attempt}\n" for index, token, code, attempt in list_of_one))
            commands.append(("submit", file))
        lines, codes = self.together(*commands)
        endings = [tuple(line.split(" ", 2)[1:]) for line in lines if line.startswith("ended ")]
        others = [line for line in lines if not line.startswith("ended ")]
        return endings, f"exit codes {codes}, {others}" if any(codes) or others else None


def wrong(code):
    return "".join(str((int(digit) + 1) % 10) for digit in code)


class Bench:
    def __init__(self, load, seed, postgres=None):
        self.load, self.chance, self.postgres = load, random.Random(seed), postgres
        self.passed = self.failed = 0
        self.attempts = iter(range(1, 1 << 62))

    def note(self, what, problem=None):
        print(f"{'ok  ' if not problem else 'FAIL'} {what}{'' if not problem else ': ' + str(problem)}", flush=True)
        if problem:
            self.failed += 1
        else:
            self.passed += 1

    def expect(self, what, counts, expected, problem=None):
        counts, expected = collections.Counter(counts), collections.Counter(expected)
        self.note(what, problem or (None if counts == expected else f"{dict(counts)}, expected {dict(expected)}"))

    def deployment(self, work):
        databases = ["--postgres", self.postgres, "--schema", f"crash{self.chance.randrange(1 << 40)}"] if self.postgres else ()
        return Deployment(self.load, work, databases)

    # Kills

    def kill(self, rounds):
        """kill -9 at a random moment of each round, until the rounds are over and 200 sign-ups were promised.

        What was under way at a kill is tried again first in the next round, an hour later by its clock."""
        with tempfile.TemporaryDirectory() as work:
            deployment = self.deployment(work)
            tried, enrolled, answered = set(), set(), set()
            number = retried = 0
            begun = time.monotonic()

            def note_round(lines, again):
                """What a round may not have said."""
                deployment.promise(lines)
                for words in map(str.split, lines):
                    index = words[1] if len(words) > 1 else None
                    if words[0] == "trying":
                        tried.add(index)
                    elif words[0] == "enrolled":
                        if index in enrolled:
                            return f"number {index} was enrolled twice"
                        enrolled.add(index)
                        answered.add(index)
                    elif words[0] == "already":
                        if index not in again:
                            return f"number {index} was told that it has an account at its first sign-up"
                        answered.add(index)
                    elif words[0] != "checkpoint":
                        return " ".join(words)
                return None

            while number < rounds or (len(enrolled) < 200 and time.monotonic() - begun < 90):
                deployment.ahead += HOUR
                again = sorted(tried - answered)
                retried += len(again)
                output = pathlib.Path(work) / "round"
                with open(output, "w") as out:
                    process = subprocess.Popen(
                        [*deployment.words("sign-ups", number * 1000, 1000, 16), "--again", ",".join(again)], stdout=out)
                    time.sleep(self.chance.uniform(0.02, 0.8))
                    process.kill()
                    process.wait()
                # A line that the kill cut promises nothing.
                problem = note_round(output.read_text().rpartition("\n")[0].splitlines(), again)
                self.keep_checkpoint(deployment)
                number += 1
                if problem := problem or (deployment.check() if number % 6 == 0 else None):
                    return self.note(f"kill -9, after {number} rounds", problem)
            deployment.ahead += HOUR
            again = sorted(tried - answered)
            retried += len(again)
            lines = deployment.run("sign-ups", 0, 0, 8, "--again", ",".join(again))
            problem = note_round(lines, again)
            if len(enrolled) < 200:
                problem = problem or f"only {len(enrolled)} sign-ups were promised: the machine is too slow for this test"
            if tried != answered:
                problem = problem or f"numbers {sorted(tried - answered)} were under way at a kill and never got an answer"
            problem = problem or deployment.check()
            self.note(
                f"kill -9 at {number} random moments of {len(enrolled)} promised sign-ups; {retried} were tried again, "
                f"of which {len(answered - enrolled)} had an account that was never told", problem)

    def keep_checkpoint(self, deployment):
        """The checkpoint that a killed process left is one more promise."""
        path = pathlib.Path(deployment.state) / "log" / "checkpoint"
        if path.exists():
            lines = path.read_text().splitlines()
            deployment.promise([f"checkpoint {lines[1]} {lines[2]} {int(time.time() * 1000)}"])

    # Races

    def race(self):
        """Two processes with 32 callers each, on one database."""
        with tempfile.TemporaryDirectory() as work:
            deployment = self.deployment(work)
            self.race_sign_ups(deployment)
            self.race_completions(deployment)
            self.race_repetitions(deployment)
            self.race_two_challenges(deployment)
            self.race_budget(deployment)
            self.note("nothing is half there after the races", deployment.check())

    def race_sign_ups(self, deployment):
        lines, codes = deployment.together(
            ("sign-ups", 100, 32, 32, "--linger", 2500), ("sign-ups", 200, 32, 32, "--linger", 2500))
        deployment.promise(lines)
        enrolled = [line.split()[1] for line in lines if line.startswith("enrolled")]
        others = [line for line in lines if not line.startswith(("enrolled", "trying", "checkpoint"))]
        self.expect(
            "64 sign-ups of 64 numbers in 2 processes all succeed", enrolled,
            [str(base + index) for base in (100, 200) for index in range(32)],
            f"exit codes {codes}, {others}" if any(codes) or others else None)
        under_way = max(at for at, line in enumerate(lines) if line.startswith("trying"))
        answered = sum(line.startswith("enrolled") for line in lines[:under_way])
        self.note("all 64 were under way before 16 had an answer", f"{answered} had one" if answered >= 16 else None)
        # And 64 more over some seconds, so that the sequencer has to come again and again.
        lines, codes = deployment.together(
            *[("sign-ups", first, 32, 4, "--pause", 400, "--linger", 2500) for first in (400, 500)])
        deployment.promise(lines)
        self.note(
            "each of these and of 64 more over 3 s was in a signed checkpoint within 2 s of its answer",
            f"exit codes {codes}" if any(codes) else deployment.check("--within", 2000))

    def race_completions(self, deployment):
        def guesses(challenge, code):
            return [(*challenge[:2], code, next(self.attempts)) for _ in range(32)]

        challenge, = deployment.begin(1)
        endings, problem = deployment.submit_together(*[guesses(challenge, challenge[2]) for _ in range(2)])
        endings = [ending.split()[0] for _, ending in endings]
        # Payments are budgeted: those who came after the tries were used up are told so, and nobody is told "busy".
        endings = ["otp.alreadyCompleted" if ending == "otp.exhausted" else ending for ending in endings]
        self.expect(
            "of 64 right completions of one challenge in 2 processes exactly one wins", endings,
            {"enrolled": 1, "otp.alreadyCompleted": 63}, problem)

        challenge, = deployment.begin(2)
        endings, problem = deployment.submit_together(*[guesses(challenge, wrong(challenge[2])) for _ in range(2)])
        self.expect(
            "of 64 wrong guesses in 2 processes exactly 5 are compared", [ending for _, ending in endings],
            {**{f"otp.wrongCode {left}": 1 for left in range(5)}, "otp.exhausted": 59}, problem)

    def race_repetitions(self, deployment):
        challenge, = deployment.begin(3)
        same = [(*challenge, next(self.attempts))] * 32
        endings, problem = deployment.submit_together(same, same)
        answers = {ending for _, ending in endings}
        is_one = len(endings) == 64 and len(answers) == 1 and min(answers).startswith("enrolled u_")
        self.note(
            "one right attempt sent 64 times by 2 processes gets the same answer everywhere",
            problem or (None if is_one else collections.Counter(endings)))

        challenge, = deployment.begin(4)
        same = [(*challenge[:2], wrong(challenge[2]), next(self.attempts))] * 32
        endings, problem = deployment.submit_together(same, same)
        self.expect(
            "one wrong attempt sent 64 times by 2 processes is paid once", [ending for _, ending in endings],
            {"otp.wrongCode 4": 64}, problem)
        others = [[(*challenge[:2], wrong(challenge[2]), next(self.attempts)) for _ in range(32)] for _ in range(2)]
        endings, problem = deployment.submit_together(*others)
        self.expect(
            "and leaves four tries to other attempts", [ending for _, ending in endings],
            {**{f"otp.wrongCode {left}": 1 for left in range(4)}, "otp.exhausted": 60}, problem)

    def race_two_challenges(self, deployment):
        challenges = []
        for _ in range(2):
            challenges.append(deployment.begin(300, 16))
            # Past the cool-down: both codes are good.
            deployment.ahead += 40
        endings, problem = deployment.submit_together(
            *[[(*challenge, next(self.attempts)) for challenge in of_one] for of_one in challenges])
        expected = [(str(300 + index), verdict) for index in range(16) for verdict in ("enrolled", "already")]
        self.expect(
            "16 numbers that complete two challenges in 2 processes at once get one account each",
            [(index, ending.split()[0]) for index, ending in endings], expected, problem)
        names = collections.Counter((index, ending.split()[1]) for index, ending in endings if " " in ending)
        self.expect("and both answers name it by the same pseudonym", names.values(), [2] * 16)
        now = int(time.time() * 1000)
        deployment.promise([f"{ending} {now}".replace(" ", f" {index} ", 1) for index, ending in endings if " u_" in ending])

    def race_budget(self, deployment):
        """Guesses at all live challenges of one number, in waves over an hour: no more are compared than its budget lets through."""
        begun, hourly, daily = deployment.ahead, Rate(10, HOUR), Rate(20, 24 * HOUR)
        live, waves, problem = [], [], None
        # (seconds after the first wave, codes sent for it), as early as the budget of codes allows.
        for start, sends in ((0, 3), (500, 0), (900, 1), (1640, 1), (2400, 1), (2900, 0)):
            deployment.ahead = begun + start
            for number in range(sends):
                # The first pause is 30 s, the second twice that.
                deployment.ahead += 35 * number
                live += deployment.begin(5)
            expected = 0
            now = deployment.ahead - begun
            while hourly.passes(now) and daily.passes(now):
                hourly.spend(now)
                daily.spend(now)
                expected += 1
            waves.append(expected)
            def guesses():
                return [(index, token, wrong(code), next(self.attempts)) for index, token, code in live for _ in range(8)]

            endings, failure = deployment.submit_together(guesses(), guesses())
            counts = collections.Counter(ending.split()[0] for _, ending in endings)
            compared = counts.pop("otp.wrongCode", 0)
            # The older challenges of later waves are over.
            allowed = {"otp.tooManyGuesses", "otp.exhausted", "otp.expired", "otp.challengeNotFound"}
            if failure or compared != expected or not set(counts) <= allowed:
                problem = problem or f"after {start} s {compared} were compared, {expected} expected; {dict(counts)} {failure}"
        self.note(
            f"of hundreds of guesses at {len(live)} challenges of one number within an hour {' + '.join(map(str, waves))} are "
            "compared", problem)

    # Power

    def power(self, images):
        """Cuts the power of a whole deployment: both databases, the signer's head and the tiles."""
        with tempfile.TemporaryDirectory() as work:
            shim = f"{work}/shim.so"
            subprocess.run(
                ["cc", "-O2", "-Wno-format-truncation", "-shared", "-fPIC", "-o", shim, POWERCUT / "shim.c", "-ldl"], check=True)
            deployment = Deployment(self.load, work)
            checker = pathlib.Path(f"{work}/check")
            checker.write_text(f'#!/bin/sh\nexec "{self.load}" check "$1" "{deployment.keys}" "$2" --ahead {3 * HOUR}\n')
            checker.chmod(0o755)

            def cut(count, *options, synchronous):
                done = subprocess.run(
                    [
                        sys.executable, POWERCUT / "cut.py", "--check", checker, "--images", str(count), "--seed",
                        str(self.chance.randrange(1 << 30)), *options, "--", "sh", "-c",
                        'exec "$0" sign-ups "$POWERCUT_DIRECTORY" "$1" 0 60 4 --synchronous "$2"', self.load, deployment.keys,
                        synchronous,
                    ], env=dict(os.environ, POWERCUT_SHIM=shim), capture_output=True, text=True, timeout=1200)
                print(done.stdout.rstrip())
                return None if done.returncode == 0 else done.stderr.strip()[-2000:] or "see above"

            self.note(f"power cut at {images} random moments of 60 sign-ups", cut(images, synchronous="full"))
            self.note("without waiting for the disk power cuts lose something", cut(20, "--expect-loss", synchronous="off"))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("load")
    arguments.add_argument("--rounds", type=int, default=12)
    arguments.add_argument("--images", type=int, default=16)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--only", choices=["kill", "race", "power"])
    arguments.add_argument("--postgres", action="store_true")
    options = arguments.parse_args()
    print(f"seed {options.seed}")
    bench = Bench(options.load, options.seed, os.environ["PHONE_IDENTITY_POSTGRES"] if options.postgres else None)
    parts = {"race": bench.race, "kill": lambda: bench.kill(options.rounds), "power": lambda: bench.power(options.images)}
    if options.postgres:
        del parts["power"]
    for name, part in parts.items():
        if options.only in (None, name):
            begun = time.monotonic()
            part()
            print(f"     {name}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"{bench.passed} passed, {bench.failed} failed")
    sys.exit(1 if bench.failed else 0)


if __name__ == "__main__":
    main()
