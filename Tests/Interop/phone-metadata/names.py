"""Many names in few bytes: each stored once, written in a code of its own.

Byte-pair encoding: the two neighbouring symbols that occur most often become one symbol, again and again. A symbol is
either a byte of UTF-8 or two symbols. The most frequent symbols take one byte, the others two; 0 ends a name.
"""
import heapq

# Names before a block's first one are skipped by reading them, so blocks are short.
BLOCK = 16
# A pair costs four bytes in the table of phrases, and each use of it saves one or two.
FEWEST_USES = 5
END = -1


class Names:
    """Numbers the names in order of arrival, from 1; 0 is no name."""

    def __init__(self):
        self.numbers = {"": 0}

    def add(self, name):
        assert name and "\0" not in name
        number = self.numbers.setdefault(name, len(self.numbers))
        assert number < 1 << 16
        return number

    def pack(self):
        texts = [name.encode() for name in self.numbers]
        phrases, streams = shorten(texts)
        codes, one_byte = code_of(phrases, streams)
        packed, blocks = bytearray(), []
        for number, stream in enumerate(streams):
            if number % BLOCK == 0:
                blocks.append(len(packed))
            for symbol in stream:
                code = codes[symbol]
                packed += bytes([code]) if code < one_byte else bytes([one_byte + (code - one_byte >> 8), code - one_byte & 255])
            packed.append(0)
        table = [0] * (len(codes) + 1)
        for symbol, code in codes.items():
            left, right = phrases.get(symbol, (None, None))
            table[code] = symbol if left is None else codes[left] | codes[right] << 16
        for number, text in enumerate(texts):
            assert unpack(packed, blocks, table, one_byte, number) == text
        return Packed(bytes(packed), blocks, table, one_byte, max(map(len, texts)))


class Packed:
    def __init__(self, text, blocks, phrases, one_byte, longest):
        self.text = text
        self.blocks = blocks
        # By code: a byte of UTF-8, or two codes, the second in the upper half; no code is 0.
        self.phrases = phrases
        self.one_byte = one_byte
        self.longest = longest

    def size(self):
        return len(self.text) + 4 * len(self.blocks) + 4 * len(self.phrases)


def shorten(texts):
    """Symbols that stand for two others, and each text in symbols; symbols below 256 are bytes."""
    symbols = []
    for text in texts:
        symbols += text
        symbols.append(END)
    after = list(range(1, len(symbols) + 1))
    before = list(range(-1, len(symbols) - 1))
    places = {}
    for place in range(len(symbols) - 1):
        if symbols[place] != END and symbols[place + 1] != END:
            places.setdefault((symbols[place], symbols[place + 1]), []).append(place)
    counts = {pair: len(found) for pair, found in places.items()}
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    phrases = {}
    while heap:
        count, pair = heapq.heappop(heap)
        if -count != counts[pair]:
            if counts[pair] >= FEWEST_USES:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -count < FEWEST_USES:
            break
        left, right = pair
        made = 256 + len(phrases)
        phrases[made] = pair
        touched = []
        for place in places.pop(pair):
            follower = after[place]
            # Places are not taken out of the lists when a neighbour changes, so look again.
            if symbols[place] != left or follower >= len(symbols) or symbols[follower] != right:
                continue
            symbols[place] = made
            symbols[follower] = None
            beyond = after[follower]
            after[place] = beyond
            before[beyond] = place
            previous = before[place]
            if previous >= 0 and symbols[previous] != END:
                old, new = (symbols[previous], left), (symbols[previous], made)
                if old != pair:
                    counts[old] -= 1
                places.setdefault(new, []).append(previous)
                counts[new] = counts.get(new, 0) + 1
                touched.append(new)
            if symbols[beyond] != END:
                old, new = (right, symbols[beyond]), (made, symbols[beyond])
                if old != pair:
                    counts[old] -= 1
                places.setdefault(new, []).append(place)
                counts[new] = counts.get(new, 0) + 1
                touched.append(new)
        counts[pair] = 0
        for new in sorted(set(touched)):
            heapq.heappush(heap, (-counts[new], new))
    streams, stream, place = [], [], 0
    while place < len(symbols):
        if symbols[place] == END:
            streams.append(stream)
            stream = []
        else:
            stream.append(symbols[place])
        place = after[place]
    return phrases, streams


def code_of(phrases, streams):
    """Codes from 1, the more frequent the lower, and the first code that takes two bytes."""
    uses = {}
    for stream in streams:
        for symbol in stream:
            uses[symbol] = uses.get(symbol, 0) + 1
    needed = set(uses)
    waiting = list(uses)
    while waiting:
        for part in phrases.get(waiting.pop(), ()):
            if part not in needed:
                needed.add(part)
                waiting.append(part)
    ranked = sorted(needed, key=lambda symbol: (-uses.get(symbol, 0), symbol))
    codes = {symbol: rank + 1 for rank, symbol in enumerate(ranked)}
    count = len(codes) + 1
    assert count < 1 << 16
    one_byte = 256
    while one_byte + (count - one_byte + 255 >> 8) > 256:
        one_byte -= 1
    return codes, one_byte


def unpack(packed, blocks, phrases, one_byte, number):
    """What the library does, to check what was packed."""
    place = blocks[number // BLOCK]

    def next_code():
        nonlocal place
        first = packed[place]
        place += 1
        if first < one_byte:
            return first
        second = packed[place]
        place += 1
        return one_byte + (first - one_byte << 8 | second)

    for _ in range(number % BLOCK):
        while next_code():
            pass
    text, waiting = bytearray(), []
    while True:
        code = next_code()
        if not code:
            return bytes(text)
        waiting.append(code)
        while waiting:
            phrase = phrases[waiting.pop()]
            if phrase < 256:
                text.append(phrase)
            else:
                waiting += [phrase >> 16, phrase & 0xFFFF]
