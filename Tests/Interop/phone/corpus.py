#!/usr/bin/env python3
"""A seeded corpus of lines `REGION<TAB>NUMBER`, made to reach every rule of the grammar.

    corpus.py --seed 7 --count 20000
    corpus.py --examples          every region's and type's example number, in several spellings
    corpus.py --tidy --seed 1     numbers of the plans in their four formats, as address books have them

Digits are sampled from the metadata's own patterns (what a plan accepts, what a trunk prefix looks
like, what an international prefix looks like), so transform rules, carrier codes and shared country
calling codes all occur; then they are written down the way people, machines and enemies write them.
"""
import argparse
import random
import sys
import unicodedata

import phonenumbers as reference
from phonenumbers.phonemetadata import PhoneMetadata

try:
    from re import _constants as op
    from re import _parser as parser
except ImportError:
    import sre_constants as op
    import sre_parse as parser

PLANS = [(name, PhoneMetadata.metadata_for_region(name)) for name in sorted(reference.SUPPORTED_REGIONS)]
PLANS += [("001", PhoneMetadata.metadata_for_nongeo_region(code)) for code in sorted(reference.COUNTRY_CODES_FOR_NON_GEO_REGIONS)]
NAMES = [name for name, _ in PLANS if name != "001"]
KINDS = ["fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"]
SCRIPTS = [chr(code) for code in range(128, sys.maxunicode) if unicodedata.decimal(chr(code), None) == 0]
SPACES = [" ", "  ", "\u00a0", "\u3000", "\u200b", "\u2060", "\u00ad"]
MARKS = list("-./()[]~*x") + ["\u2010", "\u2013", "\u2015", "\u2212", "\u30fc", "\uff0d", "\uff0e", "\uff0f", "\uff08", "\uff09", "\uff3b",
                             "\uff3d", "\u2053", "\u223c", "\uff5e"]
LABELS = ["ext", "extn", "ext.", "xt", "xtn", "extension", "extensión", "extensio\u0301n", "extensi", "exten", "ｅｘｔ", "ｅｘｔｎ", "ｘｔ",
          "доб", "ДОБ", "anexo", "x", "ｘ", "#", "＃", "~", "～", "int", "ｉｎｔ", ";ext=", ";", ",", ",,", ",,,", "-", " - ", "ext:", "x:", "ext．", "",
          "eхt", "ınt", "İnt", "extenſion"]
CONTEXTS = ["+1", "+41", "+44-20", "+0", "+", "1", "example.com", "example.com.", "a-b.c", "-a.c", "a..b", "a.1b", "a.b1", "+٤١", "+4a", "", "é.fr", "٣.com"]
JUNK = ["Tel: ", "tel:", "Phone ", "(", "»", "no. ", "☎ ", "\u200e", "é", "½", "²", "ª", "_", "#", "!", "?", " or ", "//x", "/x", "\\ x", ";isub=9", "💬", "\ufeff",
        "Ⅷ", "一", "\u0301", "ſ", "ı", "İ", "\u212a", "\ue000", "\uffff"]


def sample(rng, tree):
    """A string that a parsed pattern matches."""
    out = ""
    for kind, value in tree:
        if kind is op.LITERAL:
            out += chr(value)
        elif kind is op.IN:
            choices = ""
            for inner, bounds in value:
                if inner is op.LITERAL:
                    choices += chr(bounds)
                elif inner is op.RANGE:
                    choices += "".join(map(chr, range(bounds[0], bounds[1] + 1)))
                else:
                    choices += "0123456789"
            out += rng.choice(choices)
        elif kind is op.SUBPATTERN:
            out += sample(rng, value[3])
        elif kind is op.BRANCH:
            out += sample(rng, rng.choice(value[1]))
        elif kind is op.MAX_REPEAT:
            out += "".join(sample(rng, value[2]) for _ in range(rng.randint(value[0], value[1])))
    return out


TREES = {}


def matching(rng, pattern):
    if pattern not in TREES:
        TREES[pattern] = parser.parse(pattern)
    return sample(rng, TREES[pattern])


def any_digits(rng, longest=20):
    return "".join(rng.choice("0123456789") for _ in range(rng.randint(1, longest)))


def significant(rng, plan):
    """Digits that a plan knows, or nearly."""
    described = [getattr(plan, kind) for kind in KINDS + ["general_desc"]]
    described = [each for each in described if each is not None and each.national_number_pattern]
    digits = matching(rng, rng.choice(described).national_number_pattern)
    roll = rng.random()
    if roll < 0.1:
        digits = digits[:-1]
    elif roll < 0.2:
        digits += rng.choice("0123456789")
    elif roll < 0.3:
        at = rng.randrange(len(digits))
        digits = digits[:at] + rng.choice("0123456789") + digits[at + 1:]
    elif roll < 0.34:
        digits = any_digits(rng)
    return digits


def dialled(rng):
    """A region and how a number is dialled from there, still in plain digits."""
    home, plan = rng.choice(PLANS)
    digits = significant(rng, plan)
    if rng.random() < 0.35 and plan.national_prefix_for_parsing:
        prefix = matching(rng, plan.national_prefix_for_parsing)
        digits = prefix if rng.random() < 0.15 else prefix + digits
    region = home if home != "001" and rng.random() < 0.85 else rng.choice(NAMES + ["ZZ"])
    roll = rng.random()
    if roll < 0.3:
        digits = "+%d%s" % (plan.country_code, digits)
    elif roll < 0.45 and region != "ZZ":
        here = PhoneMetadata.metadata_for_region(region)
        digits = "%s%d%s" % (matching(rng, here.international_prefix), plan.country_code, digits)
        if rng.random() < 0.2:
            digits = "+" + digits
    elif roll < 0.55:
        digits = "%d%s" % (plan.country_code, digits)
    elif roll < 0.6:
        digits = "+" + digits
    return region, digits


def respell(rng, text):
    roll = rng.random()
    if roll < 0.25:
        return text
    if roll < 0.4:
        zero = ord(rng.choice(SCRIPTS))
        share = rng.choice([1, 1, 0.3])
        return "".join(chr(zero + int(c)) if c.isdigit() and rng.random() < share else c for c in text).replace("+", rng.choice("+＋"))
    if roll < 0.7:
        marks = MARKS if rng.random() < 0.5 else [" ", "-", ".", "(", ")"]
        return "".join(c + (rng.choice(marks + SPACES) if rng.random() < 0.3 else "") for c in text)
    if roll < 0.85:
        letters = [rng.choice("ABCXYZabcxyzſıİ") if rng.random() < rng.choice([0.1, 0.5]) and index > 2 else c for index, c in enumerate(text)]
        return "".join(letters)
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(JUNK + MARKS) + text[at:]


def extended(rng, text):
    label = rng.choice(LABELS)
    if rng.random() < 0.3:
        label = rng.choice([label.upper(), label.title()])
    label = "".join(rng.choice(["", "", " ", "\u00a0", ",", "\t"]) for _ in range(2)) + label
    label += "".join(rng.choice(["", "", " ", ".", ":", "-", ",", "．"]) for _ in range(2))
    digits = any_digits(rng, rng.choice([3, 6, 7, 9, 10, 15, 16, 20, 21]))
    if rng.random() < 0.15:
        digits = respell(rng, digits)
    return text + label + digits + rng.choice(["", "", "", "#", "##", " ", "x"])


def uri(rng, text):
    text = rng.choice(["tel:", "", "TEL:", "x tel:"]) + text
    parts = [";phone-context=" + rng.choice(CONTEXTS), ";isub=" + any_digits(rng, 4), ";ext=" + any_digits(rng, 6), ";a=b"]
    rng.shuffle(parts)
    return text + "".join(parts[:rng.randint(1, 3)])


def known_character(rng):
    """Any character whose category this Python knows: what it is depends on the Unicode version otherwise."""
    while True:
        char = chr(rng.choice([rng.randrange(0x20, 0x3000), rng.randrange(0x20, 0xD800), rng.randrange(0xE000, 0x20000)]))
        if unicodedata.category(char) != "Cn":
            return char


def broken(rng, text):
    alphabet = "0123456789+-() .;x#*,~/\\tel:=" + "".join(JUNK) + rng.choice(SCRIPTS)
    chars = list(text) or ["1"]
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(chars))
        action = rng.randrange(4)
        if action == 0:
            chars[at] = rng.choice(alphabet)
        elif action == 1:
            chars.insert(at, rng.choice(alphabet))
        elif action == 2:
            chars.insert(at, known_character(rng))
        elif len(chars) > 1:
            del chars[at]
    text = "".join(chars)
    if rng.random() < 0.05:
        text *= rng.randint(2, 40)
    return text


def line(rng):
    region, text = dialled(rng)
    if rng.random() < 0.5:
        text = respell(rng, text)
    if rng.random() < 0.25:
        text = extended(rng, text)
    if rng.random() < 0.1:
        text = uri(rng, text)
    if rng.random() < 0.2:
        text = broken(rng, text)
    if rng.random() < 0.06:
        text = rng.choice(JUNK) + text
    if rng.random() < 0.06:
        text += rng.choice(JUNK)
    return region, text


def random_lines(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        yield line(rng)


def tidy_lines(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        home, plan = rng.choice(PLANS)
        described = [each for each in (getattr(plan, kind) for kind in KINDS) if each is not None and each.national_number_pattern]
        number = reference.parse("+%d%s" % (plan.country_code, matching(rng, rng.choice(described).national_number_pattern)))
        yield home if home != "001" else rng.choice(NAMES), reference.format_number(number, rng.randrange(4))


def example_lines():
    for name, plan in PLANS:
        for kind in KINDS:
            described = getattr(plan, kind)
            if described is None or not described.example_number:
                continue
            whole = "+%d%s" % (plan.country_code, described.example_number)
            number = reference.parse(whole)
            yield "ZZ", whole
            if name != "001":
                yield name, described.example_number
                yield name, reference.format_number(number, reference.PhoneNumberFormat.NATIONAL)
        yield (name if name != "001" else "ZZ"), "12"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--count", type=int, default=20000)
    options.add_argument("--examples", action="store_true")
    options.add_argument("--tidy", action="store_true")
    chosen = options.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    if chosen.examples:
        lines = example_lines()
    else:
        lines = (tidy_lines if chosen.tidy else random_lines)(chosen.seed, chosen.count)
    for region, text in lines:
        print("%s\t%s" % (region, text.replace("\n", " ").replace("\r", " ")))


if __name__ == "__main__":
    main()
