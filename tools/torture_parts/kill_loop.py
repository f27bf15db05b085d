"""kill -9, again and again, of writers, a view that is watched and a reader that follows.

Every receipt must be in the log at its position, positions dense, no event twice; a follower must
have seen a run of positions without gaps, each with the event that the log still has there; the
next append after the kills must find no lock that was left behind.
"""
import time

import soundness
from box import Box
from history import History
from readers import Reader, pairs, unlike
from writers import Drafts, Ledger, killed_at_random

# Recovery needs no waiting; the rest is for machines that are busy with other things.
NEXT_APPEND_SECONDS_MAX = 2


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
