"""Time zones. The first field says what the others are:

    parsed REGION TEXT     -> the zones of the number read in REGION: with and without regard to what it is
    parts CODE DIGITS      -> the same for a number made of its parts

Where the reference knows no zone, it says Etc/Unknown, and we have an empty list.
"""
import phonenumbers as reference
from phonenumbers import timezone
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import TIMEZONE_DATA

import corpus
from features import parts

PREFIXES = sorted(TIMEZONE_DATA)


def digits_of(rng, length):
    return "".join(rng.choice("0123456789") for _ in range(length))


def split(digits):
    """Code and national significant number; None if no code begins like this."""
    for length in (1, 2, 3):
        if int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return digits[:length], digits[length:]
    return None


def plan_number(rng):
    """A number of a plan, mostly valid, of every type."""
    _, plan = rng.choice(corpus.PLANS)
    return str(plan.country_code), corpus.significant(rng, plan)


def lines(rng, count):
    for prefix in PREFIXES:
        # The prefix alone, and each as long as numbers are.
        for length in (0, 1, 2, 6, 7):
            found = split(prefix + digits_of(rng, length))
            if found:
                yield ("parts",) + found
    for _, plan in corpus.PLANS:
        for kind in corpus.KINDS:
            described = getattr(plan, kind)
            if described is not None and described.example_number:
                yield "parsed", "ZZ", "+%d%s" % (plan.country_code, described.example_number)
    for code in sorted(COUNTRY_CODE_TO_REGION_CODE):
        yield "parts", str(code), digits_of(rng, 2)
    for _ in range(count):
        roll = rng.random()
        if roll < 0.4:
            yield ("parts",) + plan_number(rng)
        elif roll < 0.7:
            digits = rng.choice(PREFIXES) + digits_of(rng, rng.choice([2, 3, 4, 5, 6, 6, 7, 7, 8, 9]))
            yield ("parts",) + (split(parts.mutated(rng, digits)) or ("41", "446681800"))
        elif roll < 0.9:
            yield ("parsed",) + corpus.line(rng)
        else:
            yield "parts", str(rng.choice(sorted(COUNTRY_CODE_TO_REGION_CODE))), corpus.any_digits(rng, 17)


def answer(kind, *fields):
    if kind == "parsed":
        region, text = fields
        try:
            number = reference.parse(text, region)
        except reference.NumberParseException:
            return None
    else:
        number = parts.number(int(fields[0]), fields[1])
        if number is None:
            return None
    answers = [timezone.time_zones_for_number(number), timezone.time_zones_for_geographical_number(number)]
    return [[zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE] for zones in answers]
