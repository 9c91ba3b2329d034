#!/usr/bin/env python3
"""Key services, senders, hosts and an opener as processes of their own: what each may, what it may not, and what a kill breaks.

    processes.py TOOL LOAD

As root each party gets a user of its own; else all are one, and what rests on users is left out. The last line is `N passed, N failed`.
"""
import json
import os
import re
import sqlite3
import sys
import tempfile
import time
from contextlib import closing

from custody import Report
from parties import TEXT, USERS, GROUP, Parties, number
from people import LEVELS
from wire import ELEMENT, OPERATIONS, Closed, Line, answer_text, as_user, attempt

# Who may ask what, as Documentation/Operating.md says it.
ALLOWED = {
    "evaluator": {"evaluate"},
    "host": {"put", "releaseHistoryKey", "erase", "unconfirmed", "confirm", "discard", "releases", "acknowledge", "sweep", "deny",
             "closeReview", "addShredKey"},
    "sender": {"releaseForOrder", "releaseForResealing", "addShredKey"},
    "opener": {"evaluate", "submit", "releaseForOpening", "addShredKey", "logHead"},
}
PARTY = {"evaluator": "host", "host": "host", "sender": "sender", "opener": "opener"}


def make(work, tool, load):
    """People, keyrings and a roster; the processes are to be started."""
    parties = Parties(tool, load, work)
    parties.make_people()
    parties.make_keyrings()
    parties.each(LEVELS, parties.deal)
    deals = {name: parties.work / f"level-{level}.deal" for level, (*_, names) in LEVELS.items() for name in names}
    for answer in parties.each(("ada", "dan", "eve"), lambda name: parties.receive(name, deals[name])):
        assert answer.code == 0, answer.text
    roster = parties.work / "roster"
    parties.must(
        "custody", "roster", "draft", "--host", parties.keys / "host.card", "--deal",
        *(parties.work / f"level-{level}.deal" for level in LEVELS), "--persons",
        parties.persons(), "--purpose", "terms-of-service-review", "--out", roster)
    parties.sign_roster(roster, "kim", "max")
    parties.hand_out(roster)
    parties.write_config(roster)
    return parties


def ask_as(parties, party, place, role, operation=None, body=b""):
    """What a party gets that asks by itself."""
    user = USERS[party] if parties.separate else None
    return as_user(user, GROUP, lambda: attempt(place, role, operation, body))


# What each may

def sign_ups(report, parties):
    loads = {name: parties.sign_ups(first, 12, 2, *parties.through(name)) for name, first in (("key-service-1", 0), ("key-service-2", 100))}
    people = {}
    for name, load in loads.items():
        code, complaint = load.end()
        report.holds(f"people sign up through {name}", (code == 0 and len(load.pseudonyms()) == 12, f"exit {code} {load.text()[-400:]}"))
        people |= load.pseudonyms()
    again = parties.run_load("sign-ups", 3, 1, 1, "--ahead", "3600", *parties.through("key-service-2"))
    report.holds(
        "who signed up through one is known through the other", (f"already 3 {people.get(3)}" in again.stdout, again.stdout + again.stderr))
    return people


def messages(report, parties, senders, people):
    def alert(sender, *words):
        return parties.run_load("alert", sender.socket, *words, *parties.through("key-service-1")).stdout.splitlines()

    for sender, indices in zip(senders, ((0, 1), (100, 101))):
        wanted = [people[index] for index in indices]
        said = alert(sender, "new-device", *wanted)
        found = sorted((to, text.rstrip("\n")) for to, _, text in parties.inbox(sender.name))
        report.holds(
            f"messages leave through {sender.name}", (said == [f"sent {name}" for name in wanted], said),
            (found == sorted((number(index), TEXT) for index in indices), found))
    for first, second in ((senders[0], senders[0]), (senders[0], senders[1])):
        said = alert(first, "new-device", people[4], "--also", second.socket)
        report.holds(
            f"an order is spent once: {first.name}, then {second.name}",
            (said == [f"sent {people[4]}", f"refused {people[4]} vault.orderRefused"], said))
    said = alert(senders[1], "no-such-text", people[5])
    report.holds("a text that the sender does not know is refused", (said == [f"refused {people[5]} vault.requestRefused"], said))
    sent = [len(parties.inbox(sender.name)) for sender in senders]
    report.holds("nobody got another message", (sent == [4, 2], sent))


def opening(report, parties, senders, people):
    """A host that goes on, so that the log is signed; people who open one record, and fall short of opening another."""
    host = parties.sign_ups(200, 1, 1, *parties.through("key-service-1"), "--linger", 1_000_000)
    assert host.wait_for(1) == 1, host.text()

    def readable(request, *approvals):
        for path in (request.path, *approvals):
            os.chmod(path, 0o644)

    request = parties.ask(people[7], parties.roster, "first")
    parties.give(request.kept, "opener", 0o600)
    approvals = request.approve_all("ada", "dan", "eve")
    readable(request, *approvals)
    if parties.separate:
        config = parties.config
        parties.config = parties.write("fake", {
            **json.loads(config.read_text()),
            "keyService": {"remote": {"socket": "run/key-service-1/socket", "user": parties.user("sender")}}})
        report.refused(
            "a key service that is another user's gets nothing", request.open(approvals, recipient=request.kept), "does not run as user")
        parties.config = config
    opened = request.open(approvals)
    report.holds("people open a record through the opener's socket", (opened.code == 0 and opened.out == f"{number(7)}\n", opened.text))
    report.refused("and once only", request.open(approvals, recipient=request.kept), "make a new")

    request = parties.ask(people[8], parties.roster, "short")
    parties.give(request.kept, "opener", 0o600)
    approval, = request.approve_all("dan")
    readable(request, approval)
    report.refused("one level alone opens nothing", request.open([approval]), "level 1 has 0 of 1")
    # The host's sweep, which a host that runs does each minute, sees the record that was sealed anew.
    parties.must_load("sweep", *parties.through("key-service-1"))
    said = parties.run_load("alert", senders[1].socket, "new-device", people[8], *parties.through("key-service-2")).stdout
    report.holds("a record of which shares were given out is sealed anew first", ("vault.resealDue" in said, said))
    parties.must_load("sweep", *parties.through("key-service-2"))
    for index, sender in ((7, senders[0]), (8, senders[1])):
        said = parties.run_load("alert", sender.socket, "new-device", people[index], *parties.through("key-service-2")).stdout
        report.holds(
            ("a record that was opened", "a record of which shares were given out")[index == 8] + " gets messages as before",
            (said == f"sent {people[index]}\n", said),
            (any(to == number(index) for to, *_ in parties.inbox(sender.name)), "no message in the inbox"))
    host.child.kill()
    host.child.wait()


# What each may not

def roles(report, parties):
    socket = parties.work / "run" / "key-service-1" / "socket"
    wrong, allowed = [], 0
    for role, names in ALLOWED.items():
        for operation in OPERATIONS:
            said = ask_as(parties, PARTY[role], socket, role, operation)
            refused = said == "vault.requestRefused"
            allowed += not refused
            # What a role may ask is read, and without what belongs to it cannot be, except where nothing belongs to it.
            if refused == (operation in names) or said not in ("vault.requestRefused", "vault.malformed", "done"):
                wrong.append(f"{role} asks {operation}: {said}")
    report.note(f"each role may ask what is its own, {allowed} of {len(ALLOWED) * len(OPERATIONS)}", "; ".join(wrong) or None)
    said = [ask_as(parties, "host", parties.work / "run" / name / "evaluator", "evaluator", "evaluate", ELEMENT)
            for name in ("key-service-1", "key-service-2")]
    report.holds("tags are made for the evaluator's role", (said == ["done"] * 2, said))


def bytes_that_mean_nothing(report, parties):
    socket = parties.work / "run" / "key-service-2" / "socket"

    def raw(*pieces, greeted=True, answers=100):
        """What comes back, until the connection is closed or so many have come."""
        def work():
            line, said = Line.to(socket), []
            try:
                if greeted:
                    line.greet("host")
                line.connection.sendall(b"".join(pieces))
                while len(said) < answers:
                    said.append(answer_text(line.read()[1]))
                return said
            except Closed as closed:
                return [*said, str(closed)]
        return as_user(USERS["host"] if parties.separate else None, GROUP, work)

    def frame(payload, identifier=1, version=1):
        return len(payload).to_bytes(4, "big") + bytes([version]) + identifier.to_bytes(8, "big") + payload

    said = {
        "another version": raw(frame(b"\xff", version=2)), "an empty frame": raw(frame(b"")),
        "four gigabytes": raw(b"\xff\xff\xff\xff" + frame(b"\xff")[4:]), "an id twice": raw(frame(b"\xff") * 2),
        "an id of the connection's": raw(frame(b"\xff", 0)), "HTTP": raw(b"GET / HTTP/1.1\r\n\r\n", greeted=False),
        "a request before the role": raw(frame(b"\2"), greeted=False),
    }
    wrong = {what: answers for what, answers in said.items() if answers[-1] != "closed, reason 5" or "done" in answers}
    report.note("what is no frame closes the connection", str(wrong) if wrong else None)
    answers = [raw(frame(payload), answers=1) for payload in (b"\xff", b"\2" + bytes(1 << 19))]
    report.holds("what cannot be read is told so", (answers == [["vault.malformed"]] * 2, answers))


def strangers(report, parties, senders):
    if not parties.separate:
        return print("     one user is all parties: what rests on users is left out", flush=True)
    run = parties.work / "run"
    key_service, evaluator = run / "key-service-1" / "socket", run / "key-service-1" / "evaluator"
    sockets = [key_service, evaluator, *(sender.socket for sender in senders)]
    said = {str(socket): ask_as(parties, "stranger", socket, role) for socket in sockets for role in ("host", "evaluator")}
    report.holds("a user that is not listed gets not one byte", (set(said.values()) == {"closed"}, said))
    outside = {str(socket): as_user(USERS["stranger"], USERS["stranger"], lambda: attempt(socket, "host")) for socket in sockets}
    report.holds("one outside of the group does not come near", (set(outside.values()) == {"PermissionError"}, outside))
    others = {
        (party, role): ask_as(parties, party, key_service, role)
        for party, theirs in (("host", ("host", "evaluator")), ("sender", ("sender",)), ("opener", ("opener",)))
        for role in (*ALLOWED, "root", "x" * 32) if role not in theirs}
    report.holds("nobody is let in as somebody else", (set(others.values()) == {"closed, reason 1"}, others))
    said = [ask_as(parties, "host", evaluator, "host"), *(ask_as(parties, "host", sender.socket, "sender") for sender in senders)]
    report.holds("nor in a role of another socket", (set(said) == {"closed, reason 1"}, said))
    said = [ask_as(parties, party, sender.socket, "host") for party in ("sender", "opener", "keyservice") for sender in senders]
    report.holds("senders take orders of their host alone", (set(said) == {"closed"}, said))

    def reads(path):
        try:
            return path.read_bytes()[:0].decode() or "read"
        except PermissionError:
            return None

    files = [*(parties.work / name for name in (
        "host/host.keyring", "host/log.keyring", "keyservice/keyservice.keyring", "keyservice/store.sqlite", "senders/sender.keyring",
        "openers/host.keyring")), parties.keyring("otto"), *(parties.work / "senders" / "sender-1").glob("*.message")]
    mine = {"host": "host", "keyservice": "keyservice", "sender": "senders", "opener": "openers"}
    found = [
        f"{party} reads {path.relative_to(parties.work)}" for party in USERS for path in files
        if as_user(USERS[party], GROUP, lambda: reads(path)) and path.parent.name != mine.get(party)
        and (party, path.name) not in (("opener", "otto.keyring"),) and not (party == "sender" and path.suffix == ".message")]
    report.note("nobody reads another's keyring, store or messages", "; ".join(found) or None)


def over_tls(report, parties, process, certificates):
    (server, _), host, stranger = certificates
    place = ("127.0.0.1", process.port())

    def options(certificate):
        return ["--key-service", ",".join(map(str, ("tls", *place, *certificate, server)))]

    load = parties.sign_ups(300, 6, 2, *options(host))
    code, _ = load.end()
    report.holds("people sign up over TLS", (code == 0 and len(load.pseudonyms()) == 6, f"exit {code} {load.text()[-400:]}"))
    said = attempt(place, "evaluator", "evaluate", ELEMENT, host)
    report.holds("tags are made over TLS", (said == "done", said))
    said = [attempt(place, role, certificate=host) for role in ("sender", "opener")]
    report.holds("a certificate has its roles and no others", (said == ["closed, reason 1"] * 2, said))
    said = [attempt(place, "host", certificate=other) for other in (stranger, None)]
    report.holds("without a listed certificate nothing comes back", (all(answer in ("closed", "SSLError") for answer in said), said))
    parties.give(stranger[1], "host", 0o600)
    refused = parties.run_load("sign-ups", 310, 1, 1, *options(stranger))
    report.holds(
        "a host with an unlisted certificate signs nobody up, and is told why",
        (refused.returncode == 1 and "vault.unavailable" in refused.stdout and "certificate" in refused.stdout, refused.stdout))


# What breaks

def killed(report, parties, process, senders, people):
    """One of two key services is killed in the middle of sign-ups."""
    through = {name: parties.through(name) for name in ("key-service-1", "key-service-2")}
    pause = ("--pause", 60)
    giving_up = parties.sign_ups(400, 60, 2, *through["key-service-1"], *pause)
    persisting = parties.sign_ups(500, 40, 2, *through["key-service-1"], *pause, "--persist")
    other = parties.sign_ups(600, 40, 2, *through["key-service-2"], *pause)
    reached = [load.wait_for(3) for load in (giving_up, persisting, other)]
    process.kill()
    code, complaint = giving_up.end()
    promised = len(giving_up.pseudonyms())
    report.holds(
        f"sign-ups through a key service that is killed stop, after {promised}", (min(reached) >= 3, f"it was killed after {reached}"),
        (code == 1 and "vault.unavailable" in complaint and promised < 60, f"exit {code}, {promised}, {complaint}"))
    code, complaint = other.end()
    report.holds("those through the other go on", (code == 0 and len(other.pseudonyms()) == 40, f"exit {code} {complaint}"))
    report.holds("those that persist wait", (persisting.child.poll() is None, persisting.text()[-300:]))
    said = [parties.run_load("alert", sender.socket, "new-device", people[9], *through["key-service-2"]).stdout for sender in senders]
    report.holds(
        "its sender says that it cannot, the other sends",
        (said == [f"refused {people[9]} vault.unavailable\n", f"sent {people[9]}\n"], said))
    process.start()
    for wanted in (12, 20):
        persisting.wait_for(wanted)
        process.kill()
        process.start()
    said = parties.run_load("alert", senders[0].socket, "new-device", people[9], *through["key-service-2"]).stdout
    report.holds("its sender finds it again by itself", (said == f"sent {people[9]}\n", said))
    code, complaint = persisting.end()
    count = len(persisting.pseudonyms())
    report.holds(
        "and go on after each restart", (code == 0 and count >= 34, f"exit {code}, {count} of 40, {complaint}"))


def terminated(report, parties, process):
    """Whatever it took before SIGTERM, it answers; what it did not take, it says so."""
    load = parties.sign_ups(700, 100, 2, *parties.through(process.name), "--pause", 60)
    reached = load.wait_for(2)

    def pipeline():
        line = Line.to(process.socket.parent / "evaluator")
        line.greet("evaluator")
        line.connection.sendall(b"".join(
            (33).to_bytes(4, "big") + b"\1" + identifier.to_bytes(8, "big") + b"\1" + ELEMENT for identifier in range(1, 2001)))
        time.sleep(0.002)
        os.write(go, b"x")
        answered = []
        try:
            while True:
                answered.append(line.read()[0])
        except Closed as closed:
            begun = closed.why
        try:
            while True:
                answered.append(line.read()[0])
        except Closed:
            return [sorted(answered), begun]

    heard, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(heard, 1)
        try:
            # As root still, whichever user the caller has.
            os.kill(process.child.pid, 15)
        finally:
            os._exit(0)
    answered, begun = as_user(USERS["host"] if parties.separate else None, GROUP, pipeline)
    os.waitpid(child, 0)
    code = process.terminate()
    report.holds(
        f"SIGTERM leaves no request without an answer that was begun, {len(answered)} of 2000", (reached >= 2, f"{reached} sign-ups"),
        (begun is not None and begun[0] == 3 and answered == list(range(1, begun[1] + 1)), f"{answered}, said {begun}"))
    report.holds("and it ends with 0", (code == 0, f"{code} {process.text()[-300:]}"))
    report.holds("its socket is gone", (not process.socket.exists(), process.socket))
    code, complaint = load.end()
    report.holds("its hosts are told", (code == 1 and "vault.unavailable" in complaint, f"exit {code} {complaint}"))


def promises(report, parties):
    """Every promise is kept: as a host sees it, and then with the key service's store at hand."""
    lines = [line for path in parties.printed for line in path.read_text().splitlines() if not line.startswith("failed: ")]
    printed = parties.work / "printed"
    printed.write_text("\n".join(lines) + "\n")
    os.chmod(printed, 0o644)
    checked = parties.run_load("check", printed, "--ahead", "7200", *parties.through("key-service-1"))
    report.holds("every promise is kept", (checked.returncode == 0, checked.stdout[-500:] + checked.stderr[-500:]))
    verified = parties.run("audit", "verify", parties.state / "log", "--key", parties.log_key)
    report.holds("the log verifies", (verified.code == 0, verified.text))
    log = (parties.state / "log", "--key", parties.log_key, "--json")
    recount, spent = parties.run("audit", "guesses", *log), parties.run("audit", "guesses", *log, "--budget", "0")
    report.holds("no challenge had more guesses than its budget, and one of none is noticed",
                 (recount.code == 0 and spent.code == 1 and '"over":0' in recount.text, recount.text + spent.text))
    return printed


def stores(report, parties, printed):
    """When all processes have ended: each person's keys are there once, and no deposit is left."""
    # As `sqlite3 store.sqlite '.backup FILE'` copies it.
    with closing(sqlite3.connect(parties.work / "keyservice" / "store.sqlite")) as store:
        with closing(sqlite3.connect(parties.state / "shred.sqlite")) as copy:
            store.backup(copy)
    parties.give(parties.state / "shred.sqlite", "host", 0o600)
    parties.give(parties.work / "keyservice" / "keyservice.keyring", "host", 0o600).rename(parties.host_keys / "keyservice.keyring")
    checked = parties.run_load("check", printed, "--ahead", "21600")
    report.holds(
        "and in a backup of the key service's store every key is where its record is",
        (checked.returncode == 0, checked.stdout[-500:] + checked.stderr[-500:]))


def silence(report, parties, processes):
    found = []
    for process in processes:
        text = process.text().replace(str(parties.work), "")
        found += [f"{process.name} says {match}" for match in re.findall(r"\+?4178\d{7}|[0-9A-Za-z+/=_-]{32,}|words|load\b", text)]
    for path in sorted(parties.work.rglob("*.sqlite*")):
        found += [f"{path.name} holds {match}" for match in set(re.findall(rb"4178\d{7}", path.read_bytes()))]
    report.note("no process says a number or a key, and no store holds a number", "; ".join(found) or None)


# Wrong use

def mistakes(report, parties):
    directory = parties.directory("mistakes", "keyservice", 0o750)
    parties.give(directory, "keyservice", 0o750)
    open_to_all = parties.directory("open", "keyservice", 0o777)
    me = str(parties.user("host"))
    good = {"socket": "mistakes/socket", "users": {me: ["host"]}}
    here = {"host": "127.0.0.1", "port": 0, "certificate": "none.pem", "key": "none.key", "peers": []}

    def serve(*listen, **more):
        return {"keyService": {"serve": {
            "store": "mistakes/store.sqlite", "keyring": "keyservice/keyservice.keyring", "listen": list(listen), **more}}}

    def sender(*listen, **more):
        return {
            "identityStore": "state/identity.sqlite", "keyService": parties.remote("key-service-1"),
            "sender": {"keyring": "senders/sender.keyring", "inbox": "senders/none", "texts": {}, "listen": list(listen), **more}}

    without = serve()
    del without["keyService"]["serve"]["listen"]
    cases = [
        ("key-service", {}, "says of no key service"), ("key-service", without, "listen"), ("key-service", serve(), "listen"),
        ("key-service", serve(good, budget=1), "no setting \"budget\""),
        ("key-service", serve({**good, "modes": "0660"}), "no setting \"modes\""),
        ("key-service", serve({**good, "users": {me: ["hots"]}}), "no role \"hots\""),
        ("key-service", serve({**good, "users": {"www-data": ["host"]}}), "id -u"),
        ("key-service", serve({**good, "users": {}}), "serves nobody"), ("key-service", serve({**good, "mode": "rw"}), "octal"),
        ("key-service", serve({}), "either"), ("key-service", serve({"socket": "mistakes/socket", "tls": here}), "either"),
        ("key-service", serve({"tls": {**here, "peers": [{"certificate": "none.pem", "roles": ["host"]}]}}), "none.pem"),
        ("key-service", serve({"tls": here}), "peers"), ("key-service", serve({"tls": {**here, "port": 70_000}}), "65535"),
        ("key-service", serve(good, evaluationsPerSecond=0), "At least one"),
        ("key-service", serve({**good, "socket": f"{open_to_all.name}/socket"}), "Others may write"),
        ("key-service", serve({**good, "socket": f"mistakes/{'s' * 120}"}), "shorter"),
        ("key-service", serve({**good, "socket": "nowhere/socket"}), "no directory"),
        ("sender", {}, "says nothing about a sender"), ("sender", sender(), "listen"),
        ("sender", sender({**good, "users": {me: ["sender"]}}), "no role \"sender\""),
        ("sender", {**sender(good), "keyService": {}}, "opens nothing without one"),
        ("sender", sender(good, gateway="none"), "no setting \"gateway\""),
        ("sender", {**sender(good), "keyService": {"remote": {}}}, "either"),
    ]

    def run(position):
        command, content, words = cases[position]
        config = parties.write(f"mistake-{position}", content)
        party = "keyservice" if command == "key-service" else "sender"
        return parties.run_as(party, command, "--config", config)

    for (command, content, words), answer in zip(cases, parties.each(range(len(cases)), run)):
        report.refused(f"{command} says what is wrong: {words}", answer, words, code=2)
    taken = parties.run_as("keyservice", "key-service", "--config", parties.work / "key-service-1.json")
    report.refused("where another listens, nobody else does", taken, "process.addressInUse")
    wrong = parties.run_as("keyservice", "key-service", "--config", parties.work / "key-service-1.json", passphrase="wrong")
    report.refused("a wrong passphrase is told", wrong, "keyring.wrongPassphrase")


def main():
    _, tool, load = sys.argv
    report, started = Report(), time.monotonic()

    def lap(what):
        print(f"     {what}: {time.monotonic() - started:.0f} s", flush=True)

    with tempfile.TemporaryDirectory() as work:
        parties = make(work, tool, load)
        lap("keyrings and people are made")
        certificates = [parties.certificate(*names) for names in (
            ("key-service-tls", "keyservice"), ("host-tls", "host"), ("stranger-tls", "stranger"))]
        first = parties.key_service(
            "key-service-1", certificate=certificates[0][0].name, key=certificates[0][1].name,
            peers=[{"certificate": certificates[1][0].name, "roles": ["host", "evaluator"]}])
        second = parties.key_service("key-service-2")
        senders = [parties.sender("sender-1", "key-service-1"), parties.sender("sender-2", "key-service-2")]
        processes = [first, second, *senders]
        try:
            parties.each(processes, lambda process: process.start())
            lap("four processes listen")
            people = sign_ups(report, parties)
            messages(report, parties, senders, people)
            lap("people signed up and got messages")
            roles(report, parties)
            bytes_that_mean_nothing(report, parties)
            strangers(report, parties, senders)
            over_tls(report, parties, first, certificates)
            lap("callers are refused")
            opening(report, parties, senders, people)
            lap("a record is opened")
            mistakes(report, parties)
            lap("mistakes are told")
            killed(report, parties, first, senders, people)
            terminated(report, parties, second)
            lap("key services are killed and ended")
            printed = promises(report, parties)
            codes = {process.name: process.terminate() for process in (*senders, first)}
            report.holds("SIGTERM ends the others with 0", (set(codes.values()) == {0}, codes))
            stores(report, parties, printed)
            silence(report, parties, processes)
            lap("promises are checked")
        finally:
            parties.end()
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
