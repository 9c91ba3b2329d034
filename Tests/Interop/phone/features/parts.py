"""A number from its parts, and digits changed a little: what several features ask with."""
import phonenumbers as reference


def number(code, digits):
    """The number whose national significant number is `digits`; None if it is too short or too long for one."""
    if not 2 <= len(digits) <= 17:
        return None
    zeros = len(digits[:-1]) - len(digits[:-1].lstrip("0"))
    return reference.PhoneNumber(
        country_code=code, national_number=int(digits), italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None)


def mutated(rng, digits):
    """The digits, or one less, one more, or another one."""
    roll = rng.random()
    if roll < 0.1:
        return digits[:-1]
    if roll < 0.25:
        return digits + "".join(rng.choice("0123456789") for _ in range(rng.choice([1, 1, 2, 9])))
    if roll < 0.4 and digits:
        at = rng.randrange(len(digits))
        return digits[:at] + rng.choice("0123456789") + digits[at + 1:]
    return digits
