"""Compiles the names that libphonenumber has for prefixes of numbers: carriers, places, and the regions themselves.

`files()` makes the tables of Sources/CPhoneCarriers and Sources/CPhoneGeography, and the table of regions in which a
mobile number can move to another carrier. Documentation/PhoneMetadata.md explains each table.
"""
import pathlib
import re

from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.geodata.locale import LOCALE_DATA
from phonenumbers.phonemetadata import PhoneMetadata

import csource
import names

SOURCES = pathlib.Path(__file__).resolve().parents[3] / "Sources"

ENGLISH = "en"
# libphonenumber does not answer in English who asks in these.
WITHOUT_ENGLISH = ("zh", "ja", "ko")
TRADITIONAL = "zh_Hant"

UNIT_BITS = 21
IS_NODE = 1 << 20
OWN_VALUE = 1 << 9
# Values below are numbers of English names; above are places in the table of tuples.
FIRST_TUPLE = 1 << 16


def letters(code):
    assert re.fullmatch(r"[A-Za-z]{2}", code)
    return ord(code[0]) | ord(code[1]) << 8


def language_letters(language):
    """Two lower-case letters; upper-case ones are the language in its traditional script."""
    return letters("ZH" if language == TRADITIONAL else language)


def merged(own, inherited):
    """What a prefix knows together with the shorter prefixes of it.

    The library looks at the longest prefix alone, the reference goes on to a shorter one when it finds no language it can
    use; so a language that would not be found at the longer prefix is taken over from the shorter one.
    """
    result = dict(own)
    for language, name in inherited.items():
        if language in own or language == TRADITIONAL and "zh" in own:
            continue
        if ENGLISH not in own or language in WITHOUT_ENGLISH or language == TRADITIONAL:
            result[language] = name
    return result


class Prefixes:
    """A minimal automaton over digits; a node has runs of equal successors, and a value if a prefix ends there."""

    def __init__(self, data, table_names):
        self.names = table_names
        self.languages = sorted({language for entry in data.values() for language in entry})
        assert len(self.languages) <= 64
        self.combinations, self.tuples, self.values = {}, [], {}
        root = {}
        for prefix in sorted(data):
            assert re.fullmatch(r"[1-9][0-9]*", prefix)
            node = root
            for digit in prefix:
                node = node.setdefault(digit, {})
            node["entry"] = data[prefix]
        self.nodes, self.index = [], {}
        self.root = self.build(root, {}, 0)
        self.units = self.lay_out()

    def build(self, node, inherited, inherited_value):
        value = 0
        if "entry" in node:
            entry = merged(node["entry"], inherited)
            value = self.value(entry)
            if value == inherited_value:
                value = 0
            else:
                inherited, inherited_value = entry, value
        targets = [
            self.build(node[digit], inherited, inherited_value) if digit in node else 0 for digit in "0123456789"]
        if not any(targets):
            return value
        key = (value, *targets)
        if key not in self.index:
            self.index[key] = len(self.nodes)
            self.nodes.append(key)
        return IS_NODE | self.index[key]

    def value(self, entry):
        """The number of the name, if it is English alone, or else the place of the tuple of names."""
        key = tuple(sorted(entry.items()))
        if key not in self.values:
            numbers = [self.names.add(name) for _, name in key]
            if [language for language, _ in key] == [ENGLISH]:
                self.values[key] = numbers[0]
            else:
                bits = sum(1 << self.languages.index(language) for language, _ in key)
                self.values[key] = FIRST_TUPLE + len(self.tuples)
                # Sorted by language, as the bits are.
                self.tuples += [self.combinations.setdefault(bits, len(self.combinations))] + numbers
        return self.values[key]

    def lay_out(self):
        """Nodes as units of 21 bits, the root first and each node in front of what it leads to."""
        order, placed, size = [self.root ^ IS_NODE], {self.root ^ IS_NODE: 0}, 0
        for index in order:
            value, *targets = self.nodes[index]
            placed[index] = size
            size += 1 + (value != 0) + len(self.runs(targets))
            for target in targets:
                if target & IS_NODE and target ^ IS_NODE not in placed:
                    placed[target ^ IS_NODE] = -1
                    order.append(target ^ IS_NODE)
        assert size < IS_NODE and FIRST_TUPLE + len(self.tuples) < IS_NODE
        units = []
        for index in order:
            value, *targets = self.nodes[index]
            runs = self.runs(targets)
            units.append(sum(1 << digit - 1 for digit, _ in runs[1:]) | (OWN_VALUE if value else 0))
            units += [value] if value else []
            units += [IS_NODE | placed[target ^ IS_NODE] if target & IS_NODE else target for _, target in runs]
        return units

    @staticmethod
    def runs(targets):
        return [(digit, target) for digit, target in enumerate(targets) if digit == 0 or target != targets[digit - 1]]


class RegionNames:
    """For each region, its English name and the languages that have another, and which languages are known at all."""

    def __init__(self, table_names):
        self.starts, self.entries = [0] * (26 * 26), [0]
        self.languages = sorted({language for entry in LOCALE_DATA.values() for language in entry})
        for region in sorted(LOCALE_DATA):
            entry = LOCALE_DATA[region]
            assert sorted(entry) == self.languages
            found = {language: self.find(entry, language) for language in self.languages}
            self.starts[letter_index(region)] = len(self.entries)
            self.entries.append(table_names.add(found[ENGLISH]))
            for language in self.languages:
                if found[language] != found[ENGLISH]:
                    number = table_names.add(found[language]) if found[language] else 0
                    self.entries.append(letters(language) << 16 | number)
        # A list ends where the next begins, with an entry without a language.
        self.entries.append(0)

    @staticmethod
    def find(entry, language):
        """`*xx` refers to another language; to refer to itself, as Chinese does for Samoa, leaves it without a name."""
        name = entry[language]
        if name.startswith("*"):
            name = entry[name[1:]]
        return "" if name.startswith("*") else name


def letter_index(code):
    return (ord(code[0]) - 65) * 26 + ord(code[1]) - 65


# Output


def unit_words(units):
    """Three units a word, the first in the lowest bits."""
    units = units + [0] * (-len(units) % 3)
    return [units[i] | units[i + 1] << UNIT_BITS | units[i + 2] << 2 * UNIT_BITS for i in range(0, len(units), 3)]


def byte_words(data):
    data = data + bytes(-len(data) % 8)
    return [int.from_bytes(data[i:i + 8], "little") for i in range(0, len(data), 8)]


class Target:
    """The files of one C target."""

    def __init__(self, module, stem, data, with_regions):
        self.folder = SOURCES / module
        self.module, self.stem = module, stem
        self.names = names.Names()
        self.prefixes = Prefixes(data, self.names)
        self.regions = RegionNames(self.names) if with_regions else None
        self.packed = self.names.pack()

    def arrays(self):
        """Kind, name and values."""
        prefixes, packed = self.prefixes, self.packed
        bits = {combination: bits for bits, combination in prefixes.combinations.items()}
        yield "uint64_t", "units", unit_words(prefixes.units)
        yield "uint16_t", "tuples", prefixes.tuples
        yield "uint64_t", "combinations", [bits[index] for index in range(len(bits))]
        yield "uint16_t", "languages", map(language_letters, prefixes.languages)
        yield "uint64_t", "text", byte_words(packed.text)
        yield "uint32_t", "text_blocks", packed.blocks
        yield "uint32_t", "phrases", packed.phrases
        if self.regions:
            known = [0] * 26
            for language in self.regions.languages:
                known[ord(language[0]) - 97] |= 1 << ord(language[1]) - 97
            yield "uint16_t", "region_starts", self.regions.starts
            yield "uint32_t", "region_names", self.regions.entries
            yield "uint32_t", "region_languages", known

    def tables(self):
        lines = [csource.BANNER, '#include "%s.h"' % self.module, ""]
        for kind, name, values in self.arrays():
            # Sixteen digits a word are shorter in hexadecimal.
            written = map(hex, values) if kind == "uint64_t" else values
            lines += csource.array(kind, "phone_%s_%s" % (self.stem, name), written)
        return "\n".join(lines)

    def sizes_header(self):
        upper = "PHONE_%s_" % self.stem.upper()
        return "\n".join([
            csource.BANNER,
            "#pragma once",
            "",
            "#define %sLANGUAGE_COUNT %d" % (upper, len(self.prefixes.languages)),
            "#define %sFIRST_LONG_CODE %d" % (upper, self.packed.one_byte),
            "#define %sLONGEST_NAME %d" % (upper, self.packed.longest),
            "",
        ])

    def files(self):
        return {
            self.folder / "tables.c": self.tables(),
            self.folder / "include" / ("phone_%s_sizes.h" % self.stem): self.sizes_header(),
        }

    def sizes(self):
        bytes_of = {"uint64_t": 8, "uint32_t": 4, "uint16_t": 2}
        sizes = {"%s %s" % (self.stem, name): bytes_of[kind] * len(list(values)) for kind, name, values in self.arrays()}
        sizes["%s in all" % self.stem] = sum(sizes.values())
        return sizes


def portable_regions():
    """By the first letter of a region, the second letters as bits."""
    rows = [0] * 26
    for region in sorted(SUPPORTED_REGIONS):
        if PhoneMetadata.metadata_for_region(region).mobile_number_portable_region:
            rows[ord(region[0]) - 65] |= 1 << ord(region[1]) - 65
    assert any(rows)
    return "\n".join(csource.begin() + csource.array("uint32_t", "phone_portable_regions", rows))


_targets = []


def targets():
    if not _targets:
        _targets.append(Target("CPhoneCarriers", "carrier", CARRIER_DATA, with_regions=False))
        _targets.append(Target("CPhoneGeography", "geography", GEOCODE_DATA, with_regions=True))
    return _targets


def files():
    """What to write, by path."""
    made = {SOURCES / "CPhoneMetadata" / "portability.c": portable_regions()}
    for target in targets():
        made.update(target.files())
    return made


def sizes():
    """Bytes of each table, by name."""
    return {name: size for target in targets() for name, size in target.sizes().items()}
