#!/usr/bin/env python3
"""Opens a deployment that the Swift implementation wrote. The last line is `N passed, M failed`."""
import pathlib
import sys

import custody
import deployment
import formats
import quorum
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
    """The group against the vectors of RFC 9497, of the mode OPRF, and of RFC 9496."""
    vectors = pathlib.Path(__file__).parents[3] / "Tests/CryptoPrimitivesTests/Vectors"
    multiples = []
    for line in (vectors / "rfc9496-ristretto255.txt").read_text().splitlines():
        word, *fields = line.split()
        if word == "multiple":
            multiples.append(bytes.fromhex(fields[0]))
        elif word == "invalid":
            expect(not ristretto.is_element(bytes.fromhex(fields[0])), "RFC 9496: no encoding")
        elif word == "uniform":
            wide, element = map(bytes.fromhex, fields)
            expect(ristretto.from_uniform(wide) == element, "RFC 9496: the one-way map")
    for before, after in zip(multiples, multiples[1:]):
        expect(ristretto.sum_of(before, ristretto.GENERATOR) == after, "RFC 9496: a sum")
        expect(ristretto.difference_of(after, ristretto.GENERATOR) == before, "RFC 9496: a difference")
    for line in (vectors / "rfc9497-ristretto255.txt").read_text().splitlines():
        word, *fields = line.split()
        if word != "oprf":
            continue
        key, message, blind, blinded, evaluated = (bytes.fromhex(fields[place]) for place in (0, 2, 3, 4, 5))
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
    public = formats.public_of_seed(key_service["signing"]) + formats.x25519_public(key_service["box"])
    public += ristretto.multiply(ristretto.GENERATOR, key_service["index"]) + ristretto.multiply(ristretto.GENERATOR, key_service["budget"])
    expect(host["keyservice-public"] == sender["keyservice-public"] == public, "what others know of the key service")
    expect(sender["record-mac"] == host["record-mac"], "the sender reads the host's rows")
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
    # One was erased and left a mark, one history was asked for, and one record is being sealed anew.
    expected = {
        ("identity", "fence"): formats.PARTITIONS, ("identity", "claim"): people, ("identity", "vault"): people,
        ("identity", "pseudonym"): 2 * people, ("keys", "keys"): people + 1, ("keys", "pending"): people, ("keys", "resealing"): 1,
        ("keys", "spent"): 2, ("keys", "release"): 2, ("keys", "meter"): 2, ("keys", "reveal"): 1, ("keys", "roster"): 1,
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
        expect(part == formats.partition(subject) and len(value) == 761, "the record's place and size")
        body, envelopes = formats.read_vault_value(value)
        expect([role for role, *_ in envelopes] == [1, 3, 2], "the order of the envelopes")
        expect(body[8:56] == host["deployment"] + record + subject and body[56:64] == bytes(8), "the header")
        part, value = rows["keys", "keys", subject]
        keys = formats.open_keys_value(value, key_service["key-encryption"])
        expect(part == formats.partition(subject) and keys["subject"] == subject and keys["record"] == record, "the keys' row")
        expect(keys["vault_key"] == (formats.partition(subject), "vault", record), "the keys' row says where")
        expect(keys["shred"]["generation"] == 0, "no record was sealed anew")
        expect(formats.x25519_public(keys["history"]) == history_public, "the history key")
        for key in (keys["shred"], *keys["candidates"]):
            row, value = formats.pending(subject, key["made_at"], key["generation"], record, key.get("digest", b""))
            collection = "resealing" if key["generation"] else "pending"
            expect(rows["keys", collection, row] == (formats.partition(subject), value), "the row of what waits")

        data_key = formats.open_envelope(body, envelopes[-1], sender["sender"])
        expect(formats.open_body(body, data_key, keys["shred"]["key"]) == digits, "the number")
        refuses("a body without its shred key", lambda: formats.open_body(body, data_key, bytes(32)))
        for at in (8, 24, 40, 63, 64, 88, 120, 167):
            changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
            refuses(f"a body with byte {at} changed", lambda: formats.open_body(changed, data_key, keys["shred"]["key"]))
            refuses(f"an envelope beside a body with byte {at} changed", lambda: formats.open_envelope(changed, envelopes[-1], sender["sender"]))

    for subject, digest, time, signature in lines["receipt"]:
        digest = bytes.fromhex(digest)
        expect(formats.subject_digest(host["deployment"], bytes.fromhex(subject)) == digest, "whom a receipt is about")
        message = formats.receipt_bytes(digest, int(time))
        public = formats.public_of_seed(key_service["signing"])
        expect(formats.is_signed(public, message, bytes.fromhex(signature)), "a receipt's signature")
        expect(not formats.is_signed(public, message + b"\0", bytes.fromhex(signature)), "a changed receipt")
    expect(people >= 4 and len(lines["receipt"]) >= 1, "there is enough to check")
    check_custody(lines["custody"], lines["person"], keyrings, rows)


def check_custody(given, people, keyrings, rows):
    host, key_service = keyrings["host"], keyrings["keyservice"]
    custodians = custody.read_custodians(given["custodians"])
    expect(host["custodians"] == key_service["custodians"] == given["custodians"], "who signs the roster")

    def named(word):
        return {name.split(".", 1)[1]: data for name, data in given.items() if name.split(".")[0] == word}

    def keyring(data, kind):
        ring = formats.open_keyring(data, kind, deployment.PASSPHRASE)
        expect(ring["deployment"] == host["deployment"], f"a keyring of kind {kind} is of this deployment")
        return ring

    cards = {name: custody.read_card(data) for name, data in named("card").items()}
    expect(all(card["name"] == name and card["deployment"] == host["deployment"] for name, card in cards.items()), "the cards")
    for data in named("card").values():
        refuses("a changed card", lambda: custody.read_card(data[:30] + bytes([data[30] ^ 1]) + data[31:]))
    persons = {name: keyring(data, "person") for name, data in named("person").items()}
    for name, person in persons.items():
        expect(person["name"].decode() == name, "whose keyring it is")
        public = formats.public_of_seed(person["signing"]), formats.x25519_public(person["box"])
        expect(public == (cards[name]["signing"], cards[name]["box"]), "a person's keys are those of the card")
    names = {card["signing"]: name for name, card in cards.items()}

    # Deals, and the shares that people keep of them.
    first = custody.read_roster(given["roster-1"], custodians)
    second = custody.read_roster(given["roster-2"], custodians)
    expect(second["previous"] == first["digest"] and (first["number"], second["number"]) == (1, 2), "one roster after the other")
    expect(first["previous"] == bytes(32), "the first follows none")
    body, signatures = custody.roster_parts(given["roster-1"])

    def with_signatures(*which):
        written = b"".join(key + signature for key, signature in which)
        return formats.lp(body) + bytes([len(which)]) + written

    refuses("a roster that one custodian signed", lambda: custody.read_roster(with_signatures(signatures[0]), custodians))
    refuses("a roster signed twice by one", lambda: custody.read_roster(with_signatures(*signatures[:1] * 2), custodians))
    mixed = (signatures[0][0], signatures[1][1])
    refuses("a roster with another's signature", lambda: custody.read_roster(with_signatures(mixed, *signatures), custodians))
    card = custody.read_host_card(given["host-card"])
    expect(card == {"deployment": host["deployment"], "key": first["host"]}, "the roster names the host of the card")
    shares = {}
    for roster, word, epochs in ((first, "share", {0}), (second, "share-2", {1})):
        for name, data in named(word).items():
            ring = keyring(data, "share")
            role, level, index = ring["place"][:3]
            epoch, secret = int.from_bytes(ring["place"][3:], "big"), quorum.scalar(ring["share"])
            kept = roster["quorums"][role]["levels"][level - 1]
            expect(epoch in epochs and epoch == kept["epoch"], "a share's epoch")
            expect(roster["persons"][kept["members"][index - 1]]["name"] == name, "a share's holder")
            verification = quorum.verification_share(kept["commitments"], index)
            expect(quorum.times(secret, quorum.G) == verification, "a share is on the level's polynomial")
            shares[word, name] = role, level, index, secret
    for place, data in named("deal").items():
        role, level = map(int, place.split("."))
        deal, kept = custody.read_deal(data), first["quorums"][role]["levels"][level - 1]
        expect((deal["role"], deal["level"], deal["source"], deal["epoch"]) == (role, level, 0, 0), "a deal's place")
        expect(deal["commitments"] == kept["commitments"] and deal["dealer"] == kept["dealer"], "the roster has the deal's key")
        expect([m[0] for m in deal["members"]] == [first["persons"][m]["signing"] for m in kept["members"]], "and its people")
        expect(all(cards[names[m[0]]]["box"] == m[1] for m in deal["members"]), "shares are sealed to the cards' keys")
        refuses("a changed deal", lambda: custody.read_deal(data[:100] + bytes([data[100] ^ 1]) + data[101:]))
    deals = {int(place.split(".")[2]): custody.read_deal(data) for place, data in named("reshare").items()}
    kept = second["quorums"][1]["levels"][1]
    commitments, members = custody.reshare(first["quorums"][1]["levels"][1], first["persons"], list(deals.values()))
    expect(commitments == kept["commitments"], "the new commitments")
    expect(members == [second["persons"][m]["signing"] for m in kept["members"]], "the new people")
    expect(first["quorums"][1]["key"] == second["quorums"][1]["key"], "the key stays")
    refuses("too few deals", lambda: custody.reshare(first["quorums"][1]["levels"][1], first["persons"], list(deals.values())[:1]))
    opened = 0
    for name, person in persons.items():
        if ("share-2", name) in shares:
            expect(custody.reshared(list(deals.values()), person) == shares["share-2", name][2:], "a reshared share")
            opened += 1
    expect(opened > 0 and len(deals) > 1, "somebody opens a share of the resharing")

    # Requests, answers, openings.
    requests, sets = {}, {}
    for number in (1, 2, 3):
        data, recipient = given[f"request-{number}"], keyring(given[f"recipient-{number}"], "recipient")["recipient"]
        request, box, case, roster, attestation = custody.read_request_file(data, custodians, deployment.NOW + 1)
        refuses("a request after its time", lambda: custody.read_request_file(data, custodians, request["until"]))
        at = data.index(case.encode())
        other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        refuses("a request with another case", lambda: custody.read_request_file(other, custodians, deployment.NOW + 1))
        draft = custody.read_draft(given[f"draft-{number}"])
        attested = draft["attestation"]
        expect(custody.read_attestation(attested, roster["host"]) == attestation, "the draft has the request's attestation")
        refuses("another host's attestation", lambda: custody.read_attestation(attested, roster["persons"][0]["signing"]))
        expect(formats.body_digest(draft["body"]) == request["body_digest"] and draft["box"] == box, "what the draft is about")
        expect(draft["recipient"] == request["recipient"] == formats.x25519_public(recipient), "the recipient's key")
        expect(draft["opener"] == request["opener"] and draft["key_id"] == formats.key_id(roster["quorums"][request["role"]]["key"]), "opener, key")
        key = roster["quorums"][request["role"]]["key"]
        _, value = rows["identity", "vault", request["record"]]
        sealed, envelopes = formats.read_vault_value(value)
        expect(sealed == draft["body"] and (request["role"], formats.key_id(key), box) in envelopes, "the record has the envelope")
        for role in (1, 2, 3):
            label = formats.envelope_label(sealed, role, formats.key_id(key))
            if role != request["role"]:
                refuses("an envelope under another role's label", lambda: quorum.check(box, key, label))
        for at in (0, 32, 64, 96, 128, 176, 207):
            label, changed = custody.request_label(request, key), box[:at] + bytes([box[at] ^ 2]) + box[at + 1 :]
            refuses(f"an envelope with byte {at} changed", lambda: quorum.check(changed, key, label))

        approvals = [custody.read_approval(each, request, roster) for each in named(f"approval-{number}").values()]
        for approval in approvals:
            share = custody.share_in(approval, box, request, roster, recipient)
            level = roster["quorums"][request["role"]]["levels"][approval["level"] - 1]
            verification = quorum.verification_share(level["commitments"], approval["index"])
            other = formats.digest("SPNI/v1/reveal-request", b"another")
            refuses("a share under another request", lambda: quorum.check_share(share, box, key, verification, other))
            changed = share[:40] + bytes([share[40] ^ 1]) + share[41:]
            refuses("a changed share", lambda: quorum.check_share(changed, box, key, verification, request["digest"]))
            # Where one is enough, everybody's share is the level's key itself, and the approval alone says whose it is.
            if len(level["commitments"]) > 1:
                neighbour = quorum.verification_share(level["commitments"], approval["index"] % len(level["members"]) + 1)
                refuses("another's share", lambda: quorum.check_share(share, box, key, neighbour, request["digest"]))
        for name, each in named(f"denial-{number}").items():
            denial = custody.read_approval(each, request, roster)
            expect(denial["verdict"] == 2 and names[denial["approver"]] == name and len(each) == 144, "a denial")
        data_key = custody.open_data_key(approvals, box, request, roster, recipient)
        expect(data_key == given[f"data-key-{number}"], "the data key out of the shares")
        _, value = rows["keys", "keys", request["subject"]]
        number_found = formats.open_body(sealed, data_key, formats.open_keys_value(value, key_service["key-encryption"])["shred"]["key"])
        expect(any(p[0].encode() == number_found and bytes.fromhex(p[1]) == request["subject"] for p in people), "the number")
        opening = given[f"opening-{number}"]
        message = custody.opening_message(request, opening[:59])
        expect(formats.is_signed_under(request["opener"], "SPNI/v1/reveal-opening", message, opening[59:123]), "the opening's signature")
        message = custody.outcome_message(request, approvals)
        expect(formats.is_signed_under(request["opener"], "SPNI/v1/reveal-outcome", message, opening[123:]), "the outcome's signature")
        requests[number], sets[number] = request, approvals
    for each in named("approval-1").values():
        refuses("an approval of another request", lambda: custody.read_approval(each, requests[3], first))

    involved = [requests[3]["requester"], requests[3]["opener"]] + [approval["approver"] for approval in sets[3]]
    review = custody.read_review(given["review"], first, involved)
    expect(review["digest"] == requests[3]["digest"] and review["finding"] == formats.digest("SPNI/v1/review-text", b"It was right."), "the review")
    signer = given["review"][-96:-64]
    refuses("a review by somebody involved", lambda: custody.read_review(given["review"], first, involved + [signer]))

    # The key service's rows about requests and releases.
    (part, value), request = rows["keys", "reveal", requests[1]["request"]], requests[1]
    state = b"\x01\x01" + request["digest"] + request["subject"] + request["record"] + formats.u64(request["generation"]) + request["opener"]
    expect(part == formats.partition(request["request"]) and value == state, "the row of a request")
    expect(rows["keys", "roster", b""] == (0, formats.u32(1) + first["digest"] + formats.lp(given["roster-1"])), "the row of the roster")
    _, value = rows["keys", "keys", request["subject"]]
    keys = formats.open_keys_value(value, key_service["key-encryption"])
    expect(keys["due"] == request["digest"] and [key["generation"] for key in keys["candidates"]] == [1], "a record that is being sealed anew")
    public, counted = formats.public_of_seed(key_service["signing"]), {}
    for (store, collection, row), (part, value) in rows.items():
        if (store, collection) != ("keys", "release"):
            continue
        fields, signature = value[1:48], value[48:]
        kind, subject, count, order = fields[0], fields[1:17], int.from_bytes(fields[17:21], "big"), fields[21:37]
        expect(value[0] == 1 and part == formats.partition(subject) and row == fields[39:47] + order + bytes([kind]), "a release's row")
        expect(formats.is_signed_under(public, "SPNI/v1/release", host["deployment"] + fields, signature), "a release's signature")
        expect(rows["keys", "spent", order + bytes([kind])] == (formats.partition(order), b"\x01"), "its order is spent")
        counted[subject] = max(counted.get(subject, 0), count)
        if value[1:] == given["release"][:-16]:
            expect(formats.release_id(fields) == given["release"][-16:], "a release's name")
    expect(len(counted) == 2 and {fields[1] for fields in counted.items()} == {1}, "each is its person's first")
    for subject, count in counted.items():
        _, value = rows["keys", "keys", subject]
        expect(formats.open_keys_value(value, key_service["key-encryption"])["releases"] == count, "the row counts the releases")
    order = given["order"]
    purpose, deadline = int.from_bytes(order[48:50], "big"), int.from_bytes(order[50:58], "big")
    made = formats.release_order(host["proof"], order[:16], order[16:32], order[32:48], purpose, deadline)
    expect(order == made and len(order) == 90, "a release order")


check_group()
check_deployment(sys.argv[1])
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
