#!/usr/bin/env python3
"""Writes a deployment as this implementation makes it, the same bytes each time: Tests/SealedStoreTests/Vectors/second-implementation.txt."""
import hashlib

import deployment
import formats
import ristretto

counter = 0


def draw(count):
    global counter
    counter += 1
    return hashlib.shake_256(b"second implementation %d" % counter).digest(count)


def scalar():
    return (int.from_bytes(draw(64), "little") % ristretto.ORDER).to_bytes(32, "little")


def hexadecimal(data):
    return data.hex() or "-"


identifier, salt = draw(16), draw(16)
sender_secret, proof = draw(32), draw(32)
rings = {
    "host": {
        "pepper": draw(32), "record-mac": draw(32), "pseudonym-root": draw(32), "token": draw(32), "code": draw(32),
        "token-id": formats.u32(2), "token-previous": draw(32), "code-id": formats.u32(1), "index-epoch": formats.u32(3), "proof": proof,
        "sender-public": formats.x25519_public(sender_secret),
    },
    "keyservice": {
        "key-encryption": draw(32), "signing": draw(32), "index": scalar(), "budget": scalar(), "index-epoch": formats.u32(3),
        "proof": proof,
    },
    "sender": {"sender": sender_secret},
    "log": {"signing": draw(32), "origin": b"example.com/second"},
}
host, key_service = rings["host"], rings["keyservice"]
macs = {"identity": host["record-mac"], "keys": formats.key_store_mac(key_service["key-encryption"])}

print("# Origin: Tests/Interop/sealed-record/make.py, an implementation in Python that was written from Documentation/Formats.md.")
for kind, entries in rings.items():
    print("keyring", kind, formats.make_keyring(kind, deployment.PASSPHRASE, identifier, salt, entries, draw(24)).hex())


def row(store, part, collection, key, value, expiry=None):
    version = draw(16)
    code = formats.authenticator(macs[store], part, collection, key, version, expiry, value)
    print("row", store, part, collection, hexadecimal(key), version.hex(), "-" if expiry is None else expiry, (value + code).hex())


for part in range(formats.PARTITIONS):
    row("identity", part, "fence", b"", formats.u32(3))
for digits in (b"41446681800", b"4644", b"12025550143", b"49151234567890123", b"7" * 30):
    subject, record, shred_key, history_key, data_key = draw(16), draw(16), draw(32), draw(32), draw(32)
    uniqueness, budget = formats.tags(host, key_service, digits)
    body = formats.seal_body(formats.make_header(identifier, record, subject, draw(24)), data_key, shred_key, digits)
    value = formats.make_vault_value(body, host["sender-public"], data_key, draw(32))
    keys = formats.make_keys_value(
        key_service["key-encryption"], subject, record, 1_795_478_400_000, shred_key, history_key, (draw(24), draw(24)))
    seed = formats.wrap_seed(host["pseudonym-root"], subject, draw(32), draw(24))
    row("identity", formats.partition(uniqueness), "claim", uniqueness, b"\x01" + subject + record + formats.u32(3))
    row("identity", formats.partition(subject), "vault", record, value)
    row("keys", formats.partition(subject), "keys", subject, keys)
    names = [formats.pseudonym(host["pseudonym-root"], subject, seed, consumer) for consumer in ("host", "chat")]
    for name, consumer in zip(names, ("host", "chat")):
        key = formats.base64.b32decode(name[2:].upper())
        row("identity", formats.partition(key), "pseudonym", key, b"\x01" + subject + formats.lp(consumer.encode()))
    fields = (subject, record, uniqueness, budget, seed, formats.x25519_public(history_key))
    print("person", digits.decode(), *(field.hex() for field in fields), *names)
row("identity", 0, "vault", draw(16), b"\x00", 1_798_070_400_000)
