#!/usr/bin/env python3
"""Prints codes.txt: codes and attempt digests by Python's hashlib and hmac, which share no code with this package."""
import hashlib, hmac, random, struct

rng = random.Random(20261124)
lp = lambda b: struct.pack(">I", len(b)) + b
print("# Origin: codes.py beside this file, with CPython's hashlib.blake2b and hmac (OpenSSL's SHA-256).")
print("# key deployment id purpose tag subject session binding generation digits code attempt digest; hexadecimal, - is none")
for index in range(48):
    key, deployment, tag = rng.randbytes(32), rng.randbytes(16), rng.randbytes(32)
    identifier = tag[:2] + rng.randbytes(14)
    purpose = rng.choice([1, 2, 20])
    subject = rng.choice([b"", rng.randbytes(16)])
    session = rng.randbytes(rng.choice([1, 16, 256]))
    generation = rng.choice([0, 1, 2**32 - 1])
    digits = 6 + index % 5
    attempt = rng.randbytes(16)
    binding = hashlib.blake2b(lp(b"SPNI/v1/otp-binding") + lp(session), digest_size=32).digest()
    fields = [b"SPNI/v1/otp", deployment, identifier, struct.pack(">H", purpose), tag, subject, binding]
    k = hashlib.blake2b(b"".join(map(lp, fields)), key=key, digest_size=32).digest()
    mac = hmac.new(k, struct.pack(">I", generation), hashlib.sha256).digest()
    code = str(int.from_bytes(mac[:16], "big") % 10**digits).zfill(digits)
    fields = [b"SPNI/v1/otp-attempt", attempt, struct.pack(">I", generation), code.encode()]
    digest = hashlib.blake2b(b"".join(map(lp, fields)), key=k, digest_size=16).digest()
    print(key.hex(), deployment.hex(), identifier.hex(), purpose, tag.hex(), subject.hex() or "-", session.hex(), binding.hex(),
          generation, digits, code, attempt.hex(), digest.hex())
