"""Keys that people hold in shares: "Envelope for a quorum", "Decryption share" and "Dealing a level's key" of Documentation/Formats.md."""
import hmac

import ristretto
from formats import Refused, aead_open, aead_seal, blake2b

Q = ristretto.ORDER
G = ristretto.GENERATOR


def scalar(data):
    value = int.from_bytes(data, "little")
    if len(data) != 32 or value >= Q:
        raise Refused("no scalar")
    return value


def scalar_bytes(value):
    return value.to_bytes(32, "little")


def times(factor, element):
    """factor·element, never the identity."""
    try:
        return ristretto.multiply(element, scalar_bytes(factor))
    except ValueError as error:
        raise Refused(str(error)) from error


def plus(a, b):
    try:
        return ristretto.sum_of(a, b)
    except ValueError as error:
        raise Refused(str(error)) from error


def minus(a, b):
    try:
        return ristretto.difference_of(a, b)
    except ValueError as error:
        raise Refused(str(error)) from error


def element(data):
    if not ristretto.is_element(data):
        raise Refused("no element")
    return data


def hash_to_scalar(label, *fields):
    return int.from_bytes(blake2b(512, None, label, *fields), "little") % Q


# Envelopes


def second_generator(key):
    wide = blake2b(512, None, "SPNI/v1/tdh2-gbar", key)
    return ristretto.from_uniform(wide)


def seal(key, label, data_key, r, s):
    u, u_bar = times(r, G), times(r, second_generator(key))
    both = blake2b(512, None, "SPNI/v1/tdh2-kem", key, u, times(r, key), label)
    c = aead_seal(both[:32], bytes(24), label, data_key) + both[32:]
    w, w_bar = times(s, G), times(s, second_generator(key))
    e = hash_to_scalar("SPNI/v1/tdh2-challenge", key, c, label, u, w, u_bar, w_bar)
    return u + u_bar + scalar_bytes(e) + scalar_bytes((s + r * e) % Q) + c


def check(box, key, label):
    """What everybody does before they work with a box."""
    if len(box) != 208:
        raise Refused("an envelope for a quorum has 208 bytes")
    u, u_bar, e, f, c = element(box[:32]), element(box[32:64]), scalar(box[64:96]), scalar(box[96:128]), box[128:]
    w = minus(times(f, G), times(e, u))
    w_bar = minus(times(f, second_generator(key)), times(e, u_bar))
    if hash_to_scalar("SPNI/v1/tdh2-challenge", key, c, label, u, w, u_bar, w_bar) != e:
        raise Refused("not made for this key and label")


def open_with(box, key, label, z):
    both = blake2b(512, None, "SPNI/v1/tdh2-kem", key, box[:32], z, label)
    if not hmac.compare_digest(both[32:], box[176:208]):
        raise Refused("the shares do not open it")
    return aead_open(both[:32], bytes(24), label, box[128:176])


# Decryption shares


def share_of(box, key, secret, context, t):
    d = times(secret, box[:32])
    e = hash_to_scalar("SPNI/v1/tdh2-share", context, key, box[:32], d, times(t, box[:32]), times(t, G))
    return d + scalar_bytes(e) + scalar_bytes((t + secret * e) % Q)


def check_share(share, box, key, verification_share, context):
    if len(share) != 96:
        raise Refused("a share has 96 bytes")
    u, d, e, f = box[:32], element(share[:32]), scalar(share[32:64]), scalar(share[64:])
    u_hat, h_hat = minus(times(f, u), times(e, d)), minus(times(f, G), times(e, verification_share))
    if hash_to_scalar("SPNI/v1/tdh2-share", context, key, u, d, u_hat, h_hat) != e:
        raise Refused("not this holder's share, or for another request")


def weight(index, indices):
    if index not in indices or len(set(indices)) != len(indices) or 0 in indices:
        raise Refused("shares that are put together have different indices")
    value = 1
    for j in indices:
        if j != index:
            value = value * j * pow(j - index, -1, Q) % Q
    return value


def combine(*levels):
    """Z, of one dictionary from index to D for each level."""
    z = None
    for shares in levels:
        for index, d in shares.items():
            part = times(weight(index, list(shares)), d)
            z = part if z is None else plus(z, part)
    return z


# Sharing


def commitments(coefficients):
    return [times(a, G) for a in coefficients]


def value_at(coefficients, index):
    value = 0
    for a in reversed(coefficients):
        value = (value * index + a) % Q
    return value


def verification_share(commitments, index):
    value = commitments[-1]
    for commitment in reversed(commitments[:-1]):
        value = plus(times(index, value), commitment)
    return value
