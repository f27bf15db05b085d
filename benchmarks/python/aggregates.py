"""The library `eventsourcing` on its SQLite, with the command line of c/peer.c.

Usage: aggregates.py lines DATABASE [BATCH] | scan DATABASE ROUNDS | read DATABASE FILE
       aggregates.py fold DATABASE ROUNDS

An aggregate stands for a run, or for as much of it as one process writes.
"""
import json
import os
import sys
import time

os.environ.update(PERSISTENCE_MODULE="eventsourcing.sqlite", SQLITE_DBNAME=sys.argv[2],
                  SQLITE_LOCK_TIMEOUT="60")
# pylint: disable=wrong-import-position
from eventsourcing.application import Application  # noqa: E402
from eventsourcing.domain import Aggregate, event  # noqa: E402
from watch import passes, report  # noqa: E402

PAGE = 1000


class Run(Aggregate):
    """What a run's events say, the last type and how many there were."""

    @event("Started")
    def __init__(self):
        self.count = 0
        self.state = ""

    @event("Recorded")
    def record(self, line: dict):
        """Takes an event in."""
        self.count += 1
        self.state = line["type"]


class Log(Application):
    """The application whose events are stored."""


def put_lines(log, batch):
    runs, changed, pending, done = {}, {}, 0, 0
    for text in sys.stdin:
        line = json.loads(text)
        run = runs.get(line["run_id"])
        if run is None:
            run = runs[line["run_id"]] = Run()
        run.record(line=line)
        changed[run.id] = run
        pending += 1
        if pending == batch:
            log.save(*changed.values())
            done += pending
            changed, pending = {}, 0
            print(done, flush=True)
    if changed:
        log.save(*changed.values())


def notifications(log):
    """All stored events in order."""
    start = 1
    while found := log.recorder.select_notifications(start, PAGE):
        yield from found
        start = found[-1].id + 1


def scan(log):
    count = 0
    for found in notifications(log):
        log.mapper.to_domain_event(found)
        count += 1
    return count


def fold(log):
    """Every aggregate made anew from its events."""
    ids = dict.fromkeys(found.originator_id for found in notifications(log))
    return sum(log.repository.get(name).version for name in ids)


def read(log, path):
    times = []
    with open(path, encoding="ascii") as file:
        for line in file:
            start = time.perf_counter_ns()
            found, = log.recorder.select_notifications(int(line.split()[1]), 1)
            log.mapper.to_domain_event(found)
            times.append(time.perf_counter_ns() - start)
    report(times)


def main():
    mode, _, *rest = sys.argv[1:]
    log = Log()
    if mode == "lines":
        put_lines(log, int(rest[0]) if rest else 1)
    elif mode == "scan":
        passes(int(rest[0]), lambda: scan(log))
    elif mode == "read":
        read(log, rest[0])
    elif mode == "fold":
        passes(int(rest[0]), lambda: fold(log))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
