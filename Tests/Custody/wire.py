"""What goes over a socket between processes, written from ProcessTransport.md alone, and a caller in any user's name."""
import json
import os
import socket
import ssl
import struct

VERSION = 1
# A point of the group, such as a number is hashed to.
ELEMENT = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
OPERATIONS = {
    "evaluate": 1, "put": 2, "releaseHistoryKey": 3, "erase": 4, "unconfirmed": 5, "confirm": 6, "discard": 7, "releases": 8,
    "acknowledge": 9, "sweep": 10, "releaseForOrder": 11, "releaseForResealing": 12, "addShredKey": 13, "submit": 14,
    "releaseForOpening": 15, "closeReview": 16, "deny": 17, "logHead": 20,
}


class Closed(Exception):
    """The other end closed; the closing frame it sent, if any: (reason, highest id it had begun)."""

    def __init__(self, why=None):
        super().__init__("closed" if why is None else f"closed, reason {why[0]}")
        self.why = why


class Line:
    def __init__(self, connection):
        self.connection, self.last, self.rest = connection, 0, b""

    @classmethod
    def to(cls, place, certificate=None):
        """`place` is a socket's path, or a host and a port, to which `certificate`, a file and its key, is shown."""
        if isinstance(place, (str, os.PathLike)):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(20)
            connection.connect(str(place))
            return cls(connection)
        plain = socket.create_connection(place, timeout=20)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(*map(str, certificate))
        return cls(context.wrap_socket(plain))

    def write(self, identifier, payload):
        self.connection.sendall(struct.pack(">IBQ", len(payload), VERSION, identifier) + payload)

    def read(self):
        """The next frame's id and payload."""
        while True:
            if len(self.rest) >= 13:
                length, version, identifier = struct.unpack(">IBQ", self.rest[:13])
                assert version == VERSION and 0 < length <= 1 << 20, "what came is no frame"
                if len(self.rest) >= 13 + length:
                    payload, self.rest = self.rest[13:13 + length], self.rest[13 + length:]
                    if identifier == 0 and payload[0] == 2:
                        raise Closed(struct.unpack(">BQ", payload[1:]))
                    return identifier, payload
            try:
                piece = self.connection.recv(65_536)
            except (ConnectionError, ssl.SSLError):
                piece = b""
            if not piece:
                assert not self.rest, f"{len(self.rest)} bytes of an unfinished frame"
                raise Closed()
            self.rest += piece

    def greet(self, role):
        try:
            self.write(0, role.encode())
        except (ConnectionError, ssl.SSLError):
            raise Closed() from None
        assert self.read() == (0, b"\1"), "no welcome"

    def ask(self, payload):
        self.last += 1
        self.write(self.last, payload)
        identifier, answer = self.read()
        assert identifier == self.last, "an answer to something else"
        return answer


def answer_text(answer):
    """`done`, or the code of a refusal."""
    if answer[0] == 0:
        return "done"
    assert answer[0] == 1, "an answer of no known form"
    length, = struct.unpack(">I", answer[1:5])
    return answer[5:5 + length].decode()


def attempt(place, role, operation=None, body=b"", certificate=None):
    """What becomes of one request: `done`, a code, `closed…`, or why there is no connection."""
    try:
        line = Line.to(place, certificate)
        line.greet(role)
        if operation is None:
            return "welcome"
        return answer_text(line.ask(bytes([OPERATIONS[operation]]) + body))
    except Closed as closed:
        return str(closed)
    except (OSError, ssl.SSLError) as error:
        return type(error).__name__


def as_user(user, group, work):
    """Runs `work` in a child that has become this user, and returns what it returned. `None` stays who this is."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(group)
                os.setuid(user)
            os.write(writing, json.dumps(work()).encode())
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writing, json.dumps(f"{type(error).__name__}: {error}").encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer)
