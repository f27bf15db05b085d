"""kill -9, again and again, of writers, a view that is watched and a reader that follows.

Every receipt must be in the log at its position, positions dense, no event twice; a follower must
have seen a run of positions without gaps, each with the event that the log still has there; the
next append after the kills must find no lock that was left behind.
"""
import json
import subprocess
import threading
import time

import program
import soundness
from box import Box
from writers import Drafts, History, Ledger, killed_at_random

# Recovery needs no waiting; the rest is for machines that are busy with other things.
NEXT_APPEND_SECONDS_MAX = 2


class Reader:
    """A reading command that runs until it is killed, and the lines that it printed."""

    def __init__(self, box, *arguments):
        self.process = subprocess.Popen(
            [program.binary(), *arguments, "--log", box.log], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=box.home,
            env=program.surroundings(box.home))
        self.lines = []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"):
                self.lines.append(line)

    def end(self):
        """Kills it. Says what is wrong if it had ended by itself."""
        ended = self.process.poll()
        self.process.kill()
        self.thread.join(30)
        errors = self.process.stderr.read()
        self.process.wait()
        return None if ended is None else f"a reader ended with {ended}: {errors[-300:]!r}"


def unlike(seen, first, history):
    """How what a follower saw from a position on differs from the log, or None."""
    for place, (position, name) in enumerate(seen, first):
        if position != place:
            return f"a follower saw position {position} where {place} comes next"
        if position > len(history.ids):
            return f"a follower saw position {position}, and the log ends at {len(history.ids)}"
        if history.ids[position - 1] != name:
            return f"a follower saw {name} at {position}, where {history.ids[position - 1]} is"
    return None


def pairs(lines):
    return [(event["position"], event["event_id"]) for event in map(json.loads, lines)]


class Loop:
    def __init__(self, part):
        self.part, self.box = part, Box(part.directory(disk=True))
        self.box.append("note", "text=first")
        self.ledger, self.drafts = Ledger(), Drafts(part.seed)
        self.history = History()
        self.seen, self.slowest = 0, 0.0

    def catch_up(self):
        new = self.box.events("--from", str(len(self.history.ids) + 1))
        return self.history.extend(new) + self.history.lost(self.ledger.receipts)

    def cycle(self, number):
        """One round of kills; returns a problem or None."""
        first = len(self.history.ids) + 1
        follower = Reader(self.box, "replay", "--follow", "--format", "jsonl", "--log-fields",
                          "--from", str(first))
        watcher = Reader(self.box, "project", "workers", "--watch", "--json")
        killed_at_random(number, 4, self.box.log, self.box.home, self.drafts, self.ledger,
                         self.part.random)
        time.sleep(self.part.random.uniform(0, 0.05))
        problems = [problem for problem in (follower.end(), watcher.end()) if problem]
        begun = time.monotonic()
        self.box.append("note", "text=next")
        took = time.monotonic() - begun
        self.slowest = max(self.slowest, took)
        if took > NEXT_APPEND_SECONDS_MAX:
            problems.append(f"the next append took {took:.1f} s")
        problems += self.catch_up() + self.ledger.complaints
        self.ledger.complaints = []
        seen = pairs(follower.lines)
        self.seen += len(seen)
        self.last = (seen, first)
        difference = unlike(seen, first, self.history)
        return "; ".join((problems + [difference] if difference else problems)[:5]) or None


def control(part, loop):
    seen, first = loop.last
    part.control("a follower that left an event out",
                 unlike(seen[:1] + seen[2:], first, loop.history))
    part.control("a follower that saw another event",
                 unlike([(first, "0" * 26)], first, loop.history))
    name, position = next(iter(loop.ledger.receipts.items()))
    part.control("a receipt for what was lost", loop.history.lost({name: position + 1}))
    part.control("a follower that ends by itself",
                 ended_reader(loop.box))


def ended_reader(box):
    reader = Reader(box, "replay", "--last", "1")
    reader.process.wait(30)
    return reader.end()


def run(part):
    loop = Loop(part)
    cycles = part.of_tier(60, 10_000)
    for number in range(cycles):
        part.check(f"cycle {number + 1}", loop.cycle(number))
        if part.failed > 5:
            break
    part.check("verify", soundness.verified(loop.box))
    part.check("followed", None if loop.seen else "the follower saw nothing")
    part.note(f"{cycles} cycles, {len(loop.ledger.receipts)} receipts, {len(loop.history.ids)} "
              f"events, {loop.seen} followed, slowest next append {loop.slowest * 1000:.0f} ms")
    control(part, loop)
