"""Point reads, raw scans, and replay to JSONL."""
import os
import random

from suite.figures import Workload
from suite.paths import DATA
from suite.receipts import drop, filled, ready


def measure(bench):
    count = 30_000 if bench.quick else 300_000
    rounds = 3 if bench.quick else 5
    path = bench.events("agents", count)
    targets = filled(bench, "read", path)
    peers = ready(bench, targets)
    points(bench, targets, peers, path, rounds)
    scans(bench, targets, peers, rounds)
    drop(bench, targets)
    export(bench)


def points(bench, targets, peers, path, rounds):
    lookups = listed(path, 500 if bench.quick else 5_000)
    workload = bench.workload(Workload(
        "point-read", "Read one event by its id", "µs",
        "In one process that has the store open; events at random.", more_is_better=False,
        late_unit="µs"))

    def measured(peer, _):
        median, _, late = bench.run(peer.read(targets[peer.key], lookups))
        return median / 1e3, late / 1e3

    bench.each(workload, rounds, measured, peers)
    found = workload.row("uetlog").median
    bench.goal("point read by id", f"{found:.2f} µs", "under 5 µs", found < 5)


def listed(path, count):
    """A file with ids and positions of some events, in no order."""
    with open(path, encoding="ascii") as file:
        ids = [line.split('"event_id":"', 1)[1][:26] for line in file]
    chance = random.Random(1)
    target = os.path.join(DATA, "ids")
    with open(target, "w", encoding="ascii") as file:
        for _ in range(count):
            index = chance.randrange(len(ids))
            file.write(f"{ids[index]} {index + 1}\n")
    return target


def scans(bench, targets, peers, rounds):
    workload = bench.workload(Workload(
        "scan", "Raw scan: every event's bytes in order", "events/s",
        "One process, all in memory already; first and last byte, or each column's first one, are "
        "read."))

    def measured(peer, _, command=None):
        median, _, _ = bench.run((command or peer.scan)(targets[peer.key], 5))
        return 1e9 / median

    bench.each(workload, rounds, measured, peers)
    row = workload.row("uetlog, envelopes decoded", "each envelope is decoded and checked as well")
    for number in range(rounds):
        row.add(measured(bench.ours, number, bench.ours.records))
    rate = workload.row("uetlog").median
    bench.goal("raw scan", f"{rate / 1e6:.1f} M per s", "at least 15 M per s", rate >= 15e6)
    bench.goal("scan with decoded envelopes", f"{row.median / 1e6:.1f} M per s")


def export(bench):
    count = 100_000 if bench.quick else 1_000_000
    log, _ = bench.fill(bench.ours, "export", bench.events("agents", count))
    command = [bench.binary, "replay", "--log", log, "--format", "jsonl"]
    workload = bench.workload(Workload(
        "jsonl", f"Replay of {count:,} events to JSONL", "events/s",
        "The lines that `append` takes in again, to /dev/null; the process's start is in it."))
    runs, = bench.rounds(3 if bench.quick else 5, [["/dev/null", "/dev/null", *command]])
    row = workload.row("uetlog")
    for wall, _, _ in runs:
        row.add(count / wall)
    bench.goal(f"replay of {count:,} events to JSONL", f"{row.median / 1e6:.2f} M per s",
               "at least 2.5 M per s", row.median >= 2.5e6)
    bench.ours.drop(log)
