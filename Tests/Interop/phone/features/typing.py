"""Numbers as they grow while they are typed."""
import unicodedata

import phonenumbers as reference
from features.asking import REGIONS, typed


def lines(rng, count):
    for _ in range(count):
        region, text = typed(rng)
        roll = rng.random()
        if roll < 0.75:
            digits = "".join(each for each in text if each.isascii() and each.isdigit() or unicodedata.decimal(each, None) is not None)
            text = ("+" if text[:1] in "+＋" else "") + digits
        if rng.random() < 0.15:
            region = rng.choice(REGIONS + ["ZZ", "001"])
        # A wide plus sign is one here and nothing to the reference: Documentation/Differences.md.
        yield region, text[:rng.choice([8, 12, 16, 20, 40])].replace("＋", "+"), str(rng.randrange(12))


def answer(region, text, remembered):
    formatter = reference.AsYouTypeFormatter(region)
    shown = []
    for index, char in enumerate(text):
        try:
            shown.append(formatter.input_digit(char, remember_position=index == int(remembered)))
        except (AttributeError, IndexError):
            # The reference stumbles over itself.
            return None
    return shown + [formatter.get_remembered_position()]
