"""ristretto255 in plain Python, after RFC 9496 §4 and RFC 9497 §4.1. Slow, and not constant in time: for tests alone."""
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def is_negative(x):
    return x % P & 1


def absolute(x):
    return -x % P if is_negative(x) else x % P


def sqrt_ratio(u, v):
    """(was u/v a square, its root or that of SQRT_M1·u/v): §4.2."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


SQRT_AD_MINUS_ONE = sqrt_ratio(-D - 1, 1)[1]
INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
# §4.1 gives these two roots with a sign; the first is the odd one.
if SQRT_AD_MINUS_ONE != 25063068953384623474111414158702152701244531502492656460079210482610430750235:
    SQRT_AD_MINUS_ONE = P - SQRT_AD_MINUS_ONE


def decode(data):
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or is_negative(s):
        raise ValueError("not a canonical encoding")
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, root = sqrt_ratio(1, v * u2 * u2 % P)
    dx = root * u2 % P
    dy = root * dx * v % P
    x, y = absolute(2 * s * dx), u1 * dy % P
    t = x * y % P
    if not was_square or is_negative(t) or y == 0:
        raise ValueError("not an element")
    return x, y, 1, t


def encode(point):
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, root = sqrt_ratio(1, u1 * u2 * u2 % P)
    d1, d2 = root * u1 % P, root * u2 % P
    z_inverse = d1 * d2 * t0 % P
    rotate = is_negative(t0 * z_inverse)
    x, y, d = (y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, d1 * INVSQRT_A_MINUS_D % P) if rotate else (x0, y0, d2)
    if is_negative(x * z_inverse):
        y = -y % P
    return absolute(d * (z0 - y)).to_bytes(32, "little")


def add(p, q):
    """Extended twisted Edwards coordinates with a = -1."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(data, scalar):
    """The encoding of scalar·element; both 32 bytes, the scalar little-endian."""
    factor, base, product = int.from_bytes(scalar, "little"), decode(data), (0, 1, 1, 0)
    if factor >= ORDER:
        raise ValueError("not a reduced scalar")
    while factor:
        if factor & 1:
            product = add(product, base)
        base, factor = add(base, base), factor >> 1
    result = encode(product)
    if result == bytes(32):
        raise ValueError("the identity")
    return result


GENERATOR = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")  # RFC 9496 A.1


def is_element(data):
    """Whether these bytes are an element and not the identity."""
    try:
        decode(data)
    except ValueError:
        return False
    return data != bytes(32)


def sum_of(a, b):
    return encode(add(decode(a), decode(b)))


def difference_of(a, b):
    x, y, z, t = decode(b)
    return encode(add(decode(a), (-x % P, y, z, -t % P)))


def one_way_map(data):
    """§4.3.4, for 32 bytes."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    s, c = (s, -1 % P) if was_square else (-absolute(s * t) % P, r)
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P
    w2, w3 = (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_uniform(data):
    """The element of 64 uniform bytes: §4.3.4."""
    return encode(add(one_way_map(data[:32]), one_way_map(data[32:])))


def hash_to_group(message):
    """RFC 9497 §4.1, with expand_message_xmd of RFC 9380 §5.3.1 over SHA-512."""
    domain = b"HashToGroup-OPRFV1-\x00-ristretto255-SHA512"
    domain += bytes([len(domain)])
    first = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + domain).digest()
    uniform = hashlib.sha512(first + b"\x01" + domain).digest()
    return from_uniform(uniform)
