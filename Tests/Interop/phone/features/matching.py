"""How far two numbers are the same, as numbers and as texts."""
import phonenumbers as reference
from features.asking import MATCHES, parsed, typed


def lines(rng, count):
    for _ in range(count):
        region, first = typed(rng)
        number = parsed(region, first)
        second = typed(rng)[1]
        if number is not None and rng.random() < 0.8:
            style = rng.choice([0, 1, 2, 3])
            second = reference.format_number(number, style)
            roll = rng.random()
            if roll < 0.3:
                second = reference.national_significant_number(number)[rng.choice([0, 0, 1, 2, 3]):]
            elif roll < 0.4:
                second = second[:-1]
            elif roll < 0.5:
                second += rng.choice([" x12", ";ext=7", "1"])
        if rng.random() < 0.3:
            first = "".join(each for each in first if each.isdigit()) or first
        yield (region, first, second) if rng.random() < 0.5 else (region, second, first)


def answer(region, first, second):
    one, other = parsed(region, first), parsed(region, second)
    return {
        "texts": MATCHES[reference.is_number_match(first, second)],
        "number and text": one and MATCHES[reference.is_number_match(one, second)],
        "numbers": one and other and MATCHES[reference.is_number_match(one, other)],
    }
