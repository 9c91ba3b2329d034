"""Names of carriers."""
import phonenumbers as reference
from features import prefixes
from features.asking import parsed
from phonenumbers import carrier
from phonenumbers.carrierdata import CARRIER_DATA


def lines(rng, count):
    known = prefixes.Prefixes(CARRIER_DATA)
    for _ in range(count):
        region, text, languages = known.number(rng)
        yield region, text, *known.tag(rng, languages)


def answer(region, text, *tag):
    number = parsed(region, text)
    if number is None:
        return None
    tag = prefixes.subtags(*tag)
    return {
        "name": carrier.name_for_number(number, *tag) or None,
        "portable": reference.is_mobile_number_portable_region(reference.region_code_for_number(number)),
        "range": carrier.name_for_valid_number(number, *tag) or None,
        "safe": carrier.safe_display_name(number, *tag) or None,
    }
