#!/usr/bin/env python3
"""Writes the committed vectors of PhoneNormalizationTests: inputs and what `phonenumbers` says about them.

    vectors.py > ../../PhoneNormalizationTests/Vectors/phonenumbers.tsv

Tab-separated; the input comes last because it may hold tabs itself. An empty `ext` or `region` means none.
"""
import sys

import phonenumbers

import corpus
import oracle

COLUMNS = ["error", "cc", "nsn", "ext", "region", "possible", "valid", "type", "e164", "international", "national", "rfc3966"]


def row(region, text):
    found = oracle.answer("%s\t%s" % (region, text))
    values = ["" if found.get(name) is None else str(found[name]).replace("True", "true").replace("False", "false") for name in COLUMNS]
    return "\t".join(values + [region, text])


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print("# Answers of phonenumbers %s from PyPI (libphonenumber's metadata, Apache-2.0), made by Tests/Interop/phone/vectors.py" % phonenumbers.__version__)
    print("\t".join(COLUMNS + ["from", "input"]))
    for region, text in corpus.example_lines():
        print(row(region, text))
    for region, text in corpus.random_lines(20261123, 3000):
        print(row(region, text.replace("\n", " ").replace("\r", " ").encode("utf-8", "replace").decode("utf-8")))


if __name__ == "__main__":
    main()
