"""Single flipped bits: each of both meta pages, and random ones elsewhere.

`verify` must find each, or the flip must not matter: the export is the same byte for byte, the next
event is appended or refused, and the log still intact. Of no flip may any command die by a signal,
and an append that is refused leaves the log as it was.
"""
import json
import os
import threading

import program
import scenarios
import soundness

PAGE = 4096
# The page header and LMDB's meta record, and eight bytes more.
META_USED = 160
# Where a meta page has the number of its transaction.
TRANSACTION = 144
# Where it has the first page of the list of free pages, and of the tables.
FREE_ROOT = 80
MAIN_ROOT = 128
EXPORT = ["replay", "--format", "jsonl", "--log-fields"]


class Place:
    """A log of a thread's own, that is put back after each flip. Its high-water mark belongs to its
    file, so the file stays the same one."""

    def __init__(self, part, template):
        self.home = part.directory(stays=True)
        self.box = template.box(self.home)
        self.box.append("note", "text=marks the head")
        self.path = os.path.join(self.box.log, "data.mdb")
        self.marks = self.box.path(".local")
        self.read()

    def read(self):
        with open(self.path, "rb") as file:
            self.image = file.read()
        self.export = self.box.run(*EXPORT).bytes

    def write(self):
        with open(self.path, "r+b") as file:
            file.write(self.image)
            file.truncate()

    def flip(self, byte, bit):
        with open(self.path, "r+b") as file:
            file.seek(byte)
            file.write(bytes([self.image[byte] ^ 1 << bit]))

    def put_back(self):
        self.write()
        # The mark that an append after a flip left goes back, too.
        for folder, _, names in os.walk(self.marks):
            for name in names:
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(self.mark)

    def remember_mark(self):
        for folder, _, names in os.walk(self.marks):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.mark = file.read()

    def run(self, *arguments, **extra):
        return program.run([*arguments, "--log", self.box.log], self.home, **extra)


class Flips:
    def __init__(self, part, template):
        self.part, self.template = part, template
        self.local = threading.local()
        self.found = self.harmless = self.refused = 0

    def place(self):
        if not hasattr(self.local, "place"):
            self.local.place = Place(self.part, self.template)
            self.local.place.remember_mark()
        return self.local.place

    def __call__(self, point):
        _, byte, bit, is_meta = point
        place = self.place()
        byte = byte if is_meta else 2 * PAGE + byte % (len(place.image) - 2 * PAGE)
        place.flip(byte, bit)
        try:
            return self.looked_at(place)
        finally:
            place.put_back()

    def looked_at(self, place, trusts_everything=False):
        status, _, errors = place.run("verify")
        if status not in (0, 1, 74) and not (status == 78 and errors):
            return f"verify: exit {status}: {errors[-200:]!r}"
        ended, export, errors = place.run(*EXPORT)
        if ended < 0 or ended == 74 and not errors:
            return f"replay: exit {ended}: {errors[-200:]!r}"
        self.refused += ended == 74
        if status != 0 and not trusts_everything:
            self.found += 1
            return self.refuses(place, ended, export)
        self.harmless += 1
        if export != place.export:
            return "verify says intact, and the export differs"
        return self.goes_on(place)

    def goes_on(self, place):
        status, _, errors = place.run("append", "note", "text=after")
        if status == 0:
            return soundness.verified(place.box)
        # A number that newer programs write can't be told from one that a flip made.
        is_refused = status in (74, 78) and errors
        return None if is_refused else f"append: exit {status}: {errors[-200:]!r}"

    def refuses(self, place, ended, export):
        """Of a log with damage: who writes to it or folds it may get through or not."""
        for words in (["append", "note", "text=after"], ["project", "workers", "--json"]):
            status, _, errors = place.run(*words)
            if status < 0 or status == 74 and not errors:
                return f"{words[0]}: exit {status}: {errors[-200:]!r}"
            if words[0] == "append" and status != 0:
                again = place.run(*EXPORT)
                if (ended, export) != again[:2]:
                    return f"an append that was refused changed the export: {again[0]}"
        return None


def control(part, flips):
    """The same without `verify`, and without the mark outside of the log."""
    place = flips.place()
    text = place.image.find(b"a payload to flip")
    while text >= 0:
        place.flip(text, 0)
        text = place.image.find(b"a payload to flip", text + 1)
    part.control("a verify that finds nothing",
                 flips.looked_at(place, trusts_everything=True))
    place.put_back()
    part.control("a verify that does not follow the free pages", passed_without_pages(place))
    part.control("a log without a mark outside of it", rolled_back(place))


def passed_without_pages(place):
    """The list of free pages begins where the tables do: all that is read of the log is right."""
    start = max((0, PAGE), key=lambda page: place.image[page + TRANSACTION:][:8][::-1])
    with open(place.path, "r+b") as file:
        file.seek(start + FREE_ROOT)
        file.write(place.image[start + MAIN_ROOT:][:8])
    _, output, _ = place.run("verify", "--json")
    place.put_back()
    failed = [phase["phase"] for phase in json.loads(output)["phases"]
              if phase["status"] == "failed"]
    return "all but its pages is right" if failed == ["pages"] else None


def rolled_back(place):
    """Some flip of a meta page puts the log back by one commit: only a mark elsewhere tells. Which
    one depends on the transaction's number."""
    for _ in range(4):
        for page, bit in ((0, 1), (1, 1)):
            for folder, _, names in os.walk(place.marks):
                for name in names:
                    os.unlink(os.path.join(folder, name))
            place.flip(page * PAGE + TRANSACTION, bit)
            status, _, _ = place.run("verify")
            _, export, _ = place.run(*EXPORT)
            place.write()
            if status == 0 and export != place.export:
                return "verify says intact, and the last event is gone"
        place.box.append("note", "text=one more transaction")
        place.read()
    return None


def run(part):
    box = scenarios.beginning(part.directory())
    box.lines(*scenarios.notes(60, 1000, 300))
    box.append("note", "text=a payload to flip")
    template = scenarios.Scenario("flips", box.home, [""])
    flips = Flips(part, template)
    meta = [(f"meta:{page}:{byte}:{bit}", page * PAGE + byte, bit, True)
            for page in (0, 1) for byte in range(META_USED) for bit in range(8)]
    part.each(flips, meta)
    part.note(f"meta pages: {flips.found} of {len(meta)} found, {flips.harmless} harmless, "
              f"{flips.refused} that replay refuses")
    flips.found = flips.harmless = flips.refused = 0
    numbers = [(part.random.getrandbits(40), part.random.randrange(8))
               for _ in range(part.of_tier(2000, 200_000))]
    part.each(flips, [(f"data:{byte}:{bit}", byte, bit, False) for byte, bit in numbers])
    part.note(f"data pages: {flips.found} of {len(numbers)} found, {flips.harmless} harmless, "
              f"{flips.refused} that replay refuses")
    control(part, flips)
