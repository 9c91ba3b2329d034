"""How a number is written for somebody who dials it: from another region, from a mobile, with a carrier, as it was typed."""
import phonenumbers as reference
from features.asking import REGIONS, SOURCES, parsed, typed


def lines(rng, count):
    for _ in range(count):
        region, text = typed(rng)
        roll = rng.random()
        origin = region if roll < 0.4 else rng.choice(["US", "BR", "CO", "MX", "DE", "UZ", "CA", "001", "ZZ"]) if roll < 0.6 else rng.choice(REGIONS)
        yield region, text, origin, rng.choice(["", "15", "21", "0", "12345"])


def answer(region, text, origin, carrier):
    number = parsed(region, text, True)
    if number is None:
        return None
    plain = parsed(region, text)
    mobile = [reference.format_number_for_mobile_dialing(number, origin, grouped) for grouped in (True, False)]
    answers = {
        "carrier": number.preferred_domestic_carrier_code or None,
        "origin": SOURCES[number.country_code_source],
        "from": reference.format_out_of_country_calling_number(plain, origin),
        "mobile": [each or None for each in mobile],
        "with carrier": reference.format_national_number_with_carrier_code(plain, carrier),
        "original": reference.format_in_original_format(number, origin),
    }
    answers["letters"] = reference.format_out_of_country_keeping_alpha_chars(number, origin)
    return answers
