#!/usr/bin/env python3
"""Compiles libphonenumber's metadata into the constant tables of the C targets in Sources.

    generate.py            writes the tables, and the headers that say how large they are
    generate.py --check    fails if the committed files differ from what it would write

Reads the metadata out of the PyPI package `phonenumbers` (../phone/requirements.txt names the release) and
leaves no regular expression for run time. Documentation/PhoneMetadata.md explains each table.
"""
import argparse
import pathlib
import re
import sys

import phonenumbers
from phonenumbers.data import _ALT_NUMBER_FORMATS as ALTERNATE_FORMATS
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE as REGIONS_OF_CODE
from phonenumbers.phonenumberutil import _VALID_PUNCTUATION as PUNCTUATION

import automata
import csource
import prefixes
import short_numbers
import symbols
import time_zones

RELEASE = (pathlib.Path(__file__).resolve().parents[1] / "phone" / "requirements.txt").read_text().strip().partition("==")[2]
TARGET = pathlib.Path(__file__).resolve().parents[3] / "Sources" / "CPhoneMetadata"
NON_GEOGRAPHIC = "001"
MAX_NSN = 17

# Bit order is the order in which libphonenumber asks: the lowest bit set is the type of a number.
PRIORITY = ["premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"]
FIXED_OR_MOBILE, FIXED, MOBILE = 8, 9, 10
GENERAL, NO_INTERNATIONAL = 12, 13
REGION_SHIFT = 16
TYPE_BITS = (1 << 11) - 1
DESCRIPTIONS = ["general_desc", "fixed_line", "mobile", "no_international_dialling"] + PRIORITY

# In the order of `NumberType`, with fixed line and mobile apart and nothing for both.
KINDS = PRIORITY + ["fixed_line", "mobile"]

# What a format's rule for the national prefix says; bits of `phone_format.rules`.
HAS_RULE, FIRST_GROUP_ALONE, OPTIONAL, HAS_CARRIER_RULE, SPACED, TYPABLE, DIGITS_IN_FRONT = (1 << bit for bit in range(7))
TYPABLE_FORMAT = re.compile(r"[{0}]*\\1[{0}]*(\\\d[{0}]*)*".format(PUNCTUATION))
LONGEST_TYPED = 15


def metadata_of(code, region):
    return PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def length_bits(lengths):
    return sum(1 << length for length in set(lengths) if length >= 0)


class Strings:
    """Zero-terminated byte strings in one array, each stored once."""

    def __init__(self):
        self.bytes = bytearray()
        self.offsets = {}

    def add(self, data):
        if data not in self.offsets:
            self.offsets[data] = len(self.bytes)
            self.bytes += data + b"\0"
        return self.offsets[data]


class Tables:
    def __init__(self):
        self.numbers = automata.Automaton(0)
        self.leading = automata.Automaton(0)
        self.prefixes = automata.Automaton((0, 0))
        self.strings = Strings()
        self.strings.add(b"")
        self.regions, self.region_index = [], {}
        self.codes, self.code_regions = [], []
        self.formats, self.format_sets, self.set_index = [], [], {}
        self.width_rows, self.width_index, self.typing_levels = [], {}, []
        self.prefix_starts = {}
        self.lengths, self.length_index, self.kinds = [], {}, []
        for code in sorted(REGIONS_OF_CODE):
            for region in REGIONS_OF_CODE[code]:
                self.add_region(code, region)
        for code in sorted(REGIONS_OF_CODE):
            self.add_code(code)

    # Regions

    def add_region(self, code, region):
        if (code, region) in self.region_index:
            return
        metadata = metadata_of(code, region)
        general = metadata.general_desc
        self.region_index[code, region] = len(self.regions)
        self.regions.append({
            "id": region,
            "code": metadata.country_code,
            "start": self.number_start(metadata),
            "prefix": self.prefix_start(metadata.national_prefix_for_parsing, metadata.national_prefix_transform_rule, True),
            "transform": self.transform(metadata.national_prefix_transform_rule),
            "idd": self.prefix_start(metadata.international_prefix, None),
            "lengths": length_bits(general.possible_length),
            "local": length_bits(general.possible_length_local_only),
            "national_prefix": self.strings.add((metadata.national_prefix or "").encode()),
            "preferred": self.dialled_prefix(metadata, True),
            "single": self.dialled_prefix(metadata, False),
        })
        for kind in KINDS:
            self.add_kind(getattr(metadata, kind), general)

    def dialled_prefix(self, metadata, preferred_first):
        """What is dialled in front of another country's code, where it is one thing."""
        single = metadata.international_prefix
        if single is not None and not re.fullmatch("[\\d]+(?:[~\u2053\u223c\uff5e][\\d]+)?", single):
            single = None
        preferred = metadata.preferred_international_prefix
        chosen = preferred if preferred is not None and (preferred_first or single is None) else single
        return self.strings.add((chosen or "").encode())

    def add_kind(self, desc, general):
        """The possible lengths of a kind of number, and an example; index 0 of lengths stands for a kind the plan lacks."""
        if not self.lengths:
            self.lengths.append((0, 0))
        if desc is None:
            self.kinds.append((0, 0))
            return
        lengths = length_bits(desc.possible_length or general.possible_length), length_bits(desc.possible_length_local_only)
        example = self.strings.add((desc.example_number or "").encode())
        # A kind without any number has lengths that nothing has.
        assert bool(lengths[0]) == bool(desc.national_number_pattern) or not lengths[0] and not example
        if lengths not in self.length_index:
            self.length_index[lengths] = len(self.lengths)
            self.lengths.append(lengths)
        self.kinds.append((self.length_index[lengths], example))

    def number_start(self, metadata):
        present = {name: getattr(metadata, name) for name in DESCRIPTIONS}
        present = {name: desc for name, desc in present.items() if desc is not None and desc.national_number_pattern}
        lengths = {name: set(desc.possible_length) for name, desc in present.items()}
        same = metadata.same_mobile_and_fixed_line_pattern

        def output(labels, depth):
            matching = {name for name in labels if not lengths[name] or depth in lengths[name]}
            bits = 0
            if "general_desc" in matching:
                for bit, name in enumerate(PRIORITY):
                    bits |= (name in matching) << bit
                if "fixed_line" in matching:
                    bits |= 1 << (FIXED_OR_MOBILE if same or "mobile" in matching else FIXED)
                elif not same and "mobile" in matching:
                    bits |= 1 << MOBILE
            bits |= ("general_desc" in labels) << GENERAL
            bits |= ("no_international_dialling" in matching) << NO_INTERNATIONAL
            return bits

        patterns = [(name, desc.national_number_pattern) for name, desc in present.items()]
        return automata.compile_full(self.numbers, patterns, output)

    def prefix_start(self, pattern, rule, has_carrier=False):
        """The start of a matcher for a national or international prefix; 0 without one."""
        if not pattern:
            return 0
        key = (pattern, rule, has_carrier)
        if key not in self.prefix_starts:
            groups = automata.Program(pattern).groups
            used = int(rule[-1]) if rule else 0

            def action(end, captures):
                # The last group decides whether the rule applies; a rule that applies has a group that is not empty.
                applies = bool(rule) and groups in captures
                first, last = captures.get(used, (0, 0)) if applies else (0, 0)
                assert end < 32 and last < 32 and first <= last
                # The first group is the carrier code, unless it is all that the rule wants.
                code = captures.get(1, (0, 0)) if has_carrier and groups > (1 if applies else 0) else (0, 0)
                return 1 | end << 1 | first << 6 | last << 11 | code[0] << 16 | code[1] << 21

            start, _ = automata.compile_first(self.prefixes, pattern, action)
            self.prefix_starts[key] = start
        return self.prefix_starts[key]

    def transform(self, rule):
        if not rule:
            return 0
        found = re.fullmatch(r"(\d*)\\[12]", rule)
        if not found:
            raise automata.Unsupported("transform rule " + rule)
        return self.strings.add(found.group(1).encode())

    # Country calling codes

    def add_code(self, code):
        names = REGIONS_OF_CODE[code]
        main = metadata_of(code, names[0])
        indices = [self.region_index[code, name] for name in names]
        national = self.format_set(main.number_format)
        international = self.format_set(main.intl_number_format) if main.intl_number_format else national
        # As many sets as their number needs, one behind the other.
        others = ALTERNATE_FORMATS.get(code, [])
        alternates = [self.format_set(others[at:at + 32]) for at in range(0, len(others), 32)]
        assert alternates == list(range(alternates[0], alternates[0] + len(alternates))) if alternates else True
        label = " ext. " if main.preferred_extn_prefix is None else main.preferred_extn_prefix
        self.codes.append({
            "code": code,
            "first": len(self.code_regions),
            "count": len(names),
            "main": indices[0],
            "start": self.code_start(code, names),
            "national": national,
            "international": international,
            "label": self.strings.add(label.encode()),
            "alternates": alternates,
        })
        self.code_regions += indices

    def code_start(self, code, names):
        """One walk that decides between the regions of a code and classifies within the one decided on.

        A region with leading digits claims what begins with them; another claims what is valid in it;
        the first claim in the code's order wins.
        """
        starts = [self.regions[self.region_index[code, name]]["start"] for name in names]
        if len(names) == 1:
            return starts[0]
        leading = automata.Automaton(0)
        claims = []
        for name in names:
            pattern = metadata_of(code, name).leading_digits
            claims.append(None if pattern is None else automata.compile_prefixes(leading, [(1, pattern)], bool))
        memo = {}

        def claimed(index, state, claim):
            return bool(leading.outputs[claim]) if claim is not None else bool(self.numbers.outputs[state] & TYPE_BITS)

        def build(states, held):
            # A region that can no longer claim is out, and so is every region behind one that has claimed for good.
            states, held = list(states), list(held)
            for index, claim in enumerate(held):
                if claim is not None and claim != "out":
                    settled = leading.successors[claim] == (claim,) * 10
                    if settled and leading.outputs[claim]:
                        for later in range(index + 1, len(held)):
                            states[later], held[later] = 0, "out"
                        break
                    if claim == 0:
                        states[index], held[index] = 0, "out"
            key = (tuple(states), tuple(held))
            if key in memo:
                return memo[key]
            output = 0
            for index, claim in enumerate(held):
                if claim != "out" and claimed(index, states[index], claim):
                    output = (index + 1) << REGION_SHIFT | self.numbers.outputs[states[index]] & TYPE_BITS
                    break
            moved = []
            for digit in automata.DIGITS:
                moved.append((
                    tuple(self.numbers.successors[state][digit] for state in states),
                    tuple(c if c in (None, "out") else leading.successors[c][digit] for c in held)))
            if all(after == key for after in moved):
                memo[key] = self.numbers.sink(output) if output else 0
            else:
                memo[key] = self.numbers.state([build(*after) for after in moved], output)
            return memo[key]

        sys.setrecursionlimit(10000)
        return build(tuple(starts), tuple(claims))

    # Formats

    def format_set(self, formats):
        key = tuple(repr(each) for each in formats)
        if key in self.set_index:
            return self.set_index[key]
        if len(formats) > 32:
            raise automata.Unsupported("more than 32 formats")
        first = len(self.formats)
        by_length = [0] * (MAX_NSN + 1)
        labelled, always = [], 0
        for index, each in enumerate(formats):
            widths = self.widths(each.pattern)
            for length in widths:
                by_length[length] |= 1 << index
            if each.leading_digits_pattern:
                labelled.append((index, each.leading_digits_pattern))
            else:
                always |= 1 << index
            carrier = each.domestic_carrier_code_formatting_rule
            self.formats.append({
                "national": self.template(self.with_first_group(each.format, each.national_prefix_formatting_rule)),
                "international": self.template(each.format),
                "rfc3966": self.template(self.with_dashes(each.format)),
                "carrier": self.template(self.with_first_group(each.format, carrier)) if carrier else 0,
                "widths": self.width_row(each.pattern, widths),
                "shortest": min(widths),
                "longest": max(widths),
                "rules": self.rules(each),
            })

        def output(matched):
            return sum(1 << label for label in matched)

        def start(level):
            """What fits by the leading digits that a format asks for when so many digits have been typed; the last when all are."""
            if not labelled:
                return 0
            at = [(label, patterns[min(level, len(patterns) - 1)]) for label, patterns in labelled]
            return automata.compile_prefixes(self.leading, at, output)

        levels = max([len(patterns) for _, patterns in labelled], default=1)
        self.set_index[key] = len(self.format_sets)
        self.format_sets.append({
            "start": start(levels - 1), "first": first, "count": len(formats), "always": always, "by_length": by_length,
            "levels": len(self.typing_levels), "level_count": levels,
        })
        self.typing_levels += [start(level) for level in range(levels)]
        return self.set_index[key]

    @staticmethod
    def rules(each):
        """What the rule for the national prefix says, and whether digits can be written in this format while they are typed."""
        rule = each.national_prefix_formatting_rule
        bits = 0
        if rule:
            bits |= HAS_RULE
            if re.search("[- ]", rule):
                bits |= SPACED
            if any(character.isdigit() for character in rule.partition("\\1")[0]):
                bits |= DIGITS_IN_FRONT
        if rule is None or re.fullmatch(r"\(?\\1\)?", rule):
            bits |= FIRST_GROUP_ALONE
        if each.national_prefix_optional_when_formatting:
            bits |= OPTIONAL
        if each.domestic_carrier_code_formatting_rule is not None:
            bits |= HAS_CARRIER_RULE
        if TYPABLE_FORMAT.fullmatch(each.format):
            bits |= TYPABLE
        return bits

    def width_row(self, pattern, widths):
        """Where the widths of a pattern are: one place for each pattern, so that the place tells patterns apart."""
        if pattern not in self.width_index:
            self.width_index[pattern] = len(self.width_rows)
            self.width_rows += [widths.get(length, 0) for length in range(min(widths), max(widths) + 1)]
            greedy = re.match(pattern, "9" * LONGEST_TYPED)
            assert not greedy or sum(len(group) << 4 * g for g, group in enumerate(greedy.groups())) == widths[min(max(widths), LONGEST_TYPED)]
        return self.width_index[pattern]

    @staticmethod
    def widths(pattern):
        """Group widths by total length, four bits a group: groups of digits split a number by its length alone."""
        if not re.fullmatch(r"(\(\\d(\{\d+(,\d+)?\})?\))+", pattern):
            raise automata.Unsupported("format pattern " + pattern)
        compiled, found = re.compile(pattern), {}
        for length in range(1, MAX_NSN + 1):
            match = compiled.fullmatch("0" * length)
            if match:
                assert compiled.match("0" * length).span() == match.span()
                spans = [match.end(g) - match.start(g) for g in range(1, compiled.groups + 1)]
                assert len(spans) <= 7 and max(spans) < 16
                found[length] = sum(width << 4 * g for g, width in enumerate(spans))
        return found

    @staticmethod
    def with_first_group(template, rule):
        return re.sub(r"(\\\d)", rule, template, count=1) if rule else template

    @staticmethod
    def with_dashes(template):
        """RFC 3966 wants a hyphen where a format has any other separator, and none in front."""
        separators = "[" + PUNCTUATION + "]+"
        return re.sub(separators, "-", re.sub("^" + separators, "", template))

    def template(self, text):
        """Text with bytes 1...7 where a group goes, and 8 where a carrier code goes."""
        data = re.sub(r"\\(\d)", lambda found: chr(int(found.group(1))), text.replace("$CC", "\x08")).encode()
        assert b"\\" not in data and b"$" not in data
        return self.strings.add(data)

    # Output

    def render(self):
        out = csource.begin()

        def array(kind, name, values):
            out.extend(csource.array(kind, name, values))

        def flat(automaton):
            assert len(automaton.successors) < 1 << 16
            return [target for row in automaton.successors for target in row]

        array("uint16_t", "phone_number_successors", flat(self.numbers))
        array("uint32_t", "phone_number_outputs", self.numbers.outputs)
        array("uint16_t", "phone_leading_successors", flat(self.leading))
        array("uint32_t", "phone_leading_outputs", self.leading.outputs)
        array("uint16_t", "phone_prefix_successors", flat(self.prefixes))
        array("uint16_t", "phone_prefix_actions", [action & 0xFFFF for pair in self.prefixes.outputs for action in pair])
        array("uint16_t", "phone_prefix_carriers", [action >> 16 for pair in self.prefixes.outputs for action in pair])
        array("uint8_t", "phone_strings", self.strings.bytes)

        letters = [0] * (26 * 26)
        rows = []
        for index, region in enumerate(self.regions):
            name = region["id"]
            if name != NON_GEOGRAPHIC:
                letters[(ord(name[0]) - 65) * 26 + ord(name[1]) - 65] = index + 1
            first, second = (ord(name[0]), ord(name[1])) if name != NON_GEOGRAPHIC else (0, 0)
            bits = region["lengths"]
            rows.append("{%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d}" % (
                region["lengths"], region["local"], region["start"], region["prefix"], region["idd"], region["transform"],
                region["national_prefix"], region["preferred"], region["single"], region["code"], first | second << 8,
                (bits & -bits).bit_length() - 1, bits.bit_length() - 1))
        array("phone_region", "phone_regions", rows)
        array("phone_kind", "phone_kinds", ["{%d,%d}" % kind for kind in self.kinds])
        array("phone_lengths", "phone_kind_lengths", ["{%d,%d}" % lengths for lengths in self.lengths])
        array("uint8_t", "phone_region_by_letters", letters)

        by_code = [0] * 1000
        rows = []
        for index, code in enumerate(self.codes):
            by_code[code["code"]] = index + 1
            rows.append("{%d,%d,%d,%d,%d,%d,%d,%d,%d,%d}" % (
                code["code"], code["start"], code["national"], code["international"], (code["alternates"] or [0])[0], code["label"],
                code["first"], code["main"], code["count"], len(code["alternates"])))
        assert len(self.regions) < 256 and len(self.codes) < 256
        array("phone_code", "phone_codes", rows)
        array("uint8_t", "phone_code_by_value", by_code)
        array("uint8_t", "phone_code_regions", self.code_regions)

        array("phone_format", "phone_formats", [
            "{%d,%d,%d,%d,%d,%d,%d,%d}" % (
                each["national"], each["international"], each["rfc3966"], each["carrier"], each["widths"], each["rules"],
                each["shortest"], each["longest"])
            for each in self.formats])
        array("uint32_t", "phone_format_widths", self.width_rows)
        array("uint16_t", "phone_typing_levels", self.typing_levels)
        array("phone_format_set", "phone_format_sets", [
            "{%d,%d,%d,%d,%d,%d,{%s}}" % (
                s["start"], s["first"], s["levels"], s["level_count"], s["count"], s["always"], ",".join(map(str, s["by_length"])))
            for s in self.format_sets])
        array("uint32_t", "phone_digit_zeros", symbols.DIGIT_ZEROS)
        array("uint8_t", "phone_byte_kinds", symbols.byte_kinds())
        array("uint16_t", "phone_symbol_traits", symbols.traits())
        blocks, characters = symbols.characters()
        array("uint8_t", "phone_character_blocks", blocks)
        array("uint16_t", "phone_characters", characters)
        return "\n".join(out)

    def sizes(self):
        return {
            "number states": len(self.numbers.outputs), "leading-digit states": len(self.leading.outputs),
            "prefix states": len(self.prefixes.outputs), "regions": len(self.regions), "codes": len(self.codes),
            "formats": len(self.formats), "format sets": len(self.format_sets), "string bytes": len(self.strings.bytes),
        }


def version_header(tables):
    return "\n".join([
        csource.BANNER,
        "#pragma once",
        "",
        '#define PHONE_METADATA_VERSION "%s"' % RELEASE,
        "#define PHONE_REGION_COUNT %d" % len(tables.regions),
        "#define PHONE_CODE_COUNT %d" % len(tables.codes),
        "#define PHONE_LAST_CHARACTER 0x%X" % symbols.LAST_CHARACTER,
        "",
    ])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    options.add_argument("--sizes", action="store_true", help="print how large the tables are")
    chosen = options.parse_args()
    if phonenumbers.__version__ != RELEASE:
        sys.exit("generate.py: the tables are made from phonenumbers %s, but %s is installed" % (RELEASE, phonenumbers.__version__))
    tables = Tables()
    short = short_numbers.Tables([region["id"] for region in tables.regions])
    zones = time_zones.Tables([code["code"] for code in tables.codes])
    if chosen.sizes:
        for name, value in {**tables.sizes(), **short.sizes(), **zones.sizes(), **prefixes.sizes()}.items():
            print("%-26s %d" % (name, value))
    files = {
        TARGET / "tables.c": tables.render(),
        TARGET / "short_numbers.c": short.render(),
        TARGET / "time_zones.c": zones.render(),
        TARGET / "include" / "phone_metadata_version.h": version_header(tables),
        **prefixes.files(),
    }
    differing = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if chosen.check:
        for path in differing:
            print("differs from what the metadata makes: %s" % path.relative_to(TARGET.parents[1]), file=sys.stderr)
        print("%d passed, %d failed" % (len(files) - len(differing), len(differing)))
        sys.exit(1 if differing else 0)
    for path, text in files.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
