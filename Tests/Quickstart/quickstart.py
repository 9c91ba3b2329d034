#!/usr/bin/env python3
"""Runs Examples/quickstart as a stranger would: plainly, by hand through a pipe, twice in one directory, and where nothing can be written.

The last line is `N passed, N failed`.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

QUICKSTART = pathlib.Path(__file__).resolve().parents[2] / "Examples" / "quickstart"


class Conversation:
    """What a person does with `--interactive`: reads up to a question, then answers it."""

    def __init__(self, *options, environment):
        self.process = subprocess.Popen(
            [QUICKSTART, "--interactive", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment)
        self.said = ""

    def asked(self, question):
        """Everything that was said since the last question, up to and with this one."""
        said = b""
        while not said.endswith(question.encode() + b" "):
            byte = self.process.stdout.read(1)
            assert byte, f"{question!r} was not asked: {said.decode()} {self.process.stderr.read().decode()}"
            said += byte
        return said.decode()

    def answer(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def end(self):
        rest, errors = self.process.communicate(timeout=60)
        return self.process.returncode, rest.decode(), errors.decode()

    def sign_up(self, number):
        """Up to the question for the code, which it returns."""
        self.asked("empty if you type a + number)?")
        self.answer("ch")
        self.asked("Your phone number?")
        self.answer(number)
        return re.search(r"Your phone shows: .*?\b(\d{6})\b", self.asked("The code?"))[1]


def main():
    passed = failed = 0

    def expect(what, holds, otherwise=""):
        nonlocal passed, failed
        print(f"{'ok  ' if holds else 'FAIL'} {what}{'' if holds else f': {otherwise}'}", flush=True)
        passed, failed = passed + bool(holds), failed + (not holds)

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        temporary = work / "temporary"
        temporary.mkdir()
        environment = dict(os.environ, TMPDIR=str(temporary))

        def run(*options):
            done = subprocess.run([QUICKSTART, *map(str, options)], capture_output=True, text=True, timeout=900, env=environment)
            return done.returncode, done.stdout, done.stderr

        def left():
            return [path.name for path in temporary.glob("phone-identity-*")]

        code, said, errors = run()
        expect("the tour runs without arguments", code == 0 and "every entry hashed" in said, (code, said[-500:], errors[-500:]))
        told = re.search(r"on SQLite in (\S+)", said)
        expect("it works in the temporary directory and leaves nothing there", told and told[1].startswith(str(temporary)) and not left(), left())

        person = Conversation(environment=environment)
        right = person.sign_up("079 123 45 67")
        person.answer("".join(str((int(digit) + 1) % 10) for digit in right))
        refused = person.asked("The code?")
        expect("a wrong code that is typed is refused, and the tries left are told", "Tries left: 4." in refused, refused)
        person.answer(right)
        code, said, errors = person.end()
        expect("the right one is accepted", code == 0 and re.search(r"knows you as u_\w+", said), (code, said, errors))
        expect("and nothing is left in the temporary directory", not left(), left())

        kept = work / "kept"
        code, said, errors = run("--directory", kept)
        expect("a directory is kept", code == 0 and (kept / "log" / "checkpoint").exists(), (code, errors))
        before = (kept / "log" / "checkpoint").read_bytes()
        code, said, errors = run("--directory", kept)
        expect("the tour in the same directory says what to do", code == 1 and errors.startswith("error: directory.used: "), (code, errors))
        expect("and touches nothing", before == (kept / "log" / "checkpoint").read_bytes())
        person = Conversation("--directory", str(kept), environment=environment)
        person.answer(person.sign_up("079 123 45 68"))
        code, said, errors = person.end()
        expect("who types a number can sign up there", code == 0 and "Welcome" in said, (code, said, errors))

        (work / "file").write_text("")
        for directory in (work / "file" / "below", work / "file"):
            code, said, errors = run("--directory", directory)
            expect(
                f"a directory that cannot be made ({directory.relative_to(work)}) is refused with its code",
                code == 1 and errors.startswith("error: directory.unusable: ") and errors.count("\n") == 1, (code, errors))
        if os.geteuid() != 0:
            read_only = work / "read-only"
            read_only.mkdir(mode=0o500)
            code, said, errors = run("--directory", read_only)
            expect("so is a read-only one", code == 1 and errors.startswith("error: directory.unusable: "), (code, errors))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
