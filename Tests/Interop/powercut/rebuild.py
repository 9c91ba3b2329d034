"""What a disk may hold after the power went, from the journal that shim.c wrote.

    journal = Journal.read(path)
    printed = journal.image(cut, directory, random=None)

`cut` is the number of records that happened before the power went. Without `random` the image holds only what was synced.
With it, each later write (and truncation) may be there too, in part and in any order, torn at sectors of 512 bytes;
names that were added, moved or removed since their directory was synced are there up to a random one, in order.
`printed` is what the process had written to standard output by then. The directory is taken to have been empty at first.
"""
import os
import struct

HEAD = struct.Struct("<BQQI")
SECTOR = 512


class File:
    """One file, whatever its names: what is on the disk for certain, and what may be."""

    def __init__(self):
        self.synced = bytearray()
        self.pending = []

    def sync(self):
        for change in self.pending:
            apply(self.synced, change)
        self.pending = []

    def content(self, random):
        if random is None:
            return bytes(self.synced)
        held = bytearray(self.synced)
        share = random.choice([0, 0.1, 0.5, 0.9, 1])
        for change in self.pending:
            if change[0] == "T":
                if random.random() < share:
                    apply(held, change)
                continue
            _, offset, data = change
            start = 0
            while start < len(data):
                end = min(len(data), start + SECTOR - (offset + start) % SECTOR)
                if random.random() < share:
                    apply(held, ("W", offset + start, data[start:end]))
                start = end
        return bytes(held)


def apply(content, change):
    if change[0] == "T":
        size = change[1]
        del content[size:]
        content.extend(bytes(size - len(content)))
    else:
        _, offset, data = change
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset:offset + len(data)] = data


class Journal:
    def __init__(self, records):
        self.records = records

    @staticmethod
    def read(path):
        raw = open(path, "rb").read()
        records, place = [], 0
        while place + HEAD.size <= len(raw):
            operation, file, number, length = HEAD.unpack_from(raw, place)
            place += HEAD.size
            records.append((chr(operation), file, number, raw[place:place + length]))
            place += length
        return Journal(records)

    def image(self, cut, directory, random=None):
        files = {}  # by inode, the present holder of the number
        names = {}  # as the process sees them
        synced_names = {}
        pending_names = []  # (directory, change) since that directory was synced
        printed = bytearray()

        def change_name(place, changed):
            place(names)
            pending_names.append((changed, place))

        for operation, inode, number, data in self.records[:cut]:
            if operation == "P":
                printed += data
            elif operation in "CO":
                path = data.decode()
                if operation == "C" or inode not in files:
                    files[inode] = File()
                    held = files[inode]
                    change_name(lambda n, p=path, f=held: n.__setitem__(p, f), os.path.dirname(path))
            elif operation == "W" and inode in files:
                files[inode].pending.append(("W", number, data))
            elif operation == "T" and inode in files:
                files[inode].pending.append(("T", number))
            elif operation == "S" and inode in files:
                files[inode].sync()
            elif operation == "D":
                path = data.decode()
                for changed, place in pending_names:
                    if changed == path:
                        place(synced_names)
                pending_names = [(c, p) for c, p in pending_names if c != path]
            elif operation == "U":
                path = data.decode()
                change_name(lambda n, p=path: n.pop(p, None), os.path.dirname(path))
            elif operation == "M":
                path = data.decode()
                change_name(lambda n, p=path: n.__setitem__(p, None), os.path.dirname(path))
            elif operation in "RL":
                old, new = (part.decode() for part in data.split(b"\0"))

                def move(n, old=old, new=new, removes=operation == "R", held=names.get(old)):
                    for name in [name for name in n if removes and name.startswith(old + "/")]:
                        n[new + name[len(old):]] = n.pop(name)
                    if removes:
                        n.pop(old, None)
                    if new:
                        n[new] = held

                change_name(move, os.path.dirname(new or old))

        if random is not None:
            for _, place in pending_names[:random.randint(0, len(pending_names))]:
                place(synced_names)
        os.makedirs(directory, exist_ok=True)
        for path, held in synced_names.items():
            whole = os.path.join(directory, path)
            if held is None:
                os.makedirs(whole, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            with open(whole, "wb") as out:
                out.write(held.content(random))
        return bytes(printed)
