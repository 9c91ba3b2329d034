"""Questions about the names of prefixes: numbers that begin with one, and tags of languages with and without names."""
import phonenumbers as reference
from features.asking import REGIONS, TYPES, e164, typed
from phonenumbers.geodata.locale import LOCALE_DATA

STRANGE_LANGUAGES = ["und", "xx", "eng", "zho", "he", "qq"]
SCRIPTS = ["Hant", "Hans", "Latn", "Cyrl"]
CHINESE_REGIONS = ["TW", "HK", "MO", "CN", "SG"]


class Prefixes:
    """The keys of a table of the reference by country calling code, so that small countries are asked for as often as large ones."""

    def __init__(self, data):
        codes = {str(code) for code in reference.COUNTRY_CODE_TO_REGION_CODE}
        self.by_code = {}
        for prefix in sorted(data):
            code = next(prefix[:length] for length in (1, 2, 3) if prefix[:length] in codes)
            self.by_code.setdefault(code, []).append(prefix)
        self.codes = sorted(self.by_code)
        self.languages = sorted({language.split("_")[0] for entry in data.values() for language in entry})
        self.of = {prefix: sorted(language.split("_")[0] for language in entry) for prefix, entry in data.items()}
        self.region_languages = sorted(LOCALE_DATA["CH"])

    def number(self, rng):
        """A region, a number, and the languages that know it."""
        roll = rng.random()
        if roll < 0.2:
            return *typed(rng), []
        if roll < 0.35:
            example = reference.example_number_for_type(rng.choice(REGIONS), rng.choice([each for each in TYPES if TYPES[each] != "UNKNOWN"]))
            if example is not None:
                text = e164(example)
                kept = rng.randint(0, 5)
                return "ZZ", text[:len(text) - kept] + digits(rng, kept), []
        code = rng.choice(self.codes)
        prefix = rng.choice(self.by_code[code])
        region = reference.COUNTRY_CODE_TO_REGION_CODE[int(code)][0]
        lengths = reference.phonemetadata.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region).general_desc.possible_length
        national = prefix[len(code):]
        if code == "54" and rng.random() < 0.5:
            national = "9" + national
        wanted = rng.choice(lengths) if rng.random() < 0.9 else rng.randint(2, 17)
        national += digits(rng, wanted - len(national))
        if rng.random() < 0.05:
            national = national[:rng.randint(1, len(national) or 1)]
        return "ZZ", "+" + code + national, self.of[prefix]

    def tag(self, rng, known):
        """Language, script and region, each of the last two perhaps empty."""
        roll = rng.random()
        if known and roll < 0.4:
            language = rng.choice(known)
        elif roll < 0.7:
            language = rng.choice(self.languages)
        elif roll < 0.8:
            language = rng.choice(["zh", "ja", "ko"])
        elif roll < 0.93:
            language = rng.choice(self.region_languages)
        else:
            language = rng.choice(STRANGE_LANGUAGES)
        script = rng.choice(SCRIPTS) if rng.random() < 0.15 else "Hant" if language == "zh" and rng.random() < 0.3 else ""
        region = ""
        if rng.random() < 0.3:
            region = rng.choice(CHINESE_REGIONS + [rng.choice(REGIONS)])
        return language, script, region


def digits(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def subtags(*fields):
    """As the reference takes them: None where there is none."""
    return [field or None for field in fields]
