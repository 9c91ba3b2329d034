"""The people of one custody, who do everything with the tool, and the host whose records they open."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess

HOST_PASSPHRASE = "load"
CUSTODIANS = ("kim", "lea", "max")
# Level: quorum, its number there, threshold, people.
LEVELS = {
    1: ("standard", 1, 1, ("ada", "ben")), 2: ("standard", 2, 2, ("dan", "eve", "finn")),
    3: ("break-glass", 1, 1, ("gus",)), 4: ("break-glass", 2, 1, ("ivy",)),
}
DEALERS = {level: f"dealer-{level}" for level in LEVELS}
MEMBERS = [name for *_, names in LEVELS.values() for name in names]
OTHERS = ("rita", "otto")
POWERS = {"rita": "request", "ada": "request", "otto": "open"}
PURPOSE = "terms-of-service-review"
FAR = "2099-12-31"


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def text(self):
        return self.out + self.err

    def json(self):
        return json.loads(self.out)


def descriptor(passphrase):
    """The reading end of a pipe that holds a passphrase."""
    reading, writing = os.pipe()
    os.write(writing, passphrase.encode())
    os.close(writing)
    return reading


class Custody:
    def __init__(self, tool, load, work):
        self.tool, self.load, self.work = tool, load, pathlib.Path(work)
        self.people, self.keys, self.state = (self.work / name for name in ("people", "keys", "state"))
        self.state.mkdir()
        self.said = []
        self.passphrases = {"host": HOST_PASSPHRASE, "opener": HOST_PASSPHRASE}
        self.attestations = {}
        self.trust = self.work / "trust"
        self.config = self.work / "config.json"

    # The tool

    def command(self, words, who=None, machine=None):
        """The words and the descriptors that a command takes."""
        words, fds = [self.tool, *map(str, words)], []
        if who:
            fds.append(descriptor(f"{who}'s words\n"))
            words += ["--passphrase-fd", str(fds[-1])]
        if machine:
            fds.append(descriptor(self.passphrases[machine]))
            words += [f"--{machine}-passphrase-fd", str(fds[-1])]
        return words, fds

    def run(self, *words, who=None, machine=None, passphrase=None):
        tells_number = words[:2] == ("reveal", "open")
        words, fds = self.command(words, who, machine)
        if passphrase is not None:
            fds.append(descriptor(passphrase))
            words += ["--passphrase-fd", str(fds[-1])]
        try:
            done = subprocess.run(words, pass_fds=fds, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        finally:
            for fd in fds:
                os.close(fd)
        answer = Answer(done.returncode, done.stdout, done.stderr)
        if not tells_number:
            self.said.append(answer.text)
        return answer

    def must(self, *words, **options):
        answer = self.run(*words, **options)
        assert answer.code == 0, f"{' '.join(map(str, words))}: {answer.code} {answer.text}"
        return answer

    def each(self, names, do):
        """Both processors at once: most of a command is the passphrase's hash."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            return list(pool.map(do, names))

    # People

    def keyring(self, name):
        return self.people / f"{name}.keyring"

    def card(self, name):
        return self.people / f"{name}.card"

    def share(self, name):
        return self.people / f"{name}.share"

    def make_people(self):
        self.deployment = self.must("custody", "new-deployment").out.strip()
        everyone = [*CUSTODIANS, *DEALERS.values(), *MEMBERS, *OTHERS]
        self.each(everyone, lambda name: self.must(
            "custody", "person", "--name", name, "--deployment", self.deployment, "--out", self.people, who=name))
        self.must("custody", "trust", "--custodian", *map(self.card, CUSTODIANS), "--custodian-threshold", 2, "--out", self.trust)
        return everyone

    def make_keyrings(self):
        return self.must(
            "ceremony", "init", "--directory", self.keys, "--origin", "example.com/custody", "--trust", self.trust, "--deployment",
            self.deployment, passphrase=HOST_PASSPHRASE)

    def deal(self, level):
        quorum, number, threshold, names = LEVELS[level]
        self.must(
            "custody", "deal", "--quorum", quorum, "--level", number, "--threshold", threshold, "--dealer",
            self.keyring(DEALERS[level]), "--member", *map(self.card, names), "--out", self.work / f"level-{level}.deal",
            who=DEALERS[level])

    def receive(self, name, *deals, share=None, roster=()):
        return self.run(
            "custody", "receive", "--deal", *deals, "--keyring", self.keyring(name), *roster, "--out", share or self.share(name), who=name)

    def persons(self, lapsed=()):
        """The file of persons; training of those in `lapsed` is over."""
        lines = ["# card; powers; trained; vetted", ""]
        for name in [*MEMBERS, *OTHERS]:
            trained = "2020-02-29" if name in lapsed else FAR
            lines.append(f"{name}.card; {POWERS.get(name, '')}; trained={trained}; vetted={FAR}")
        path = self.people / "persons"
        path.write_text("\n".join(lines) + "\n")
        return path

    def sign_roster(self, roster, *custodians):
        for name in custodians:
            self.must("custody", "roster", "sign", "--roster", roster, "--keyring", self.keyring(name), who=name)

    # The host

    def start_host(self, *indices, roster):
        """Signs numbers up and stays, to sequence the log. The pseudonyms."""
        self.must_load("prepare")
        self.host = subprocess.Popen(
            [self.load, "sign-ups", self.state, self.keys, str(indices[0]), str(len(indices)), "1", "--roster", roster, "--linger",
             "1000000"], stdout=subprocess.PIPE, text=True)
        pseudonyms = {}
        for line in self.host.stdout:
            words = line.split()
            if words[0] == "enrolled":
                pseudonyms[int(words[1])] = words[2]
                if len(pseudonyms) == len(indices):
                    return [pseudonyms[index] for index in indices]
        raise AssertionError("the host ended before it had signed anybody up")

    def stop_host(self):
        self.host.kill()
        self.host.wait()
        self.host.stdout.close()

    def start_with(self, roster):
        """Another process of the host, which starts and ends."""
        done = subprocess.run(
            [self.load, "prepare", self.state, self.keys, "--roster", roster], capture_output=True, text=True, timeout=120)
        return Answer(done.returncode, done.stdout, done.stderr)

    def must_load(self, command, *options):
        done = subprocess.run([self.load, command, self.state, self.keys, *options], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def write_config(self, roster):
        self.config.write_text(json.dumps({
            "identityStore": "state/identity.sqlite", "hostKeyring": "keys/host.keyring", "openerKeyring": "keys/opener.keyring",
            "log": "state/log", "logKey": "keys/log.pub", "roster": roster.name, "keyService": {"inProcess": {"store": "state/shred.sqlite", "keyring": "keys/keyservice.keyring"}},
        }))

    # Reveals

    def attest(self, pseudonym):
        """The host's word whose record a pseudonym leads to, once for each."""
        if pseudonym not in self.attestations:
            path = self.work / f"{pseudonym}.attestation"
            self.must("request", "attest", "--config", self.config, "--pseudonym", pseudonym, "--out", path, machine="host")
            self.attestations[pseudonym] = path
        return self.attestations[pseudonym]

    def ask(
            self, pseudonym, roster, name, requester="rita", case="Ticket 4711: threats sent from this account.\n", quorum="standard"):
        """Prepares and signs a request."""
        made = self.must(
            "reveal", "prepare", "--config", self.config, "--attestation", self.attest(pseudonym), "--quorum", quorum, "--keyring",
            self.keyring("otto"), "--out", self.work / "requests", "--json", who="otto", machine="opener").json()
        request = Request(self, name, made["draft"], made["recipient"])
        signed = request.sign(roster, requester, case)
        assert signed.code == 0, signed.text
        return request


class Request:
    def __init__(self, custody, name, draft, recipient):
        self.custody, self.name, self.draft, self.recipient = custody, name, draft, pathlib.Path(recipient)
        self.path = custody.work / f"{name}.request"
        # `reveal open` removes the key once it is of no use; the tests try it nevertheless.
        self.kept = self.recipient.with_suffix(".kept")
        shutil.copyfile(recipient, self.kept)

    def sign(self, roster, requester, case, out=None):
        text = self.custody.work / f"{self.name}.case"
        text.write_text(case, encoding="utf-8")
        return self.custody.run(
            "request", "sign", "--draft", self.draft, "--roster", roster, "--case", text, "--purpose", PURPOSE, "--keyring",
            self.custody.keyring(requester), "--trust", self.custody.trust, "--out", out or self.path, who=requester)

    def approval(self, name):
        return self.custody.work / f"{self.name}-{name}.approval"

    def approve(self, name, *options, share=None, request=None, out=None):
        return self.custody.run(
            "approve", "--request", request or self.path, "--keyring", self.custody.keyring(name), "--share",
            share or self.custody.share(name), "--trust", self.custody.trust, "--yes", "--out", out or self.approval(name), *options,
            who=name)

    def approve_all(self, *names, shares=()):
        """Everybody says yes. Their files."""
        shares = dict(shares)
        for name, answer in zip(names, self.custody.each(names, lambda name: self.approve(name, share=shares.get(name)))):
            assert answer.code == 0, f"{name}: {answer.text}"
        return [self.approval(name) for name in names]

    def words(self, approvals, recipient=None):
        return [
            "reveal", "open", "--config", self.custody.config, "--request", self.path, "--approval", *approvals, "--recipient",
            recipient or self.recipient, "--keyring", self.custody.keyring("otto"),
        ]

    def open(self, approvals, *options, recipient=None):
        return self.custody.run(*self.words(approvals, recipient), *options, who="otto", machine="opener")
