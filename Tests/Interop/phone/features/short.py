"""Short numbers. The first field says what the others are:

    region REGION                    -> are any known, emergency numbers exact, examples: any, then by cost
    emergency REGION TEXT            -> is an emergency number, connects to one
    parsed REGION TEXT FROM          -> what the number read in REGION is when dialled from FROM, and from any region of its code
    parts CODE DIGITS FROM           -> the same for a number made of its parts
"""
import phonenumbers as reference
from phonenumbers import shortnumberinfo as info
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

import corpus
from features import parts

COSTS = ["tollFree", "standardRate", "unknown", "premiumRate"]
COST_NAMES = {
    info.ShortNumberCost.TOLL_FREE: "tollFree", info.ShortNumberCost.STANDARD_RATE: "standardRate",
    info.ShortNumberCost.PREMIUM_RATE: "premiumRate", info.ShortNumberCost.UNKNOWN_COST: "unknown",
}
COST_VALUES = {name: value for value, name in COST_NAMES.items()}
DESCRIPTIONS = ["general_desc", "short_code", "toll_free", "standard_rate", "premium_rate", "emergency", "carrier_specific", "sms_services"]
PLANS = [(name, PhoneMetadata.short_metadata_for_region(name)) for name in sorted(reference.SUPPORTED_REGIONS)]
# Every pattern, with its region.
PATTERNS = [
    (name, each, getattr(plan, each).national_number_pattern)
    for name, plan in PLANS if plan is not None
    for each in DESCRIPTIONS if getattr(plan, each) is not None
]
REGIONS = [name for name, _ in PLANS] + ["001", "ZZ", "AA"]
SHARED = [regions for regions in COUNTRY_CODE_TO_REGION_CODE.values() if len(regions) > 1]
# What is a digit but no decimal one, what ends a number, what is neither.
MARKS = corpus.MARKS + corpus.JUNK + ["²", "①", "፩", "𐩀", "/ x", "\\x", "/", "/ ", "x", "X", "a", "\n", "\0", "\t", "😀", "_", "#", "*"]


def code_of(region):
    return reference.country_code_for_region(region)


def from_region(rng, region):
    """Mostly the region itself, or one that shares its code, or any."""
    roll = rng.random()
    if roll < 0.6:
        return region
    return rng.choice(COUNTRY_CODE_TO_REGION_CODE.get(code_of(region), REGIONS)) if roll < 0.85 else rng.choice(REGIONS)


def formatted(rng, text):
    """Spelled as people, machines and enemies dial."""
    roll = rng.random()
    if roll < 0.3:
        return text
    if roll < 0.5:
        return corpus.respell(rng, text) if text else text
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice([rng.choice(MARKS), rng.choice(MARKS), rng.choice("+＋ /x"), corpus.known_character(rng)]) + text[at:]
    if rng.random() < 0.01:
        text = text[:1] + rng.choice([" ", "-", "/", "x", "é"]) * 1000 + text[1:]
    return text


def one(rng, region, description, pattern):
    digits = corpus.matching(rng, pattern)
    if description == "emergency" or rng.random() < 0.2:
        where = region if rng.random() < 0.85 else rng.choice(REGIONS)
        return "emergency", where, formatted(rng, parts.mutated(rng, digits))
    digits = parts.mutated(rng, digits)
    if rng.random() < 0.5:
        return "parts", str(code_of(region)), digits, from_region(rng, region)
    text = digits
    if rng.random() < 0.15:
        text = "+%d%s" % (code_of(region), digits)
    if rng.random() < 0.3:
        text = formatted(rng, text)
    return "parsed", region, text, from_region(rng, region)


def lines(rng, count):
    for region in REGIONS:
        yield "region", region
        yield "emergency", region, ""
        yield "emergency", region, "+"
    for region, description, pattern in PATTERNS:
        digits = corpus.matching(rng, pattern)
        yield "parts", str(code_of(region)), digits, region
        yield "emergency", region, digits
        yield "emergency", region, digits + "0"
    for _ in range(count):
        roll = rng.random()
        if roll < 0.8:
            yield one(rng, *rng.choice(PATTERNS))
        elif roll < 0.9:
            # Digits of one region dialled in another that shares its code.
            regions = rng.choice(SHARED)
            region, description, pattern = rng.choice([each for each in PATTERNS if each[0] in regions])
            yield "parts", str(code_of(region)), parts.mutated(rng, corpus.matching(rng, pattern)), rng.choice(regions)
        elif roll < 0.95:
            digits = corpus.any_digits(rng, rng.choice([3, 4, 5, 6, 12, 18]))
            yield "parts", str(rng.choice(sorted(COUNTRY_CODE_TO_REGION_CODE))), digits, rng.choice(REGIONS)
        else:
            # Whole numbers are no short numbers, mostly.
            region, text = corpus.line(rng)
            yield rng.choice([("parsed", region, text, from_region(rng, region)), ("emergency", region, text)])


def facts(number, region):
    here = [
        info.is_possible_short_number_for_region(number, region), info.is_valid_short_number_for_region(number, region),
        COST_NAMES[info.expected_cost_for_region(number, region)], info.is_carrier_specific_for_region(number, region),
        info.is_sms_service_for_region(number, region),
    ]
    anywhere = [
        info.is_possible_short_number(number), info.is_valid_short_number(number), COST_NAMES[info.expected_cost(number)],
        info.is_carrier_specific(number),
    ]
    return [here, anywhere]


def answer(kind, *fields):
    if kind == "region":
        region = fields[0]
        examples = [info._example_short_number(region)]
        examples += [info._example_short_number_for_cost(region, COST_VALUES[cost]) for cost in COSTS]
        return [region in info.SUPPORTED_SHORT_REGIONS, region in info._REGIONS_WHERE_EMERGENCY_NUMBERS_MUST_BE_EXACT, examples]
    if kind == "emergency":
        region, text = fields
        return [info.is_emergency_number(text, region), info.connects_to_emergency_number(text, region)]
    if kind == "parsed":
        region, text, dialled_from = fields
        try:
            number = reference.parse(text, region)
        except reference.NumberParseException:
            return None
    else:
        code, digits, dialled_from = fields
        number = parts.number(int(code), digits)
        if number is None:
            return None
    return facts(number, dialled_from)
