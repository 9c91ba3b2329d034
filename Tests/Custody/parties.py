"""A deployment whose key service, sender, host and opener are processes, each with a user of its own where that is possible."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from people import HOST_PASSPHRASE, Answer, Custody, descriptor

GROUP = 64_000
USERS = {"host": 64_001, "keyservice": 64_002, "sender": 64_003, "opener": 64_004, "stranger": 64_005}
ROLES = {"host": ("host", "evaluator"), "sender": ("sender",), "opener": ("opener",)}
TEXT = "Somebody signed in on a new device."


def number(index):
    return f"+4178{index:07}"


class Parties(Custody):
    def __init__(self, tool, load, work):
        super().__init__(tool, load, work)
        os.chmod(self.work, 0o755)
        # Root gives each party a user; anybody else is all of them.
        self.separate = os.geteuid() == 0 and self.becomes("stranger", "true")
        if self.separate and not self.becomes("stranger", tool, "--help"):
            (self.work / "bin").mkdir()
            self.tool, self.load = (shutil.copy(program, self.work / "bin") for program in (tool, load))
        self.host_keys = self.directory("host", "host")
        self.printed = []
        self.processes = []

    def becomes(self, party, *words):
        done = subprocess.run([*self.prefix(party, True), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done.returncode == 0

    def prefix(self, party, separate=None):
        """What makes the words after it run as a party."""
        if not (self.separate if separate is None else separate):
            return []
        return ["setpriv", f"--reuid={USERS[party]}", f"--regid={GROUP}", "--clear-groups", "--"]

    def user(self, party):
        return USERS[party] if self.separate else os.geteuid()

    def give(self, path, party, mode):
        if self.separate:
            os.chown(path, USERS[party], GROUP)
        os.chmod(path, mode)
        return path

    def directory(self, name, party, mode=0o700):
        path = self.work / name
        path.mkdir(parents=True)
        return self.give(path, party, mode)

    # What is where

    def hand_out(self, roster):
        """Each keyring to its party, for it alone."""
        self.roster = roster
        self.directory("keyservice", "keyservice")
        self.directory("senders", "sender")
        self.directory("openers", "opener")
        self.directory("requests", "opener")
        for name, party, place in (
                ("host", "host", "host"), ("log", "host", "host"), ("keyservice", "keyservice", "keyservice"),
                ("sender", "sender", "senders")):
            self.give(shutil.copy(self.keys / f"{name}.keyring", self.work / place), party, 0o600)
        # The opener's machine has a passphrase of its own, as every party should.
        self.passphrases["opener"] = "the opener's machine"
        new = descriptor(self.passphrases["opener"])
        fds = [descriptor(HOST_PASSPHRASE), new]
        subprocess.run(
            [self.tool, "custody", "passphrase", "--file", self.keys / "opener.keyring", "--out", self.work / "openers/opener.keyring",
             "--passphrase-fd", str(fds[0]), "--new-passphrase-fd", str(new)], check=True, pass_fds=fds, capture_output=True)
        for fd in fds:
            os.close(fd)
        self.give(self.work / "openers/opener.keyring", "opener", 0o600)
        self.give(self.keyring("otto"), "opener", 0o600)
        os.chmod(self.people, 0o711)
        self.log_key = pathlib.Path(shutil.copy(self.keys / "log.pub", self.work))
        # Host, sender and opener write the identity store; the key service has no business there.
        self.give(self.state, "host", 0o2770)
        for path in (self.roster, self.log_key):
            os.chmod(path, 0o644)
        self.must_load("prepare", "--key-service", self.work / "none")
        self.share_store()

    def share_store(self):
        for path in self.state.glob("identity.sqlite*"):
            os.chmod(path, 0o660)

    def certificate(self, name, party):
        """A certificate and its key, as ProcessTransport.md makes them."""
        paths = [self.work / f"{name}.pem", self.work / f"{name}.key"]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", paths[1],
             "-out", paths[0], "-days", "2", "-subj", f"/CN={name}"], check=True, capture_output=True)
        self.give(paths[1], party, 0o600)
        os.chmod(paths[0], 0o644)
        return paths

    def users(self, *parties):
        """The `users` of a socket."""
        users = {}
        for party in parties:
            users.setdefault(str(self.user(party)), []).extend(ROLES[party])
        return users

    def write(self, name, content):
        path = self.work / f"{name}.json"
        path.write_text(json.dumps(content))
        os.chmod(path, 0o644)
        return path

    def remote(self, key_service):
        return {"remote": {"socket": f"run/{key_service}/socket", "user": self.user("keyservice")}}

    def write_config(self, roster):
        """The opener's."""
        self.config = self.write("opener", {
            "identityStore": "state/identity.sqlite", "openerKeyring": "openers/opener.keyring", "log": "state/log",
            "logKey": "log.pub", "roster": roster.name, "keyService": self.remote("key-service-1")})
        self.hosts_config = self.write("host", {
            "identityStore": "state/identity.sqlite", "hostKeyring": "host/host.keyring", "keyService": self.remote("key-service-1")})

    def attest(self, pseudonym):
        if pseudonym not in self.attestations:
            directory = self.work / "attested"
            if not directory.exists():
                self.directory("attested", "host", 0o755)
            path = directory / pseudonym
            self.must("request", "attest", "--config", self.hosts_config, "--pseudonym", pseudonym, "--out", path, machine="host")
            os.chmod(path, 0o644)
            self.attestations[pseudonym] = path
        return self.attestations[pseudonym]

    def key_service(self, name, **tls):
        self.directory(f"run/{name}", "keyservice", 0o750)
        listen = [
            {"socket": f"run/{name}/socket", "mode": "0660", "users": self.users("host", "sender", "opener")},
            {"socket": f"run/{name}/evaluator", "mode": "0660", "users": {str(self.user("host")): ["evaluator"]}}]
        if tls:
            listen.append({"tls": {"host": "127.0.0.1", "port": 0, **tls}})
        config = self.write(name, {"logKey": "log.pub", "keyService": {"serve": {
            "store": "keyservice/store.sqlite", "keyring": "keyservice/keyservice.keyring", "listen": listen,
            # More than one test asks for tags without end.
            "evaluationsPerSecond": 20_000}}})
        return Process(self, name, "keyservice", "key-service", config, len(listen))

    def sender(self, name, key_service):
        self.directory(f"run/{name}", "sender", 0o750)
        config = self.write(name, {
            "identityStore": "state/identity.sqlite", "roster": self.roster.name, "keyService": self.remote(key_service),
            "sender": {
                "keyring": "senders/sender.keyring", "inbox": f"senders/{name}", "texts": {"new-device": TEXT},
                "listen": [{"socket": f"run/{name}/socket", "mode": "0660", "users": {str(self.user("host")): ["host"]}}]}})
        return Process(self, name, "sender", "sender", config, 1)

    def inbox(self, sender):
        """The messages that a sender wrote: number, channel, text."""
        return [path.read_text().split("\n", 2) for path in (self.work / "senders" / sender).glob("*.message")]

    # Commands

    def command(self, words, who=None, machine=None):
        words, fds = super().command(words, who, machine)
        return (self.prefix(machine) if machine else []) + words, fds

    def run_as(self, party, *words, passphrase=HOST_PASSPHRASE):
        """A command that ends by itself."""
        fd = descriptor(passphrase)
        try:
            done = subprocess.run(
                [*self.prefix(party), self.tool, *map(str, words), "--passphrase-fd", str(fd)], pass_fds=[fd], stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=60, umask=0o002)
        finally:
            os.close(fd)
        return Answer(done.returncode, done.stdout, done.stderr)

    def load_words(self, command, *words):
        return [*self.prefix("host"), self.load, command, *map(str, (self.state, self.host_keys, *words))]

    def run_load(self, command, *words):
        return subprocess.run(
            self.load_words(command, *words), capture_output=True, text=True, timeout=120, umask=0o002, stdin=subprocess.DEVNULL)

    def must_load(self, command, *words):
        done = self.run_load(command, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def through(self, key_service):
        run = self.work / "run" / key_service
        return ["--key-service", run / "socket", "--evaluator", run / "evaluator"]

    def sign_ups(self, first, count, at_once, *options):
        return Load(self, self.load_words("sign-ups", first, count, at_once, "--roster", self.roster, *options))

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


class Process:
    """A key service or sender. What it says goes to a file."""

    def __init__(self, parties, name, party, command, config, places):
        self.parties, self.name, self.party, self.command, self.config, self.places = parties, name, party, command, config, places
        self.said = parties.work / f"{name}.said"
        self.said.touch()
        self.socket = parties.work / "run" / name / "socket"

    def start(self):
        before = len(self.text())
        fd = descriptor(HOST_PASSPHRASE)
        with self.said.open("ab") as said:
            self.child = subprocess.Popen(
                [*self.parties.prefix(self.party), self.parties.tool, self.command, "--config", str(self.config), "--passphrase-fd",
                 str(fd)], pass_fds=[fd], stdin=subprocess.DEVNULL, stdout=said, stderr=said, umask=0o002)
        os.close(fd)
        self.parties.processes.append(self.child)
        deadline = time.monotonic() + 60
        while self.text()[before:].count("listening at") < self.places:
            assert self.child.poll() is None, f"{self.name} ended with {self.child.returncode}: {self.text()}"
            assert time.monotonic() < deadline, f"{self.name} does not listen: {self.text()}"
            time.sleep(0.02)
        return self

    def text(self):
        return self.said.read_text(errors="replace")

    def port(self):
        return int(re.findall(r", port (\d+)", self.text())[-1])

    def kill(self):
        self.child.kill()
        self.child.wait()

    def terminate(self):
        """Its exit code."""
        self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(timeout=30)
        except subprocess.TimeoutExpired:
            return "still there after 30 s"


class Load:
    """A host that signs numbers up. What it prints is promised."""

    def __init__(self, parties, words):
        self.parties = parties
        self.path = parties.work / f"load-{len(parties.printed)}"
        parties.printed.append(self.path)
        with self.path.open("wb") as out:
            self.child = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, umask=0o002)
        parties.processes.append(self.child)

    def text(self):
        return self.path.read_text(errors="replace")

    def pseudonyms(self):
        return {int(index): pseudonym for index, pseudonym in re.findall(r"^enrolled (\d+) (\S+) \d+$", self.text(), re.M)}

    def wait_for(self, count):
        """Until so many have signed up, or the host has ended."""
        deadline = time.monotonic() + 60
        while len(self.pseudonyms()) < count and self.child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.pseudonyms())

    def end(self):
        """The exit code, and what it complained of."""
        try:
            code = self.child.wait(timeout=90)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait(), f"does not end: {self.text()[-300:]}"
        return code, "\n".join(re.findall(r"^failed: .*$", self.text(), re.M))
