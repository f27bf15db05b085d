"""A disk that is full, at each page of what a command needs: on tmpfs and on ext4.

The command must say that there is no space and that nothing was written, or do its work; what had
a receipt stays; once there is room the same command works, without any other step.
"""
import errno
import os
import shutil
import subprocess

import program
import scenarios
import soundness
from torture import Missing

PAGE = 4096
WORDS = ("no space", "no room", "disk is full", "space left")


class Disk:
    """A small file system of its own, of which some pages can be left free."""

    def __init__(self, part, kind):
        self.path, self.kind = part.directory(), kind
        if kind == "tmpfs":
            self.mount("-t", "tmpfs", "-o", "size=12m", "tmpfs")
        else:
            image = os.path.join(part.directory(), "image")
            with open(image, "wb") as file:
                file.truncate(24 << 20)
            if shutil.which("mkfs.ext4") is None:
                raise Missing("there is no mkfs.ext4")
            subprocess.run(["mkfs.ext4", "-q", "-F", "-b", str(PAGE), "-m", "0", image], check=True)
            self.mount("-o", "loop", image)
        self.filler = os.path.join(self.path, "filler")

    def mount(self, *words):
        done = subprocess.run(["mount", *words, self.path], check=False, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise Missing(f"{self.kind}: no right to mount: {done.stderr[-100:]!r}")

    def free(self):
        return os.statvfs(self.path).f_bavail

    def fill(self, left):
        """Takes all pages but so many. ext4 may count some as free that it needs itself."""
        most = 256
        with open(self.filler, "wb", buffering=0) as file:
            while most > 0 and self.free() > left:
                try:
                    file.write(bytes(PAGE * max(1, min(most, (self.free() - left) // 2))))
                    os.fsync(file.fileno())
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    most //= 2

    def make_room(self):
        if os.path.exists(self.filler):
            os.unlink(self.filler)

    def close(self):
        subprocess.run(["umount", self.path], check=False)


def said(status, errors):
    """What is wrong with how a command that lacked space ended, or None."""
    text = errors.decode(errors="replace")
    if status not in (70, 73, 75):
        return f"exit {status}: {text[-300:]}"
    if not any(word in text for word in WORDS):
        return f"exit {status} without a word about space: {text[-300:]}"
    return None


class Fill:
    """One command with fewer and fewer pages left."""

    def __init__(self, part, disk, scenario):
        self.part, self.disk, self.scenario = part, disk, scenario
        self.full = self.unknown = 0

    def point(self, left, room=False):
        self.disk.make_room()
        home = os.path.join(self.disk.path, "box")
        shutil.rmtree(home, ignore_errors=True)
        box = self.scenario.box(home)
        if not room:
            self.disk.fill(left)
        status, output, errors = program.run(
            self.scenario.arguments, box.home, self.scenario.stdin, UETLOG=box.log)
        wrong = None
        if room or status != 0:
            self.full += 1
            self.unknown += status == 70
            wrong = said(status, errors)
        # A disk that is full still can be read.
        problem, _ = soundness.after_fault(box, self.scenario, soundness.receipts(output))
        if any(".tmp." in name for name in os.listdir(box.home)):
            problem = problem or "a temporary directory is left"
        self.disk.make_room()
        return wrong or problem or soundness.works_again(box, self.scenario)


def run(part):
    drafts = scenarios.notes(60, 1000, 900)
    bulk = scenarios.Scenario(
        "bulk", scenarios.beginning(part.directory()).home, ["append", "--json"],
        adds=len(drafts), ids=[draft["event_id"] for draft in drafts], is_atomic=False,
        stdin=scenarios.jsonl(drafts))
    every = [bulk] + [scenario for scenario in scenarios.all_scenarios(part.directory)
                      if scenario.name in ("append", "create", "compensate", "rebuild")]
    for kind in ("tmpfs", "ext4"):
        try:
            disk = Disk(part, kind)
        except Missing as reason:
            part.note(f"skipped: {reason}")
            continue
        try:
            for scenario in every:
                fill(part, disk, scenario)
            part.control(f"{kind}: no word about space where there is room",
                         Fill(part, disk, bulk).point(0, room=True))
        finally:
            disk.close()
    part.control("an error that does not say why", said(75, b"could not write"))


def fill(part, disk, scenario):
    """All points of a command on a disk."""
    most = {"bulk": 64, "create": 48}.get(scenario.name, 16)
    every = Fill(part, disk, scenario)
    points = [(f"{disk.kind}:{scenario.name}:{left}", left) for left in range(most)]
    part.each(lambda point: every.point(point[1]), points, workers=1)
    part.note(f"{disk.kind}, {scenario.name}: full at {every.full} of {most} points, "
              f"{every.unknown} of them with an unknown outcome")
    if scenario.adds and part.at is None:
        part.check(f"{disk.kind}:{scenario.name}:full",
                   None if every.full else "the disk was never full")
