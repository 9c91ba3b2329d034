"""A second implementation of the sealed parts of Documentation/Formats.md, written from that page and from nothing else."""
import base64
import hashlib
import hmac
import struct

from nacl import bindings
from nacl.pwhash import argon2id
from nacl.signing import SigningKey, VerifyKey

import ristretto

KINDS = {"host": 1, "keyservice": 2, "sender": 3, "log": 4}
PARTITIONS = 8


class Refused(Exception):
    """What does not have its format, or does not open."""


def lp(data):
    return struct.pack(">I", len(data)) + data


def u32(value):
    return struct.pack(">I", value)


def u64(value):
    return struct.pack(">Q", value)


def blake2b(bits, key, label, *fields):
    content = b"".join(lp(field) for field in (label.encode(), *fields))
    return hashlib.blake2b(content, digest_size=bits // 8, key=key or b"").digest()


class Reader:
    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, count):
        if self.position + count > len(self.data):
            raise Refused("cut")
        self.position += count
        return self.data[self.position - count : self.position]

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def lp(self):
        return self.take(self.integer(4))

    def finish(self):
        if self.position != len(self.data):
            raise Refused("bytes left over")


# Boxes


def aead_seal(key, nonce, context, plaintext):
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, nonce, key)


def aead_open(key, nonce, context, ciphertext):
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, context, nonce, key)
    except Exception as error:
        raise Refused("the ciphertext is not what was sealed") from error


def committing_seal(key, label, context, plaintext, nonce):
    both = blake2b(512, key, label, nonce, context)
    return nonce + both[32:] + aead_seal(both[:32], nonce, context, plaintext)


def committing_open(key, label, context, box):
    if len(box) < 72:
        raise Refused("cut")
    both = blake2b(512, key, label, box[:24], context)
    if not hmac.compare_digest(both[32:], box[24:56]):
        raise Refused("not this key's")
    return aead_open(both[:32], box[:24], context, box[56:])


def x25519_public(secret):
    return bindings.crypto_scalarmult_base(secret)


def sealed_box(public, label, context, plaintext, ephemeral):
    e = x25519_public(ephemeral)
    both = blake2b(512, None, label, e, public, bindings.crypto_scalarmult(ephemeral, public), context)
    return e + aead_seal(both[:32], bytes(24), context, plaintext) + both[32:]


def sealed_box_open(secret, label, context, box):
    if len(box) < 80:
        raise Refused("cut")
    shared = bindings.crypto_scalarmult(secret, box[:32])
    both = blake2b(512, None, label, box[:32], x25519_public(secret), shared, context)
    if not hmac.compare_digest(both[32:], box[-32:]):
        raise Refused("not this key's")
    return aead_open(both[:32], bytes(24), context, box[32:-32])


# Keyring files


def keyring_file_key(passphrase, kind, header):
    salt, passes, memory = header[26:42], *struct.unpack(">II", header[42:50])
    passphrase_key = argon2id.kdf(32, passphrase, salt, opslimit=passes, memlimit=memory)
    return blake2b(256, passphrase_key, "SPNI/v1/keyring", bytes([kind]))


def open_keyring(data, kind, passphrase):
    header = data[:50]
    if header[:8] != b"SPNIKEYS" or header[8] != 1 or header[9] != KINDS[kind]:
        raise Refused("no keyring of this kind")
    plaintext = committing_open(keyring_file_key(passphrase, KINDS[kind], header), "SPNI/v1/keyring-box", header, data[50:])
    reader = Reader(plaintext)
    entries = {}
    for _ in range(reader.integer(2)):
        name = reader.lp().decode()
        entries[name] = reader.lp()
    reader.finish()
    entries["deployment"] = header[10:26]
    return entries


def make_keyring(kind, passphrase, deployment, salt, entries, nonce, passes=1, memory=65_536):
    header = b"SPNIKEYS" + bytes([1, KINDS[kind]]) + deployment + salt + struct.pack(">II", passes, memory)
    plaintext = struct.pack(">H", len(entries)) + b"".join(lp(name.encode()) + lp(value) for name, value in entries.items())
    return header + committing_seal(keyring_file_key(passphrase, KINDS[kind], header), "SPNI/v1/keyring-box", header, plaintext, nonce)


# Rows


def partition(identifier):
    return int.from_bytes(identifier[:2], "big") % PARTITIONS


def key_encoding(part, collection, row):
    return struct.pack(">H", part) + lp(collection.encode()) + lp(row)


def authenticator(key, part, collection, row, version, expiry, value):
    time = (1 << 63) - 1 if expiry is None else expiry % (1 << 64)
    return blake2b(256, key, "SPNI/v1/record", key_encoding(part, collection, row), version, u64(time), value)


def open_row(key, part, collection, row, version, expiry, stored):
    value, code = stored[:-32], stored[-32:]
    if len(stored) < 32 or not hmac.compare_digest(code, authenticator(key, part, collection, row, version, expiry, value)):
        raise Refused("not a row of this deployment")
    return value


def key_store_mac(key_encryption):
    return blake2b(256, key_encryption, "SPNI/v1/key-store-mac")


# Tags and pseudonyms


def tags(host, key_service, digits):
    element = ristretto.hash_to_group(blake2b(256, host["pepper"], "SPNI/v1/number", digits))
    return ristretto.multiply(element, key_service["index"]), ristretto.multiply(element, key_service["budget"])


def wrap_seed(root, subject, seed, nonce):
    return committing_seal(blake2b(256, root, "SPNI/v1/seed-key"), "SPNI/v1/seed-wrap", subject, seed, nonce)


def pseudonym(root, subject, wrapped_seed, consumer, link=0):
    seed = committing_open(blake2b(256, root, "SPNI/v1/seed-key"), "SPNI/v1/seed-wrap", subject, wrapped_seed)
    consumer_key = blake2b(256, root, "SPNI/v1/pid-key", consumer.encode())
    name = blake2b(160, consumer_key, "SPNI/v1/pid", seed, u32(link))
    return "u_" + base64.b32encode(name).decode().lower()


# Sealed records


def number_plaintext(digits):
    return (bytes([1, len(digits)]) + digits).ljust(32, b"\0")


def read_number(plaintext):
    count = plaintext[1]
    digits = plaintext[2 : 2 + count]
    if len(plaintext) != 32 or plaintext[0] != 1 or not 3 <= count <= 30 or not digits.isdigit() or any(plaintext[2 + count :]):
        raise Refused("no number")
    return digits


def make_header(deployment, record, subject, nonce):
    return b"SPNI" + bytes([1, 1, 1, 0]) + deployment + record + subject + u64(0) + nonce


def seal_body(header, data_key, shred_key, digits):
    both = blake2b(512, data_key, "SPNI/v1/body", shred_key, header)
    return header + both[32:] + aead_seal(both[:32], header[64:88], header, number_plaintext(digits))


def open_body(body, data_key, shred_key):
    header = body[:88]
    both = blake2b(512, data_key, "SPNI/v1/body", shred_key, header)
    if not hmac.compare_digest(both[32:], body[88:120]):
        raise Refused("the commitment is another's")
    return read_number(aead_open(both[:32], header[64:88], header, body[120:]))


def key_id(public):
    return blake2b(128, None, "SPNI/v1/key-id", public)


def envelope_label(body, role, identifier):
    digest = blake2b(256, None, "SPNI/v1/body-digest", body)
    fields = (body[8:24], body[24:40], body[40:56], body[56:64], bytes([role]), identifier, digest)
    return b"".join(lp(field) for field in fields)


def make_vault_value(body, sender_public, data_key, ephemeral):
    identifier = key_id(sender_public)
    box = sealed_box(sender_public, "SPNI/v1/sender", envelope_label(body, 2, identifier), data_key, ephemeral)
    return b"\x01" + body + b"\x01" + b"\x02" + identifier + lp(box)


def read_vault_value(value):
    """(body, [(role, key id, box)])"""
    reader = Reader(value)
    if reader.integer(1) != 1:
        raise Refused("no sealed record")
    body = reader.take(168)
    if body[:8] != b"SPNI\x01\x01\x01\x00":
        raise Refused("no header of version 1")
    envelopes = []
    for _ in range(reader.integer(1)):
        role, identifier, box = reader.integer(1), reader.take(16), reader.lp()
        if role != 2 or len(box) != 112:
            raise Refused("no envelope for a sender")
        envelopes.append((role, identifier, box))
    reader.finish()
    return body, envelopes


def open_envelope(body, envelope, sender_secret):
    role, identifier, box = envelope
    if identifier != key_id(x25519_public(sender_secret)):
        raise Refused("for another sender")
    return sealed_box_open(sender_secret, "SPNI/v1/sender", envelope_label(body, role, identifier), box)


# The key service's rows


def make_keys_value(key_encryption, subject, record, made_at, shred_key, history_key, nonces):
    context = subject + record + u64(0)
    wrapped_shred = committing_seal(key_encryption, "SPNI/v1/shred-wrap", context, shred_key, nonces[0])
    wrapped_history = committing_seal(key_encryption, "SPNI/v1/history-wrap", context, history_key, nonces[1])
    vault_key = key_encoding(partition(subject), "vault", record)
    return b"\x01" + context + u64(made_at) + u32(0) + vault_key + lp(wrapped_shred) + lp(wrapped_history)


def read_key_encoding(reader):
    return reader.integer(2), reader.lp().decode(), reader.lp()


def open_keys_value(value, key_encryption):
    """The fields, with both keys unwrapped."""
    reader = Reader(value)
    if reader.integer(1) != 1:
        raise Refused("another version")
    subject, record, generation = reader.take(16), reader.take(16), reader.take(8)
    made_at, releases, vault_key = reader.integer(8), reader.integer(4), read_key_encoding(reader)
    context = subject + record + generation
    shred_key = committing_open(key_encryption, "SPNI/v1/shred-wrap", context, reader.lp())
    history_key = committing_open(key_encryption, "SPNI/v1/history-wrap", context, reader.lp())
    reader.finish()
    return {
        "subject": subject, "record": record, "made_at": made_at, "releases": releases, "vault_key": vault_key,
        "shred": shred_key, "history": history_key,
    }


# Erasure receipts


def subject_digest(deployment, subject):
    return blake2b(256, None, "SPNI/v1/erased-subject", deployment, subject)


def receipt_bytes(digest, time):
    return lp(b"SPNI/v1/erasure") + lp(digest) + u64(time)


def public_of_seed(seed):
    return bytes(SigningKey(seed).verify_key)


def is_signed(public, message, signature):
    try:
        VerifyKey(public).verify(message, signature)
        return True
    except Exception:
        return False
