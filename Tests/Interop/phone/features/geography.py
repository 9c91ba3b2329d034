"""Where numbers are from: places and names of regions.

The reference takes one region, for the tag and for the reader; ours gets it as both.
"""
import phonenumbers as reference
from features import prefixes
from features.asking import parsed
from phonenumbers import geocoder
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.geodata.locale import LOCALE_DATA


def lines(rng, count):
    known = prefixes.Prefixes(GEOCODE_DATA)
    for language in known.region_languages + prefixes.STRANGE_LANGUAGES:
        for region in [*rng.sample(sorted(LOCALE_DATA), 8), "QQ", "001"]:
            yield "name", region, language, "", ""
    for _ in range(count):
        region, text, languages = known.number(rng)
        language, script, home = known.tag(rng, languages)
        number = parsed(region, text)
        if number is not None and rng.random() < 0.15:
            home = reference.region_code_for_number(number) or ""
        yield region, text, language, script, home


def named(name):
    """None for no name; the reference's entry for Samoa in Chinese refers to itself, so that it shows the reference mark."""
    return None if name in ("", "*zh") else name


def answer(region, text, language, script, home):
    if region == "name":
        return named(geocoder._region_display_name(text, language))
    number = parsed(region, text)
    if number is None:
        return None
    tag = prefixes.subtags(language, script, home)
    country = named(geocoder.country_name_for_number(number, *tag))
    # Hebrew places are under the language's former code, which is no other language here.
    if tag[0] == "he":
        tag = ("iw", *tag[1:])
    return {
        "country": country,
        "description": named(geocoder.description_for_number(number, *tag)),
        "range": named(geocoder.description_for_valid_number(number, *tag)),
    }
