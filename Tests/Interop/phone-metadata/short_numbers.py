"""Compiles the short numbers of every region into Sources/CPhoneMetadata/short_numbers.c.

All descriptions of a region (general, valid, three costs, emergency, carrier-specific, text message services) become one
automaton; a state's output says what the digits are that end there. That an emergency number has more digits behind it needs no
bit of its own: a walk passes through the state of the emergency number.
"""
from phonenumbers import shortnumberinfo
from phonenumbers.phonemetadata import PhoneMetadata

import automata
import csource

# The outputs of states; Sources/PhoneNormalization/ShortNumbers/ShortPlans.swift has the same bits.
VALID, SHORT_CODE, COST_SHIFT, EMERGENCY, CARRIER_SPECIFIC, SMS_SERVICE = 1, 2, 2, 16, 32, 64
COSTS = ["unknown", "premium_rate", "standard_rate", "toll_free"]
DESCRIPTIONS = ["general_desc", "short_code", "toll_free", "standard_rate", "premium_rate", "emergency", "carrier_specific", "sms_services"]


class Tables:
    def __init__(self, names):
        """names: the regions in the order of the table of plans."""
        self.automaton = automata.Automaton(0)
        self.strings, self.offsets = bytearray(b"\0"), {None: 0}
        self.rows = [self.row(name) for name in names]

    def row(self, name):
        metadata = PhoneMetadata.short_metadata_for_region(name)
        if metadata is None:
            return "{0,0,0,0,0,0,0}"
        lengths = set(metadata.general_desc.possible_length)
        assert 0 < min(lengths) and max(lengths) < 16
        examples = [self.example(getattr(metadata, each)) for each in ["short_code"] + COSTS[1:]]
        exact = name in shortnumberinfo._REGIONS_WHERE_EMERGENCY_NUMBERS_MUST_BE_EXACT
        return "{%d,%d,%d,%d,%d,%d,%d}" % (sum(1 << n for n in lengths), self.start(metadata), *examples, exact)

    def example(self, description):
        text = description.example_number if description else None
        if text not in self.offsets:
            assert 2 <= len(text) <= 17 and text.isdecimal()
            self.offsets[text] = len(self.strings)
            self.strings += text.encode() + b"\0"
        return self.offsets[text]

    def start(self, metadata):
        present = {name: getattr(metadata, name) for name in DESCRIPTIONS}
        present = {name: each for name, each in present.items() if each is not None and each.national_number_pattern}
        lengths = {name: set(each.possible_length) for name, each in present.items()}

        def output(labels, depth):
            matching = {name for name in labels if not lengths[name] or depth in lengths[name]}
            bits = 0
            if "short_code" in matching:
                bits |= SHORT_CODE
                if "general_desc" in matching:
                    bits |= VALID
            if depth in lengths["general_desc"]:
                costs = [cost for cost in COSTS if cost in matching]
                # An emergency number costs nothing, whatever its length.
                if not costs and "emergency" in labels:
                    costs = ["toll_free"]
                bits |= COSTS.index(costs[0]) << COST_SHIFT if costs else 0
            bits |= EMERGENCY if "emergency" in labels else 0
            bits |= CARRIER_SPECIFIC if "carrier_specific" in matching else 0
            bits |= SMS_SERVICE if "sms_services" in matching else 0
            return bits

        patterns = [(name, each.national_number_pattern) for name, each in present.items()]
        return automata.compile_full(self.automaton, patterns, output)

    def render(self):
        assert len(self.automaton.outputs) < 1 << 16 and len(self.strings) < 1 << 16
        out = csource.begin()
        out += csource.array("uint16_t", "phone_short_successors", [t for row in self.automaton.successors for t in row])
        out += csource.array("uint8_t", "phone_short_outputs", self.automaton.outputs)
        out += csource.array("phone_short_region", "phone_short_regions", self.rows)
        out += csource.array("uint8_t", "phone_short_strings", self.strings)
        return "\n".join(out)

    def sizes(self):
        states = len(self.automaton.outputs)
        return {"short-number states": states, "short-number bytes": states * 21 + len(self.rows) * 14 + len(self.strings)}
