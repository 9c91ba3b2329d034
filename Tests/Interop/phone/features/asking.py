"""What the features' questions are made of: numbers as people type them, and the reference's words."""
import corpus
import phonenumbers as reference

REGIONS = corpus.NAMES


def words(holder):
    return {value: name for name, value in vars(holder).items() if name.isupper() and isinstance(value, int)}


TYPES = words(reference.PhoneNumberType)
LENGTHS = words(reference.ValidationResult)
MATCHES = words(reference.MatchType)
SOURCES = words(reference.CountryCodeSource)


def typed(rng):
    """A region and a text of the corpus."""
    region, text = corpus.line(rng)
    return region, text.replace("\n", " ").replace("\r", " ")


def parsed(region, text, keep=False):
    """The reference's number, or None."""
    try:
        return reference.parse(text, None if region == "ZZ" else region, keep_raw_input=keep)
    except reference.NumberParseException:
        return None


def e164(number):
    return number and reference.format_number(number, reference.PhoneNumberFormat.E164)
