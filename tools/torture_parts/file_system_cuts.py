"""Power cuts below a file system: its image, copied at one moment while writers are at work.

The image lies on XFS, which copies a file by sharing its blocks: in one moment, however large it
is. Mounting the copy is what a machine does after a power cut: the journal is replayed, and what
was only in the system's memory is gone. Every receipt printed before the copy must be there.
"""
import os
import shlex
import shutil
import subprocess
import time

import program
from history import History
from torture import Missing, room
from writers import Drafts, Ledger, Writer

MAKE = {"ext4": ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
        "xfs": ["mkfs.xfs", "-q", "-f"],
        "btrfs": ["mkfs.btrfs", "-q", "-f"]}
IMAGE_BYTES = 512 << 20
CUTS_OF_ONE_LOG = 5


class Mount:
    """A file system that is mounted from an image file."""

    def __init__(self, file, kind, path):
        self.path = path
        os.makedirs(path, exist_ok=True)
        # XFS refuses a copy beside its original without the option.
        options = "loop,nouuid" if kind == "xfs" else "loop"
        done = subprocess.run(["mount", "-t", kind, "-o", options, file, path], check=False,
                              stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise Missing(f"can't mount an image: {done.stderr[-100:]!r}")
        if backing_file(path) != os.path.realpath(file):
            self.__exit__()
            raise Missing(f"this kernel takes a copy of {kind} for its original")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _ in range(50):
            if subprocess.run(["umount", self.path], check=False,
                              stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.1)


def backing_file(path):
    """The image that is mounted at a place."""
    with open("/proc/mounts", encoding="utf-8") as file:
        device = next(line.split()[0] for line in file if line.split()[1] == path)
    name = f"/sys/block/{os.path.basename(device)}/loop/backing_file"
    with open(name, encoding="utf-8") as file:
        return file.read().strip()


def image(path, kind, size):
    """Makes an image of a file system in a sparse file."""
    words = list(MAKE[kind])
    if shutil.which(words[0]) is None:
        raise Missing(f"there is no {words[0]}")
    with open(path, "wb") as file:
        file.truncate(size)
    subprocess.run([*words, path], check=True, stdout=subprocess.DEVNULL)


class Cuts:
    """Writers on a file system, of which copies are made."""

    def __init__(self, part, outer, kind):
        self.part, self.outer, self.kind = part, outer, kind
        self.image = os.path.join(outer, f"{kind}.image")
        self.receipts = 0
        image(self.image, kind, IMAGE_BYTES)

    def run(self, count, ignored=None):
        """Makes cuts; returns the problem of each, or None."""
        problems = []
        with Mount(self.image, self.kind, os.path.join(self.part.directory(), "inner")) as inner:
            while len(problems) < count:
                log = os.path.join(inner.path, f"log-{len(problems)}-{ignored}")
                problems += self.of_one_log(log, min(CUTS_OF_ONE_LOG, count - len(problems)),
                                            ignored)
        return problems

    def of_one_log(self, log, count, ignored):
        """Cuts while writers fill a log, the first ones while it is made."""
        home = self.part.directory()
        ledger, drafts = Ledger(), Drafts(self.part.seed)
        writers = [Writer(kind, log, home, drafts, ledger)
                   for kind in ("follow", "one-shot", "bulk")]
        command = without(ignored, home) if ignored else None
        for writer in writers:
            writer.command = command or writer.command
            writer.start()
        problems = []
        try:
            for number in range(count):
                problems.append(self.cut(number, log, ledger))
                if room(os.path.dirname(log)) < IMAGE_BYTES // 2:
                    # A fast machine would fill the image, which is another part's matter.
                    writers[-1].kill()
            return problems
        finally:
            for writer in writers:
                writer.kill()
            for writer in writers:
                writer.join(60)
            shutil.rmtree(log, ignore_errors=True)

    def cut(self, number, log, ledger):
        time.sleep(self.part.random.uniform(0, 0.02 if number == 0 else 0.15))
        with ledger.lock:
            promised = dict(ledger.receipts)
        copy = os.path.join(self.outer, "cut.image")
        subprocess.run(["cp", "--reflink=always", self.image, copy], check=True)
        self.receipts += len(promised)
        try:
            with Mount(copy, self.kind, os.path.join(self.part.directory(), "cut")) as mounted:
                return self.look(os.path.join(mounted.path, os.path.basename(log)), promised)
        except Missing as reason:
            return f"after the cut: {reason}"
        finally:
            os.unlink(copy)

    def look(self, log, promised):
        """What is wrong with a log after a cut, or None."""
        home = self.part.directory()
        if not os.path.exists(log):
            return f"no log, {len(promised)} receipts" if promised else None
        status, output, errors = program.run(["verify", "--log", log], home)
        if status != 0:
            return f"verify: exit {status}: {(output + errors)[-300:].decode(errors='replace')}"
        history = History()
        complaints = history.extend(program.events(log, home)) + history.lost(promised)
        if complaints:
            return "; ".join(complaints[:3])
        status, _, errors = program.run(["append", "note", "text=after", "--log", log], home)
        return None if status == 0 else f"the next append: exit {status}: {errors[-300:]!r}"


def without(calls, home):
    """A program like uetlog whose flushes do nothing."""
    if shutil.which("strace") is None:
        raise Missing("there is no strace")
    path = os.path.join(home, "uetlog")
    words = ["strace", "-f", "-qq", "-e", f"trace={calls}", "-e", f"inject={calls}:retval=0",
             "-o", "/dev/null", program.binary()]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nexec {shlex.join(words)} \"$@\"\n")
    os.chmod(path, 0o755)
    return path


def run(part):
    outer_image = os.path.join(part.directory(disk=True), "outer.image")
    image(outer_image, "xfs", 3 * IMAGE_BYTES)
    with Mount(outer_image, "xfs", os.path.join(part.directory(), "outer")) as outer:
        for kind, (ci, soak) in {"ext4": (30, 2000), "xfs": (5, 500), "btrfs": (5, 500)}.items():
            try:
                cuts = Cuts(part, outer.path, kind)
            except Missing as reason:
                part.note(f"skipped: {reason}")
                continue
            problems = cuts.run(part.of_tier(ci, soak))
            for number, problem in enumerate(problems):
                part.check(f"{kind}:{number}", problem)
            part.note(f"{kind}: {len(problems)} cuts, {cuts.receipts} receipts looked for")
            if kind == "ext4":
                broken = cuts.run(10, ignored="fdatasync,fsync,msync")
                part.control("flushes that do nothing", next(filter(None, broken), None))
            os.unlink(cuts.image)
