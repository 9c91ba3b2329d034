"""What people sign before a record is opened to them: "Custody" of Documentation/Formats.md."""
import struct

import formats
import quorum
from formats import Reader, Refused, lp, u32, u64

STANDARD, BREAK_GLASS = 1, 3
REVEAL_PURPOSES = {3, 4, 16}


def demand(holds, what):
    if not holds:
        raise Refused(what)


def start(reader, magic):
    demand(reader.take(5) == magic + b"\x01", f"no {magic.decode()} of version 1")


def split(message, public, label):
    """The message without its signature, which must be good."""
    demand(len(message) > 64, "cut")
    demand(formats.is_signed_under(public, label, message[:-64], message[-64:]), "the signature is not its signer's")
    return message[:-64]


def text(data, longest):
    demand(len(data) <= longest, "text is too long")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("no UTF-8") from error


def name(data):
    read = text(data, 64)
    demand(data and all(ord(c) >= 0x20 and not 0x7F <= ord(c) <= 0x9F for c in read), "no name")
    return read


# People


def make_card(deployment, person):
    body = b"SPNC\x01" + deployment + lp(person["name"].encode()) + formats.public_of_seed(person["signing"]) + formats.x25519_public(person["box"])
    return body + formats.sign(person["signing"], "SPNI/v1/person", body)


def read_card(data):
    reader = Reader(data)
    start(reader, b"SPNC")
    card = {"deployment": reader.take(16), "name": name(reader.lp()), "signing": reader.take(32), "box": reader.take(32)}
    split(data, card["signing"], "SPNI/v1/person")
    reader.take(64)
    reader.finish()
    return card


def make_custodians(threshold, keys):
    return bytes([threshold, len(keys)]) + b"".join(keys)


def read_custodians(data):
    reader = Reader(data)
    threshold = reader.integer(1)
    keys = [reader.take(32) for _ in range(reader.integer(1))]
    reader.finish()
    demand(2 <= threshold <= len(keys) <= 16 and len(set(keys)) == len(keys), "no custodians")
    return threshold, keys


# Deals


def make_deal(deployment, role, level, epoch, source, coefficients, dealer, cards, draw_scalar, draw):
    commitments = quorum.commitments(coefficients)
    head = b"SPND\x01" + deployment + bytes([role, level]) + u32(epoch) + bytes([source, len(commitments)]) + b"".join(commitments)
    t = draw_scalar()
    e = quorum.hash_to_scalar("SPNI/v1/deal-possession", head, quorum.times(t, quorum.G))
    f = (t + coefficients[0] * e) % quorum.Q
    dealer_key = formats.public_of_seed(dealer["signing"])
    body = head + quorum.scalar_bytes(e) + quorum.scalar_bytes(f) + dealer_key + bytes([len(cards)])
    for index, card in enumerate(cards, 1):
        share = quorum.scalar_bytes(quorum.value_at(coefficients, index))
        context = head + dealer_key + bytes([index]) + card["signing"]
        body += card["signing"] + card["box"] + formats.sealed_box(card["box"], "SPNI/v1/deal", context, share, draw(32))
    return body + formats.sign(dealer["signing"], "SPNI/v1/share-deal", body)


def read_deal(data):
    reader = Reader(data)
    start(reader, b"SPND")
    deal = {
        "deployment": reader.take(16), "role": reader.integer(1), "level": reader.integer(1), "epoch": reader.integer(4),
        "source": reader.integer(1),
    }
    deal["commitments"] = [quorum.element(reader.take(32)) for _ in range(reader.integer(1))]
    deal["head"] = data[: reader.position]
    e, f, deal["dealer"] = quorum.scalar(reader.take(32)), quorum.scalar(reader.take(32)), reader.take(32)
    deal["members"] = [(reader.take(32), reader.take(32), reader.take(112)) for _ in range(reader.integer(1))]
    split(data, deal["dealer"], "SPNI/v1/share-deal")
    reader.take(64)
    reader.finish()
    members, k = deal["members"], len(deal["commitments"])
    demand(deal["role"] in (1, 3) and deal["level"] in (1, 2) and (deal["source"] == 0) == (deal["epoch"] == 0), "no level")
    demand(1 <= k <= 16 and k <= len(members) <= 32, "no number of members")
    demand(len({m[0] for m in members}) == len({m[1] for m in members}) == len(members), "one member twice")
    demand(deal["source"] > 0 or deal["dealer"] not in {m[0] for m in members}, "the dealer is a member")
    nonce = quorum.minus(quorum.times(f, quorum.G), quorum.times(e, deal["commitments"][0]))
    demand(quorum.hash_to_scalar("SPNI/v1/deal-possession", deal["head"], nonce) == e, "the dealer does not know the key")
    return deal


def open_share(deal, person):
    """(index, share) of a member of this deal."""
    signing = formats.public_of_seed(person["signing"])
    index = [m[0] for m in deal["members"]].index(signing) + 1
    context = deal["head"] + deal["dealer"] + bytes([index]) + signing
    share = quorum.scalar(formats.sealed_box_open(person["box"], "SPNI/v1/deal", context, deal["members"][index - 1][2]))
    demand(quorum.times(share, quorum.G) == quorum.verification_share(deal["commitments"], index), "a share beside the polynomial")
    return index, share


def reshare(level, persons, deals):
    """(commitments, members) of a level of a roster after these deals."""
    first, sources = deals[0], [deal["source"] for deal in deals]
    demand(len(deals) == len(level["commitments"]) and len(set(sources)) == len(sources), "as many holders as the threshold is")
    sums = None
    for deal in deals:
        demand(deal["epoch"] == level["epoch"] + 1 and 1 <= deal["source"] <= len(level["members"]), "of another epoch")
        demand([m[0] for m in deal["members"]] == [m[0] for m in first["members"]], "to other people")
        demand(len(deal["commitments"]) == len(first["commitments"]), "of another threshold")
        demand(persons[level["members"][deal["source"] - 1]]["signing"] == deal["dealer"], "not by its holder")
        demand(deal["commitments"][0] == quorum.verification_share(level["commitments"], deal["source"]), "of another share")
        factor = quorum.weight(deal["source"], sources)
        weighted = [quorum.times(factor, commitment) for commitment in deal["commitments"]]
        sums = weighted if sums is None else [quorum.plus(a, b) for a, b in zip(sums, weighted)]
    demand(sums[0] == level["commitments"][0], "the key is another")
    return sums, [m[0] for m in first["members"]]


def reshared(deals, person):
    """(index, share) of a member of these deals."""
    sources = [deal["source"] for deal in deals]
    parts = [open_share(deal, person) for deal in deals]
    total = sum(quorum.weight(source, sources) * share for source, (_, share) in zip(sources, parts)) % quorum.Q
    return parts[0][0], total


# The roster


def make_roster_body(deployment, number, previous, issued_at, host, quorums, persons):
    body = b"SPNR\x01" + deployment + u32(number) + previous + u64(issued_at) + host + bytes([len(quorums)])
    for role, levels in quorums:
        body += bytes([role]) + quorum.plus(levels[0]["commitments"][0], levels[1]["commitments"][0])
        for level in levels:
            body += u32(level["epoch"]) + level["dealer"] + bytes([len(level["commitments"])]) + b"".join(level["commitments"])
            body += bytes([len(level["purposes"])]) + b"".join(struct.pack(">H", purpose) for purpose in level["purposes"])
            body += bytes([len(level["members"])]) + bytes(level["members"])
    body += bytes([len(persons)])
    for person in persons:
        body += lp(person["name"].encode()) + person["signing"] + person["box"] + bytes([person["powers"]])
        body += u64(person["trained"]) + u64(person["vetted"])
    return body


def make_roster_file(body, custodians):
    signatures = b"".join(formats.public_of_seed(seed) + formats.sign(seed, "SPNI/v1/roster", body) for seed in custodians)
    return lp(body) + bytes([len(custodians)]) + signatures


def read_roster_body(body):
    demand(len(body) <= 65_536, "too long")
    reader = Reader(body)
    start(reader, b"SPNR")
    roster = {
        "deployment": reader.take(16), "number": reader.integer(4), "previous": reader.take(32), "issued": reader.integer(8),
        "host": reader.take(32), "quorums": {},
        "digest": formats.digest("SPNI/v1/roster", body),
    }
    roles = []
    for _ in range(reader.integer(1)):
        role, key = reader.integer(1), reader.take(32)
        levels = []
        for _ in range(2):
            level = {"epoch": reader.integer(4), "dealer": reader.take(32)}
            level["commitments"] = [quorum.element(reader.take(32)) for _ in range(reader.integer(1))]
            level["purposes"] = [reader.integer(2) for _ in range(reader.integer(1))]
            level["members"] = [reader.integer(1) for _ in range(reader.integer(1))]
            levels.append(level)
        demand(quorum.plus(levels[0]["commitments"][0], levels[1]["commitments"][0]) == key, "the key is not the levels' sum")
        roles.append(role)
        roster["quorums"][role] = {"key": quorum.element(key), "levels": levels}
    demand(roles in ([1], [1, 3]), "the standard quorum, then break-glass")
    persons = roster["persons"] = []
    for _ in range(reader.integer(1)):
        person = {"name": name(reader.lp()), "signing": reader.take(32), "box": reader.take(32), "powers": reader.integer(1)}
        person["trained"], person["vetted"] = reader.integer(8), reader.integer(8)
        demand(person["powers"] < 4, "no powers")
        persons.append(person)
    reader.finish()
    check_roster(roster)
    return roster


def check_roster(roster):
    persons, quorums = roster["persons"], roster["quorums"]
    demand(2 <= len(persons) <= 250 and roster["number"] > 0, "no roster")
    demand(roster["number"] > 1 or not any(roster["previous"]), "the first roster follows none")
    demand(all(person["signing"] != roster["host"] for person in persons), "the host among the persons")
    for field in ("name", "signing", "box"):
        demand(len({person[field] for person in persons}) == len(persons), f"a {field} twice")
    for each in quorums.values():
        for level, other in (each["levels"], each["levels"][::-1]):
            members, purposes = level["members"], level["purposes"]
            demand(1 <= len(level["commitments"]) <= 16 and len(level["commitments"]) <= len(members) <= 32, "too few members")
            demand(len(set(members)) == len(members) and max(members) < len(persons), "one member twice, or nobody")
            demand(purposes and len(set(purposes)) == len(purposes) and set(purposes) <= REVEAL_PURPOSES, "no purposes")
            demand(not set(members) & set(other["members"]), "one person in both levels")
            demand(level["dealer"] != other["dealer"], "one dealer of both levels")
            demand(level["dealer"] not in {persons[m]["signing"] for m in other["members"]}, "a dealer in the other level")
    demand(len({each["key"] for each in quorums.values()}) == len(quorums), "one key twice")


def roster_parts(data):
    reader = Reader(data)
    body, count = reader.lp(), reader.integer(1)
    demand(count <= 16, "too many signatures")
    signatures = [(reader.take(32), reader.take(64)) for _ in range(count)]
    reader.finish()
    return body, signatures


def read_roster(data, custodians):
    body, signatures = roster_parts(data)
    roster = read_roster_body(body)
    threshold, keys = custodians
    signers = set()
    for key, signature in signatures:
        if key in keys:
            demand(formats.is_signed_under(key, "SPNI/v1/roster", body, signature), "a custodian's signature is not good")
            signers.add(key)
    demand(len(signers) >= threshold, "too few custodians signed")
    return roster


def person_of(roster, key):
    for person in roster["persons"]:
        if person["signing"] == key:
            return person
    raise Refused("nobody in the roster")


def is_in_force(person, time):
    return time < person["trained"] and time < person["vetted"]


# Requests


def make_host_card(deployment, seed):
    body = b"SPNH\x01" + deployment + formats.public_of_seed(seed)
    return body + formats.sign(seed, "SPNI/v1/host-card", body)


def read_host_card(data):
    reader = Reader(data)
    start(reader, b"SPNH")
    card = {"deployment": reader.take(16), "key": reader.take(32)}
    reader.take(64)
    reader.finish()
    split(data, card["key"], "SPNI/v1/host-card")
    return card


def make_attestation(seed, deployment, subject, record, pseudonym, issued_at):
    body = b"SPNW\x01" + deployment + subject + record + lp(pseudonym.encode()) + u64(issued_at)
    return body + formats.sign(seed, "SPNI/v1/attestation", body)


def read_attestation(data, host):
    reader = Reader(data)
    start(reader, b"SPNW")
    attestation = {field: reader.take(16) for field in ("deployment", "subject", "record")}
    attestation["pseudonym"], attestation["issued"] = text(reader.lp(), 64), reader.integer(8)
    reader.take(64)
    reader.finish()
    split(data, host, "SPNI/v1/attestation")
    return attestation


def attestation_digest(data):
    return formats.digest("SPNI/v1/attestation-file", data)


def make_draft(role, attestation, body, envelope, recipient, opener):
    demand(envelope[0] == role, "another quorum's envelope")
    return b"SPNF\x01" + bytes([role]) + lp(attestation) + body + envelope[1] + envelope[2] + recipient + opener


def read_draft(data):
    reader = Reader(data)
    start(reader, b"SPNF")
    draft = {"role": reader.integer(1), "attestation": reader.lp(), "body": reader.take(168), "key_id": reader.take(16), "box": reader.take(208)}
    draft["recipient"], draft["opener"] = reader.take(32), reader.take(32)
    reader.finish()
    return draft


def case_digest(case):
    return formats.digest("SPNI/v1/case", case.encode())


def envelope_digest(box):
    return formats.digest("SPNI/v1/envelope-digest", box)


def make_request(draft, request, purpose, case, roster, requester, since, until):
    body = draft["body"]
    message = b"SPNQ\x01" + bytes([draft["role"]]) + body[8:24] + request + body[24:40] + body[40:56] + body[56:64]
    message += formats.body_digest(body) + envelope_digest(draft["box"]) + attestation_digest(draft["attestation"])
    message += struct.pack(">H", purpose) + case_digest(case)
    message += roster["digest"] + formats.public_of_seed(requester["signing"]) + draft["opener"] + draft["recipient"]
    message += u64(since) + u64(until)
    return message + formats.sign(requester["signing"], "SPNI/v1/reveal-request", message)


def make_request_file(request, attestation, box, case, roster_file):
    return b"SPNB\x01" + lp(request) + lp(attestation) + lp(box) + lp(case.encode()) + lp(roster_file)


def read_request(data):
    demand(len(data) == 416, "a request has 416 bytes")
    reader = Reader(data)
    start(reader, b"SPNQ")
    request = {"role": reader.integer(1)}
    for field in ("deployment", "request", "record", "subject"):
        request[field] = reader.take(16)
    request["generation"] = reader.integer(8)
    request["body_digest"], request["envelope_digest"] = reader.take(32), reader.take(32)
    request["attestation_digest"], request["purpose"] = reader.take(32), reader.integer(2)
    for field in ("case_digest", "roster_digest", "requester", "opener", "recipient"):
        request[field] = reader.take(32)
    request["since"], request["until"] = reader.integer(8), reader.integer(8)
    split(data, request["requester"], "SPNI/v1/reveal-request")
    request["digest"] = formats.digest("SPNI/v1/reveal-request", data[:-64])
    return request


def request_label(request, key):
    fields = [request[field] for field in ("deployment", "record", "subject", "generation", "role")]
    return formats.label_of(*fields, formats.key_id(key), request["body_digest"])


def read_request_file(data, custodians, now):
    """(request, box, case, roster, attestation), everything checked that needs no share."""
    reader = Reader(data)
    start(reader, b"SPNB")
    request, attested, box = read_request(reader.lp()), reader.lp(), reader.lp()
    case, roster_file = text(reader.lp(), 16_384), reader.lp()
    reader.finish()
    demand(case, "a request says why")
    roster = read_roster(roster_file, custodians)
    demand(request["deployment"] == roster["deployment"] and request["roster_digest"] == roster["digest"], "another roster's")
    demand(request["case_digest"] == case_digest(case) and request["envelope_digest"] == envelope_digest(box), "another case or envelope")
    demand(request["attestation_digest"] == attestation_digest(attested), "another attestation")
    attestation = read_attestation(attested, roster["host"])
    demand(all(attestation[field] == request[field] for field in ("deployment", "subject", "record")), "somebody else's attestation")
    demand(attestation["issued"] - 60_000 <= request["since"] <= attestation["issued"] + 7 * 86_400_000, "no fresh attestation")
    demand(request["since"] <= now < request["until"] <= request["since"] + 7 * 86_400_000, "not now")
    demand(request["role"] in roster["quorums"] and request["purpose"] in REVEAL_PURPOSES, "not this purpose")
    each = roster["quorums"][request["role"]]
    demand(all(request["purpose"] in level["purposes"] for level in each["levels"]), "a level does not approve this purpose")
    for field, power in (("requester", 1), ("opener", 2)):
        person = person_of(roster, request[field])
        demand(person["powers"] & power and is_in_force(person, now), f"no {field}")
    quorum.check(box, each["key"], request_label(request, each["key"]))
    return request, box, case, roster, attestation


# Approvals


def approval_context(digest, level, index, approver):
    return digest + bytes([level, index]) + approver


def make_approval(request, level, index, share, person, time, ephemeral):
    """`share` of 96 bytes, or None for a denial."""
    approver = formats.public_of_seed(person["signing"])
    message = b"SPNA\x01" + request["digest"] + bytes([level, index]) + approver + bytes([2 if share is None else 1]) + u64(time)
    if share is not None:
        context = approval_context(request["digest"], level, index, approver)
        message += formats.sealed_box(request["recipient"], "SPNI/v1/approval-share", context, share, ephemeral)
    return message + formats.sign(person["signing"], "SPNI/v1/approval", message)


def read_approval(data, request, roster):
    reader = Reader(data)
    start(reader, b"SPNA")
    digest, level, index, approver = reader.take(32), reader.integer(1), reader.integer(1), reader.take(32)
    verdict, time = reader.integer(1), reader.integer(8)
    demand(verdict in (1, 2), "no verdict")
    box = reader.take(176 if verdict == 1 else 0)
    reader.take(64)
    reader.finish()
    split(data, approver, "SPNI/v1/approval")
    demand(digest == request["digest"], "of another request")
    demand(level in (1, 2), "no level")
    members = roster["quorums"][request["role"]]["levels"][level - 1]["members"]
    demand(1 <= index <= len(members) and roster["persons"][members[index - 1]]["signing"] == approver, "not its holder's")
    demand(approver != request["requester"], "who requests never approves")
    demand(is_in_force(person_of(roster, approver), time) and request["since"] <= time < request["until"], "not then")
    return {
        "level": level, "index": index, "approver": approver, "verdict": verdict, "time": time, "box": box,
        "digest": formats.digest("SPNI/v1/approval", data[:-64]),
    }


def share_in(approval, box, request, roster, recipient_secret):
    each = roster["quorums"][request["role"]]
    context = approval_context(request["digest"], approval["level"], approval["index"], approval["approver"])
    share = formats.sealed_box_open(recipient_secret, "SPNI/v1/approval-share", context, approval["box"])
    commitments = each["levels"][approval["level"] - 1]["commitments"]
    quorum.check_share(share, box, each["key"], quorum.verification_share(commitments, approval["index"]), request["digest"])
    return share


def set_digest(approvals):
    return formats.blake2b(256, None, "SPNI/v1/approvals", *sorted(approval["digest"] for approval in approvals))


def open_data_key(approvals, box, request, roster, recipient_secret):
    """The data key, of exactly as many approvals of each level as it needs."""
    each = roster["quorums"][request["role"]]
    levels = []
    for number, level in enumerate(each["levels"], 1):
        chosen = [approval for approval in approvals if approval["level"] == number and approval["verdict"] == 1]
        chosen = chosen[: len(level["commitments"])]
        demand(len(chosen) == len(level["commitments"]), "too few approvals")
        levels.append({a["index"]: share_in(a, box, request, roster, recipient_secret)[:32] for a in chosen})
    z = quorum.combine(*levels)
    return quorum.open_with(box, each["key"], request_label(request, each["key"]), z)


# Openings and reviews


def opening_message(request, leaf):
    return request["digest"] + leaf


def outcome_message(request, approvals):
    return request["digest"] + set_digest(approvals)


def make_review(deployment, digest, verdict, finding, time, people):
    body = b"SPNV\x01" + deployment + digest + bytes([verdict]) + formats.digest("SPNI/v1/review-text", finding.encode()) + u64(time)
    signatures = (
        formats.public_of_seed(person["signing"]) + formats.sign(person["signing"], "SPNI/v1/break-glass-review", body) for person in people
    )
    return body + bytes([len(people)]) + b"".join(signatures)


def read_review(data, roster, involved):
    reader = Reader(data)
    start(reader, b"SPNV")
    review = {"deployment": reader.take(16), "digest": reader.take(32), "verdict": reader.integer(1), "finding": reader.take(32)}
    review["time"] = reader.integer(8)
    body = data[: reader.position]
    count = reader.integer(1)
    demand(review["verdict"] in (1, 2) and count <= 16 and review["deployment"] == roster["deployment"], "no review")
    levels = set()
    for _ in range(count):
        key, signature = reader.take(32), reader.take(64)
        demand(formats.is_signed_under(key, "SPNI/v1/break-glass-review", body, signature), "a signature is not good")
        person = person_of(roster, key)
        demand(is_in_force(person, review["time"]) and key not in involved, "a part in the opening, or not in force")
        for number, level in enumerate(roster["quorums"][STANDARD]["levels"]):
            if roster["persons"].index(person) in level["members"]:
                levels.add(number)
    reader.finish()
    demand(levels == {0, 1}, "one person of each level signs")
    return review
