#!/usr/bin/env python3
"""Compares a feature of PhoneNormalization with the PyPI package `phonenumbers`, line by line.

    feature.py PROGRAM NAME [COUNT] [SEED]

PROGRAM is `phone-answers`. NAME is a module of features/, which has two functions: `lines(rng, count)` makes questions, lists of
strings; `answer(*fields)` is what the reference says to one. The last line is `N passed, N failed`; any difference fails.
"""
import importlib
import json
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


def main():
    program, name = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    feature = importlib.import_module("features." + name)
    questions = [list(fields) for fields in feature.lines(random.Random(seed), count)]
    sent = "".join(json.dumps(fields) + "\n" for fields in questions)
    done = subprocess.run([program, name], input=sent.encode(), stdout=subprocess.PIPE)
    answers = done.stdout.decode().split("\n")[:-1]
    if done.returncode != 0 or len(answers) != len(questions):
        print("%s %s answered %d of %d lines and ended with %d" % (program, name, len(answers), len(questions), done.returncode))
    failed = 0
    for index, fields in enumerate(questions):
        wanted = json.loads(json.dumps(feature.answer(*fields)))
        got = json.loads(answers[index]) if index < len(answers) else None
        if wanted != got or index >= len(answers):
            failed += 1
            if failed <= 10:
                print("question  %s\nreference %s\nours      %s\n" % tuple(json.dumps(each) for each in (fields, wanted, got)))
    print("%s, seed %d" % (name, seed))
    print("%d passed, %d failed" % (len(questions) - failed, failed))
    sys.exit(1 if failed or not questions else 0)


if __name__ == "__main__":
    main()
