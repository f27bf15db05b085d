"""What may be on a disk after a power cut, of what was written.

Writes are pending, sector by sector, until their file is synced; names until their directory is.
A cut keeps any subset of what is pending. A write through a synchronous descriptor is pending until
it returns. That is the least that POSIX promises, and less than ext4 does.
"""
import os

SECTOR = 512
# Of the newest writes, how many are dropped, and kept, one by one.
SINGLE_MAX = 8


def overlaid(data, units):
    """Bytes with pieces of writes put over them."""
    data = bytearray(data)
    for _, offset, piece in units:
        if offset > len(data):
            data.extend(bytes(offset - len(data)))
        data[offset:offset + len(piece)] = piece
    return bytes(data)


class File:
    """Pending are tuples of the write's number, an offset and at most one sector of bytes."""

    def __init__(self):
        self.durable = b""
        self.pending = []

    def content(self, kept):
        return overlaid(self.durable, [unit for unit in self.pending if unit in kept])

    def settle(self, units):
        self.durable = overlaid(self.durable, units)
        self.pending = [unit for unit in self.pending if unit not in units]


class Directory:
    """Pending are tuples of a number and changes: names and what they lead to from now on."""

    def __init__(self):
        self.durable = {}
        self.pending = []

    def entries(self, kept=None):
        names = dict(self.durable)
        for unit in self.pending:
            if kept is None or unit in kept:
                names.update(unit[1])
        return {name: node for name, node in names.items() if node is not None}


class Disk:
    """A directory and what is in it. `ignored` are the promises that this disk breaks: `data` for
    fdatasync, `meta` for synchronous descriptors, `names` for fsync of a directory."""

    def __init__(self, ignored=()):
        self.root = Directory()
        self.ignored = ignored
        self.number = 0

    def node(self, path):
        node = self.root
        for name in path.split("/") if path else []:
            node = node.entries()[name]
        return node

    def change(self, *changes):
        """Names in the folder of the first path get other nodes, all at once."""
        folder = self.node(os.path.dirname(changes[0][0]))
        folder.pending.append(
            (self.number, tuple((os.path.basename(path), node) for path, node in changes)))

    def apply(self, step):
        """Takes a step; gives back what is to be called when the step has returned."""
        self.number += 1
        kind, path = step[:2]
        if kind == "write":
            return self.write(*step[1:])
        if kind == "size":
            self.node(path).pending.append((self.number, step[2], b""))
        elif kind == "sync":
            self.sync(self.node("" if path == "." else path))
        elif kind in ("create", "mkdir"):
            if os.path.basename(path) not in self.node(os.path.dirname(path)).entries():
                self.change((path, File() if kind == "create" else Directory()))
        elif kind == "rename":
            node = self.node(path)
            self.change((path, None), (step[2], node))
        elif kind in ("unlink", "rmdir"):
            self.change((path, None))
        return lambda: None

    def write(self, path, offset, data, synchronous):
        node, units, place = self.node(path), [], 0
        while place < len(data):
            end = place + SECTOR - (offset + place) % SECTOR
            units.append((self.number, offset + place, data[place:end]))
            place = end
        node.pending += units
        if synchronous and "meta" not in self.ignored:
            return lambda: node.settle(units)
        return lambda: None

    def sync(self, node):
        if isinstance(node, File):
            if "data" not in self.ignored:
                node.settle(list(node.pending))
        elif "names" not in self.ignored:
            node.durable, node.pending = node.entries(), []

    def pending(self, folder=None):
        """All that a cut may keep or drop."""
        folder = folder or self.root
        units = list(folder.pending)
        for node in folder.entries().values():
            units += self.pending(node) if isinstance(node, Directory) else node.pending
        return units

    def tree(self, kept, folder=None):
        """Names to bytes or to trees, as they are after a cut that keeps these units."""
        return {name: self.tree(kept, node) if isinstance(node, Directory) else node.content(kept)
                for name, node in (folder or self.root).entries(kept).items()}


def selections(units, chance, random_count):
    """Pairs of a name and the units that a cut keeps."""
    yield "none", set()
    if not units:
        return
    yield "all", set(units)
    numbers = sorted({unit[0] for unit in units})
    for number in numbers[-SINGLE_MAX:]:
        yield f"without {number}", {unit for unit in units if unit[0] != number}
        yield f"only {number}", {unit for unit in units if unit[0] == number}
    last = [unit for unit in units if unit[0] == numbers[-1]]
    before = set(units) - set(last)
    yield "torn front", before | set(last[:len(last) // 2])
    yield "torn back", before | set(last[len(last) // 2:])
    yield "torn comb", before | set(last[::2])
    for index in range(random_count):
        share = chance.random()
        yield f"random {index}", {unit for unit in units if chance.random() < share}
