#!/usr/bin/env python3
"""Drives the gateway against a message centre made of PyPI's smpp.twisted3, and against one that dies, is silent or talks nonsense.

    check.py SMPP-LOAD

What the centre took is read from its own log, put together and decoded here, and compared with what the gateway says became of it. The last line is
`N passed, N failed`.
"""
import collections
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
LOAD = sys.argv[1]
PASSED, FAILED = [], []

# 3GPP TS 23.038, the default alphabet and its extension.
GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
EXTENDED = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}


def from_gsm(octets):
    text, escaped = "", False
    for octet in octets:
        if octet == 0x1B and not escaped:
            escaped = True
            continue
        text += EXTENDED[octet] if escaped else GSM[octet]
        escaped = False
    assert not escaped, "an escape was parted from its character"
    return text


def to_gsm(text):
    octets = bytearray()
    for character in text:
        extended = next((code for code, other in EXTENDED.items() if other == character), None)
        octets += bytes([GSM.index(character)]) if extended is None else bytes([0x1B, extended])
    return bytes(octets)


def check(holds, sentence, *more):
    (PASSED if holds else FAILED).append(sentence)
    if not holds:
        print("FAILED:", sentence, *more)


class Centre:
    """The process of centre.py."""

    def __init__(self, *options, port=0, log=None):
        self.log = pathlib.Path(log or tempfile.mktemp(dir=WORK))
        self.log.touch()
        self.out = pathlib.Path(tempfile.mktemp(dir=WORK))
        with open(self.out, "w") as out, open(WORK / "centre.err", "a") as err:
            self.process = subprocess.Popen(
                [sys.executable, HERE / "centre.py", "--port", str(port), "--log", self.log, *options], stdout=out, stderr=err)
        deadline = time.monotonic() + 20
        while not (found := re.match(r"port (\d+)", self.said)):
            assert time.monotonic() < deadline and self.process.poll() is None, (WORK / "centre.err").read_text()[-2000:]
            time.sleep(0.02)
        self.port = int(found[1])

    @property
    def said(self):
        return self.out.read_text()

    def count(self, line):
        return self.said.splitlines().count(line)

    @property
    def taken(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Load:
    """The gateway in smpp-load: what it printed."""

    def __init__(self, port, **options):
        self.arguments = [LOAD, "--port", str(port)]
        for name, value in options.items():
            self.arguments += ["--" + name.replace("_", "-"), str(value)]
        self.out = open(tempfile.mktemp(dir=WORK), "w+")
        self.process = subprocess.Popen(self.arguments, stdout=self.out, stderr=subprocess.STDOUT)

    def result(self, timeout=60):
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            check(False, "the gateway comes to an end", self.arguments)
        self.out.seek(0)
        self.lines = self.out.read().splitlines()
        self.sent = {}
        self.doubled = 0
        for line in self.lines:
            if match := re.match(r"sent (\d+) (\S+) ?(\S*) ?(\S*)", line):
                self.doubled += int(match[1]) in self.sent
                self.sent[int(match[1])] = match.groups()[1:]
        self.outcomes = {name: int(value) for line in self.lines if line.startswith("outcomes ") for name, value in re.findall(r"(\S+)=(\d+)", line)}
        return self

    def all(self, outcome):
        return {index for index, (code, *_) in self.sent.items() if code == outcome}

    def beginning(self, word):
        return [line.split() for line in self.lines if line.startswith(word + " ")]

    def observed(self, name):
        return sum(int(words[2]) for words in self.beginning("observed") if words[1] == name)


def load(port, **options):
    return Load(port, **options).result()


def index(entry):
    return int(entry["to"].removeprefix("4179")) - 1_000_000


def many():
    with Centre("--receipts", "--enquire") as centre:
        run = load(centre.port, count=10_000, linger=20_000, expect=10_000)
        taken = collections.Counter(index(entry) for entry in centre.taken)
        check(run.observed("bound") == 1, "it binds as a transceiver")
        check(centre.count("bound BOUND_TRX") == 1, "the centre says so too")
        check(run.all("accepted") == set(range(10_000)), "10,000 messages are all accepted", len(run.all("accepted")))
        check(set(taken) == set(range(10_000)) and set(taken.values()) == {1}, "each is at the centre exactly once", len(taken))
        names = {entry["id"]: index(entry) for entry in centre.taken}
        check(all(names.get(words[0]) == number for number, (_, *words) in run.sent.items()), "each has the name that the centre gave it")
        receipts = collections.Counter(words[1] for words in run.beginning("receipt"))
        check(set(receipts) == set(names) and set(receipts.values()) == {1}, "a receipt comes for each", len(receipts))
        check(all(words[2:] == ["delivered", "-"] for words in run.beginning("receipt")), "and says that it was delivered")
        check(centre.count("enquiry-answered") == 1, "the centre's enquire_link is answered")
        check(centre.count("unbind") == 1, "it unbinds when it stops")
        entry = centre.taken[0]
        check(entry["source"] == ["ALPHANUMERIC", "UNKNOWN", "Example"], "a name is an alphanumeric source address", entry["source"])
        check(run.outcomes == {"accepted": 10_000, "refused": 0, "not-sent": 0, "unknown": 0, "settled": 0}, "the counts agree", run.outcomes)


def refused():
    with Centre("--refuse") as centre:
        run = load(centre.port, count=1, password="wrong", attempts=2, bind_patience=300)
        check(run.sent[0][:3] == ("transport.notSent", "unauthorized", "0x0E"), "a wrong password is `unauthorized`, with the centre's code", run.sent)
        check(run.outcomes["accepted"] == 0 and not centre.taken, "and nothing is sent")
        check(not any("wrong" in line for line in run.lines), "no line holds the password")
        run = load(centre.port, count=20)
        check(
            {number for number, words in run.sent.items() if words == ("transport.refused", "number-invalid", "0x0B")} == {7, 17},
            "an invalid destination is refused for good, with its cause", run.sent)
        check(len(run.all("accepted")) == 18, "and the others are sent")
        run = load(centre.port, count=1, system="0123456789abcde", attempts=1, bind_patience=300)
        check(run.sent[0][1] == "unauthorized", "so is an unknown system_id", run.sent)
        run = load(centre.port, count=5, enquire=100, sender="+41791234567", linger=500)
        check(centre.count("enquired") >= 2, "a silent connection is asked whether it is there")
        check(centre.taken[-1]["source"] == ["INTERNATIONAL", "ISDN", "41791234567"], "digits with a plus sign are E.164", centre.taken[-1])


LONG = {
    "the default alphabet": "Grüße aus Zürich, {0} mal [heute] für 5 €. " * 9,
    "an escape at every border": "€" * 400,
    "UCS-2 with pairs": "Код 123456 🙂" * 20 + "🙂" * 40,
}


def whole(entries, alphabet="gsm7"):
    """One message's text out of its parts, and how many octets the longest has."""
    parts = {}
    references = set()
    longest, total = 0, 1
    for entry in entries:
        octets = bytes.fromhex(entry["text"])
        number = 1
        if entry["header"]:
            header, octets = octets[1:1 + octets[0]], octets[1 + octets[0]:]
            assert (header[0], header[1]) in ((0, 3), (8, 4)), header
            number, total = header[-1], header[-2]
            references.add(header[2:-2])
            size = (len(octets) * (2 if entry["coding"] == "ucs2" else 1), len(header) + 1)
            longest = max(longest, size[1] + len(octets) if entry["coding"] == "ucs2" else size[1] + (len(octets) * 7 + 7) // 8)
        elif entry["sar"][0] is not None:
            references.add(entry["sar"][0])
            total, number = entry["sar"][1:]
        assert number not in parts
        decode = {"gsm7": from_gsm, "latin1": lambda octets: octets.decode("latin-1"), "ascii": lambda octets: octets.decode("ascii")}[alphabet]
        parts[number] = octets.decode("utf-16-be") if entry["coding"] == "ucs2" else decode(octets)
    assert len(references) <= 1 and sorted(parts) == list(range(1, total + 1)), (references, sorted(parts), total)
    return "".join(parts[number] for number in sorted(parts)), longest


def texts():
    with Centre() as centre:
        seen = 0

        def arrived():
            nonlocal seen
            entries = centre.taken[seen:]
            seen += len(entries)
            return entries

        for way in ("header8", "header16", "parameters", "payload"):
            for name, text in LONG.items():
                run = load(centre.port, count=1, text=text, long=way)
                entries = arrived()
                try:
                    put, longest = whole(entries)
                    check(put == text, f"{name}, {way}: the parts make the text", put)
                    check(longest <= 140, f"{name}, {way}: no part is longer than a short message", longest)
                except (AssertionError, UnicodeDecodeError, KeyError) as error:
                    check(False, f"{name}, {way}: the parts make the text", repr(error))
                check(
                    run.sent.get(0, [""])[0] == "accepted" and run.sent[0][1].split(",") == [entry["id"] for entry in entries],
                    f"{name}, {way}: it has the names of all its parts", run.sent)
                check(way != "payload" or entries[0]["payload"] and len(entries) == 1, f"{name}, {way}: it is one PDU where it should be")
        for alphabet, text, coding in [
            ("gsm7", "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ^{}\\[~]|€", "default"), ("latin1", "Zürich [1]", "default"), ("latin1", "5 €", "ucs2"),
            ("ascii", "Zurich [1]", "default"), ("ascii", "Zürich", "ucs2"), ("ucs2", "abc", "ucs2"), ("gsm7", "код 🙂", "ucs2"),
        ]:
            load(centre.port, count=1, text=text, alphabet=alphabet)
            entries = arrived()
            check([entry["coding"] for entry in entries] == [coding], f"{alphabet}: {text!r} is {coding}", entries)
            check(whole(entries, "gsm7" if alphabet == "ucs2" else alphabet)[0] == text, f"{alphabet}: {text!r} arrives as it is", entries)


def throttled():
    with Centre("--throttle", "23") as centre:
        run = load(centre.port, count=1_000)
        taken = collections.Counter(index(entry) for entry in centre.taken)
        check(run.all("accepted") == set(range(1_000)) and set(taken) == set(range(1_000)), "with a centre that has too much at times nothing is lost")
        check(set(taken.values()) == {1}, "and nothing is doubled")
        check(run.observed("throttled") > 0 and run.outcomes["not-sent"] > 0, "it does say so", run.outcomes)
        before = len(centre.taken)
        run = load(centre.port, count=50, text=LONG["the default alphabet"])
        check(len(run.all("accepted")) == 50, "parts that it has too much for are sent again", run.sent)
        entries = collections.defaultdict(list)
        for entry in centre.taken[before:]:
            entries[index(entry)].append(entry)
        check(all(whole(parts)[0] == LONG["the default alphabet"] for parts in entries.values()), "and each part is there once")


def consistent(run, taken, count, losses, what):
    """Nothing acknowledged is lost, nothing is doubled, and what is unknown is bounded."""
    times = collections.Counter(index(entry) for entry in taken)
    unknown = run.all("transport.maybeSent")
    check(set(run.sent) == set(range(count)) and run.doubled == 0, f"{what}: every message has one outcome", len(run.sent))
    check(run.all("accepted") | unknown == set(range(count)), f"{what}: each is accepted or unknown", len(run.all("accepted")), len(unknown))
    check(run.all("accepted") <= set(times), f"{what}: nothing that was acknowledged is lost")
    check(max(times.values()) == 1, f"{what}: nothing is doubled", [number for number, many in times.items() if many > 1][:5])
    check(len(unknown) <= 100 * losses, f"{what}: at most a window of unknown outcomes for each loss", len(unknown), losses)
    check(run.outcomes["unknown"] == len(unknown), f"{what}: the unknown are counted", run.outcomes)
    return unknown


def dropped():
    with Centre("--drop", "300", "--settle") as centre:
        run = load(centre.port, count=2_000, linger=1_000)
        losses = len(centre.taken) // 300
        unknown = consistent(run, centre.taken, 2_000, losses, "a connection that breaks in the middle of a window")
        settled = {words[3] for words in run.beginning("receipt")}
        check(
            len(settled) == losses and settled <= {f"{number:016x}{0:016x}-1" for number in unknown},
            "receipts with our reference settle what was unknown", settled, losses)
        check(run.outcomes["settled"] == len(settled), "and are counted", run.outcomes)


def killed():
    log = WORK / "killed.log"
    centre = Centre(log=log)
    port = centre.port
    run = Load(port, count=6_000, enquire=500)
    kills = 0
    for goal in (700, 2_200, 3_900):
        while len(log.read_bytes().splitlines()) < goal and run.process.poll() is None:
            time.sleep(0.005)
        centre.process.send_signal(signal.SIGKILL)
        centre.process.wait()
        kills += 1
        centre = Centre(port=port, log=log)
    with centre:
        run.result()
        consistent(run, centre.taken, 6_000, kills, "a centre that is killed and comes back")
        check(run.observed("bound") == kills + 1, "it binds again each time", run.observed("bound"))


def silent():
    with Centre("--deaf", "1") as centre:
        run = load(centre.port, count=10, response=400, window=10)
        check(run.all("transport.maybeSent") == set(range(10)), "no answer in time is unknown", run.sent)
        check(collections.Counter(map(index, centre.taken)) == {number: 1 for number in range(10)}, "and is not sent again", centre.taken)
    with Centre("--deaf", "1", "--slow") as centre:
        run = load(centre.port, count=30, response=400, enquire=200, window=100, linger=500)
        check(len(run.all("transport.maybeSent")) >= 1 and run.observed("silent") >= 1, "a centre that reads no more is left", run.outcomes)
    # One that takes the connection and says nothing at all.
    with socket.create_server(("127.0.0.1", 0)) as mute:
        run = load(mute.getsockname()[1], count=1, attempts=1, bind_timeout=300, bind_patience=600)
        check(run.sent[0][0] == "transport.notSent" and run.observed("bind-failed") >= 1, "a bind without an answer is given up", run.sent)
    run = load(free_port(), count=1, attempts=1, bind_patience=200)
    check(run.sent[0][0] == "transport.notSent", "where nobody listens nothing is sent", run.sent)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def nonsense():
    with Centre("--garbage", "150") as centre:
        run = load(centre.port, count=400)
        consistent(run, centre.taken, 400, 1, "a centre that talks nonsense")
        check(run.observed("unreadable") == 1, "it is noticed", run.lines[-5:])


def inbound():
    long = "Ünder the [default] alphabet, with 5 €: " * 8
    pairs = "🙂 да " * 30

    def cut(octets, size):
        return [octets[at:at + size] for at in range(0, len(octets), size)]

    messages = [
        {"text": to_gsm("STOP").hex(), "coding": "SMSC_DEFAULT_ALPHABET"}, {"text": to_gsm("[5 €]").hex(), "coding": "SMSC_DEFAULT_ALPHABET"},
        {"text": "Zürich".encode("latin-1").hex(), "coding": "LATIN_1"}, {"text": b"IA5 ~".hex(), "coding": "IA5_ASCII"},
        {"text": "да 🙂".encode("utf-16-be").hex(), "coding": "UCS2"}, {"text": to_gsm("please not now").hex(), "coding": "SMSC_DEFAULT_ALPHABET"},
        {"text": to_gsm("STOP").hex(), "coding": "SMSC_DEFAULT_ALPHABET"},
    ]
    expected = ["STOP", "[5 €]", "Zürich", "IA5 ~", "да 🙂", "please not now", "STOP"]
    # Cut without regard for escapes and pairs, out of order.
    parts = cut(to_gsm(long), 153)
    messages += [
        {"text": (bytes([5, 0, 3, 77, len(parts), number + 1]) + part).hex(), "coding": "SMSC_DEFAULT_ALPHABET", "header": True}
        for number, part in reversed(list(enumerate(parts)))
    ]
    parts = cut(pairs.encode("utf-16-be"), 132)
    messages += [
        {"text": (bytes([6, 8, 4, 9, 77, len(parts), number + 1]) + part).hex(), "coding": "UCS2", "header": True}
        for number, part in enumerate(parts)
    ]
    parts = cut(to_gsm(long + "not now"), 150)
    messages += [
        {"text": part.hex(), "coding": "SMSC_DEFAULT_ALPHABET", "sar_msg_ref_num": 5, "sar_total_segments": len(parts), "sar_segment_seqnum": number + 1}
        for number, part in enumerate(parts)
    ]
    messages += [{"text": pairs.encode("utf-16-be").hex(), "coding": "UCS2", "payload": True}]
    expected += [long, pairs, long + "not now", pairs]
    for message in messages:
        message["from"] = "41791112233"
    path = WORK / "inbound.json"
    path.write_text(json.dumps(messages))
    for bind in ("transceiver", "pair"):
        with Centre("--inbound", path) as centre:
            run = load(centre.port, bind=bind, linger=8_000, expect=len(expected), await_bind=1)
            came = [bytes.fromhex(words[4]).decode() for words in run.beginning("inbound")]
            check(came == expected, f"{bind}: messages come as they were written, in order, long ones whole", [text[:20] for text in came])
            check({words[1] for words in run.beginning("inbound")} == {"41791112233"}, f"{bind}: with the number")
            check(centre.count("repeated") == 2, f"{bind}: what the handler does not take comes again", centre.said)
            names = [words[3] for words in run.beginning("inbound")]
            check(len(set(names)) == len(names), f"{bind}: each has a name of its own, the same words too")
            check(
                [words[1] for words in run.beginning("inbound-refused")] == [names[5], names[9]] if len(names) > 9 else False,
                f"{bind}: which a repetition keeps")


def pair():
    with Centre("--receipts") as centre:
        run = load(centre.port, count=300, bind="pair", linger=5_000, expect=300)
        check(centre.count("bound BOUND_TX") == 1 and centre.count("bound BOUND_RX") == 1, "transmitter and receiver are bound", centre.said)
        check(len(run.all("accepted")) == 300 and len(run.beginning("receipt")) == 300, "one sends, receipts come by the other", run.outcomes)
    with Centre("--receipts") as centre:
        run = load(centre.port, count=600, connections=3, window=20, linger=5_000, expect=600)
        check(centre.count("bound BOUND_TRX") == 3, "three connections are bound", centre.said)
        check(len(run.all("accepted")) == 600 and len({entry["to"] for entry in centre.taken}) == 600, "and share the messages")


def tls():
    def certificate(name, subject):
        files = WORK / f"{name}.pem", WORK / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files[1], "-out",
             files[0], "-days", "2", "-subj", "/CN=centre", "-addext", f"subjectAltName={subject}"], check=True, capture_output=True)
        return files

    (good, key), (other, _) = certificate("centre", "DNS:localhost"), certificate("other", "DNS:localhost")
    with Centre("--certificate", good, "--key", key, "--receipts") as centre:
        run = load(centre.port, count=500, authorities=good, host="localhost", linger=5_000, expect=500)
        check(len(run.all("accepted")) == 500 and len(centre.taken) == 500, "over TLS messages are sent", run.outcomes)
        check(len(run.beginning("receipt")) == 500, "and receipts come")
        run = load(centre.port, count=20, authorities=good, server_name="localhost")
        check(len(run.all("accepted")) == 20, "also by a name that is not the host's", run.sent)
        for what, options in (("another authority", {"authorities": other}), ("another name", {"authorities": good, "server_name": "example.org"}), ("no address", {"authorities": good})):
            before = centre.said.count("bound")
            run = load(centre.port, count=1, attempts=1, bind_patience=300, **options)
            check(
                run.sent[0][0] == "transport.notSent" and centre.said.count("bound") == before,
                f"a certificate of {what} is refused before anything is said", run.sent)


with tempfile.TemporaryDirectory() as folder:
    WORK = pathlib.Path(folder)
    chosen = sys.argv[2:]
    for part in (many, refused, texts, throttled, dropped, killed, silent, nonsense, inbound, pair, tls):
        if chosen and part.__name__ not in chosen:
            continue
        began = time.monotonic()
        try:
            part()
        except Exception as error:  # noqa: BLE001 a part that breaks is a failure, and the others go on
            check(False, f"{part.__name__} runs", repr(error))
        print(f"{part.__name__}: {time.monotonic() - began:.1f} s")
print(f"{len(PASSED)} passed, {len(FAILED)} failed")
sys.exit(1 if FAILED else 0)
