"""64 writers, each of them many processes that append one event and end."""
import json
import threading
import time

import program
import soundness
from box import Box
from history import History

WRITERS = 64
# The slowest hundredth may wait for so long.
WAIT_SECONDS_MAX = 10


class Crowd:
    def __init__(self, box, each):
        self.box, self.each = box, each
        self.lock = threading.Lock()
        self.promised, self.times, self.problems = {}, [], []

    def writer(self, number):
        for turn in range(self.each):
            begun = time.monotonic()
            status, output, errors = program.run(
                ["append", "note", f"text={number} {turn}", "--json", "--wait", "60s", "--log",
                 self.box.log], self.box.home)
            with self.lock:
                self.times.append(time.monotonic() - begun)
                if status != 0:
                    self.problems.append(f"exit {status}: {errors[-200:]!r}")
                    continue
                receipt = json.loads(output)
                if receipt["position"] in self.promised.values():
                    self.problems.append(f"position {receipt['position']} was given twice")
                self.promised[receipt["event_id"]] = receipt["position"]

    def run(self):
        threads = [threading.Thread(target=self.writer, args=(number,))
                   for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def complaints(crowd, events):
    """What is wrong with a crowd's receipts and the log that it wrote."""
    history = History()
    problems = crowd.problems + history.extend(events) + history.lost(crowd.promised)
    if sorted(crowd.promised.values()) != list(range(1, len(history.ids) + 1)):
        problems.append("the receipts are not dense")
    return problems


def run(part):
    for turn in range(part.of_tier(1, 20)):
        # They make the log, too: all at once.
        crowd = Crowd(Box(part.directory()), part.of_tier(20, 100))
        crowd.run()
        events = crowd.box.events()
        problems = complaints(crowd, events)
        part.check(f"receipts {turn}", "; ".join(problems[:5]) or None)
        part.check(f"verify {turn}", soundness.verified(crowd.box))
        late = sorted(crowd.times)[len(crowd.times) * 99 // 100]
        part.check(f"waiting {turn}", None if late < WAIT_SECONDS_MAX else
                   f"one in a hundred took over {late:.1f} s")
        part.note(f"{len(crowd.promised)} events by as many processes, 99 of 100 within "
                  f"{late:.2f} s")
    part.control("an event that is missing", complaints(crowd, events[:-1]))
    part.control("an event that is there twice", complaints(crowd, events + events[-1:]))
