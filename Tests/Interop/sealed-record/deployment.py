"""The text form in which both implementations hand each other a whole deployment: words and hexadecimal, a line each.

    keyring KIND BYTES
    row STORE PARTITION COLLECTION ROW VERSION EXPIRY VALUE       STORE: identity or keys; EXPIRY in milliseconds or -; an empty ROW is -
    person DIGITS SUBJECT RECORD UNIQUENESS BUDGET SEED HISTORY-PUBLIC HOST-PSEUDONYM CHAT-PSEUDONYM
    receipt SUBJECT DIGEST TIME SIGNATURE
"""
PASSPHRASE = b"correct horse battery"


def read(path):
    lines = {"keyring": [], "row": [], "person": [], "receipt": []}
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            word, *fields = line.split()
            lines[word].append(fields)
    return lines
