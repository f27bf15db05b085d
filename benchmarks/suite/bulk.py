"""Lines in, a thousand in each durable commit, and what they cost on disk."""
import os

from suite.figures import Workload

MIXES = (("agents", "300 B, mixed types", 1), ("outputs", "2 KiB", 10))


def measure(bench):
    count = 30_000 if bench.quick else 300_000
    rounds = 2 if bench.quick else 3
    for mix, title, divisor in MIXES:
        path = bench.events(mix, count // divisor)
        workload = bench.workload(Workload(
            f"bulk-{mix}", f"Bulk input, {title}", "events/s",
            f"{count // divisor:,} lines from a file; the process's start is in it."))

        def filled(peer, number, mix=mix, path=path, count=count // divisor):
            target, seconds = bench.fill(peer, f"bulk-{mix}", path)
            if peer is bench.ours and number == rounds - 1:
                disk(bench, mix, count, target)
            peer.drop(target)
            return count / seconds

        bench.each(workload, rounds, filled)
        rate = workload.row("uetlog").median
        if mix == "agents":
            bench.goal(f"bulk append of {count:,} drafts, mixed types", f"{rate:,.0f} per s",
                       "at least 250,000 per s", rate >= 250_000)
    log, _ = bench.fill(bench.ours, "disk", bench.events("heartbeats", count))
    disk(bench, "heartbeats", count, log)
    bench.ours.drop(log)


def disk(bench, mix, count, log):
    raw = os.path.getsize(bench.events(mix, count)) / count - 1
    stored = bytes_on_disk(log) / count
    found = f"{stored:,.0f} B for {raw:,.0f} B = {stored / raw:.2f}x"
    if mix == "outputs":
        bench.goal(f"disk per event, {mix}", found, "at most 1.4x", stored / raw <= 1.4)
    else:
        bench.goal(f"disk per event, {mix}", found, "at most 650 B", stored <= 650)


def bytes_on_disk(log):
    """The blocks that the log's data takes."""
    return sum(os.stat(os.path.join(log, name)).st_blocks * 512
               for name in os.listdir(log) if name.endswith(".mdb"))
