#!/usr/bin/env python3
"""Writes vectors of TDH2 on ristretto255, the same bytes each time: Tests/SealedStoreTests/Vectors/tdh2.txt.

    level NUMBER COMMITMENT…                             of each level, from A₀ on
    key X GBAR
    label L    context C    data-key K
    box BOX WIDE-R WIDE-S                                64 bytes each, of which r and s are made
    share LEVEL INDEX SECRET VERIFICATION SHARE WIDE-T
    sum Z LEVEL-1-INDICES LEVEL-2-INDICES                indices with commas between; every sum is the same
    not-a-box BOX WHY                                    words with hyphens
    not-a-share LEVEL INDEX SHARE WHY
"""
import formats
import quorum
from draws import Draws

draws = Draws(b"tdh2")
draw = draws.bytes


def wide():
    data = draw(64)
    return data, int.from_bytes(data, "little") % quorum.Q


print("# Origin: second implementation in Python of this project, Tests/Interop/sealed-record/vectors.py, after Documentation/Formats.md.")
LEVELS = {1: (2, [1, 2, 3]), 2: (3, [1, 2, 5, 17, 32])}
polynomials = {level: [draws.scalar() for _ in range(threshold)] for level, (threshold, _) in LEVELS.items()}
commitments = {level: quorum.commitments(polynomial) for level, polynomial in polynomials.items()}
for level, values in commitments.items():
    print("level", level, *(value.hex() for value in values))
key = quorum.plus(commitments[1][0], commitments[2][0])
print("key", key.hex(), quorum.second_generator(key).hex())
label, context, data_key = b"A label of any length; that of an envelope has 133 bytes.", draw(32), draw(32)
print("label", label.hex())
print("context", context.hex())
print("data-key", data_key.hex())
(wide_r, r), (wide_s, s) = wide(), wide()
box = quorum.seal(key, label, data_key, r, s)
quorum.check(box, key, label)
print("box", box.hex(), wide_r.hex(), wide_s.hex())
shares = {}
for level, (_, indices) in LEVELS.items():
    for index in indices:
        secret = quorum.value_at(polynomials[level], index)
        verification = quorum.verification_share(commitments[level], index)
        assert quorum.times(secret, quorum.G) == verification
        wide_t, t = wide()
        share = shares[level, index] = quorum.share_of(box, key, secret, context, t)
        quorum.check_share(share, box, key, verification, context)
        print("share", level, index, quorum.scalar_bytes(secret).hex(), verification.hex(), share.hex(), wide_t.hex())
for first, second in (([1, 2], [1, 2, 5]), ([3, 1], [32, 17, 2]), ([2, 3], [5, 32, 1])):
    z = quorum.combine(*({index: shares[level, index][:32] for index in indices} for level, indices in ((1, first), (2, second))))
    assert quorum.open_with(box, key, label, z) == data_key and z == quorum.times(r, key)
    print("sum", z.hex(), ",".join(map(str, first)), ",".join(map(str, second)))

# What differs from a good one in its encoding alone, or is right but for one thing.


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 0x80]) + data[at + 1 :]


def high(scalar):
    """The same scalar with the order added: it still fits into 32 bytes."""
    return (int.from_bytes(scalar, "little") + quorum.Q).to_bytes(32, "little")


def no_box(data, why):
    try:
        quorum.check(data, key, label)
    except formats.Refused:
        return print("not-a-box", data.hex(), why)
    raise AssertionError(why)


def no_share(level, index, data, why):
    try:
        quorum.check_share(data, box, key, quorum.verification_share(commitments[level], index), context)
    except formats.Refused:
        return print("not-a-share", level, index, data.hex(), why)
    raise AssertionError(why)


no_box(box[:64] + high(box[64:96]) + box[96:], "challenge-not-reduced")
no_box(box[:96] + high(box[96:128]) + box[128:], "response-not-reduced")
no_box(bytes(32) + box[32:], "identity")
no_box(flipped(box, 31), "element-with-its-highest-bit")
no_box(quorum.seal(key, label + b"!", data_key, r, s), "of-another-label")
no_box(quorum.seal(commitments[1][0], label, data_key, r, s), "to-another-key")
# ū of another exponent: the proof that the two are one must notice, whoever made it.
u, u_bar = quorum.times(r, quorum.G), quorum.times(r + 1, quorum.second_generator(key))
both = formats.blake2b(512, None, "SPNI/v1/tdh2-kem", key, u, quorum.times(r, key), label)
c = formats.aead_seal(both[:32], bytes(24), label, data_key) + both[32:]
w, w_bar = quorum.times(s, quorum.G), quorum.times(s, quorum.second_generator(key))
e = quorum.hash_to_scalar("SPNI/v1/tdh2-challenge", key, c, label, u, w, u_bar, w_bar)
no_box(u + u_bar + quorum.scalar_bytes(e) + quorum.scalar_bytes((s + r * e) % quorum.Q) + c, "two-exponents")

share = shares[2, 5]
no_share(2, 5, share[:32] + high(share[32:64]) + share[64:], "challenge-not-reduced")
no_share(2, 5, share[:64] + high(share[64:]), "response-not-reduced")
no_share(2, 5, bytes(32) + share[32:], "identity")
no_share(2, 2, share, "of-another-index")
no_share(1, 2, shares[2, 2], "of-another-level")
secret, (_, t) = quorum.value_at(polynomials[2], 5), wide()
no_share(2, 5, quorum.share_of(box, key, secret, draw(32), t), "for-another-request")
no_share(2, 5, quorum.share_of(box, key, secret + 1, context, t), "of-another-secret")
other = quorum.seal(key, label, data_key, s, r)
no_share(2, 5, quorum.share_of(other, key, secret, context, t), "of-another-box")
# The holder itself can prove another encoding of the same element: it must not be taken for one.
d = flipped(quorum.times(secret, box[:32]), 31)
e = quorum.hash_to_scalar("SPNI/v1/tdh2-share", context, key, box[:32], d, quorum.times(t, box[:32]), quorum.times(t, quorum.G))
no_share(2, 5, d + quorum.scalar_bytes(e) + quorum.scalar_bytes((t + secret * e) % quorum.Q), "element-with-its-highest-bit")
