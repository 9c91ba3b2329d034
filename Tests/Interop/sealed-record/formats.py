"""A second implementation of the sealed parts of Documentation/Formats.md, written from that page and from nothing else."""
import base64
import hashlib
import hmac
import struct

from nacl import bindings
from nacl.pwhash import argon2id
from nacl.signing import SigningKey, VerifyKey

import ristretto

KINDS = {"host": 1, "keyservice": 2, "sender": 3, "log": 4, "person": 5, "share": 6, "recipient": 7, "opener": 8}
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


def make_header(deployment, record, subject, nonce, generation=0):
    return b"SPNI" + bytes([1, 1, 1, 0]) + deployment + record + subject + u64(generation) + nonce


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


def body_digest(body):
    return blake2b(256, None, "SPNI/v1/body-digest", body)


def label_of(deployment, record, subject, generation, role, identifier, digest):
    return b"".join(lp(field) for field in (deployment, record, subject, u64(generation), bytes([role]), identifier, digest))


def envelope_label(body, role, identifier):
    generation = int.from_bytes(body[56:64], "big")
    return label_of(body[8:24], body[24:40], body[40:56], generation, role, identifier, body_digest(body))


def sender_envelope(body, sender_public, data_key, ephemeral):
    identifier = key_id(sender_public)
    return 2, identifier, sealed_box(sender_public, "SPNI/v1/sender", envelope_label(body, 2, identifier), data_key, ephemeral)


def make_vault_value(body, envelopes):
    written = b"".join(bytes([role]) + identifier + lp(box) for role, identifier, box in envelopes)
    return b"\x01" + body + bytes([len(envelopes)]) + written


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
        if len(box) != {1: 208, 2: 112, 3: 208}.get(role):
            raise Refused("no envelope that there is")
        envelopes.append((role, identifier, box))
    reader.finish()
    return body, envelopes


def open_envelope(body, envelope, sender_secret):
    role, identifier, box = envelope
    if identifier != key_id(x25519_public(sender_secret)):
        raise Refused("for another sender")
    return sealed_box_open(sender_secret, "SPNI/v1/sender", envelope_label(body, role, identifier), box)


# The key service's rows


def wrap_shred(key_encryption, subject, record, generation, made_at, shred_key, nonce):
    context = subject + record + u64(generation)
    return u64(generation) + u64(made_at) + lp(committing_seal(key_encryption, "SPNI/v1/shred-wrap", context, shred_key, nonce))


def make_keys_value(key_encryption, subject, record, shred, history_key, nonce, releases=0, candidates=(), due=None):
    """`shred` as wrap_shred makes it, and each candidate so with the digest of its body."""
    wrapped_history = committing_seal(key_encryption, "SPNI/v1/history-wrap", subject + record + u64(0), history_key, nonce)
    vault_key = key_encoding(partition(subject), "vault", record)
    written = b"\x01" + subject + record + u32(releases) + vault_key + shred
    written += bytes([len(candidates)]) + b"".join(key + digest for key, digest in candidates)
    return written + lp(wrapped_history) + optional(due)


def optional(value):
    return b"\x00" if value is None else b"\x01" + value


def read_optional(reader, read):
    present = reader.integer(1)
    if present > 1:
        raise Refused("no bool")
    return read(reader) if present else None


def read_key_encoding(reader):
    return reader.integer(2), reader.lp().decode(), reader.lp()


def open_keys_value(value, key_encryption):
    """The fields, with every key unwrapped."""
    reader = Reader(value)
    if reader.integer(1) != 1:
        raise Refused("another version")
    subject, record, releases = reader.take(16), reader.take(16), reader.integer(4)
    vault_key = read_key_encoding(reader)

    def read_shred(reader):
        generation, made_at, box = reader.integer(8), reader.integer(8), reader.lp()
        context = subject + record + u64(generation)
        return {"generation": generation, "made_at": made_at, "key": committing_open(key_encryption, "SPNI/v1/shred-wrap", context, box)}

    shred = read_shred(reader)
    candidates = [{**read_shred(reader), "digest": reader.take(32)} for _ in range(reader.integer(1))]
    history_key = committing_open(key_encryption, "SPNI/v1/history-wrap", subject + record + u64(0), reader.lp())
    due = read_optional(reader, lambda reader: reader.take(32))
    reader.finish()
    return {
        "subject": subject, "record": record, "releases": releases, "vault_key": vault_key, "shred": shred, "candidates": candidates,
        "history": history_key, "due": due,
    }


def pending(subject, made_at, generation, record, digest=b""):
    """(row, value)"""
    value = b"\x01" + subject + u64(made_at) + u64(generation) + key_encoding(partition(subject), "vault", record) + lp(digest)
    return u64(made_at) + subject + u64(generation) + digest, value


def order_code(proof, order, subject, record, purpose, deadline):
    return blake2b(256, proof, "SPNI/v1/release-order", order, subject, record, u32(purpose), u64(deadline))


def release_order(proof, order, subject, record, purpose, deadline):
    code = order_code(proof, order, subject, record, purpose, deadline)
    return order + subject + record + struct.pack(">H", purpose) + u64(deadline) + code


def release(kind, subject, count, order, purpose, time):
    return bytes([kind]) + subject + u32(count) + order + struct.pack(">H", purpose) + u64(time)


def release_id(fields):
    return blake2b(128, None, "SPNI/v1/release-id", fields)


# What is signed


def digest(label, message):
    return blake2b(256, None, label, message)


def sign(seed, label, message):
    return SigningKey(seed).sign(digest(label, message)).signature


def is_signed_under(public, label, message, signature):
    return is_signed(public, digest(label, message), signature)


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
