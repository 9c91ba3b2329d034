"""Numbers in formats that are not the metadata's."""
import phonenumbers as reference
from features.asking import parsed, typed


def lines(rng, count):
    for _ in range(count):
        region, text = typed(rng)
        number = parsed(region, text)
        nsn = reference.national_significant_number(number) if number else "12"
        groups = []
        left = len(nsn) + rng.choice([0, 0, 0, 1, -1])
        while left > 0 and len(groups) < 7:
            least = rng.randint(1, max(1, left // 2))
            most = least + rng.choice([0, 0, 1, 2])
            groups.append((least, most))
            left -= rng.randint(least, most)
        order = list(range(1, len(groups) + 1))
        if rng.random() < 0.1:
            order.reverse()
        template = "".join(rng.choice(["", "", "("] if at == 0 else [" ", "-", ".", "/", ") ", ""]) + "$%d" % group for at, group in enumerate(order))
        rule = rng.choice(["", "", "$NP$FG", "($NP) $FG", "$NP $FG", "$FG"])
        leading = rng.choice(["", "", nsn[:1], nsn[:2], "9", "4,5,6,7"])
        yield region, text, leading, ",".join("%d-%d" % group for group in groups), template, rule


def answer(region, text, leading, groups, template, rule):
    number = parsed(region, text)
    if number is None:
        return None
    bounds = [each.split("-") for each in groups.split(",")]
    custom = reference.NumberFormat(
        pattern="".join(r"(\d{%s,%s})" % tuple(each) for each in bounds), format=template.replace("$", "\\"),
        leading_digits_pattern=["(?:%s)" % leading.replace(",", "|")] if leading else [], national_prefix_formatting_rule=rule or None)
    return [reference.format_by_pattern(number, style, [custom]) for style in range(4)]
