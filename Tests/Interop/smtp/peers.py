"""The programs on the other side: OpenSMTPD in namespaces of its own, aiosmtpd, and a network that breaks."""
import ctypes
import logging
import os
import pathlib
import random
import re
import select
import signal
import socket
import ssl
import subprocess
import threading
import time
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# Of what aiosmtpd is made to bear.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore")


# Below what outgoing connections take, so that a port is free a second time.
PORTS = iter(range(20_000 + os.getpid() % 9_000, 32_000))


def free_port():
    for port in PORTS:
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue
    raise AssertionError("no port is free")


def die_with_parent():
    """In the child: whatever ends this program ends it (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def may_use_namespaces():
    return subprocess.run([*NAMESPACES, "true"], capture_output=True).returncode == 0


def wait_for(port, process, patience=20):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(3) == b"220":
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"nothing greets on port {port}")


class Taken:
    """What arrived, as bytes with the envelope's recipient."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 Ok: queued as " + f"T{len(self.mails):08x}"


class OpenSMTPD:
    """The queue stays in a folder of ours, whatever happens to the processes; /run and the processes are in namespaces that die with the first. Where
    there are no namespaces, the queue is Debian's, and the processes are a group. It delivers into a maildir."""

    def __init__(self, work, max_mails=100):
        self.folder = pathlib.Path(work)
        (self.folder / "spool" / "smtpd").mkdir(parents=True)
        (self.folder / "mail").mkdir()
        for part in (self.folder, self.folder / "spool", self.folder / "spool" / "smtpd"):
            part.chmod(0o711)
        # Whoever `nobody` is delivers.
        (self.folder / "mail").chmod(0o777)
        self.port = free_port()
        self.configuration = self.folder / "smtpd.conf"
        self.configuration.write_text(
            'table anyone { "@" = nobody }\n'
            'table busy { "busy@example.org" }\n'
            'table gone { "gone@example.org" }\n'
            f"smtp limit max-mails {max_mails}\n"
            'filter busy phase rcpt-to match rcpt-to <busy> reject "450 4.2.1 later"\n'
            'filter gone phase rcpt-to match rcpt-to <gone> disconnect "421 4.3.2 closing"\n'
            "filter both chain { busy, gone }\n"
            f"listen on 127.0.0.1 port {self.port} hostname mail.example.org filter both\n"
            f'action keep maildir "{self.folder}/mail" virtual <anyone>\n'
            'match from any for domain "example.org" action keep\n')
        self.process = None
        self.is_apart = may_use_namespaces()

    def start(self):
        script = f"exec smtpd -d -f '{self.configuration}'"
        if self.is_apart:
            script = f"mount --bind '{self.folder}/spool' /var/spool && mount -t tmpfs tmpfs /run && {script}"
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [*(NAMESPACES if self.is_apart else []), "sh", "-c", script], stdout=log, stderr=log, preexec_fn=die_with_parent,
                start_new_session=True)
        try:
            wait_for(self.port, self.process)
        except AssertionError as error:
            self.kill()
            tail = (self.folder / "log").read_text(errors="replace").splitlines()[-5:]
            raise AssertionError(f"{error}: {tail}") from None
        return self

    def kill(self):
        """All of it at once: the first process of its namespace takes the others with it, or the group is ended."""
        try:
            self.process.kill() if self.is_apart else os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                return
            time.sleep(0.01)

    def settled(self, expected, patience=60, quiet=1.5):
        """The mails, once there are so many and nothing more comes, or nothing came for long: recipient and content."""
        deadline, last, since = time.monotonic() + patience, -1, time.monotonic()
        while time.monotonic() < deadline:
            count = sum(1 for _ in (self.folder / "mail" / "new").glob("*"))
            if count != last:
                last, since = count, time.monotonic()
            still = time.monotonic() - since
            if count >= expected and still > quiet or still > quiet * 8:
                break
            time.sleep(0.05)
        mails = [path.read_bytes() for path in (self.folder / "mail" / "new").glob("*")]
        heads = [(re.search(rb"(?m)^Delivered-To: (.*)\n", mail), re.search(rb"(?m)^Message-ID: .*\n", mail)) for mail in mails]
        # Who was killed while it wrote one of these, leaves what it had; the server delivers it again.
        return [(recipient[1].decode(), mail) for mail, (recipient, name) in zip(mails, heads) if recipient and name]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()


class AccountServer(Controller):
    """aiosmtpd with TLS and one account."""

    def __init__(self, certificate=None, implicit=False, account=True, mechanisms=(), require_tls=True):
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        self.taken = Taken()
        self.logins = []
        self.options = dict(
            enable_SMTPUTF8=True, auth_required=account, auth_require_tls=bool(certificate) and not implicit,
            authenticator=self.authenticate if account else None, auth_exclude_mechanism=list(mechanisms),
            tls_context=None if implicit else context, require_starttls=bool(context) and not implicit and require_tls)
        super().__init__(
            self.taken, hostname="127.0.0.1", port=free_port(), ssl_context=context if implicit else None)

    def factory(self):
        return SMTP(self.handler, **self.options)

    def authenticate(self, server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"codes", b"secret")
        self.logins.append((mechanism, right))
        return AuthResult(success=right, handled=False)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class BadNetwork:
    """Hands bytes on between its own port and another, and breaks each connection after some of them, in one direction or the other."""

    def __init__(self, port, seed):
        self.target, self.draws, self.breaks = port, random.Random(seed), 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client, self.draws.randrange(self.draws.choice((300, 8_000))), self.draws.random() < 0.5), daemon=True).start()

    def carry(self, client, left, is_backward):
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            while True:
                for source in select.select([client, server], [], [], 30)[0]:
                    try:
                        data = source.recv(65_536)
                        if not data:
                            return
                        if (source is server) == is_backward:
                            if len(data) >= left:
                                data = data[:left]
                                (client if source is server else server).sendall(data)
                                self.breaks += 1
                                return
                            left -= len(data)
                        (client if source is server else server).sendall(data)
                    except OSError:
                        return

    def close(self):
        self.server.close()
