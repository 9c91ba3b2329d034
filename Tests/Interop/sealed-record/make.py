#!/usr/bin/env python3
"""Writes a deployment as this implementation makes it, the same bytes each time: Tests/SealedStoreTests/Vectors/second-implementation.txt."""
import struct

import custody
import deployment
import formats
import quorum
from draws import Draws

NOW, DAY = deployment.NOW, 86_400_000
draws = Draws(b"second implementation")
draw = draws.bytes


def scalar():
    return quorum.scalar_bytes(draws.scalar())


def hexadecimal(data):
    return data.hex() or "-"


def give(name, data):
    print("custody", name, data.hex())
    return data


def keyring(kind, entries, salt=None):
    return formats.make_keyring(kind, deployment.PASSPHRASE, identifier, salt or draw(16), entries, draw(24))


identifier, salt = draw(16), draw(16)
print("# Origin: Tests/Interop/sealed-record/make.py, an implementation in Python that was written from Documentation/Formats.md.")

# People and the keys they share.

LEVELS = [
    (1, 1, 2, ["ada", "ben", "cleo"]), (1, 2, 2, ["dan", "eve", "finn", "zoë"]),
    (3, 1, 1, ["gus", "hal"]), (3, 2, 1, ["ivy", "joe"]),
]
RESHARED = ["eve", "finn", "gil", "uma", "zoë"]
DEALERS, CUSTODIANS = ["dealer-1", "dealer-2", "dealer-3", "dealer-4"], ["kim", "lea", "max"]
names = [name for *_, members in LEVELS for name in members] + ["gil", "uma", "rita", "otto"]
people = {name: {"name": name, "signing": draw(32), "box": draw(32)} for name in names + DEALERS + CUSTODIANS}
cards = {}
for name, person in people.items():
    entries = {"name": name.encode(), "signing": person["signing"], "box": person["box"]}
    give(f"person.{name}", keyring("person", entries))
    cards[name] = custody.read_card(give(f"card.{name}", custody.make_card(identifier, person)))
custodian_keys = [cards[name]["signing"] for name in CUSTODIANS]
custodians = give("custodians", custody.make_custodians(2, custodian_keys))


def write_share(name, word, place, share):
    role, level, index, epoch = place
    entries = {"place": bytes([role, level, index]) + formats.u32(epoch), "share": quorum.scalar_bytes(share)}
    give(f"{word}.{name}", keyring("share", entries))


shares, quorums = {}, {}
for (role, level, threshold, members), dealer in zip(LEVELS, DEALERS):
    coefficients = [draws.scalar() for _ in range(threshold)]
    deal = custody.make_deal(
        identifier, role, level, 0, 0, coefficients, people[dealer], [cards[name] for name in members], draws.scalar, draw)
    read = custody.read_deal(give(f"deal.{role}.{level}", deal))
    for name in members:
        index, shares[name] = custody.open_share(read, people[name])
        write_share(name, "share", (role, level, index, 0), shares[name])
    quorums.setdefault(role, []).append({
        "epoch": 0, "dealer": read["dealer"], "commitments": read["commitments"], "purposes": [3, 4, 16] if role == 1 else [16, 3],
        "members": members,
    })


attestation_seed = draw(32)
give("host-card", custody.make_host_card(identifier, attestation_seed))


def roster_of(number, previous, quorums, names):
    persons = [
        {**cards[name], "powers": {"rita": 1, "otto": 2, "ada": 3}.get(name, 0), "trained": NOW + 90 * DAY, "vetted": NOW + 120 * DAY}
        for name in names
    ]
    placed = [(role, [{**level, "members": [names.index(name) for name in level["members"]]} for level in levels])
              for role, levels in quorums.items()]
    body = custody.make_roster_body(
        identifier, number, previous, NOW, formats.public_of_seed(attestation_seed), placed, persons)
    file = give(f"roster-{number}", custody.make_roster_file(body, [people[name]["signing"] for name in ("kim", "max")]))
    return file, custody.read_roster(file, custody.read_custodians(custodians))


first_file, first = roster_of(1, bytes(32), quorums, [name for name in names if name not in ("gil", "uma")])
deals = []
for name in ("dan", "finn"):
    source = ["dan", "eve", "finn", "zoë"].index(name) + 1
    coefficients = [shares[name]] + [draws.scalar() for _ in range(2)]
    deals.append(custody.read_deal(give(f"reshare.1.2.{source}", custody.make_deal(
        identifier, 1, 2, 1, source, coefficients, people[name], [cards[member] for member in RESHARED], draws.scalar, draw))))
commitments, _ = custody.reshare(first["quorums"][1]["levels"][1], first["persons"], deals)
second_shares = {}
for name in RESHARED:
    index, second_shares[name] = custody.reshared(deals, people[name])
    write_share(name, "share-2", (1, 2, index, 1), second_shares[name])
later = {1: [quorums[1][0], {**quorums[1][1], "epoch": 1, "commitments": commitments, "members": RESHARED}], 3: quorums[3]}
second_file, second = roster_of(2, first["digest"], later, names[::-1])

# The parties' keyrings.

sender_secret, proof = draw(32), draw(32)
rings = {
    "host": {
        "pepper": draw(32), "record-mac": draw(32), "pseudonym-root": draw(32), "token": draw(32), "code": draw(32),
        "authenticator": draw(32), "authenticator-id": formats.u32(1), "token-id": formats.u32(2), "token-previous": draw(32), "code-id": formats.u32(1), "index-epoch": formats.u32(3), "proof": proof,
        "attestation": attestation_seed, "sender-public": formats.x25519_public(sender_secret), "custodians": custodians,
    },
    "keyservice": {
        "key-encryption": draw(32), "signing": draw(32), "index": scalar(), "budget": scalar(), "index-epoch": formats.u32(3),
        "proof": proof, "custodians": custodians,
    },
    "sender": {"sender": sender_secret},
    "log": {"signing": draw(32), "origin": b"example.com/second"},
}
host, key_service = rings["host"], rings["keyservice"]
rings["opener"] = {name: host[name] for name in ("pepper", "record-mac", "sender-public", "custodians")}
macs = {"identity": host["record-mac"], "keys": formats.key_store_mac(key_service["key-encryption"])}
for kind, entries in rings.items():
    print("keyring", kind, keyring(kind, entries, salt).hex())


def row(store, part, collection, key, value, expiry=None):
    version = draw(16)
    code = formats.authenticator(macs[store], part, collection, key, version, expiry, value)
    print("row", store, part, collection, hexadecimal(key), version.hex(), "-" if expiry is None else expiry, (value + code).hex())


def envelopes(body, data_key, roles):
    """As the roster and the host keyring name who may open."""
    made = []
    for role in roles:
        key = first["quorums"][role]["key"]
        label = formats.envelope_label(body, role, formats.key_id(key))
        made.append((role, formats.key_id(key), quorum.seal(key, label, data_key, draws.scalar(), draws.scalar())))
    return made + [formats.sender_envelope(body, host["sender-public"], data_key, draw(32))]


# People whose numbers are kept. The first record is older than the custody; the others open to both quorums.

for part in range(formats.PARTITIONS):
    row("identity", part, "fence", b"", formats.u32(3))
records = {}
GENERATIONS = {b"41446681800": 0, b"4644": 0, b"12025550143": 1, b"49151234567890123": 2**40 + 7, b"7" * 30: 0, b"12025550199": 5}
for digits, generation in GENERATIONS.items():
    subject, record, shred_key, history_key, data_key = draw(16), draw(16), draw(32), draw(32), draw(32)
    uniqueness, budget = formats.tags(host, key_service, digits)
    body = formats.seal_body(formats.make_header(identifier, record, subject, draw(24), generation), data_key, shred_key, digits)
    made = envelopes(body, data_key, {b"41446681800": [], b"4644": [1]}.get(digits, [1, 3]))
    records[digits] = {"subject": subject, "record": record, "body": body, "envelopes": made, "data_key": data_key}
    row("identity", formats.partition(uniqueness), "claim", uniqueness, b"\x01" + subject + record + formats.u32(3))
    row("identity", formats.partition(subject), "vault", record, formats.make_vault_value(body, made))

    def wrapped(key, generation, made_at):
        return formats.wrap_shred(key_service["key-encryption"], subject, record, generation, made_at, key, draw(24))

    extra = {}
    if digits == b"12025550199":
        next_digest = draw(32)
        extra = {"releases": 3, "candidates": [(wrapped(draw(32), generation + 1, NOW + 1), next_digest)], "due": draw(32)}
        row("keys", formats.partition(subject), "resealing", *formats.pending(subject, NOW + 1, generation + 1, record, next_digest))
        print("due", digits.decode(), subject.hex(), record.hex(), extra["due"].hex())
    shred = wrapped(shred_key, generation, NOW)
    keys = formats.make_keys_value(key_service["key-encryption"], subject, record, shred, history_key, draw(24), **extra)
    row("keys", formats.partition(subject), "keys", subject, keys)
    if extra:
        continue
    seed = formats.wrap_seed(host["pseudonym-root"], subject, draw(32), draw(24))
    pseudonyms = [formats.pseudonym(host["pseudonym-root"], subject, seed, consumer) for consumer in ("host", "chat")]
    records[digits]["pseudonym"] = pseudonyms[0]
    for name, consumer in zip(pseudonyms, ("host", "chat")):
        key = formats.base64.b32decode(name[2:].upper())
        row("identity", formats.partition(key), "pseudonym", key, b"\x01" + subject + formats.lp(consumer.encode()))
    fields = (subject, record, uniqueness, budget, seed, formats.x25519_public(history_key))
    print("person", digits.decode(), *(field.hex() for field in fields), *pseudonyms)
row("identity", 0, "vault", draw(16), b"\x00", NOW + 30 * DAY)
erased = draw(16)
row("keys", formats.partition(erased), "keys", erased, b"\x00", NOW + 7_200_000)

# Requests, what people answered, and how it went.


def request(number, digits, role, roster_file, roster, purpose, case, requester, approvers, shares, denier):
    kept, recipient_secret = records[digits], draw(32)
    envelope = next(each for each in kept["envelopes"] if each[0] == role)
    attestation = custody.make_attestation(
        attestation_seed, identifier, kept["subject"], kept["record"], kept["pseudonym"], NOW - 3_600_000)
    draft = custody.make_draft(role, attestation, kept["body"], envelope, formats.x25519_public(recipient_secret), cards["otto"]["signing"])
    give(f"draft-{number}", draft)
    give(f"recipient-{number}", keyring("recipient", {"recipient": recipient_secret}))
    signed = custody.make_request(
        custody.read_draft(draft), draw(16), purpose, case, roster, people[requester], NOW, NOW + DAY)
    file = give(f"request-{number}", custody.make_request_file(signed, attestation, envelope[2], case, roster_file))
    made, box, _, _, _ = custody.read_request_file(file, custody.read_custodians(custodians), NOW)
    key = roster["quorums"][role]["key"]

    def place(name):
        for level in (1, 2):
            members = roster["quorums"][role]["levels"][level - 1]["members"]
            for index, member in enumerate(members, 1):
                if roster["persons"][member]["name"] == name:
                    return level, index

    approvals = []
    for count, name in enumerate(approvers, 1):
        share = quorum.share_of(box, key, shares[name], made["digest"], draws.scalar())
        approval = custody.make_approval(made, *place(name), share, people[name], NOW + count * 60_000, draw(32))
        approvals.append(custody.read_approval(give(f"approval-{number}.{name}", approval), made, roster))
    give(f"denial-{number}.{denier}", custody.make_approval(made, *place(denier), None, people[denier], NOW + 1, None))
    opened = custody.open_data_key(approvals, box, made, roster, recipient_secret)
    assert opened == kept["data_key"]
    give(f"data-key-{number}", opened)
    leaf = draw(59)
    give(f"opening-{number}", leaf
         + formats.sign(people["otto"]["signing"], "SPNI/v1/reveal-opening", custody.opening_message(made, leaf))
         + formats.sign(people["otto"]["signing"], "SPNI/v1/reveal-outcome", custody.outcome_message(made, approvals)))
    return made, approvals


wanted = b"49151234567890123"
made, _ = request(
    1, wanted, 1, first_file, first, 3, "Ticket 4711: threats sent from this account – see § 3.", "rita", ["ben", "dan", "cleo", "zoë"], shares,
    "eve")
row("keys", formats.partition(made["request"]), "reveal", made["request"],
    b"\x01\x01" + made["digest"] + made["subject"] + made["record"] + formats.u64(made["generation"]) + made["opener"], NOW + 31 * DAY)
row("keys", 0, "roster", b"", formats.u32(1) + first["digest"] + formats.lp(first_file))
request(
    2, wanted, 1, second_file, second, 4, "An order of a court.", "rita", ["ada", "uma", "ben", "eve", "gil"],
    {**shares, **second_shares}, "finn")
urgent, approvals = request(3, b"7" * 30, 3, first_file, first, 16, "Danger to life.", "rita", ["hal", "ivy"], shares, "joe")
involved = [urgent["requester"], urgent["opener"]] + [approval["approver"] for approval in approvals]
row("keys", 0, "review", urgent["digest"],
    b"\x01" + urgent["digest"] + formats.u64(NOW) + bytes([len(involved)]) + b"".join(involved))
review = give("review", custody.make_review(
    identifier, urgent["digest"], 1, "It was right.", NOW + DAY, [people["cleo"], people["eve"]]))
custody.read_review(review, first, involved)

# What the key service let out.

subject, order = urgent["subject"], urgent["request"]
release = formats.release(3, subject, 1, order, 16, NOW)
release += formats.sign(key_service["signing"], "SPNI/v1/release", identifier + release)
give("release", release + formats.release_id(release[:47]))
row("keys", formats.partition(subject), "release", formats.u64(NOW) + order + b"\x03", b"\x01" + release)
row("keys", formats.partition(order), "spent", order + b"\x03", b"\x01", NOW + 31 * DAY + 3_600_000)
day = struct.pack(">q", NOW // DAY)
row("keys", 0, "meter", b"", day + formats.u32(9))
row("keys", 0, "meter", b"\x03", day + formats.u32(20))
kept = records[b"4644"]
give("order", formats.release_order(proof, draw(16), kept["subject"], kept["record"], 16, NOW + 60_000))
