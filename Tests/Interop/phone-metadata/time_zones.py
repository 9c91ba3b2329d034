"""Packs the time zones of number prefixes into Sources/CPhoneMetadata/time_zones.c.

The prefixes, country calling code first, are a trie over ten digits. Every node knows the zones of the longest prefix on the way
to it, so a walk ends with the answer wherever it ends; subtries that are alike are stored once.
"""
from phonenumbers import phonenumberutil, timezone
from phonenumbers.tzdata import TIMEZONE_DATA

import automata
import csource

# An entry of a node that is not another node's number: this bit and the number of a list of zones.
LIST = 1 << 15


class Tables:
    def __init__(self, codes):
        """codes: every country calling code."""
        self.names = sorted({name for zones in TIMEZONE_DATA.values() for name in zones})
        assert timezone.UNKNOWN_TIMEZONE not in self.names
        self.lists = [()] + sorted(set(TIMEZONE_DATA.values()))
        self.index = {zones: number for number, zones in enumerate(self.lists)}
        self.branching = {prefix[:length] for prefix in TIMEZONE_DATA for length in range(len(prefix))}
        # The root comes first and is no successor of any node, so its place can be taken before it is known.
        self.nodes, self.known = [None], {}
        self.nodes[0] = self.row("", 0)
        assert len(self.nodes) < LIST
        for code in codes:
            # A number that belongs to no place has its code's zones. The reference looks for them under the first two
            # digits of the code or all of them, a walk under all beginnings: no code may tell the two apart.
            if len(str(code)) > 1 and str(code)[:1] in TIMEZONE_DATA:
                raise automata.Unsupported("time zones of a beginning of +%d" % code)

    def row(self, prefix, inherited):
        here = self.list_of(prefix, inherited)
        return (here,) + tuple(self.entry(prefix + str(digit), here) for digit in automata.DIGITS)

    def list_of(self, prefix, inherited):
        return self.index[TIMEZONE_DATA[prefix]] if prefix in TIMEZONE_DATA else inherited

    def entry(self, prefix, inherited):
        if prefix not in self.branching:
            return LIST | self.list_of(prefix, inherited)
        row = self.row(prefix, inherited)
        if set(row[1:]) == {LIST | row[0]}:
            return LIST | row[0]
        if row not in self.known:
            self.known[row] = len(self.nodes)
            self.nodes.append(row)
        return self.known[row]

    def arrays(self):
        """Kind, bytes each, name, values."""
        starts, entries = [], []
        for zones in self.lists:
            starts.append(len(entries))
            entries += [self.names.index(name) for name in zones]
        offsets, letters = [], bytearray()
        for name in self.names:
            offsets.append(len(letters))
            letters += name.encode("ascii")
        mobiles = sorted(phonenumberutil._GEO_MOBILE_COUNTRIES) + [0]
        return [
            ("uint16_t", 2, "phone_zone_nodes", [value for row in self.nodes for value in row]),
            ("uint16_t", 2, "phone_zone_list_starts", starts + [len(entries)]),
            ("uint16_t", 2, "phone_zone_lists", entries),
            ("uint16_t", 2, "phone_zone_name_starts", offsets + [len(letters)]),
            ("uint8_t", 1, "phone_zone_names", letters),
            ("uint16_t", 2, "phone_geographical_mobile_codes", mobiles),
        ]

    def render(self):
        out = csource.begin()
        for kind, _, name, values in self.arrays():
            out += csource.array(kind, name, values)
        return "\n".join(out)

    def sizes(self):
        return {
            "time zones": len(self.names), "time zone lists": len(self.lists), "time zone nodes": len(self.nodes),
            "time zone bytes": sum(size * len(values) for _, size, _, values in self.arrays()),
        }
