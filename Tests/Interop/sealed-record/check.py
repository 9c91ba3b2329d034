#!/usr/bin/env python3
"""Opens a deployment that the Swift implementation wrote. The last line is `N passed, M failed`."""
import pathlib
import sys

import deployment
import formats
import ristretto

passed = failed = 0


def expect(holds, what):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}")


def refuses(what, body):
    try:
        body()
    except formats.Refused:
        return expect(True, what)
    expect(False, what)


def check_group():
    """The group against RFC 9497's own vectors: input, blind, blinded element, evaluated element."""
    path = pathlib.Path(__file__).parents[3] / "Tests/CryptoPrimitivesTests/Vectors/rfc9497-oprf-ristretto255.txt"
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        key, message, blind, blinded, evaluated = (bytes.fromhex(field) for field in line.split())
        element = ristretto.multiply(ristretto.hash_to_group(message), blind)
        expect(element == blinded, "RFC 9497: the blinded element")
        expect(ristretto.multiply(element, key) == evaluated, "RFC 9497: the evaluated element")


def check_deployment(path):
    lines = deployment.read(path)
    keyrings = {kind: formats.open_keyring(bytes.fromhex(data), kind, deployment.PASSPHRASE) for kind, data in lines["keyring"]}
    host, key_service, sender = keyrings["host"], keyrings["keyservice"], keyrings["sender"]
    expect(len({ring["deployment"] for ring in keyrings.values()}) == 1, "one deployment")
    expect(host["sender-public"] == formats.x25519_public(sender["sender"]), "the sender's public key is its secret's")
    expect(host["proof"] == key_service["proof"], "the key of step-up proofs is shared")
    expect(host["index-epoch"] == key_service["index-epoch"] == formats.u32(1), "the first epoch")
    for kind, data in lines["keyring"]:
        refuses(f"another passphrase opens {kind}", lambda: formats.open_keyring(bytes.fromhex(data), kind, b"another"))

    macs = {"identity": host["record-mac"], "keys": formats.key_store_mac(key_service["key-encryption"])}
    rows = {}
    for store, part, collection, row, version, expiry, stored in lines["row"]:
        arguments = (int(part), collection, bytes.fromhex(row.replace("-", "")), bytes.fromhex(version), None if expiry == "-" else int(expiry))
        stored = bytes.fromhex(stored)
        rows[store, collection, arguments[2]] = int(part), formats.open_row(macs[store], *arguments, stored)
        expect(True, "a row's authenticator")
        changed = bytes([stored[0] ^ 1]) + stored[1:]
        refuses("a changed row", lambda: formats.open_row(macs[store], *arguments, changed))
    counts = {}
    for store, _, collection, *_ in lines["row"]:
        counts[store, collection] = counts.get((store, collection), 0) + 1
    people = len(lines["person"])
    expected = {
        ("identity", "fence"): formats.PARTITIONS, ("identity", "claim"): people, ("identity", "vault"): people,
        ("identity", "pseudonym"): 2 * people, ("keys", "keys"): people, ("keys", "pending"): people,
    }
    expect(counts == expected, f"the rows there are: {counts}")

    for person in lines["person"]:
        digits, host_name, chat_name = person[0].encode(), person[7], person[8]
        subject, record, uniqueness, budget, seed, history_public = (bytes.fromhex(field) for field in person[1:7])
        expect(formats.tags(host, key_service, digits) == (uniqueness, budget), "both tags")
        expect(rows["identity", "claim", uniqueness] == (formats.partition(uniqueness), b"\x01" + subject + record + formats.u32(1)), "the claim")
        for consumer, name in (("host", host_name), ("chat", chat_name)):
            expect(formats.pseudonym(host["pseudonym-root"], subject, seed, consumer) == name, f"the pseudonym for {consumer}")
            row = formats.base64.b32decode(name[2:].upper())
            value = b"\x01" + subject + formats.lp(consumer.encode())
            expect(rows["identity", "pseudonym", row] == (formats.partition(row), value), f"the row of the pseudonym for {consumer}")

        part, value = rows["identity", "vault", record]
        expect(part == formats.partition(subject) and len(value) == 303, "the record's place and size")
        body, envelopes = formats.read_vault_value(value)
        expect(body[8:56] == host["deployment"] + record + subject and body[56:64] == bytes(8), "the header")
        part, value = rows["keys", "keys", subject]
        keys = formats.open_keys_value(value, key_service["key-encryption"])
        expect(part == formats.partition(subject) and keys["subject"] == subject and keys["record"] == record, "the keys' row")
        expect(keys["vault_key"] == (formats.partition(subject), "vault", record) and keys["releases"] == 0, "the keys' row says where and how often")
        expect(formats.x25519_public(keys["history"]) == history_public, "the history key")
        pending = formats.u64(keys["made_at"]) + subject
        where = formats.key_encoding(formats.partition(subject), "vault", record)
        expect(rows["keys", "pending", pending][1] == b"\x01" + subject + formats.u64(keys["made_at"]) + where, "the pending row")

        data_key = formats.open_envelope(body, envelopes[0], sender["sender"])
        expect(formats.open_body(body, data_key, keys["shred"]) == digits, "the number")
        refuses("a body without its shred key", lambda: formats.open_body(body, data_key, bytes(32)))
        for at in (8, 24, 40, 63, 64, 88, 120, 167):
            changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            refuses(f"a body with byte {at} changed", lambda: formats.open_body(changed, data_key, keys["shred"]))
            refuses(f"an envelope beside a body with byte {at} changed", lambda: formats.open_envelope(changed, envelopes[0], sender["sender"]))

    for subject, digest, time, signature in lines["receipt"]:
        digest = bytes.fromhex(digest)
        expect(formats.subject_digest(host["deployment"], bytes.fromhex(subject)) == digest, "whom a receipt is about")
        message = formats.receipt_bytes(digest, int(time))
        public = formats.public_of_seed(key_service["signing"])
        expect(formats.is_signed(public, message, bytes.fromhex(signature)), "a receipt's signature")
        expect(not formats.is_signed(public, message + b"\0", bytes.fromhex(signature)), "a changed receipt")
    expect(people >= 4 and len(lines["receipt"]) >= 1, "there is enough to check")


check_group()
check_deployment(sys.argv[1])
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
