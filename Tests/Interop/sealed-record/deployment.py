"""The text form in which both implementations hand each other a whole deployment: words and hexadecimal, a line each.

    keyring KIND BYTES
    row STORE PARTITION COLLECTION ROW VERSION EXPIRY VALUE       STORE: identity or keys; EXPIRY in milliseconds or -; an empty ROW is -
    person DIGITS SUBJECT RECORD UNIQUENESS BUDGET SEED HISTORY-PUBLIC HOST-PSEUDONYM CHAT-PSEUDONYM
    due DIGITS SUBJECT RECORD REQUEST-DIGEST                      whose record is being sealed anew: no person line
    receipt SUBJECT DIGEST TIME SIGNATURE
    custody NAME BYTES                                            a file of the custody, or a value, by its name:

      custodians              as the keyrings of host and key service name them
      person.X  card.X        keyring file and card of X
      deal.ROLE.LEVEL         from the dealer;  reshare.ROLE.LEVEL.SOURCE  from a holder
      share.X  share-2.X      keyring file of X's share, of the first deals and of the resharing
      host-card               which the roster names
      roster-N                N: 1, and 2 after the resharing
      draft-N  request-N      request files: 1 under roster 1, 2 under roster 2, 3 break-glass;  recipient-N  keyring file
      approval-N.X  denial-N.X
      data-key-N              what the envelope of request N holds
      opening-N               of request N: a leaf, the opener's signatures over the opening and over the outcome
      release  order          a release, its signature and its id; a release order
      review                  of the opening by request 3
"""
PASSPHRASE = b"correct horse battery"
NOW = 1_795_478_400_000


def read(path):
    lines = {"keyring": [], "row": [], "person": [], "due": [], "receipt": [], "custody": []}
    for line in open(path, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            word, *fields = line.split()
            lines[word].append(fields)
    lines["custody"] = {name: bytes.fromhex(data) for name, data in lines["custody"]}
    return lines
