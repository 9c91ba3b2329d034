#!/usr/bin/env python3
"""People open a number with the tool alone, and everything that must not open one is tried.

    custody.py TOOL LOAD [--kills 12]

TOOL is `phone-identity`, LOAD the program `signup-load`, which signs the numbers up. The last line is `N passed, N failed`.
"""
import argparse
import datetime
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

from people import CUSTODIANS, HOST_PASSPHRASE, LEVELS, Answer, Custody, descriptor

# One person whose record is opened, one whose openings are killed.
INDICES = (7, 8)


def number(index):
    return f"+4178{index:07}"


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def note(self, what, problem=None):
        print(f"{'FAIL' if problem else 'ok  '} {what}{': ' + problem if problem else ''}", flush=True)
        if problem:
            self.failed += 1
        else:
            self.passed += 1

    def holds(self, what, *claims):
        """Claims are (whether it holds, what was found)."""
        self.note(what, "; ".join(str(found) for holds, found in claims if not holds) or None)

    def refused(self, what, answer, *words, code=1):
        self.holds(what, (answer.code == code, f"exit {answer.code}"), *((word in answer.text, answer.text) for word in words))


# The deployment

def ceremonies(report, custody):
    everyone = custody.make_people()
    modes = {name: os.stat(custody.keyring(name)).st_mode & 0o777 for name in everyone}
    report.holds("a person's keyring is for its owner alone", (set(modes.values()) == {0o600}, modes))
    again = custody.run("custody", "person", "--name", "ada", "--deployment", custody.deployment, "--out", custody.people, who="ada")
    report.refused("keys are never overwritten", again, "is there already")
    made = custody.make_keyrings()
    report.holds("the ceremony names the custodians", (made.out.count("\n  ") == len(CUSTODIANS), made.out))

    member = custody.run(
        "custody", "deal", "--quorum", "standard", "--level", 1, "--threshold", 1, "--dealer", custody.keyring("ada"), "--member",
        custody.card("ada"), custody.card("ben"), "--out", custody.work / "own.deal", who="ada")
    report.refused("a dealer is no member of the level", member, "no member")
    custody.each(LEVELS, custody.deal)
    deals = {name: custody.work / f"level-{level}.deal" for level, (*_, names) in LEVELS.items() for name in names}
    answers = custody.each(deals, lambda name: custody.receive(name, deals[name]))
    report.holds("everyone takes a share out of the deal", *((answer.code == 0, answer.text) for answer in answers))
    report.refused("who is not in a deal takes nothing out of it", custody.receive("rita", deals["ada"]), "no share for rita")
    changed = custody.work / "changed.deal"
    bytes_of_deal = bytearray(deals["dan"].read_bytes())
    bytes_of_deal[len(bytes_of_deal) // 2] ^= 1
    changed.write_bytes(bytes_of_deal)
    report.refused("a changed deal is refused", custody.receive("dan", changed, share=custody.work / "changed.share"))


def first_roster(report, custody):
    roster = custody.work / "roster-1"
    draft = ["custody", "roster", "draft", "--deal", *(custody.work / f"level-{level}.deal" for level in LEVELS), "--persons",
             custody.persons(lapsed=["ben"]), "--purpose", "terms-of-service-review", "legal-obligation", "--out", roster]
    report.refused("a first roster names the host", custody.run(*draft), "host.card", code=2)
    drafted = custody.must(*draft, "--host", custody.keys / "host.card")
    report.holds(
        "a draft shows people, powers, dates, levels and thresholds",
        *((words in drafted.out, f"{words!r} is missing in {drafted.out}") for words in (
            "Level 1: 1 of 2", "Level 2: 2 of 3", "The host's key is", "Quorum break-glass", "requests, approves (standard, level 1)", "opens",
            "trained until 2020-03-01T00:00:00.000Z", "LAPSED", "terms-of-service-review, legal-obligation")))

    def show(file=roster):
        return custody.run("custody", "roster", "show", "--roster", file, "--trust", custody.trust)

    report.refused("a roster that nobody signed is not in force", show(), "0 of the 2")
    custody.sign_roster(roster, "kim", "kim")
    others = custody.work / "roster-others"
    others.write_bytes(roster.read_bytes())
    custody.sign_roster(others, "rita")
    report.refused(
        "nor one of a single custodian, however often, and of somebody else", show(others), "1 of the 2", "NO custodian")
    custody.sign_roster(roster, "max")
    shown = show()
    report.holds("two custodians' signatures put it in force", (shown.code == 0 and "In force" in shown.out, shown.text))
    by_cards = custody.run(
        "custody", "roster", "show", "--roster", roster, "--custodian", *map(custody.card, CUSTODIANS), "--custodian-threshold", 3,
        "--json")
    report.holds(
        "cards in place of the trust file say the same, and JSON is JSON",
        (by_cards.code == 1 and by_cards.json()["ok"] is False and len(by_cards.json()["signers"]) == 2, by_cards.text))
    return roster


# Uses

def wrong_use(report, custody, pseudonym):
    groups = [[], ["ceremony"], ["ceremony", "init"], ["custody"], ["custody", "roster"], ["custody", "roster", "draft"], ["request"],
              ["request", "attest"], ["request", "sign"], ["request", "register"], ["request", "deny"], ["approve"], ["reveal"],
              ["reveal", "prepare"], ["reveal", "open"], ["review"], ["review", "sign"], ["review", "submit"], ["custody", "passphrase"]]
    helped = {" ".join(group): custody.run(*group, "--help") for group in groups}
    report.holds("--help is there at every level", *((answer.code == 0 and "phone-identity" in answer.out, name)
                                                    for name, answer in helped.items()))
    attest = ["request", "attest", "--pseudonym", "u_" + "a" * 32, "--out", custody.work / "nobody.attestation"]
    prepare = ["reveal", "prepare", "--attestation", custody.attest(pseudonym), "--keyring", custody.keyring("otto"), "--out", custody.work / "none"]
    report.refused("a missing option is wrong use", custody.run("approve"), code=2)
    report.refused(
        "without a terminal a passphrase has to come from a descriptor",
        custody.run(*prepare, "--config", custody.config), "--passphrase-fd", code=2)
    report.refused("an empty passphrase is none", custody.run(*prepare, "--config", custody.config, passphrase="\n"), "empty", code=2)
    misspelt = custody.work / "misspelt.json"
    misspelt.write_text('{"identityStore": "identity.sqlite", "openerkeyring": "opener.keyring"}')
    report.refused(
        "a misspelt setting is refused", custody.run(*prepare, "--config", misspelt, who="otto", machine="opener"), "openerkeyring", code=2)
    elsewhere = custody.work / "elsewhere.json"
    elsewhere.write_text('{"openerKeyring": "keys/opener.keyring", "identityStore": "state/identity.sqlite", "log": "log", "logKey": "keys/log.pub"}')
    report.refused(
        "without a key service nothing is prepared", custody.run(*prepare, "--config", elsewhere, who="otto", machine="opener"),
        "how to reach the key service", code=2)
    report.refused(
        "a pseudonym that nobody has leads nowhere", custody.run(*attest, "--config", custody.config, machine="host"),
        "identity.unknownPseudonym")
    report.refused(
        "the opener's keyring attests nothing",
        custody.run(*attest, "--config", custody.config, "--host-keyring", custody.keys / "opener.keyring", machine="host"),
        "keyring.wrongKind")
    wrong = custody.run(*prepare, "--config", custody.config, "--json", who="rita", machine="opener")
    report.holds(
        "a wrong passphrase is said in JSON too",
        (wrong.code == 1 and wrong.json()["error"] == "keyring.wrongPassphrase", wrong.text))


def desk(report, custody, count):
    """What a support desk reads, and whoever pays the gateway."""
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    counted = custody.run("deliveries", "--day", today, "--config", custody.config, "--json", machine="host")
    lines = [json.loads(line) for line in counted.out.splitlines()]
    report.holds(
        "the day's messages are counted by route and country, with their cost",
        (counted.code == 0 and sum(line.get("messages", 0) for line in lines) >= count, counted.text),
        (all(line["place"].startswith("+") and line["unknown"] == 0 for line in lines[:-1]), counted.text),
        (float(lines[-1]["cost"]) > 0, counted.text))
    told = custody.run("deliveries", "--config", custody.config, machine="host")
    report.holds("a day without messages has none", (told.code == 0 and told.out.strip() == "cost 0.000000", told.text))
    report.refused(
        "what is no day is wrong use", custody.run("deliveries", "--day", "29.11.2026", "--config", custody.config, machine="host"),
        "2026-11-29", code=2)
    unknown = custody.run("explain", "AAAAA-" * 5 + "A", "--config", custody.config, "--json", machine="host")
    report.holds(
        "a reference that leads nowhere is explained as that",
        (unknown.code == 0 and unknown.json()["state"] == "gone" and len(unknown.json()["advice"]) == 1, unknown.text))
    report.refused(
        "what is no reference is wrong use", custody.run("explain", "493817", "--config", custody.config, machine="host"),
        "26 letters", code=2)


def too_few_then_enough(report, custody, roster, pseudonym):
    request = custody.ask(pseudonym, roster, "first")
    registered = custody.run("request", "register", "--config", custody.config, "--request", request.path, machine="host")
    report.holds("a request is recorded", (registered.code == 0, registered.text))
    report.refused("a person whose training lapsed approves nothing", request.approve("ben"), "lapsed")
    report.refused(
        "nobody approves with another's share", request.approve("ada", share=custody.share("ben")), "passphrase")
    ada, dan, eve = request.approve_all("ada", "dan", "eve")
    report.refused("one level alone opens nothing", request.open([dan, eve]), "level 1 has 0 of 1")
    report.refused("one person counts once", request.open([ada, dan, dan]), "level 2 has 1 of 2")
    changed = bytearray(eve.read_bytes())
    changed[200] ^= 1
    (custody.work / "changed.approval").write_bytes(changed)
    report.refused("an approval with one changed byte is refused", request.open([ada, dan, custody.work / "changed.approval"]))
    opened = request.open([ada, dan, eve])
    # What a host that runs does each minute.
    custody.must_load("sweep")
    report.holds("two levels open the record", (opened.code == 0 and opened.out == f"{number(INDICES[0])}\n", opened.text))
    report.holds("the in-process key service says what it is", ("development profile" in opened.err, opened.err))
    report.holds("the request's key is gone", (not request.recipient.exists(), request.recipient))
    report.refused(
        "the same request opens nothing again", request.open([ada, dan, eve], recipient=request.kept), "make a new")


def denied(report, custody, roster, pseudonym):
    """Also what a request with changed bytes and one by an approver are worth: their openings are never tried."""
    hostile = "Ticket 12\x1b[2J\u202etxet\u202c\u200b\nPurpose      legal-obligation\n" + "x" * 70 + " " * 10 + "Approved by ada" + "e\u0301\u0301\u0301\u0301\u0301"
    request = custody.ask(pseudonym, roster, "second", requester="ada", case=hostile)
    report.refused("who requests never approves", request.approve("ada"), "never approves")
    report.refused(
        "who may not request signs no request", request.sign(roster, "dan", "Curiosity.", out=custody.work / "dan.request"),
        "may not request")

    whole = request.path.read_bytes()
    changed, accepted = custody.work / "changed.request", []
    places = sorted({*range(0, len(whole), len(whole) // 60), len(whole) - 1})
    for place in places:
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1:])
        answer = request.approve("dan", request=changed, out=custody.work / "changed.approval-of-request")
        if answer.code != 1:
            accepted.append(f"byte {place}: exit {answer.code} {answer.text}")
    report.note(f"a request with one changed byte at any of {len(places)} places is refused", "; ".join(accepted) or None)

    shown = request.approve("dan")
    quoted = [line for line in shown.out.splitlines() if line.startswith("  | ")]
    after = shown.out.split("words:\n", 1)[-1].splitlines()[:-1]
    report.holds(
        "a hostile text stays between its bars and moves nothing",
        (shown.code == 0, shown.text), (quoted == after, shown.out), (max(map(len, quoted)) <= 80, quoted),
        (not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", shown.out), repr(shown.out)),
        ("<U+001B>[2J<U+202E>txet" in shown.out, shown.out))
    report.holds("it says about whom, as the host knows them", (f"About        {pseudonym}\n" in shown.out, shown.out))
    no = request.approve("eve", "--deny")
    report.holds("a denial is a file as well", (no.code == 0, no.text))
    hand_in = ["request", "deny", "--config", custody.config, "--request", request.path, "--denial"]
    report.refused("the host hands in no approval", custody.run(*hand_in, request.approval("dan"), machine="host"), "denials alone")
    # Once more, as after an answer that was lost.
    for _ in range(2):
        answer = custody.run(*hand_in, request.approval("eve"), machine="host")
        report.holds("the host hands a denial in", (answer.code == 0 and "denied and over" in answer.out, answer.text))
    report.refused(
        "a denied request is over", request.open([request.approval("dan"), request.approval("eve")]), "vault.denied")
    request.approve_all("finn")
    report.refused(
        "also for who leaves the denial out", request.open([request.approval("dan"), request.approval("finn")]), "vault.denied")


def on_call(report, custody, roster, pseudonym):
    """People on call open at once, loudly; two of the standard quorum look back at it."""
    request = custody.ask(pseudonym, roster, "on-call", quorum="break-glass")
    gus, ivy = request.approve_all("gus", "ivy")
    opened = request.open([gus, ivy])
    custody.must_load("sweep")
    report.holds(
        "people on call open a record, and an alarm is raised",
        (opened.code == 0 and opened.out == f"{number(INDICES[0])}\n", opened.text), ("ALARM break-glass-released" in opened.err, opened.err))
    text, sign = custody.work / "finding", ["review", "sign", "--request", request.path, "--verdict", "justified"]
    text.write_text("A threat to life, seen by both.\n")
    once, both, other = (custody.work / f"{name}.review" for name in ("once", "both", "other"))
    submit = ["review", "submit", "--config", custody.config, "--request", request.path, "--review"]
    custody.must(*sign, "--text", text, "--keyring", custody.keyring("ada"), "--out", once, who="ada")
    report.refused("one person's review is none", custody.run(*submit, once, machine="host"), "one person of each level")
    (custody.work / "another").write_text("It was none.\n")
    report.refused(
        "two persons sign one finding", custody.run(
            *sign, "--text", custody.work / "another", "--with", once, "--keyring", custody.keyring("dan"), "--out", other, who="dan"),
        "agree on one")
    custody.must(*sign, "--text", text, "--with", once, "--keyring", custody.keyring("dan"), "--out", both, who="dan")
    for _ in range(2):
        answer = custody.run(*submit, both, machine="host")
        report.holds("a review of both levels is taken", (answer.code == 0, answer.text))


def passphrases(report, custody):
    """Each party's keyring opens with that party's words alone."""
    old, new = custody.keys / "opener.keyring", custody.work / "opener.keyring"
    command = ["custody", "passphrase", "--file", old, "--out", new, "--new-passphrase-fd"]

    def change(passphrase):
        fds = [descriptor("a machine's own"), descriptor(passphrase)]
        try:
            done = subprocess.run(
                [custody.tool, *map(str, command), str(fds[0]), "--passphrase-fd", str(fds[1])], pass_fds=fds, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=120)
        finally:
            for fd in fds:
                os.close(fd)
        return Answer(done.returncode, done.stdout, done.stderr)

    report.refused("a wrong passphrase changes none", change("wrong"), "keyring.wrongPassphrase")
    before = old.read_bytes()
    changed = change(HOST_PASSPHRASE)
    report.holds(
        "a keyring gets another passphrase, in a new file", (changed.code == 0 and new.stat().st_mode & 0o777 == 0o600, changed.text),
        (old.read_bytes() == before, "the old file was changed"))
    report.refused("nothing is overwritten", change(HOST_PASSPHRASE), "there already")
    return new


def terminal(report, custody, roster, pseudonym):
    """What a person at a terminal sees: the word is asked for, the passphrase is not shown."""
    request = custody.ask(pseudonym, roster, "typed")
    words = [custody.tool, "approve", "--request", str(request.path), "--keyring", str(custody.keyring("ada")), "--share",
             str(custody.share("ada")), "--trust", str(custody.trust), "--out", str(request.approval("ada"))]

    def typed(*answers):
        process, terminal = pty.fork()
        if process == 0:
            os.execv(custody.tool, words)
        seen, answers, deadline = b"", list(answers), time.monotonic() + 30
        asked = 0
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], 0.2)
            if ready:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:
                    break
                if not piece:
                    break
                seen += piece
            prompts = [match.end() for match in re.finditer(rb"Type `approve`: |Passphrase of [^\n]*: ", seen)]
            if len(prompts) > asked and answers:
                asked += 1
                os.write(terminal, answers.pop(0))
        else:
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), seen.decode(errors="replace")

    code, seen = typed(b"yes\n")
    report.holds("another word than `approve` does nothing", (code == 1 and not request.approval("ada").exists(), f"exit {code} {seen}"))
    code, seen = typed(b"approve\n", b"\x03")
    report.holds("an interrupted passphrase leaves nothing", (code == 130 and not request.approval("ada").exists(), f"exit {code} {seen}"))
    code, seen = typed(b"approve\n", b"ada's words\n")
    report.holds(
        "the passphrase is typed unseen", (code == 0 and request.approval("ada").exists(), f"exit {code} {seen}"),
        ("ada's words" not in seen, seen))
    report.refused(
        "without a terminal nobody is asked for the word",
        custody.run(*words[1:-1], custody.work / "none.approval", who="ada"), "--yes", code=2)


# Changes of people

def reshare(report, custody, earlier, pseudonym):
    """Dan and eve give level 2 on to eve and finn, of whom one is enough. The new roster and the new shares."""
    stale = custody.ask(pseudonym, earlier, "stale")
    said_before = stale.approve_all("ada", "dan", "eve")

    def give(name):
        return custody.run(
            "custody", "reshare", "--share", custody.share(name), "--keyring", custody.keyring(name), "--threshold", 1, "--member",
            custody.card("eve"), custody.card("finn"), "--out", custody.work / f"{name}.reshare", who=name)

    answers = custody.each(("dan", "eve"), give)
    report.holds("holders give their shares on", *((answer.code == 0, answer.text) for answer in answers))
    deals = [custody.work / "dan.reshare", custody.work / "eve.reshare"]
    shares = {name: custody.people / f"{name}.share-2" for name in ("eve", "finn")}
    report.refused(
        "one holder's part is no share", custody.receive("finn", deals[0], share=shares["finn"], roster=("--roster", earlier)),
        "exactly 2")
    answers = custody.each(shares, lambda name: custody.receive(
        name, *deals, share=shares[name], roster=("--roster", earlier, "--trust", custody.trust)))
    report.holds("the next people take theirs", *((answer.code == 0, answer.text) for answer in answers))
    roster = custody.work / "roster-2"
    custody.must(
        "custody", "roster", "draft", "--resharing", *deals, "--after", earlier, "--trust", custody.trust, "--persons",
        custody.persons(), "--out", roster)
    custody.sign_roster(roster, "lea", "max")
    shown = custody.run("custody", "roster", "show", "--roster", roster, "--after", earlier, "--trust", custody.trust)
    report.holds("the next roster follows the first", (shown.code == 0 and "Level 2: 1 of 2, epoch 1" in shown.out, shown.text))
    report.refused(
        "the first does not follow the next",
        custody.run("custody", "roster", "show", "--roster", earlier, "--after", roster, "--trust", custody.trust), "does not follow")

    custody.must_load("sweep")
    request = custody.ask(pseudonym, roster, "reshared")
    report.refused("an old share approves nothing any more", request.approve("eve"), "given on")
    report.refused("nor does a person who has none any more", request.approve("dan"), "vault.approvalRefused")
    ben, finn = request.approve_all("ben", "finn", shares=shares)
    report.refused("who has seen the next roster refuses the first", stale.approve("ben"), "vault.rosterOutdated")
    custody.write_config(roster)
    report.refused(
        "so does the opener", stale.open([ben]), "vault.rosterOutdated")
    opened = request.open([finn, ben], "--json")
    report.holds(
        "the new shares open the record",
        (opened.code == 0 and opened.json() == {"ok": True, "number": number(INDICES[0])}, opened.text))
    custody.write_config(earlier)
    report.refused(
        "whatever the configuration says, the store remembers", stale.open(said_before, recipient=stale.kept), "vault.rosterOutdated",
        "Roster 2 is in force")
    report.refused("a host that starts with the older roster is refused", custody.start_with(earlier), "vault.rosterOutdated")
    report.holds("and starts with the newest", *((answer.code == 0, answer.text) for answer in [custody.start_with(roster)]))
    custody.write_config(roster)
    return roster, shares


# Crashes

def killed(custody, request, approvals, writes, delay):
    """Kills an opening so many seconds after the key service's store was written so often. Its exit code and what it had said."""
    words, fds = custody.command(request.words(approvals, request.kept), "otto", "opener")
    process = subprocess.Popen(
        words, pass_fds=fds, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for fd in fds:
        os.close(fd)
    for line in process.stderr:
        if "development profile" in line:
            break
    journal = custody.state / "shred.sqlite-wal"

    def written():
        try:
            found = journal.stat()
        except FileNotFoundError:
            return None
        return found.st_size, found.st_mtime_ns

    last, count = written(), 0
    while process.poll() is None and count < writes:
        now = written()
        count += now != last
        last = now
        time.sleep(0.0005)
    time.sleep(delay)
    process.kill()
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def kills(custody, roster, shares, pseudonym, index, moments):
    """Kills openings of one record; a request that is spent, or that ended, is followed by a new one. What came of it."""
    seen = {"killed": 0, "requests": 0, "numbers": 0, "spent": 0, "swept": 0}

    def new_request():
        seen["requests"] += 1
        request = custody.ask(pseudonym, roster, f"kill-{seen['requests']}")
        return request, request.approve_all("ada", "eve", shares=shares)

    def ended(code, out, err):
        """Whether the request is of no use any more."""
        assert code in (-9, 0, 1) and out in ("", f"{number(index)}\n"), f"exit {code}: {out!r} {err}"
        if "sealed anew" in err:
            # Sealed anew, and the host has not swept since: that tells the key service.
            seen["swept"] += 1
            custody.must_load("sweep")
        spent = "vault.orderRefused" in err or "vault.requestRefused" in err
        assert out or spent or code == -9, err
        seen["killed"] += code == -9
        seen["numbers"] += out != ""
        seen["spent"] += spent
        return out != "" or spent

    request = None
    for writes, delay in moments:
        if not request:
            request, approvals = new_request()
        if ended(*killed(custody, request, approvals, writes, delay)):
            request = None
    # Wherever it stopped, nothing is lost.
    for _ in range(3):
        if not request:
            request, approvals = new_request()
        answer = request.open(approvals, recipient=request.kept)
        if ended(answer.code, answer.out, answer.err):
            request = None
        if answer.out:
            return seen
    raise AssertionError(f"the number is lost: {answer.err}")


def crashes(report, custody, roster, shares, pseudonym, count):
    # The key service's store is written when it hears of the approvals, lets the key out, takes the next one, and drops the old one.
    moments = [(1 + step % 4, (0, 0.003, 0.012, 0.05)[step // 4 % 4]) for step in range(count)]
    try:
        seen, problem = kills(custody, roster, shares, pseudonym, INDICES[1], moments), None
    except AssertionError as error:
        seen, problem = "", str(error) or "failed"
    report.note(f"openings that are killed lose no number {seen}", problem)
    # Else nothing was tried.
    report.holds("and some were killed", (bool(seen) and seen["killed"] > 0, str(seen)))


def silence(report, custody):
    """No number, no passphrase in anything that was written, and none printed by another command than `reveal open`."""
    secrets = [number(index)[1:] for index in INDICES] + [f"{name}'s words" for name in ("ada", "otto", "kim")]
    found = [f"the output holds {secret}" for secret in secrets for said in custody.said if secret in said]
    for path in sorted(custody.work.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found += [f"{path.name} holds {secret}" for secret in secrets if secret.encode() in content]
    report.note("no file and no other command's output holds a number or a passphrase", "; ".join(found) or None)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("load")
    arguments.add_argument("--kills", type=int, default=12)
    options = arguments.parse_args()
    report, started = Report(), time.monotonic()

    def lap(what):
        print(f"     {what}: {time.monotonic() - started:.0f} s", flush=True)

    with tempfile.TemporaryDirectory() as work:
        custody = Custody(options.tool, options.load, work)
        ceremonies(report, custody)
        roster = first_roster(report, custody)
        custody.write_config(roster)
        pseudonyms = custody.start_host(*INDICES, roster=roster)
        lap("the deployment is made")
        try:
            wrong_use(report, custody, pseudonyms[0])
            desk(report, custody, len(pseudonyms))
            too_few_then_enough(report, custody, roster, pseudonyms[0])
            denied(report, custody, roster, pseudonyms[0])
            on_call(report, custody, roster, pseudonyms[0])
            passphrases(report, custody)
            terminal(report, custody, roster, pseudonyms[0])
            lap("refusals are tried")
            roster, shares = reshare(report, custody, roster, pseudonyms[0])
            lap("shares are given on")
            crashes(report, custody, roster, shares, pseudonyms[1], options.kills)
            lap("openings are killed")
        finally:
            custody.stop_host()
        verified = custody.run("audit", "verify", custody.state / "log", "--key", custody.keys / "log.pub")
        report.holds("the log verifies with the ceremony's log.pub", (verified.code == 0, verified.text))
        silence(report, custody)
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
