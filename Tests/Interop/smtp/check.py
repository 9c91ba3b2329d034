#!/usr/bin/env python3
"""Drives the gateway against OpenSMTPD and aiosmtpd.

    check.py SMTP-LOAD [PART…]

What arrived is read by Python's `email` and compared with what was to be sent and with what the gateway says became of it. The last line is
`N passed, N failed`.
"""
import collections
import email
import email.policy
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from peers import AccountServer, BadNetwork, OpenSMTPD, die_with_parent, free_port

LOAD = sys.argv[1]
PASSED, FAILED = [], []

# As Tests/SMTPLoad has them.
TEXTS = [
    "Example: your code is #. Never share it.", "Grüße, Ihr Bürgeramt: # ist Ihr Code. £5 ^{~}€\n.\n..\nzweite Zeile ", "رمزك هو #\n\nلا تشاركه مع أحد",
    "認証コードは#です。\n誰にも教えないでください。", "👩🏽‍🚀 # = code\n=20 stays\n\ttab\n", "Ваш код: #.\nНе сообщайте его.",
]
SUBJECTS = ["Your code for Example", "Ihr Bestätigungscode", "رمز التحقق", "認証コードのお知らせ", "👩🏽‍🚀 code", "Ваш код подтверждения для входа в систему"]


def check(holds, sentence, *more):
    (PASSED if holds else FAILED).append(sentence)
    if not holds:
        print("FAILED:", sentence, *more)


class Load:
    """The gateway in smtp-load: what it printed."""

    def __init__(self, port, **options):
        self.arguments = [LOAD, "--port", str(port)]
        for name, value in options.items():
            self.arguments += ["--" + name.replace("_", "-"), str(value)]
        self.out = open(tempfile.mktemp(dir=WORK), "w+")
        self.process = subprocess.Popen(self.arguments, stdout=self.out, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)

    @property
    def done(self):
        return sum(line.startswith("sent ") for line in pathlib.Path(self.out.name).read_text().splitlines())

    def result(self, timeout=120):
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            check(False, "the gateway comes to an end", self.arguments)
        self.lines = pathlib.Path(self.out.name).read_text().splitlines()
        self.sent, self.doubled = {}, 0
        for line in self.lines:
            if match := re.match(r"sent (\d+) (\S+) (\S*) ?(\S*)", line):
                self.doubled += int(match[1]) in self.sent
                self.sent[int(match[1])] = match.groups()[1:]
        return self

    def all(self, outcome):
        return {index for index, (code, *_) in self.sent.items() if code == outcome}

    def observed(self, name):
        return sum(line.startswith(f"observed {name} ") for line in self.lines)


def load(port, **options):
    return Load(port, **options).result()


def plain(port, **options):
    return load(port, security="plaintext", **options)


def index(mail):
    return int(mail["Message-ID"][1:17], 16)


def read(mails):
    return [email.message_from_bytes(content, policy=email.policy.default) for _, content in mails]


def words(mail):
    """The text with LF: of base64 it comes as it was sent, with CRLF."""
    return mail.get_content().replace("\r\n", "\n")


def faults(mails):
    """What is not as it was sent, in the mails themselves."""
    found = []
    for (recipient, content), mail in zip(mails, read(mails)):
        number = index(mail)
        text = TEXTS[number % len(TEXTS)].replace("#", str(100_000 + number % 900_000))
        for what, ours, theirs in [
            ("text", text.removesuffix("\n") + "\n", words(mail)), ("subject", SUBJECTS[number % len(SUBJECTS)], mail["Subject"]),
            ("To", f"user{number}@example.org", mail["To"]), ("recipient", f"user{number}@example.org", recipient),
            ("From", "Bürgeramt", mail["From"].addresses[0].display_name), ("address", "codes@example.com", mail["From"].addresses[0].addr_spec),
            ("automatic", "auto-generated", mail["Auto-Submitted"]), ("language", "en", mail["Content-Language"]),
            ("type", "text/plain", mail.get_content_type()), ("defects", [], mail.defects),
            ("Message-ID", f"<{number:016x}{0:016x}-1@example.com>", mail["Message-ID"]),
        ]:
            if ours != theirs:
                found.append((number, what, ours, theirs))
        if mail["Date"].datetime is None or any(len(line) > 998 for line in content.split(b"\r\n")):
            found.append((number, "date or long lines"))
    return found


def queued(mails):
    """For each message how often it came into the server's queue: what the server itself delivers again has the same name of it."""
    names = collections.defaultdict(set)
    for mail in read(mails):
        names[index(mail)].add(re.search(r"\bid ([0-9a-f]{8})\b", str(mail["Received"]))[1])
    return {number: len(found) for number, found in names.items()}


def true(run, mails, count, what, cut_short=False):
    """Nothing acknowledged is lost, nothing that was not sent is there, nothing is doubled."""
    times = queued(mails)
    accepted, unknown, not_sent = run.all("accepted"), run.all("transport.maybeSent"), run.all("transport.notSent")
    check(set(run.sent) == set(range(count)) and run.doubled == 0, f"{what}: every message has one outcome", len(run.sent))
    check(accepted | unknown | not_sent == set(range(count)), f"{what}: each was sent, was not, or is unknown")
    check(accepted <= set(times), f"{what}: nothing that was sent is lost", sorted(accepted - set(times))[:5])
    check(not not_sent & set(times), f"{what}: nothing that was not sent is there", sorted(not_sent & set(times))[:5])
    check(all(many == 1 for many in times.values()), f"{what}: nothing was sent twice", [item for item in times.items() if item[1] > 1][:5])
    found = faults(mails)
    if found and cut_short:
        # A delivery that died in its midst comes again, under the same name in the queue.
        whole = {index(read([mail])[0]) for mail in mails if not faults([mail])}
        found = [fault for fault in found if fault[0] not in whole]
    check(not found, f"{what}: what arrived is whole", found[:3])
    print(f"{what}: {len(accepted)} sent, {len(not_sent)} not sent, {len(unknown)} unknown of which {len(unknown & set(times))} arrived")
    return accepted, not_sent, unknown


def many():
    with OpenSMTPD(WORK / "many", max_mails=37) as server:
        run = plain(server.port, count=2_400, connections=4, messages=1_000)
        mails = server.settled(2_400)
        accepted, _, _ = true(run, mails, 2_400, "2,400 messages")
        check(len(accepted) == 2_400 and len(mails) == 2_400, "each arrives exactly once", len(accepted), len(mails))
        # 37 messages a connection: the others are moved to a new one.
        check(run.observed("retried") >= 2_400 // 37 - 4, "a server that has enough of a connection costs no message", run.observed("retried"))
        check(run.observed("connected") - run.observed("retried") <= 4, "and no more connections than that", run.observed("connected"))
        names = {names for _, names, _ in run.sent.values()}
        check(sum(bool(re.fullmatch("[0-9a-f]{8}", name)) for name in names) > 2_200, "the receipt has the queue's own name of it", list(names)[:3])
        print([line for line in run.lines if line.startswith("rate")])
        run = plain(server.port, count=200, connections=2, messages=20)
        check(run.observed("retried") == 0 and len(run.all("accepted")) == 200, "a gateway that knows the limit stays below it", run.observed("retried"))


def refused():
    with OpenSMTPD(WORK / "refused") as server:
        run = plain(server.port, count=3, to="someone@example.net", attempts=1, connections=1)
        check(
            set(run.sent.values()) == {("transport.refused", "number-invalid", "550")}, "a recipient that the server will not have is refused", run.sent)
        check(run.observed("connected") == 1, "by one connection")
        check(not any("example.net" in line for line in run.lines), "and is not named")
        run = plain(server.port, count=3, to="busy@example.org", attempts=1, connections=1)
        check(set(run.sent.values()) == {("transport.notSent", "unreachable", "450-4.2.1")}, "one that is to come later was not sent", run.sent)
        run = plain(server.port, count=3, to="gone@example.org", attempts=1, connections=1)
        check(all(code == "transport.notSent" for code, *_ in run.sent.values()), "nor is one at which the server closes", run.sent)
        run = plain(server.port, count=1, to="üser@example.org", attempts=1)
        check(run.sent[0][0] == "transport.refused", "an address in other letters is refused by a server without SMTPUTF8", run.sent)
        for hostile in ("a@example.org>\r\nRCPT TO:<b@example.org", "a@example.org\nDATA", "a b@example.org", "a@example.org\r\n.\r\nMAIL FROM:<x@example.com>"):
            run = plain(server.port, count=1, to=hostile, attempts=1)
            check(run.sent[0][:2] == ("transport.refused", "number-invalid") and run.observed("connected") == 0, "an address with a command in it is refused", run.sent)
        run = plain(server.port, count=1, subject="x\r\nBcc: b@example.org", attempts=1)
        check(run.sent[0][0] == "transport.refused", "a subject with a header in it is refused", run.sent)
        check(server.settled(0) == [], "nothing of all that arrived")
        text = "a\n.\nMAIL FROM:<x@example.com>\nRCPT TO:<b@example.org>\nDATA\nhello\n.\nQUIT"
        plain(server.port, count=1, text=text.replace("\n", "\r\n"), attempts=1)
        mails = server.settled(1)
        check(len(mails) == 1 and words(read(mails)[0]) == text + "\n", "a text with a dialogue in it is a text", len(mails))


def killed():
    server, run, deadline = OpenSMTPD(WORK / "killed").start(), None, time.monotonic() + 180
    try:
        run = Load(server.port, security="plaintext", count=3_000, connections=8, concurrency=16)
        for goal in (600, 1_400, 2_200):
            while run.done < goal and run.process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.002)
            server.kill()
            time.sleep(0.3)
            server.start()
        run.result()
        _, _, unknown = true(run, server.settled(len(run.all("accepted"))), 3_000, "a server that is killed three times", cut_short=True)
        check(len(unknown) <= 3 * 8, "at most one unknown outcome for each connection that is lost", len(unknown))
        check(run.observed("unknown") == len(unknown), "and they are counted", run.observed("unknown"))
    finally:
        if run:
            run.process.kill()
        server.kill()


def dropped():
    with OpenSMTPD(WORK / "dropped") as server:
        network = BadNetwork(server.port, seed=5321)
        run = plain(network.port, count=2_000, connections=8, attempts=1)
        network.close()
        mails = server.settled(len(run.all("accepted")))
        _, not_sent, unknown = true(run, mails, 2_000, "a network that breaks")
        check(network.breaks > 100 and not_sent and unknown, "connections broke at every place", network.breaks, len(not_sent), len(unknown))
        run = plain(free_port(), count=2, attempts=1)
        check(run.all("transport.notSent") == {0, 1}, "where nobody listens nothing is sent", run.sent)


def accounts():
    def certificate(name, subject):
        files = WORK / f"{name}.pem", WORK / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", files[1], "-out",
             files[0], "-days", "2", "-subj", "/CN=mail", "-addext", f"subjectAltName={subject}"], check=True, capture_output=True)
        return files

    good, other = certificate("mail", "IP:127.0.0.1"), certificate("other", "IP:127.0.0.1")
    right = dict(authorities=good[0], user="codes", password="secret", attempts=1)
    for what, implicit, mechanisms in [("STARTTLS and PLAIN", False, ()), ("STARTTLS and LOGIN", False, ("PLAIN",)), ("TLS from the start", True, ())]:
        with AccountServer(good, implicit=implicit, mechanisms=mechanisms) as server:
            more = dict(security="implicit") if implicit else {}
            run = load(server.port, count=300, **right, **more)
            check(len(run.all("accepted")) == 300 and not faults(server.taken.mails), f"{what}: messages are sent", list(run.sent.items())[:2])
            check(len({index(mail) for mail in read(server.taken.mails)}) == len(server.taken.mails) == 300, f"{what}: each once", len(server.taken.mails))
            check(set(server.logins) == {("LOGIN" if mechanisms else "PLAIN", True)}, f"{what}: the account is used", set(server.logins))
            before = len(server.logins)
            run = load(server.port, count=1, **{**right, "password": "wrong"}, **more)
            check(run.sent[0][:2] == ("transport.refused", "unauthorized"), f"{what}: a wrong password is told", run.sent)
            check(len(server.logins) == before + 1, f"{what}: and not tried again", server.logins[before:])
            logins = len(server.logins)
            for fault, options in (("another authority", {"authorities": other[0]}), ("another name", {"server_name": "example.org"})):
                run = load(server.port, count=1, **{**right, **options}, **more)
                check(run.sent[0][0] == "transport.notSent" and "TLS" in run.lines[-2], f"{what}: a certificate of {fault} is refused", run.lines)
            check(len(server.logins) == logins and len(server.taken.mails) == 300, f"{what}: before anything is said")
            run = load(server.port, count=1, to="用户@example.org", **right, **more)
            check(run.sent[0][0] == "accepted" and server.taken.mails[-1][0] == "用户@example.org", f"{what}: an address in other letters is taken", run.sent)
            mail = email.message_from_bytes(server.taken.mails[-1][1], policy=email.policy.SMTPUTF8)
            check("用户@example.org" in str(mail["To"]), f"{what}: and is in the header", mail["To"])
    with AccountServer(good) as server:
        run = load(server.port, count=1, authorities=good[0], attempts=1)
        check(run.sent[0][:2] == ("transport.refused", "unauthorized"), "without an account a server that wants one refuses", run.sent)
    with AccountServer(account=False) as server:
        run = load(server.port, count=1, **right)
        check(run.sent[0][0] == "transport.notSent" and server.taken.mails == [], "a server without TLS gets nothing", run.sent)
        run = load(server.port, count=1, security="implicit", command=2_000, greeting=2_000, **right)
        check(run.sent[0][0] == "transport.notSent" and server.taken.mails == [], "nor where TLS is to come first", run.sent)
        run = load(server.port, count=1, security="plaintext", host="0.0.0.0", attempts=1)
        check(any("smtp.invalidSetting" in line for line in run.lines), "without TLS another machine's name is no setting", run.lines)


# Where others than root may come by.
with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
    WORK = pathlib.Path(folder)
    WORK.chmod(0o711)
    chosen = sys.argv[2:]
    for part in (many, refused, killed, dropped, accounts):
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
