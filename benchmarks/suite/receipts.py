"""Writers that wait for each receipt: one, and eight at once."""
import json
import os
import subprocess

from suite.compiling import program
from suite.figures import Workload, paired
from suite.paths import Failure

WRITERS = 8


def measure(bench):
    rounds = 3 if bench.quick else 5
    one = 400 if bench.quick else 4_000
    eight = 1_600 if bench.quick else 8_000
    before = 2_000 if bench.quick else 50_000
    # The last ones for who shares a commit: an event that is there already needs none.
    parts = bench.parts("heartbeats", before, *[one] * rounds, *[eight] * rounds * 2)
    targets = filled(bench, "steps", parts[0])
    small = bench.workload(Workload(
        "one-writer", "One writer that waits for each receipt, 300 B", "events/s",
        f"A process gets a line, makes it durable and answers, and then gets the next one. "
        f"{before:,} events are there before.", late_unit="µs"))
    bench.each(small, rounds, lambda peer, number: lockstep(
        bench, 1, parts[1 + number], peer.lines(targets[peer.key])), ready(bench, targets))
    judge_one(bench, small)
    several(bench, targets, parts[1 + rounds:], rounds)
    drop(bench, targets)
    long_events(bench, rounds)


def filled(bench, name, path):
    """A store of each peer with the events of a file."""
    targets = {}
    for peer in bench.peers:
        try:
            targets[peer.key], _ = bench.fill(peer, name, path)
        except Failure as failure:
            bench.goal(f"filling {peer.title}", f"failed: {failure}", "to work", False)
    return targets


def ready(bench, targets):
    return [peer for peer in bench.peers if peer.key in targets]


def drop(bench, targets):
    for peer in ready(bench, targets):
        peer.drop(targets[peer.key])


def lockstep(bench, writers, path, command, **environment):
    rate, _, late = bench.run(
        [program("lockstep"), str(writers), path, *command], **environment)
    return rate, late


def judge_one(bench, workload):
    ours = workload.row("uetlog")
    if not ours.values:
        return
    for title, least, why in (
            ("LMDB in C, uetlog's tables", 0.85, "at least 0.85x"),
            ("LMDB in C, one table", 2300 / 2900, "2,300 where C makes 2,900: 0.79x")):
        theirs = workload.row(title)
        if theirs.values:
            ratio, spread = paired(ours.values, theirs.values)
            bench.goal(f"a receipt at a time, by {title}",
                       f"{ours.median:,.0f} / {theirs.median:,.0f} per s = {ratio:.2f}x {spread}",
                       why, ratio >= least)
    bench.goal("the same, 99th percentile", f"{ours.median_late / 1e3:.2f} ms")


def several(bench, targets, paths, rounds):
    workload = bench.workload(Workload(
        "eight-writers", f"{WRITERS} writers at once that wait for each receipt, 300 B",
        "events/s", "As above by so many processes, all into one store.", late_unit="µs"))

    setting = group_setting(bench)
    grouped = setting and Grouped(setting)

    def measured(peer, number):
        if peer is grouped:
            return lockstep(bench, WRITERS, paths[rounds + number],
                            bench.ours.lines(targets["uetlog"]), **{grouped.variable: "true"})
        if not peer.has_processes:
            return by_threads(bench, peer, targets[peer.key], paths[number])
        return lockstep(bench, WRITERS, paths[number], peer.lines(targets[peer.key]))

    peers = ready(bench, targets)
    if grouped and "uetlog" in targets:
        peers.append(grouped)
    bench.each(workload, rounds, measured, peers)
    judge_group(bench, workload, grouped)


class Grouped:
    """uetlog with the setting by which writers share a commit, measured by turns with the rest."""

    def __init__(self, setting):
        self.title, self.what = f"uetlog, {setting}", f"with the setting {setting} on"
        self.variable = "UETLOG_" + setting.upper().replace(".", "_")


def by_threads(bench, peer, target, path):
    rate, _, late = bench.run(peer.threads(target, WRITERS, path))
    return rate, late


def judge_group(bench, workload, grouped):
    ours = workload.row("uetlog")
    goal = "at least 12,000 per s"
    if not ours.values:
        return
    if grouped is None:
        bench.goal(f"{WRITERS} writers at once (no group commit yet)", f"{ours.median:,.0f} per s",
                   goal, ours.median >= 12_000)
        return
    bench.goal(f"{WRITERS} writers at once, as shipped",
               f"{ours.median:,.0f} per s, p99 {ours.median_late / 1e3:.1f} ms")
    row = workload.row(grouped.title)
    if row.values:
        bench.goal(f"{WRITERS} writers at once with {grouped.title.split()[-1]}",
                   f"{row.median:,.0f} per s", goal, row.median >= 12_000)


def group_setting(bench):
    """The name of the switch for group commit; None while there is none."""
    done = subprocess.run([bench.binary, "config", "show", "--json"], env=bench.environment,
                          cwd=os.path.dirname(bench.binary), stdout=subprocess.PIPE, check=True)
    settings = json.loads(done.stdout)["settings"]
    return next((name for name, setting in settings.items()
                 if "group" in name and isinstance(setting["value"], bool)), None)


def long_events(bench, rounds):
    count = 200 if bench.quick else 1_500
    before = 200 if bench.quick else 5_000
    parts = bench.parts("outputs", before, *[count] * rounds)
    targets = filled(bench, "long", parts[0])
    workload = bench.workload(Workload(
        "one-writer-2k", "One writer that waits for each receipt, 2 KiB", "events/s",
        "Notes with the output of a tool.", late_unit="µs"))
    bench.each(workload, rounds, lambda peer, number: lockstep(
        bench, 1, parts[1 + number], peer.lines(targets[peer.key])), ready(bench, targets))
    drop(bench, targets)
