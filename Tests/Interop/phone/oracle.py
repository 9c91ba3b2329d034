#!/usr/bin/env python3
"""What the PyPI package `phonenumbers` says about each line `REGION<TAB>NUMBER` of standard input.

Prints one JSON object a line, in the form `phone-identity normalize --jsonl` prints it. Region ZZ
stands for no default region.
"""
import json
import sys

import phonenumbers as reference

FORMATS = {
    "e164": reference.PhoneNumberFormat.E164,
    "international": reference.PhoneNumberFormat.INTERNATIONAL,
    "national": reference.PhoneNumberFormat.NATIONAL,
    "rfc3966": reference.PhoneNumberFormat.RFC3966,
}


def words(holder):
    """The names of a class of integer constants, by value."""
    return {value: name for name, value in vars(holder).items() if name.isupper() and isinstance(value, int)}


TYPE_WORDS = words(reference.PhoneNumberType)
LENGTH_WORDS = words(reference.ValidationResult)
ERROR_WORDS = words(reference.NumberParseException)


def describe(number):
    fields = {
        "cc": number.country_code,
        "nsn": reference.national_significant_number(number),
        "ext": number.extension,
        "possible": LENGTH_WORDS[reference.is_possible_number_with_reason(number)],
        "region": reference.region_code_for_number(number),
        "type": TYPE_WORDS[reference.number_type(number)],
        "valid": reference.is_valid_number(number),
    }
    fields.update((name, reference.format_number(number, style)) for name, style in FORMATS.items())
    return fields


def answer(line):
    region, _, text = line.partition("\t")
    try:
        return describe(reference.parse(text, region if region != "ZZ" else None))
    except reference.NumberParseException as refusal:
        return {"error": ERROR_WORDS[refusal.error_type]}


if __name__ == "__main__":
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8")
        print(json.dumps(answer(line[:-1] if line.endswith("\n") else line), sort_keys=True, ensure_ascii=False))
