"""Regular expressions over the ten digits, compiled to minimal automata.

The metadata's patterns are bounded (no `*`, no `+`, no look-around), so every automaton here is
acyclic and becomes minimal by building it from its leaves: two states with the same output and the
same ten successors are one state, within a region and across regions.
"""
try:
    from re import _constants as op
    from re import _parser as parser
except ImportError:  # Python before 3.11
    import sre_constants as op
    import sre_parse as parser

DIGITS = range(10)
ALL = (1 << 10) - 1


class Unsupported(Exception):
    """A construct these tables cannot hold; the generator must learn it before the tables are updated."""


def digit_set(items):
    """The digits a character class accepts, as a bit set."""
    bits, negate = 0, False
    for kind, value in items:
        if kind is op.NEGATE:
            negate = True
        elif kind is op.LITERAL:
            bits |= digit_bit(value)
        elif kind is op.RANGE:
            for code in range(value[0], value[1] + 1):
                bits |= digit_bit(code)
        elif kind is op.CATEGORY and value is op.CATEGORY_DIGIT:
            bits |= ALL
        else:
            raise Unsupported(kind)
    return ALL & ~bits if negate else bits


def digit_bit(code):
    return 1 << (code - 48) if 48 <= code <= 57 else 0


class Program:
    """A pattern as instructions of a thread machine: char, split, save, end, match.

    Threads are kept in order of preference, so the automata built from a program answer what a
    backtracking engine answers, not merely what the language contains.
    """

    def __init__(self, pattern, label=None):
        tree = parser.parse(pattern)
        self.groups = tree.state.groups - 1
        self.code = []
        self._sequence(tree)
        self._emit("match", label)

    def _emit(self, *instruction):
        self.code.append(list(instruction))
        return len(self.code) - 1

    def _sequence(self, tree):
        for kind, value in tree:
            self._node(kind, value)

    def _node(self, kind, value):
        if kind is op.LITERAL:
            self._emit("char", digit_bit(value))
        elif kind is op.IN:
            self._emit("char", digit_set(value))
        elif kind is op.ANY:
            self._emit("char", ALL)
        elif kind is op.SUBPATTERN:
            group, _, _, inner = value
            if group is not None:
                self._emit("save", 2 * group)
            self._sequence(inner)
            if group is not None:
                self._emit("save", 2 * group + 1)
        elif kind is op.BRANCH:
            exits = []
            for index, inner in enumerate(value[1]):
                last = index == len(value[1]) - 1
                split = None if last else self._emit("split", len(self.code) + 1, None)
                self._sequence(inner)
                if not last:
                    exits.append(self._emit("jump", None))
                    self.code[split][2] = len(self.code)
            for at in exits:
                self.code[at][1] = len(self.code)
        elif kind is op.MAX_REPEAT:
            low, high, inner = value
            if high is op.MAXREPEAT:
                raise Unsupported("unbounded repetition")
            for _ in range(low):
                self._sequence(inner)
            splits = []
            for _ in range(high - low):
                splits.append(self._emit("split", len(self.code) + 1, None))
                self._sequence(inner)
            for at in splits:
                self.code[at][2] = len(self.code)
        elif kind is op.AT and value is op.AT_END:
            self._emit("end")
        else:
            raise Unsupported(kind)


class Automaton:
    """All states of one table, shared by every start. State 0 accepts nothing and leads to itself."""

    def __init__(self, no_output):
        self.no_output = no_output
        self.successors = [(0,) * 10]
        self.outputs = [no_output]
        self._known = {((0,) * 10, no_output): 0}

    def state(self, successors, output):
        key = (tuple(successors), output)
        if key not in self._known:
            self._known[key] = len(self.outputs)
            self.successors.append(key[0])
            self.outputs.append(output)
        return self._known[key]

    def sink(self, output):
        """A state that leads to itself and keeps its output."""
        key = ("sink", output)
        if key not in self._known:
            here = self._known[key] = len(self.outputs)
            self.successors.append((here,) * 10)
            self.outputs.append(output)
        return self._known[key]


def union(programs):
    """One code list for several programs and the entry points of each."""
    code, starts = [], []
    for program in programs:
        base = len(code)
        starts.append(base)
        for instruction in program.code:
            kind, *rest = instruction
            if kind in ("split", "jump"):
                rest = [target + base for target in rest]
            code.append([kind] + rest)
    return code, starts


def compile_full(automaton, labelled, output_of, cut=lambda labels: None):
    """The automaton of full matches: `output_of(labels, depth)` for the patterns matched after `depth` digits.

    labelled: [(label, pattern)].
    """
    code, starts = union([Program(pattern, label) for label, pattern in labelled])
    memo = {}

    def closure(threads):
        seen, stack = set(), list(threads)
        while stack:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            kind = code[at][0]
            if kind == "split":
                stack += code[at][1:]
            elif kind == "jump":
                stack.append(code[at][1])
            elif kind == "save":
                stack.append(at + 1)
            elif kind == "end":
                raise Unsupported("end anchor in a full match")
        return frozenset(at for at in seen if code[at][0] in ("char", "match"))

    def build(threads, depth):
        key = (threads, depth)
        if key not in memo:
            labels = frozenset(code[at][1] for at in threads if code[at][0] == "match")
            chars = [at for at in threads if code[at][0] == "char"]
            if not chars:
                following = [0] * 10
            else:
                following = [
                    build(closure(at + 1 for at in chars if code[at][1] >> digit & 1), depth + 1) for digit in DIGITS
                ]
            memo[key] = automaton.state(following, output_of(labels, depth))
        return memo[key]

    return build(closure(starts), 0)


def compile_prefixes(automaton, labelled, output_of):
    """The automaton of prefix matches: labels stay once their pattern has matched. A state all of whose
    labels are decided leads to itself."""
    code, starts = union([Program(pattern, label) for label, pattern in labelled])
    memo = {}

    def closure(threads):
        seen, stack = set(), list(threads)
        while stack:
            at = stack.pop()
            if at not in seen:
                seen.add(at)
                kind = code[at][0]
                if kind in ("split", "jump"):
                    stack += code[at][1:]
                elif kind == "save":
                    stack.append(at + 1)
                elif kind == "end":
                    raise Unsupported("end anchor in a prefix match")
        matched = frozenset(code[at][1] for at in seen if code[at][0] == "match")
        return frozenset(at for at in seen if code[at][0] == "char"), matched

    owner = {}
    for (label, _), start, stop in zip(labelled, starts, starts[1:] + [len(code)]):
        for at in range(start, stop):
            owner[at] = label

    def build(chars, matched):
        chars = frozenset(at for at in chars if owner[at] not in matched)
        key = (chars, matched)
        if key not in memo:
            if not chars:
                memo[key] = automaton.sink(output_of(matched)) if matched else 0
            else:
                following = []
                for digit in DIGITS:
                    following_chars, new = closure(at + 1 for at in chars if code[at][1] >> digit & 1)
                    following.append(build(following_chars, matched | new))
                memo[key] = automaton.state(following, output_of(matched))
        return memo[key]

    return build(*closure(starts))


def compile_first(automaton, pattern, action_of):
    """The automaton of one preferred match at the start of the digits, with its captures.

    Each state's output is (action here, action if the digits end here). The last action met on the
    way is the match that a backtracking engine returns, because threads less preferred than a match
    are dropped. `action_of(end, captures)` makes an action; captures are offsets by group.
    """
    program = Program(pattern)
    code = program.code
    memo = {}

    def closure(threads, depth, at_end):
        """Threads in order of preference, up to the first match; and that match."""
        ordered, seen = [], set()

        def follow(at, saved):
            if at in seen:
                return None
            seen.add(at)
            kind = code[at][0]
            if kind == "char":
                ordered.append((at, saved))
                return None
            if kind == "match":
                return saved
            if kind == "end":
                return follow(at + 1, saved) if at_end else None
            if kind == "jump":
                return follow(code[at][1], saved)
            if kind == "save":
                slots = dict(saved)
                slots[code[at][1]] = depth
                return follow(at + 1, tuple(sorted(slots.items())))
            found = follow(code[at][1], saved)
            return found if found is not None else follow(code[at][2], saved)

        for at, saved in threads:
            found = follow(at, saved)
            if found is not None:
                return ordered, found
        return ordered, None

    def action(saved, depth):
        if saved is None:
            return 0
        slots = dict(saved)
        captures = {g: (slots[2 * g], slots[2 * g + 1]) for g in range(1, program.groups + 1) if 2 * g + 1 in slots}
        return action_of(depth, captures)

    def build(entry, depth):
        key = (entry, depth)
        if key not in memo:
            ordered, here = closure(entry, depth, False)
            _, at_end = closure(entry, depth, True)
            following = []
            for digit in DIGITS:
                moved = tuple((at + 1, saved) for at, saved in ordered if code[at][1] >> digit & 1)
                following.append(build(moved, depth + 1) if moved else 0)
            memo[key] = automaton.state(following, (action(here, depth), action(at_end, depth)))
        return memo[key]

    return build(((0, ()),), 0), program.groups
