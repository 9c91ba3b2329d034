"""Numbers in running text, at each leniency."""
import phonenumbers as reference
from features.asking import REGIONS, e164, parsed, typed

AROUND = [" ", " ", ", ", "\n", ". ", "; ", " or ", "/", " / ", " - ", "(", ")", "[", "]", "$", "%", "€", "a", "é", "я", "_", "#", "x", "xx", ":30", " 2011-01-02 08:00 ",
          " 3/10/2011 ", " 211-227 (2003) ", "Tel. ", "+", "++", "~", " – ", "—", "\u200b", "１", "12", "・", "\u0301", "½", "", "x1", "ext", "pp. 12-14 (", "0", "1 "]


def lines(rng, count):
    leniencies = list(range(4))
    for _ in range(count):
        region, text = typed(rng)
        pieces = []
        for _ in range(rng.choice([1, 1, 2, 3])):
            other, piece = (region, text) if rng.random() < 0.4 else typed(rng)
            number = parsed(other, piece)
            if number is not None and rng.random() < 0.7:
                if rng.random() < 0.7:
                    region = other
                piece = reference.format_number(number, rng.choice([0, 1, 1, 2, 2, 2, 3]))
                roll = rng.random()
                if roll < 0.15:
                    piece = piece.replace(" ", rng.choice(["-", ".", "", "/", "  "]))
                elif roll < 0.25:
                    at = rng.randrange(len(piece) + 1)
                    piece = piece[:at] + rng.choice([" ", "-", "/", "(", ")", "x", "xx", "."]) + piece[at:]
            pieces.append(piece)
        written = "".join(rng.choice(AROUND) * rng.choice([1, 1, 1, 2]) + piece for piece in pieces) + rng.choice(AROUND)
        yield region if region != "ZZ" or rng.random() < 0.5 else rng.choice(REGIONS), written, str(rng.choice(leniencies))


def answer(region, text, leniency):
    found = reference.PhoneNumberMatcher(text, region, leniency=int(leniency))
    return [[match.start, match.end, e164(match.number), match.number.extension] for match in found]
